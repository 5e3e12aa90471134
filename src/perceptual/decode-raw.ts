import { type Span, spanOf } from "./byte-view.ts";
import { mostFrames } from "./decode-limits.ts";
import { decodedPage } from "./decoding-library.ts";
import { decodedPixelBytes, jpegDecodingBytes, tiffPartBytes } from "./decoding-memory.ts";
import { type DecodedStatus, decodedStatus, type Frames, type Losses, noLosses } from "./frames.ts";
import { jpegSize } from "./jpeg-segments.ts";
import { rawPreviewsOf, shownPagesOf } from "./raw-previews.ts";
import { hasFurtherDirectories, tiffOf } from "./tiff-directories.ts";

/**
 * Decodes the previews that a camera's raw file holds, the largest first, and then what a viewer of TIFF files would show of it; the raw data themselves are
 * not looked at.
 *
 * Shape: previews are numbered ahead of pages. `first-page` when there are more than are decoded, or one of them cannot be decoded.
 */
export async function decodeRaw(bytes: Uint8Array, frames: Frames): Promise<DecodedStatus> {
  const previews = rawPreviewsOf(bytes);
  const pages = shownPagesOf(bytes);
  const of = previews.length + pages.length;
  const losses = noLosses();
  // However many previews there are, none of them keeps what any viewer shows from being looked at.
  const decodedPreviews = previews.slice(0, mostFrames - Math.min(pages.length, mostFrames / 2));
  const decodedPages = pages.slice(0, mostFrames - decodedPreviews.length);
  const tiff = tiffOf(bytes);
  losses.hasMore = decodedPreviews.length + decodedPages.length < of || (tiff !== null && hasFurtherDirectories(tiff));
  await takePreviews(bytes, decodedPreviews, of, frames, losses);
  for (const [index, { page, widthPixels, heightPixels, isNeeded }] of decodedPages.entries()) {
    if (!(await frames.admits(widthPixels, heightPixels, decodedPixelBytes(true) * widthPixels * heightPixels + tiffPartBytes(bytes, page, widthPixels, heightPixels)))) {
      losses.isTooLarge = true;
      continue;
    }
    const decoded = await decodedPage(bytes, page);
    losses.hasMissing ||= decoded === null && isNeeded;
    losses.isDamaged ||= decoded?.isDamaged === true && isNeeded;
    if (decoded !== null) frames.take(previews.length + index + 1, of, decoded.pixels);
  }
  const status = decodedStatus(frames, losses);
  return status === "hashed" ? "preview" : status;
}

/** Decodes JPEG pictures that lie in a file, as its first frames of `of`. */
export async function takePreviews(bytes: Uint8Array, previews: readonly Span[], of: number, frames: Frames, losses: Losses): Promise<void> {
  for (const [index, span] of previews.entries()) {
    const jpeg = spanOf(bytes, span);
    const size = jpegSize(jpeg)!;
    if (!(await frames.admits(size.widthPixels, size.heightPixels, jpegDecodingBytes(jpeg, size)))) {
      losses.isTooLarge = true;
      continue;
    }
    const decoded = await decodedPage(jpeg);
    losses.hasMissing ||= decoded === null;
    losses.isDamaged ||= decoded?.isDamaged === true;
    if (decoded !== null) frames.take(index + 1, of, decoded.pixels);
  }
}
