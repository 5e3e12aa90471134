import { type BitmapHeader, iconBitmapHeader } from "./bitmap-header.ts";
import { bitmapDecodingBytes, bitmapPixels } from "./bitmap-pixels.ts";
import { byteView, isWithin, spanOf } from "./byte-view.ts";
import { mostFrames } from "./decode-limits.ts";
import { pngDecodingBytes } from "./decoding-memory.ts";
import { decodedPage } from "./decoding-library.ts";
import { type DecodedStatus, decodedStatus, type Frames, noLosses } from "./frames.ts";
import type { Pixels } from "./pixels.ts";

const directoryBytes = 6;
const entryBytes = 16;
const pngHead = "\x89PNG\r\n\x1a\n";

interface Contained {
  readonly frame: number;
  readonly bytes: Uint8Array;
  readonly widthPixels: number;
  readonly heightPixels: number;
  /** Null for a PNG file. */
  readonly header: BitmapHeader | null;
}

/**
 * Decodes the pictures within an icon or a cursor, the largest first. Masks are not applied, and the alpha of bitmaps is dropped.
 *
 * Shape: `first-page` when there are more than are decoded, some above the limit, or some that cannot be decoded; `partial` when one of them is damaged.
 */
export async function decodeIcon(bytes: Uint8Array, frames: Frames): Promise<DecodedStatus> {
  const of = byteView(bytes, true).u16(4) ?? 0;
  const contained = containedIn(bytes, of);
  const losses = noLosses();
  losses.hasMissing = contained.length < of;
  losses.hasMore = contained.length > mostFrames;
  for (const picture of contained.slice(0, mostFrames)) {
    if (!(await frames.admits(picture.widthPixels, picture.heightPixels, decodingBytesOf(picture)))) {
      losses.isTooLarge = true;
      continue;
    }
    const decoded = await decodedOf(picture);
    losses.hasMissing ||= decoded === null;
    losses.isDamaged ||= decoded?.isDamaged === true;
    if (decoded !== null) frames.take(picture.frame, of, decoded.pixels);
  }
  return decodedStatus(frames, losses);
}

/** The pictures whose headers can be read. Source: Microsoft, "Icons"; entries' own sizes are hints only. */
function containedIn(bytes: Uint8Array, of: number): readonly Contained[] {
  const view = byteView(bytes, true);
  const found: Contained[] = [];
  for (let index = 0; index < of; index++) {
    const at = directoryBytes + entryBytes * index;
    const [lengthBytes, offsetBytes] = [view.u32(at + 8), view.u32(at + 12)];
    if (lengthBytes === null || offsetBytes === null) break;
    if (!isWithin({ offsetBytes, lengthBytes: 1 }, bytes.length)) continue;
    const picture = containedAt(spanOf(bytes, { offsetBytes, lengthBytes }), index + 1);
    if (picture !== null) found.push(picture);
  }
  return found.sort((one, other) => other.widthPixels * other.heightPixels - one.widthPixels * one.heightPixels);
}

function containedAt(bytes: Uint8Array, frame: number): Contained | null {
  const view = byteView(bytes, false);
  if (view.text(0, 8) === pngHead) {
    const [widthPixels, heightPixels] = [view.u32(16), view.u32(20)];
    return widthPixels === null || heightPixels === null ? null : { frame, bytes, widthPixels, heightPixels, header: null };
  }
  const header = iconBitmapHeader(bytes);
  return header === null ? null : { frame, bytes, widthPixels: header.widthPixels, heightPixels: header.heightPixels, header };
}

function decodingBytesOf({ bytes, widthPixels, heightPixels, header }: Contained): number {
  return header === null ? pngDecodingBytes(bytes, widthPixels, heightPixels) : bitmapDecodingBytes(header);
}

async function decodedOf({ bytes, header }: Contained): Promise<{ readonly pixels: Pixels; readonly isDamaged: boolean } | null> {
  return header === null ? decodedPage(bytes) : bitmapPixels(bytes, header);
}
