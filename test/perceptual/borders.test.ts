import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { withinBorders } from "../../src/perceptual/borders.ts";
import { pdqCodes } from "../../src/perceptual/pdq.ts";
import type { Pixels } from "../../src/perceptual/pixels.ts";
import { drawPhoto, type Photo } from "../support/draw.ts";
import { distanceBits } from "./vectors.ts";

interface Border {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
  readonly background: string;
}

const none: Border = { top: 0, bottom: 0, left: 0, right: 0, background: "#000" };
const pixelsOf = ({ data, info }: Photo): Pixels => ({ data, widthPixels: info.width, heightPixels: info.height, channels: info.channels });
const leastOf = ({ info: { width, height } }: Photo): number => Math.min(width, height);
const frame = (percent: number, background: string) => (photo: Photo): Border => {
  const side = Math.round((leastOf(photo) * percent) / 100);
  return { top: side, bottom: side, left: side, right: side, background };
};
const letterbox = (percent: number) => ({ info }: Photo): Border => {
  const side = Math.round((info.height * percent) / 100);
  return { ...none, top: side, bottom: side };
};

/** The photo with borders around it, as it comes back out of a JPEG file. */
async function bordered({ data, info }: Photo, borders: readonly Border[], quality = 80): Promise<Pixels> {
  let picture = sharp(data, { raw: info });
  for (const border of borders) picture = sharp(await picture.extend(border).png().toBuffer());
  const file = await picture.jpeg({ quality }).toBuffer();
  const decoded = await sharp(file).raw().toBuffer({ resolveWithObject: true });
  return { data: decoded.data, widthPixels: decoded.info.width, heightPixels: decoded.info.height, channels: 3 };
}

const photos = ([[1, 640, 480], [2, 1200, 800], [3, 480, 640], [4, 320, 240], [5, 533, 401], [6, 900, 300]] as const).map(([seed, width, height]) => ({ seed, photo: drawPhoto(seed, width, height) }));

