import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { createOrResumeRecord } from "../../src/record/open-record.ts";
import { formats } from "../../src/reports/formats.ts";
import { finishedCase, opening, resultOf, sampleEntries } from "../record/sample-case.ts";
import { alterRecord } from "../support/altered-record.ts";
import { blindmatch, type Ended, jsonLines } from "../support/blindmatch.ts";
import { temporaryFolder } from "../support/folder.ts";

// A record in which rows are not those that its log vouches for, while everything that SQLite looks at is right: a lost match, or a digest of another file.

const folder = temporaryFolder();
const md5 = (text: string): string => createHash("md5").update(text).digest("hex");
const turnedDigest = "UPDATE examined SET sha256 = CAST(x'00' || substr(sha256, 2) AS BLOB) WHERE entry = (SELECT min(entry) FROM examined WHERE sha256 IS NOT NULL)";
const noMatches = 'DELETE FROM "match"';

type State = "finished" | "stopped" | "interrupted" | "running";

/** A case in one of the states that a report can find it in; what is altered is so behind the back of whoever writes. Gives what ends it. */
function caseIn(state: State, ...altered: readonly string[]): { readonly place: string; readonly end: () => void } {
  const place = join(folder, `${state} ${readdirSync(folder).length}`);
  if (state === "finished") {
    finishedCase(place, 300);
    alterRecord(place, ...altered);
    return { place, end: () => undefined };
  }
  const { writer } = createOrResumeRecord(place, opening());
  writer.writePlan(sampleEntries(300), () => 3);
  const batches = [...writer.batches()];
  for (const batch of batches.slice(0, 3)) writer.append(batch.map(resultOf));
  if (state === "interrupted") writer.log("interrupted", { nextEntry: writer.nextEntry });
  if (state === "stopped") writer.log("stopped", { after: 1, matched: 3, nextEntry: writer.nextEntry, elapsedMs: 1 });
  if (state === "stopped") writer.releaseAsOneFile();
  if (state === "interrupted") writer.release();
  alterRecord(place, ...altered);
  return { place, end: () => writer.release() };
}

const report = (place: string, format: string, ...more: readonly string[]): Ended => blindmatch("report", place, "--format", format, ...(format === "vics" ? ["--unredacted"] : []), ...more);

describe("a report", () => {
  it.each(formats.map(({ name }) => name))("%s is none of a record with a digest that was altered: status 5, no byte, nothing added to the record (REQ-68)", (format) => {
    const { place } = caseIn("finished", turnedDigest);
    const before = readFileSync(join(place, "record.sqlite"));
    expect(report(place, format)).toEqual({ status: 5, out: "", err: expect.stringMatching(/^blindmatch: record, results of entries 0 to \d+, head: found [0-9a-f]{64}, expected [0-9a-f]{64}/) as string });
    expect(readFileSync(join(place, "record.sqlite"))).toEqual(before);
  });

  it.each(["jsonl", "csv", "html", "vics"])("%s is none of a record whose matches were taken out: status 5 and no file (REQ-68)", (format) => {
    const { place } = caseIn("finished", noMatches);
    const ended = report(place, format, "--output", join(place, "new"));
    expect([ended.status, ended.out, readdirSync(place)], ended.err).toEqual([5, "", ["record.sqlite"]]);
  });

  it.each(["stopped", "interrupted", "running"] as const)("of a scan that is %s is made of a sound record and of no other (REQ-68)", (state) => {
    const sound = caseIn(state);
    try {
      const ended = report(sound.place, "jsonl");
      expect([ended.status, jsonLines(ended.out).find(({ type }) => type === "totals")?.["answer"]], ended.err).toEqual([0, "incomplete-matches"]);
    } finally {
      sound.end();
    }
    for (const [alteration, format] of [[turnedDigest, "hashdeep"], [noMatches, "html"]] as const) {
      const { place, end } = caseIn(state, alteration);
      try {
        expect(report(place, format)).toMatchObject({ status: 5, out: "" });
      } finally {
        end();
      }
    }
  });
});

describe("other readers of a record", () => {
  const home = join(folder, "home");
  const evidence = join(folder, "evidence");
  const scan = (place: string, ...more: readonly string[]): Ended =>
    blindmatch("scan", evidence, "--case", place, "--case-number", "C", "--exhibit", "E", "--examiner", "X", "--home", home, "--allow-writable", "a test", "--readers", "1", ...more);
  /** A copy in which matches were taken out, and a report is missing where that is asked for. */
  const altered = (name: string, copy: string, missing?: string): string => {
    const place = join(folder, copy);
    cpSync(join(folder, name), place, { recursive: true, filter: (path) => missing === undefined || !path.endsWith(missing) });
    alterRecord(place, noMatches);
    return place;
  };

  beforeAll(() => {
    mkdirSync(evidence);
    for (let number = 0; number < 100; number++) writeFileSync(join(evidence, `file ${String(number).padStart(2, "0")}`), `content ${number}`);
    writeFileSync(join(folder, "list.csv"), `md5,category\n${md5("content 3")},1\n`);
    expect(blindmatch("list", "import", join(folder, "list.csv"), "--agency", "A", "--list-name", "l", "--list-version", "1", "--scale", "vic-us", "--accept-unsigned", "synthetic", "--home", home)).toMatchObject({ status: 0 });
    expect([scan(join(folder, "whole")).status, scan(join(folder, "begun"), "--stop-after", "1").status]).toEqual([1, 3]);
  });

  it.each([["whole", "all its reports", undefined], ["whole", "a report less", "report.csv"], ["begun", "a part of it done", undefined]])("a scan given again (%s, with %s) gives no answer, no report and no further row (REQ-68)", (name, copy, missing) => {
    const place = altered(name, copy, missing);
    const names = readdirSync(place);
    const record = readFileSync(join(place, "record.sqlite"));
    const ended = scan(place);
    expect([ended.status, ended.out, readdirSync(place)], ended.err).toEqual([5, "", names]);
    expect(ended.err).toMatch(/blindmatch: record, results of entries 0 to 31, matches: found 0, expected 1/);
    expect(readFileSync(join(place, "record.sqlite"))).toEqual(record);
  });

  it("a later pass is not made of it (REQ-68)", () => {
    const place = altered("whole", "for a pass");
    expect(blindmatch("rematch", place, "--examiner", "X", "--home", home, "--near-threshold", "20/60")).toMatchObject({ status: 5, out: "", err: expect.stringContaining("matches: found 0, expected 1") as string });
  });
});
