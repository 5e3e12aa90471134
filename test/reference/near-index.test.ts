import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { BuildingOptions } from "../../src/kernels/near-building.ts";
import { layouts } from "../../src/kernels/near-layout.ts";
import { nearIndex } from "../../src/reference/near-index.ts";
import { findAll } from "./find-all.ts";
import { threadsFor } from "../../src/reference/near-threads.ts";
import { shardsOver, turned } from "../kernels/near-shards-over.ts";
import { plainNearSearch } from "./plain-near-search.ts";
import { nearDistanceBits } from "../../src/reference/reference-set.ts";
import { digestFor } from "./synthetic-list.ts";

/** Bits that differ, counted in the text of the codes: slow, and with nothing in common with what is tested. */
function differingBits(left: Uint8Array, right: Uint8Array): number {
  const bits = (code: Uint8Array): string => [...code].map((byte) => byte.toString(2).padStart(8, "0")).join("");
  const [leftBits, rightBits] = [bits(left), bits(right)];
  return [...leftBits].filter((bit, at) => bit !== rightBits[at]).length;
}

function indexOver(codes: readonly Uint8Array[], options: BuildingOptions = {}, threads?: number) {
  return nearIndex(shardsOver(codes, options).shards, Uint32Array.from(codes, (_, reference) => 10 * reference), threads);
}

const code = fc.uint8Array({ minLength: 32, maxLength: 32 });
const someBits = fc.uniqueArray(fc.integer({ min: 0, max: 255 }), { maxLength: 64 });

describe("the near index", () => {
  it("gives the same neighbours and distances as counting the bits one by one", () => {
    fc.assert(
      fc.property(code, fc.array(someBits, { maxLength: 20 }), fc.array(code, { maxLength: 5 }), fc.integer({ min: 0, max: 256 }), (sought, changes, strangers, withinBits) => {
        const codes = [...changes.map((bits) => turned(sought, bits)), ...strangers];
        const expected = codes.map((other, at) => ({ reference: 10 * at, distanceBits: differingBits(sought, other) })).filter(({ distanceBits }) => distanceBits <= withinBits);
        expect(indexOver(codes).find(sought, withinBits)).toEqual(expected);
      }),
    );
  });

  it("ends at the limit: 31 bits are found and 32 are not, wherever they lie (REQ-40)", () => {
    const sought = digestFor("pdq", 1);
    for (let from = 0; from < 256; from += 8) {
      const bits = Array.from({ length: 32 }, (_, index) => (from + 7 * index) % 256);
      expect(indexOver([turned(sought, bits.slice(1)), turned(sought, bits)]).find(sought, nearDistanceBits)).toEqual([{ reference: 0, distanceBits: 31 }]);
    }
  });

  it("counts all 256 bits of a complement, and none of itself", () => {
    const sought = digestFor("pdq", 2);
    const complement = sought.map((byte) => byte ^ 0xff);
    expect(indexOver([complement, sought]).find(sought, 256)).toEqual([
      { reference: 0, distanceBits: 256 },
      { reference: 10, distanceBits: 0 },
    ]);
  });

  it("searches lists of no and of one code", () => {
    const sought = digestFor("pdq", 3);
    expect(indexOver([]).find(sought, 256)).toEqual([]);
    expect(indexOver([sought]).find(sought, 0)).toEqual([{ reference: 0, distanceBits: 0 }]);
    expect(indexOver([turned(sought, [255])]).find(sought, 0)).toEqual([]);
  });

  it("refuses a code of another length, and a distance that no two codes have", async () => {
    for (const withinBits of [-1, 257, 0.5, Number.NaN]) {
      expect(() => indexOver([]).find(digestFor("pdq", 1), withinBits)).toThrow(RangeError);
      await expect(findAll(indexOver([]), [], withinBits)).rejects.toThrow(RangeError);
    }
    expect(() => indexOver([]).find(digestFor("sha1", 1), 31)).toThrow(RangeError);
    expect(() => nearIndex([], new Uint32Array(1))).toThrow(RangeError);
  });

  it("gives the same however the codes are cut into shards", () => {
    const sixteen = layouts.find(({ length }) => length === 16)!;
    const codes = Array.from({ length: 130 }, (_, number) => turned(digestFor("pdq", number % 13), [number, 255 - number]));
    const references = codes.map((_, number) => 10 * number);
    for (const shardCodes of [1, 7, 64, 65, 129, 130, 131])
      for (const layout of [[], sixteen]) {
        if (layout.length > 0 && shardCodes === 1) continue;
        const index = indexOver(codes, { shardCodes, layoutFor: () => layout });
        for (const sought of [codes[0]!, codes[64]!, codes[129]!, digestFor("pdq", "none")])
          for (const withinBits of [0, 31, 40, 256]) expect(index.find(sought, withinBits)).toEqual(plainNearSearch(codes, references, sought, withinBits));
      }
  });
});

describe("the threads of a near index", () => {
  const codes = Array.from({ length: 9000 }, (_, number) => turned(digestFor("pdq", number % 300), [number % 256]));
  const sought = Array.from({ length: 500 }, (_, number) => turned(digestFor("pdq", number), [3, 5, 7]));

  it("give the same answers in the same order as one", async () => {
    const one = indexOver(codes, { shardCodes: 8500 }, 1);
    const expected = sought.map((query) => one.find(query, 31));
    expect(expected.filter(({ length }) => length > 0).length).toBeGreaterThan(200);
    for (const threads of [1, 2, 3]) {
      const index = indexOver(codes, { shardCodes: 8500 }, threads);
      // Asked at the same time, and while the caller's own thread searches.
      const [all, part, none] = [findAll(index, sought, 31), findAll(index, sought.slice(0, 3), 256), findAll(index, [], 31)];
      expect(index.find(sought[1]!, 31)).toEqual(expected[1]);
      expect(await all).toEqual(expected);
      expect(await part).toEqual(sought.slice(0, 3).map((query) => one.find(query, 256)));
      expect(await none).toEqual([]);
      await index.close();
    }
  });

  it("pass on what is wrong with a table, and go on", async () => {
    const near = shardsOver(codes, {});
    const offsetBytes = 4 * (2 ** 16 + 1);
    // An address has 32 bits: entry 2^27 + 7 lies where entry 7 does.
    const postings = new Uint8Array(new Uint32Array(codes.length).fill(2 ** 27 + 7).buffer);
    for (let table = 0; table < 16; table++) near.write("tables", table * (offsetBytes + 6 * codes.length) + offsetBytes, postings);
    const index = nearIndex(near.shards, Uint32Array.from(codes.keys()), 2);
    await expect(findAll(index, sought, 31)).rejects.toThrow(`near index: found entry ${2 ** 27 + 7} in a table, expected one below 9000`);
    await expect(findAll(index, [digestFor("sha1", 1)], 31)).rejects.toThrow(RangeError);
    expect(await findAll(index, [codes[0]!], 256)).toHaveLength(1);
    await index.close();
  });

  it("can be ended, and are begun anew for the next batch", async () => {
    const index = indexOver(codes, {}, 2);
    const expected = await findAll(index, sought, 31);
    await index.close();
    await index.close();
    expect(await findAll(index, sought, 31)).toEqual(expected);
    await index.close();
  });

  it("are one where that is no slower", () => {
    expect([0, 999_999].map(threadsFor)).toEqual([1, 1]);
    expect(threadsFor(1_000_000)).toBeGreaterThanOrEqual(1);
    expect(threadsFor(25_000_000)).toBeLessThanOrEqual(4);
  });
});
