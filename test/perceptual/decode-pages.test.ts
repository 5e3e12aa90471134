import fc from "fast-check";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { mostFrames } from "../../src/perceptual/decode-limits.ts";
import { chosenFrames } from "../../src/perceptual/frame-choice.ts";
import type { Pixels } from "../../src/perceptual/pixels.ts";
import { drawPhoto, encode, type EncodeOptions, type Encoding, type Photo } from "../support/draw.ts";
import { decodedWhole, distanceBits, photoPixels } from "../support/pictures.ts";
import { multiPicture, withSegment } from "../support/pictures-jpeg.ts";
import { box } from "../support/pictures-raw.ts";
import { plainPage, tiffFile } from "../support/pictures-tiff.ts";

const photo = drawPhoto(7, 320, 210);
const pixels = photoPixels(7, 320, 210);

async function several(encoding: "gif" | "webp" | "tiff", frames: readonly Photo[], options: object = {}): Promise<Buffer> {
  const files = await Promise.all(frames.map(({ data, info }) => sharp(data, { raw: info }).png().toBuffer()));
  return sharp(files, { join: { animated: true } }).toFormat(encoding, options).toBuffer();
}

const asPixels = ({ data, info }: Photo): Pixels => ({ data, widthPixels: info.width, heightPixels: info.height, channels: 3 });
const seeds = (from: number, count: number): Photo[] => Array.from({ length: count }, (_, at) => drawPhoto(from + at, 160, 105));

