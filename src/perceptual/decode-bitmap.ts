import { bitmapHeader } from "./bitmap-header.ts";
import { bitmapDecodingBytes, bitmapPixels } from "./bitmap-pixels.ts";
import type { DecodedStatus, Frames } from "./frames.ts";

/** Decodes a BMP file. Shape: `partial` when rows are missing at its end; a header that contradicts itself is undecodable. */
export async function decodeBitmap(bytes: Uint8Array, frames: Frames): Promise<DecodedStatus> {
  const header = bitmapHeader(bytes);
  if (header === null) return "undecodable";
  if (!(await frames.admits(header.widthPixels, header.heightPixels, bitmapDecodingBytes(header)))) return "too-large";
  const decoded = bitmapPixels(bytes, header);
  if (decoded === null) return "undecodable";
  frames.take(1, 1, decoded.pixels);
  return decoded.isDamaged ? "partial" : "hashed";
}
