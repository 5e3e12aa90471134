/**
 * Decoded pixels.
 *
 * Shape: `data` 8 bits a channel, rows top to bottom, channels interleaved; 1 channel is grey, 3 are red, green, blue as stored
 *        (gamma-encoded). `alpha` has a byte for each pixel, 0 where nothing of it shows; it is there only where it varies: one that is the same
 *        everywhere only lessens contrast, which lowers PDQ's quality and alters none of its bits, rounding apart.
 */
export interface Pixels {
  readonly data: Uint8Array;
  readonly widthPixels: number;
  readonly heightPixels: number;
  readonly channels: 1 | 3;
  readonly alpha?: Uint8Array;
}

/** A part of a picture. */
export interface Area {
  readonly leftPixels: number;
  readonly topPixels: number;
  readonly widthPixels: number;
  readonly heightPixels: number;
}

/** A picture with fewer pixels on a side has no code. */
export const leastSidePixels = 5;

/** A picture with more pixels on a side is squeezed to a square of this side by some implementations of PDQ. */
export const squeezedSidePixels = 512;