describe("one picture", () => {
  const lossless: readonly (readonly [string, string, Encoding, EncodeOptions])[] = [
    ["PNG", "image/png", "png", {}],
    ["PNG of 16 bits", "image/png", "png", { bits: 16 }],
    ["interlaced PNG", "image/png", "png", { progressive: true }],
    ["PNG with alpha", "image/png", "png", { alpha: 0 }],
    ["lossless WebP", "image/webp", "webp", { lossless: true }],
    ["TIFF", "image/tiff", "tiff", {}],
    ["TIFF without compression", "image/tiff", "tiff", { compression: "none" }],
    ["TIFF of 16 bits", "image/tiff", "tiff", { bits: 16 }],
  ];
  it.each(lossless)("as %s gives its pixels to the bit", async (_, type, encoding, options) => {
    const { status, frames } = await decodedWhole(await encode(photo, encoding, options), type);
    expect(status).toBe("hashed");
    expect(frames).toHaveLength(1);
    expect(Buffer.compare(frames[0]!.pixels.data, photo.data)).toBe(0);
  });

  const lossy: readonly (readonly [string, string, Encoding, EncodeOptions])[] = [
    ["JPEG", "image/jpeg", "jpeg", { quality: 85 }],
    ["progressive JPEG", "image/jpeg", "jpeg", { progressive: true }],
    ["grey JPEG", "image/jpeg", "jpeg", { grey: true }],
    ["CMYK JPEG", "image/jpeg", "jpeg", { cmyk: true }],
    ["palette PNG", "image/png", "png", { palette: true }],
    ["grey PNG", "image/png", "png", { grey: true }],
    ["WebP", "image/webp", "webp", {}],
    ["GIF", "image/gif", "gif", {}],
    ["TIFF of JPEG strips", "image/tiff", "tiff", { compression: "jpeg" }],
    ["AVIF", "image/avif", "avif", { quality: 70 }],
  ];
  it.each(lossy)("as %s gives a code that is close to its own", async (_, type, encoding, options) => {
    const { status, frames } = await decodedWhole(await encode(photo, encoding, options), type);
    expect(status).toBe("hashed");
    // The inks of CMYK do not hold every colour.
    expect(distanceBits(frames[0]!.pixels, pixels)).toBeLessThan(options.cmyk ? 16 : 12);
  });

  it.each([1, 2, 4])("as a palette PNG of %i bits is decoded as its colours, not as indices", async (bits) => {
    const levels = 2 ** bits - 1;
    const grey = Uint8Array.from({ length: 320 * 210 }, (_, at) => Math.round((Math.round((photo.data[3 * at]! * levels) / 255) * 255) / levels));
    const file = await sharp(grey, { raw: { width: 320, height: 210, channels: 1 } }).png({ palette: true, colours: levels + 1, dither: 0 }).toBuffer();
    expect(file[24]).toBe(bits);
    const [frame] = (await decodedWhole(file, "image/png")).frames;
    const red = frame!.pixels.channels === 1 ? frame!.pixels.data : frame!.pixels.data.filter((_, at) => at % 3 === 0);
    expect(red.every((value, at) => Math.abs(value - grey[at]!) <= 2)).toBe(true);
  });

  it("as a JPEG file cut off anywhere in its picture data, or with others' bytes behind it, is decoded as far as it goes", async () => {
    const file = await encode(photo, "jpeg", { quality: 90 });
    for (const share of [0.3, 0.6, 0.9, 0.99]) expect((await decodedWhole(file.subarray(0, file.length * share), "image/jpeg")).status).toBe("partial");
    expect(await decodedWhole(Buffer.concat([file, Buffer.alloc(5000, 0x41)]), "image/jpeg")).toMatchObject({ status: "hashed", frames: [{ of: 1 }] });
    expect((await decodedWhole(file.subarray(0, 100), "image/jpeg")).status).toBe("undecodable");
  });

  it("is neither turned by its orientation tag nor converted by its profile", async () => {
    const tagged = await sharp(photo.data, { raw: photo.info }).withMetadata({ orientation: 6 }).withIccProfile("p3", { attach: true }).png().toBuffer();
    const untouched = await sharp(tagged, { ignoreIcc: true }).raw().toBuffer();
    expect(await sharp(tagged).metadata()).toMatchObject({ orientation: 6, hasProfile: true });
    const [frame] = (await decodedWhole(tagged, "image/png")).frames;
    expect(frame!.pixels).toMatchObject({ widthPixels: 320, heightPixels: 210 });
    expect(Buffer.compare(frame!.pixels.data, untouched)).toBe(0);
    expect(Buffer.compare(untouched, await sharp(tagged).raw().toBuffer())).not.toBe(0);
  });

  it("as a JPEG file of 12 bits, which the library cannot read, is undecodable", async () => {
    const file = await encode(photo, "jpeg");
    file[file.indexOf(Buffer.of(0xff, 0xc0)) + 4] = 12;
    expect((await decodedWhole(file, "image/jpeg")).status).toBe("undecodable");
  });

  it("as a JPEG file with inverted CMYK, as Adobe writes it, gives its colours", async () => {
    const inverted = await encode(photo, "jpeg", { cmyk: true, quality: 95 });
    expect(inverted.includes("Adobe")).toBe(true);
    const [frame] = (await decodedWhole(inverted, "image/jpeg")).frames;
    const meanOf = (data: Uint8Array): number => data.reduce((sum, value) => sum + value, 0) / data.length;
    expect(Math.abs(meanOf(frame!.pixels.data) - meanOf(photo.data))).toBeLessThan(30);
  });
});

