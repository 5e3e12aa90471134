import fc from "fast-check";
import sharp from "sharp";
import { beforeAll, describe, expect, it } from "vitest";
import { thumbnailsOf } from "../../src/perceptual/thumbnail.ts";
import { drawPhoto, encode } from "../support/draw.ts";
import { decodedWhole, distanceBits, photoPixels } from "../support/pictures.ts";
import { exifBlock, multiPicture, withExif, withSegment } from "../support/pictures-jpeg.ts";
import { withChunks } from "../support/pictures-png.ts";

const shown = drawPhoto(1, 320, 210);
const small = photoPixels(2, 60, 40);
let jpeg: Buffer;
let thumbnail: Buffer;

const latin1 = (text: string): Buffer => Buffer.from(text, "latin1");
const withoutJfif = (file: Buffer): Buffer => (file.readUInt16BE(2) === 0xffe0 ? Buffer.concat([file.subarray(0, 2), file.subarray(4 + file.readUInt16BE(4))]) : file);

beforeAll(async () => {
  jpeg = withoutJfif(await encode(shown, "jpeg"));
  thumbnail = await encode(drawPhoto(2, 160, 120), "jpeg");
});

describe("the thumbnail of a file", () => {
  it.each([[true], [false]])("is found in its Exif block (low byte first: %j), with its place", async (isLittleEndian) => {
    const file = withExif(jpeg, thumbnail, isLittleEndian);
    const { status, frames, thumbnails: [found] } = await decodedWhole(file, "image/jpeg");
    expect(status).toBe("hashed");
    expect(frames[0]!.pixels.widthPixels).toBe(320);
    expect(Buffer.compare(file.subarray(found!.offsetBytes, found!.offsetBytes + found!.lengthBytes), thumbnail)).toBe(0);
    expect(found!.pixels).toMatchObject({ widthPixels: 160, heightPixels: 120 });
    expect(distanceBits(found!.pixels!, photoPixels(2, 160, 120))).toBeLessThan(12);
  });

  it("is found in the Exif blocks of PNG and WebP files", async () => {
    const png = withChunks(await encode(shown, "png"), ["eXIf", exifBlock(thumbnail)]);
    const plain = await encode(shown, "webp");
    const block = exifBlock(thumbnail);
    const chunk = Buffer.concat([latin1("EXIF"), Buffer.alloc(4), block]);
    chunk.writeUInt32LE(block.length, 4);
    const webp = Buffer.concat([plain, chunk]);
    for (const [file, type] of [[png, "image/png"], [webp, "image/webp"]] as const) {
      const { status, thumbnails: [found] } = await decodedWhole(file, type);
      expect(status).toBe("hashed");
      expect(Buffer.compare(file.subarray(found!.offsetBytes, found!.offsetBytes + found!.lengthBytes), thumbnail)).toBe(0);
    }
  });

  it("is found in JFIF headers: as colours, as a palette, and as a JPEG file", async () => {
    const head = Buffer.concat([latin1("JFIF\0"), Buffer.of(1, 2, 0, 0, 1, 0, 1, 60, 40), small.data]);
    const colours = Buffer.concat([latin1("JFXX\0"), Buffer.of(0x13, 60, 40), small.data]);
    const palette = Buffer.from(Array.from({ length: 768 }, (_, at) => Math.floor(at / 3)));
    const grey = Buffer.from(small.data.filter((_, at) => at % 3 === 1));
    const indexed = Buffer.concat([latin1("JFXX\0"), Buffer.of(0x11, 60, 40), palette, grey]);
    for (const content of [head, colours]) {
      const { thumbnails: [found] } = await decodedWhole(withSegment(jpeg, 0xe0, content), "image/jpeg");
      expect(found).toMatchObject({ lengthBytes: 7200, pixels: { widthPixels: 60, heightPixels: 40, channels: 3 } });
      expect(Buffer.compare(found!.pixels!.data, small.data)).toBe(0);
    }
    const { thumbnails: [byPalette] } = await decodedWhole(withSegment(jpeg, 0xe0, indexed), "image/jpeg");
    expect(Buffer.from(byPalette!.pixels!.data.filter((_, at) => at % 3 === 0))).toEqual(grey);
    const embedded = withSegment(jpeg, 0xe0, Buffer.concat([latin1("JFXX\0"), Buffer.of(0x10), thumbnail]));
    const { thumbnails: [asFile] } = await decodedWhole(embedded, "image/jpeg");
    expect(Buffer.compare(embedded.subarray(asFile!.offsetBytes, asFile!.offsetBytes + asFile!.lengthBytes), thumbnail)).toBe(0);
  });

  it("is of its first picture where a file holds several", async () => {
    const file = multiPicture([withExif(jpeg, thumbnail), jpeg]);
    expect(await decodedWhole(file, "image/jpeg")).toMatchObject({ status: "hashed", thumbnails: [{ lengthBytes: thumbnail.length }] });
  });

  it("that is damaged is hashed as far as it goes, and one that cannot be decoded or is too large is there all the same", async () => {
    const tooLarge = Buffer.from(thumbnail);
    tooLarge.writeUInt32BE(0xffff_ffff, tooLarge.indexOf(Buffer.of(0xff, 0xc0)) + 5);
    const cases = [
      [thumbnail.subarray(0, thumbnail.length * 0.8), "partial"],
      [thumbnail.subarray(0, 30), "undecodable"],
      [tooLarge, "too-large"],
    ] as const;
    for (const [bytes, status] of cases) {
      const file = withExif(jpeg, bytes);
      const decoded = await decodedWhole(file, "image/jpeg");
      expect(decoded.status).toBe("hashed");
      expect(decoded.thumbnails).toMatchObject([{ status, offsetBytes: file.indexOf(bytes), lengthBytes: bytes.length }]);
      expect(decoded.thumbnails[0]!.pixels === null).toBe(status !== "partial");
    }
  });

  it("is not hidden by another ahead of it, in any block or header; the first four are looked at, and it is said when there are others", async () => {
    const decoy = await encode(drawPhoto(3, 160, 120), "jpeg");
    const jfxx = Buffer.concat([latin1("JFXX\0"), Buffer.of(0x10), decoy]);
    for (const file of [withExif(withExif(jpeg, thumbnail), decoy), withSegment(withExif(jpeg, thumbnail), 0xe0, jfxx), withExif(withSegment(jpeg, 0xe0, jfxx), thumbnail)]) {
      const { thumbnails } = await decodedWhole(file, "image/jpeg");
      expect(thumbnails.map(({ offsetBytes }) => offsetBytes)).toEqual([decoy, thumbnail].map((each) => file.indexOf(each)).sort((one, other) => one - other));
    }
    let many = jpeg;
    for (let count = 1; count <= 6; count++) {
      many = withExif(many, thumbnail);
      const { status, thumbnails } = await decodedWhole(many, "image/jpeg");
      expect([status, thumbnails.length]).toEqual(count <= 4 ? ["hashed", count] : ["first-page", 4]);
      expect(thumbnails[0]!.offsetBytes).toBe(many.indexOf(thumbnail));
    }
    const head = many.subarray(0, 40_000);
    expect((await decodedWhole(head.subarray(0, many.lastIndexOf(Buffer.of(0xff, 0xc0)) + 4), "image/jpeg")).status).toBe("undecodable");
  });

  it("is none where there is none, or what is no picture", async () => {
    const exif = withExif(jpeg, thumbnail);
    const cases = [
      jpeg,
      withSegment(jpeg, 0xe1, latin1("Exif\0\0")),
      withSegment(jpeg, 0xe1, latin1("Exif\0\0II*\0\x08\0\0\0\0\0\x08\0\0\0")),
      withExif(jpeg, Buffer.from("not a picture")),
      withSegment(jpeg, 0xe0, Buffer.concat([latin1("JFIF\0"), Buffer.of(1, 2, 0, 0, 1, 0, 1, 255, 255), Buffer.alloc(100)])),
      withSegment(jpeg, 0xe0, latin1("JFXX\0\x10")),
      exif.subarray(0, 700),
    ];
    for (const file of cases) expect((await decodedWhole(file, "image/jpeg")).thumbnails).toEqual([]);
    expect((await decodedWhole(await sharp(shown.data, { raw: shown.info }).tiff().toBuffer(), "image/tiff")).thumbnails).toEqual([]);
  });

  it("that goes on behind the end of its block is none, though the file goes on", () => {
    const block = Buffer.concat([latin1("Exif\0\0"), exifBlock(thumbnail)]);
    expect(thumbnailsOf(withSegment(jpeg, 0xe1, block), "image/jpeg")[0]?.lengthBytes).toBe(thumbnail.length);
    expect(thumbnailsOf(withSegment(jpeg, 0xe1, block.subarray(0, block.length - 100)), "image/jpeg")).toEqual([]);
  });

  it("lies within the file, whatever its bytes", () => {
    const files = [
      [withExif(jpeg, thumbnail), "image/jpeg"],
      [withSegment(jpeg, 0xe0, Buffer.concat([latin1("JFXX\0"), Buffer.of(0x13, 60, 40), small.data])), "image/jpeg"],
      [withChunks(Buffer.alloc(60), ["eXIf", exifBlock(thumbnail)]), "image/png"],
    ] as const;
    fc.assert(
      fc.property(fc.constantFrom(...files), fc.array(fc.tuple(fc.nat(300), fc.nat(255)), { maxLength: 12 }), fc.nat(9000), ([file, type], edits, cut) => {
        const damaged = Buffer.from(file.subarray(0, Math.max(1, file.length - cut)));
        for (const [at, value] of edits) if (at < damaged.length) damaged[at] = value;
        for (const found of thumbnailsOf(damaged, type)) {
          expect(found.offsetBytes).toBeGreaterThan(0);
          expect(found.lengthBytes).toBeGreaterThan(0);
          expect(found.offsetBytes + found.lengthBytes).toBeLessThanOrEqual(damaged.length);
        }
      }),
      { numRuns: 3000 },
    );
    const heads = ["\xff\xd8\xff\xe1\0\x60Exif\0\0", "\xff\xd8\xff\xe0\0\x60JFXX\0", "\xff\xd8\xff\xe2\0\x60MPF\0", "RIFF    WEBP"].map(latin1);
    fc.assert(fc.property(fc.constantFrom(...heads), fc.uint8Array({ maxLength: 200 }), fc.constantFrom("image/jpeg", "image/webp"), (head, rest, type) => {
      thumbnailsOf(Buffer.concat([head, rest]), type);
    }), { numRuns: 3000 });
  });
});
