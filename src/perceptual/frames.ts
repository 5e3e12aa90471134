import { createHash } from "node:crypto";
import type { PictureStatus } from "../model.ts";
import { mostPixels } from "./decode-limits.ts";
import { makeRoom, mostDecodingBytes } from "./decoding-memory.ts";
import type { Pixels } from "./pixels.ts";

/** One decoded frame, page or contained picture of a file. Shape: `frame` counts from 1 to `of`, the number of them that the file holds. */
export interface Frame {
  readonly frame: number;
  readonly of: number;
  readonly pixels: Pixels;
}

/** What decoding a file came to. */
export type DecodedStatus = Extract<PictureStatus, "hashed" | "partial" | "preview" | "sampled" | "first-page" | "undecodable" | "too-large">;

/**
 * Hands out frames one by one, as long as they stay within the limit of one file.
 *
 * Shape: a frame with the pixels of the one before it is not handed out again.
 */
export interface Frames {
  /** Whether a picture of this size may still be decoded, which takes so much memory beside the file. Ask before its pixels are allocated: room is made for them. */
  admits(widthPixels: number, heightPixels: number, decodingBytes: number): Promise<boolean>;
  take(frame: number, of: number, pixels: Pixels): void;
  /** How many were taken, handed out or not. */
  taken(): number;
}

/** What was not to be had of the frames that a file holds. */
export interface Losses {
  /** Some were above a limit. */
  isTooLarge: boolean;
  /** Some were not looked at: there are more than are decoded. */
  hasMore: boolean;
  /** Some could not be decoded at all. */
  hasMissing: boolean;
  /** Some were decoded in part. */
  isDamaged: boolean;
}

export function noLosses(): Losses {
  return { isTooLarge: false, hasMore: false, hasMissing: false, isDamaged: false };
}

/** What decoding came to. Shape: a frame that is missing altogether counts as one that was not looked at, `first-page`; only damage within one is `partial`. */
export function decodedStatus(frames: Frames, { isTooLarge, hasMore, hasMissing, isDamaged }: Losses): DecodedStatus {
  if (frames.taken() === 0) return isTooLarge && !hasMissing ? "too-large" : "undecodable";
  if (isTooLarge || hasMore || hasMissing) return "first-page";
  return isDamaged ? "partial" : "hashed";
}

/** Of a file of so many bytes. */
export function framesTo(each: (frame: Frame) => void, fileBytes: number): Frames {
  let leftPixels = mostPixels;
  let taken = 0;
  let last: string | null = null;
  return {
    admits: async (widthPixels, heightPixels, decodingBytes) => {
      if (widthPixels * heightPixels > leftPixels || fileBytes + decodingBytes > mostDecodingBytes) return false;
      await makeRoom(decodingBytes);
      return true;
    },
    take: (frame, of, pixels) => {
      taken++;
      leftPixels -= pixels.widthPixels * pixels.heightPixels;
      const own = of === 1 ? "" : `${pixels.widthPixels}x${pixels.channels} ${createHash("sha256").update(pixels.data).update(pixels.alpha ?? "").digest("hex")}`;
      if (own === last) return;
      last = own;
      each({ frame, of, pixels });
    },
    taken: () => taken,
  };
}
