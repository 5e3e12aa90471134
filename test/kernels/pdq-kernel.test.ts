import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { type PixelArea, startPdqKernel } from "../../src/kernels/pdq-kernel.ts";
import type { Area, Pixels } from "../../src/perceptual/pixels.ts";
import { fillings, pictureOf, recipes } from "../perceptual/plain/pictures.ts";
import { plainViews } from "../perceptual/plain/pdq.ts";

const hashed = startPdqKernel();
const tolerance = 8;

function areaOf({ data, channels, widthPixels, heightPixels }: Pixels, area: Area = { leftPixels: 0, topPixels: 0, widthPixels, heightPixels }): PixelArea {
  return { data, channels, wholeWidthPixels: widthPixels, ...area };
}

function expectPlain(pixels: Pixels): void {
  expect(hashed(areaOf(pixels), tolerance)).toEqual(plainViews(pixels, tolerance));
}

/** The area as a picture of its own. */
function cut({ data, channels, widthPixels }: Pixels, area: Area): Pixels {
  const rowBytes = area.widthPixels * channels;
  const own = new Uint8Array(rowBytes * area.heightPixels);
  for (let row = 0; row < area.heightPixels; row++) {
    const from = ((area.topPixels + row) * widthPixels + area.leftPixels) * channels;
    own.set(data.subarray(from, from + rowBytes), row * rowBytes);
  }
  return { data: own, channels, widthPixels: area.widthPixels, heightPixels: area.heightPixels };
}

describe("the PDQ kernel", () => {
  it("equals the plain implementation to the bit, whatever the picture: codes of all orientations, quality, plain ground (REQ-39)", () => {
    fc.assert(
      fc.property(recipes, (recipe) => expectPlain(pictureOf(recipe))),
      { numRuns: Number(process.env["PDQ_PICTURES"] ?? 60) },
    );
  });

  it.each([...Array.from({ length: 10 }, (_, at) => at + 5), 63, 64, 65, 127, 128, 129, 255, 256, 257, 384, 385, 511, 512, 513, 514])("equals it where the filter changes, at %i pixels a side", (side) => {
    for (const filling of fillings) {
      expectPlain(pictureOf({ widthPixels: side, heightPixels: side, channels: 3, filling, seed: side }));
      expectPlain(pictureOf({ widthPixels: side, heightPixels: 77, channels: 1, filling, seed: side + 1 }));
    }
  });

  it.each([
    ["12 megapixels", 4000, 3000, 3, "noise"],
    ["a filter of 55, the widest of 15 bits", 7040, 40, 3, "white"],
    ["a filter of 56", 7041, 40, 3, "white"],
    ["8000 pixels a side of white", 8000, 300, 3, "white"],
    ["8000 pixels a side of extremes", 8000, 700, 3, "extremes"],
    ["a high one", 77, 8000, 3, "noise"],
    ["a grey one of 371,200, whose sums are the widest of 31 bits", 371_200, 6, 1, "white"],
    ["a grey one that is wider", 371_201, 6, 1, "white"],
    ["a coloured one of half a million", 500_000, 5, 3, "extremes"],
    ["the highest one", 5, 500_000, 1, "noise"],
  ] as const)("equals it for %s", (_, widthPixels, heightPixels, channels, filling) => {
    expectPlain(pictureOf({ widthPixels, heightPixels, channels, filling, seed: 4 }));
  });

  it("hashes a part of a picture as if it were cut out, at any edge of the data", () => {
    const whole = { widthPixels: 700, heightPixels: 90, channels: 3, filling: "noise", seed: 9 } as const;
    const parts = fc
      .record({ leftPixels: fc.integer({ min: 0, max: 600 }), topPixels: fc.integer({ min: 0, max: 80 }), right: fc.integer({ min: 0, max: 60 }), bottom: fc.integer({ min: 0, max: 5 }) })
      .map(({ leftPixels, topPixels, right, bottom }) => ({ leftPixels, topPixels, widthPixels: 700 - leftPixels - right, heightPixels: 90 - topPixels - bottom }));
    const picture = pictureOf(whole);
    fc.assert(
      fc.property(parts, (area) => {
        expect(hashed(areaOf(picture, area), tolerance)).toEqual(plainViews(cut(picture, area), tolerance));
      }),
      { numRuns: 40 },
    );
  });

  it("keeps nothing of one picture for the next", () => {
    const small = pictureOf({ widthPixels: 61, heightPixels: 47, channels: 3, filling: "noise", seed: 1 });
    const fresh = startPdqKernel()(areaOf(small), tolerance);
    hashed(areaOf(pictureOf({ widthPixels: 3000, heightPixels: 700, channels: 3, filling: "extremes", seed: 2 })), tolerance);
    expect(hashed(areaOf(small), tolerance)).toEqual(fresh);
  });

  it("reads its pixels from wherever they lie in a larger buffer", () => {
    const picture = pictureOf({ widthPixels: 130, heightPixels: 70, channels: 3, filling: "noise", seed: 3 });
    const buffer = new Uint8Array(picture.data.length + 14).fill(255);
    buffer.set(picture.data, 7);
    expect(hashed(areaOf({ ...picture, data: buffer.subarray(7, 7 + picture.data.length) }), tolerance)).toEqual(hashed(areaOf(picture), tolerance));
  });

  it("takes a picture in bands of rows: its memory does not grow with the height", () => {
    const grow = vi.spyOn(WebAssembly.Memory.prototype, "grow");
    const own = startPdqKernel();
    own(areaOf(pictureOf({ widthPixels: 4000, heightPixels: 100, channels: 3, filling: "noise", seed: 5 })), tolerance);
    const pages = grow.mock.calls.reduce((sum, [count]) => sum + count, 0);
    grow.mockClear();
    own(areaOf(pictureOf({ widthPixels: 4000, heightPixels: 3000, channels: 3, filling: "slope", seed: 5 })), tolerance);
    expect(grow).not.toHaveBeenCalled();
    expect(pages * 65_536).toBeLessThan(1_000_000);
    grow.mockRestore();
  });
});
