import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { openRecord } from "../../src/record/open-view.ts";
import { blindmatch, type Ended, program, startBlindmatch, wholeReport, writtenReport } from "../support/blindmatch.ts";
import { evidenceOptions, ext4Exhibit, unmount } from "../support/ext4.ts";
import { temporaryFolder } from "../support/folder.ts";
import { startUntil } from "../support/start-until.ts";
import { describeWith, mayMount, run } from "../support/tools.ts";

const folder = temporaryFolder();
const home = join(folder, "home");
const evidence = join(folder, "evidence");
const md5 = (text: string): string => createHash("md5").update(text).digest("hex");
const count = 2500;
const content = (number: number): string => `content ${number} `.repeat(400);

function scanArguments(caseName: string, place = evidence, ...more: string[]): string[] {
  return ["scan", place, "--case", join(folder, caseName), "--case-number", "C-1", "--exhibit", "E-1", "--examiner", "X", "--home", home, "--allow-writable", "a test", ...more];
}
const scan = (caseName: string, place?: string, ...more: string[]): Ended => blindmatch(...scanArguments(caseName, place, ...more));

const rowsOf = (caseName: string) => wholeReport(join(folder, caseName)).filter(({ type }) => type === "entry" || type === "match");
/** Digests over all planned and all result rows, as the log vouches for them. */
function headsOf(caseName: string): readonly string[] {
  const record = openRecord(join(folder, caseName));
  try {
    const heads = [...record.log()].flatMap((row) => (row.kind === "planned" ? [row.body.rowsSha256] : row.kind === "closed" ? [row.body.resultsHead] : []));
    expect(heads).toHaveLength(2);
    return heads;
  } finally {
    record.close();
  }
}
const waitMs = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

beforeAll(() => {
  mkdirSync(evidence);
  for (let number = 0; number < count; number++) writeFileSync(join(evidence, `file ${number}`), content(number));
  const list = join(folder, "list.csv");
  writeFileSync(list, `record_id,md5,category\nSYN-1,${md5(content(count - 1))},1\nSYN-2,${md5("listed later")},1\n`);
  const imported = blindmatch("list", "import", list, "--agency", "A", "--list-name", "l", "--list-version", "1", "--scale", "vic-us", "--accept-unsigned", "synthetic", "--home", home);
  expect(imported, imported.err).toMatchObject({ status: 0 });
  expect(scan("undisturbed")).toMatchObject({ status: 1 });
});

