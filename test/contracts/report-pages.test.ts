import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { EntryRow, RecordView } from "../../src/record/view.ts";
import type { ReportFormat } from "../../src/reports/format.ts";
import { formats } from "../../src/reports/formats.ts";
import { layoutOf, mostRows } from "../../src/reports/html-layout.ts";
import { digestsOf, examined, list, match, pendingEntry, recordView, unreadEntry } from "../support/record-view.ts";
import { foreignElements, openingTags, reportFiles } from "../support/report-text.ts";
import { has, run } from "../support/tools.ts";

const options = { all: false, madeAt: "2026-04-17T12:00:00+02:00", version: "0.1.0", fileName: "a report.html" };
const matched = Array.from({ length: mostRows + 3 }, (_, no) => no);
const entries: readonly EntryRow[] = [
  ...matched.map((no) => examined(no, `DCIM/${no}.jpg`, { digests: { sha256: digestsOf(no).sha256 } })),
  unreadEntry(matched.length, "locked <folder>", "permission", "EACCES"),
  pendingEntry(matched.length + 1, "later"),
];
const matches = matched.map((no) => match(no, { recordId: `R-${no}`, ...(no % 2 === 0 ? {} : { kind: "near", algorithms: ["pdq"], distanceBits: 9, transform: "full", nearReferences: 1 }) }));
const partial = recordView({ entries, matches, lists: [list()], complete: false, options: { digests: ["sha256"] } });
const splitting = formats.filter(({ furtherPages }) => furtherPages !== undefined);

describe.each(splitting)("a report $name of several pages", (format) => {
  const files = reportFiles(format, partial, options);
  const [first, ...further] = files;

  it("is the golden file in a page beside the first one, byte for byte", () => {
    const { fileName, text } = further[0]!;
    expect([fileName, further.length]).toEqual([`a report.exact-2.${format.extension}`, 2]);
    // Its rows are alike: the first ones stand for all.
    const isRow = (line = ""): boolean => /^<(?:tbody id|tr class="more")/.test(line);
    const rows = text.split("\n").filter((line, at, lines) => !isRow(line) || !isRow(lines[at - 6]));
    const golden = new URL(`../../fixtures/reports/page.${format.extension}`, import.meta.url);
    if (process.env.GOLDEN === "renew") writeFileSync(golden, rows.join("\n"));
    expect(rows.join("\n")).toBe(readFileSync(golden, "utf8"));
  });

  it("is the same when made again", () => {
    expect(reportFiles(format, partial, options)).toEqual(files);
  });

  it("holds every match and every unread entry once, and no page more rows than it may", () => {
    const rows = files.map(({ text }) => [...text.matchAll(/<tbody id="((?:match|unread)-\d+)">/g)].map(([, id]) => id!));
    expect(rows.flat().toSorted()).toEqual([...matches.map((_, at) => `match-${at + 1}`), `unread-${matched.length}`].toSorted());
    expect(Math.max(...rows.map(({ length }) => length))).toBeLessThanOrEqual(mostRows);
  });

  it("says on each page of which report it is, that it is PARTIAL, and what its rows do not say", () => {
    const policy = /<meta http-equiv="Content-Security-Policy"[^>]*>/.exec(first!.text)![0];
    for (const [at, { text }] of files.entries()) {
      expect(text).toContain("<p class=\"partial\">PARTIAL: the scan has not ended.");
      expect(text).toContain("<h1>Match report: case <bdi>2026-0417</bdi>, exhibit <bdi>KB/7</bdi></h1>");
      expect(text).toContain(policy);
      expect(text).toMatch(new RegExp(`age ${at + 1} of ${files.length}\\b`));
    }
    expect(further.map(({ text }) => /<h2>(.*)<\/h2>/.exec(text)![1])).toEqual(["Exact matches", "Near matches: leads, not identifications"]);
  });

  it("is well-formed, loads nothing, and its links lead somewhere", () => {
    const tags = new Map(files.map(({ fileName, text }) => [fileName, openingTags(text)]));
    const ids = new Map([...tags].map(([fileName, own]) => [fileName, own.flatMap(({ attributes }) => attributes.get("id") ?? [])]));
    const targets = new Map([...ids].map(([fileName, own]) => [fileName, new Set(own)]));
    for (const [fileName, own] of tags) {
      expect(own.filter(({ name }) => foreignElements.includes(name))).toEqual([]);
      expect(targets.get(fileName)!.size).toBe(ids.get(fileName)!.length);
      for (const href of new Set(own.flatMap(({ attributes }) => attributes.get("href") ?? []))) {
        const [file = "", id] = href.split("#").map(decodeURIComponent);
        const target = targets.get(file === "" ? fileName : file);
        expect(target?.has(id ?? "main"), `${fileName}: ${href}`).toBe(true);
      }
    }
    if (has("xmllint")) for (const { text } of files) run("xmllint", ["--noout", "--nonet", "-"], text);
  });

  it("is refused without a name, for standard output has no place for its pages", () => {
    const { all, madeAt, version } = options;
    expect(() => [...format.render(partial, { all, madeAt, version })]).toThrow(expect.objectContaining({ code: "usage", message: "report: found 3 pages for standard output, expected one: they link to each other by the names of their files; give --output FILE" }));
  });

  it.each<[string, RecordView]>([
    ["a row is missing", { ...partial, matches: () => [...partial.matches()].slice(0, -1) }],
    ["a row was not counted", { ...partial, matches: () => [...partial.matches(), ...[...partial.matches()].slice(-2)] }],
  ])("is refused when %s", (_, record) => {
    expect(() => drawn(format, record)).toThrow(expect.objectContaining({ code: "record-damaged" }));
  });

  it("refuses to go on to a page when the one before was not drawn", () => {
    const all = matched.map((no) => match(no));
    const record = recordView({ entries: [...entries, ...entries.map((entry) => ({ ...entry, no: entry.no + entries.length }))], matches: [...all, ...all, ...all], lists: [list()], complete: false });
    expect(() => [...format.furtherPages!(record, options)]).toThrow("drawn in part, expected whole");
  });
});

function drawn(format: ReportFormat, record: RecordView): void {
  for (const { text } of format.furtherPages!(record, options)) [...text].join("");
}

describe("the layout of a report", () => {
  const of = (...rows: readonly number[]) => layoutOf(rows.map((count, at) => ({ key: `${at}`, section: "unread" as const, rows: count })), "report.html");

  it("is one page for as many rows as a page holds, of whatever sort", () => {
    expect(of(mostRows - 1, 1, 0)).toEqual({ pages: 1, further: new Map() });
  });

  it("is several for one row more, and leaves each sort its share of the first", () => {
    const half = mostRows / 2;
    expect(of(mostRows, 1, 0)).toEqual({ pages: 2, further: new Map([["0", [{ number: 2, fileName: "report.unread-2.html", from: half, to: mostRows }]]]) });
    expect(of(half + 1, half + mostRows + 1).further.get("1")!.map(({ number, from, to }) => [number, from, to])).toEqual([[3, half, half + mostRows], [4, half + mostRows, half + mostRows + 1]]);
  });
});
