import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { ListCounts, ListDescription, Reference } from "../../src/model.ts";
import { openCatalogDatabase } from "../../src/reference/catalog-database.ts";
import { addRow, catalogRows, removeRow } from "../../src/reference/catalog-rows.ts";
import { sealCatalog } from "../../src/reference/catalog-seal.ts";
import { importList } from "../../src/reference/import-list.ts";
import type { SectionName } from "../../src/reference/segment-format.ts";
import { verifyList } from "../../src/reference/verify-lists.ts";
import { temporaryFolder } from "../support/folder.ts";
import { forgedSegment } from "./forged-segment.ts";
import { segmentsOf } from "./list-home.ts";
import { countsOf, descriptionOf, digestFor, importOptions, key, readingOf, referenceWith } from "./synthetic-list.ts";

const folder = temporaryFolder();
let homes = 0;

const rows: readonly Reference[] = [
  referenceWith({ md5: digestFor("md5", 1), sha1: digestFor("sha1", 1) }, { category: "1" }),
  referenceWith({ md5: digestFor("md5", 2) }, { category: "2" }),
  referenceWith({ md5: digestFor("md5", 2), pdq: digestFor("pdq", 2) }, { category: "1" }),
  referenceWith({ sha256: digestFor("sha256", 3) }),
];
const counts = { ...countsOf(rows), categories: { "1": 2, "2": 1, "": 1 }, md5Only: 2 };

async function imported(): Promise<{ readonly home: string; readonly list: ListDescription; readonly segment: string }> {
  const home = join(folder, String(homes++));
  const reading = readingOf("a", rows);
  const { description } = await importList(home, { ...reading, finish: () => ({ ...reading.finish(), counts }) }, importOptions);
  return { home, list: description, segment: join(home, "segments", segmentsOf(home)[0]!) };
}

type Change = (bytes: Uint8Array) => Uint8Array;

/** A catalog that names a segment which was written and sealed by other hands than an import's, with other bytes in some sections. */
function forged(home: string, description: ListDescription, changes: Partial<Record<SectionName, Change>> = {}): void {
  const segment = forgedSegment(home, description, rows, (name, bytes) => changes[name]?.(bytes) ?? bytes);
  const database = openCatalogDatabase(home)!;
  for (const row of catalogRows(database, home)) removeRow(database, row);
  addRow(database, { description, ...segment });
  sealCatalog(database, home, key);
  database.close();
}

const swapped = (bytes: Uint8Array, widthBytes: number, one: number, other: number): Uint8Array => {
  const copy = Uint8Array.from(bytes);
  copy.set(bytes.subarray(one * widthBytes, (one + 1) * widthBytes), other * widthBytes);
  copy.set(bytes.subarray(other * widthBytes, (other + 1) * widthBytes), one * widthBytes);
  return copy;
};

