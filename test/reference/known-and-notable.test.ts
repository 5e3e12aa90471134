import { describe, expect, it } from "vitest";
import type { ListKind, Match } from "../../src/model.ts";
import { referenceSetOf } from "../../src/reference/open-reference-set.ts";
import { formats } from "../../src/reports/formats.ts";
import { answerOf } from "../../src/reports/summary.ts";
import { csvRows } from "../support/report-text.ts";
import { examined as entryOf, list, recordView } from "../support/record-view.ts";
import { examined, referenceWith } from "./synthetic-list.ts";

const entry = entryOf(0, "DCIM/0001.jpg");
const options = { all: false, madeAt: "2026-04-17T12:00:00+02:00", version: "0.1.0" };
const rowWith = (recordId: string, category: string | null = "1") => referenceWith({ md5: entry.digests.md5!, sha1: entry.digests.sha1! }, { recordId, category });

/** The entry's matches with lists of these kinds, as a record holds them. */
async function recordWith(...kinds: readonly ListKind[]) {
  const lists = kinds.map((kind, index) => list({ kind, name: `list ${index}`, sha256: index.toString(16).repeat(64) }, 0));
  const set = referenceSetOf(lists.map((description, index) => ({ description, references: [rowWith(`R-${index}`)] })));
  const matches = await set.match(examined(entry.digests), entry.sizeBytes);
  return { matches, record: recordView({ entries: [entry], lists, matches: matches.map((match: Match) => ({ ...match, entryNo: 0 })) }) };
}

const text = (name: string, record: Awaited<ReturnType<typeof recordWith>>["record"]): string => [...formats.find((format) => format.name === name)!.render(record, options)].join("");

describe("an entry that is in a known list and in a notable one", () => {
  it.each<[string, ListKind[]]>([
    ["the known list first", ["known", "notable"]],
    ["the notable list first", ["notable", "known"]],
    ["more known lists than notable ones", ["known", "known", "notable", "known"]],
  ])("is a match in every report: %s", async (_, kinds) => {
    const { matches, record } = await recordWith(...kinds);
    expect(matches.map(({ list: index }) => index)).toEqual(kinds.map((__, index) => index));
    expect([answerOf(record), record.totals().entriesMatched]).toEqual(["matches", { exact: 1, md5Only: 0, contradicted: 0, near: 0, doubtful: 0, any: 1 }]);
    const notable = `R-${kinds.indexOf("notable")}`;
    const lines = text("jsonl", record).trim().split("\n").map((line) => JSON.parse(line) as { type: string; recordId?: string; needsAttention?: boolean });
    expect(lines.filter(({ type, needsAttention }) => type === "match" && needsAttention === true).map(({ recordId }) => recordId)).toEqual([notable]);
    const [header, ...rows] = csvRows(text("csv", record).slice(1));
    const matched = rows.filter(([type]) => type === "match").map((row) => [row[header!.indexOf("list_kind")], row[header!.indexOf("record_id")]]);
    expect(matched).toEqual(kinds.map((kind, index) => [kind, `R-${index}`]));
    const page = text("html", record);
    const exact = page.slice(page.indexOf('<section id="exact"'), page.indexOf("</section>", page.indexOf('<section id="exact"')));
    expect(exact).toContain(notable);
    expect(exact).not.toContain(`R-${kinds.indexOf("known")}`);
  });

  it("is none when it is in known lists only, and the report says known (REQ-28)", async () => {
    const { matches, record } = await recordWith("known", "known");
    expect(matches).toHaveLength(2);
    expect([answerOf(record), record.totals().entriesMatched.any]).toEqual(["nothing-to-find", 0]);
    expect(text("html", record)).toContain("Matches with lists of known files");
  });
});

describe("an entry that several lists hold", () => {
  it("has a match with each row of each list, in whatever category", async () => {
    const lists = [list({ name: "one" }, 0), list({ name: "two", sha256: "7c".repeat(32) }, 0)];
    const set = referenceSetOf([
      { description: lists[0]!, references: [rowWith("A", "1"), rowWith("B", "2"), rowWith("C", null)] },
      { description: lists[1]!, references: [rowWith("D", "9")] },
    ]);
    expect((await set.match(examined(entry.digests), entry.sizeBytes)).map(({ list: index, recordId, category }) => [index, recordId, category])).toEqual([[0, "A", "1"], [0, "B", "2"], [0, "C", null], [1, "D", "9"]]);
  });
});