describe("an interrupted scan", () => {
  it("goes on after kill -9 of all its processes, twice, to the result of an undisturbed one", async () => {
    for (const readers of ["1", "4"]) expect((await startUntil([...scanArguments("killed"), "--readers", readers], /"event":"planned"/, (processId) => process.kill(-processId, "SIGKILL"))).status).toBe(null);
    const ended = scan("killed", evidence, "--readers", "2");
    expect(ended, ended.err).toMatchObject({ status: 1 });
    expect(headsOf("killed")).toEqual(headsOf("undisturbed"));
    expect(rowsOf("killed")).toEqual(rowsOf("undisturbed"));
    expect(readdirSync(join(folder, "killed")).sort()).toEqual(["record.sqlite", "report.csv", "report.html", "report.jsonl"]);
  });

  it("leaves no reader behind when its main process alone is killed in the middle of a huge file", async () => {
    const place = join(folder, "huge");
    mkdirSync(place);
    writeFileSync(join(place, "sparse"), "");
    truncateSync(join(place, "sparse"), 200_000_000_000);
    const readers = (): string => execFileSync("sh", ["-c", "pgrep -f '[c]li/reader-process.js' || true"]).toString().trim();
    const before = new Set(readers().split("\n"));
    let children: string[] = [];
    await startUntil(scanArguments("huge-case", place), /"event":"progress"/, (processId) => {
      children = readers().split("\n").filter((reader) => reader !== "" && !before.has(reader));
      process.kill(processId, "SIGKILL");
    });
    expect(children.length).toBeGreaterThan(0);
    for (let tries = 0; tries < 40 && children.some((child) => existsSync(`/proc/${child}`)); tries++) await waitMs(250);
    expect(children.filter((child) => existsSync(`/proc/${child}`))).toEqual([]);
  });

  it("tells progress while a single file is read, and ends its events with one that says so", async () => {
    const place = join(folder, "huge");
    const { status, out } = await startUntil(scanArguments("huge-stopped", place), /"event":"progress","entries":0,"bytes":[1-9]/, (processId) => process.kill(-processId, "SIGINT"));
    expect(status).toBe(130);
    expect(out.trim().split("\n").map((line) => JSON.parse(line) as object).at(-1)).toEqual({ event: "interrupted", exitStatus: 130 });
  });

  it("never hands out a report that is not its own: a partial one under its name stays, the right one gets another", async () => {
    await startUntil(scanArguments("stale"), /"event":"planned"/, (processId) => process.kill(-processId, "SIGINT"));
    const stale = join(folder, "stale/report.jsonl");
    expect(blindmatch("report", join(folder, "stale"), "--format", "jsonl", "--output", stale)).toMatchObject({ status: 0 });
    expect(readFileSync(stale, "utf8")).toContain("PARTIAL");
    const ended = scan("stale");
    expect(ended, ended.err).toMatchObject({ status: 1 });
    expect(ended.out).toContain("report-2.jsonl");
    expect(ended.out).not.toContain("/report.jsonl");
    expect(readFileSync(join(folder, "stale/report-2.jsonl"), "utf8")).toContain('"answer":"matches"');
    const again = scan("stale");
    expect(again.out).toBe(ended.out);
  });

  it("refuses to go on when names appeared or changed since the plan, and warns where that was allowed (REQ-14)", async () => {
    const place = join(folder, "moving");
    mkdirSync(place);
    for (let number = 0; number < count; number++) writeFileSync(join(place, `file ${number}`), content(number));
    await startUntil(scanArguments("moved", place), /"event":"planned"/, (processId) => process.kill(-processId, "SIGINT"));
    writeFileSync(join(place, "new file"), "listed later");
    const goneOn = scan("moved", place);
    // The root's own time changed with the new name: nothing has to be walked to see that.
    expect(goneOn.status).toBe(6);
    expect(goneOn.err).toMatch(/rootModifiedNs/);
    writeFileSync(join(place, `file ${count - 1}`), "listed later");
  });
});

describeWith("root, losetup and mkfs.ext4", mayMount, "an interrupted scan of a mounted image", () => {
  it("is refused as changed evidence when the image was altered below the root in between", async () => {
    const { image, mounted } = ext4Exhibit(folder, 128, (root) => {
      mkdirSync(join(root, "sub"));
      for (let number = 0; number < count; number++) writeFileSync(join(root, "sub", `file ${number}`), content(number));
    });
    const args = ["scan", mounted, "--case", join(folder, "altered"), "--case-number", "C", "--exhibit", "E", "--examiner", "X", "--home", home];
    expect((await startUntil(args, /"event":"planned"/, (processId) => process.kill(-processId, "SIGINT"))).status).toBe(130);
    unmount(mounted, image);
    run("mount", ["-o", "loop", image, mounted]);
    writeFileSync(join(mounted, "sub/added later"), "listed later");
    unmount(mounted, image);
    run("mount", ["-o", evidenceOptions, image, mounted]);
    const goneOn = blindmatch(...args);
    expect(goneOn.status, goneOn.err).toBe(6);
    expect(goneOn.err).toMatch(/found 1 names that the plan does not have/);
    expect(readdirSync(join(folder, "altered")).filter((name) => name.startsWith("report"))).toEqual([]);
  });

  it("ends with 6 when the device was written to meanwhile, and says so again the second time", async () => {
    const place = join(folder, "written");
    const other = join(folder, "other-mount");
    for (const made of [place, other]) mkdirSync(made);
    const image = join(folder, "written.img");
    run("truncate", ["-s", "64M", image]);
    run("mkfs.ext4", ["-q", "-F", image]);
    const device = run("losetup", ["--find", "--show", image]).toString().trim();
    try {
      // A file that takes a second to read, so that there is a meanwhile.
      run("mount", [device, place]);
      run("truncate", ["-s", "700M", join(place, "sparse")]);
      run("umount", [place]);
      run("mount", ["-o", "ro,noload", device, place]);
      // Somebody writes to the same device past the read-only mount, while the scan is at work.
      const args = ["scan", place, "--case", join(folder, "written-case"), "--case-number", "C", "--exhibit", "E", "--examiner", "X", "--home", home, "--allow-writable", "a write blocker that is none"];
      const running = startUntil(args, /"event":"planned"/, () => {
        spawnSync("mount", ["-o", "remount,ro,nosuid", place]);
        spawnSync("dd", ["if=/dev/zero", `of=${device}`, "bs=4096", "count=1", "seek=16000", "conv=fsync", "oflag=direct"]);
      });
      const { status, out } = await running;
      expect(status).toBe(6);
      expect(out.trim().split("\n").map((line) => JSON.parse(line) as object).at(-1)).toMatchObject({ event: "finished", outcome: "evidence-changed", exitStatus: 6 });
      expect(blindmatch(...args).status).toBe(6);
      const lines = writtenReport(join(folder, "written-case"));
      expect(lines.at(-1)).toMatchObject({ exitStatus: 6, outcome: "evidence-changed", answer: "evidence-changed" });
      const cannotStand = "The evidence did not stay as it was: its device recorded writes and it was not mounted as before. What was found cannot stand.";
      for (const name of ["report.jsonl", "report.csv", "report.html"]) {
        const text = readFileSync(join(folder, "written-case", name), "utf8");
        expect(text).toContain(`${cannotStand} No entry`);
        expect(text).toMatch(/The mount was NOT the same before and after: options of the mount ro,\S+ before, ro,nosuid,\S+ after\./);
      }
      const verified = blindmatch("verify", join(folder, "written-case"));
      expect(verified).toMatchObject({ status: 0, out: expect.stringContaining(`note   answer: ${cannotStand}`) });
      expect(blindmatch("key", "new", join(folder, "examiner"), "--no-passphrase")).toMatchObject({ status: 0 });
      expect(blindmatch("seal", join(folder, "written-case"), "--key", join(folder, "examiner"))).toMatchObject({ status: 0, out: expect.stringContaining(`note: ${cannotStand}`) });
    } finally {
      run("umount", [place]);
      run("losetup", ["-d", device]);
    }
  });
});

