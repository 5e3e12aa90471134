import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import sharp from "sharp";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { perceivedOf } from "../../src/perceptual/decode.ts";
import { pdqCodes } from "../../src/perceptual/pdq.ts";
import { drawPhoto, encode } from "../support/draw.ts";
import { temporaryFolder } from "../support/folder.ts";
import { decodedWhole, distanceBits, photoPixels } from "../support/pictures.ts";
import { box } from "../support/pictures-raw.ts";
import { describeWith, has } from "../support/tools.ts";
import { distanceBits as bitsApart } from "./vectors.ts";

const type = "image/heic";

describeWith("heif-enc", has("heif-enc"), "a HEIC file", () => {
  const folder = temporaryFolder();
  let file: Buffer;

  async function heic(seeds: readonly number[], widthPixels: number, heightPixels: number, ...options: readonly string[]): Promise<Buffer> {
    const paths: string[] = [];
    for (const seed of seeds) {
      const path = join(folder, `${seed}-${widthPixels}.png`);
      writeFileSync(path, await encode(drawPhoto(seed, widthPixels, heightPixels), "png"));
      paths.push(path);
    }
    const out = join(folder, "out.heic");
    execFileSync("heif-enc", [...options, "-o", out, ...paths], { stdio: "ignore" });
    return readFileSync(out);
  }

  beforeAll(async () => {
    file = await heic([4], 320, 210, "-q", "80");
  });

  it("is decoded, which the library of the other formats cannot", async () => {
    await expect(sharp(file).raw().toBuffer()).rejects.toThrow();
    const { status, frames, thumbnails } = await decodedWhole(file, type);
    expect({ status, thumbnails }).toEqual({ status: "hashed", thumbnails: [] });
    expect(frames).toHaveLength(1);
    expect(frames[0]).toMatchObject({ frame: 1, of: 1, pixels: { widthPixels: 320, heightPixels: 210, channels: 3 } });
    expect(distanceBits(frames[0]!.pixels, photoPixels(4, 320, 210))).toBeLessThan(12);
  });

  it("without loss gives the pixels that were drawn, of odd sizes too", async () => {
    const lossless = await heic([5], 121, 83, "-L", "-p", "chroma=444", "--matrix_coefficients=0");
    const [frame] = (await decodedWhole(lossless, type)).frames;
    expect(frame!.pixels).toMatchObject({ widthPixels: 121, heightPixels: 83 });
    expect(distanceBits(frame!.pixels, photoPixels(5, 121, 83))).toBe(0);
  });

  it("of 10 bits is decoded to 8", async () => {
    const path = join(folder, "deep.png");
    writeFileSync(path, await encode(drawPhoto(6, 320, 210), "png", { bits: 16 }));
    execFileSync("heif-enc", ["-b", "10", "-q", "85", "-o", join(folder, "deep.heic"), path], { stdio: "ignore" });
    const [frame] = (await decodedWhole(readFileSync(join(folder, "deep.heic")), type)).frames;
    expect(distanceBits(frame!.pixels, photoPixels(6, 320, 210))).toBeLessThan(12);
  });

  it("with alpha gives it apart, and is compared as it shows over white too", async () => {
    const [widthPixels, heightPixels] = [160, 120];
    const shape = drawPhoto(9, widthPixels, heightPixels).data;
    const rgba = Uint8Array.from({ length: 4 * widthPixels * heightPixels }, (_, at) => (at % 4 === 3 ? 255 - shape[3 * (at >> 2)]! : 20));
    const path = join(folder, "alpha.png");
    writeFileSync(path, await sharp(rgba, { raw: { width: widthPixels, height: heightPixels, channels: 4 } }).png().toBuffer());
    execFileSync("heif-enc", ["-q", "90", "-o", join(folder, "alpha.heic"), path], { stdio: "ignore" });
    const coded = readFileSync(join(folder, "alpha.heic"));
    const [frame] = (await decodedWhole(coded, type)).frames;
    expect(frame!.pixels).toMatchObject({ widthPixels, heightPixels, channels: 3 });
    expect(frame!.pixels.alpha).toHaveLength(widthPixels * heightPixels);
    const { codes } = (await perceivedOf(coded, type)).picture;
    const shown = { data: Uint8Array.from(shape, (_, at) => Math.round((20 * rgba[4 * Math.floor(at / 3) + 3]! + 255 * (255 - rgba[4 * Math.floor(at / 3) + 3]!)) / 255)), widthPixels, heightPixels, channels: 3 } as const;
    expect(bitsApart(codes.find(({ transform }) => transform === "over-white full")!.code, pdqCodes(shown)[0]!.code)).toBeLessThan(12);
  });

  it("of several pictures gives the primary one and the others, sixteen at most", async () => {
    const three = await decodedWhole(await heic([10, 11, 12], 120, 90, "-q", "80"), type);
    expect(three.status).toBe("hashed");
    expect(three.frames.map(({ frame, of }) => [frame, of])).toEqual([[1, 3], [2, 3], [3, 3]]);
    three.frames.forEach(({ pixels }, at) => expect(distanceBits(pixels, photoPixels(10 + at, 120, 90))).toBeLessThan(12));
    const many = await decodedWhole(await heic(Array.from({ length: 17 }, (_, at) => 10 + at), 120, 90), type);
    expect([many.status, many.frames.length]).toEqual(["first-page", 16]);
  });

  it("with a sequence besides says that there is more", async () => {
    expect((await decodedWhole(Buffer.concat([file, box("moov", Buffer.alloc(0))]), type)).status).toBe("first-page");
  });

  it("that states a size above the limit is refused before it is decoded", async () => {
    const huge = Buffer.from(file);
    const at = huge.indexOf("ispe", 0, "latin1");
    huge.writeUInt32BE(30_000, at + 8);
    huge.writeUInt32BE(30_000, at + 12);
    expect(await decodedWhole(huge, type)).toEqual({ status: "too-large", thumbnails: [], frames: [] });
  });

  it("that is cut off or no such file is undecodable, and the next one is decoded all the same", async () => {
    for (const bytes of [file.subarray(0, file.length / 2), file.subarray(0, 40), Buffer.alloc(0), Buffer.alloc(5000, 7)]) {
      expect((await decodedWhole(bytes, type)).status).toBe("undecodable");
    }
    expect((await decodedWhole(file, type)).status).toBe("hashed");
  });

  it("of any bytes ends in a status, and nothing is printed", async () => {
    const written = [vi.spyOn(process.stdout, "write"), vi.spyOn(process.stderr, "write"), vi.spyOn(console, "log"), vi.spyOn(console, "error"), vi.spyOn(console, "warn")];
    const small = await heic([9], 64, 64);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.nat(small.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 }), fc.nat(300), async (edits, cut) => {
        const damaged = Buffer.from(small.subarray(0, small.length - (cut < 200 ? 0 : cut)));
        for (const [at, value] of edits) if (at < damaged.length) damaged[at] = value;
        expect(["hashed", "partial", "undecodable", "too-large", "first-page"]).toContain((await decodedWhole(damaged, type)).status);
      }),
      { numRuns: 150 },
    );
    for (const spy of written) {
      expect(spy).not.toHaveBeenCalled();
      spy.mockRestore();
    }
  }, 60_000);
});

describe("a file of the HEIF family without a codec of its own", () => {
  it("is tried as what the decoding library reads", async () => {
    const avif = await encode(drawPhoto(3, 160, 105), "avif");
    expect((await decodedWhole(avif, "image/heif")).status).toBe("hashed");
  });
});
