import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ordered } from "../src/ordered.ts";

const wait = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

describe("ordered", () => {
  it("gives results in the order of the input, whatever finishes first", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(4), { maxLength: 20 }), fc.integer({ min: 1, max: 5 }), async (delays, width) => {
        const results: number[] = [];
        for await (const { result } of ordered([...delays.entries()], width, async ([index, delay]) => (await wait(delay), index))) results.push(result);
        expect(results).toEqual(delays.map((_, index) => index));
      }),
      { numRuns: 40 },
    );
  });

  it("never has more than the width at work", async () => {
    let running = 0;
    let most = 0;
    for await (const _ of ordered(Array.from({ length: 30 }), 3, async () => {
      most = Math.max(most, ++running);
      await wait(1);
      running -= 1;
    }))
      void _;
    expect(most).toBe(3);
  });

  it("throws the first failure in input order and draws no more", async () => {
    let drawn = 0;
    const items = function* () {
      for (; drawn < 100; ) yield drawn++;
    };
    const results: number[] = [];
    const all = async () => {
      for await (const { result } of ordered(items(), 2, async (item) => (item === 5 ? Promise.reject(new Error("five")) : item))) results.push(result);
    };
    await expect(all()).rejects.toThrow("five");
    expect(results).toEqual([0, 1, 2, 3, 4]);
    expect(drawn).toBeLessThan(12);
  });
});
