import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { type AnimationLimits, decodeAnimation } from "../../src/perceptual/decode-animation.ts";
import { perceivedOf } from "../../src/perceptual/decode.ts";
import { headerOf } from "../../src/perceptual/decoding-library.ts";
import { type Frame, framesTo } from "../../src/perceptual/frames.ts";
import { drawPhoto, type Photo } from "../support/draw.ts";
import { decodedWhole, distanceBits, photoPixels } from "../support/pictures.ts";

const [width, height] = [160, 105];
const one = drawPhoto(1, width, height);
const other = drawPhoto(2, width, height);
/** How the control block ahead of a frame of a GIF file begins. */
const control = Buffer.of(0x21, 0xf9, 4);
const kinds = [["gif", "image/gif", { effort: 1 }], ["webp", "image/webp", { lossless: true, effort: 0 }]] as const;

/** The photo with a few pixels of its own in its corner, so that no encoder takes two frames for one. */
function marked({ data, info }: Photo, mark: number): Photo {
  const own = data.slice();
  for (let at = 0; at < 6; at++) own.set([(mark >> at) & 1 ? 255 : 0, 0, 0], 3 * at);
  return { data: own, info };
}

async function animated(encoding: "gif" | "webp", photos: readonly Photo[], options: object): Promise<Buffer> {
  const files = await Promise.all(photos.map(({ data, info }, at) => sharp(marked({ data, info }, at).data, { raw: info }).png().toBuffer()));
  const file = await sharp(files, { join: { animated: true } }).toFormat(encoding, options).toBuffer();
  expect((await sharp(file).metadata()).pages).toBe(photos.length);
  return file;
}

/** Decoded within other limits. */
async function within(file: Buffer, limits: AnimationLimits): Promise<{ readonly status: string; readonly frames: readonly Frame[] }> {
  const frames: Frame[] = [];
  const status = await decodeAnimation(file, (await headerOf(file, 0))!, framesTo((frame) => frames.push(frame), file.length), limits);
  return { status, frames };
}

describe.each(kinds)("an animation as %s", (encoding, type, options) => {
  it("of 60 frames gives a scene of one frame between evenly placed ones", async () => {
    for (const at of [12, 21, 47]) {
      const { status, frames } = await decodedWhole(await animated(encoding, Array.from({ length: 60 }, (_, frame) => (frame === at ? other : one)), options), type);
      expect([status, frames.map(({ frame, of }) => [frame, of])]).toEqual(["hashed", [1, at + 1, 30, 60].sort((left, right) => left - right).map((frame) => [frame, 60])]);
      expect(distanceBits(frames.find(({ frame }) => frame === at + 1)!.pixels, photoPixels(2, width, height))).toBeLessThan(12);
    }
  });

  it("of 50 frames that are alike is compared whole with three of them", async () => {
    const file = await animated(encoding, Array.from({ length: 50 }, () => one), options);
    const { picture } = await perceivedOf(file, type);
    expect([picture.status, picture.codes.length]).toEqual(["hashed", 3 * 8]);
    expect(await perceivedOf(Buffer.from(file), type)).toEqual({ picture, embedded: [] });
  });

  it("of more different frames than are compared says so, and gives the same ones each time", async () => {
    const file = await animated(encoding, Array.from({ length: 40 }, (_, at) => drawPhoto(at, width, height)), options);
    const first = await decodedWhole(file, type);
    expect([first.status, first.frames.length]).toEqual(["sampled", 16]);
    expect(first.frames.map(({ frame }) => frame)).toEqual(expect.arrayContaining([1, 20, 40]));
    expect(await decodedWhole(Buffer.from(file), type)).toEqual(first);
  });

  it("of up to sixteen frames has all of them, alike or not", async () => {
    const { status, frames } = await decodedWhole(await animated(encoding, Array.from({ length: 16 }, () => one), options), type);
    expect([status, frames.length]).toEqual(["hashed", 16]);
  });
});

describe("an animation", () => {
  it.each(kinds)("as %s that is read some frames at a time gives those that were chosen, from whichever part", async (encoding, type, options) => {
    const file = await animated(encoding, Array.from({ length: 23 }, (_, at) => ([6, 17].includes(at) ? other : one)), options);
    const whole = await decodedWhole(file, type);
    for (const framesInRoll of [1, 2, 5, 7, 22]) {
      const found = await within(file, { rollPixels: framesInRoll * width * height, surveyedPixels: 2 ** 28 });
      expect(found).toEqual({ status: "hashed", frames: whole.frames });
    }
  });

  it("that is too long to look at all of it is sampled evenly, also where all of it is one scene", async () => {
    const file = await animated("gif", Array.from({ length: 20 }, (_, at) => (at === 6 ? other : one)), { effort: 1 });
    // In parts of 5, 10, 15 and 20 frames are composed.
    const limits = { rollPixels: 5 * width * height, surveyedPixels: 50 * width * height };
    expect(await within(file, limits)).toMatchObject({ status: "hashed", frames: [1, 7, 10, 20].map((frame) => ({ frame })) });
    for (const each of [{ ...limits, surveyedPixels: limits.surveyedPixels - 1 }, { ...limits, rollPixels: width * height - 1 }]) {
      const { status, frames } = await within(file, each);
      expect([status, frames.map(({ frame }) => frame)]).toEqual(["sampled", [1, 2, 4, 5, 6, 7, 9, 10, 11, 12, 14, 15, 16, 17, 19, 20]]);
    }
  });

  it("with a frame that cannot be decoded is compared up to it, and says that there are others", async () => {
    const file = await animated("gif", Array.from({ length: 60 }, (_, at) => (at === 12 ? other : at === 40 ? drawPhoto(3, width, height) : one)), { effort: 1 });
    const places: number[] = [];
    for (let at = file.indexOf(control); at >= 0; at = file.indexOf(control, at + 1)) places.push(at);
    expect(places).toHaveLength(60);
    const damaged = Buffer.from(file);
    damaged.fill(0xff, places[40]! + 900, places[40]! + 1000);
    const { status, frames } = await decodedWhole(damaged, "image/gif");
    expect(status).toBe("first-page");
    expect(frames.map(({ frame }) => frame)).toContain(13);
  });

  it("as a GIF file with anything but a block in its midst is damaged, with zeros or others' bytes behind its end it is not", async () => {
    const gif = await animated("gif", Array.from({ length: 12 }, () => one), { effort: 1 });
    const at = gif.indexOf(control, gif.length >> 1);
    const damaged = Buffer.from(gif);
    damaged.fill(0, at, at + 8);
    expect((await decodedWhole(damaged, "image/gif")).status).toBe("partial");
    expect((await decodedWhole(Buffer.concat([gif, Buffer.alloc(300, 0x41)]), "image/gif")).status).toBe("hashed");
    expect((await decodedWhole(Buffer.concat([gif.subarray(0, gif.length - 1), Buffer.alloc(300)]), "image/gif")).status).toBe("hashed");
  });
});
