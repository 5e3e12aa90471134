import { spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { blindmatch, program } from "../support/blindmatch.ts";
import { below, until } from "../support/decoder-program.ts";
import { drawPhoto, encode } from "../support/draw.ts";
import { temporaryFolder } from "../support/folder.ts";
import { maySandbox } from "../support/may-sandbox.ts";
import { describeWith } from "../support/tools.ts";

/** Processes of a tree that hold a file open. */
function holders(root: number, path: string): readonly number[] {
  return [root, ...below(root)].filter((one) => {
    try {
      return readdirSync(`/proc/${one}/fd`).some((descriptor) => readlinkSync(`/proc/${one}/fd/${descriptor}`) === path);
    } catch {
      return false;
    }
  });
}

describe("a file that V8 itself writes to without telling", () => {
  it("is not the lists' catalog, nor the record, where a descriptor of its was closed", () => {
    const folder = temporaryFolder();
    const [evidence, home] = [join(folder, "evidence"), join(folder, "home")];
    mkdirSync(evidence);
    writeFileSync(join(evidence, "file"), "content");
    writeFileSync(join(folder, "list.csv"), `record_id,md5,category\nSYN-1,${"5a".repeat(16)},1\n`);
    expect(blindmatch("list", "import", join(folder, "list.csv"), "--agency", "A", "--list-name", "l", "--list-version", "1", "--scale", "vic-us", "--accept-unsigned", "synthetic", "--home", home)).toMatchObject({ status: 0 });
    const scan = [program, "scan", evidence, "--case", join(folder, "case"), "--case-number", "C", "--exhibit", "E", "--examiner", "X", "--home", home, "--allow-writable", "synthetic", "--quiet"];
    const { pid, status, stderr } = spawnSync(process.execPath, ["--perf-basic-prof", ...scan], { cwd: folder });
    rmSync(`/tmp/perf-${pid}.map`, { force: true });
    expect([status, stderr.toString()]).toEqual([0, ""]);
    for (const database of [join(home, "catalog.sqlite"), join(folder, "case/record.sqlite")]) expect(readFileSync(database).toString("latin1", 0, 15)).toBe("SQLite format 3");
    expect(blindmatch("list", "ls", "--home", home)).toMatchObject({ status: 0 });
  });
});

describeWith("bwrap", maySandbox, "a descriptor that whoever starts a scan left open", () => {
  it("is held by no process of it, and by the program itself no longer than until it starts one", async () => {
    const folder = temporaryFolder();
    const [evidence, home, open] = ["evidence", "home", "open"].map((name) => join(folder, name)) as [string, string, string];
    mkdirSync(evidence);
    writeFileSync(open, "something of this machine");
    for (let no = 0; no < 20; no++) writeFileSync(join(evidence, `${no}.png`), await encode(drawPhoto(no + 1, 600, 400), "png"));
    writeFileSync(join(folder, "list.csv"), `record_id,pdq,category\nSYN-1,${randomBytes(32).toString("hex")},1\n`);
    expect(blindmatch("list", "import", join(folder, "list.csv"), "--agency", "A", "--list-name", "l", "--list-version", "1", "--scale", "vic-us", "--accept-unsigned", "synthetic", "--home", home)).toMatchObject({ status: 0 });
    const scan = [program, "scan", evidence, "--case", join(folder, "case"), "--case-number", "C", "--exhibit", "E", "--examiner", "X", "--home", home, "--allow-writable", "synthetic", "--quiet", "--readers", "1"];
    // Of the lowest 16 Node itself sees to it that they are not handed on.
    const child = spawn("bash", ["-c", `exec 200<"$0" 201>>"$0"; exec "$@"`, open, process.execPath, ...scan], { stdio: "ignore" });
    const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
    await until(() => holders(child.pid!, open).length > 0);
    let most = 0;
    // Main, a reader in its view, and the decoder in its sandbox.
    await until(() => {
      const all = below(child.pid!).length;
      if (all > 0) expect(holders(child.pid!, open)).toEqual([]);
      most = Math.max(most, all);
      return child.exitCode !== null;
    }, 60_000);
    expect(await ended).toBe(0);
    expect(most).toBeGreaterThanOrEqual(5);
  });
});
