import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020, type AnySchema } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { jsonlSchema } from "../../src/reports/jsonl-schema.ts";
import { jsonLines } from "../support/blindmatch.ts";

const folder = "fixtures/reports";
const published = join(folder, "jsonl.schema.json");
const printed = `${JSON.stringify(jsonlSchema, null, 2)}\n`;
// While golden files are renewed the reports are those of before, or half written: what is described is looked at afterwards.
const isRenewing = process.env["GOLDEN"] === "renew";
if (isRenewing) writeFileSync(published, printed);
const validate = new Ajv2020({ strict: true, strictTypes: false }).compile(JSON.parse(readFileSync(published, "utf8")) as AnySchema);

const reports = readdirSync(folder).filter((name) => name.endsWith(".jsonl"));
type Line = { [key: string]: unknown };
const linesOf = (name: string): Line[] => jsonLines(readFileSync(join(folder, name), "utf8"));
const types = ["run", "list", "match", "unread", "picture", "entry", "totals"];
const one = new Map(types.map((type) => [type, reports.flatMap(linesOf).find((line) => line["type"] === type)!]));

it("the schema of the JSON Lines report is the published one, byte for byte", () => {
  expect(printed).toBe(readFileSync(published, "utf8"));
});

describe.skipIf(isRenewing)("the schema of the JSON Lines report", () => {
  it.each(reports)("describes each line of %s", (name) => {
    for (const line of linesOf(name)) expect(validate(line) ? [] : validate.errors, JSON.stringify(line)).toEqual([]);
  });

  it.each(types)("wants each key of a line of type %s, and no other", (type) => {
    const line = one.get(type)!;
    expect(validate(line)).toBe(true);
    for (const key of Object.keys(line)) expect(validate(Object.fromEntries(Object.entries(line).filter(([other]) => other !== key))), `without ${key}`).toBe(false);
    expect(validate({ ...line, further: 1 })).toBe(false);
    for (const key of Object.keys(line)) expect(validate({ ...line, [key]: { wrong: true } }), `a wrong ${key}`).toBe(false);
  });

  it.each<[string, string, (line: Line) => unknown]>([
    ["a digest of another length", "match", ({ entry }) => ({ entry: { ...(entry as Line), digests: { ...((entry as Line)["digests"] as Line), md5: "00" } } })],
    ["a size that is text", "match", ({ entry }) => ({ entry: { ...(entry as Line), sizeBytes: "1000" } })],
    ["bytes as a number, which would be rounded", "totals", () => ({ seen: { entries: 1, bytes: 1 } })],
    ["a sort of match that there is none of", "match", () => ({ sort: "certain" })],
    ["a reason that there is none of", "unread", () => ({ reason: "bored" })],
    ["a perceptual code beside the digests", "match", ({ entry }) => ({ entry: { ...(entry as Line), digests: { ...((entry as Line)["digests"] as Line), pdq: "f8".repeat(32) } } })],
    ["a time without its nanoseconds", "entry", () => ({ modified: "2026-01-01T00:00:00Z" })],
  ])("refuses %s", (_, type, change) => {
    const line = one.get(type)!;
    expect(validate({ ...line, ...(change(line) as Line) })).toBe(false);
  });
});
