import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dealtPlaces, layouts, type NearLayout } from "../../src/kernels/near-layout.ts";
import { nearSearch, type NearShard } from "../../src/kernels/near-search.ts";
import { nearShards } from "../../src/kernels/near-shard.ts";
import { plainNearSearch } from "../reference/plain-near-search.ts";
import { digestFor } from "../reference/synthetic-list.ts";
import { shardsOver, turned } from "./near-shards-over.ts";

const chunk = (bits: number, radius: number) => ({ bits, radius });
const sixteen = layouts.find(({ length }) => length === 16)!;
/** Another cut than is in use, with a radius of 0 and with more reach than is needed. */
const uneven: NearLayout = [chunk(20, 2), chunk(17, 0), chunk(18, 1), chunk(20, 2), chunk(19, 2), chunk(16, 0), chunk(19, 2), chunk(20, 2), chunk(17, 1), chunk(18, 2), chunk(18, 2), chunk(18, 1), chunk(18, 2), chunk(18, 1)];
const forced = [...layouts, uneven];
const nameOf = (layout: NearLayout): string => (layout.length === 0 ? "no" : String(layout.length));

function shardOver(codes: readonly Uint8Array[], layout: NearLayout): NearShard {
  const { shards } = codes.length === 0 ? nearShards([{ codes: 0, layout }]) : shardsOver(codes, { layoutFor: () => layout });
  expect(shards).toHaveLength(1);
  return shards[0]!;
}

function pairsOf(codes: readonly Uint8Array[], sought: Uint8Array, withinBits: number): number[] {
  const entries = codes.map((_, entry) => entry);
  return plainNearSearch(codes, entries, sought, withinBits).flatMap(({ reference, distanceBits }) => [reference, distanceBits]);
}

/** Same answers by every way that leads to them. */
function expectSame(shard: NearShard, codes: readonly Uint8Array[], queries: readonly Uint8Array[], withins: readonly number[]): void {
  const search = nearSearch(shard, 0);
  for (const query of queries)
    for (const withinBits of withins) {
      const expected = pairsOf(codes, query, withinBits);
      expect([...search.find(query, withinBits)]).toEqual(expected);
      expect([...search.compareAll(query, withinBits)]).toEqual(expected);
    }
}

const code = fc.uint8Array({ minLength: 32, maxLength: 32 });
const someBits = (most: number) => fc.uniqueArray(fc.integer({ min: 0, max: 255 }), { maxLength: most });
/** Neighbouring bits are mostly equal: a code is where its runs begin. */
const runs = someBits(20).map((starts) => {
  const bits = new Uint8Array(256);
  for (const start of starts) bits.fill(bits[start]! ^ 1, start);
  return Uint8Array.from({ length: 32 }, (_, byte) => [...bits.subarray(8 * byte, 8 * byte + 8)].reduce((value, bit) => 2 * value + bit, 0));
});
const nearDuplicates = fc.tuple(code, fc.array(someBits(40), { maxLength: 30 })).map(([centre, changes]) => changes.map((bits) => turned(centre, bits)));
const kinds = {
  random: fc.array(code, { maxLength: 40 }),
  clustered: fc.array(nearDuplicates, { maxLength: 4 }).map((clusters) => clusters.flat()),
  correlated: fc.array(runs, { maxLength: 40 }),
  equal: fc.tuple(code, fc.nat(500)).map(([one, count]) => Array.from({ length: count }, () => one)),
};

describe.each(forced.map((layout) => [nameOf(layout), layout] as const))("a shard of %s chunks", (_, layout) => {
  const isLarge = layout.length > 0 && layout !== sixteen;

  it.each(Object.entries(kinds))("gives what the plain search gives: %s codes", (_kind, codesOfKind) => {
    fc.assert(
      fc.property(codesOfKind, fc.array(fc.tuple(fc.nat(), someBits(40)), { minLength: 1, maxLength: 6 }), code, fc.integer({ min: 0, max: 256 }), (codes, changes, stranger, withinBits) => {
        const queries = [stranger, ...changes.flatMap(([at, bits]) => (codes.length === 0 ? [] : [turned(codes[at % codes.length]!, bits)]))];
        expectSame(shardOver(codes, layout), codes, queries, [0, 15, 31, 32, withinBits]);
      }),
      { numRuns: isLarge ? 8 : 40 },
    );
  });

  it("finds all that were planted 0 to 31 bits away, and none that were 32 (REQ-40)", () => {
    const codes = Array.from({ length: 2000 }, (_, number) => digestFor("pdq", number));
    const search = nearSearch(shardOver(codes, layout), 0);
    for (const [number, planted] of codes.entries()) {
      const distanceBits = number % 33;
      const bits = Array.from({ length: 256 }, (_, bit) => bit).sort((left, right) => ((left * 7919 + number * 31) % 256) - ((right * 7919 + number * 31) % 256)).slice(0, distanceBits);
      expect([...search.find(turned(planted, bits), 31)]).toEqual(distanceBits === 32 ? [] : [number, distanceBits]);
    }
  });

  if (layout.length > 0) it("finds what only one chunk can lead to, at the very limit of its radius and of its neighbour's", () => {
    const bitAt = new Map([...dealtPlaces()].map((place, bit) => [place, bit]));
    const sought = digestFor("pdq", "sought");
    const cases = layout.flatMap((_, only) => [0, 1, 2].map((way) => ({ only, way })));
    const codes = cases.map(({ only, way }) => {
      let from = 0;
      let left = 31;
      const places: number[] = [];
      for (const [number, { bits, radius }] of layout.entries()) {
        const differing = Math.min(left, radius + (number === only ? 0 : 1));
        left -= differing;
        // The first bits of a chunk, those behind its print, and some between.
        for (let at = 0; at < differing; at++) places.push(from + (way === 0 ? at : way === 1 ? bits - 1 - at : (5 * at + 3) % bits));
        from += bits;
      }
      return turned(sought, places.map((place) => bitAt.get(place)!));
    });
    expect([...nearSearch(shardOver(codes, layout), 0).find(sought, 31)]).toEqual(pairsOf(codes, sought, 31));
    expect(pairsOf(codes, sought, 31)).toHaveLength(2 * codes.length);
  });

  it("finds a cluster that fills buckets, whether few or most codes are in it", () => {
    const centre = digestFor("pdq", "centre");
    const member = (number: number): Uint8Array => turned(centre, Array.from({ length: number % 12 }, (_, at) => (number * 13 + at * 29) % 256));
    for (const members of [20, 150, 600, 5000]) {
      const codes = Array.from({ length: 5000 }, (_, number) => ((number * 37) % 5000 < members ? member(number) : digestFor("pdq", number)));
      expectSame(shardOver(codes, layout), codes, [centre, turned(centre, [1, 77]), digestFor("pdq", 1)], [31]);
    }
  }, 120_000);

  it("searches no codes, one code, and one code many times over", () => {
    const one = digestFor("pdq", 1);
    expectSame(shardOver([one], layout), [one], [one, turned(one, [255]), digestFor("pdq", 2)], [0, 31, 256]);
    const many = Array.from({ length: 20_000 }, () => one);
    expect(nearSearch(shardOver(many, layout), 0).find(turned(one, [9]), 31)).toEqual(Uint32Array.from(many.flatMap((_, entry) => [entry, 1])));
    expect(shardsOver([], { layoutFor: () => layout }).shards).toEqual([]);
  });
});

