import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { drawPicture } from "../support/draw.ts";
import { codeOfFrequencies, plainViews } from "./plain/pdq.ts";
import { tentFilter } from "./plain/tent-filter.ts";
import { drawn, hex, type Vector } from "./vectors.ts";

// What the kernel is compared with has to be right itself.

const all = JSON.parse(readFileSync(new URL("../../fixtures/pdq/vectors.json", import.meta.url), "utf8")) as readonly Vector[];
// The larger ones take long to draw; the kernel answers to them, and to this.
const vectors = all.filter(({ drawing }) => drawing.width * drawing.height <= 1_000_000);

describe("the plain PDQ", () => {
  it.each(vectors)("gives codes and qualities of the reference for $name", ({ drawing, codes, turned }) => {
    const { full, squeezed } = plainViews(drawn(drawing), 8);
    expect({ code: hex(full.codes[0]), quality: full.quality }).toEqual(codes.full);
    expect({ code: hex((squeezed ?? full).codes[0]), quality: (squeezed ?? full).quality }).toEqual(codes["nearest-512"]);
    if (turned !== undefined) expect(full.codes.map(hex)).toEqual(expect.arrayContaining(Object.values(turned)));
  });

  it("sets a bit where a frequency lies above the lower median, the last bit in the first byte", () => {
    const rising = Float64Array.from({ length: 256 }, (_, at) => at);
    expect(hex(codeOfFrequencies(rising))).toBe("f".repeat(32) + "0".repeat(32));
    const one = new Float64Array(256);
    one[0] = 1;
    expect(hex(codeOfFrequencies(one))).toBe("0".repeat(63) + "1");
  });
});

describe("the plain tent filter", () => {
  it("equals two passes of the box filter followed by decimation", () => {
    fc.assert(
      fc.property(fc.integer({ min: 5, max: 1500 }), fc.integer({ min: 0, max: 1000 }), (length, seed) => {
        const input = Float64Array.from(drawPicture({ width: length, height: 1, channels: 1, seed, cells: [5, 2] }));
        const twice = boxed(boxed(input));
        const filter = tentFilter(length);
        const part = (at: number): number => {
          let sum = 0;
          for (let tap = 0; tap < filter.count[at]!; tap++) sum += filter.weights[filter.start[at]! + tap]! * input[filter.first[at]! + tap]!;
          return sum;
        };
        for (let sample = 0; sample < 64; sample++) {
          const clipped = sample === 63 && filter.width > 1 ? part(64) / (filter.width * (filter.width - 1)) : 0;
          expect(part(sample) / filter.width ** 2 + clipped).toBeCloseTo(twice[Math.floor(((sample + 0.5) * length) / 64)]!, 9);
        }
      }),
    );
  });

  it("takes time and memory in proportion to the axis, however long, and no window is cut off but the last", () => {
    const filter = tentFilter(5_000_001);
    expect(filter.weights.length).toBeLessThan(5_200_000);
    expect(filter.weights.subarray(filter.start[30]!, filter.start[31]!).reduce((sum, weight) => sum + weight, 0)).toBe(filter.width ** 2);
    for (let length = 5; length < 3000; length++) expect(() => tentFilter(length)).not.toThrow();
  });
});

/** One pass of PDQ's box filter, as it is defined: each sample becomes the mean of the window around it. */
function boxed(input: Float64Array): Float64Array {
  const width = Math.floor((input.length + 127) / 128);
  const half = Math.floor((width + 2) / 2);
  return input.map((_, at) => {
    const window = input.subarray(Math.max(0, at - (width - half)), Math.min(input.length, at + half));
    return window.reduce((sum, value) => sum + value, 0) / window.length;
  });
}
