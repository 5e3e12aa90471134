import { decode } from "bmp-ts";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodedWhole, distanceBits, le32, photoPixels } from "../support/pictures.ts";
import { type BitmapOptions, bmp } from "../support/pictures-bitmap.ts";

const photo = photoPixels(7, 101, 70);
const kinds: readonly (readonly [string, BitmapOptions])[] = [
  ["1 bit", { bits: 1 }],
  ["4 bits", { bits: 4 }],
  ["8 bits", { bits: 8 }],
  ["16 bits", { bits: 16 }],
  ["16 bits with masks 5-6-5", { bits: 16, masks: [0xf800, 0x07e0, 0x001f] }],
  ["24 bits", { bits: 24 }],
  ["32 bits with alpha", { bits: 32 }],
  ["32 bits with masks of another order", { bits: 32, masks: [0x0000ff, 0x00ff00, 0xff0000] }],
  ["32 bits with masks of 10 bits", { bits: 32, masks: [0x3ff00000, 0x000ffc00, 0x000003ff] }],
  ["24 bits, top to bottom", { bits: 24, isTopDown: true }],
  ["8 bits in runs", { bits: 8, runs: true }],
  ["4 bits in runs", { bits: 4, runs: true }],
  ["8 bits of OS/2", { bits: 8, headerBytes: 12 }],
  ["24 bits of OS/2", { bits: 24, headerBytes: 12 }],
  ["24 bits of OS/2 2.x, the short header", { bits: 24, headerBytes: 16 }],
  ["8 bits of OS/2 2.x", { bits: 8, headerBytes: 64 }],
  ["16 bits with a header of 52 bytes", { bits: 16, headerBytes: 52, masks: [0xf800, 0x07e0, 0x001f] }],
  ["32 bits with a header of 56 bytes", { bits: 32, headerBytes: 56, masks: [0xff0000, 0xff00, 0xff] }],
  ["24 bits with a header of 108 bytes", { bits: 24, headerBytes: 108 }],
  ["24 bits with a header of 124 bytes and a gap", { bits: 24, headerBytes: 124, gapBytes: 7 }],
];

