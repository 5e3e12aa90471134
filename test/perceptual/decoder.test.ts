import { randomBytes } from "node:crypto";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Perceived, PerceptualCode, Picture } from "../../src/model.ts";
import { canaryPng } from "../../src/perceptual/canary.ts";
import { startDecoder } from "../../src/perceptual/decoder.ts";
import { largestPictureBytes } from "../../src/picture-facts.ts";
import { withNegatives } from "../../src/perceptual/negatives.ts";
import { pdqCodes } from "../../src/perceptual/pdq.ts";
import { decodableTypes } from "../../src/perceptual/picture-types.ts";
import { storedPng } from "../../src/perceptual/stored-png.ts";
import { compiledFile } from "../support/decoder-program.ts";
import { drawPhoto, encode, type EncodeOptions, type Encoding, type Photo } from "../support/draw.ts";
import { photoPixels } from "../support/pictures.ts";
import { bmp, icon, iconBitmap } from "../support/pictures-bitmap.ts";
import { multiPicture, withExif } from "../support/pictures-jpeg.ts";
import { rawFiles } from "../support/pictures-raw.ts";

const photo = drawPhoto(7, 640, 420);
const own = pdqCodes(photoPixels(7, 640, 420));
const squeezedOwn = own.find(({ transform }) => transform === "nearest-512");
const decoder = startDecoder({ isolation: "process", program: compiledFile("decoder-process.js") });
afterAll(() => decoder.close());

const codesOf = async (type: string, file: Uint8Array): Promise<readonly PerceptualCode[]> => (await decoder.perceive(type, file)).picture.codes;
const hashedAs = (codes: readonly PerceptualCode[]): Perceived => ({ picture: withNegatives({ status: "hashed", widthPixels: 640, heightPixels: 420, codes }), embedded: [] });
const without = (status: Picture["status"]): Perceived => ({ picture: { status, widthPixels: 0, heightPixels: 0, codes: [] }, embedded: [] });

function distanceBits(one: PerceptualCode | undefined, other: PerceptualCode | undefined): number {
  if (one === undefined || other === undefined) return 256;
  return one.code.reduce((sum, byte, at) => sum + (byte ^ other.code[at]!).toString(2).replaceAll("0", "").length, 0);
}

async function several(encoding: "gif" | "webp" | "tiff", photos: readonly Photo[]): Promise<Buffer> {
  const files = await Promise.all(photos.map(({ data, info }) => sharp(data, { raw: info }).png().toBuffer()));
  const joined = sharp(files, { join: { animated: true } });
  return encoding === "tiff" ? joined.tiff({ compression: "lzw" }).toBuffer() : joined.toFormat(encoding, { quality: 95 }).toBuffer();
}

