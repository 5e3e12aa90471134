import { type Span, spanOf } from "./byte-view.ts";
import { decodedPage } from "./decoding-library.ts";
import { jpegDecodingBytes, makeRoom } from "./decoding-memory.ts";
import { jpegSize } from "./jpeg-segments.ts";
import type { Pixels } from "./pixels.ts";
import { mostThumbnails, type Thumbnail, thumbnailsOf } from "./thumbnail.ts";

/** A picture embedded in a file as its thumbnail. Shape: the span is of its bytes within the file; no pixels when it could not be decoded, or was too large to be. */
export type DecodedThumbnail = Span & Decoded;

type Decoded = { readonly status: "hashed" | "partial"; readonly pixels: Pixels } | { readonly status: "undecodable" | "too-large"; readonly pixels: null };

/** A thumbnail with more pixels is not decoded. */
const mostThumbnailPixels = 2 ** 24;

/** The file's thumbnails, in the order in which they lie in it, and whether it has more of them than are decoded. */
export async function decodedThumbnails(bytes: Uint8Array, mediaType: string): Promise<{ readonly thumbnails: readonly DecodedThumbnail[]; readonly hasMore: boolean }> {
  const found = thumbnailsOf(bytes, mediaType);
  const thumbnails: DecodedThumbnail[] = [];
  for (const each of found.slice(0, mostThumbnails)) {
    const { offsetBytes, lengthBytes } = each;
    thumbnails.push({ offsetBytes, lengthBytes, ...(await decodedOf(spanOf(bytes, each), each)) });
  }
  return { thumbnails, hasMore: found.length > mostThumbnails };
}

async function decodedOf(bytes: Uint8Array, thumbnail: Thumbnail): Promise<Decoded> {
  if (thumbnail.form === "jpeg") {
    const size = jpegSize(bytes);
    if (size === null) return { status: "undecodable", pixels: null };
    if (size.widthPixels * size.heightPixels > mostThumbnailPixels) return { status: "too-large", pixels: null };
    await makeRoom(jpegDecodingBytes(bytes, size));
    const decoded = await decodedPage(bytes);
    return decoded === null ? { status: "undecodable", pixels: null } : { status: decoded.isDamaged ? "partial" : "hashed", pixels: decoded.pixels };
  }
  const { form, widthPixels, heightPixels } = thumbnail;
  return { status: "hashed", pixels: { data: form === "rgb" ? Uint8Array.from(bytes) : coloured(bytes), widthPixels, heightPixels, channels: 3 } };
}

function coloured(bytes: Uint8Array): Uint8Array {
  const indices = bytes.subarray(768);
  const data = new Uint8Array(3 * indices.length);
  for (let at = 0; at < indices.length; at++) data.set(bytes.subarray(3 * indices[at]!, 3 * indices[at]! + 3), 3 * at);
  return data;
}
