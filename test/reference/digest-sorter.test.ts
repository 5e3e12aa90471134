import { readdirSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { type CryptographicAlgorithm, digestBytes } from "../../src/model.ts";
import { digestSorter, type SortLimits, sortLimits } from "../../src/reference/digest-sorter.ts";
import { type SpillFile, spillFile } from "../../src/reference/spill-file.ts";
import { temporaryFolder } from "../support/folder.ts";
import { crowdedDigest, digestFor } from "./synthetic-list.ts";

const folder = temporaryFolder();
const spill: SpillFile = spillFile(join(folder, "spill.part"), "spill");
afterAll(() => spill.close());

// From everything in memory to one entry a piece and one entry a run.
const limits: readonly SortLimits[] = [sortLimits, { bucketBytes: 400, sortedBytes: 100_000 }, { bucketBytes: 400, sortedBytes: 400 }, { bucketBytes: 1, sortedBytes: 1 }];

interface Sorted {
  readonly digests: readonly string[];
  readonly references: readonly number[];
  readonly startsAnew: readonly number[];
}

function sorted(algorithm: CryptographicAlgorithm, digests: readonly Uint8Array[], file: SpillFile | null, within: SortLimits): Sorted {
  const widthBytes = digestBytes[algorithm];
  const sorter = digestSorter(widthBytes, file, within);
  digests.forEach((digest, reference) => sorter.push(digest, reference));
  expect(sorter.count()).toBe(digests.length);
  const runs = [...sorter.sorted()];
  return {
    digests: runs.flatMap((run) => Array.from({ length: run.references.length }, (_, at) => Buffer.from(run.digests.subarray(at * widthBytes, (at + 1) * widthBytes)).toString("hex"))),
    references: runs.flatMap(({ references }) => [...references]),
    startsAnew: runs.flatMap(({ startsAnew }) => [...startsAnew]),
  };
}

function expected(digests: readonly Uint8Array[]): Sorted {
  const entries = digests.map((digest, reference) => ({ digest, reference })).sort((left, right) => Buffer.compare(left.digest, right.digest) || left.reference - right.reference);
  const texts = entries.map(({ digest }) => Buffer.from(digest).toString("hex"));
  return { digests: texts, references: entries.map(({ reference }) => reference), startsAnew: texts.map((text, at) => (text === texts[at - 1] ? 0 : 1)) };
}

describe("sorting digests", () => {
  it.each(limits)("gives the order of the bytes, then of the list, within %j, spilled and not", (within) => {
    for (const algorithm of ["md5", "sha1", "sha256"] as const) {
      const digest = fc.oneof(crowdedDigest(algorithm), fc.uint8Array({ minLength: digestBytes[algorithm], maxLength: digestBytes[algorithm] }));
      fc.assert(
        fc.property(fc.array(digest, { maxLength: 120 }), (digests) => {
          expect(sorted(algorithm, digests, spill, within)).toEqual(expected(digests));
          expect(sorted(algorithm, digests, null, within)).toEqual(expected(digests));
        }),
        { numRuns: 40 },
      );
    }
  });

  it("gives one digest as often as it stands, however many pieces it fills", () => {
    const digests = Array.from({ length: 1000 }, () => digestFor("md5", 1));
    for (const within of limits) expect(sorted("md5", digests, spill, within)).toEqual(expected(digests));
  });

  it("is right at the borders of buckets, pieces and runs", () => {
    for (const count of [0, 1, 15, 16, 17, 19, 20, 21, 40, 41, 99, 100, 101]) {
      const alike = Array.from({ length: count }, (_, seed) => digestFor("md5", seed % 90, [7]));
      for (const within of limits) expect(sorted("md5", alike, spill, within)).toEqual(expected(alike));
    }
  });

  it("sorts many thousands through the spill file", () => {
    const digests = Array.from({ length: 12_000 }, (_, seed) => digestFor("sha1", seed % 10_000));
    expect(sorted("sha1", digests, spill, { bucketBytes: 500, sortedBytes: 1500 })).toEqual(expected(digests));
  });

  it("refuses a digest of another length", () => {
    expect(() => digestSorter(16, null, sortLimits).push(digestFor("sha1", 1), 0)).toThrow(RangeError);
  });
});

describe("the spill file", () => {
  it("has no name, and gives back each piece", () => {
    const file = spillFile(join(folder, "other.part"), "spill");
    expect(readdirSync(folder)).toEqual([]);
    const pieces = [new Uint8Array(0), Uint8Array.of(1, 2, 3), digestFor("md5", 1), new Uint8Array(100_000).fill(9)];
    const numbers = pieces.map((piece) => file.write(piece));
    for (const [at, number] of numbers.entries()) expect(Buffer.from(file.read(number))).toEqual(Buffer.from(pieces[at]!));
    file.close();
  });
});
