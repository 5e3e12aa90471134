import sharp from "sharp";
import { beforeAll, describe, expect, it } from "vitest";
import { attemptsOf } from "../../src/perceptual/decoding-attempts.ts";
import { withPlainHeader } from "../../src/perceptual/jpeg-segments.ts";
import { drawPhoto, encode } from "../support/draw.ts";
import { decodedWhole } from "../support/pictures.ts";
import { multiPicture, withExif, withSegment } from "../support/pictures-jpeg.ts";

const type = "image/jpeg";
const photo = drawPhoto(7, 640, 480);
const sectorBytes = 512;
const files: Record<"baseline" | "progressive", Buffer> = { baseline: Buffer.alloc(0), progressive: Buffer.alloc(0) };

beforeAll(async () => {
  files.baseline = await encode(photo, "jpeg", { quality: 90 });
  files.progressive = await encode(photo, "jpeg", { quality: 90, progressive: true });
});

/** With the sector at a share of the file overwritten by zeros, as an unreadable one of a drive is. */
function withoutSector(file: Buffer, share: number): Buffer {
  const damaged = Buffer.from(file);
  const at = sectorBytes * Math.floor((file.length * share) / sectorBytes);
  return damaged.fill(0, at, at + sectorBytes);
}

function inserted(file: Buffer, at: number, bytes: Buffer): Buffer {
  return Buffer.concat([file.subarray(0, at), bytes, file.subarray(at)]);
}

const sizeAt = (file: Buffer): number => file.indexOf(Buffer.of(0xff, 0xc0));
const scanAt = (file: Buffer): number => file.indexOf(Buffer.of(0xff, 0xda));

/** With the numbers of its first scan as some phones write them. */
function withOtherScanNumbers(file: Buffer): Buffer {
  const altered = Buffer.from(file);
  altered[scanAt(file) + 1 + file.readUInt16BE(scanAt(file) + 2) - 1] = 0;
  expect(altered.equals(file)).toBe(false);
  return altered;
}

const statusOf = async (file: Buffer, ofType = type): Promise<string> => (await decodedWhole(file, ofType)).status;

describe("a JPEG file of which a sector is lost", () => {
  it.each(["baseline", "progressive"] as const)("is partial, whichever sector it is (%s)", async (kind) => {
    for (const share of [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]) {
      const { status, frames } = await decodedWhole(withoutSector(files[kind], share), type);
      expect([share, status, frames.length]).toEqual([share, "partial", 1]);
    }
  });

  it("is partial also where its header alone gives reason for a warning", async () => {
    const half = withoutSector(files.baseline, 0.5);
    expect(await statusOf(withOtherScanNumbers(half))).toBe("partial");
    expect(await statusOf(inserted(half, sizeAt(half), Buffer.from("ab")))).toBe("partial");
  });

  it("is partial as the thumbnail of a file, as a further picture, and as a page of a TIFF file", async () => {
    const damaged = withoutSector(files.baseline, 0.5);
    const { status, thumbnails } = await decodedWhole(withExif(files.baseline, damaged), type);
    expect([status, thumbnails.map((each) => each.status)]).toEqual(["hashed", ["partial"]]);
    expect(await statusOf(multiPicture([files.baseline, damaged]))).toBe("partial");
    const tiff = await sharp(photo.data, { raw: photo.info }).tiff({ compression: "jpeg", quality: 90 }).toBuffer();
    expect([await statusOf(tiff, "image/tiff"), await statusOf(withoutSector(tiff, 0.5), "image/tiff")]).toEqual(["hashed", "partial"]);
  });
});

describe("a JPEG file with something odd that alters no pixel", () => {
  it.each<[string, (file: Buffer) => Buffer]>([
    ["zeros ahead of its end", (file) => inserted(file, file.length - 2, Buffer.alloc(16))],
    ["fill bytes ahead of its end", (file) => inserted(file, file.length - 2, Buffer.alloc(5, 0xff))],
    ["other bytes behind its end", (file) => Buffer.concat([file, Buffer.alloc(5000, 0x41)])],
    ["another version of JFIF", (file) => withSegment(file, 0xe0, Buffer.concat([Buffer.from("JFIF\0"), Buffer.of(2, 1, 0, 0, 1, 0, 1, 0, 0)]))],
    ["a phone's numbers of its scan", withOtherScanNumbers],
    ["bytes between its segments", (file) => inserted(file, sizeAt(file), Buffer.from("ab"))],
    ["an Exif block", (file) => withExif(file, file)],
  ])("has all its pixels, with %s", async (_, altered) => {
    const file = altered(files.baseline);
    const before = Buffer.from(file);
    const { status, frames } = await decodedWhole(file, type);
    expect(status).toBe("hashed");
    expect(Buffer.compare(frames[0]!.pixels.data, (await decodedWhole(files.baseline, type)).frames[0]!.pixels.data)).toBe(0);
    expect(file.equals(before)).toBe(true);
  });

  it("is asked for once where there is nothing odd, without a copy", () => {
    expect(withPlainHeader(files.baseline)).toBeNull();
    expect(withPlainHeader(files.progressive)).toBeNull();
    expect([...attemptsOf(files.baseline, 0)].map(({ failOn, isDamaged }) => [failOn, isDamaged])).toEqual([["warning", false], ["error", true], ["none", true]]);
    expect([...attemptsOf(Buffer.from("GIF89a"), 0)].map(({ failOn, isDamaged }) => [failOn, isDamaged])).toEqual([["error", false], ["none", true]]);
    for (const bytes of [Buffer.alloc(0), Buffer.of(0xff, 0xd8), files.baseline.subarray(0, scanAt(files.baseline) + 3)]) expect(withPlainHeader(bytes)).toBeNull();
  });
});