describe("the decoder process", () => {
  const encodings: readonly (readonly [string, Encoding, EncodeOptions])[] = [
    ["JPEG", "jpeg", { quality: 92 }],
    ["progressive JPEG", "jpeg", { progressive: true }],
    ["grey JPEG", "jpeg", { grey: true }],
    ["CMYK JPEG", "jpeg", { cmyk: true }],
    ["PNG", "png", {}],
    ["16-bit PNG", "png", { bits: 16 }],
    ["16-bit grey PNG", "png", { bits: 16, grey: true }],
    ["palette PNG", "png", { palette: true }],
    ["grey PNG", "png", { grey: true }],
    ["PNG with alpha", "png", { alpha: 0.4 }],
    ["interlaced PNG", "png", { progressive: true }],
    ["WebP", "webp", {}],
    ["lossless WebP with alpha", "webp", { lossless: true, alpha: 0.5 }],
    ["GIF", "gif", {}],
    ["TIFF", "tiff", {}],
    ["16-bit TIFF", "tiff", { bits: 16 }],
    ["TIFF of JPEG strips", "tiff", { compression: "jpeg" }],
    ["AVIF", "avif", {}],
  ];

  it.each(encodings)("gives of a %s the codes of its own pixels", async (_, encoding, options) => {
    const file = await encode(photo, encoding, options);
    const { data, info } = await sharp(file, { ignoreIcc: true }).removeAlpha().toColourspace("srgb").raw().toBuffer({ resolveWithObject: true });
    const expected = pdqCodes({ data, widthPixels: info.width, heightPixels: info.height, channels: info.channels as 1 | 3 });
    expect(await decoder.perceive(`image/${encoding}`, file)).toEqual(hashedAs(expected));
  });

  it.each([["PNG", "png", {}], ["16-bit PNG", "png", { bits: 16 }], ["PNG with alpha", "png", { alpha: 0 }], ["interlaced PNG", "png", { progressive: true }], ["TIFF", "tiff", {}], ["16-bit TIFF", "tiff", { bits: 16 }]] as const)(
    "takes the colours of a %s as they were drawn, to the bit",
    async (_, encoding, options) => {
      const file = await encode(photo, encoding, options);
      expect((await sharp(file).metadata()).depth).toBe("bits" in options ? "ushort" : "uchar");
      expect(await decoder.perceive(`image/${encoding}`, file)).toEqual(hashedAs(own));
    },
  );

  it.each(["gif", "webp", "tiff"] as const)("gives codes of both pictures of a %s file that holds two", async (encoding) => {
    const photos = [photo, drawPhoto(8, 640, 420)];
    const file = await several(encoding, photos);
    expect((await sharp(file).metadata()).pages).toBe(2);
    const { picture } = await decoder.perceive(`image/${encoding}`, file);
    expect(picture).toMatchObject({ status: "hashed", widthPixels: 640, heightPixels: 420 });
    expect(picture.codes.every(({ transform }) => /^frame-[12] /.test(transform))).toBe(true);
    photos.forEach(({ data }, at) => {
      const drawn = pdqCodes({ data, widthPixels: 640, heightPixels: 420, channels: 3 }, at + 1);
      for (const code of withNegatives({ ...picture, codes: drawn }).codes) expect(distanceBits(code, picture.codes.find(({ transform }) => transform === code.transform)), code.transform).toBeLessThanOrEqual(31);
    });
    expect(distanceBits(picture.codes[0], picture.codes.find(({ transform }) => transform === "frame-2 full"))).toBeGreaterThan(31);
  });

  it("gives codes of every picture of an icon, the smallest first or last, of a bitmap and of a JPEG file with several", async () => {
    const sizes = [16, 32, 48].map((side) => iconBitmap(photoPixels(side, side, side), 24));
    for (const order of [sizes, sizes.toReversed()]) {
      const { picture } = await decoder.perceive("image/x-icon", icon(order.map(({ file }) => file)));
      expect(picture).toEqual(withNegatives({ status: "hashed", widthPixels: 48, heightPixels: 48, codes: order.flatMap(({ pixels }, at) => pdqCodes(pixels, at + 1)) }));
    }
    expect(await decoder.perceive("image/bmp", bmp(photoPixels(7, 640, 420), { bits: 24 }).file)).toEqual(hashedAs(own));
    const jpegs = multiPicture(await Promise.all([photo, drawPhoto(8, 640, 420)].map((each) => encode(each, "jpeg"))));
    expect((await codesOf("image/jpeg", jpegs)).map(({ transform }) => transform)).toEqual(expect.arrayContaining(["frame-1 full", "frame-2 full"]));
  });

  it("gives codes of a thumbnail, and where it lies", async () => {
    const thumbnail = await encode(drawPhoto(2, 160, 120), "jpeg");
    const file = withExif(await encode(photo, "jpeg"), thumbnail);
    const { picture, embedded } = await decoder.perceive("image/jpeg", file);
    expect(picture.status).toBe("hashed");
    expect(embedded).toEqual([{ name: "thumbnail", offsetBytes: file.indexOf(thumbnail), sizeBytes: thumbnail.length, picture: (await decoder.perceive("image/jpeg", thumbnail)).picture }]);
    expect(embedded[0]!.picture.codes.map(({ transform }) => transform)).toContain("full negative");
  });

  it("neither turns a picture by its orientation tag nor converts its colours by its profile", async () => {
    const plain = await encode(photo, "jpeg", { quality: 90 });
    const tagged = await sharp(photo.data, { raw: photo.info }).withMetadata({ orientation: 6 }).withIccProfile("p3", { attach: true }).jpeg({ quality: 90 }).toBuffer();
    const untouched = await sharp(tagged, { ignoreIcc: true }).raw().toBuffer();
    expect((await sharp(tagged).metadata()).orientation).toBe(6);
    expect(await decoder.perceive("image/jpeg", tagged)).toEqual(hashedAs(pdqCodes({ data: untouched, widthPixels: 640, heightPixels: 420, channels: 3 })));
    expect((await decoder.perceive("image/jpeg", plain)).picture.widthPixels).toBe(640);
  });

  it("gives codes within 31 bits after re-encoding at quality 60 and after halving", async () => {
    const halved = await sharp(photo.data, { raw: photo.info }).resize(320).jpeg().toBuffer();
    for (const file of [await encode(photo, "jpeg", { quality: 60 }), halved]) {
      const codes = await codesOf("image/jpeg", file);
      expect(distanceBits(codes[0], own[0])).toBeLessThanOrEqual(31);
      // Up to 512 pixels a side a picture has one code for both ways of preparing it.
      expect(distanceBits(codes.find(({ transform }) => transform === "nearest-512") ?? codes[0], squeezedOwn)).toBeLessThanOrEqual(31);
    }
    const other = drawPhoto(8, 640, 420);
    expect(distanceBits((await codesOf("image/jpeg", await encode(other, "jpeg")))[0], own[0])).toBeGreaterThan(31);
  });

  it("hashes what is left of a truncated picture and says that it is partial", async () => {
    const jpeg = await encode(photo, "jpeg", { quality: 90 });
    const png = await encode(photo, "png");
    for (const [type, file] of [["image/jpeg", jpeg.subarray(0, jpeg.length * 0.6)], ["image/png", png.subarray(0, png.length * 0.6)]] as const) {
      const { picture } = await decoder.perceive(type, file);
      expect(picture).toMatchObject({ status: "partial", widthPixels: 640, heightPixels: 420 });
      // What is missing comes out plain: it is peeled off, and what is there is hashed once more.
      const whole = withNegatives({ ...picture, codes: own }).codes.map(({ transform }) => transform);
      expect(picture.codes.map(({ transform }) => transform)).toEqual([...whole, ...whole.map((transform) => `trimmed ${transform}`)]);
    }
    const { picture: almostWhole } = await decoder.perceive("image/jpeg", jpeg.subarray(0, jpeg.length - 400));
    expect(almostWhole.status).toBe("partial");
    expect(distanceBits(almostWhole.codes[0], own[0])).toBeLessThanOrEqual(31);
  });

  it("calls what no decoder reads undecodable, whatever it is said to be", async () => {
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="99" height="99"><rect width="50" height="50"/></svg>`;
    for (const bytes of [randomBytes(5_000), new Uint8Array(0), Buffer.from(svg), Buffer.from("P6\n9 9\n255\n" + "x".repeat(243)), canaryPng().subarray(0, 30)]) {
      for (const type of decodableTypes) expect(await decoder.perceive(type, bytes), type).toEqual(without("undecodable"));
    }
  });

  it("has no code for a picture of 4 by 4 pixels", async () => {
    const tiny = storedPng({ data: new Uint8Array(48).fill(90), widthPixels: 4, heightPixels: 4, channels: 3 });
    expect(await decoder.perceive("image/png", tiny)).toEqual({ picture: { status: "too-small", widthPixels: 4, heightPixels: 4, codes: [] }, embedded: [] });
  });

  it("refuses a picture above the pixel limit, and a file above the size limit", async () => {
    const gif = Buffer.from("R0lGODlhAQABAIAAAP///wAAACwAAAAAAQABAAACAkQBADs=", "base64");
    for (const offset of [6, 8, 24, 26]) gif.writeUInt16LE(60_000, offset);
    expect(await decoder.perceive("image/gif", gif)).toEqual(without("too-large"));
    expect(await decoder.perceive("image/gif", new Uint8Array(largestPictureBytes + 1))).toEqual(without("too-large"));
  });

  it("answers pictures in the order in which they were handed over", async () => {
    const sizes = [[64, 96], [97, 65], [70, 70]] as const;
    const files = await Promise.all(sizes.map(([width, height]) => encode(drawPhoto(1, width, height), "png")));
    const perceived = await Promise.all(files.map((file) => decoder.perceive("image/png", file)));
    expect(perceived.map(({ picture }) => [picture.widthPixels, picture.heightPixels])).toEqual(sizes);
  });
});

describe("a picture that is sent under a wrong type", () => {
  const files: { readonly type: string; readonly file: Uint8Array; readonly codes: readonly PerceptualCode[] }[] = [];

  beforeAll(async () => {
    const pixels = photoPixels(3, 120, 80);
    for (const encoding of ["jpeg", "png", "gif", "webp", "tiff", "avif"] as const) files.push({ type: `image/${encoding}`, file: await encode(drawPhoto(3, 120, 80), encoding), codes: [] });
    files.push({ type: "image/bmp", file: bmp(pixels, { bits: 24 }).file, codes: [] }, { type: "image/x-icon", file: icon([iconBitmap(pixels, 24).file]), codes: [] });
    const preview = await encode(drawPhoto(3, 120, 80), "jpeg");
    for (const [type, written] of Object.entries(rawFiles)) files.push({ type, file: written({ large: preview, small: preview }), codes: [] });
    for (const [at, { type, file }] of files.entries()) files[at] = { type, file, codes: (await decoder.perceive(type, file)).picture.codes };
  });

  it("is undecodable or decoded right, never wrong", async () => {
    const decoded: string[] = [];
    for (const { type, file, codes } of files) {
      expect(codes.length, type).toBeGreaterThan(0);
      for (const wrong of decodableTypes.filter((other) => other !== type)) {
        const { picture } = await decoder.perceive(wrong, file);
        if (picture.status !== "undecodable") {
          // A camera's file that is called a picture has none of the kind, which is said.
          expect(["hashed", "preview", "first-page"], `${type} as ${wrong}`).toContain(picture.status);
          expect(distanceBits(picture.codes[0], codes[0]), `${type} as ${wrong}`).toBeLessThanOrEqual(31);
          decoded.push(`${type} as ${wrong}`);
        } else expect(picture.codes).toEqual([]);
      }
    }
    expect(decoded).toContain("image/png as image/jpeg");
    expect(decoded).not.toContain("image/bmp as image/png");
  });

  it("is refused before it is sent where no decoder reads that type", async () => {
    await expect(decoder.perceive("image/jxl", canaryPng())).rejects.toThrow("expected one that is decoded");
    expect((await decoder.perceive("image/png", canaryPng())).picture.status).toBe("hashed");
  });
});
