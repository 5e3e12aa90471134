import { spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { blindmatch, program, writtenReport } from "../support/blindmatch.ts";
import { childrenOf, until } from "../support/decoder-program.ts";
import { drawPhoto, encode } from "../support/draw.ts";
import { temporaryFolder } from "../support/folder.ts";
import { maySandbox } from "../support/may-sandbox.ts";
import { describeWith, has, mayMount } from "../support/tools.ts";

/** A process and all below it. */
function tree(root: number): number[] {
  return [root, ...childrenOf(root).flatMap(tree)];
}

describeWith("prlimit and bwrap", has("prlimit") && maySandbox, "a crash", () => {
  it("leaves no memory behind, of whichever process of a scan", async () => {
    const folder = temporaryFolder();
    const evidence = join(folder, "evidence");
    const home = join(folder, "home");
    mkdirSync(evidence);
    for (let no = 0; no < 30; no++) writeFileSync(join(evidence, `${no}.jpg`), await encode(drawPhoto(no + 1, 800, 600), "jpeg"));
    writeFileSync(join(folder, "list.csv"), `record_id,pdq,category\nSYN-1,${randomBytes(32).toString("hex")},1\n`);
    expect(blindmatch("list", "import", join(folder, "list.csv"), "--agency", "A", "--list-name", "l", "--list-version", "1", "--scale", "vic-us", "--accept-unsigned", "synthetic", "--home", home)).toMatchObject({ status: 0 });
    const scan = [program, "scan", evidence, "--case", join(folder, "case"), "--case-number", "C", "--exhibit", "E", "--examiner", "X", "--home", home, "--allow-writable", "synthetic", "--quiet"];
    const child = spawn("sh", ["-c", `ulimit -c unlimited; cd "$0"; exec "$@"`, folder, process.execPath, ...scan], { stdio: "ignore" });
    const limits = new Map<number, string>();
    // Main, a reader, and the sandbox with its decoder.
    await until(() => {
      for (const one of tree(child.pid!)) {
        try {
          limits.set(one, /^Max core file size +(\S+)/m.exec(readFileSync(`/proc/${one}/limits`, "utf8"))?.[1] ?? "none");
        } catch {
          continue;
        }
      }
      return [...limits.keys()].length >= 5;
    }, 30_000);
    // A process that was only just begun may not have got there; those that live on have.
    const alive = tree(child.pid!).map((one) => limits.get(one)).filter((limit) => limit !== undefined);
    expect(alive.filter((limit) => limit !== "1" && limit !== "0")).toEqual([]);
    process.kill(child.pid!, "SIGSEGV");
    await new Promise((resolve) => child.on("close", resolve));
    expect(readdirSync(folder).filter((name) => name.startsWith("core"))).toEqual([]);
  });
});

describeWith("root, who may mount", mayMount, "a machine on which dumps of memory cannot be switched off", () => {
  it("is warned of, also in the record", () => {
    const folder = temporaryFolder();
    const [evidence, home] = ["evidence", "home"].map((name) => join(folder, name)) as [string, string];
    mkdirSync(evidence);
    writeFileSync(join(folder, "list.csv"), `record_id,sha1,category\nSYN-1,${randomBytes(20).toString("hex")},1\n`);
    expect(blindmatch("list", "import", join(folder, "list.csv"), "--agency", "A", "--list-name", "l", "--list-version", "1", "--scale", "vic-us", "--accept-unsigned", "synthetic", "--home", home)).toMatchObject({ status: 0 });
    const scan = (name: string): readonly string[] => ["scan", evidence, "--case", join(folder, name), "--case-number", "C", "--exhibit", "E", "--examiner", "X", "--home", home, "--allow-writable", "synthetic", "--quiet"];
    const warning = expect.stringContaining("dumps of memory after a crash could not be switched off");
    expect(blindmatch(...scan("with"))).toMatchObject({ status: 0, err: "" });
    expect(writtenReport(join(folder, "with"))[0]!["warnings"]).not.toContainEqual(warning);
    const script = `mount --bind /dev/null /usr/bin/prlimit && ulimit -c unlimited && exec "$@"`;
    const ended = spawnSync("unshare", ["--mount", "--propagation", "private", "sh", "-c", script, "sh", process.execPath, program, ...scan("without")]);
    expect(ended.status).toBe(0);
    expect(ended.stderr.toString()).toEqual(warning);
    expect(writtenReport(join(folder, "without"))[0]!["warnings"]).toContainEqual(warning);
  });
});

describeWith("root, prlimit and bwrap", process.getuid?.() === 0 && maySandbox, "a hard limit of 0 for core files", () => {
  it("leaves an ordinary user the confinement of readers and the decoder's sandbox", () => {
    const selftest = (limit: string): readonly string[] => {
      const { status, stdout } = spawnSync("sh", ["-c", `ulimit ${limit} || exit; cd /; exec "$@"`, "sh", process.execPath, program, "selftest"], { uid: 65534, gid: 65534 });
      return [`status ${status}`, ...(/FAIL .*|readers \(\S+\)/.exec(stdout.toString()) ?? [])];
    };
    // Where ordinary users may open no namespaces, there is as little with any other limit.
    expect(selftest("-Hc 0")).toEqual(selftest("-c unlimited"));
  });
});
