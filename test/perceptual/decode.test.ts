import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { canaryAnswers, canaryPng } from "../../src/perceptual/canary.ts";
import { perceivedOf } from "../../src/perceptual/decode.ts";
import { pdqCodes } from "../../src/perceptual/pdq.ts";
import { decodableTypes } from "../../src/perceptual/picture-types.ts";
import { drawPhoto, encode } from "../support/draw.ts";
import { photoPixels } from "../support/pictures.ts";
import { icon, iconBitmap } from "../support/pictures-bitmap.ts";
import { withExif } from "../support/pictures-jpeg.ts";
import { animatedPng, type PngFrame, withChunks } from "../support/pictures-png.ts";

// Here the decoding library runs in the test's own process, without the environment that the decoder process gets besides.

const nothing = { picture: { status: "undecodable", widthPixels: 0, heightPixels: 0, codes: [] }, embedded: [] };

function pngFrame(seed: number): PngFrame {
  const { data } = photoPixels(seed, 90, 60);
  return { data: Uint8Array.from({ length: 4 * 90 * 60 }, (_, at) => (at % 4 === 3 ? 255 : data[3 * (at >> 2) + (at % 4)]!)), left: 0, top: 0, width: 90, height: 60 };
}

describe("the decoding library, once it is set up", () => {
  it("decodes from memory", async () => {
    const { picture } = await perceivedOf(canaryPng(), "image/png");
    expect(picture.status).toBe("hashed");
    expect(picture.codes.map(({ code }) => Buffer.from(code).toString("hex"))).toEqual(Object.values(canaryAnswers.codes).flat());
  });

  it("opens no path", async () => {
    const folder = mkdtempSync(join(tmpdir(), "blindmatch-decode-"));
    const path = join(folder, "canary.png");
    writeFileSync(path, canaryPng());
    await expect(sharp(path).metadata()).rejects.toThrow();
    rmSync(folder, { recursive: true });
  });

  it.each(decodableTypes)("renders no SVG, whatever the environment says: sent as %s it is undecodable", async (type) => {
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="99" height="99"><rect width="50" height="50"/></svg>`;
    expect(await perceivedOf(Buffer.from(svg), type)).toEqual(nothing);
  });
});

describe("what a file comes to", () => {
  it("is the codes of its picture and of its thumbnail, each by itself", async () => {
    const thumbnail = await encode(drawPhoto(2, 160, 120), "jpeg");
    const file = withExif(await encode(drawPhoto(1, 320, 210), "jpeg"), thumbnail);
    const { picture, embedded } = await perceivedOf(file, "image/jpeg");
    expect(picture).toMatchObject({ status: "hashed", widthPixels: 320, heightPixels: 210 });
    expect(embedded).toMatchObject([{ name: "thumbnail", offsetBytes: file.indexOf(thumbnail), sizeBytes: thumbnail.length, picture: { status: "hashed", widthPixels: 160, heightPixels: 120 } }]);
    expect(embedded[0]!.picture.codes).toEqual((await perceivedOf(thumbnail, "image/jpeg")).picture.codes);
  });

  it("has a thumbnail below 5 pixels as one that is too small", async () => {
    const file = withExif(await encode(drawPhoto(1, 320, 210), "jpeg"), await encode(drawPhoto(2, 4, 9), "jpeg"));
    expect((await perceivedOf(file, "image/jpeg")).embedded).toMatchObject([{ picture: { status: "too-small", widthPixels: 4, heightPixels: 9, codes: [] } }]);
  });

  it("has the codes of an icon's pictures in the order of their numbers, and the size of the largest", async () => {
    const [small, large, tiny] = [iconBitmap(photoPixels(1, 16, 16), 24), iconBitmap(photoPixels(3, 48, 48), 24), iconBitmap(photoPixels(2, 4, 4), 24)];
    const { picture } = await perceivedOf(icon([small.file, tiny.file, large.file]), "image/x-icon");
    expect(picture).toEqual({ status: "hashed", widthPixels: 48, heightPixels: 48, codes: [...pdqCodes(small.pixels, 1), ...pdqCodes(large.pixels, 3)] });
  });

  it("has the size of the first frame that has codes, and is too small where none has", async () => {
    const flat = (width: number, height: number): Buffer => iconBitmap(photoPixels(1, width, height), 24).file;
    expect((await perceivedOf(icon([flat(300, 4), flat(20, 20)]), "image/x-icon")).picture).toMatchObject({ status: "hashed", widthPixels: 20, heightPixels: 20 });
    expect((await perceivedOf(icon([flat(3, 3), flat(4, 4)]), "image/x-icon")).picture).toEqual({ status: "too-small", widthPixels: 4, heightPixels: 4, codes: [] });
  });

  it("is all frames of an animated PNG, also where a long chunk stands ahead of its announcement", async () => {
    const file = animatedPng(90, 60, [pngFrame(1), pngFrame(2)]);
    const expected = await perceivedOf(file, "image/apng");
    expect(expected.picture.codes.map(({ transform }) => transform)).toEqual(expect.arrayContaining(["frame-1 full", "frame-2 full"]));
    // Who looks at the first 4096 bytes only takes this for an ordinary PNG.
    expect(await perceivedOf(withChunks(file, ["teST", Buffer.alloc(5000)]), "image/png")).toEqual(expected);
  });
});