describe("a shard", () => {
  it("hands over results in rounds when they are more than there is room for, and loses none", () => {
    const codes = Array.from({ length: 10_000 }, (_, number) => digestFor("pdq", number));
    const shard = shardOver(codes, sixteen);
    expect(codes.length).toBeGreaterThan(shard.places.mostResults);
    const query = digestFor("pdq", "query");
    for (const withinBits of [120, 128, 256]) expect([...nearSearch(shard, 0).find(query, withinBits)]).toEqual(pairsOf(codes, query, withinBits));
  });

  it("verifies in rounds when more survive than there is room for", () => {
    const one = digestFor("pdq", "one");
    const codes = Array.from({ length: 9000 }, (_, number) => (number % 45 === 0 ? turned(one, [number % 256]) : digestFor("pdq", number)));
    const shard = shardOver(codes, sixteen);
    // 200 codes through 15 or 16 chunks each: three times the room for survivors, and still no reason to compare all.
    expect(15 * 200).toBeGreaterThan(2 * 1024);
    expect(16 * 200).toBeLessThan(shard.places.mostResults);
    expect([...nearSearch(shard, 0).find(one, 31)]).toEqual(pairsOf(codes, one, 31));
  });

  it("gives each thread what it gives the first, from a scratch of its own", () => {
    const codes = Array.from({ length: 3000 }, (_, number) => digestFor("pdq", number % 100));
    const shard = shardOver(codes, sixteen);
    const searches = [0, 1, 15].map((thread) => nearSearch(shard, thread));
    const found = searches.map((search) => [...search.find(codes[7]!, 31)]);
    expect(found).toEqual([found[0], found[0], found[0]]);
    expect(() => nearSearch(shard, 16)).toThrow(RangeError);
  });

  it("neither leaves its memory nor makes anything up when its tables are damaged", () => {
    const codes = Array.from({ length: 300 }, (_, number) => digestFor("pdq", number));
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(), fc.uint8Array({ minLength: 1, maxLength: 64 })), { minLength: 1, maxLength: 2000 }), fc.boolean(), (damages, isInPostings) => {
        const near = shardsOver(codes, { layoutFor: () => sixteen });
        const offsetBytes = 4 * (2 ** 16 + 1);
        for (const [at, bytes] of damages) near.write("tables", isInPostings ? offsetBytes + (at % (4 * codes.length - 64)) : at % (offsetBytes - 64), bytes);
        const search = nearSearch(near.shards[0]!, 0);
        for (const query of codes.slice(0, 20))
          try {
            const expected = pairsOf(codes, query, 31);
            const found = [...search.find(query, 31)];
            for (let at = 0; at < found.length; at += 2) expect(found.slice(at, at + 2)).toEqual([expected[0], 0]);
          } catch (thrown) {
            if (!(thrown instanceof RangeError || thrown instanceof WebAssembly.RuntimeError)) throw thrown;
          }
      }),
      { numRuns: 40 },
    );
  });
});

describe("shards", () => {
  it("hold the codes in their order, whatever their size", () => {
    const codes = Array.from({ length: 103 }, (_, number) => digestFor("pdq", number));
    for (const shardCodes of [1, 10, 50, 102, 103, 104]) {
      const { shards } = shardsOver(codes, { shardCodes, layoutFor: (count) => (count % 2 === 0 ? sixteen : []) });
      expect(shards.map((shard) => shard.codes).reduce((sum, count) => sum + count)).toBe(codes.length);
      for (const [number, shard] of shards.entries())
        expect([...nearSearch(shard, 0).find(codes[Math.min(102, number * shardCodes)]!, 31)]).toEqual([0, 0]);
    }
  });

  it("refuse what they have no room for", () => {
    const near = shardsOver([digestFor("pdq", 1)]);
    expect(() => near.write("codes", 16, new Uint8Array(17))).toThrow(RangeError);
    expect(() => near.write("tables", 0, new Uint8Array(1))).toThrow(RangeError);
  });
});
