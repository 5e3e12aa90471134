import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { pdqCodes } from "../../src/perceptual/pdq.ts";
import { plainGroundPercent } from "../../src/model.ts";
import { drawPhoto } from "../support/draw.ts";

const width = 480;
const height = 400;
const seeds = Array.from({ length: 12 }, (_, at) => at + 1);
const photos = new Map(seeds.map((seed) => [seed, drawPhoto(seed, width, height).data]));

/** The middle of a photo, as a disc on plain ground. Shape: `share` of the shorter side; `shade`: how much darker the ground is in its corners. */
function disc(seed: number, share: number, ground: number, shade: number): Uint8Array {
  const data = Uint8Array.from(photos.get(seed)!);
  const radius = (share * height) / 2;
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const distance = Math.hypot(x - width / 2, y - height / 2);
      if (distance >= radius) data.fill(Math.round(ground - shade * (distance / 312) ** 2), 3 * (y * width + x), 3 * (y * width + x) + 3);
    }
  return data;
}

/** A photo whose upper part is a sky that grows lighter towards the horizon. */
function withSky(seed: number, share: number): Uint8Array {
  const data = Uint8Array.from(photos.get(seed)!);
  for (let y = 0; y < height * share; y++) {
    const light = Math.round(160 + (70 * y) / (height * share));
    for (let x = 0; x < width; x++) data.set([light - 20, light, light + 15], 3 * (y * width + x));
  }
  return data;
}

async function uniformPercentOf(data: Uint8Array): Promise<number> {
  const file = await sharp(data, { raw: { width, height, channels: 3 } }).jpeg({ quality: 85 }).toBuffer();
  const [code] = pdqCodes({ data: await sharp(file).raw().toBuffer(), widthPixels: width, heightPixels: height, channels: 3 });
  return code!.uniformPercent;
}

describe("plain ground", () => {
  it("is most of a picture of an object that stands alone", async () => {
    for (const seed of seeds)
      for (const share of [0.3, 0.5, 0.7])
        for (const [ground, shade] of [[255, 0], [250, 20], [120, 0]] as const) expect(await uniformPercentOf(disc(seed, share, ground, shade))).toBeGreaterThanOrEqual(plainGroundPercent);
  });

  it("is little of a scene, with a sky in its upper half too", async () => {
    for (const seed of seeds) {
      expect(await uniformPercentOf(photos.get(seed)!)).toBeLessThan(25);
      for (const share of [0.3, 0.5]) expect(await uniformPercentOf(withSky(seed, share))).toBeLessThan(40);
    }
  });
});