describe("the surroundings of a scan", () => {
  it("--quiet prints nothing but the answer", () => {
    const { status, err, out } = scan("quiet", evidence, "--quiet", "--readers", "1");
    expect({ status, err }).toEqual({ status: 1, err: "" });
    expect(headsOf("quiet")).toEqual(headsOf("undisturbed"));
    expect(out.split("\n").filter((line) => line.startsWith("report: "))).toHaveLength(3);
  });

  it("--organisation and --no-perceptual stand in the report", () => {
    expect(scan("told", evidence, "--organisation", "Unit 4", "--no-perceptual", "--quiet").status).toBe(1);
    const html = readFileSync(join(folder, "told/report.html"), "utf8");
    expect(html).toContain("Unit 4");
    expect(html).toContain("near matching was switched off");
  });

  it("prints a plain line every few seconds where standard error is no terminal", async () => {
    const running = startBlindmatch(...scanArguments("lines", join(folder, "huge")));
    let err = "";
    const linesIn = (text: string): number => text.match(/^0\/1 entries .*\/200 GB .*unread 0$/gm)?.length ?? 0;
    const begin = performance.now();
    const twoLines = new Promise<number>((resolve) =>
      running.stderr!.on("data", (data: Buffer) => {
        err += data.toString();
        if (linesIn(err) === 2) resolve(performance.now() - begin);
      }),
    );
    // Every five seconds, and not many at once.
    expect(await Promise.race([twoLines, waitMs(30_000).then(() => null)])).toBeGreaterThan(8000);
    process.kill(-running.pid!, "SIGINT");
    await new Promise((resolve) => running.on("exit", resolve));
    expect(err).not.toContain("\r");
  });

  it("counts go on where they were after an interruption", async () => {
    await startUntil(scanArguments("counted"), /"event":"progress"/, (processId) => process.kill(-processId, "SIGINT"));
    const { out } = blindmatch(...scanArguments("counted", evidence, "--json", "--readers", "4"));
    expect(headsOf("counted")).toEqual(headsOf("undisturbed"));
    const events = out.trim().split("\n").map((line) => JSON.parse(line) as Record<string, number | string>);
    const last = events.filter(({ event }) => event === "progress").at(-1);
    expect(last).toMatchObject({ entries: count, exact: 1 });
    expect(last!["bytes"]).toBe(last!["ofBytes"]);
  });

  it("runs for a user that the system has no name for", () => {
    if (process.getuid?.() !== 0) return;
    const caseFolder = join(folder, "nameless");
    mkdirSync(caseFolder);
    spawnSync("chmod", ["755", folder]);
    spawnSync("chown", ["-R", "12345:12345", caseFolder, home]);
    const ended = spawnSync(process.execPath, [program, ...scanArguments("nameless")], { uid: 12_345, gid: 12_345 });
    spawnSync("chown", ["-R", "0:0", home]);
    expect(ended.status, ended.stderr.toString()).toBe(1);
    expect(wholeReport(caseFolder).find(({ type }) => type === "run")).toMatchObject({ custody: [{ user: "uid 12345" }, { kind: "confinement" }, {}, {}, {}, {}] });
  });

  it("a full disk ends it with a clear message, and it goes on when there is room", () => {
    if (!mayMount) return;
    const small = join(folder, "small");
    mkdirSync(small);
    const many = join(folder, "many");
    mkdirSync(many);
    for (let no = 0; no < 3000; no++) writeFileSync(join(many, `${no} ${"x".repeat(200)}`), "");
    // Room for the self-test's files, which are taken away again, and not for the record.
    run("mount", ["-t", "tmpfs", "-o", "size=1600k", "tmpfs", small]);
    try {
      const args = scanArguments("unused", many).map((word) => (word === join(folder, "unused") ? join(small, "case") : word));
      const full = blindmatch(...args);
      expect(full.status).toBe(70);
      expect(full.err).toMatch(/this machine refused: .*full/);
      expect(full.err).not.toMatch(/\n\s+at /);
      expect(readdirSync(join(small, "case")).filter((name) => name.startsWith("report"))).toEqual([]);
      run("mount", ["-o", "remount,size=20m", small]);
      expect(blindmatch(...args).status).toBe(0);
    } finally {
      run("umount", ["-l", small]);
    }
  });
});

