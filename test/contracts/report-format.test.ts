import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { formats } from "../../src/reports/formats.ts";
import { script } from "../../src/reports/html-script.ts";
import type { RecordView } from "../../src/record/view.ts";
import type { ReportFormat } from "../../src/reports/format.ts";
import { csvRows, foreignElements, openingTags } from "../support/report-text.ts";

import { cases, mixed, pdqLike } from "./report-records.ts";
const options = { all: false, madeAt: "2026-04-17T12:00:00+02:00", version: "0.1.0" };
const renderings = formats.flatMap((format) =>
  Object.entries(cases).flatMap(([name, record]) => [
    { format, name, record, all: false },
    ...(format.rowsPerEntry && (name === "mixed" || name === "passes") ? [{ format, name: `${name}-all`, record, all: true }] : []),
  ]),
);

describe.each(renderings)("report $format.name of the $name record", ({ format, name, record, all }) => {
  const text = textOf(format, record, all);

  it("is the golden file, byte for byte (REQ-58)", () => {
    const folder = new URL("../../fixtures/reports/", import.meta.url);
    const file = new URL(`${name}.${format.extension}`, folder);
    if (process.env.GOLDEN === "renew") {
      mkdirSync(folder, { recursive: true });
      writeFileSync(file, text);
    }
    expect(text).toBe(readFileSync(file, "utf8"));
  });

  it("is the same when made again", () => {
    expect(textOf(format, record, all)).toBe(text);
  });

  it("holds nothing but printable text and its own line ends", () => {
    const lineEnd = format.name === "csv" ? /\r\n/g : /\n/g;
    // hashdeep knows no escapes and finds a file by its very name: the end of each row.
    const escaped = format.name === "hashdeep" ? text.replace(/(\n\d+(?:,[0-9a-f]+)+),\.\/[^\n]+/g, "$1") : text;
    const rest = escaped.replace(/^\ufeff/, "").replace(lineEnd, "");
    expect(rest.match(/[^\p{L}\p{M}\p{N}\p{P}\p{S} ]|[\p{Default_Ignorable_Code_Point}\p{Bidi_Control}\u2800]/u)).toBeNull();
  });

  it("holds no value of a list that has the form of a digest and is not the file's own (REQ-19)", () => {
    expect(text).not.toContain(pdqLike);
  });

  it("says PARTIAL if, and only if, the record is (REQ-59)", () => {
    expect(text.includes("PARTIAL")).toBe(!record.complete);
  });

  it("names what no scan searches (REQ-60)", () => {
    for (const words of ["Deleted files and unallocated space", "archives, containers, documents and mail", "encrypted files", "Alternate data streams", "Other partitions"]) expect(text).toContain(words);
  });

  if (format.name === "jsonl") jsonlContract(text, record, all);
  if (format.name === "csv") csvContract(text, record, all);
  if (format.name === "html") htmlContract(text, record);
});

describe.each(formats.filter(({ restrictable }) => restrictable === true))("report $name of counts only", (format) => {
  it("is the golden file, byte for byte, and has no name of a file", () => {
    const text = [...format.render(mixed, { ...options, countsOnly: true })].join("");
    const golden = new URL(`../../fixtures/reports/mixed-counts.${format.extension}`, import.meta.url);
    if (process.env.GOLDEN === "renew") writeFileSync(golden, text);
    expect(text).toBe(readFileSync(golden, "utf8"));
    expect(text).not.toContain("DCIM");
  });
});

function textOf(format: ReportFormat, record: RecordView, all: boolean): string {
  return [...format.render(record, { ...options, all })].join("");
}

type Line = Readonly<Record<string, unknown>>;

function jsonlContract(text: string, record: RecordView, all: boolean): void {
  const lines = text.split("\n").slice(0, -1).map((line) => JSON.parse(line) as Line);
  const of = (type: string) => lines.filter((line) => line.type === type);

  it("begins with the run and ends with the totals, one object a line", () => {
    expect([text.at(-1), lines[0]!.type, lines.at(-1)!.type, of("run").length, of("totals").length]).toEqual(["\n", "run", "totals", 1, 1]);
  });

  it("has lines that reconcile with its totals (REQ-58)", () => {
    const totals = lines.at(-1)! as unknown as Record<"seen" | "examined" | "unread" | "pending", { entries: number; bytes: string }> & { matches: { exact: number; contradicted: number; near: number }[] };
    expect(totals.seen.entries).toBe(totals.examined.entries + totals.unread.entries + totals.pending.entries);
    expect(BigInt(totals.seen.bytes)).toBe(BigInt(totals.examined.bytes) + BigInt(totals.unread.bytes) + BigInt(totals.pending.bytes));
    expect(of("unread")).toHaveLength(totals.unread.entries);
    expect(of("entry")).toHaveLength(all ? totals.seen.entries : 0);
    for (const sort of ["exact", "contradicted", "near"] as const) {
      expect(of("match").filter((line) => line.sort === sort)).toHaveLength(totals.matches.reduce((sum, counts) => sum + counts[sort], 0));
    }
  });

  it("gives every path back as the bytes it was", () => {
    const paths = new Map([...record.entries()].map((entry) => [entry.no, Buffer.from(entry.path)]));
    for (const { entry } of [...of("match"), ...of("unread")] as unknown as { entry: { no: number; pathBase64: string } }[]) {
      expect(Buffer.from(entry.pathBase64, "base64").equals(paths.get(entry.no)!)).toBe(true);
    }
  });
}

