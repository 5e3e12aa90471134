import { readFile } from "node:fs/promises";
import sharp from "sharp";
import type { Pixels } from "../../src/perceptual/pixels.ts";
import { drawPhoto } from "../support/draw.ts";

/** A photo-like picture with the grain of a camera, JPEG quality 88: about 2 MB at 12 megapixels. */
export async function photoFile(seed: number, width: number, height: number): Promise<Buffer> {
  const photo = drawPhoto(seed, 800, 600);
  const data = await sharp(photo.data, { raw: photo.info }).resize(width, height, { fit: "fill" }).raw().toBuffer();
  let state = seed;
  for (let at = 0; at < data.length; at += 3) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const grain = (state >>> 28) - 7;
    for (let channel = 0; channel < 3; channel++) data[at + channel] = Math.max(0, Math.min(255, data[at + channel]! + grain));
  }
  return sharp(data, { raw: { width, height, channels: 3 } }).jpeg({ quality: 88 }).toBuffer();
}

/** Decoding as the decoder does it: every pixel, as stored. */
export async function decoded(file: Uint8Array): Promise<Pixels> {
  const { data, info } = await sharp(file, { failOn: "error", ignoreIcc: true, pages: 1, sequentialRead: true }).removeAlpha().toColourspace("srgb").raw({ depth: "uchar" }).toBuffer({ resolveWithObject: true });
  return { data, widthPixels: info.width, heightPixels: info.height, channels: 3 };
}

/** Reads and decodes files and does nothing else, so many at a time. */
export async function bareLoop(files: readonly string[], workers: number): Promise<void> {
  let next = 0;
  const work = async (): Promise<void> => {
    for (let at = next++; at < files.length; at = next++) await decoded(await readFile(files[at]!));
  };
  await Promise.all(Array.from({ length: workers }, work));
}
