import { decodeAnimation } from "./decode-animation.ts";
import { mostFrames, mostPixels } from "./decode-limits.ts";
import { decodedPage, headerOf } from "./decoding-library.ts";
import { decodingBytes } from "./decoding-memory.ts";
import { type DecodedStatus, decodedStatus, type Frames, noLosses } from "./frames.ts";

/** The formats of which the library composes frames of one animation, rather than reading pages that stand for themselves. */
const animations: ReadonlySet<string> = new Set(["gif", "webp"]);

/**
 * Decodes what the decoding library reads: JPEG, PNG, GIF, WebP, TIFF, AVIF. Pixels as stored: no turning, no colour management.
 *
 * Shape: `first-page` when there are more pages than are decoded, or one cannot be decoded at all; `partial` when only a decoder that overlooks errors
 *        reads one of them, as with truncated files. Of animations as `decodeAnimation` says.
 */
export async function decodePages(bytes: Uint8Array, frames: Frames): Promise<DecodedStatus> {
  const header = await headerOf(bytes, 0);
  if (header === null) return "undecodable";
  if (header.widthPixels * header.heightPixels > mostPixels) return "too-large";
  if (animations.has(header.format)) return decodeAnimation(bytes, header, frames);
  const losses = noLosses();
  losses.hasMore = header.pages > mostFrames;
  for (let page = 0; page < Math.min(header.pages, mostFrames); page++) {
    const size = page === 0 ? header : await headerOf(bytes, page);
    if (size !== null && !(await frames.admits(size.widthPixels, size.heightPixels, decodingBytes(bytes, size, page)))) {
      losses.isTooLarge = true;
      continue;
    }
    const decoded = size === null ? null : await decodedPage(bytes, page);
    losses.hasMissing ||= decoded === null;
    losses.isDamaged ||= decoded?.isDamaged === true;
    if (decoded !== null) frames.take(page + 1, header.pages, decoded.pixels);
  }
  return decodedStatus(frames, losses);
}
