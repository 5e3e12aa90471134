import type { Perceived, PerceptualCode, Picture, PictureStatus } from "../model.ts";
import { decodableTypeNumber, decodableTypes } from "./picture-types.ts";
import { leastSidePixels, squeezedSidePixels } from "./pixels.ts";
import { areZero, frameCodesBytes, readCodes, replyCodesBytes, writeCodes } from "./reply-codes.ts";
import { mostThumbnails, thumbnailName } from "./thumbnail.ts";
import { placeOf, views } from "./transforms.ts";
import { largestPictureBytes } from "../picture-facts.ts";

export const nonceBytes = 16;

const typeAt = nonceBytes;
const sizeAt = typeAt + 1;

/** Request: nonce, number of the media type (1), size of the picture in bytes as unsigned 32 bit, the picture. Numbers are little-endian in both directions. */
export const requestHeaderBytes = sizeAt + 4;

const statusAt = nonceBytes;
const pictureSizeAt = statusAt + 1;
const codesAt = pictureSizeAt + 8;
const thumbnailsAt = codesAt + replyCodesBytes;

// One thumbnail.
const thumbnailStatusAt = 8;
const thumbnailSizeAt = thumbnailStatusAt + 1;
const thumbnailCodesAt = thumbnailSizeAt + 8;
const thumbnailBytes = thumbnailCodesAt + frameCodesBytes;

/**
 * Reply: the request's nonce, status (1), width (4), height (4), the codes in their places (`reply-codes.ts`); then of each thumbnail within the picture's bytes
 * offset and length (4 each), status (1), width and height (4 each) and its codes, all zero where there is none. Never a text.
 */
export const replyBytes = thumbnailsAt + mostThumbnails * thumbnailBytes;

/** What a decoder may say of a picture, and what goes with it: codes and a size, a size too small for codes, or nothing. 0 is none of them, so that a blank frame is no reply. */
const replyStatuses: readonly (null | { readonly status: PictureStatus; readonly carries: "codes" | "small-size" | "nothing" })[] = [
  null,
  { status: "hashed", carries: "codes" },
  { status: "partial", carries: "codes" },
  { status: "too-small", carries: "small-size" },
  { status: "undecodable", carries: "nothing" },
  { status: "too-large", carries: "nothing" },
  { status: "first-page", carries: "codes" },
  { status: "sampled", carries: "codes" },
  { status: "preview", carries: "codes" },
];

/** What a thumbnail may come to. */
const thumbnailStatuses: readonly PictureStatus[] = ["hashed", "partial", "too-small", "undecodable", "too-large"];

export interface Request {
  readonly nonce: Uint8Array;
  readonly mediaType: string;
  readonly picture: Uint8Array;
}

/** Errors: RangeError for a media type that is not decoded, and for more bytes than a decoder takes. */
export function requestHeader(nonce: Uint8Array, mediaType: string, sizeBytes: number): Uint8Array {
  if (nonce.length !== nonceBytes) throw new RangeError(`decoder request: nonce of ${nonce.length} bytes, expected ${nonceBytes}`);
  if (sizeBytes > largestPictureBytes) throw new RangeError(`decoder request: ${sizeBytes} bytes, expected at most ${largestPictureBytes}`);
  const header = new Uint8Array(requestHeaderBytes);
  header.set(nonce);
  header[typeAt] = decodableTypeNumber(mediaType);
  new DataView(header.buffer).setUint32(sizeAt, sizeBytes, true);
  return header;
}

/** Puts requests together where they are read, without a copy. */
export interface RequestReader {
  /** Where the bytes that come next belong; never empty. */
  room(): Uint8Array;

  /**
   * To be told how many bytes were written there. Gives the request that they complete, or null.
   *
   * Errors: RangeError when a request states a size above `largestPictureBytes`, or a media type that is none.
   */
  came(lengthBytes: number): Request | null;
}

export function requestReader(): RequestReader {
  let header = new Uint8Array(requestHeaderBytes);
  let picture: Uint8Array | null = null;
  let filled = 0;
  return {
    room: () => (picture ?? header).subarray(filled),
    came(lengthBytes) {
      filled += lengthBytes;
      if (filled < (picture ?? header).length) return null;
      filled = 0;
      if (picture === null) {
        const sizeBytes = new DataView(header.buffer).getUint32(sizeAt, true);
        if (sizeBytes > largestPictureBytes) throw new RangeError(`decoder request: ${sizeBytes} bytes, expected at most ${largestPictureBytes}`);
        // Not cleared first: it is handed out when all of it was written.
        picture = Buffer.allocUnsafeSlow(sizeBytes);
        if (sizeBytes > 0) return null;
      }
      const mediaType = decodableTypes[header[typeAt]!];
      if (mediaType === undefined) throw new RangeError(`decoder request: media type ${header[typeAt]}, expected below ${decodableTypes.length}`);
      const request = { nonce: header.subarray(0, nonceBytes), mediaType, picture };
      header = new Uint8Array(requestHeaderBytes);
      picture = null;
      return request;
    },
  };
}