describe("borders", () => {
  it.each([
    ["letterbox of 5 %", letterbox(5)],
    ["letterbox of 10 %", letterbox(10)],
    ["letterbox of 20 %", letterbox(20)],
    ["letterbox of 30 %", letterbox(30)],
    ["pillarbox of 20 %", ({ info }: Photo): Border => ({ ...none, left: Math.round(info.width * 0.2), right: Math.round(info.width * 0.2) })],
    ["white frame of 2 %", frame(2, "#fff")],
    ["white frame of 5 %", frame(5, "#fff")],
    ["coloured frame of 3 %", frame(3, "#205090")],
    ["bar at the bottom alone", ({ info }: Photo): Border => ({ ...none, bottom: Math.round(info.height * 0.15), background: "#fff" })],
  ])("of the kind %s are peeled off, and the code of what is left is the original's within 31 bits (REQ-42)", async (_, border) => {
    for (const { seed, photo } of photos) {
      const [original] = pdqCodes(pixelsOf(photo));
      for (const quality of [50, 90]) {
        const codes = pdqCodes(await bordered(photo, [border(photo)], quality));
        const trimmed = codes.find(({ transform }) => transform === "trimmed full");
        expect(distanceBits(codes[0]!.code, original!.code), `seed ${seed}, quality ${quality}: without peeling`).toBeGreaterThan(31);
        expect(trimmed === undefined ? 256 : distanceBits(trimmed.code, original!.code), `seed ${seed}, quality ${quality}`).toBeLessThanOrEqual(31);
      }
    }
  });

  it("may differ in colour from side to side, and lie within one another", async () => {
    const photo = drawPhoto(7, 640, 480);
    const [original] = pdqCodes(pixelsOf(photo));
    for (const borders of [
      [{ ...none, top: 60, background: "#000" }, { ...none, bottom: 40, background: "#f0f0f0" }],
      [{ top: 20, bottom: 20, left: 20, right: 20, background: "#fff" }, { ...none, top: 100, bottom: 100 }],
      [{ ...none, left: 90, right: 90 }, { ...none, top: 70, bottom: 70, background: "#fff" }],
    ]) {
      const trimmed = pdqCodes(await bordered(photo, borders)).find(({ transform }) => transform === "trimmed full");
      expect(distanceBits(trimmed!.code, original!.code)).toBeLessThanOrEqual(31);
    }
  });

  it("are peeled off whatever colour single pixels of theirs have, in the corners too", async () => {
    const photo = drawPhoto(7, 640, 480);
    const whole = await bordered(photo, [{ top: 40, bottom: 40, left: 30, right: 30, background: "#000" }], 95);
    const { widthPixels, heightPixels } = whole;
    const plain = withinBorders(whole);
    expect(plain).not.toBeNull();
    for (const [x, y] of [[0, 0], [widthPixels - 1, 0], [0, heightPixels - 1], [widthPixels - 1, heightPixels - 1], [widthPixels >> 1, 0]] as const) whole.data.set([255, 255, 255], 3 * (y * widthPixels + x));
    expect(withinBorders(whole)).toEqual(plain);
  });

  it("are not seen in pictures that have none", () => {
    for (let seed = 1; seed <= 40; seed++) expect(withinBorders(pixelsOf(drawPhoto(seed, 320 + 5 * seed, 240 + 3 * seed)))).toBeNull();
  });

  it("give all codes of the inner picture, squeezed ones only where that is large itself", async () => {
    const transformsOf = async (width: number, height: number): Promise<Set<string>> => {
      const codes = pdqCodes(await bordered(drawPhoto(8, width, height), [{ top: 30, bottom: 30, left: 30, right: 30, background: "#000" }]));
      return new Set(codes.map(({ transform }) => transform.replace(/ (rotated|mirrored|flipped|transposed|anti).*/, "")));
    };
    expect(await transformsOf(640, 480)).toEqual(new Set(["full", "nearest-512", "trimmed full", "trimmed nearest-512"]));
    expect(await transformsOf(500, 480)).toEqual(new Set(["full", "nearest-512", "trimmed full"]));
    expect(await transformsOf(300, 280)).toEqual(new Set(["full", "trimmed full"]));
  });

  it("count from 1 % of a side on, and only while a quarter of each side and 64 pixels are left", async () => {
    const photo = pixelsOf(drawPhoto(9, 400, 400));
    const framed = (inner: number, rows: number): Pixels => {
      const data = new Uint8Array(400 * 400 * 3);
      for (let row = 0; row < rows; row++) data.set(photo.data.subarray(row * 1200, row * 1200 + 3 * inner), ((400 - rows) * 400 + row * 400 + 400 - inner) * 3);
      return { ...photo, data };
    };
    expect(withinBorders(framed(400, 397))).toBeNull();
    expect(withinBorders(framed(400, 396))).toEqual({ leftPixels: 0, topPixels: 4, widthPixels: 400, heightPixels: 396 });
    expect(withinBorders(framed(100, 100))).toEqual({ leftPixels: 300, topPixels: 300, widthPixels: 100, heightPixels: 100 });
    expect(withinBorders(framed(99, 100))).toBeNull();
    expect(withinBorders(framed(100, 99))).toBeNull();
    const tiny = drawPhoto(9, 70, 63);
    expect(withinBorders(await bordered(tiny, [{ ...none, top: 20, bottom: 20 }]))).toBeNull();
  });

  it("of a picture that is nothing else are none, however large, small or narrow it is", () => {
    for (const [widthPixels, heightPixels] of [[4000, 3000], [5, 5], [1, 1], [64, 64], [3000, 5], [1, 5000]] as const) {
      expect(withinBorders({ data: new Uint8Array(widthPixels * heightPixels).fill(9), widthPixels, heightPixels, channels: 1 })).toBeNull();
    }
  });
});
