import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { pdqCodes } from "../../src/perceptual/pdq.ts";
import type { Pixels } from "../../src/perceptual/pixels.ts";
import { orientations } from "../../src/perceptual/transforms.ts";
import { drawPhoto } from "../support/draw.ts";
import { distanceBits, drawn, hex, type Vector } from "./vectors.ts";

const vectors = JSON.parse(readFileSync(new URL("../../fixtures/pdq/vectors.json", import.meta.url), "utf8")) as readonly Vector[];

/** The picture itself turned, pixel by pixel: where each pixel of the result comes from. */
const turns: Readonly<Record<(typeof orientations)[number], (x: number, y: number, last: number) => readonly [number, number]>> = {
  "as-is": (x, y) => [x, y],
  "rotated-90": (x, y, last) => [last - y, x],
  "rotated-180": (x, y, last) => [last - x, last - y],
  "rotated-270": (x, y, last) => [y, last - x],
  mirrored: (x, y, last) => [last - x, y],
  flipped: (x, y, last) => [x, last - y],
  transposed: (x, y) => [y, x],
  "anti-transposed": (x, y, last) => [last - y, last - x],
};

describe("PDQ", () => {
  it("has 33 vectors of the reference to answer to, with turned codes", () => {
    expect(vectors).toHaveLength(33);
    expect(new Set(vectors.map(({ name }) => name)).size).toBe(33);
    expect(vectors.filter(({ turned }) => turned !== undefined).length).toBeGreaterThan(5);
  });

  it.each(vectors)("gives all codes and qualities of the reference for $name (REQ-39)", ({ drawing, codes, turned }) => {
    const found = new Map(pdqCodes(drawn(drawing)).map((code) => [code.transform, code]));
    const answer = (transform: string) => ({ code: hex(found.get(transform)?.code), quality: found.get(transform)?.quality });
    expect(answer("full")).toEqual(codes.full);
    const isLarge = Math.max(drawing.width, drawing.height) > 512;
    expect(found.has("nearest-512")).toBe(isLarge);
    expect(answer(isLarge ? "nearest-512" : "full")).toEqual(codes["nearest-512"]);
    for (const [orientation, code] of Object.entries(turned ?? {})) expect([orientation, hex(found.get(`full ${orientation}`)?.code)]).toEqual([orientation, code]);
  });

  it("names every code by what was done to the pixels, the plain ones first", () => {
    const small = pdqCodes(drawn({ width: 300, height: 200, channels: 3, seed: 1, cells: [40, 9] }));
    expect(small.map(({ transform }) => transform)).toEqual(orientations.map((orientation) => (orientation === "as-is" ? "full" : `full ${orientation}`)));
    const large = pdqCodes(drawn({ width: 513, height: 200, channels: 3, seed: 1, cells: [40, 9] }));
    expect(large.map(({ transform }) => transform).slice(8)).toEqual(orientations.map((orientation) => (orientation === "as-is" ? "nearest-512" : `nearest-512 ${orientation}`)));
    expect(pdqCodes(drawn({ width: 64, height: 64, channels: 1, seed: 1, cells: [16] }), 3)[1]!.transform).toBe("frame-3 full rotated-90");
  });

  it.each(orientations.map((orientation, at) => [orientation, at] as const))("calls %s what the codes of the picture so turned are (REQ-41)", (orientation, at) => {
    const side = 301;
    const { data } = drawPhoto(3, side, side);
    const turned = new Uint8Array(data.length);
    for (let y = 0; y < side; y++)
      for (let x = 0; x < side; x++) {
        const [fromX, fromY] = turns[orientation](x, y, side - 1);
        turned.set(data.subarray(3 * (fromY * side + fromX), 3 * (fromY * side + fromX) + 3), 3 * (y * side + x));
      }
    const [plain] = pdqCodes({ data: turned, widthPixels: side, heightPixels: side, channels: 3 });
    const codes = pdqCodes({ data, widthPixels: side, heightPixels: side, channels: 3 });
    const distances = codes.slice(0, 8).map(({ code }) => distanceBits(code, plain!.code));
    expect(distances[at]).toBeLessThanOrEqual(24);
    expect(Math.min(...distances.filter((_, other) => other !== at))).toBeGreaterThan(60);
  });

  it("has no code for a picture below 5 pixels on a side", () => {
    for (const [width, height] of [[4, 400], [400, 4], [1, 1], [4, 4], [1, 100_000]] as const) {
      expect(pdqCodes(drawn({ width, height, channels: 3, seed: 1, cells: [2] }))).toEqual([]);
    }
    expect(pdqCodes(drawn({ width: 5, height: 5, channels: 3, seed: 1, cells: [2] }))).toHaveLength(8);
  });

  it("takes grey stored as red, green and blue for the same picture as grey, to the bit", () => {
    const grey = drawn({ width: 700, height: 211, channels: 1, seed: 5, cells: [40, 9] });
    const coloured: Pixels = { ...grey, channels: 3, data: Uint8Array.from({ length: grey.data.length * 3 }, (_, at) => grey.data[Math.floor(at / 3)]!) };
    expect(pdqCodes(coloured)).toEqual(pdqCodes(grey));
  });

  it("gives a featureless picture quality 0 and nothing but plain ground", () => {
    const blank: Pixels = { data: new Uint8Array(640 * 480 * 3).fill(200), widthPixels: 640, heightPixels: 480, channels: 3 };
    const codes = pdqCodes(blank);
    expect(codes).toHaveLength(16);
    expect(new Set(codes.map(({ quality }) => quality))).toEqual(new Set([0]));
    expect(new Set(codes.map(({ uniformPercent }) => uniformPercent))).toEqual(new Set([100]));
  });
});
