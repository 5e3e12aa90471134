import { describe, expect, it } from "vitest";
import type { EntryRow, RecordView, Totals } from "../../src/record/view.ts";
import { formats } from "../../src/reports/formats.ts";
import { html } from "../../src/reports/html.ts";
import { styleSheet } from "../../src/reports/html-style.ts";
import { examined, list, match, pictureEntry, recordView, unreadEntry } from "../support/record-view.ts";

const options = { all: false, madeAt: "2026-04-17T12:00:00+02:00", version: "0.1.0" };
const entries = [examined(0, "a"), unreadEntry(1, "b", "io", "EIO")];
const sound = recordView({ entries, lists: [list()], matches: [match(0)] });
const withTotals = (changed: Partial<Totals>): RecordView => ({ ...sound, totals: () => ({ ...sound.totals(), ...changed }) });

describe.each(formats)("$name", (format) => {
  const render = (record: RecordView) => () => [...format.render(record, options)].length;

  it.each<[string, RecordView]>([
    ["an entry is neither examined nor unread", withTotals({ seen: { entries: 3, bytes: sound.totals().seen.bytes } })],
    ["a byte is not accounted for", withTotals({ seen: { entries: 2, bytes: sound.totals().seen.bytes + 1n } })],
    ["the reasons do not add up to the unread", withTotals({ unreadByReason: {} })],
    ["the entries matched are fewer than those of one sort", withTotals({ entriesMatched: { exact: 1, md5Only: 0, contradicted: 0, near: 0, doubtful: 0, any: 0 } })],
    ["a match row is missing", { ...sound, matches: () => [] }],
    ["a match row is in another sort than was counted", { ...sound, matches: () => [...sound.matches()].map((row) => ({ ...row, contradictedBy: ["sha1" as const] })) }],
    ["an unread row is missing", { ...sound, unread: () => [] }],
    ["a match names a list that was not used", { ...sound, matches: () => [...sound.matches()].map((row) => ({ ...row, list: 5 })) }],
    ["the log is empty", { ...sound, log: () => [] }],
  ])("refuses a record in which %s", (_, record) => {
    expect(render(sound)).not.toThrow();
    expect(render(record)).toThrow(expect.objectContaining({ code: "record-damaged" }));
    if (format.restrictable === true) expect(() => [...format.render(record, { ...options, countsOnly: true })]).toThrow(expect.objectContaining({ code: "record-damaged" }));
  });

  const pictured = recordView({ entries: [examined(0, "a"), unreadEntry(1, "b", "io", "EIO"), pictureEntry(2, "c.png", "crash"), pictureEntry(3, "d.png", "hashed")], lists: [list()], matches: [match(0)] });
  const altered = (no: number, change: Partial<EntryRow>): RecordView => ({ ...pictured, entries: () => [...pictured.entries()].map((row) => (row.no === no ? { ...row, ...change } : row)) });
  const picture = (status: "crash" | "hashed"): Partial<EntryRow> => ({ picture: { status, widthPixels: 1, heightPixels: 1 } });

  if (format.rowsPerEntry || format.name === "bodyfile") it.each<[string, RecordView]>([
    ["is missing", { ...pictured, entries: () => [...pictured.entries()].slice(1) }],
    ["says that an unread one was examined", altered(1, { outcome: "examined", reason: null })],
    ["says that an examined one holds no content", altered(3, { outcome: "without-content" })],
    ["says that a picture which was compared was not", altered(3, picture("crash"))],
    ["says that a picture which was not compared was", altered(2, picture("hashed"))],
  ])("refuses a record in which the row of an entry %s", (_, record) => {
    const renderAll = (of: RecordView) => () => [...format.render(of, { ...options, all: format.rowsPerEntry })].length;
    expect(renderAll(pictured)).not.toThrow();
    expect(renderAll(record)).toThrow(expect.objectContaining({ code: "record-damaged" }));
  });

  it("is written row by row, however many matches there are", () => {
    const many = Array.from({ length: 5000 }, (_, no) => examined(no, `folder/${no}.bin`));
    const view = recordView({ entries: many, lists: [list()], matches: [] });
    let drawn = 0;
    const rows = function* () {
      drawn = 0;
      for (const entry of many) {
        drawn += 1;
        yield { ...match(entry.no), number: entry.no + 1, pass: 1, filesNear: null, entry };
      }
    };
    const counts = { list: 0, kind: "notable" as const, category: "1", exact: 5000, contradicted: 0, near: 0, doubtful: 0 };
    const record: RecordView = { ...view, matches: rows, totals: () => ({ ...view.totals(), matches: [counts], entriesMatched: { exact: 5000, md5Only: 0, contradicted: 0, near: 0, doubtful: 0, any: 5000 } }) };
    let longest = 0;
    let ahead = 0;
    let seen = 0;
    const draw = (text: Iterable<string>): void => {
      for (const piece of text) {
        longest = Math.max(longest, piece.length);
        if (piece.includes("folder/")) ahead = Math.max(ahead, drawn - ++seen);
      }
    };
    const named = { ...options, fileName: "report" };
    draw(format.render(record, named));
    for (const { text } of format.furtherPages?.(record, named) ?? []) draw(text);
    expect([seen, ahead <= 1, longest < 16_000]).toEqual([5000, true, true]);
  });
});

describe("the style of the html report", () => {
  const style = styleSheet(true, "x").markup;
  const sets = [...style.matchAll(/(--paper: [^}]*?;) ?\}/g)].map(([, set]) => new Map([...set!.matchAll(/--([a-z-]+): (#[0-9a-f]{6});/g)].map(([, name, colour]) => [name!, colour!])));

  it.each([
    ["ink", "paper", 7],
    ["ink", "band", 7],
    ["quiet", "paper", 4.5],
    ["quiet", "band", 4.5],
    ["link", "paper", 4.5],
    ["alert", "paper", 4.5],
    ["alarm-ink", "alarm", 4.5],
    ["rule", "paper", 3],
  ])("sets %s off against %s by at least %d to 1, in light, dark and on paper", (front, back, least) => {
    expect(sets).toHaveLength(3);
    for (const set of sets) expect(contrast(set.get(front)!, set.get(back)!)).toBeGreaterThanOrEqual(least);
  });

  it("marks every printed page of a partial record, and none of a complete one", () => {
    expect(style).toContain('@top-right { content: "PARTIAL');
    expect(styleSheet(false, "x").markup).not.toContain("PARTIAL");
    const partial = [...html.render(recordView({ entries: [examined(0, "a")], lists: [list()], complete: false }), options)].join("");
    const tables = [...partial.matchAll(/<thead>/g)].length;
    expect([...partial.matchAll(/<thead><tr class="paper">/g)]).toHaveLength(tables);
  });
});

/** Contrast of two colours as WCAG 2 defines it. */
function contrast(one: string, other: string): number {
  const luminance = (colour: string) =>
    [1, 3, 5]
      .map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255)
      .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
      .reduce((sum, part, index) => sum + part * [0.2126, 0.7152, 0.0722][index]!, 0);
  const [light, dark] = [luminance(one), luminance(other)].sort((first, second) => second - first);
  return (light! + 0.05) / (dark! + 0.05);
}
