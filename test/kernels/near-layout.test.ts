import { describe, expect, it } from "vitest";
import { dealtPlaces, flipsOf, isLayout, layoutFor, layouts, reachOf } from "../../src/kernels/near-layout.ts";
import { mostShardCodes, shardPlaces } from "../../src/kernels/near-memory.ts";

const withChunks = layouts.filter((layout) => layout.length > 0);

function onesOf(value: number): number {
  return value.toString(2).replaceAll("0", "").length;
}

describe("the layouts of the near index", () => {
  it("cover every bit once and miss nothing within 31 bits", () => {
    expect(withChunks.length).toBeGreaterThan(1);
    for (const layout of withChunks) {
      expect(isLayout(layout)).toBe(true);
      expect(reachOf(layout)).toBe(31);
    }
    expect(reachOf([])).toBe(-1);
  });

  it("are chosen by the number of codes, up to the most that a shard holds, which fits into its memory", () => {
    const chunks = [0, 1, 8192, 8193, 4_000_000, 4_000_001, 25_000_000, mostShardCodes].map((codes) => layoutFor(codes).length);
    expect(chunks).toEqual([0, 0, 0, 16, 16, 13, 13, 13]);
    const { scratch, scratchBytes } = shardPlaces(layoutFor(mostShardCodes), mostShardCodes);
    expect(scratch + 16 * scratchBytes).toBeLessThan(2 ** 32);
  });

  it("look at every value within the radius of a chunk, once", () => {
    for (const chunk of withChunks.flat()) {
      const flips = flipsOf(chunk);
      const { bits, radius } = chunk;
      expect(flips.length).toBe(1 + bits + (radius === 2 ? (bits * (bits - 1)) / 2 : 0));
      expect(new Set(flips).size).toBe(flips.length);
      expect(flips.every((flip) => flip < 2 ** bits && onesOf(flip) <= radius)).toBe(true);
    }
    expect([...flipsOf({ bits: 16, radius: 0 })]).toEqual([0]);
  });

  it("are refused when they leave bits out or have chunks that no table is made for", () => {
    const chunks = (count: number, bits: number, radius: number) => Array.from({ length: count }, () => ({ bits, radius }));
    for (const layout of [chunks(15, 16, 2), chunks(17, 16, 1), chunks(32, 8, 0), chunks(8, 32, 2), chunks(16, 16, 3), chunks(16, 16, -1)]) expect(isLayout(layout)).toBe(false);
    expect(isLayout([])).toBe(true);
  });

  it("deal bits so that those of one chunk lie 11 or more apart", () => {
    const places = dealtPlaces();
    const bitAt = new Map([...places].map((place, bit) => [place, bit]));
    expect(bitAt.size).toBe(256);
    for (const layout of withChunks) {
      let from = 0;
      for (const { bits } of layout) {
        const dealt = Array.from({ length: bits }, (_, at) => bitAt.get(from + at)!).sort((left, right) => left - right);
        for (let at = 1; at < bits; at++) expect(dealt[at]! - dealt[at - 1]!).toBeGreaterThanOrEqual(11);
        from += bits;
      }
    }
  });
});
