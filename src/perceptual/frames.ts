import { createHash } from "node:crypto";
import type { PictureStatus } from "../model.ts";
import { mostPixels } from "./decode-limits.ts";
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
  /** Whether a picture of this size may still be decoded. Ask before its pixels are allocated. */
  admits(widthPixels: number, heightPixels: number): boolean;
  take(frame: number, of: number, pixels: Pixels): void;
  /** How many were taken, handed out or not. */
  taken(): number;
}

export function framesTo(each: (frame: Frame) => void): Frames {
  let leftPixels = mostPixels;
  let taken = 0;
  let last: string | null = null;
  return {
    admits: (widthPixels, heightPixels) => widthPixels * heightPixels <= leftPixels,
    take: (frame, of, pixels) => {
      taken++;
      leftPixels -= pixels.widthPixels * pixels.heightPixels;
      const own = of === 1 ? "" : `${pixels.widthPixels}x${pixels.channels} ${createHash("sha1").update(pixels.data).digest("hex")}`;
      if (own === last) return;
      last = own;
      each({ frame, of, pixels });
    },
    taken: () => taken,
  };
}
