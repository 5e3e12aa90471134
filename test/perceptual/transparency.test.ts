import fc from "fast-check";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { perceivedOf } from "../../src/perceptual/decode.ts";
import { frameCodes } from "../../src/perceptual/frame-codes.ts";
import { pdqCodes } from "../../src/perceptual/pdq.ts";
import { alphaApart, composeOverWhite } from "../../src/perceptual/transparency.ts";
import { drawPhoto } from "../support/draw.ts";
import { photoPixels } from "../support/pictures.ts";
import { animatedPng } from "../support/pictures-png.ts";
import { distanceBits } from "./vectors.ts";

const [widthPixels, heightPixels] = [200, 150];
const pixelCount = widthPixels * heightPixels;

/** Plain ground in which the photo of a seed shows only through its alpha: dark where the photo is, all of one colour as stored. */
function silhouette(seed: number): Uint8Array {
  const { data } = drawPhoto(seed, widthPixels, heightPixels);
  return Uint8Array.from({ length: 4 * pixelCount }, (_, at) => (at % 4 === 3 ? 255 - data[3 * (at >> 2)]! : 20));
}

/** The photo of a seed, with holes of another colour that nobody sees. */
function withHoles(seed: number): Uint8Array {
  const { data } = drawPhoto(seed, widthPixels, heightPixels);
  return Uint8Array.from({ length: 4 * pixelCount }, (_, at) => {
    const isHole = ((at >> 2) % widthPixels >> 4) % 2 === 0;
    return at % 4 === 3 ? (isHole ? 0 : 255) : isHole ? 0 : data[3 * (at >> 2) + (at % 4)]!;
  });
}

const file = (rgba: Uint8Array, encoding: "png" | "webp" | "tiff") => sharp(rgba, { raw: { width: widthPixels, height: heightPixels, channels: 4 } }).toFormat(encoding, encoding === "webp" ? { lossless: true, exact: true } : encoding === "tiff" ? { compression: "lzw" } : {}).toBuffer();

/** What a viewer shows, in numbers that are not whole. */
function shownOf(rgba: Uint8Array): Uint8Array {
  return Uint8Array.from({ length: 3 * pixelCount }, (_, at) => {
    const alpha = rgba[4 * Math.floor(at / 3) + 3]! / 255;
    return Math.round(rgba[4 * Math.floor(at / 3) + (at % 3)]! * alpha + 255 * (1 - alpha));
  });
}

const named = (codes: ReturnType<typeof pdqCodes>, name: string) => codes.find(({ transform }) => transform === name);

describe("a picture with alpha that varies", () => {
  it.each(["png", "webp", "tiff"] as const)("as %s is compared as it is stored and as it shows over white", async (encoding) => {
    for (const rgba of [silhouette(3), withHoles(4)]) {
      const { picture } = await perceivedOf(await file(rgba, encoding), `image/${encoding}`);
      const stored = pdqCodes({ data: rgba.filter((_, at) => at % 4 !== 3), widthPixels, heightPixels, channels: 3 });
      const shown = pdqCodes({ data: shownOf(rgba), widthPixels, heightPixels, channels: 3 }, 0, true);
      expect(picture).toEqual({ status: "hashed", widthPixels, heightPixels, codes: [...stored, ...shown] });
    }
  });

  it("is found by what shows, where what is stored tells nothing", async () => {
    const { picture } = await perceivedOf(await file(silhouette(3), "png"), "image/png");
    const reference = pdqCodes(photoPixels(3, widthPixels, heightPixels))[0]!;
    expect(named(picture.codes, "full")!.quality).toBe(0);
    expect(named(picture.codes, "over-white full")!.quality).toBeGreaterThanOrEqual(50);
    // Drawn with the red channel alone.
    expect(distanceBits(named(picture.codes, "over-white full")!.code, reference.code)).toBeLessThanOrEqual(31);
  });

  it("of 16 bits has the alpha that 8 bits leave of it", async () => {
    const eight = silhouette(5);
    const sixteen = Uint16Array.from(eight, (value, at) => value * 256 + ((at * 37) & 255));
    const raw = { width: widthPixels, height: heightPixels, channels: 4 } as const;
    const deep = await sharp(sixteen, { raw }).toColourspace("rgb16").png().toBuffer();
    expect(deep[24]).toBe(16);
    expect((await perceivedOf(deep, "image/png")).picture).toEqual((await perceivedOf(await file(eight, "png"), "image/png")).picture);
  });

  it("in grey is compared in both ways as well", async () => {
    const rgba = silhouette(6);
    const grey = Uint8Array.from({ length: 2 * pixelCount }, (_, at) => rgba[4 * (at >> 1) + (at % 2 === 0 ? 0 : 3)]!);
    const { picture } = await perceivedOf(await sharp(grey, { raw: { width: widthPixels, height: heightPixels, channels: 2 } }).toColourspace("b-w").png().toBuffer(), "image/png");
    const shown = pdqCodes({ data: shownOf(rgba), widthPixels, heightPixels, channels: 3 }, 0, true)[0]!;
    expect(named(picture.codes, "over-white full")).toEqual(shown);
  });

  it("that shows on a ground which is then peeled off is compared without it", async () => {
    const { data } = drawPhoto(7, widthPixels, heightPixels);
    // Stored, the ground is noise; shown, it is white.
    const rgba = Uint8Array.from({ length: 4 * pixelCount }, (_, at) => {
      const isInside = Math.abs(((at >> 2) % widthPixels) - 100) < 60 && Math.abs(Math.floor((at >> 2) / widthPixels) - 75) < 50;
      return at % 4 === 3 ? (isInside ? 255 : 0) : isInside ? data[3 * (at >> 2) + (at % 4)]! : (at * 7919 * ((at >> 7) + 3)) & 255;
    });
    const { codes } = (await perceivedOf(await file(rgba, "png"), "image/png")).picture;
    expect(named(codes, "trimmed full")).toBeUndefined();
    expect(named(codes, "over-white trimmed full")).toBeDefined();
  });

  it("in an animation has both in each frame", async () => {
    const frame = (data: Uint8Array) => ({ data, left: 0, top: 0, width: widthPixels, height: heightPixels });
    const { codes } = (await perceivedOf(animatedPng(widthPixels, heightPixels, [frame(silhouette(3)), frame(silhouette(4))]), "image/apng")).picture;
    for (const [number, seed] of [[1, 3], [2, 4]] as const) {
      expect(named(codes, `frame-${number} over-white full`)!.code).toEqual(pdqCodes({ data: shownOf(silhouette(seed)), widthPixels, heightPixels, channels: 3 })[0]!.code);
    }
    const roll = await sharp([await file(silhouette(3), "png"), await file(silhouette(4), "png")], { join: { animated: true } }).webp({ lossless: true, exact: true }).toBuffer();
    expect((await perceivedOf(roll, "image/webp")).picture.codes.filter(({ transform }) => transform.endsWith("over-white full")).map(({ transform }) => transform)).toEqual(["frame-1 over-white full", "frame-2 over-white full"]);
  });
});

