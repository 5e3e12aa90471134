import fc from "fast-check";
import sharp from "sharp";
import { beforeAll, describe, expect, it } from "vitest";
import { spanOf } from "../../src/perceptual/byte-view.ts";
import { boxesOf } from "../../src/perceptual/chunks.ts";
import { rawPreviewsOf } from "../../src/perceptual/raw-previews.ts";
import { mediaTypeOf } from "../../src/reading/media-type.ts";
import { drawPhoto, encode } from "../support/draw.ts";
import { decodedWhole, distanceBits, photoPixels } from "../support/pictures.ts";
import { box, rawFiles, type RawParts, withBrands } from "../support/pictures-raw.ts";
import { plainPage, tiffFile } from "../support/pictures-tiff.ts";

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

  it.each(types)("%s gives its previews, the largest first", async (type) => {
    const { status, frames, thumbnails } = await decodedWhole(rawFiles[type]!(parts), type);
    expect({ status, thumbnails }).toEqual({ status: "preview", thumbnails: [] });
    const hasOne = ["image/x-panasonic-rw2", "image/x-fuji-raf"].includes(type);
    expect(frames[0]).toMatchObject({ frame: 1, pixels: { widthPixels: 640, heightPixels: 420 } });
    expect(distanceBits(frames[0]!.pixels, photo)).toBeLessThan(12);
    expect(frames[1]).toEqual(hasOne ? undefined : expect.objectContaining({ frame: 2 }));
    if (!hasOne) expect(distanceBits(frames[1]!.pixels, photoPixels(12, 160, 120))).toBeLessThan(12);
  });

  it("that a viewer shows otherwise than by its preview gives what the viewer shows, too", async () => {
    const decoy = [{ tag: 0x0201, placeOf: parts.small }, { tag: 0x0202, numbers: [parts.small.length] }];
    const files = {
      "image/x-adobe-dng": tiffFile([plainPage(photo, [{ tag: 0xc612, bytes: Buffer.of(1, 4, 0, 0) }, ...decoy])]),
      "image/x-dcraw": tiffFile([plainPage(photo, [{ tag: 0x00fe, numbers: [1] }, { tag: 0x014a, directories: [decoy] }])]),
      "image/x-nikon-nef": tiffFile([plainPage(photoPixels(14, 60, 40), [{ tag: 0x010f, text: "NIKON" }, { tag: 0x0106, numbers: [32803], type: 3 }, { tag: 0x014a, directories: Array.from({ length: 64 }, () => decoy) }]), plainPage(photoPixels(13, 90, 60)), plainPage(photo)]),
    };
    for (const [type, file] of Object.entries(files)) {
      expect(mediaTypeOf(file.subarray(0, 4096))).toBe(type);
      const { status, frames } = await decodedWhole(file, type);
      expect(status, type).toBe(type === "image/x-nikon-nef" ? "first-page" : "preview");
      expect(frames.some(({ pixels }) => Buffer.compare(pixels.data, photo.data) === 0), type).toBe(true);
      expect(frames.some(({ pixels }) => pixels.widthPixels === 160), type).toBe(true);
    }
    const undecodable = tiffFile([plainPage(photo, [{ tag: 0x0103, numbers: [34712], type: 3 }, { tag: 0xc612, bytes: Buffer.of(1, 4, 0, 0) }, ...decoy])]);
    expect(await decodedWhole(undecodable, "image/x-adobe-dng")).toMatchObject({ status: "first-page", frames: [{ frame: 1, of: 2 }] });
  });

  it("with more directories than are followed says that there may be further previews", async () => {
    const own = [{ tag: 0xc612, bytes: Buffer.of(1, 4, 0, 0) }, { tag: 0x0201, placeOf: parts.small }, { tag: 0x0202, numbers: [parts.small.length] }];
    for (const [directories, expected] of [[63, "preview"], [64, "first-page"], [70, "first-page"]] as const) {
      const below = { tag: 0x014a, directories: Array.from({ length: directories }, () => [{ tag: 0x0100, numbers: [1] }]) };
      const { status, frames } = await decodedWhole(tiffFile([[...own, below]]), "image/x-adobe-dng");
      expect([directories, status, frames.length]).toEqual([directories, expected, 1]);
    }
  });

  it("by one of its brands only, which shows a picture of its own, gives that and the preview", async () => {
    const avif = await encode(drawPhoto(11, 640, 420), "avif");
    const cr3 = rawFiles["image/x-canon-cr3"]!(parts);
    const previews = [...boxesOf(cr3)].find(({ name }) => name === "uuid")!;
    const preview = box("uuid", spanOf(cr3, previews));
    for (const major of ["mif1", "crx "]) {
      const file = withBrands(Buffer.concat([avif, preview]), `${major}\0\0\0\0mif1crx avif`);
      const type = mediaTypeOf(file.subarray(0, 4096))!;
      expect(type).toBe(major === "mif1" ? "image/avif" : "image/x-canon-cr3");
      const { status, frames } = await decodedWhole(file, type);
      expect(status).toBe("hashed");
      expect(frames.map(({ pixels }) => pixels.widthPixels)).toEqual([640, 160]);
      expect(distanceBits(frames[0]!.pixels, photo)).toBeLessThan(12);
    }
  });

  it.each(types.filter((type) => !["image/x-fuji-raf", "image/x-canon-cr3"].includes(type)))("%s is not read as a TIFF file by accident, even where it is called one", async (type) => {
    expect((await decodedWhole(rawFiles[type]!(parts), "image/tiff")).status).toBe("preview");
  });

  it("that the decoding library would open as a TIFF file is one of those", async () => {
    expect((await sharp(rawFiles["image/x-nikon-nef"]!(parts)).metadata()).width).toBe(10);
  });

  it("is not needed for brands to be wrong: AVIF pixels under a brand of HEIC are decoded", async () => {
    const file = withBrands(await encode(drawPhoto(11, 640, 420), "avif"), "heic\0\0\0\0mif1heic");
    expect(mediaTypeOf(file.subarray(0, 4096))).toBe("image/heic");
    const { status, frames } = await decodedWhole(file, "image/heic");
    expect(status).toBe("hashed");
    expect(distanceBits(frames[0]!.pixels, photo)).toBeLessThan(12);
  });

  it("of which the largest preview does not decode gives a smaller one, and says that not all was compared", async () => {
    const broken = Buffer.concat([parts.large.subarray(0, 200), Buffer.alloc(400)]);
    const large = Buffer.concat([parts.large.subarray(0, 2), jpegHeaderOnly(640, 420), broken.subarray(0, 10)]);
    const { status, frames } = await decodedWhole(rawFiles["image/x-nikon-nef"]!({ ...parts, large }), "image/x-nikon-nef");
    expect({ status, width: frames[0]?.pixels.widthPixels }).toEqual({ status: "first-page", width: 160 });
  });

  it("without a preview is undecodable, and one cut off within it is partial", async () => {
    for (const type of types) {
      const none = rawFiles[type]!({ large: Buffer.from("no picture"), small: Buffer.from("none") });
      // Two of them have a small picture that is no JPEG file.
      expect((await decodedWhole(none, type)).status, type).toBe(["image/x-nikon-nef", "image/x-adobe-dng"].includes(type) ? "preview" : "undecodable");
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
