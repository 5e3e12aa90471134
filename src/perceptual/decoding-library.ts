import sharp, { type Sharp } from "sharp";
import { mostPixels } from "./decode-limits.ts";
import { type Attempt, attemptsOf } from "./decoding-attempts.ts";
import { isOutOfMemory } from "./decoding-memory.ts";
import type { Pixels } from "./pixels.ts";
import { alphaApart } from "./transparency.ts";

/** The only readers of pictures that stay switched on: from memory, of six formats. Nothing that opens a path, nothing that renders. */
const allowedLoaders = ["Jpeg", "Png", "Webp", "Nsgif", "Tiff", "Heif"].map((format) => `VipsForeignLoad${format}Buffer`);

sharp.block({ operation: ["VipsForeignLoad"] });
sharp.unblock({ operation: allowedLoaders });
sharp.cache(false);
sharp.concurrency(1);

/** What the decoding library says of a page before it decodes it. Shape: `pages` is of the file, the size of the page. */
export interface Header {
  readonly format: string;
  readonly pages: number;
  readonly widthPixels: number;
  readonly heightPixels: number;
  readonly channels: number;
  readonly hasAlpha: boolean;
  /** More than 8 bits a channel. */
  readonly isDeep: boolean;
}

/** A picture that was decoded. Shape: a damaged one lacks a part. */
export interface DecodedPixels {
  readonly pixels: Pixels;
  readonly isDamaged: boolean;
}

/** Channels of a decoded page, or of pages of one size one below the other. */
export interface RawPixels {
  readonly data: Uint8Array;
  readonly widthPixels: number;
  readonly heightPixels: number;
  readonly channels: number;
}

/** Null when the library reads none of it. */
export async function headerOf(bytes: Uint8Array, page: number): Promise<Header | null> {
  try {
    const { format, pages, width, height, pageHeight, channels, hasAlpha, depth, bitsPerSample } = await sharp(bytes, { failOn: "none", limitInputPixels: false, page, pages: 1 }).metadata();
    const isDeep = depth !== "uchar" || (bitsPerSample ?? 8) > 8;
    return { format, pages: pages ?? 1, widthPixels: width, heightPixels: pageHeight ?? height, channels, hasAlpha, isDeep };
  } catch {
    return null;
  }
}

/** One picture, of a file or of a part of one. Null when it cannot be decoded, or is above the pixel limit. */
export async function decodedPage(bytes: Uint8Array, page = 0): Promise<DecodedPixels | null> {
  for (const attempt of attemptsOf(bytes, page)) {
    const { failOn, isDamaged } = attempt;
    const raw = await rawOf(opened(attempt.bytes, page, 1, failOn));
    // Of more channels than colours and alpha the first are the colours.
    const pixels = pixelsOf(raw !== null && raw.channels > 4 ? await rawOf(opened(attempt.bytes, page, 1, failOn).removeAlpha()) : raw);
    if (pixels === null) continue;
    if (failOn === "none" && isBlank(pixels)) return null;
    return { pixels, isDamaged };
  }
  return null;
}

/** The same with its alpha beside the colours of each pixel, which composing needs. Shape: red, green, blue, alpha. */
export async function decodedWithAlpha(bytes: Uint8Array): Promise<{ readonly data: Uint8Array; readonly isDamaged: boolean } | null> {
  for (const failOn of ["error", "none"] as const) {
    const raw = await rawOf(opened(bytes, 0, 1, failOn).ensureAlpha());
    if (raw?.channels === 4) return { data: raw.data, isDamaged: failOn === "none" };
  }
  return null;
}

/** Frames of an animation that follow one another, decoded in one go: each by itself would be composed from the first one on. Null when they cannot be decoded. */
export async function decodedRoll(bytes: Uint8Array, first: number, count: number): Promise<(RawPixels & { readonly isDamaged: boolean }) | null> {
  for (const failOn of ["error", "none"] as const) {
    const raw = await rawOf(opened(bytes, first, count, failOn));
    if (raw !== null && raw.channels <= 4) return { ...raw, isDamaged: failOn === "none" };
  }
  return null;
}

/** Whether a picture is decoded without any error being overlooked. */
export async function decodesWhole(bytes: Uint8Array): Promise<boolean> {
  return (await rawOf(opened(bytes, 0, 1, "error"))) !== null;
}

/** Colours and alpha apart. Null for channels that are neither. The data must not be used any more. */
export function pixelsOf(raw: RawPixels | null): Pixels | null {
  if (raw === null) return null;
  const { channels, ...rest } = raw;
  if (channels === 2 || channels === 4) return alphaApart({ ...rest, channels });
  return channels === 1 || channels === 3 ? { ...rest, channels } : null;
}

/** Whether nothing but one value came out: where errors were overlooked, nothing was decoded then. */
export function isBlank({ data, alpha }: Pixels): boolean {
  if (alpha !== undefined) return false;
  // A function for each value would take ten seconds of the largest pictures.
  for (let at = 1; at < data.length; at++) if (data[at] !== data[0]) return false;
  return true;
}

function opened(bytes: Uint8Array, page: number, pages: number, failOn: Attempt["failOn"]): Sharp {
  return sharp(bytes, { failOn, ignoreIcc: true, page, pages, limitInputPixels: mostPixels, sequentialRead: true });
}

/** Null when it cannot be decoded. What the library says of the reason may quote the content and goes no further. Errors: when memory ran out. */
async function rawOf(picture: Sharp): Promise<RawPixels | null> {
  try {
    const { data, info } = await picture.toColourspace("srgb").raw({ depth: "uchar" }).toBuffer({ resolveWithObject: true });
    const { width: widthPixels, height: heightPixels, channels } = info;
    if (data.length !== widthPixels * heightPixels * channels) return null;
    // Of a Buffer, a slice would be no copy.
    return { data: new Uint8Array(data.buffer, data.byteOffset, data.length), widthPixels, heightPixels, channels };
  } catch (error) {
    if (isOutOfMemory(error)) throw error;
    return null;
  }
}
