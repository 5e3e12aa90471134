import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { be16, be32, decodedWhole, photoPixels } from "../support/pictures.ts";
import { animatedPngOf } from "../../src/perceptual/animated-png.ts";
import { drawPhoto, encode } from "../support/draw.ts";
import { animatedPng, chunk, type PngFrame, withChunks } from "../support/pictures-png.ts";

const type = "image/apng";
const width = 90;
const height = 60;

/** The photo of a seed with an alpha of every pixel. */
function rgba(seed: number, ofWidth: number, ofHeight: number, alpha: (pixel: number) => number = () => 255): Uint8Array {
  const { data } = photoPixels(seed, ofWidth, ofHeight);
  return Uint8Array.from({ length: 4 * ofWidth * ofHeight }, (_, at) => (at % 4 === 3 ? alpha(at >> 2) : data[3 * (at >> 2) + (at % 4)]!));
}

const whole = (seed: number): PngFrame => ({ data: rgba(seed, width, height), left: 0, top: 0, width, height });
const rgbOf = (canvas: Uint8Array): Buffer => Buffer.from(canvas.filter((_, at) => at % 4 !== 3));
const plain = (seed: number): Buffer => Buffer.from(photoPixels(seed, width, height).data);

/** A canvas with a part drawn over it, pixel by pixel, where `shows` holds. */
function drawnOver(canvas: Uint8Array, { data, left, top, width: ofWidth }: PngFrame, shows: (pixel: number) => boolean): Uint8Array {
  const out = canvas.slice();
  for (let pixel = 0; pixel < data.length / 4; pixel++) {
    const at = 4 * ((top + Math.floor(pixel / ofWidth)) * width + left + (pixel % ofWidth));
    if (shows(pixel)) out.set(data.subarray(4 * pixel, 4 * pixel + 4), at);
  }
  return out;
}

