import fc from "fast-check";
import sharp from "sharp";
import { beforeAll, describe, expect, it } from "vitest";
import { perceivedOf } from "../../src/perceptual/decode.ts";
import { nonceBytes, readReply, writeReply } from "../../src/perceptual/decoder-protocol.ts";
import { decodableTypes } from "../../src/perceptual/picture-types.ts";
import { drawPhoto, encode } from "../support/draw.ts";
import { photoPixels } from "../support/pictures.ts";
import { bmp, icon, iconBitmap } from "../support/pictures-bitmap.ts";
import { multiPicture, withExif } from "../support/pictures-jpeg.ts";
import { animatedPng, type PngFrame } from "../support/pictures-png.ts";
import { rawFiles } from "../support/pictures-raw.ts";

// A reply that the parent refuses is taken for a crash: whatever a file comes to must have its place in one.

const nonce = Uint8Array.from({ length: nonceBytes }, (_, at) => 7 * at);
const files: (readonly [type: string, file: Buffer])[] = [];

function pngFrame(seed: number): PngFrame {
  const { data } = photoPixels(seed, 40, 30);
  return { data: Uint8Array.from({ length: 4 * 40 * 30 }, (_, at) => (at % 4 === 3 ? 255 : data[3 * (at >> 2) + (at % 4)]!)), left: 0, top: 0, width: 40, height: 30 };
}

beforeAll(async () => {
  const photos = [[64, 48], [30, 70], [4, 9], [600, 20]].map(([width, height], at) => drawPhoto(at + 1, width!, height!));
  const jpegs = await Promise.all(photos.map((each) => encode(each, "jpeg")));
  for (const [at, jpeg] of jpegs.entries()) {
    const others = [...jpegs.slice(at), ...jpegs.slice(0, at)];
    files.push(["image/jpeg", withExif(jpeg, others[1]!)], ["image/jpeg", multiPicture(others)], ["image/jpeg", multiPicture([...others, ...others, ...others])]);
    files.push(["image/tiff", await sharp(await Promise.all([1, 2, 3].map((seed) => encode(drawPhoto(seed, photos[at]!.info.width, photos[at]!.info.height), "png"))), { join: { animated: true } }).tiff().toBuffer()]);
    for (const [type, written] of Object.entries(rawFiles)) files.push([type, written({ large: jpeg, small: others[1]! })]);
  }
  for (const encoding of ["png", "gif", "webp", "tiff", "avif"] as const) for (const each of photos) files.push([`image/${encoding}`, await encode(each, encoding)]);
  for (const encoding of ["gif", "webp"] as const) files.push([`image/${encoding}`, await sharp(await Promise.all(Array.from({ length: 12 }, (_, seed) => encode(drawPhoto(seed, 40, 30), "png"))), { join: { animated: true } }).toFormat(encoding).toBuffer()]);
  files.push(["image/apng", animatedPng(40, 30, [pngFrame(1), pngFrame(2), pngFrame(3)])], ["image/bmp", bmp(photoPixels(1, 520, 9), { bits: 24 }).file]);
  const sides = [4, 16, 48, 3, 24, 8, 12, 520, 9, 10];
  for (const order of [sides, sides.toSorted((one, other) => one - other), sides.toReversed(), [3, 4], [48, 4], [4, 48]]) files.push(["image/x-icon", icon(order.map((side) => iconBitmap(photoPixels(side, side, side), 24).file))]);
});

async function expectTold(type: string, file: Uint8Array): Promise<void> {
  const perceived = await perceivedOf(file, type);
  expect(readReply(writeReply(nonce, perceived), nonce, file.length), type).toEqual(perceived);
}

describe("what any file comes to can be told in a reply", () => {
  it("whole, under each type that it may be sent as", async () => {
    for (const [type, file] of files) {
      await expectTold(type, file);
      expect((await perceivedOf(file, type)).picture.status, type).not.toBe("undecodable");
    }
    for (const [at, [, file]] of files.entries()) await expectTold(decodableTypes[at % decodableTypes.length]!, file);
  }, 120_000);

  it("damaged and cut off", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.array(fc.tuple(fc.nat(3000), fc.nat(255)), { maxLength: 8 }), fc.nat(4000), async (drawn, edits, cut) => {
        const [type, file] = files[drawn % files.length]!;
        const damaged = Buffer.from(file.subarray(0, Math.max(0, file.length - (cut > 2000 ? 0 : cut))));
        for (const [at, value] of edits) if (at < damaged.length) damaged[at] = value;
        await expectTold(type, damaged);
      }),
      { numRuns: 400 },
    );
  }, 120_000);
});