describe("a report", () => {
  it("is written to a file that is not there yet, privately, and noted in the record", () => {
    const file = join(folder, "out.csv");
    const written = blindmatch("report", join(folder, "undisturbed"), "--format", "csv", "--all", "--output", file);
    expect(written, written.err).toMatchObject({ status: 0, out: "" });
    expect(run("stat", ["-c", "%a", file]).toString().trim()).toBe("600");
    expect(blindmatch("report", join(folder, "undisturbed"), "--format", "csv", "--output", file)).toMatchObject({ status: 5 });
    const [first] = wholeReport(join(folder, "undisturbed"));
    expect(JSON.stringify(first!["custody"])).toContain("out.csv");
  });

  it("is never written into the evidence, whatever that is called (REQ-13)", () => {
    expect(blindmatch("report", join(folder, "undisturbed"), "--format", "csv", "--output", join(evidence, "r.csv"))).toMatchObject({ status: 6 });
    expect(existsSync(join(evidence, "r.csv"))).toBe(false);
  });

  it("survives a reader that goes away", () => {
    const ended = spawnSync("sh", ["-c", `${process.execPath} ${program} report '${join(folder, "undisturbed")}' --format jsonl --all | head -c 100 >/dev/null; echo done`]);
    expect(ended.stderr.toString()).toBe("");
  });

  it("of a scan that is at work is complete in itself, and one from a read-only medium, too", async () => {
    let during: Ended | undefined;
    await startUntil(scanArguments("working", join(folder, "huge")), /"event":"progress"/, (processId) => {
      during = blindmatch("report", join(folder, "working"), "--format", "jsonl");
      process.kill(-processId, "SIGINT");
    });
    expect(during!.status, during!.err).toBe(0);
    expect(during!.out).toContain('"status":"PARTIAL"');
    if (!mayMount) return;
    const medium = join(folder, "medium");
    mkdirSync(medium);
    run("mount", ["--bind", join(folder, "undisturbed"), medium]);
    run("mount", ["-o", "remount,ro,bind", medium]);
    const { status, out, err } = blindmatch("report", medium, "--format", "jsonl");
    expect({ status, lines: out.split("\n").length }).toEqual({ status: 0, lines: writtenReport(join(folder, "undisturbed")).length + 1 });
    expect(err).toMatch(/the record could not note/);
  });

  it("of evidence that is reached through another mount is refused as output place of a scan", () => {
    if (!mayMount) return;
    const bound = join(folder, "bound");
    mkdirSync(bound);
    run("mount", ["--bind", evidence, bound]);
    const inside = blindmatch(...scanArguments("x").map((word) => (word === join(folder, "x") ? join(bound, "case") : word)));
    expect(inside).toMatchObject({ status: 6 });
    expect(existsSync(join(evidence, "case"))).toBe(false);
  });
});