describe("alpha that shows nothing else", () => {
  it("has no codes of its own: the same everywhere, over white, or over a few pixels that no code sees", async () => {
    const { data } = drawPhoto(8, widthPixels, heightPixels);
    const rgba = (alpha: (pixel: number) => number, colour: (at: number) => number = (at) => data[3 * (at >> 2) + (at % 4)]!) => Uint8Array.from({ length: 4 * pixelCount }, (_, at) => (at % 4 === 3 ? alpha(at >> 2) : colour(at)));
    for (const each of [rgba(() => 255), rgba(() => 90), rgba(() => 0), rgba((pixel) => pixel & 255, () => 255)]) {
      const { codes } = (await perceivedOf(await file(each, "png"), "image/png")).picture;
      expect(codes.filter(({ transform }) => transform.startsWith("over-white"))).toEqual([]);
      expect(codes.length).toBeGreaterThan(0);
    }
    const corner = { ...photoPixels(8, widthPixels, heightPixels), alpha: new Uint8Array(pixelCount).fill(255) };
    corner.alpha[0] = 250;
    expect(frameCodes({ ...corner, data: corner.data.slice() })).toEqual(pdqCodes(corner));
  });
});

describe("pixels and their alpha", () => {
  const pixels = fc.constantFrom(2, 4).chain((channels) => fc.integer({ min: 1, max: 30 }).chain((count) => fc.record({ channels: fc.constant(channels as 2 | 4), widthPixels: fc.constant(count), heightPixels: fc.constant(1), data: fc.uint8Array({ minLength: channels * count, maxLength: channels * count }) })));

  it("are taken apart and composed as the definition says, whatever they are", () => {
    fc.assert(
      fc.property(pixels, (raw) => {
        const colours = raw.channels - 1;
        const stored = raw.data.filter((_, at) => at % raw.channels !== colours);
        const alpha = raw.data.filter((_, at) => at % raw.channels === colours);
        const apart = alphaApart({ ...raw, data: raw.data.slice() });
        expect(Array.from(apart.data)).toEqual(Array.from(stored));
        expect(apart.alpha === undefined ? null : Array.from(apart.alpha)).toEqual(new Set(alpha).size > 1 ? Array.from(alpha) : null);
        const shown = Array.from(stored, (value, at) => Math.round(value * (alpha[Math.floor(at / colours)]! / 255) + 255 * (1 - alpha[Math.floor(at / colours)]! / 255)));
        const isChanged = composeOverWhite(apart);
        expect(isChanged).toBe(apart.alpha !== undefined && shown.some((value, at) => value !== stored[at]));
        expect(Array.from(apart.data)).toEqual(apart.alpha === undefined ? Array.from(stored) : shown);
      }),
    );
  });
});
