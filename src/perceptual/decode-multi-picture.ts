import { byteView, isWithin, type Span, spanOf } from "./byte-view.ts";
import { mostFrames } from "./decode-limits.ts";
import { decodePages } from "./decode-pages.ts";
import { decodedPage } from "./decoding-library.ts";
import { jpegDecodingBytes } from "./decoding-memory.ts";
import { type DecodedStatus, decodedStatus, type Frames, noLosses } from "./frames.ts";
import { jpegSize, segmentsOf } from "./jpeg-segments.ts";
import { directoryAt, tiffOf } from "./tiff-directories.ts";
import { firstOf } from "./walks.ts";

const appSegment2 = 0xe2;
const head = "MPF\0";
const entriesTag = 0xb002;
const entryBytes = 16;

/**
 * Decodes a JPEG file and the further JPEG pictures that its index of several names: of other angles, in other sizes, of the light in them.
 *
 * Shape: `first-page` when there are more than are decoded, or one of them is not where the index says; `partial` when one is damaged.
 */
export async function decodeMultiPicture(bytes: Uint8Array, frames: Frames): Promise<DecodedStatus> {
  const further = furtherPicturesOf(bytes);
  const of = 1 + further.length;
  const status = await decodePages(bytes, of === 1 ? frames : { ...frames, take: (frame, _, pixels) => frames.take(frame, of, pixels) });
  if (of === 1) return status;
  const losses = noLosses();
  losses.isTooLarge = status === "too-large";
  losses.hasMissing = status === "undecodable";
  losses.isDamaged = status === "partial";
  losses.hasMore = of > mostFrames;
  for (const [index, span] of further.slice(0, mostFrames - 1).entries()) {
    const jpeg = isWithin({ ...span, lengthBytes: 1 }, bytes.length) ? spanOf(bytes, span) : null;
    const size = jpeg === null ? null : jpegSize(jpeg);
    if (jpeg !== null && size !== null && !(await frames.admits(size.widthPixels, size.heightPixels, jpegDecodingBytes(jpeg, size)))) {
      losses.isTooLarge = true;
      continue;
    }
    const decoded = jpeg === null || size === null ? null : await decodedPage(jpeg);
    losses.hasMissing ||= decoded === null;
    losses.isDamaged ||= decoded?.isDamaged === true;
    if (decoded !== null) frames.take(index + 2, of, decoded.pixels);
  }
  return decodedStatus(frames, losses);
}

/** Where the index of a multi-picture file says that the pictures after the first lie. Source: CIPA DC-007, 5.2. */
export function furtherPicturesOf(bytes: Uint8Array): readonly Span[] {
  const view = byteView(bytes, false);
  const index = firstOf(segmentsOf(bytes), ({ marker, offsetBytes }) => marker === appSegment2 && view.text(offsetBytes, head.length) === head);
  if (index === undefined) return [];
  const base = index.offsetBytes + head.length;
  const tiff = tiffOf(bytes.subarray(base, index.offsetBytes + index.lengthBytes));
  const entries = tiff === null ? undefined : directoryAt(tiff.view, tiff.firstDirectoryAt)?.fields.get(entriesTag);
  if (tiff === null || entries === undefined) return [];
  const found: Span[] = [];
  for (let at = entryBytes; at + entryBytes <= entries.count; at += entryBytes) {
    const lengthBytes = tiff.view.u32(entries.at + at + 4);
    const offset = tiff.view.u32(entries.at + at + 8);
    if (lengthBytes !== null && offset !== null) found.push({ offsetBytes: base + offset, lengthBytes });
  }
  return found;
}
