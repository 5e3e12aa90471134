import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Failure } from "../../src/failure.ts";
import { cryptographicAlgorithms, type Reference } from "../../src/model.ts";
import type { SortLimits } from "../../src/reference/digest-sorter.ts";
import { openSegment } from "../../src/reference/open-segment.ts";
import { type Segment, segmentInMemory } from "../../src/reference/segment.ts";
import { beginSegment, segmentNames, segmentPath } from "../../src/reference/segment-folder.ts";
import { chunkBytes, preambleBytes } from "../../src/reference/segment-format.ts";
import { writeSegment } from "../../src/reference/segment-writer.ts";
import { temporaryFolder } from "../support/folder.ts";
import { crowdedReference, digestFor, key, listSha256, referenceWith } from "./synthetic-list.ts";

const folder = temporaryFolder();
const list = listSha256("a list");
let homes = 0;

function written(references: readonly Reference[], limits?: SortLimits): { readonly path: string; readonly sha256: string } {
  const home = join(folder, `home ${homes++}`);
  const building = beginSegment(home, key, limits);
  try {
    for (const reference of references) building.add(reference);
    building.settle();
    const { segment, segmentSha256 } = building.finish(list, "d".repeat(64));
    return { path: segmentPath(home, segment), sha256: segmentSha256 };
  } finally {
    building.abandon();
  }
}

const small: readonly Reference[] = [
  referenceWith({ md5: digestFor("md5", 1), sha1: digestFor("sha1", 1), pdq: digestFor("pdq", 1) }, { recordId: "SYN-1", category: "1", sizeBytes: 5, pdqQuality: 90 }),
  referenceWith({ sha256: digestFor("sha256", 2), blake3: digestFor("blake3", 2), md5: digestFor("md5", 2) }, { recordId: "", category: "2", sizeBytes: 2 ** 40 }),
];

function expectSame(segment: Segment, references: readonly Reference[]): void {
  expect(segment.rows).toBe(references.length);
  for (const [number, { recordId, category, sizeBytes, digests }] of references.entries()) {
    expect(segment.payload(number)).toEqual({ recordId, category, sizeBytes });
    expect(segment.category(number)).toBe(category);
    for (const algorithm of [...cryptographicAlgorithms, "pdq"] as const) expect(segment.carries(number, algorithm)).toBe(digests[algorithm] !== undefined);
    for (const algorithm of cryptographicAlgorithms) {
      const digest = digests[algorithm];
      if (digest !== undefined) expect(segment.exact.get(algorithm)?.find(digest)).toContain(number);
    }
    if (digests.pdq !== undefined) expect(segment.near?.find(digests.pdq, 0)).toContainEqual({ reference: number, distanceBits: 0 });
  }
}

function failureOf(action: () => unknown): unknown {
  try {
    action();
    return "no failure";
  } catch (thrown) {
    return thrown instanceof Failure ? thrown.code : thrown;
  }
}

const altered = join(folder, "altered.segment");
const openAltered = (bytes: Uint8Array, withKey = key): unknown => {
  writeFileSync(altered, bytes);
  return failureOf(() => openSegment(altered, "segment", withKey));
};

describe("a segment", () => {
  it("gives back what was written, from a file and from memory", () => {
    fc.assert(
      fc.property(fc.array(crowdedReference, { maxLength: 30 }), fc.constantFrom(undefined, { bucketBytes: 64, sortedBytes: 64 }), (references, limits) => {
        const { path, sha256 } = written(references, limits);
        const opened = openSegment(path, "segment", key);
        expect(opened).toMatchObject({ list, sha256 });
        expectSame(opened.segment, references);
        expectSame(segmentInMemory(references), references);
      }),
      { numRuns: 60 },
    );
  });

  it("keeps sizes to either side of 32 bits, and rows without one among them", () => {
    const sizes = [0, 1, 2 ** 32 - 3, 2 ** 32 - 2, 2 ** 32 - 1, 2 ** 32, null, Number.MAX_SAFE_INTEGER, null, 7, 2 ** 40];
    const references = sizes.map((sizeBytes, number) => referenceWith({ md5: digestFor("md5", number) }, { sizeBytes }));
    expectSame(openSegment(written(references).path, "segment", key).segment, references);
  });

  it("keeps record ids of any length and script", () => {
    const ids = ["", null, "a", "é", "𝄞", "x".repeat(63), "x".repeat(64), "x".repeat(65), "x".repeat(127), "y".repeat(128), "ä€𝄞".repeat(40_000), "\u0000", "z".repeat(70_000)];
    const references = Array.from({ length: 300 }, (_, number) => referenceWith({ md5: digestFor("md5", number) }, { recordId: ids[number % ids.length]! }));
    expectSame(openSegment(written(references).path, "segment", key).segment, references);
  });

  it("keeps rows beyond one block and sections beyond one chunk", () => {
    const rows = 40_000;
    const references = Array.from({ length: rows }, (_, number) =>
      referenceWith({ sha256: digestFor("sha256", number), pdq: digestFor("pdq", number) }, { recordId: `SYN-${number} of many records`, sizeBytes: 2 ** 40 + number, category: String(number % 3) }),
    );
    expect(rows * 32).toBeGreaterThan(chunkBytes);
    const { segment } = openSegment(written(references).path, "segment", key);
    for (const number of [0, 6, 63, 64, 65, 16_383, 16_384, 32_767, 32_768, 32_769, rows - 1]) {
      expect(segment.payload(number)).toEqual({ recordId: `SYN-${number} of many records`, sizeBytes: 2 ** 40 + number, category: String(number % 3) });
      expect(segment.exact.get("sha256")?.find(digestFor("sha256", number))).toEqual([number]);
    }
    expect(segment.near?.find(digestFor("pdq", rows - 1), 31)).toEqual([{ reference: rows - 1, distanceBits: 0 }]);
  });

  it("is readable by its owner only, and never written over another file", () => {
    const { path } = written(small);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(() => writeSegment(path, key)).toThrow(/EEXIST/);
    expectSame(openSegment(path, "segment", key).segment, small);
  });

  it("leaves no file when it is abandoned at any stage", () => {
    for (const stages of [0, 1, 2]) {
      const home = join(folder, `abandoned ${stages}`);
      const building = beginSegment(home, key);
      if (stages > 0) building.add(small[0]!);
      if (stages > 1) building.settle();
      expect(segmentNames(home)).toHaveLength(1);
      building.abandon();
      building.abandon();
      expect(existsSync(join(home, "segments"))).toBe(false);
    }
  });
});

