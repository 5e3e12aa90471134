import { type Span, spanOf } from "./byte-view.ts";
import { decodedPage } from "./decode-pages.ts";
import { jpegSize } from "./jpeg-segments.ts";
import type { Pixels } from "./pixels.ts";
import { type Thumbnail, thumbnailOf } from "./thumbnail.ts";

/** A picture embedded in a file as its thumbnail. Shape: the span is of its bytes within the file. */
export interface DecodedThumbnail extends Span {
  readonly pixels: Pixels;
}

/** A thumbnail with more pixels is none. */
const mostThumbnailPixels = 2 ** 24;

/** The file's thumbnail, or null when it has none that decodes without an error. */
export async function decodedThumbnail(bytes: Uint8Array, mediaType: string): Promise<DecodedThumbnail | null> {
  const found = thumbnailOf(bytes, mediaType);
  if (found === null) return null;
  const { offsetBytes, lengthBytes } = found;
  const pixels = await pixelsOf(spanOf(bytes, found), found);
  return pixels === null ? null : { offsetBytes, lengthBytes, pixels };
}

async function pixelsOf(bytes: Uint8Array, thumbnail: Thumbnail): Promise<Pixels | null> {
  if (thumbnail.form === "jpeg") {
    const size = jpegSize(bytes);
    if (size === null || size.widthPixels * size.heightPixels > mostThumbnailPixels) return null;
    const decoded = await decodedPage(bytes);
    return decoded === null || decoded.isDamaged ? null : decoded.pixels;
  }
  const { form, widthPixels, heightPixels } = thumbnail;
  return { data: form === "rgb" ? Uint8Array.from(bytes) : coloured(bytes), widthPixels, heightPixels, channels: 3 };
}

function coloured(bytes: Uint8Array): Uint8Array {
  const indices = bytes.subarray(768);
  const data = new Uint8Array(3 * indices.length);
  for (let at = 0; at < indices.length; at++) data.set(bytes.subarray(3 * indices[at]!, 3 * indices[at]! + 3), 3 * at);
  return data;
}
