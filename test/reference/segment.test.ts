import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Failure } from "../../src/failure.ts";
import { cryptographicAlgorithms, type Reference } from "../../src/model.ts";
import { collectReferences } from "../../src/reference/collect-references.ts";
import { openSegment } from "../../src/reference/open-segment.ts";
import { type Segment, segmentInMemory } from "../../src/reference/segment.ts";
import { writeSegment } from "../../src/reference/segment-writer.ts";
import { temporaryFolder } from "../support/folder.ts";
import { crowdedReference, digestFor, listSha256, referenceWith } from "./synthetic-list.ts";

const folder = temporaryFolder();
const list = listSha256("a list");
let files = 0;

function collected(references: readonly Reference[]) {
  const collection = collectReferences();
  for (const reference of references) collection.add(reference);
  return collection;
}

function written(references: readonly Reference[]): { readonly path: string; readonly sha256: string } {
  const path = join(folder, `${files++}.segment`);
  return { path, sha256: writeSegment(path, list, collected(references)) };
}

const small: readonly Reference[] = [
  referenceWith({ md5: digestFor("md5", 1), sha1: digestFor("sha1", 1), pdq: digestFor("pdq", 1) }, { recordId: "SYN-1", category: "1", sizeBytes: 5, pdqQuality: 90 }),
  referenceWith({ sha256: digestFor("sha256", 2), blake3: digestFor("blake3", 2), md5: digestFor("md5", 2) }, { recordId: "", category: "2" }),
];

function expectSame(segment: Segment, references: readonly Reference[]): void {
  expect(segment.rows).toBe(references.length);
  for (const [number, { recordId, category, sizeBytes, digests }] of references.entries()) {
    expect(segment.payload(number)).toEqual({ recordId, category, sizeBytes });
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

describe("a segment", () => {
  it("gives back what was written, from a file and from memory", () => {
    fc.assert(
      fc.property(fc.array(crowdedReference, { maxLength: 30 }), (references) => {
        const { path, sha256 } = written(references);
        const opened = openSegment(path, "segment");
        expect(opened).toMatchObject({ list, sha256 });
        expectSame(opened.segment, references);
        expectSame(segmentInMemory(collected(references)), references);
      }),
      { numRuns: 40 },
    );
  });

  it("keeps numbers beyond 32 bits, long record ids, and rows beyond one block", () => {
    const references = Array.from({ length: 20_000 }, (_, number) =>
      referenceWith({ md5: digestFor("md5", number), pdq: digestFor("pdq", number) }, { recordId: number === 7 ? "ä€𝄞".repeat(200_000) : `SYN-${number}`, sizeBytes: 2 ** 40 + number }),
    );
    const { segment } = openSegment(written(references).path, "segment");
    for (const number of [0, 6, 7, 8, 16_383, 16_384, 19_999]) expect(segment.payload(number)).toMatchObject({ recordId: references[number]!.recordId, sizeBytes: 2 ** 40 + number });
    for (const number of [0, 16_383, 16_384, 19_999]) {
      expect(segment.exact.get("md5")?.find(digestFor("md5", number))).toEqual([number]);
      expect(segment.near?.find(digestFor("pdq", number), 31)).toEqual([{ reference: number, distanceBits: 0 }]);
    }
  });

  it("is the same file for the same references", () => {
    expect(readFileSync(written(small).path)).toEqual(readFileSync(written(small).path));
  });

  it("is readable by its owner only, and never written over another file", () => {
    const { path } = written(small);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(() => writeSegment(path, list, collected(small))).toThrow(/EEXIST/);
    expectSame(openSegment(path, "segment").segment, small);
  });

  it("leaves no file when it cannot be written to its end", () => {
    const path = join(folder, "unfinished.segment");
    const collection = collected(small);
    function* sections(): ReturnType<typeof collection.sections> {
      yield { name: "carries", bytes: [new Uint8Array(2)] };
      throw new Error("no space");
    }
    expect(() => writeSegment(path, list, { ...collection, sections })).toThrow("no space");
    expect(existsSync(path)).toBe(false);
  });

  it("is refused when any one bit of it is another", () => {
    const { path } = written(small);
    const bytes = readFileSync(path);
    const altered = join(folder, "altered.segment");
    for (let at = 0; at < bytes.length; at++) {
      const copy = Buffer.from(bytes);
      copy[at]! ^= 1 << (at % 8);
      writeFileSync(altered, copy);
      expect([at, failureOf(() => openSegment(altered, "segment"))]).toEqual([at, "reference-damaged"]);
    }
  });

  it("is refused at any other length, and when it is missing or no file", () => {
    const { path } = written(small);
    const bytes = readFileSync(path);
    const altered = join(folder, "cut.segment");
    for (let length = 0; length < bytes.length; length++) {
      writeFileSync(altered, bytes.subarray(0, length));
      expect([length, failureOf(() => openSegment(altered, "segment"))]).toEqual([length, "reference-damaged"]);
    }
    writeFileSync(altered, Buffer.concat([bytes, Buffer.alloc(1)]));
    expect(failureOf(() => openSegment(altered, "segment"))).toBe("reference-damaged");
    const headerBytes = bytes.readUInt32LE(12);
    writeFileSync(altered, Buffer.concat([bytes.subarray(0, -headerBytes), Buffer.alloc(1), bytes.subarray(-headerBytes)]));
    expect(failureOf(() => openSegment(altered, "segment"))).toBe("reference-damaged");
    expect(failureOf(() => openSegment(join(folder, "none.segment"), "segment"))).toBe("reference-damaged");
    expect(failureOf(() => openSegment(folder, "segment"))).toBe("reference-damaged");
  });
});
