import { boxesOf } from "./chunks.ts";
import { mostFrames } from "./decode-limits.ts";
import type { DecodedStatus, Frames } from "./frames.ts";
import { openHeif } from "./heif.ts";

/**
 * Decodes the top-level pictures of a HEIC file, the primary one first, with the crop and the turn that the file makes part of them, alpha dropped.
 *
 * Shape: `first-page` when there are more than are decoded, or a sequence besides them; `partial` when one of them, or a tile of one, cannot be decoded.
 */
export async function decodeHeic(bytes: Uint8Array, frames: Frames): Promise<DecodedStatus> {
  const heif = await openHeif(bytes);
  const pictures = [...heif.pictures].sort((one, other) => Number(other.isPrimary) - Number(one.isPrimary));
  let isDamaged = false;
  let isWhole = pictures.length <= mostFrames && !holdsSequence(bytes);
  for (const { id, widthPixels, heightPixels } of pictures.slice(0, mostFrames)) {
    if (!frames.admits(widthPixels, heightPixels)) {
      isWhole = false;
      continue;
    }
    const decoded = heif.decode(id);
    if (decoded === "too-large") isWhole = false;
    else if (decoded === "undecodable") isDamaged = true;
    else {
      isDamaged ||= decoded.isDamaged;
      frames.take(heif.pictures.findIndex((picture) => picture.id === id) + 1, pictures.length, decoded.pixels);
    }
  }
  heif.close();
  if (frames.taken() === 0) return isWhole || pictures.length === 0 || isDamaged ? "undecodable" : "too-large";
  if (!isWhole) return "first-page";
  return isDamaged ? "partial" : "hashed";
}

/** Whether a file of the HEIF family holds a sequence, such as a burst or a clip, besides its pictures. */
export function holdsSequence(bytes: Uint8Array): boolean {
  return boxesOf(bytes).some(({ name }) => name === "moov");
}
