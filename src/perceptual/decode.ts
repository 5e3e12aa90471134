import sharp from "sharp";
import type { Picture } from "../model.ts";
import { pdqCodes } from "./pdq.ts";
import type { Pixels } from "./pixels.ts";

/** The only readers of pictures that stay switched on: from memory, of six formats. Nothing that opens a path, nothing that renders. */
const allowedLoaders = ["Jpeg", "Png", "Webp", "Nsgif", "Tiff", "Heif"].map((format) => `VipsForeignLoad${format}Buffer`);

/** The decoding library's own default: 0x3fff squared. */
const largestPicturePixels = 0x3fff * 0x3fff;

sharp.block({ operation: ["VipsForeignLoad"] });
sharp.unblock({ operation: allowedLoaders });
sharp.cache(false);
sharp.concurrency(1);

/**
 * Decodes a picture and computes its codes: first picture of the file, pixels as stored (no turning, no colour management, alpha dropped).
 *
 * Shape:  `first-page` when there are further pages or frames; `partial` when only a decoder that overlooks errors reads it, as with truncated files.
 * Errors: none for the content: what cannot be decoded is a status.
 */
export async function pictureOf(bytes: Uint8Array): Promise<Picture> {
  const whole = await pixelsOf(bytes, "error");
  if (whole !== null) return withCodes(whole, (await pagesOf(bytes)) > 1 ? "first-page" : "hashed");
  if (await isTooLarge(bytes)) return withoutCodes("too-large");
  const part = await pixelsOf(bytes, "none");
  return part === null ? withoutCodes("undecodable") : withCodes(part, "partial");
}

/** Null when it cannot be decoded. What the library says of the reason may quote the content and goes no further. */
async function pixelsOf(bytes: Uint8Array, failOn: "error" | "none"): Promise<Pixels | null> {
  try {
    const { data, info } = await sharp(bytes, { failOn, ignoreIcc: true, pages: 1, limitInputPixels: largestPicturePixels, sequentialRead: true })
      .removeAlpha()
      .toColourspace("srgb")
      .raw({ depth: "uchar" })
      .toBuffer({ resolveWithObject: true });
    const { width: widthPixels, height: heightPixels, channels } = info;
    if (channels !== 1 && channels !== 3) return null;
    return data.length === widthPixels * heightPixels * channels ? { data, widthPixels, heightPixels, channels } : null;
  } catch {
    return null;
  }
}

async function isTooLarge(bytes: Uint8Array): Promise<boolean> {
  try {
    const { width, height } = await sharp(bytes, { failOn: "none", limitInputPixels: false, pages: 1 }).metadata();
    return width * height > largestPicturePixels;
  } catch {
    return false;
  }
}

async function pagesOf(bytes: Uint8Array): Promise<number> {
  try {
    return (await sharp(bytes, { failOn: "none", limitInputPixels: false }).metadata()).pages ?? 1;
  } catch {
    return 1;
  }
}

function withCodes(pixels: Pixels, status: "hashed" | "first-page" | "partial"): Picture {
  const { widthPixels, heightPixels } = pixels;
  const codes = pdqCodes(pixels);
  return { status: codes.length === 0 ? "too-small" : status, widthPixels, heightPixels, codes };
}

function withoutCodes(status: "too-large" | "undecodable"): Picture {
  return { status, widthPixels: 0, heightPixels: 0, codes: [] };
}
