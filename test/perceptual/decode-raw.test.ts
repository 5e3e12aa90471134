import fc from "fast-check";
import sharp from "sharp";
import { beforeAll, describe, expect, it } from "vitest";
import { rawPreviewsOf } from "../../src/perceptual/raw-previews.ts";
import { mediaTypeOf } from "../../src/reading/media-type.ts";
import { drawPhoto, encode } from "../support/draw.ts";
import { decodedWhole, distanceBits, photoPixels } from "../support/pictures.ts";
import { rawFiles, type RawParts } from "../support/pictures-raw.ts";
import { tiffFile } from "../support/pictures-tiff.ts";

const photo = photoPixels(11, 640, 420);
const types = Object.keys(rawFiles);
let parts: RawParts;

beforeAll(async () => {
  parts = { large: await encode(drawPhoto(11, 640, 420), "jpeg", { quality: 90 }), small: await encode(drawPhoto(12, 160, 120), "jpeg") };
});

describe("a camera's raw file", () => {
  it.each(types)("%s is told by its content", (type) => {
    expect(mediaTypeOf(rawFiles[type]!(parts).subarray(0, 4096))).toBe(type);
  });

  it.each(types)("%s gives its largest preview", async (type) => {
    const { status, frames, thumbnail } = await decodedWhole(rawFiles[type]!(parts), type);
    expect({ status, thumbnail }).toEqual({ status: "preview", thumbnail: null });
    expect(frames).toHaveLength(1);
    expect(frames[0]).toMatchObject({ frame: 1, of: 1, pixels: { widthPixels: 640, heightPixels: 420 } });
    expect(distanceBits(frames[0]!.pixels, photo)).toBeLessThan(12);
  });

  it.each(types.filter((type) => !["image/x-fuji-raf", "image/x-canon-cr3"].includes(type)))("%s is not read as a TIFF file by accident, even where it is called one", async (type) => {
    expect((await decodedWhole(rawFiles[type]!(parts), "image/tiff")).status).toBe("preview");
  });

  it("that the decoding library would open as a TIFF file is one of those", async () => {
    expect((await sharp(rawFiles["image/x-nikon-nef"]!(parts)).metadata()).width).toBe(10);
  });

  it("falls back to a smaller preview when the largest does not decode", async () => {
    const broken = Buffer.concat([parts.large.subarray(0, 200), Buffer.alloc(400)]);
    const large = Buffer.concat([parts.large.subarray(0, 2), jpegHeaderOnly(640, 420), broken.subarray(0, 10)]);
    const { status, frames } = await decodedWhole(rawFiles["image/x-nikon-nef"]!({ ...parts, large }), "image/x-nikon-nef");
    expect({ status, width: frames[0]?.pixels.widthPixels }).toEqual({ status: "preview", width: 160 });
  });

  it("without a preview is undecodable, and one cut off within it is partial", async () => {
    for (const type of types) {
      const none = rawFiles[type]!({ large: Buffer.from("no picture"), small: Buffer.from("none") });
      expect((await decodedWhole(none, type)).status).toBe("undecodable");
    }
    const raf = rawFiles["image/x-fuji-raf"]!(parts);
    expect((await decodedWhole(raf.subarray(0, 108 + parts.large.length / 2), "image/x-fuji-raf")).status).toBe("partial");
  });

  it("with directories in a circle comes to an end", () => {
    const file = tiffFile([[{ tag: 0x010f, text: "Maker" }], [{ tag: 0x0201, numbers: [8] }, { tag: 0x0202, numbers: [1000] }]]);
    // The second directory names the first as the next one.
    file.writeUInt32LE(8, file.readUInt32LE(8 + 2 + 12) + 2 + 24);
    expect(rawPreviewsOf(file)).toEqual([]);
    const itself = tiffFile([[{ tag: 0x014a, numbers: Array.from({ length: 64 }, (_, at) => at) }]]);
    expect(rawPreviewsOf(itself)).toEqual([]);
  });

  it("of any bytes ends with previews that lie within it", async () => {
    const files = types.map((type) => rawFiles[type]!({ large: parts.small, small: parts.small.subarray(0, 700) }));
    fc.assert(
      fc.property(fc.constantFrom(...files), fc.array(fc.tuple(fc.nat(700), fc.nat(255)), { maxLength: 12 }), fc.nat(9000), (file, edits, cut) => {
        const damaged = Buffer.from(file.subarray(0, Math.max(1, file.length - cut)));
        for (const [at, value] of edits) if (at < damaged.length) damaged[at] = value;
        for (const { offsetBytes, lengthBytes } of rawPreviewsOf(damaged)) {
          expect(offsetBytes + lengthBytes).toBeLessThanOrEqual(damaged.length);
          expect(damaged.readUInt16BE(offsetBytes)).toBe(0xffd8);
        }
      }),
      { numRuns: 2000 },
    );
    fc.assert(fc.property(fc.constantFrom("II*\0", "MM\0*", "IIRO", "FUJIFILMCCD-RAW", "\0\0\0\x10ftypcrx "), fc.uint8Array({ maxLength: 400 }), (head, rest) => {
      rawPreviewsOf(Buffer.concat([Buffer.from(head, "latin1"), rest]));
    }), { numRuns: 2000 });
  });
});

/** A frame header of that size and nothing to decode. */
function jpegHeaderOnly(widthPixels: number, heightPixels: number): Buffer {
  return Buffer.from([0xff, 0xc0, 0, 17, 8, heightPixels >> 8, heightPixels & 255, widthPixels >> 8, widthPixels & 255, 3, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0]);
}
