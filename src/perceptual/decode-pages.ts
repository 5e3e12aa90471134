import sharp, { type Sharp } from "sharp";
import { mostFrames, mostPixels } from "./decode-limits.ts";
import { chosenFrames } from "./frame-choice.ts";
import { type DecodedStatus, decodedStatus, type Frames, noLosses } from "./frames.ts";
import { isCutOffGif } from "./gif-blocks.ts";
import type { Pixels } from "./pixels.ts";

/** The only readers of pictures that stay switched on: from memory, of six formats. Nothing that opens a path, nothing that renders. */
const allowedLoaders = ["Jpeg", "Png", "Webp", "Nsgif", "Tiff", "Heif"].map((format) => `VipsForeignLoad${format}Buffer`);

sharp.block({ operation: ["VipsForeignLoad"] });
sharp.unblock({ operation: allowedLoaders });
sharp.cache(false);
sharp.concurrency(1);

/** The formats of which the library composes frames of one animation, rather than reading pages that stand for themselves. */
const animations: ReadonlySet<string> = new Set(["gif", "webp"]);

/**
 * Decodes what the decoding library reads: JPEG, PNG, GIF, WebP, TIFF, AVIF. Pixels as stored: no turning, no colour management, alpha dropped.
 *
 * Shape: `sampled` and `first-page` when there are more frames, or more pages, than are decoded, `first-page` too when one cannot be decoded at all;
 *        `partial` when only a decoder that overlooks errors reads one of them, as with truncated files.
 */
export async function decodePages(bytes: Uint8Array, frames: Frames): Promise<DecodedStatus> {
  const header = await headerOf(bytes, 0);
  if (header === null) return "undecodable";
  if (header.widthPixels * header.heightPixels > mostPixels) return "too-large";
  const isAnimation = header.pages > 1 && animations.has(header.format);
  const choice = isAnimation
    ? chosenFrames(header.pages, header.widthPixels * header.heightPixels)
    : { frames: Array.from({ length: Math.min(header.pages, mostFrames) }, (_, page) => page), isSpread: header.pages <= mostFrames };
  const losses = noLosses();
  losses.isDamaged = header.format === "gif" && isCutOffGif(bytes);
  losses.hasMore = !choice.isSpread;
  for (const page of choice.frames) {
    const size = page === 0 || isAnimation ? header : await headerOf(bytes, page);
    if (size !== null && !frames.admits(size.widthPixels, size.heightPixels)) {
      losses.isTooLarge = true;
      continue;
    }
    const decoded = size === null ? null : await decodedPage(bytes, page);
    losses.hasMissing ||= decoded === null;
    losses.isDamaged ||= decoded?.isDamaged === true;
    if (decoded !== null) frames.take(page + 1, header.pages, decoded.pixels);
  }
  const status = decodedStatus(frames, losses);
  return status === "hashed" && choice.frames.length < header.pages ? "sampled" : status;
}

/** One picture, of a file or of a part of one. Null when it cannot be decoded, or is above the pixel limit. */
export async function decodedPage(bytes: Uint8Array, page = 0): Promise<{ readonly pixels: Pixels; readonly isDamaged: boolean } | null> {
  for (const failOn of ["error", "none"] as const) {
    const raw = await rawOf(opened(bytes, page, failOn).removeAlpha());
    if (raw === null) continue;
    const { data, widthPixels, heightPixels, channels } = raw;
    // Where errors were overlooked and nothing but one value came out, nothing was decoded.
    if (failOn === "none" && data.every((value) => value === data[0])) return null;
    if (channels === 1 || channels === 3) return { pixels: { data, widthPixels, heightPixels, channels }, isDamaged: failOn === "none" };
  }
  return null;
}

/** The same with its alpha, which composing needs. Shape: red, green, blue, alpha. */
export async function decodedWithAlpha(bytes: Uint8Array): Promise<{ readonly data: Uint8Array; readonly isDamaged: boolean } | null> {
  for (const failOn of ["error", "none"] as const) {
    const raw = await rawOf(opened(bytes, 0, failOn).ensureAlpha());
    if (raw?.channels === 4) return { data: raw.data, isDamaged: failOn === "none" };
  }
  return null;
}

function opened(bytes: Uint8Array, page: number, failOn: "error" | "none"): Sharp {
  return sharp(bytes, { failOn, ignoreIcc: true, page, pages: 1, limitInputPixels: mostPixels, sequentialRead: true });
}

/** Null when it cannot be decoded. What the library says of the reason may quote the content and goes no further. */
async function rawOf(picture: Sharp): Promise<(Omit<Pixels, "channels"> & { readonly channels: number }) | null> {
  try {
    const { data, info } = await picture.toColourspace("srgb").raw({ depth: "uchar" }).toBuffer({ resolveWithObject: true });
    const { width: widthPixels, height: heightPixels, channels } = info;
    return data.length === widthPixels * heightPixels * channels ? { data, widthPixels, heightPixels, channels } : null;
  } catch {
    return null;
  }
}

interface Header {
  readonly format: string;
  readonly pages: number;
  readonly widthPixels: number;
  readonly heightPixels: number;
}

async function headerOf(bytes: Uint8Array, page: number): Promise<Header | null> {
  try {
    const { format, pages, width, height, pageHeight } = await sharp(bytes, { failOn: "none", limitInputPixels: false, page, pages: 1 }).metadata();
    return { format, pages: pages ?? 1, widthPixels: width, heightPixels: pageHeight ?? height };
  } catch {
    return null;
  }
}
