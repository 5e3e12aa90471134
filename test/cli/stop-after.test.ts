import { createHash } from "node:crypto";
import { chmodSync, cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { verifyRecord } from "../../src/record/verify-record.ts";
import { blindmatch, type Ended, jsonLines, rawPath, type ReportLine, wholeReport } from "../support/blindmatch.ts";
import { temporaryFolder } from "../support/folder.ts";
import { mayMount, run } from "../support/tools.ts";

const folder = temporaryFolder();
const home = join(folder, "home");
const evidence = join(folder, "evidence");
const md5 = (text: string): string => createHash("md5").update(text).digest("hex");
const content = (path: string): string => `${path} `.repeat(50);
const hashesOf = (text: string): string => `${md5(text)},1`;

/** 1,600 files: pictures of users come first, then other things of theirs, a system's last. What matches is in the last batch of each. */
const places = [["Windows/System32", "dll", 600], ["home/anna", "txt", 400], ["home/anna/Pictures", "jpg", 600]] as const;
const paths = places.flatMap(([place, extension, count]) => Array.from({ length: count }, (_, number) => `${place}/file ${String(number).padStart(3, "0")}.${extension}`));
const planted = ["home/anna/Pictures/file 599.jpg", "home/anna/Pictures/file 598.jpg", "Windows/System32/file 599.dll"];
/** In the first batch, and in the last. */
const known = ["home/anna/Pictures/file 000.jpg", "Windows/System32/file 598.dll"];

function scan(caseName: string, ...more: string[]): Ended {
  return blindmatch("scan", evidence, "--case", join(folder, caseName), "--case-number", "C-1", "--exhibit", "E-1", "--examiner", "X", "--home", home, "--allow-writable", "a test", ...more);
}
const reportIn = (caseName: string, name: string): ReportLine[] => jsonLines(readFileSync(join(folder, caseName, name), "utf8"));
const totalsIn = (caseName: string, name: string): ReportLine => reportIn(caseName, name).at(-1)!;
const rowsOf = (caseName: string) => wholeReport(join(folder, caseName)).filter(({ type }) => type === "entry" || type === "match");

/** With a folder to which nobody can write meanwhile; where nothing may be mounted, to which its owner may not. */
function onReadOnly(medium: string, work: () => void): void {
  if (mayMount) run("mount", ["--bind", medium, medium]);
  if (mayMount) run("mount", ["-o", "remount,ro,bind", medium]);
  else chmodSync(medium, 0o500);
  try {
    work();
  } finally {
    if (mayMount) run("umount", [medium]);
    else chmodSync(medium, 0o700);
  }
}

let whole: Ended;
const lastProgress = (ended: Ended): ReportLine => jsonLines(ended.out).findLast(({ event }) => event === "progress")!;

beforeAll(() => {
  for (const [place] of places) mkdirSync(join(evidence, place), { recursive: true });
  for (const path of paths) writeFileSync(join(evidence, path), content(path));
  for (const [name, kind, listed] of [["notable", "notable", planted], ["harmless", "known", known]] as const) {
    writeFileSync(join(folder, `${name}.csv`), `md5,category\n${listed.map((path) => `${hashesOf(content(path))}\n`).join("")}`);
    const imported = blindmatch("list", "import", join(folder, `${name}.csv`), "--agency", "A", "--list-name", name, "--list-version", "1", "--kind", kind, "--scale", "vic-us", "--accept-unsigned", "synthetic", "--home", home);
    expect(imported, imported.err).toMatchObject({ status: 0 });
  }
  whole = scan("whole", "--readers", "1", "--json");
  expect(whole, whole.err).toMatchObject({ status: 1 });
});

describe("a scan", () => {
  it("reads pictures of users first and the operating system last, and says so, and when the first match came", () => {
    const order = wholeReport(join(folder, "whole")).filter(({ type }) => type === "entry").map(rawPath);
    expect(order.toSorted()).toEqual(paths.toSorted());
    const placesInOrder = [...new Set(order.map((path) => path.slice(0, path.lastIndexOf("/"))))];
    expect(placesInOrder).toEqual(["home/anna/Pictures", "home/anna", "Windows/System32"]);
    const [run] = reportIn("whole", "report.jsonl");
    expect(run).toMatchObject({ stopped: null, readingOrder: { within: "path" } });
    // A known file is in the first batch; it is not what is looked for.
    const { firstMatch } = totalsIn("whole", "report.jsonl") as unknown as { firstMatch: { entries: number; elapsedMs: number } };
    expect(firstMatch).toMatchObject({ entry: 598, entries: 608, entriesPercent: 38 });
    expect(firstMatch.elapsedMs).toBeGreaterThan(0);
    expect(firstMatch.elapsedMs).toBeLessThanOrEqual(run!["elapsedMs"] as number);
    expect(readFileSync(join(folder, "whole/report.html"), "utf8")).toContain("<dt>First exact or near match that calls for attention</dt>");
  });
});

describe("what is told of a scan", () => {
  it("counts while it runs what its answer counts, and no file of a list of known files", () => {
    const { matched } = jsonLines(whole.out).at(-1) as unknown as { matched: { exact: number } };
    expect([lastProgress(whole), matched.exact]).toMatchObject([{ entries: 1600, exact: 3, near: 0, contradicted: 0 }, 3]);
  });

  it("takes no longer than from its first row to its last, and the first match comes within that", () => {
    const [run] = reportIn("whole", "report.jsonl");
    const betweenMs = Date.parse(run!["endedAt"] as string) - Date.parse(run!["startedAt"] as string);
    const { firstMatch } = totalsIn("whole", "report.jsonl") as unknown as { firstMatch: { elapsedMs: number } };
    expect(firstMatch.elapsedMs).toBeLessThanOrEqual(betweenMs);
    // Rounded to a whole one.
    expect(run!["elapsedMs"]).toBeLessThanOrEqual(betweenMs + 1);
  });
});

describe("--stop-after", () => {
  it("ends at the batch in which so many entries have matched, with whole reports marked partial, and goes on without it (REQ-65)", () => {
    const name = "stopped";
    const stopped = scan(name, "--stop-after", "1", "--readers", "4");
    expect(stopped.status, stopped.err).toBe(3);
    expect(stopped.out).toMatch(/^The answer is incomplete, for 992 entries were not yet reached; so far, the bytes of 2 entries have/);
    expect(stopped.err).toContain("stopped: so many entries have matched as were asked for");
    expect(verifyRecord(join(folder, name))).toEqual([]);
    const [run] = reportIn(name, "report.jsonl");
    expect(run).toMatchObject({ status: "PARTIAL", endedAt: null });
    expect(run!["stopped"]).toMatch(/stop after 1 entry with an exact or near match, and 2 were found/);
    expect((run!["custody"] as ReportLine[]).at(-1)).toMatchObject({ kind: "stopped", after: 1, matched: 2, nextEntry: 608 });
    expect(totalsIn(name, "report.jsonl")).toMatchObject({ status: "PARTIAL", exitStatus: 3, pending: { entries: 992 }, firstMatch: { entry: 598, entries: 608 } });
    for (const report of ["report.html", "report.csv"]) expect(readFileSync(join(folder, name, report), "utf8")).toContain("PARTIAL");

    const again = scan(name, "--stop-after", "2", "--json");
    expect(again.status, again.err).toBe(3);
    expect(jsonLines(again.out).at(-1), "nothing more was read, and no report made").toMatchObject({ event: "stopped", outcome: "incomplete", exitStatus: 3, examined: { entries: 608 }, reports: ["jsonl", "csv", "html"].map((extension) => join(folder, name, `report.${extension}`)) });

    const further = scan(name, "--stop-after", "3", "--json");
    expect(lastProgress(further), "those of the session before are counted once, in the same way").toMatchObject({ entries: 1600, exact: 3, near: 0 });
    expect(further, "the third is in the last batch: nothing is left to stop at").toMatchObject({ status: 1 });
    expect(rowsOf(name)).toEqual(rowsOf("whole"));
    expect(totalsIn(name, "report-2.jsonl")).toMatchObject({ status: "ended", outcome: "matches", exitStatus: 1 });
    expect(readdirSync(join(folder, name)).filter((one) => one.startsWith("report"))).toHaveLength(6);
    expect(jsonLines(scan(name, "--json").out), "finished").toEqual(jsonLines(further.out).slice(-1));
    expect(verifyRecord(join(folder, name))).toEqual([]);
  });

  it("leaves a record of one file, which is read from a medium that cannot be written to, and gone on with", () => {
    const [name, medium] = ["kept", join(folder, "medium")];
    expect(scan(name, "--stop-after", "1")).toMatchObject({ status: 3 });
    // Bytes 18 and 19 are 1 for a file that needs no other. Source: SQLite's file format.
    expect([...readFileSync(join(folder, name, "record.sqlite")).subarray(18, 20)]).toEqual([1, 1]);
    const rows = rowsOf(name);
    const inPlace = blindmatch("verify", join(folder, name));
    expect(inPlace, inPlace.err).toMatchObject({ status: 0, out: expect.stringContaining("PARTIAL") });
    expect(inPlace.out, "nothing lies beside it, and nobody writes").not.toMatch(/record\.sqlite-|is writing/);
    cpSync(join(folder, name), medium, { recursive: true });
    onReadOnly(medium, () => {
      expect(() => writeFileSync(join(medium, "any"), "")).toThrow(mayMount ? "EROFS" : "EACCES");
      const verified = blindmatch("verify", medium);
      expect(verified, verified.err).toMatchObject({ status: 0, out: inPlace.out });
      expect(wholeReport(medium).filter(({ type }) => type === "entry" || type === "match")).toEqual(rows);
    });
    expect(scan(name)).toMatchObject({ status: 1 });
    expect(rowsOf(name)).toEqual(rowsOf("whole"));
    expect(verifyRecord(join(folder, name))).toEqual([]);
  });

  it.each(["0", "-1", "many", "1.5", "1e3", ""])("%j is refused as a wrong command", (value) => {
    const ended = scan("refused", `--stop-after=${value}`);
    expect(ended).toMatchObject({ status: 2, out: "" });
    expect(ended.err).toMatch(/--stop-after <n>.*expected a whole number from 1/);
    expect(readdirSync(folder)).not.toContain("refused");
  });
});