describe("several pictures in one file", () => {
  it.each([["gif", "image/gif", {}], ["webp", "image/webp", { lossless: true }]] as const)("of a short animation as %s are all decoded", async (encoding, type, options) => {
    const photos = seeds(20, 5);
    const { status, frames } = await decodedWhole(await several(encoding, photos, options), type);
    expect(status).toBe("hashed");
    expect(frames.map(({ frame, of }) => [frame, of])).toEqual([[1, 5], [2, 5], [3, 5], [4, 5], [5, 5]]);
    frames.forEach(({ pixels: own }, at) => expect(distanceBits(own, asPixels(photos[at]!))).toBeLessThan(12));
  });

  it.each([["gif", "image/gif", {}], ["webp", "image/webp", { quality: 90 }]] as const)("of a long animation as %s are sampled: first, middle, last and others", async (encoding, type, options) => {
    const photos = seeds(40, 21);
    const { status, frames } = await decodedWhole(await several(encoding, photos, options), type);
    expect(status).toBe("sampled");
    expect(frames).toHaveLength(mostFrames);
    expect(frames.map(({ frame }) => frame)).toEqual(expect.arrayContaining([1, 11, 21]));
    for (const { frame, of, pixels: own } of frames) {
      expect(of).toBe(21);
      expect(distanceBits(own, asPixels(photos[frame - 1]!))).toBeLessThan(12);
    }
  });

  it("that are the same as the one before are given once", async () => {
    const [one, other] = seeds(60, 2);
    const { status, frames } = await decodedWhole(await several("tiff", [one!, one!, other!, other!, one!]), "image/tiff");
    expect(status).toBe("hashed");
    expect(frames.map(({ frame }) => frame)).toEqual([1, 3, 5]);
  });

  it("as pages of a TIFF file are decoded up to sixteen, and then it is said that there are others", async () => {
    const photos = seeds(70, mostFrames + 1);
    const all = await decodedWhole(await several("tiff", photos.slice(0, mostFrames), { compression: "lzw" }), "image/tiff");
    expect([all.status, all.frames.length]).toEqual(["hashed", 16]);
    all.frames.forEach(({ pixels: own }, at) => expect(Buffer.compare(own.data, photos[at]!.data)).toBe(0));
    const more = await decodedWhole(await several("tiff", photos, { compression: "deflate" }), "image/tiff");
    expect(more.status).toBe("first-page");
    expect(more.frames.map(({ frame, of }) => [frame, of])).toEqual(photos.slice(0, mostFrames).map((_, at) => [at + 1, mostFrames + 1]));
  });

  it("as pages of a TIFF file of which one cannot be decoded are not all compared", async () => {
    const [one, other] = seeds(75, 2);
    const flaw = { tag: 0x0103, numbers: [34712] };
    const { status, frames } = await decodedWhole(tiffFile([plainPage(asPixels(one!)), plainPage(asPixels(other!), [flaw])]), "image/tiff");
    expect([status, frames.length]).toEqual(["first-page", 1]);
    expect(Buffer.compare(frames[0]!.pixels.data, one!.data)).toBe(0);
  });

  it.each(["deflate", "packbits", "ccittfax4", "webp"] as const)("and other compressions of TIFF (%s) are read", async (compression) => {
    const file = await (compression === "ccittfax4" ? sharp(photo.data, { raw: photo.info }).threshold().toColourspace("b-w").tiff({ compression, bitdepth: 1 }) : sharp(photo.data, { raw: photo.info }).tiff({ compression })).toBuffer();
    expect((await decodedWhole(file, "image/tiff")).status).toBe("hashed");
  });

  it("of an animation that is cut off are decoded as far as they go", async () => {
    const file = await several("gif", seeds(90, 4));
    for (const share of [0.3, 0.6, 0.9, 0.99]) {
      const { status, frames } = await decodedWhole(file.subarray(0, file.length * share), "image/gif");
      expect([status, frames[0]!.frame]).toEqual(["partial", 1]);
    }
    expect((await decodedWhole(file.subarray(0, file.length - 1), "image/gif")).status).toBe("hashed");
  });

  it("in one JPEG file with an index are all decoded", async () => {
    const photos = seeds(95, 3);
    const file = multiPicture(await Promise.all(photos.map((each) => encode(each, "jpeg", { quality: 92 }))));
    const { status, frames } = await decodedWhole(file, "image/jpeg");
    expect(status).toBe("hashed");
    expect(frames.map(({ frame, of }) => [frame, of])).toEqual([[1, 3], [2, 3], [3, 3]]);
    frames.forEach(({ pixels: own }, at) => expect(distanceBits(own, asPixels(photos[at]!))).toBeLessThan(12));
    expect(await decodedWhole(file.subarray(0, file.length - 1000), "image/jpeg")).toMatchObject({ status: "partial" });
    const first = await decodedWhole(file.subarray(0, file.length / 2), "image/jpeg");
    expect(first.status).toBe("first-page");
    const second = Buffer.from(file);
    second.fill(0, file.indexOf(Buffer.of(0xff, 0xd8, 0xff), 1000), file.indexOf(Buffer.of(0xff, 0xd8, 0xff), 1000) + 2000);
    const without = await decodedWhole(second, "image/jpeg");
    expect([without.status, without.frames.map(({ frame }) => frame)]).toEqual(["first-page", [1, 3]]);
    const many = multiPicture(await Promise.all(seeds(1, mostFrames + 1).map((each) => encode(each, "jpeg"))));
    const { status: ofMany, frames: decoded } = await decodedWhole(many, "image/jpeg");
    expect([ofMany, decoded.length]).toEqual(["first-page", mostFrames]);
  });

  it("in one JPEG file are found behind any number of other segments, and of bytes that are none", async () => {
    const file = multiPicture(await Promise.all(seeds(95, 2).map((each) => encode(each, "jpeg"))));
    const behind = (...parts: readonly Buffer[]): Buffer => Buffer.concat([file.subarray(0, 2), ...parts, file.subarray(2)]);
    const comment = Buffer.of(0xff, 0xfe, 0, 2);
    for (const padded of [behind(...Array.from({ length: 5000 }, () => comment)), behind(Buffer.from("other bytes"), Buffer.of(0xff, 0))]) {
      const { status, frames } = await decodedWhole(padded, "image/jpeg");
      expect([status, frames.map(({ frame }) => frame)]).toEqual(["hashed", [1, 2]]);
    }
  });

  it("in one JPEG file whose index is a lie are left out, without an error", async () => {
    const jpeg = await encode(photo, "jpeg");
    for (const index of ["MPF\0", "MPF\0II*\0\xff\xff\xff\xff", "MPF\0MM\0*\0\0\0\x08\xff\xff"]) {
      expect((await decodedWhole(withSegment(jpeg, 0xe2, Buffer.from(index, "latin1")), "image/jpeg")).status).toBe("hashed");
    }
  });

  it("of an AVIF sequence are said to be there", async () => {
    const still = await encode(photo, "avif");
    for (const boxes of [0, 70_000]) {
      const file = Buffer.concat([still, ...Array.from({ length: boxes }, () => box("free", Buffer.alloc(0))), box("moov", Buffer.alloc(0))]);
      expect((await decodedWhole(file, "image/avif")).status).toBe("first-page");
    }
  });
});