describe("a BMP file", () => {
  it.each(kinds)("of %s gives the pixels that were written, to the bit", async (_, options) => {
    const { file, pixels } = bmp(photo, options);
    const { status, frames, thumbnails } = await decodedWhole(file, "image/bmp");
    expect({ status, thumbnails, frames: frames.length }).toEqual({ status: "hashed", thumbnails: [], frames: 1 });
    expect(frames[0]).toMatchObject({ frame: 1, of: 1, pixels: { widthPixels: 101, heightPixels: 70, channels: 3 } });
    expect(Buffer.compare(frames[0]!.pixels.data, pixels.data)).toBe(0);
    expect(distanceBits(frames[0]!.pixels, pixels)).toBe(0);
    if (options.bits > 1) expect(distanceBits(frames[0]!.pixels, photo)).toBeLessThan(12);
  });

  // bmp-ts reads these kinds right; it loses others (odd widths of 4 bits, runs, gaps, OS/2), which is why it serves as a witness only.
  it.each(kinds.filter(([kind]) => ["1 bit", "8 bits", "24 bits", "32 bits with alpha", "24 bits, top to bottom", "24 bits with a header of 108 bytes"].includes(kind)))(
    "of %s is decoded as an independent decoder does it",
    async (_, options) => {
      const { file } = bmp(photo, options);
      const { data } = decode(file, { toRGBA: options.bits >= 24 });
      const order = options.bits >= 24 ? [0, 1, 2] : [3, 2, 1];
      const expected = Array.from({ length: photo.data.length }, (_unused, at) => data[4 * Math.floor(at / 3) + order[at % 3]!]!);
      const [frame] = (await decodedWhole(file, "image/bmp")).frames;
      expect(Buffer.compare(frame!.pixels.data, Uint8Array.from(expected))).toBe(0);
    },
  );

  it("cut off at any row is partial, with the rows that are there", async () => {
    const { file, pixels } = bmp(photo, { bits: 24 });
    const rowBytes = 304;
    for (const rows of [1, 35, 69]) {
      const { status, frames } = await decodedWhole(file.subarray(0, 54 + rows * rowBytes), "image/bmp");
      expect(status).toBe("partial");
      const there = (70 - rows) * 303;
      expect(Buffer.compare(frames[0]!.pixels.data.subarray(there), pixels.data.subarray(there))).toBe(0);
    }
    expect((await decodedWhole(file.subarray(0, 60), "image/bmp")).status).toBe("undecodable");
    const runs = bmp(photo, { bits: 8, runs: true }).file;
    expect((await decodedWhole(runs.subarray(0, runs.length - 500), "image/bmp")).status).toBe("partial");
  });

  it("whose last row lacks its padding is whole", async () => {
    const { file } = bmp(photo, { bits: 24 });
    expect((await decodedWhole(file.subarray(0, file.length - 1), "image/bmp")).status).toBe("hashed");
  });

  it.each([
    ["a size above the limit", 18, le32(20_000, 20_000), "too-large"],
    ["a size of 32 bits", 18, le32(0x7fffffff, 0x7fffffff), "too-large"],
    ["the largest size within the limit, and no row of it", 18, le32(16_383, 16_383), "undecodable"],
    ["no width", 18, le32(0), "undecodable"],
    ["a negative width", 18, le32(0xffffff00), "undecodable"],
    ["no height", 22, le32(0), "undecodable"],
    ["5 bits a pixel", 28, Buffer.of(5), "undecodable"],
    ["two planes", 26, Buffer.of(2), "undecodable"],
    ["an unknown compression", 30, le32(9), "undecodable"],
    ["a JPEG within", 30, le32(4), "undecodable"],
    ["runs of 24 bits", 30, le32(1), "undecodable"],
    ["masks of 24 bits", 30, le32(3), "undecodable"],
    ["a header of unknown size", 14, le32(41), "undecodable"],
    ["pixels within its header", 10, le32(20), "undecodable"],
    ["pixels behind its end", 10, le32(1_000_000), "undecodable"],
  ])("that states %s is refused", async (_, at, bytes, expected) => {
    const { file } = bmp(photo, { bits: 24 });
    file.set(bytes, at);
    const { status, frames } = await decodedWhole(file.subarray(0, 20_000), "image/bmp");
    expect({ status, frames }).toEqual({ status: expected, frames: [] });
  });

  it("with masks that no colour can have is refused", async () => {
    const { file } = bmp(photo, { bits: 32, masks: [0xff0000, 0xff00, 0xff] });
    for (const mask of [0, 0x00ff00ff]) {
      file.set(le32(mask), 54);
      expect((await decodedWhole(file, "image/bmp")).status).toBe("undecodable");
    }
  });

  it("of few runs does not fill a large picture", async () => {
    const { file } = bmp(photo, { bits: 8, runs: true });
    file.set(le32(14_000, 14_000), 18);
    expect((await decodedWhole(file, "image/bmp")).status).toBe("undecodable");
  });

  it("of any bytes ends in a status", async () => {
    const files = kinds.map(([, options]) => bmp(photoPixels(3, 9, 8), options).file);
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...files), fc.array(fc.tuple(fc.nat(200), fc.nat(255)), { maxLength: 6 }), fc.nat(400), async (file, edits, cut) => {
        const damaged = Buffer.from(file.subarray(0, Math.max(2, file.length - cut)));
        for (const [at, value] of edits) if (at < damaged.length) damaged[at] = value;
        // A plausible size is allocated, as it is of any picture: kept small here, for the test's sake.
        if (damaged.length > 25) damaged.fill(0, 20, 22).fill(0, 24, 26);
        expect(["hashed", "partial", "undecodable", "too-large"]).toContain((await decodedWhole(damaged, "image/bmp")).status);
      }),
      { numRuns: 1000 },
    );
  });
});
