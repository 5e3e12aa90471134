import type { Perceived, PerceptualCode, Picture, PictureStatus } from "../model.ts";
import { decodeAnimatedPng } from "./decode-animated-png.ts";
import { decodeBitmap } from "./decode-bitmap.ts";
import { decodeHeif, statesPicture } from "./decode-heif.ts";
import { decodeIcon } from "./decode-icon.ts";
import { decodeMultiPicture } from "./decode-multi-picture.ts";
import { decodePages } from "./decode-pages.ts";
import { decodeRaw } from "./decode-raw.ts";
import { isOutOfMemory, letGo, takenBytes } from "./decoding-memory.ts";
import { type DecodedThumbnail, decodedThumbnails } from "./decode-thumbnail.ts";
import { type DecodedStatus, type Frame, type Frames, framesTo } from "./frames.ts";
import { frameCodes } from "./frame-codes.ts";
import type { Pixels } from "./pixels.ts";
import { isRaw } from "./picture-types.ts";
import { isRawTiff } from "./raw-previews.ts";
import { thumbnailName } from "./thumbnail.ts";

/** What came out of a picture file besides its frames. */
export interface DecodedPicture {
  readonly status: DecodedStatus;
  readonly thumbnails: readonly DecodedThumbnail[];
}

/**
 * Decodes a picture and computes the codes of its frames, and of the thumbnails within it.
 *
 * Shape:  codes in the order of the frames' numbers; the size is that of the first frame decoded that has codes; `too-small` when no frame has a code.
 * Errors: none for the content: what cannot be decoded is a status.
 */
export async function perceivedOf(bytes: Uint8Array, mediaType: string): Promise<Perceived> {
  let size: Pick<Pixels, "widthPixels" | "heightPixels"> | null = null;
  const frames: { readonly frame: number; readonly codes: readonly PerceptualCode[] }[] = [];
  const { status, thumbnails } = await decodePicture(bytes, mediaType, ({ frame, of, pixels }) => {
    const codes = frameCodes(pixels, of === 1 ? 0 : frame);
    // Those of several frames would not fit side by side.
    letGo(pixels.data);
    if (size === null || (frames.length === 0 && codes.length > 0)) size = { widthPixels: pixels.widthPixels, heightPixels: pixels.heightPixels };
    if (codes.length > 0) frames.push({ frame, codes });
  });
  // Those of an icon come the largest first.
  const codes = frames.sort((one, other) => one.frame - other.frame).flatMap((each) => each.codes);
  return { picture: pictureOf(status, size, codes), embedded: thumbnails.map(embeddedOf) };
}

function pictureOf(status: PictureStatus, size: Pick<Pixels, "widthPixels" | "heightPixels"> | null, codes: readonly PerceptualCode[]): Picture {
  if (size === null || status === "too-large") return { status, widthPixels: 0, heightPixels: 0, codes: [] };
  const { widthPixels, heightPixels } = size;
  return { status: codes.length === 0 ? "too-small" : status, widthPixels, heightPixels, codes };
}

function embeddedOf({ offsetBytes, lengthBytes, status, pixels }: DecodedThumbnail, index: number): Perceived["embedded"][number] {
  return { name: thumbnailName(index), offsetBytes, sizeBytes: lengthBytes, picture: pictureOf(status, pixels, pixels === null ? [] : frameCodes(pixels)) };
}

/**
 * Decodes the frames, pages or contained pictures of a file, `mostFrames` at most, and hands them out one by one.
 *
 * Shape:  pixels as stored (no turning by Exif, no colour management), never scaled; alpha apart from the colours. `each` is not called for `undecodable` and `too-large`.
 *         Frames above 268 megapixels, alone or together, and those that take more than 900 MiB to decode, are left out, as are thumbnails beyond `mostThumbnails`, which the status says.
 * Errors: none for the content: what cannot be decoded is a status.
 */
export async function decodePicture(bytes: Uint8Array, mediaType: string, each: (frame: Frame) => void): Promise<DecodedPicture> {
  const status = await statusWithin(bytes, mediaType, framesTo(each, bytes.length));
  if (isRaw(mediaType)) return { status, thumbnails: [] };
  const { thumbnails, hasMore } = await decodedThumbnails(bytes, mediaType);
  return { status: hasMore && status !== "undecodable" && status !== "too-large" ? "first-page" : status, thumbnails };
}

/** What pictures of a process may have taken together so that no memory is missing because of them: a canary does. */
const mostUnnoticedBytes = 2 ** 24;

/** What takes more memory than its header told is too large. Of a process that others were decoded in nothing is given then, for a fresh one is asked again. */
async function statusWithin(bytes: Uint8Array, mediaType: string, frames: Frames): Promise<DecodedStatus> {
  const isFresh = takenBytes() <= mostUnnoticedBytes;
  try {
    return await statusOf(bytes, mediaType, frames);
  } catch (error) {
    if (!isOutOfMemory(error)) throw error;
    return isFresh && frames.taken() > 0 ? "first-page" : "too-large";
  }
}

async function statusOf(bytes: Uint8Array, mediaType: string, frames: Frames): Promise<DecodedStatus> {
  if (isRaw(mediaType) && statesPicture(bytes)) return decodeHeif(bytes, mediaType, frames);
  if (isRaw(mediaType) || isRawTiff(bytes)) return decodeRaw(bytes, frames);
  switch (mediaType) {
    case "image/bmp":
      return decodeBitmap(bytes, frames);
    case "image/x-icon":
      return decodeIcon(bytes, frames);
    case "image/avif":
    case "image/heic":
    case "image/heif":
      return decodeHeif(bytes, mediaType, frames);
    case "image/jpeg":
      return decodeMultiPicture(bytes, frames);
    // The announcement of an animation may lie behind what the reader looks at.
    case "image/png":
    case "image/apng":
      return decodeAnimatedPng(bytes, frames);
    default:
      return decodePages(bytes, frames);
  }
}
