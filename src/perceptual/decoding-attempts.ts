import { byteView } from "./byte-view.ts";
import { withPlainHeader } from "./jpeg-segments.ts";
import { chainOf, numberOf, tiffOf } from "./tiff-directories.ts";

/** One way to ask the decoding library for a picture. Shape: what is had in a damaged way lacks a part, or has something else in its place. */
export interface Attempt {
  readonly bytes: Uint8Array;
  /** What makes the library refuse. */
  readonly failOn: "warning" | "error" | "none";
  readonly isDamaged: boolean;
}

const compression = 0x0103;
const jpegCompressions: readonly number[] = [6, 7];

/**
 * The ways to decode a page, in order; the next one is for what the one before refused.
 *
 * Damage in the midst of JPEG data is no more than a warning to its decoder, which goes on with wrong pixels: there warnings decide. Of other formats they say
 * nothing of pixels, and errors decide. Warnings of a JPEG file's header are taken away first: they would hide the next one, and ordinary phones cause them.
 */
export function* attemptsOf(bytes: Uint8Array, page: number): Generator<Attempt> {
  if (isJpeg(bytes) || mayHoldJpeg(bytes, page)) {
    yield { bytes, failOn: "warning", isDamaged: false };
    const plain = isJpeg(bytes) ? withPlainHeader(bytes) : null;
    if (plain !== null) yield { bytes: plain, failOn: "warning", isDamaged: false };
    yield { bytes, failOn: "error", isDamaged: true };
  } else {
    yield { bytes, failOn: "error", isDamaged: false };
  }
  yield { bytes, failOn: "none", isDamaged: true };
}

function isJpeg(bytes: Uint8Array): boolean {
  return byteView(bytes, false).u16(0) === 0xffd8;
}

/** Whether the page is one of a TIFF file that is coded as JPEG, or one whose directories are not read here (BigTIFF). */
function mayHoldJpeg(bytes: Uint8Array, page: number): boolean {
  if (!["II+\0", "MM\0+", "II*\0", "MM\0*"].includes(byteView(bytes, false).text(0, 4) ?? "")) return false;
  const tiff = tiffOf(bytes);
  const fields = tiff === null ? undefined : chainOf(tiff)[page];
  return tiff === null || fields === undefined || jpegCompressions.includes(numberOf(tiff.view, fields.get(compression)) ?? 1);
}