describe("verifying an imported list", () => {
  it("finds nothing in one that is as it was imported", async () => {
    const { home, list } = await imported();
    expect(list.counts).toMatchObject({ duplicates: 1, conflictingCategories: 2 });
    expect(verifyList(home, list, key)).toEqual([]);
  });

  it("counts rows that share a perceptual code again", async () => {
    const home = join(folder, String(homes++));
    const coded = [1, 2, 1, 1].map((code, at) => referenceWith({ pdq: digestFor("pdq", code) }, { category: at === 3 ? "2" : "1" }));
    const reading = readingOf("codes", coded);
    const { description } = await importList(home, { ...reading, finish: () => ({ ...reading.finish(), counts: { ...countsOf(coded), categories: { "1": 3, "2": 1 } } }) }, importOptions);
    expect(description.counts).toMatchObject({ duplicates: 2, conflictingCategories: 3 });
    expect(verifyList(home, description, key)).toEqual([]);
  });

  it("finds one altered bit, and a segment that is missing", async () => {
    const { home, list, segment } = await imported();
    const bytes = readFileSync(segment);
    bytes[300]! ^= 1;
    writeFileSync(segment, bytes);
    expect(verifyList(home, list, key)).toEqual([{ where: expect.stringContaining("segments/"), found: expect.stringContaining("other than it was written"), expected: "an unaltered segment" }]);
    rmSync(segment);
    expect(verifyList(home, list, key)).toEqual([{ where: expect.stringContaining("segments/"), found: "it cannot be opened (ENOENT)", expected: "the segment that the catalog names" }]);
  });

  it.each<[string, Partial<ListCounts>, string, string, string]>([
    ["a digest", { digests: { ...counts.digests, md5: 4 } }, "md5 digests", "3", "4"],
    ["a perceptual code", { digests: { ...counts.digests, pdq: 2 } }, "rows with pdq", "1", "2"],
    ["a category", { categories: { "1": 3, "": 1 } }, "rows by category", "none 1, 1 2, 2 1", "none 1, 1 3"],
    ["a row with MD5 only", { md5Only: 1 }, "rows with MD5 only", "2", "1"],
    ["a duplicate", { duplicates: 0 }, "duplicate rows", "1", "0"],
    ["a contradiction", { conflictingCategories: 0 }, "rows with conflicting categories", "2", "0"],
  ])("finds %s that the catalog counts otherwise", async (_, altered, part, found, expected) => {
    const { home, list } = await imported();
    const description = { ...list, counts: { ...list.counts, ...altered } };
    forged(home, description);
    expect(verifyList(home, description, key)).toContainEqual({ where: expect.stringMatching(new RegExp(`: ${part}$`)), found, expected });
  });

  it("does not judge a list by what was not counted when it was imported", async () => {
    const { home, list } = await imported();
    const description = { ...list, counts: { ...list.counts, duplicates: null, conflictingCategories: null } };
    forged(home, description);
    expect(verifyList(home, description, key)).toEqual([]);
  });

  it.each<[string, Partial<Record<SectionName, Change>>, string]>([
    ["digests out of order", { "md5-digests": (bytes) => swapped(bytes, 16, 0, 2) }, "out of order"],
    ["equal digests whose rows are out of order", { "md5-references": reversedEqual }, "md5 digests out of order"],
    ["digests of a row that does not carry them", { "md5-references": (bytes) => Uint8Array.from(bytes).fill(3, 0, 1) }, "md5 digests without their row"],
    ["digests of a row that is not there", { "md5-references": (bytes) => Uint8Array.from(bytes).fill(99, 0, 1) }, "md5 digests without their row"],
    ["a row that lost a digest", { carries: (bytes) => Uint8Array.from(bytes).fill(0, 0, 1) }, "rows with md5"],
  ])("finds %s, in a segment whose seal is whole", async (_, changes, part) => {
    const { home, list } = await imported();
    forged(home, list, changes);
    const faults = verifyList(home, list, key);
    expect(faults.map(({ where, found }) => `${where}: ${found}`).join("\n")).toContain(part);
    const shown = JSON.stringify(faults);
    for (const digest of rows.flatMap(({ digests }) => Object.values(digests))) expect(shown).not.toContain(Buffer.from(digest).toString("hex"));
  });

  it("throws for a list that the catalog does not hold, and for another key", async () => {
    const { home, list } = await imported();
    expect(() => verifyList(home, list, new Uint8Array(32))).toThrow(expect.objectContaining({ code: "key-wrong" }));
    expect(() => verifyList(home, descriptionOf("other", []), key)).toThrow(expect.objectContaining({ code: "list-unknown" }));
  });
});

/** Rows 1 and 2 share their MD5: they stand beside each other, and change places. */
function reversedEqual(bytes: Uint8Array): Uint8Array {
  const words = new Uint32Array(Uint8Array.from(bytes).buffer);
  const at = words.indexOf(1);
  expect(words[at + 1]).toBe(2);
  [words[at], words[at + 1]] = [2, 1];
  return new Uint8Array(words.buffer);
}