function csvContract(text: string, record: RecordView, all: boolean): void {
  it("is read back by a strict reader, every row as wide as the header", () => {
    expect(text.startsWith("\ufeff")).toBe(true);
    const [header, ...rows] = csvRows(text.slice(1));
    expect(header![0]).toBe("row_type");
    for (const row of rows) expect(row).toHaveLength(header!.length);
    expect([rows[0]![0], rows.at(-1)![0]]).toEqual(["run", "end"]);
    const of = (type: string) => rows.filter((row) => row[0] === type).length;
    expect([of("match"), of("entry"), of("unread")]).toEqual(all ? [0, [...record.entries()].length, 0] : [[...record.matches()].length, 0, [...record.unread()].length]);
  });

  it("has no cell that a spreadsheet takes for a formula", () => {
    for (const row of csvRows(text.slice(1))) for (const cell of row) expect(cell).not.toMatch(/^\s*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]/u);
  });
}

function htmlContract(text: string, record: RecordView): void {
  it("is well-formed and loads nothing (REQ-58)", () => {
    const tags = openingTags(text);
    const names = new Set(tags.map(({ name }) => name));
    for (const forbidden of foreignElements) expect(names).not.toContain(forbidden);
    expect(text.match(/<script>[^<]*<\/script>/g)).toEqual([`<script>${script.markup}</script>`]);
    const ids = tags.flatMap(({ attributes }) => attributes.get("id") ?? []);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { attributes } of tags) {
      expect([...attributes.keys()].filter((key) => key === "src" || key === "style" || key.startsWith("on"))).toEqual([]);
      const target = attributes.get("href");
      if (target !== undefined) expect(ids.map((id) => `#${id}`)).toContain(target);
    }
    expect(text).toContain(`default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${createHash("sha256").update(script.markup).digest("base64")}'; img-src 'none'`);
    expect(text).not.toMatch(/url\(|@import/);
  });

  const lint = spawnSync("xmllint", ["--version"]).error === undefined;
  it.skipIf(!lint)(lint ? "is well-formed for xmllint" : "skipped: needs xmllint", () => {
    const { status, stderr } = spawnSync("xmllint", ["--noout", "--nonet", "-"], { input: text, encoding: "utf8" });
    expect([status, stderr]).toEqual([0, ""]);
  });

  it("has headings in order, and tables with a caption and scoped headings", () => {
    const tags = openingTags(text);
    const count = (name: string) => tags.filter((tag) => tag.name === name).length;
    expect(count("caption")).toBe(count("table"));
    expect(tags.filter(({ name, attributes }) => name === "th" && !attributes.has("scope"))).toEqual([]);
    const levels = tags.flatMap(({ name }) => /^h([1-6])$/.exec(name)?.[1] ?? []).map(Number);
    expect(levels[0]).toBe(1);
    expect(levels.every((level, index) => index === 0 || level <= levels[index - 1]! + 1)).toBe(true);
  });

  it("lists each match with a notable list in the section of its sort, and no other (REQ-27)", () => {
    const section = (id: string) => text.slice(text.indexOf(`<section id="${id}"`), text.indexOf("</section>", text.indexOf(`<section id="${id}"`)));
    const listed = [...record.matches()].filter(({ list, category }) => record.lists[list]!.kind === "notable" && category !== "9");
    const sorts = { exact: 0, contradicted: 0, near: 0, doubtful: 0 };
    for (const { kind, contradictedBy, doubts } of listed) sorts[kind === "near" ? (doubts.length > 0 ? "doubtful" : "near") : contradictedBy.length > 0 ? "contradicted" : "exact"] += 1;
    const rows = (id: string) => [...section(id).matchAll(/<tr><th scope="row"/g)].length;
    expect({ exact: rows("exact"), contradicted: rows("contradicted"), near: rows("near"), doubtful: rows("doubtful") }).toEqual(sorts);
    expect([...section("near").matchAll(/is within \d+ of 256 bits of .*?: a lead, not an identification; the content was not viewed\./g)]).toHaveLength(sorts.near);
  });
}
