import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { digestSorter, sortLimits } from "../../src/reference/digest-sorter.ts";
import { exactIndex } from "../../src/reference/exact-index.ts";
import { digestBytes, type CryptographicAlgorithm, cryptographicAlgorithms } from "../../src/model.ts";
import { crowdedDigest, digestFor } from "./synthetic-list.ts";

function indexOver(algorithm: CryptographicAlgorithm, digests: readonly Uint8Array[]) {
  const sorter = digestSorter(digestBytes[algorithm], null, sortLimits);
  digests.forEach((digest, reference) => sorter.push(digest, reference));
  const runs = [...sorter.sorted()];
  const sorted = Uint8Array.from(Buffer.concat(runs.map((run) => run.digests)));
  return { index: exactIndex(digestBytes[algorithm], sorted.buffer, Uint32Array.from(runs.flatMap(({ references }) => [...references]))), sorted };
}

function plainMap(digests: readonly Uint8Array[]): Map<string, number[]> {
  const map = new Map<string, number[]>();
  for (const [reference, digest] of digests.entries()) map.set(digest.join(), [...(map.get(digest.join()) ?? []), reference]);
  return map;
}

describe("the exact index", () => {
  it.each(cryptographicAlgorithms)("gives the same references as a plain map, for %s with duplicates and shared beginnings", (algorithm) => {
    const digest = fc.oneof(crowdedDigest(algorithm), fc.uint8Array({ minLength: digestBytes[algorithm], maxLength: digestBytes[algorithm] }));
    fc.assert(
      fc.property(fc.array(digest, { maxLength: 80 }), fc.array(digest, { maxLength: 20 }), (digests, others) => {
        const { index } = indexOver(algorithm, digests);
        const map = plainMap(digests);
        for (const sought of [...digests, ...others]) expect(index.find(sought)).toEqual(map.get(sought.join()) ?? []);
      }),
    );
  });

  it("holds more entries than one block of a column, in byte order", () => {
    const digests = Array.from({ length: 40_000 }, (_, seed) => digestFor("sha1", seed % 39_000));
    const { index, sorted } = indexOver("sha1", digests);
    const map = plainMap(digests);
    for (const digest of digests) expect(index.find(digest)).toEqual(map.get(digest.join()));
    for (let seed = 39_000; seed < 41_000; seed++) expect(index.find(digestFor("sha1", seed))).toEqual([]);
    for (let at = 20; at < sorted.length; at += 20) expect(Buffer.compare(sorted.subarray(at - 20, at), sorted.subarray(at, at + 20))).toBeLessThanOrEqual(0);
  });

  it("finds nothing in an empty list", () => {
    expect(exactIndex(16, new ArrayBuffer(0), new Uint32Array(0)).find(digestFor("md5", 1))).toEqual([]);
  });

  it("refuses a digest of another length instead of finding nothing", () => {
    const { index } = indexOver("md5", [digestFor("md5", 1)]);
    expect(() => index.find(digestFor("sha1", 1))).toThrow(RangeError);
  });

  it("refuses digests out of order instead of missing some", () => {
    const digests = Buffer.concat([digestFor("md5", 1, [0xf0]), digestFor("md5", 2, [0x10])]);
    expect(() => exactIndex(16, Uint8Array.from(digests).buffer, Uint32Array.of(0, 1))).toThrow(RangeError);
  });
});
