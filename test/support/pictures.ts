import type { Frame } from "../../src/perceptual/frames.ts";
import { decodePicture, type DecodedPicture } from "../../src/perceptual/decode.ts";
import { pdqCodes } from "../../src/perceptual/pdq.ts";
import type { Pixels } from "../../src/perceptual/pixels.ts";
import { drawPhoto } from "./draw.ts";

/** The photo of a seed as pixels. */
export function photoPixels(seed: number, widthPixels: number, heightPixels: number): Pixels {
  return { data: drawPhoto(seed, widthPixels, heightPixels).data, widthPixels, heightPixels, channels: 3 };
}

/** All that decoding a file gives, its frames gathered. */
export async function decodedWhole(bytes: Uint8Array, mediaType: string): Promise<DecodedPicture & { readonly frames: readonly Frame[] }> {
  const frames: Frame[] = [];
  const picture = await decodePicture(bytes, mediaType, (frame) => frames.push(frame));
  return { ...picture, frames };
}

/** Distance in bits between the plain PDQ codes of two pictures. */
export function distanceBits(one: Pixels, other: Pixels): number {
  const [left, right] = [one, other].map((pixels) => pdqCodes(pixels)[0]!.code);
  return left!.reduce((sum, byte, at) => sum + (byte ^ right![at]!).toString(2).replaceAll("0", "").length, 0);
}

/** Unsigned numbers as bytes. */
export const le16 = (...values: readonly number[]): Buffer => Buffer.concat(values.map((value) => Buffer.of(value & 255, (value >> 8) & 255)));
export const le32 = (...values: readonly number[]): Buffer => Buffer.concat(values.map((value) => le16(value & 0xffff, value >>> 16)));
export const be16 = (...values: readonly number[]): Buffer => Buffer.concat(values.map((value) => le16(value).reverse()));
export const be32 = (...values: readonly number[]): Buffer => Buffer.concat(values.map((value) => le32(value).reverse()));
