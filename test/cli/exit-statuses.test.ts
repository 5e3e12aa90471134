import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { blindmatch, blindmatchWith, type Ended, rawPath, startBlindmatch, wholeReport } from "../support/blindmatch.ts";
import { temporaryFolder } from "../support/folder.ts";
import { describeWith } from "../support/tools.ts";

// One story for each exit status of the README, told with the real program on a plain folder.

const folder = temporaryFolder();
const home = join(folder, "home");
const evidence = join(folder, "evidence");
const md5 = (text: string): string => createHash("md5").update(text).digest("hex");
const sha1 = (text: string): string => createHash("sha1").update(text).digest("hex");

function scan(caseName: string, place: string, ...more: string[]): Ended {
  return blindmatch(...scanArguments(caseName, place, ...more));
}

function scanArguments(caseName: string, place: string, ...more: string[]): string[] {
  return ["scan", place, "--case", join(folder, caseName), "--case-number", "C-1", "--exhibit", "E-1", "--examiner", "X", "--home", home, "--allow-writable", "a test", ...more];
}

function importList(name: string, text: string, ...more: string[]): Ended {
  const file = join(folder, `${name}.csv`);
  writeFileSync(file, text);
  return blindmatch("list", "import", file, "--agency", "Synthetic", "--list-name", name, "--list-version", "1", "--scale", "vic-us", "--accept-unsigned", "synthetic", "--home", home, ...more);
}

beforeAll(() => {
  mkdirSync(join(evidence, "sub"), { recursive: true });
  for (let number = 0; number < 40; number++) writeFileSync(join(evidence, "sub", `note ${number}`), `note ${number}`);
  expect(importList("plain", `record_id,md5,sha1,category\nSYN-1,${md5("nowhere")},${sha1("nowhere")},1\n`)).toMatchObject({ status: 0 });
});

