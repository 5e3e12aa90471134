import { digestBytes, type PerceptualCode, type Picture, type PictureStatus } from "../model.ts";
import { leastSidePixels, transforms } from "./pdq.ts";

export const nonceBytes = 16;

/** Request: nonce, size of the picture in bytes as unsigned 32 bit, the picture. Numbers are little-endian in both directions. */
export const requestHeaderBytes = nonceBytes + 4;

/** Reply: the request's nonce, status (1), width (4), height (4), then for each of `transforms` quality (1) and code (32). Never a text. */
export const replyBytes = nonceBytes + 1 + 4 + 4 + transforms.length * (1 + digestBytes.pdq);

/** A larger file is not handed to the decoder. */
export const largestPictureBytes = 512 * 1024 * 1024;

/** What a decoder may say of a picture; 0 is none of them, so that a blank frame is no reply. */
const replyStatuses: readonly (PictureStatus | null)[] = [null, "hashed", "partial", "too-small", "undecodable", "too-large", "first-page"];

export interface Request {
  readonly nonce: Uint8Array;
  readonly picture: Uint8Array;
}

export function requestHeader(nonce: Uint8Array, sizeBytes: number): Uint8Array {
  if (nonce.length !== nonceBytes) throw new RangeError(`decoder request: nonce of ${nonce.length} bytes, expected ${nonceBytes}`);
  if (sizeBytes > largestPictureBytes) throw new RangeError(`decoder request: ${sizeBytes} bytes, expected at most ${largestPictureBytes}`);
  const header = new Uint8Array(requestHeaderBytes);
  header.set(nonce);
  new DataView(header.buffer).setUint32(nonceBytes, sizeBytes, true);
  return header;
}

/**
 * Puts requests together from the pieces in which a pipe delivers them.
 *
 * Shape:  each call takes the next piece and gives the requests that it completes.
 * Errors: RangeError when a request states a size above `largestPictureBytes`.
 */
export function requestReader(): (piece: Uint8Array) => readonly Request[] {
  let header = new Uint8Array(requestHeaderBytes);
  let picture: Uint8Array | null = null;
  let filled = 0;
  return (piece) => {
    const requests: Request[] = [];
    // Runs once more when the piece is used up, for a picture of no bytes is complete with its header.
    for (let at = 0; ; ) {
      const into = picture ?? header;
      const part = piece.subarray(at, at + into.length - filled);
      into.set(part, filled);
      at += part.length;
      filled += part.length;
      if (filled < into.length) return requests;
      filled = 0;
      if (picture === null) {
        const sizeBytes = new DataView(header.buffer).getUint32(nonceBytes, true);
        if (sizeBytes > largestPictureBytes) throw new RangeError(`decoder request: ${sizeBytes} bytes, expected at most ${largestPictureBytes}`);
        picture = new Uint8Array(sizeBytes);
      } else {
        requests.push({ nonce: header.subarray(0, nonceBytes), picture });
        header = new Uint8Array(requestHeaderBytes);
        picture = null;
      }
    }
  };
}

export function writeReply(nonce: Uint8Array, picture: Picture): Uint8Array {
  const status = replyStatuses.indexOf(picture.status);
  if (status < 1) throw new RangeError(`decoder reply: status ${picture.status}, expected one that a decoder gives`);
  const reply = new Uint8Array(replyBytes);
  const view = new DataView(reply.buffer);
  reply.set(nonce);
  view.setUint8(nonceBytes, status);
  view.setUint32(nonceBytes + 1, picture.widthPixels, true);
  view.setUint32(nonceBytes + 5, picture.heightPixels, true);
  picture.codes.forEach(({ code, quality }, at) => {
    view.setUint8(codeOffset(at), quality);
    reply.set(code, codeOffset(at) + 1);
  });
  return reply;
}

/** The picture that a reply describes, or null when the frame is not a reply to this nonce: a decoder that sends one cannot be trusted. */
export function readReply(reply: Uint8Array, nonce: Uint8Array): Picture | null {
  if (reply.length !== replyBytes || nonce.some((byte, at) => reply[at] !== byte)) return null;
  const view = new DataView(reply.buffer, reply.byteOffset, reply.byteLength);
  const status = replyStatuses[view.getUint8(nonceBytes)] ?? null;
  if (status === null) return null;
  const widthPixels = view.getUint32(nonceBytes + 1, true);
  const heightPixels = view.getUint32(nonceBytes + 5, true);
  const codes: readonly PerceptualCode[] = transforms.map((transform, at) => ({
    transform,
    quality: view.getUint8(codeOffset(at)),
    code: reply.slice(codeOffset(at) + 1, codeOffset(at + 1)),
  }));
  if (status === "hashed" || status === "partial" || status === "first-page") {
    if (Math.min(widthPixels, heightPixels) < leastSidePixels || codes.some(({ quality }) => quality > 100)) return null;
    return { status, widthPixels, heightPixels, codes };
  }
  const sized = status === "too-small" && Math.min(widthPixels, heightPixels) > 0 && Math.min(widthPixels, heightPixels) < leastSidePixels;
  const sizeless = status !== "too-small" && widthPixels === 0 && heightPixels === 0;
  if (!(sized || sizeless) || reply.subarray(codeOffset(0)).some((byte) => byte !== 0)) return null;
  return { status, widthPixels, heightPixels, codes: [] };
}

function codeOffset(at: number): number {
  return nonceBytes + 9 + at * (1 + digestBytes.pdq);
}