describe("an animated PNG", () => {
  it("gives each of its frames as a whole canvas", async () => {
    const { status, frames } = await decodedWhole(animatedPng(width, height, [whole(1), whole(2), whole(3)]), type);
    expect(status).toBe("hashed");
    expect(frames.map(({ frame, of }) => [frame, of])).toEqual([[1, 3], [2, 3], [3, 3]]);
    frames.forEach(({ pixels }, at) => expect(Buffer.compare(pixels.data, plain(at + 1))).toBe(0));
  });

  it("composes parts over what was there, and disposes of them as they say", async () => {
    const base = whole(1);
    const part = { data: rgba(5, 30, 20, (pixel) => (pixel % 2 === 0 ? 255 : 0)), left: 50, top: 35, width: 30, height: 20 };
    const replaced = drawnOver(base.data, part, () => true);
    const blended = drawnOver(base.data, part, (pixel) => pixel % 2 === 0);
    const cleared = drawnOver(base.data, { ...part, data: new Uint8Array(2400) }, () => true);
    const small = { data: rgba(6, 10, 10), left: 0, top: 0, width: 10, height: 10 };
    for (const [disposal, isBlended, second, under] of [
      ["keep", false, replaced, replaced],
      ["keep", true, blended, blended],
      ["restore", true, blended, base.data],
      ["clear", false, replaced, cleared],
    ] as const) {
      const file = animatedPng(width, height, [base, { ...part, disposal, isBlended }, small]);
      const before = Buffer.from(file);
      const { status, frames } = await decodedWhole(file, type);
      expect(status).toBe("hashed");
      expect(file.equals(before)).toBe(true);
      expect(Buffer.compare(frames[1]!.pixels.data, rgbOf(second))).toBe(0);
      expect(Buffer.compare(frames[2]!.pixels.data, rgbOf(drawnOver(under, small, () => true)))).toBe(0);
    }
  });

  it("mixes what lets something through", async () => {
    const half = { data: rgba(2, width, height, () => 128), left: 0, top: 0, width, height, isBlended: true };
    const [, mixed] = (await decodedWhole(animatedPng(width, height, [whole(1), half]), type)).frames;
    const [one, other] = [plain(1), plain(2)];
    expect(mixed!.pixels.data.every((value, at) => Math.abs(value - (one[at]! * 127 + other[at]! * 128) / 255) <= 1)).toBe(true);
  });

  it("gives the picture that stands apart first", async () => {
    const { status, frames } = await decodedWhole(animatedPng(width, height, [whole(2), whole(3)], rgba(1, width, height)), type);
    expect(status).toBe("hashed");
    expect(frames.map(({ frame, of }) => [frame, of])).toEqual([[1, 3], [2, 3], [3, 3]]);
    frames.forEach(({ pixels }, at) => expect(Buffer.compare(pixels.data, plain(at + 1))).toBe(0));
  });

  it("whose first frame is not the picture itself in every respect gives the picture as other viewers show it ahead of all frames", async () => {
    const png = await encode(drawPhoto(1, width, height), "png");
    const chunksAt = png.indexOf("IDAT", 0, "latin1") - 4;
    const [head, data] = [png.subarray(0, chunksAt), png.subarray(chunksAt, png.length - 12)];
    const end = png.subarray(png.length - 12);
    const announced = chunk("acTL", be32(1, 0));
    const control = (ofWidth: number, ofHeight: number, left = 0, top = 0): Buffer => chunk("fcTL", Buffer.concat([be32(0, ofWidth, ofHeight, left, top), be16(1, 10), Buffer.of(0, 0)]));
    const spoilt = (part: Buffer): Buffer => Buffer.concat([part.subarray(0, -1), Buffer.of(part.at(-1)! ^ 1)]);
    const own = control(width, height);
    const sound = await decodedWhole(Buffer.concat([head, announced, own, data, end]), type);
    expect(animatedPngOf(Buffer.concat([head, announced, own, data, end]))?.beginsWithPicture).toBe(true);
    expect([sound.status, sound.frames.map(({ frame, of }) => [frame, of])]).toEqual(["hashed", [[1, 1]]]);
    const others: Readonly<Record<string, readonly Buffer[]>> = {
      "less wide": [head, announced, control(width - 1, height), data, end],
      "less high": [head, announced, control(width, 8), data, end],
      "not within the canvas": [head, announced, control(width, height, 1), data, own, chunk("fdAT", Buffer.concat([be32(1), data.subarray(8, -4)])), end],
      "announced behind it": [head, own, data, announced, end],
      "announced with a wrong check value": [head, spoilt(announced), own, data, end],
      "announced at a length of its own": [head, chunk("acTL", be32(1, 0, 0)), own, data, end],
      "told with a wrong check value": [head, announced, spoilt(own), data, end],
      "told twice": [head, announced, own, control(width, height / 2), data, end],
      "told behind it": [head, announced, data, own, end],
    };
    for (const [what, parts] of Object.entries(others)) {
      expect([what, animatedPngOf(Buffer.concat(parts))?.beginsWithPicture]).toEqual([what, false]);
      const { frames } = await decodedWhole(Buffer.concat(parts), type);
      expect([what, frames[0]?.frame, frames[0] === undefined ? null : Buffer.compare(frames[0].pixels.data, plain(1))]).toEqual([what, 1, 0]);
    }
  });

  it("is found to be one behind any number of other chunks", async () => {
    const file = withChunks(animatedPng(width, height, [whole(1), whole(2)]), ...Array.from({ length: 70_000 }, () => ["teSt", new Uint8Array(0)] as const));
    const { status, frames } = await decodedWhole(file, "image/png");
    expect([status, frames.map(({ frame }) => frame)]).toEqual(["hashed", [1, 2]]);
  });

  it("with many frames is sampled", async () => {
    const { status, frames } = await decodedWhole(animatedPng(width, height, Array.from({ length: 20 }, (_, at) => whole(at + 1))), type);
    expect(status).toBe("sampled");
    expect(frames).toHaveLength(16);
    expect(frames.map(({ frame }) => frame)).toEqual(expect.arrayContaining([1, 10, 20]));
    for (const { frame, pixels } of frames) expect(Buffer.compare(pixels.data, plain(frame))).toBe(0);
  });

  it("with many frames that are alike but for one scene gives the scene, and says that all is compared", async () => {
    const dot = (at: number): PngFrame => ({ data: rgba(at, 1, 1), left: at, top: 0, width: 1, height: 1, disposal: "restore" });
    const scene = { ...whole(2), disposal: "restore" } as const;
    const file = animatedPng(width, height, [whole(1), ...Array.from({ length: 40 }, (_, at) => (at === 25 ? scene : dot(at)))], rgba(3, width, height));
    const { status, frames } = await decodedWhole(file, type);
    expect(status).toBe("hashed");
    expect(frames.map(({ frame, of }) => [frame, of])).toEqual([1, 9, 21, 26, 28, 42].map((frame) => [frame, 42]));
    expect(Buffer.compare(frames.find(({ frame }) => frame === 28)!.pixels.data, plain(2))).toBe(0);
  });

  it("with very many small frames is sampled within the part that is in reach, and says so", async () => {
    const dot: PngFrame = { data: rgba(1, 6, 6), left: 0, top: 0, width: 6, height: 6 };
    // 2^28 pixels are looked at, of which a frame however small takes 2^17.
    const { status, frames } = await decodedWhole(animatedPng(6, 6, Array.from({ length: 2049 }, (_, at) => ({ ...dot, data: rgba(at % 5, 6, 6) }))), type);
    expect([status, frames.map(({ frame }) => frame)]).toEqual(["sampled", [1, 513, 1025, 1537, 2049]]);
    const tooMany = await decodedWhole(animatedPng(6, 6, Array.from({ length: 6000 }, () => dot)), type);
    expect(tooMany.status).toBe("first-page");
  }, 60_000);

  it("of which frames are missing says that not all were compared, and one with a damaged frame is partial", async () => {
    const file = animatedPng(width, height, [whole(1), whole(2), whole(3)]);
    const cut = await decodedWhole(file.subarray(0, file.length * 0.5), type);
    expect(cut.status).toBe("first-page");
    expect(Buffer.compare(cut.frames[0]!.pixels.data, plain(1))).toBe(0);
    const outside = await decodedWhole(animatedPng(width, height, [whole(1), { ...whole(2), left: 1 }]), type);
    expect([outside.status, outside.frames.length]).toEqual(["first-page", 1]);
    const damaged = Buffer.from(file);
    damaged.fill(0x55, damaged.lastIndexOf("fdAT") + 12, damaged.lastIndexOf("fdAT") + 400);
    expect(["partial", "first-page"]).toContain((await decodedWhole(damaged, type)).status);
  });

  it("with a canvas above the limit is refused", async () => {
    const file = animatedPng(width, height, [whole(1), whole(2)]);
    file.writeUInt32BE(60_000, 16);
    file.writeUInt32BE(60_000, 20);
    expect((await decodedWhole(file, type)).status).toBe("too-large");
  });

  it("of any bytes ends in a status", async () => {
    const file = animatedPng(8, 8, [1, 2, 3].map((seed) => ({ data: rgba(seed, 8, 8), left: 0, top: 0, width: 8, height: 8, disposal: "restore" })));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.nat(file.length - 1), fc.nat(255)), { maxLength: 8 }), fc.nat(file.length), async (edits, cut) => {
        const damaged = Buffer.from(file.subarray(0, file.length - cut));
        for (const [at, value] of edits) if (at >= 24 || at < 16) damaged[at] = value;
        expect(["hashed", "partial", "undecodable", "too-large", "first-page", "sampled"]).toContain((await decodedWhole(damaged, type)).status);
      }),
      { numRuns: 300 },
    );
  });
});
