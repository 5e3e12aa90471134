import { describe, expect, it } from "vitest";
import type { RecordView } from "../../src/record/view.ts";
import { formats } from "../../src/reports/formats.ts";
import { isMd5Only } from "../../src/reports/match-terms.ts";
import { answerSentence } from "../../src/reports/summary.ts";
import { examined, list, match, recordView } from "../support/record-view.ts";

const options = { all: false, madeAt: "2026-04-17T12:00:00+02:00", version: "0.1.0" };

describe("a match that rests on MD5", () => {
  it("alone is marked, and no other is (REQ-29)", () => {
    expect(isMd5Only(match(0, { algorithms: ["md5"] }))).toBe(true);
    for (const stated of [{ algorithms: ["md5", "sha1"] }, { algorithms: ["sha256"] }, { algorithms: ["md5"], contradictedBy: ["sha1"] }] as const) expect(isMd5Only(match(0, stated))).toBe(false);
  });

  // The other two have rows of files, and none of matches.
  it.each(formats.filter(({ name }) => !["hashdeep", "bodyfile"].includes(name)).map((format) => [format.name, format] as const))("%s: tells it from one by MD5 and SHA-1 (REQ-29)", (_, format) => {
    const text = (algorithms: readonly ("md5" | "sha1")[]): string => [...format.render(recordView({ entries: [examined(0, "a")], lists: [list({})], matches: [match(0, { algorithms })] }), options)].join("");
    expect(text(["md5"])).toMatch(/"md5Only":true|MD5 only/);
    expect(text(["md5", "sha1"])).not.toMatch(/"md5Only":true|MD5 only:/);
  });

  it("alone is counted in the answer and the totals, also where only counts were asked for (REQ-29)", () => {
    const entries = [examined(0, "a"), examined(1, "b"), examined(2, "c")];
    const record = (...md5: readonly number[]): RecordView => recordView({ entries, lists: [list({})], matches: entries.map(({ no }) => match(no, { algorithms: md5.includes(no) ? ["md5"] : ["md5", "sha1"] })) });
    const answers = [[], [1], [0, 1, 2]].map((md5) => answerSentence(record(...md5)));
    expect(answers.map((answer) => /\((.*)\)/.exec(answer)?.[1])).toEqual(["exact", "exact, 1 of them in MD5 alone: collisions exist", "exact, but all of them in MD5 alone: collisions exist"]);
    const counts = (name: string): string => [...formats.find((format) => format.name === name)!.render(record(1, 2), { ...options, countsOnly: true })].join("");
    for (const name of ["jsonl", "csv", "html"]) expect(counts(name)).toContain("2 of them in MD5 alone: collisions exist");
    expect(counts("jsonl")).toContain('"entriesMatched":{"exact":3,"md5Only":2,');
    expect(counts("csv")).toMatch(/"total","entries-md5-only",.*"2","Of the entries that match exactly/);
    expect(counts("html")).toMatch(/Of these entries, in MD5 alone \(collisions exist\)<\/th>(<td[^>]*><\/td>)*<td[^>]*>2<\/td>/);
  });

  it("is not said by the opening of the exact matches to agree in digests that were not compared", () => {
    const text = [...formats.find(({ name }) => name === "html")!.render(recordView({ entries: [examined(0, "a")], lists: [list({})], matches: [match(0, { algorithms: ["md5"] })] }), options)].join("");
    expect(text).toContain("The digests named with each match");
    expect(text).not.toMatch(/[Tt]he digests of these files equal|bytes have the digests of a record/);
  });
});
