import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { BuildingOptions } from "../../src/kernels/near-building.ts";
import { layouts } from "../../src/kernels/near-layout.ts";
import { collectReferences } from "../../src/reference/collect-references.ts";
import { sortLimits } from "../../src/reference/digest-sorter.ts";
import { importList } from "../../src/reference/import-list.ts";
import { openReferenceSet } from "../../src/reference/open-reference-set.ts";
import { openSegment } from "../../src/reference/open-segment.ts";
import { segmentNames, segmentPath } from "../../src/reference/segment-folder.ts";
import { preambleBytes } from "../../src/reference/segment-format.ts";
import { writeSegment } from "../../src/reference/segment-writer.ts";
import { turned } from "../kernels/near-shards-over.ts";
import { temporaryFolder } from "../support/folder.ts";
import { plainNearSearch } from "./plain-near-search.ts";
import { digestFor, examined, importOptions, key, listSha256, pictureWith, readingOf, referenceWith } from "./synthetic-list.ts";
import { findAll } from "./find-all.ts";

const folder = temporaryFolder();
const sixteen = layouts.find(({ length }) => length === 16)!;
let segments = 0;

const codes = Array.from({ length: 700 }, (_, number) => turned(digestFor("pdq", number % 90), [number % 256]));
// Every third row of the list carries no code.
const rows = codes.flatMap((code, number) => [referenceWith({ pdq: code }), referenceWith(number % 2 === 0 ? { pdq: code } : { md5: digestFor("md5", number) })]);
const carried = rows.flatMap(({ digests }, reference) => (digests.pdq === undefined ? [] : [{ code: digests.pdq, reference }]));

function written(near?: BuildingOptions): string {
  const path = join(folder, `${segments++}.segment`);
  const writer = writeSegment(path, key);
  const collection = collectReferences(writer, null, sortLimits, near);
  for (const row of rows) collection.add(row);
  collection.settle();
  writer.finish(listSha256("a list"), "d".repeat(64), collection.contents());
  writer.close();
  return path;
}

describe("a near index in a segment", () => {
  it.each([
    ["of codes that are all compared", undefined],
    ["of one shard", { layoutFor: () => sixteen }],
    ["of several shards, whose borders lie within chunks of the file", { shardCodes: 311, layoutFor: (count: number) => (count === 311 ? sixteen : []) }],
  ])("%s gives what it gave before it was stored", (_, near) => {
    const { segment } = openSegment(written(near), "segment", key);
    for (const sought of [codes[0]!, codes[310]!, codes[699]!, turned(codes[5]!, Array.from({ length: 31 }, (_, bit) => 8 * bit)), digestFor("pdq", "none")])
      for (const withinBits of [0, 31, 256])
        expect(segment.near?.find(sought, withinBits)).toEqual(plainNearSearch(carried.map(({ code }) => code), carried.map(({ reference }) => reference), sought, withinBits));
  });

  it("is refused when one bit of its tables is another", () => {
    const path = written({ layoutFor: () => sixteen });
    const bytes = readFileSync(path);
    const altered = join(folder, "altered.segment");
    // 4.3 of the file's 4.4 MB are tables.
    for (let at = preambleBytes; at < bytes.length; at += 199_999) {
      const copy = Buffer.from(bytes);
      copy[at]! ^= 1 << (at % 8);
      writeFileSync(altered, copy);
      expect(() => openSegment(altered, "segment", key)).toThrow(expect.objectContaining({ code: "reference-damaged" }));
    }
    expect(() => openSegment(path, "segment", key)).not.toThrow();
  });

  it("of a format without one is not read: the list is to be imported again", () => {
    const bytes = readFileSync(written());
    bytes.writeUInt32LE(3, 8);
    const older = join(folder, "older.segment");
    writeFileSync(older, bytes);
    expect(() => openSegment(older, "segment", key)).toThrow("segment: found segment format 3, expected format 4; import the list with this version");
  });

  it("of a format without one is there again when the list is imported again", async () => {
    const home = join(folder, "home");
    const again = () => importList(home, readingOf("a list", rows), importOptions);
    const { description } = await again();
    const path = segmentPath(home, segmentNames(home)[0]!);
    const bytes = readFileSync(path);
    bytes.writeUInt32LE(3, 8);
    writeFileSync(path, bytes);
    expect(() => openReferenceSet(home, [description], key)).toThrow(/found segment format 3, expected format 4; import the list with this version/);
    expect((await again()).outcome).toBe("restored");
    expect(openReferenceSet(home, [description], key).match(examined({}, pictureWith({ transform: "full", code: codes[9]!, quality: 100, uniformPercent: 0 })), 1)).not.toEqual([]);
  });

  it("is searched by as many threads as are asked for", async () => {
    const { segment } = openSegment(written({ layoutFor: () => sixteen }), "segment", key, 2);
    const sought = codes.slice(0, 200);
    expect(await findAll(segment.near!, sought, 31)).toEqual(sought.map((code) => segment.near?.find(code, 31)));
    await segment.near?.close();
  });

  it("is made of no codes when no row carries any", () => {
    const path = join(folder, "none.segment");
    const writer = writeSegment(path, key);
    const collection = collectReferences(writer, null, sortLimits);
    collection.add(referenceWith({ md5: digestFor("md5", 1) }));
    collection.settle();
    writer.finish(listSha256("a list"), "d".repeat(64), collection.contents());
    writer.close();
    expect(openSegment(path, "segment", key).segment.near).toBeNull();
  });
});
