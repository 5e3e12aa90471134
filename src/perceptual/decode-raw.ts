import { spanOf } from "./byte-view.ts";
import { mostFrames } from "./decode-limits.ts";
import { decodedPage } from "./decode-pages.ts";
import type { DecodedStatus, Frames } from "./frames.ts";
import { jpegSize } from "./jpeg-segments.ts";
import { rawPreviewsOf } from "./raw-previews.ts";

/** Decodes the largest preview that a camera's raw file holds and that can be decoded; the raw data themselves are not looked at. */
export async function decodeRaw(bytes: Uint8Array, frames: Frames): Promise<DecodedStatus> {
  let isTooLarge = false;
  for (const span of rawPreviewsOf(bytes).slice(0, mostFrames)) {
    const jpeg = spanOf(bytes, span);
    const { widthPixels, heightPixels } = jpegSize(jpeg)!;
    if (!frames.admits(widthPixels, heightPixels)) {
      isTooLarge = true;
      continue;
    }
    const decoded = await decodedPage(jpeg);
    if (decoded === null) continue;
    frames.take(1, 1, decoded.pixels);
    return decoded.isDamaged ? "partial" : "preview";
  }
  return isTooLarge ? "too-large" : "undecodable";
}