/** Errors: RangeError for a status that no decoder gives, for codes that have no place in a reply, and for more than one picture within the picture. */
export function writeReply(nonce: Uint8Array, { picture, embedded }: Perceived): Uint8Array {
  const status = replyStatuses.findIndex((reply) => reply?.status === picture.status);
  if (status < 1) throw new RangeError(`decoder reply: status ${picture.status}, expected one that a decoder gives`);
  if (embedded.length > mostThumbnails) throw new RangeError(`decoder reply: ${embedded.length} pictures within a picture, expected at most ${mostThumbnails}`);
  const reply = new Uint8Array(replyBytes);
  const view = new DataView(reply.buffer);
  reply.set(nonce);
  view.setUint8(statusAt, status);
  writeSize(view, pictureSizeAt, picture);
  writeCodes(reply.subarray(codesAt, thumbnailsAt), picture.codes);
  for (const [index, thumbnail] of embedded.entries()) {
    const ofThumbnail = replyStatuses.findIndex((reply) => reply !== null && thumbnailStatuses.includes(reply.status) && reply.status === thumbnail.picture.status);
    if (ofThumbnail < 1) throw new RangeError(`decoder reply: thumbnail of status ${thumbnail.picture.status}, expected one that a decoder gives`);
    const at = thumbnailsAt + index * thumbnailBytes;
    view.setUint32(at, thumbnail.offsetBytes, true);
    view.setUint32(at + 4, thumbnail.sizeBytes, true);
    view.setUint8(at + thumbnailStatusAt, ofThumbnail);
    writeSize(view, at + thumbnailSizeAt, thumbnail.picture);
    writeCodes(reply.subarray(at + thumbnailCodesAt, at + thumbnailBytes), thumbnail.picture.codes);
  }
  return reply;
}

/**
 * What a reply says of a picture of `sizeBytes` bytes; null when the frame is not a reply to this nonce, or contradicts itself: a decoder that sends one cannot be
 * trusted.
 */
export function readReply(reply: Uint8Array, nonce: Uint8Array, sizeBytes: number): Perceived | null {
  if (reply.length !== replyBytes || nonce.some((byte, at) => reply[at] !== byte)) return null;
  const view = new DataView(reply.buffer, reply.byteOffset, reply.byteLength);
  const stated = replyStatuses[view.getUint8(statusAt)] ?? null;
  if (stated === null) return null;
  const picture = pictureAt(reply.subarray(codesAt, thumbnailsAt), sizeFrom(view, pictureSizeAt), stated);
  const embedded = thumbnailsOf(reply, sizeBytes);
  return picture === null || embedded === null ? null : { picture, embedded };
}

type Size = Pick<Picture, "widthPixels" | "heightPixels">;
type Stated = NonNullable<(typeof replyStatuses)[number]>;

function pictureAt(codesOfReply: Uint8Array, { widthPixels, heightPixels }: Size, { status, carries }: Stated): Picture | null {
  const codes = readCodes(codesOfReply);
  if (codes === null) return null;
  const least = Math.min(widthPixels, heightPixels);
  const agrees: Readonly<Record<Stated["carries"], boolean>> = {
    codes: codes.length > 0 && least >= leastSidePixels && areSqueezedWhereDue(codes, Math.max(widthPixels, heightPixels)),
    "small-size": codes.length === 0 && least > 0 && least < leastSidePixels,
    nothing: codes.length === 0 && widthPixels === 0 && heightPixels === 0,
  };
  return agrees[carries] ? { status, widthPixels, heightPixels, codes } : null;
}

/** The thumbnails that a reply tells of; null for one that lies outside of the picture's bytes or not behind the one before it, or contradicts itself. */
function thumbnailsOf(reply: Uint8Array, sizeBytes: number): Perceived["embedded"] | null {
  const found: Perceived["embedded"][number][] = [];
  for (let index = 0; index < mostThumbnails; index++) {
    const slot = reply.subarray(thumbnailsAt + index * thumbnailBytes, thumbnailsAt + (index + 1) * thumbnailBytes);
    if (areZero(slot)) return areZero(reply.subarray(thumbnailsAt + index * thumbnailBytes)) ? found : null;
    const thumbnail = thumbnailIn(slot, index, sizeBytes);
    if (thumbnail === null || thumbnail.offsetBytes <= (found.at(-1)?.offsetBytes ?? -1)) return null;
    found.push(thumbnail);
  }
  return found;
}

function thumbnailIn(slot: Uint8Array, index: number, sizeBytes: number): Perceived["embedded"][number] | null {
  const view = new DataView(slot.buffer, slot.byteOffset, slot.byteLength);
  const [offsetBytes, lengthBytes] = [view.getUint32(0, true), view.getUint32(4, true)];
  const stated = replyStatuses[view.getUint8(thumbnailStatusAt)] ?? null;
  if (stated === null || !thumbnailStatuses.includes(stated.status) || lengthBytes === 0 || offsetBytes + lengthBytes > sizeBytes) return null;
  const picture = pictureAt(slot.subarray(thumbnailCodesAt), sizeFrom(view, thumbnailSizeAt), stated);
  return picture === null || picture.codes.some(({ transform }) => placeOf(transform)?.frame !== 0) ? null : { name: thumbnailName(index), offsetBytes, sizeBytes: lengthBytes, picture };
}

function writeSize(view: DataView, at: number, { widthPixels, heightPixels }: Size): void {
  view.setUint32(at, widthPixels, true);
  view.setUint32(at + 4, heightPixels, true);
}

function sizeFrom(view: DataView, at: number): Size {
  return { widthPixels: view.getUint32(at, true), heightPixels: view.getUint32(at + 4, true) };
}

/** A single picture is squeezed when it is large, and only then; several frames need not have the size of the first. */
function areSqueezedWhereDue(codes: readonly PerceptualCode[], longestPixels: number): boolean {
  const places = codes.map(({ transform }) => placeOf(transform));
  if (places[0]?.frame !== 0) return true;
  const areThere = places.flatMap((place) => (place === null || views[place.view]!.isTrimmed ? [] : [views[place.view]!]));
  return [false, true].every((isOverWhite) => {
    const ofKind = areThere.filter((view) => view.isOverWhite === isOverWhite);
    return ofKind.length === 0 || ofKind.some(({ preparation }) => preparation === "nearest-512") === longestPixels > squeezedSidePixels;
  });
}