describe("a sealed segment", () => {
  it("shares nothing with another one of the same references but its first sixteen bytes", () => {
    const [first, second] = [readFileSync(written(small).path), readFileSync(written(small).path)];
    expect(first.subarray(0, 16)).toEqual(second.subarray(0, 16));
    for (let at = 16; at + 8 <= first.length; at++) expect(second.includes(first.subarray(at, at + 8))).toBe(false);
  });

  it("shows neither its list, its counts, its categories nor any digest", () => {
    const bytes = readFileSync(written(small).path);
    for (const text of [list, "rows", "md5", "categories", "SYN-1"]) expect(bytes.includes(text)).toBe(false);
    for (const digest of small.flatMap(({ digests }) => Object.values(digests))) expect(bytes.includes(Buffer.from(digest))).toBe(false);
  });

  it("is refused when any one byte of it is another (REQ-37)", () => {
    const bytes = readFileSync(written(small).path);
    for (let at = 0; at < bytes.length; at++)
      for (const change of [1 << (at % 8), 0xff]) {
        const copy = Buffer.from(bytes);
        copy[at]! ^= change;
        expect([at, openAltered(copy)]).toEqual([at, "reference-damaged"]);
      }
  });

  it("tells another key from damage, and says so", () => {
    const { path } = written(small);
    for (let at = 0; at < key.length; at++) {
      const other = Uint8Array.from(key);
      other[at]! ^= 1 << (at % 8);
      expect(() => openSegment(path, "segment", other)).toThrow(expect.objectContaining({ code: "key-wrong", message: expect.stringContaining("another key than the list was sealed with") }));
    }
    expect(() => openSegment(path, "segment", key.subarray(1))).toThrow(RangeError);
  });

  it("is refused when chunks are swapped, repeated, left out or taken from another segment", () => {
    const references = Array.from({ length: 140_000 }, (_, number) => referenceWith({ md5: digestFor("md5", number) }));
    const bytes = readFileSync(written(references).path);
    const sealed = chunkBytes + 16;
    // What is full first is written first: the 2.1 MiB of md5-digests are the only section above 1 MiB.
    const [first, second] = [preambleBytes, preambleBytes + sealed];
    expect(bytes.length).toBeGreaterThan(second + sealed);
    const swapped = Buffer.from(bytes);
    bytes.copy(swapped, first, second, second + sealed);
    bytes.copy(swapped, second, first, first + sealed);
    expect(openAltered(swapped)).toBe("reference-damaged");
    const repeated = Buffer.from(bytes);
    bytes.copy(repeated, second, first, first + sealed);
    expect(openAltered(repeated)).toBe("reference-damaged");
    expect(openAltered(Buffer.concat([bytes.subarray(0, first), bytes.subarray(second)]))).toBe("reference-damaged");
    const other = readFileSync(written(references).path);
    const mixed = Buffer.from(bytes);
    other.copy(mixed, first, first, first + sealed);
    expect(openAltered(mixed)).toBe("reference-damaged");
    expect(openAltered(Buffer.concat([other.subarray(0, preambleBytes), bytes.subarray(preambleBytes)]))).toBe("reference-damaged");
    expect(openAltered(bytes)).toBe("no failure");
  });

  it("is refused at any other length, and when it is missing or no file", () => {
    const bytes = readFileSync(written(small).path);
    for (let length = 0; length < bytes.length; length++) expect([length, openAltered(bytes.subarray(0, length))]).toEqual([length, "reference-damaged"]);
    expect(openAltered(Buffer.concat([bytes, Buffer.alloc(1)]))).toBe("reference-damaged");
    expect(openAltered(Buffer.concat([bytes.subarray(0, preambleBytes), Buffer.alloc(1), bytes.subarray(preambleBytes)]))).toBe("reference-damaged");
    expect(failureOf(() => openSegment(join(folder, "none.segment"), "segment", key))).toBe("reference-damaged");
    expect(failureOf(() => openSegment(folder, "segment", key))).toBe("reference-damaged");
  });
});

describe("series and tags", () => {
  it("come back for the rows that have them, in their order", () => {
    const row = (series?: readonly string[], tags?: readonly string[]): Reference => ({
      where: "", recordId: null, category: null, digests: { md5: new Uint8Array(16).fill(7) }, pdqQuality: null, sizeBytes: null, unmatchable: [],
      ...(series === undefined ? {} : { series }),
      ...(tags === undefined ? {} : { tags }),
    });
    const segment = segmentInMemory([row(), row(["a", "ä\u0000\n"]), row(), row(undefined, ["x".repeat(200)])]);
    expect([...segment.sensitive()]).toEqual([
      { reference: 1, series: ["a", "ä\u0000\n"], tags: [] },
      { reference: 3, series: [], tags: ["x".repeat(200)] },
    ]);
  });
});
