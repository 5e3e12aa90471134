import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isDamagedGif } from "../../src/perceptual/gif-blocks.ts";
import { boxesOf, pngChunks, riffChunks } from "../../src/perceptual/chunks.ts";
import { furtherPicturesOf } from "../../src/perceptual/decode-multi-picture.ts";
import { jpegSize, segmentsOf } from "../../src/perceptual/jpeg-segments.ts";
import { isRawTiff } from "../../src/perceptual/raw-previews.ts";
import { directoriesOf, tiffOf } from "../../src/perceptual/tiff-directories.ts";
import { drawPhoto, encode } from "../support/draw.ts";
import { decodedWhole } from "../support/pictures.ts";
import { multiPicture, withExif } from "../support/pictures-jpeg.ts";

const statuses = ["hashed", "partial", "preview", "sampled", "first-page", "undecodable", "too-large"];
const types = ["jpeg", "png", "apng", "gif", "webp", "tiff", "avif", "heic", "heif", "bmp", "x-icon", "x-canon-cr2", "x-canon-cr3", "x-fuji-raf", "x-dcraw", "of-tomorrow"];

/** More than any of these files takes, on a machine that has other work. */
const boundMs = 5_000;

describe("hostile bytes", () => {
  it.each(types)("called image/%s end in a status", async (type) => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
        const { status, frames } = await decodedWhole(bytes, `image/${type}`);
        expect(statuses).toContain(status);
        expect(frames.length > 0).toBe(!["undecodable", "too-large"].includes(status));
      }),
      { numRuns: 60 },
    );
  });

  it("in a valid file, or a valid file called another, end in a status, in bounded time", async () => {
    const photo = drawPhoto(1, 64, 48);
    const jpeg = await encode(photo, "jpeg");
    const files = [withExif(jpeg, jpeg), multiPicture([jpeg, jpeg]), ...(await Promise.all((["png", "gif", "webp", "tiff", "avif"] as const).map((each) => encode(photo, each))))];
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...files), fc.constantFrom(...types), fc.array(fc.tuple(fc.nat(3000), fc.nat(255)), { maxLength: 10 }), fc.nat(4000), async (file, type, edits, cut) => {
        const damaged = Buffer.from(file.subarray(0, Math.max(0, file.length - (cut > 2000 ? 0 : cut))));
        for (const [at, value] of edits) if (at < damaged.length) damaged[at] = value;
        const before = Buffer.from(damaged);
        const startedMs = performance.now();
        const { status } = await decodedWhole(damaged, `image/${type}`);
        expect(performance.now() - startedMs).toBeLessThan(boundMs);
        expect(statuses).toContain(status);
        expect(damaged.equals(before)).toBe(true);
      }),
      { numRuns: 400 },
    );
  }, 120_000);

  it("in any of the structures that are walked come to an end within them", () => {
    const heads = ["", "II*\0\x08\0\0\0", "MM\0*\0\0\0\x08", "\xff\xd8\xff\xe1", "\x89PNG\r\n\x1a\n", "RIFF\0\0\0\0WEBP", "GIF89a", "\0\0\0\x01moov", "\0\0\0\0free"].map((head) => Buffer.from(head, "latin1"));
    fc.assert(
      fc.property(fc.constantFrom(...heads), fc.uint8Array({ maxLength: 400 }), (head, rest) => {
        const bytes = Buffer.concat([head, rest]);
        for (const { offsetBytes, lengthBytes } of [...segmentsOf(bytes), ...pngChunks(bytes), ...riffChunks(bytes), ...boxesOf(bytes)]) {
          expect(offsetBytes).toBeGreaterThanOrEqual(0);
          expect(lengthBytes).toBeGreaterThanOrEqual(0);
          expect(offsetBytes + lengthBytes).toBeLessThanOrEqual(bytes.length);
        }
        isDamagedGif(bytes);
        isRawTiff(bytes);
        jpegSize(bytes);
        furtherPicturesOf(bytes);
        const tiff = tiffOf(bytes);
        if (tiff !== null) expect(directoriesOf(tiff).length).toBeLessThanOrEqual(64);
      }),
      { numRuns: 5000 },
    );
  });
});
