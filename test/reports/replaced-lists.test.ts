import { describe, expect, it } from "vitest";
import { formats } from "../../src/reports/formats.ts";
import { replacedListSentences } from "../../src/reports/replaced-lists.ts";
import { examined, list, match, recordView, type StatedRecord } from "../support/record-view.ts";

const version = (text: string, stated: Parameters<typeof list>[0] = {}) => list({ version: text, sha256: Buffer.from(text.padEnd(32, "-")).toString("hex"), ...stated });
const entries = Array.from({ length: 6 }, (_, no) => examined(no, `file ${no}`));
const told = (stated: StatedRecord): readonly string[] => replacedListSentences(recordView({ entries, ...stated }));
const matchesOf = (index: number, ...nos: number[]) => nos.map((no) => match(no, { list: index }));

describe("a list that a later pass had another version of", () => {
  const followed: StatedRecord = { lists: [version("1"), version("2")], passes: [{}], matches: [...matchesOf(0, 0, 1, 2, 2), match(3, { category: "9" }), ...matchesOf(1, 0, 4)] };
  const sentence = "List 1 (Example Agency/notable 1) was followed by version 2 of it (list 2, pass 2): of the entries that are counted as matches, 2 match list 1 and not list 2.";

  it("is told with how many entries the later one does not match", () => {
    expect(told(followed)).toEqual([sentence]);
    expect(told({ ...followed, matches: [...matchesOf(0, 0, 1), ...matchesOf(1, 0)] })).toEqual([expect.stringContaining("of the entries that are counted as matches, 1 matches list 1 and not list 2.")]);
  });

  it.each(formats.map(({ name }) => name))("is a warning in %s", (name) => {
    const text = [...formats.find((format) => format.name === name)!.render(recordView({ entries, ...followed }), { all: false, madeAt: "2026-04-17T12:00:00+02:00", version: "0.1.0" })].join("");
    expect(text).toContain(sentence);
  });

  it("is compared with the newest one, and named for each pass that had it", () => {
    const lists = [version("1"), version("1"), version("2"), version("3")];
    expect(told({ lists, passes: [{}, {}, {}], matches: [...matchesOf(0, 0, 1), ...matchesOf(1, 0, 1, 2), ...matchesOf(2, 0, 5), ...matchesOf(3, 0)] })).toEqual([
      expect.stringMatching(/^Lists 1 and 2 \(Example Agency\/notable 1\) were followed by version 3 of it \(list 4, pass 4\): .* 2 match lists 1 and 2 and not list 4\.$/),
      expect.stringMatching(/^List 3 .* followed by version 3 of it \(list 4, pass 4\): .* 1 matches list 3 and not list 4\.$/),
    ]);
  });

  it.each<[string, StatedRecord]>([
    ["gives every match again", { lists: [version("1"), version("2")], passes: [{}], matches: [...matchesOf(0, 0, 1), ...matchesOf(1, 0, 1, 2)] }],
    ["is the same one", { lists: [version("1"), version("1")], passes: [{}], matches: matchesOf(0, 0) }],
    ["is that of another list", { lists: [version("1"), version("2", { name: "other" }), version("3", { agency: "Other" })], passes: [{}, {}], matches: matchesOf(0, 0) }],
    ["is of the same pass", { lists: [version("1"), version("2")], matches: matchesOf(0, 0) }],
    ["is of known files, which the answer does not count", { lists: [version("1", { kind: "known" }), version("2", { kind: "known" })], passes: [{}], matches: matchesOf(0, 0) }],
  ])("is not told where the later one %s", (_, stated) => expect(told(stated)).toEqual([]));
});

describe("a list that had been dropped when a pass was made", () => {
  const pass = (dropped: readonly object[]) => ({ kind: "pass" as const, body: { pass: 2, dropped } });
  const withdrawn = { agency: "Example Agency", name: "notable", version: "1", reason: "withdrawn <x>" };
  const other = version("7", { name: "other" });

  it("is told with the reason, and how many entries no other list matches", () => {
    const stated: StatedRecord = { lists: [version("1"), other, other], passes: [{}], logAfter: [pass([withdrawn])], matches: [...matchesOf(0, 0, 1, 2), ...matchesOf(1, 1), ...matchesOf(2, 1)] };
    // The scan had both lists.
    expect(told(stated)).toEqual(["List 1 (Example Agency/notable 1) had been dropped when pass 2 was made (reason given: withdrawn <x>): of the entries that are counted as matches, 2 match list 1 and not any other notable list."]);
    expect(told({ ...stated, logAfter: [pass([])] })).toEqual([]);
    expect(told({ ...stated, logAfter: [pass([{ ...withdrawn, name: "another" }])] })).toEqual([]);
  });

  it("is not told where that pass or a later one had it again", () => {
    expect(told({ lists: [version("1"), version("1")], passes: [{}], logAfter: [pass([withdrawn])], matches: matchesOf(0, 0) })).toEqual([]);
  });
});
