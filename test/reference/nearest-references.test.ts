import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mostNear, type Reference } from "../../src/model.ts";
import { nearestReferences } from "../../src/reference/nearest-references.ts";
import { referenceSetOf } from "../../src/reference/open-reference-set.ts";
import { descriptionOf, digestFor, examined, pictureWith, referenceWith } from "./synthetic-list.ts";

const categoryOf = (reference: number): string | null => (reference % 97 === 5 ? "rare" : reference % 3 === 0 ? null : "common");

describe("the nearest references of a picture", () => {
  it("are those of a plain sort, and the nearest of every other category, whatever comes in whatever order", () => {
    const pair = fc.tuple(fc.nat(33), fc.nat(4000), fc.nat(31));
    fc.assert(
      fc.property(fc.array(pair, { maxLength: 9000, size: "max" }), (pairs) => {
        const nearest = nearestReferences(4001, categoryOf);
        const best = new Map<number, number>();
        for (const [code, reference, distanceBits] of pairs) {
          nearest.add(code, reference, distanceBits);
          best.set(reference, Math.min(best.get(reference) ?? 256, distanceBits));
        }
        const sorted = [...best].map(([reference, distanceBits]) => ({ reference, distanceBits })).sort((one, other) => one.distanceBits - other.distanceBits || one.reference - other.reference);
        const first = best.size <= mostNear ? sorted : sorted.slice(0, mostNear);
        const others = [...new Set(sorted.map(({ reference }) => categoryOf(reference)))].filter((category) => !first.some(({ reference }) => categoryOf(reference) === category));
        const expected = [...first, ...others.map((category) => sorted.find(({ reference }) => categoryOf(reference) === category)!)];
        expect(nearest.count()).toBe(best.size);
        expect(nearest.kept().map(({ reference, distanceBits }) => ({ reference, distanceBits }))).toEqual(expected.sort((one, other) => one.distanceBits - other.distanceBits || one.reference - other.reference));
        const added = new Set(pairs.map((one) => one.join()));
        expect(nearest.kept().every(({ code, reference, distanceBits }) => added.has([code, reference, distanceBits].join()))).toBe(true);
      }),
      { numRuns: 40 },
    );
  });

  it("of a crowded list take little memory and leave others their turn, picture after picture", async () => {
    const base = digestFor("pdq", "crowd");
    // Within 20 bits of one code: what a still scene gives, frame by frame.
    const references = Array.from({ length: 60_000 }, (_, number): Reference => referenceWith({ pdq: turned(base, number) }, { category: number === 59_999 ? "2" : "1" }));
    const set = referenceSetOf([{ description: descriptionOf("crowd", references), references }]);
    let longestMs = 0;
    let last = performance.now();
    const timer = setInterval(() => {
      longestMs = Math.max(longestMs, performance.now() - last);
      last = performance.now();
    }, 5);
    const before = process.memoryUsage().heapUsed;
    for (let picture = 0; picture < 40; picture++) {
      const codes = Array.from({ length: 6 }, (_, at) => ({ transform: `view ${at}`, quality: 90, uniformPercent: 0, code: turned(base, 70_000 + picture * 7 + at) }));
      const matches = await set.match(examined({ sha256: digestFor("sha256", `picture ${picture}`) }, pictureWith(...codes)), 10);
      expect(matches.length).toBeGreaterThanOrEqual(mostNear);
      expect(matches.length).toBeLessThanOrEqual(mostNear + 1);
      expect(matches.every(({ nearReferences }) => nearReferences === references.length)).toBe(true);
      expect(matches.some(({ category }) => category === "2")).toBe(true);
    }
    clearInterval(timer);
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(200 * 1024 * 1024);
    // Not a matter of speed: without yielding, one picture alone holds everything up for as long as it takes, and a batch for minutes.
    expect(longestMs).toBeLessThan(2000);
    await set.close();
  }, 120_000);

  it("are found once for all copies of the same bytes", async () => {
    const pdq = digestFor("pdq", "one");
    const set = referenceSetOf([{ description: descriptionOf("one", [referenceWith({ pdq })]), references: [referenceWith({ pdq })] }]);
    const finding = examined({ sha256: digestFor("sha256", "copy") }, pictureWith({ transform: "full", quality: 90, uniformPercent: 0, code: pdq }));
    const first = await set.match(finding, 10);
    expect(first).toHaveLength(1);
    expect(await set.match({ ...finding, no: 7 }, 10)).toEqual(first);
    expect(await set.match(examined({ sha256: digestFor("sha256", "other") }), 10)).toEqual([]);
  });
});

/** A code with up to ten of its bits turned, which ones depends on the number. */
function turned(code: Uint8Array, number: number): Uint8Array {
  const other = Uint8Array.from(code);
  const places = createHash("md5").update(`${number}`).digest();
  for (let at = 0; at < 10; at++) other[places[at]! >> 3]! ^= 1 << (places[at]! & 7);
  return other;
}
