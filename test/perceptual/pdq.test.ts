import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { downsample } from "../../src/perceptual/downsample.ts";
import { lowFrequencies } from "../../src/perceptual/low-frequencies.ts";
import { codeOfFrequencies, pdqCodes, pdqOfBlock, transforms } from "../../src/perceptual/pdq.ts";
import type { Pixels } from "../../src/perceptual/pixels.ts";
import { tentFilter } from "../../src/perceptual/tent-filter.ts";
import { drawPicture } from "../support/draw.ts";

interface Vector {
  readonly name: string;
  readonly drawing: Parameters<typeof drawPicture>[0];
  readonly codes: Readonly<Record<string, { readonly code: string; readonly quality: number }>>;
}

const vectors = JSON.parse(readFileSync(new URL("../../fixtures/pdq/vectors.json", import.meta.url), "utf8")) as readonly Vector[];

function drawn(drawing: Vector["drawing"]): Pixels {
  return { data: drawPicture(drawing), widthPixels: drawing.width, heightPixels: drawing.height, channels: drawing.channels };
}

function hex(code: Uint8Array): string {
  return Buffer.from(code).toString("hex");
}

describe("PDQ", () => {
  it("has 33 vectors of the reference to answer to", () => {
    expect(vectors).toHaveLength(33);
    expect(new Set(vectors.map(({ name }) => name)).size).toBe(33);
  });

  it.each(vectors)("gives both codes and qualities of the reference for $name", ({ drawing, codes }) => {
    const found = pdqCodes(drawn(drawing));
    expect(found.map(({ transform }) => transform)).toEqual([...transforms]);
    expect(Object.fromEntries(found.map(({ transform, code, quality }) => [transform, { code: hex(code), quality }]))).toEqual(codes);
  });

  it("has no code for a picture below 5 pixels on a side", () => {
    for (const [width, height] of [[4, 400], [400, 4], [1, 1]] as const) {
      expect(pdqCodes(drawn({ width, height, channels: 3, seed: 1, cells: [2] }))).toEqual([]);
    }
    expect(pdqCodes(drawn({ width: 5, height: 5, channels: 3, seed: 1, cells: [2] }))).toHaveLength(2);
  });

  it("takes grey stored as red, green and blue for the same picture as grey, to the bit", () => {
    const grey = drawn({ width: 300, height: 211, channels: 1, seed: 5, cells: [40, 9] });
    const coloured: Pixels = { ...grey, channels: 3, data: Uint8Array.from({ length: grey.data.length * 3 }, (_, at) => grey.data[Math.floor(at / 3)]!) };
    expect(pdqCodes(coloured)).toEqual(pdqCodes(grey));
  });

  it("gives a featureless picture quality 0", () => {
    const blank: Pixels = { data: new Uint8Array(640 * 480 * 3).fill(200), widthPixels: 640, heightPixels: 480, channels: 3 };
    expect(pdqCodes(blank).map(({ quality }) => quality)).toEqual([0, 0]);
  });

  it("sets a bit where a frequency lies above the lower median, the last bit in the first byte", () => {
    const rising = Float64Array.from({ length: 256 }, (_, at) => at);
    expect(hex(codeOfFrequencies(rising))).toBe("f".repeat(32) + "0".repeat(32));
    const one = new Float64Array(256);
    one[0] = 1;
    expect(hex(codeOfFrequencies(one))).toBe("0".repeat(63) + "1");
  });

  it("leaves the 16x16 frequencies open to whoever needs the turned picture's code", () => {
    const block = downsample(drawn({ width: 64, height: 64, channels: 1, seed: 1, cells: [16, 8, 4, 2] }));
    const frequencies = lowFrequencies(block);
    expect(frequencies).toHaveLength(256);
    expect(codeOfFrequencies(frequencies)).toEqual(pdqOfBlock(block).code);
  });
});

describe("the tent filter", () => {
  it("equals two passes of the box filter followed by decimation", () => {
    fc.assert(
      fc.property(fc.integer({ min: 5, max: 1500 }), fc.integer({ min: 0, max: 1000 }), (length, seed) => {
        const input = Float64Array.from(drawPicture({ width: length, height: 1, channels: 1, seed, cells: [5, 2] }));
        const twice = boxed(boxed(input));
        const filter = tentFilter(length);
        for (let sample = 0; sample < 64; sample++) {
          let sum = 0;
          for (let tap = 0; tap < filter.count[sample]!; tap++) sum += filter.weights[filter.start[sample]! + tap]! * input[filter.first[sample]! + tap]!;
          expect(sum).toBeCloseTo(twice[Math.floor(((sample + 0.5) * length) / 64)]!, 9);
        }
      }),
    );
  });

  it("takes time and memory in proportion to the axis, however long", () => {
    const filter = tentFilter(5_000_000);
    expect(filter.weights.length).toBeLessThan(5_100_000);
    expect(filter.weights.subarray(filter.start[30]!, filter.start[31]!).reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 9);
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