describe("frames of an animation", () => {
  it("are chosen with the first, the middle and the last, and within what may be composed", () => {
    expect(chosenFrames(16, 1000)).toEqual({ frames: Array.from({ length: 16 }, (_, at) => at), isSpread: true });
    expect(chosenFrames(17, 1000)).toEqual({ frames: [0, 1, 2, 3, 4, 5, 6, 8, 9, 10, 11, 12, 13, 14, 15, 16], isSpread: true });
    fc.assert(fc.property(fc.integer({ min: 1, max: 100_000 }), fc.integer({ min: 1, max: 2 ** 28 }), (frames, canvasPixels) => {
      const choice = chosenFrames(frames, canvasPixels);
      expect(choice.frames.length).toBeGreaterThan(0);
      expect(choice.frames.length).toBeLessThanOrEqual(mostFrames);
      expect([...new Set(choice.frames)].sort((one, other) => one - other)).toEqual(choice.frames);
      expect(choice.frames[0]).toBe(0);
      if (choice.isSpread && frames >= 3) {
        expect(choice.frames).toContain((frames - 1) >> 1);
        expect(choice.frames.at(-1)).toBe(frames - 1);
      }
      const composed = choice.frames.reduce((sum, frame) => sum + frame + 1, 0) * canvasPixels;
      expect(composed === canvasPixels || composed <= 2 ** 30 + 3 * canvasPixels).toBe(true);
    }));
  });

  it("are left out when they lie too far behind, which is said", async () => {
    expect(chosenFrames(50_000, 16_000 * 16_000).isSpread).toBe(false);
  });

  it("above the pixel limit are not decoded", async () => {
    const gif = Buffer.from("R0lGODlhAQABAIAAAP///wAAACwAAAAAAQABAAACAkQBADs=", "base64");
    for (const offset of [6, 8, 24, 26]) gif.writeUInt16LE(60_000, offset);
    expect(await decodedWhole(gif, "image/gif")).toEqual({ status: "too-large", thumbnails: [], frames: [] });
  });
});
