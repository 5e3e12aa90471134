import type { Embedded } from "../model.ts";
import { byteView, isWithin, type Span, spanOf } from "./byte-view.ts";
import { pngChunks, riffChunks } from "./chunks.ts";
import { segmentsOf } from "./jpeg-segments.ts";
import { directoriesOf, numberOf, tiffOf } from "./tiff-directories.ts";
import { thoseOf } from "./walks.ts";

/**
 * A small picture that a file carries of itself, or of what it was before somebody edited it.
 *
 * Shape: `rgb` and `palette` are uncompressed, of the stated size; a palette is 256 times red, green, blue ahead of one byte a pixel.
 */
export type Thumbnail = Span & ({ readonly form: "jpeg" } | { readonly form: "rgb" | "palette"; readonly widthPixels: number; readonly heightPixels: number });

/** What the thumbnails of a file are called, in the order in which they lie in it. Shape: `index` from 0. */
export function thumbnailName(index: number): Embedded["name"] {
  return index === 0 ? "thumbnail" : `thumbnail-${index + 1}`;
}

const appSegment0 = 0xe0;
const appSegment1 = 0xe1;
const exifHead = "Exif\0\0";
const paletteBytes = 768;

/** Most thumbnails of one file that are looked at: one is usual, and a second may be a decoy ahead of it. Of a file with more the status says that some were not. */
export const mostThumbnails = 4;

/**
 * The thumbnails of a JPEG, PNG or WebP file, of its Exif blocks and its JFIF headers.
 *
 * Shape: at different places, which lie within the file, in their order; there may be more than `mostThumbnails`.
 */
export function thumbnailsOf(bytes: Uint8Array, mediaType: string): readonly Thumbnail[] {
  const view = byteView(bytes, false);
  const inExif = exifBlocksOf(bytes, mediaType).flatMap((block) => {
    const headBytes = view.text(block.offsetBytes, exifHead.length) === exifHead ? exifHead.length : 0;
    return exifThumbnail(bytes, { offsetBytes: block.offsetBytes + headBytes, lengthBytes: block.lengthBytes - headBytes });
  });
  const found = [...inExif, ...(mediaType === "image/jpeg" ? jfifThumbnails(bytes) : [])].filter((each) => each !== null);
  const byPlace = new Map(found.map((each) => [each.offsetBytes, each]));
  return [...byPlace.values()].sort((one, other) => one.offsetBytes - other.offsetBytes);
}

function exifBlocksOf(bytes: Uint8Array, mediaType: string): readonly Span[] {
  switch (mediaType) {
    case "image/jpeg":
      return thoseOf(segmentsOf(bytes), ({ marker }) => marker === appSegment1);
    case "image/png":
    case "image/apng":
      return thoseOf(pngChunks(bytes), ({ name }) => name === "eXIf");
    case "image/webp":
      return thoseOf(riffChunks(bytes), ({ name }) => name === "EXIF");
    default:
      return [];
  }
}

/** Source: Exif 2.32, 4.5.8 and 4.6.8: the second directory is the thumbnail's. */
function exifThumbnail(bytes: Uint8Array, block: Span): Thumbnail | null {
  const tiff = tiffOf(spanOf(bytes, block));
  const fields = tiff === null ? undefined : directoriesOf(tiff).find(({ inChain }) => inChain === 1)?.fields;
  if (tiff === null || fields === undefined) return null;
  const offset = numberOf(tiff.view, fields.get(0x0201));
  const lengthBytes = numberOf(tiff.view, fields.get(0x0202));
  if (offset === null || lengthBytes === null || !isWithin({ offsetBytes: offset, lengthBytes }, block.lengthBytes)) return null;
  return jpegAt(bytes, { offsetBytes: block.offsetBytes + offset, lengthBytes });
}

/** Source: JFIF 1.02, "JFIF APP0 marker segment" and "JFIF extension". */
function jfifThumbnails(bytes: Uint8Array): readonly Thumbnail[] {
  const view = byteView(bytes, false);
  return thoseOf(segmentsOf(bytes), ({ marker }) => marker === appSegment0).flatMap(({ offsetBytes: at, lengthBytes }) => {
    const end = at + lengthBytes;
    const name = view.text(at, 5);
    const extension = name === "JFXX\0" ? view.u8(at + 5) : null;
    const found =
      name === "JFIF\0" ? uncompressed(view.u8(at + 12), view.u8(at + 13), "rgb", at + 14)
      : extension === 0x13 ? uncompressed(view.u8(at + 6), view.u8(at + 7), "rgb", at + 8)
      : extension === 0x11 ? uncompressed(view.u8(at + 6), view.u8(at + 7), "palette", at + 8)
      : extension === 0x10 ? jpegAt(bytes, { offsetBytes: at + 6, lengthBytes: lengthBytes - 6 })
      : null;
    return found !== null && found.offsetBytes + found.lengthBytes <= end ? [found] : [];
  });
}

function uncompressed(widthPixels: number | null, heightPixels: number | null, form: "rgb" | "palette", offsetBytes: number): Thumbnail | null {
  if (widthPixels === null || heightPixels === null || widthPixels * heightPixels === 0) return null;
  const lengthBytes = form === "rgb" ? 3 * widthPixels * heightPixels : paletteBytes + widthPixels * heightPixels;
  return { form, widthPixels, heightPixels, offsetBytes, lengthBytes };
}

function jpegAt(bytes: Uint8Array, span: Span): Thumbnail | null {
  return isWithin(span, bytes.length) && byteView(spanOf(bytes, span), false).u16(0) === 0xffd8 ? { ...span, form: "jpeg" } : null;
}