describe("exit statuses", () => {
  it("0: complete, no match (REQ-48)", () => {
    const ended = scan("none", evidence);
    expect(ended, ended.err).toMatchObject({ status: 0 });
    expect(ended.out).toMatch(/no entry/i);
    expect(readdirSync(join(folder, "none")).sort()).toEqual(["record.sqlite", "report.csv", "report.html", "report.jsonl"]);
  });

  it("1: complete, with matches; a wrong SHA-1 beside an equal MD5 is told apart (REQ-26, REQ-48)", () => {
    expect(importList("found", `record_id,md5,sha1,category\nSYN-2,${md5("note 7")},${sha1("note 7")},1\nSYN-3,${md5("note 8")},${"0d".repeat(20)},2\n`)).toMatchObject({ status: 0 });
    const ended = scan("found", evidence, "--list", "found");
    expect(ended, ended.err).toMatchObject({ status: 1 });
    const matches = wholeReport(join(folder, "found")).filter(({ type }) => type === "match");
    expect(matches.map((line) => [rawPath(line), line["recordId"], line["contradictedBy"]])).toEqual([
      ["sub/note 7", "SYN-2", []],
      ["sub/note 8", "SYN-3", ["sha1"]],
    ]);
  });

  it("3: a file above the limit that was asked for is not read; another limit is another scan", () => {
    const limited = join(folder, "limited");
    mkdirSync(limited);
    writeFileSync(join(limited, "small"), "s");
    writeFileSync(join(limited, "large"), Buffer.alloc(3000));
    for (const wrong of ["0", "3x", "-1", "1.5G", "1000000T"]) expect(scan("limited-case", limited, "--largest-file", wrong), wrong).toMatchObject({ status: 2 });
    expect(scan("limited-case", limited, "--largest-file", "2k")).toMatchObject({ status: 3 });
    const unread = wholeReport(join(folder, "limited-case")).filter(({ type }) => type === "unread");
    expect(unread.map((line) => [rawPath(line), line["reason"]])).toEqual([["large", "over-limit"]]);
    expect(scan("limited-case", limited, "--largest-file", "3k")).toMatchObject({ status: 5 });
  });

  it.each([
    ["an unknown flag", ["scan", "x", "--wrong"]],
    ["a missing option", ["scan", evidence, "--case", join(folder, "x")]],
    ["an unknown command", ["look"]],
    ["a number that is none", scanArguments("x", evidence, "--readers", "many")],
    ["an unknown scale", ["list", "import", join(folder, "plain.csv"), "--agency", "A", "--list-name", "x", "--list-version", "1", "--scale", "no-such-scale", "--home", home]],
    ["no list imported", ["scan", evidence, "--case", join(folder, "x"), "--case-number", "C", "--exhibit", "E", "--examiner", "X", "--allow-writable", "t", "--home", join(folder, "empty-home")]],
  ])("2: %s (REQ-48)", (_, args) => {
    const ended = blindmatch(...args);
    expect(ended.status, ended.err).toBe(2);
    expect(ended.err).not.toBe("");
    expect(ended.out).toBe("");
  });

  it("2, and 3 where they are named: known lists alone find nothing (REQ-28, REQ-48)", () => {
    const knownHome = ["--home", join(folder, "known-home")];
    expect(importList("harmless", `md5\n${md5("note 7")}\n`, "--kind", "known", ...knownHome)).toMatchObject({ status: 0 });
    const refused = scan("known", evidence, ...knownHome);
    expect(refused).toMatchObject({ status: 2, out: "", err: expect.stringContaining("lists: found 1 imported and none of kind notable, expected at least one") });
    expect(existsSync(join(folder, "known"))).toBe(false);
    const named = scan("known", evidence, ...knownHome, "--list", "harmless");
    expect(named).toMatchObject({ status: 3, err: expect.stringContaining("warning: none of the lists named is of kind notable: nothing can be found") });
    expect(named.out).toMatch(/^No notable list was used: nothing could be found, whatever the evidence holds\.\n/);
    expect(wholeReport(join(folder, "known")).at(-1)).toMatchObject({ answer: "nothing-to-find", outcome: "nothing-to-find", exitStatus: 3 });
    expect(JSON.parse(scan("known", evidence, ...knownHome, "--list", "harmless", "--json").out)).toMatchObject({ event: "finished", outcome: "nothing-to-find", exitStatus: 3 });
    const rematch = (...more: string[]): Ended => blindmatch("rematch", join(folder, "known"), "--examiner", "Y", ...more);
    expect(rematch(...knownHome)).toMatchObject({ status: 2, out: "", err: expect.stringContaining("none of kind notable") });
    expect(importList("nowhere", `md5,category\n${md5("nowhere")},1\n`, ...knownHome)).toMatchObject({ status: 0 });
    expect(rematch(...knownHome, "--list", "harmless").status, "the same lists once more").toBe(3);
    expect(scan("with-notable", evidence, ...knownHome), "a notable list among known ones").toMatchObject({ status: 0 });
  });

  it("3: something was not examined, and which (REQ-03)", () => {
    const place = join(folder, "locked");
    mkdirSync(place, { mode: 0o755 });
    for (const name of ["open", "closed"]) writeFileSync(join(place, name), name);
    chmodSync(join(place, "closed"), 0o000);
    chmodSync(folder, 0o755);
    const asRoot = process.getuid?.() === 0;
    const caseFolder = join(folder, "locked-case");
    mkdirSync(caseFolder, { mode: 0o777 });
    if (asRoot) {
      // Root may read everything: the scan runs as nobody.
      spawnSync("chown", ["-R", "65534:65534", caseFolder, home]);
      spawnSync("chown", ["0:0", join(place, "closed")]);
    }
    const ended = asRoot ? blindmatchWith({ uid: 65_534 }, ...scanArguments("locked-case", place)) : scan("locked-case", place);
    if (asRoot) spawnSync("chown", ["-R", "0:0", home]);
    expect(ended, ended.err).toMatchObject({ status: 3 });
    const unread = wholeReport(caseFolder).filter(({ type }) => type === "unread");
    expect(unread).toHaveLength(1);
    expect(unread[0]).toMatchObject({ reason: "permission", errorCode: "EACCES", entry: { path: "closed" } });
  });

  it.each([
    ["a digest of 31 digits", "md5,category\n" + "a".repeat(31) + ",1\n", /:2: .*31/],
    ["a category that the scale does not have", `md5,category\n${md5("x")},9\n`, /:2: .*9.*vic-us/],
    ["no rows", "md5,category\n", /no rows/],
  ])("4: %s; nothing is imported", (_, text, message) => {
    const before = blindmatch("list", "ls", "--home", home).out;
    const ended = importList("broken", text);
    expect(ended.status, ended.err).toBe(4);
    expect(ended.err).toMatch(message);
    expect(blindmatch("list", "ls", "--home", home).out).toBe(before);
    expect(readdirSync(join(home, "segments")).filter((name) => !name.endsWith(".segment"))).toEqual([]);
  });

  it("4: an unknown list", () => {
    const ended = scan("unknown", evidence, "--list", "never imported");
    expect(ended.status).toBe(4);
    expect(existsSync(join(folder, "unknown/record.sqlite"))).toBe(false);
  });

  it("5: a damaged record, and one that is not there", () => {
    expect(blindmatch("report", join(folder, "nowhere"), "--format", "csv")).toMatchObject({ status: 5, out: "" });
    const damaged = join(folder, "damaged");
    mkdirSync(damaged);
    writeFileSync(join(damaged, "record.sqlite"), readFileSync(join(folder, "none/record.sqlite")).fill(0x41, 0, 4096));
    expect(blindmatch("report", damaged, "--format", "jsonl")).toMatchObject({ status: 5, out: "" });
    expect(scan("damaged", evidence)).toMatchObject({ status: 5 });
  });

  it("6: evidence that is not mounted read-only, that is missing, that is a file", () => {
    const refused = blindmatch(...scanArguments("x", evidence).filter((word) => word !== "--allow-writable" && word !== "a test"));
    expect(refused.status).toBe(6);
    expect(refused.err).toMatch(/--allow-writable/);
    expect(scan("x", join(folder, "missing"))).toMatchObject({ status: 6 });
    expect(scan("x", join(evidence, "sub/note 1")).err).toMatch(/found a file, expected the folder/);
    expect(existsSync(join(folder, "x"))).toBe(false);
  });

  it("130: interrupted; the same command goes on to the same result (REQ-48, REQ-49)", async () => {
    const place = join(folder, "many");
    mkdirSync(place);
    for (let number = 0; number < 2500; number++) writeFileSync(join(place, `file ${number}`), `content ${number} `.repeat(600));
    const args = scanArguments("stopped", place, "--json", "--readers", "1");
    const running = startBlindmatch(...args);
    let out = "";
    const ended = new Promise<number | null>((resolve) => running.on("exit", resolve));
    running.stdout!.on("data", (data: Buffer) => {
      out += data.toString();
      if (/"event":"planned"/.test(out)) process.kill(-running.pid!, "SIGINT");
    });
    expect(await ended).toBe(130);
    const partial = wholeReport(join(folder, "stopped"));
    expect(partial.find(({ type }) => type === "run")).toMatchObject({ status: "PARTIAL" });
    const goneOn = scan("stopped", place);
    expect(goneOn, goneOn.err).toMatchObject({ status: 0 });
    expect(scan("undisturbed", place)).toMatchObject({ status: 0 });
    const rows = (name: string) => wholeReport(join(folder, name)).filter(({ type }) => type === "entry");
    expect(rows("stopped")).toHaveLength(2500);
    expect(rows("stopped")).toEqual(rows("undisturbed"));
  });

  it("70: what the machine refuses is told, and of a scan alone that it goes on (REQ-48)", () => {
    const file = join(folder, "a file");
    writeFileSync(file, "");
    const goesOn = " (what is recorded stays; the same command goes on)";
    const taken = blindmatch(...scanArguments("a file", evidence));
    expect([taken.status, taken.err.trimEnd().endsWith(goesOn)], taken.err).toEqual([70, true]);
    for (const args of [["report", join(folder, "undisturbed"), "--format", "csv", "--output", join(file, "x")], ["key", "new", join(file, "x"), "--no-passphrase"]]) {
      const ended = blindmatch(...args);
      expect(ended, args[0]!).toMatchObject({ status: 70, err: expect.stringMatching(/^blindmatch: this machine refused: E[A-Z]+: .*'\n$/) });
    }
  });

  it("are documented in --help (REQ-48)", () => {
    const { status, out } = blindmatch("--help");
    expect(status).toBe(0);
    for (const known of [0, 1, 2, 3, 4, 5, 6, 70, 130]) expect(out).toMatch(new RegExp(`^ +${known} {2}\\S`, "m"));
  });
});

describe("selftest", () => {
  it("proves every part and ends with 0 (REQ-63)", () => {
    const { status, out, err } = blindmatch("selftest");
    expect(status, err + out).toBe(0);
    for (const name of ["md5", "sha1", "sha256", "blake3", "pdq (full)", "pdq (nearest-512)", "look-up", "matcher", "decoder"]) expect(out).toContain(name);
    expect(out).not.toContain("FAIL");
  });

  it.each([
    ["SHA-256", "reading/algorithm.js", "hash(name, bytes, ", "hash(name, bytes.subarray(1), ", /self-test.*sha256 of the known picture/],
    ["SHA-256 in pieces", "reading/algorithm.js", "running.update(bytes)", "running.update(bytes.subarray(1))", /self-test.*; sha256 of a million letters: found/],
    ["MD5 in sixteen lanes", "kernels/md5-schedule.js", "blocksOfSixteen(count)", "blocksOfSixteen(0)", /self-test.*: md5 of 16 known files side by side: found 16 other/],
    ["MD5 in eight lanes", "kernels/md5-schedule.js", "blocksOfEight(count)", "blocksOfEight(0)", /self-test.*: md5 of 16 known files side by side: found 8 other/],
    ["MD5 of a pair that is not the first", "kernels/md5-schedule.js", "blocksOfTwo(count, lane)", "blocksOfTwo(count, 0)", /self-test.*: md5 of 16 known files side by side: found \d other/],
    ["MD5 of the one beside a pair", "kernels/md5-schedule.js", "blocksOfOne(count, busy - 1)", "blocksOfOne(count, 0)", /self-test.*: md5 of 16 known files side by side: found \d other/],
  ])("70: ends the scan before anything is examined when an answer is wrong (%s) (REQ-63)", (name, altered, right, wrong, said) => {
    // A node option loaded into readers cannot reach them (their environment is empty): the program file itself is altered, in a copy.
    const copy = join(folder, `altered ${name}`);
    mkdirSync(copy);
    spawnSync("cp", ["-a", join(import.meta.dirname, "../../dist"), join(import.meta.dirname, "../../bin"), join(import.meta.dirname, "../../package.json"), copy]);
    spawnSync("ln", ["-s", join(import.meta.dirname, "../../node_modules"), join(copy, "node_modules")]);
    const file = join(copy, "dist", altered);
    const whole = readFileSync(file, "utf8");
    expect(whole).toContain(right);
    writeFileSync(file, whole.replace(right, wrong));
    const ended = spawnSync(process.execPath, [join(copy, "bin/blindmatch"), ...scanArguments(`altered-${name}`, evidence)]);
    expect(ended.status).toBe(70);
    expect(ended.stderr.toString()).toMatch(said);
    expect(readdirSync(join(folder, `altered-${name}`)).filter((name) => name.startsWith("report"))).toEqual([]);
  });
});

describeWith("a terminal made by script(1)", spawnSync("sh", ["-c", "command -v script"]).status === 0, "on a terminal", () => {
  it("progress is one line that is rewritten, without any name, and reports are not printed", () => {
    const words = scanArguments("terminal", evidence).map((word) => `'${word}'`).join(" ");
    const { stdout } = spawnSync("script", ["-qec", `${process.execPath} bin/blindmatch ${words}`, "/dev/null"]);
    expect(stdout.toString()).toMatch(/\r\x1b\[K40\/40 entries/);
    expect(stdout.toString()).not.toContain("note");
    const shown = spawnSync("script", ["-qec", `${process.execPath} bin/blindmatch report '${join(folder, "terminal")}' --format csv`, "/dev/null"]);
    expect(shown.status).toBe(2);
    expect(shown.stdout.toString()).toMatch(/never shown on a terminal/);
  });
});
