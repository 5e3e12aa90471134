import { boxesOf } from "./chunks.ts";
import { mostFrames } from "./decode-limits.ts";
import { type DecodedStatus, decodedStatus, type Frames, noLosses } from "./frames.ts";
import { openHeif } from "./heif.ts";
import { firstOf } from "./walks.ts";

/**
 * Decodes the top-level pictures of a HEIC file, the primary one first, with the crop and the turn that the file makes part of them.
 *
 * Shape: `first-page` when there are more than are decoded, a sequence besides them, or one that cannot be decoded; `partial` when a tile of one cannot be.
 */
export async function decodeHeic(bytes: Uint8Array, frames: Frames): Promise<DecodedStatus> {
  const heif = await openHeif(bytes);
  const pictures = [...heif.pictures].sort((one, other) => Number(other.isPrimary) - Number(one.isPrimary));
  const losses = noLosses();
  losses.hasMore = pictures.length > mostFrames || holdsSequence(bytes);
  for (const { id, widthPixels, heightPixels, hasAlpha } of pictures.slice(0, mostFrames)) {
    if (!(await frames.admits(widthPixels, heightPixels, heicDecodingBytes(bytes, widthPixels * heightPixels, hasAlpha)))) {
      losses.isTooLarge = true;
      continue;
    }
    const decoded = heif.decode(id);
    if (decoded === "too-large") losses.isTooLarge = true;
    else if (decoded === "undecodable") losses.hasMissing = true;
    else {
      losses.isDamaged ||= decoded.isDamaged;
      frames.take(heif.pictures.findIndex((picture) => picture.id === id) + 1, pictures.length, decoded.pixels);
    }
  }
  heif.close();
  return decodedStatus(frames, losses);
}

/** The planes, the colours beside one another, and these once more; the file twice more, as libheif and its tiles hold it. Memory of WebAssembly grows in steps. */
function heicDecodingBytes(bytes: Uint8Array, pixels: number, hasAlpha: boolean): number {
  return (hasAlpha ? 12 : 8) * pixels + 2 * bytes.length;
}

/** Whether a file of the HEIF family holds a sequence, such as a burst or a clip, besides its pictures. */
export function holdsSequence(bytes: Uint8Array): boolean {
  return firstOf(boxesOf(bytes), ({ name }) => name === "moov") !== undefined;
}
