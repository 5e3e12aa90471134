import { digestBytes } from "../model.ts";

/** A code within the distance that was asked for. Units: bits that differ, of 256. */
export interface Neighbour {
  readonly reference: number;
  readonly distanceBits: number;
}

/** Search for codes that resemble a code, in one list. */
export interface NearIndex {
  /** Every code at most `withinBits` away, in the order of the list; none is missed. Errors: RangeError for a code of another length. */
  find(code: Uint8Array, withinBits: number): readonly Neighbour[];
}

const codeWords = digestBytes.pdq / 4;

/**
 * The plain search: every code is compared. Whatever is faster has to give the same answers as this.
 *
 * Shape: `codes` entries of 32 bytes without gaps; `references` the reference of each.
 */
export function nearIndex(codes: ArrayBuffer, references: Uint32Array): NearIndex {
  if (codes.byteLength !== references.length * digestBytes.pdq)
    throw new RangeError(`near index: found ${codes.byteLength} bytes of codes, expected ${references.length * digestBytes.pdq}`);
  const words = new Uint32Array(codes);
  const sought = new Uint32Array(codeWords);
  const soughtBytes = new Uint8Array(sought.buffer);

  return {
    find(code, withinBits) {
      if (code.length !== digestBytes.pdq) throw new RangeError(`near index: found a code of ${code.length} bytes, expected ${digestBytes.pdq}`);
      soughtBytes.set(code);
      const [word0, word1, word2, word3] = [sought[0]!, sought[1]!, sought[2]!, sought[3]!];
      const [word4, word5, word6, word7] = [sought[4]!, sought[5]!, sought[6]!, sought[7]!];
      const found: Neighbour[] = [];
      for (let entry = 0, at = 0; at < words.length; entry++, at += codeWords) {
        // Codes that have nothing to do with each other differ in about 64 of the first 128 bits: nearly all of them end here.
        let distanceBits = onesOf(words[at]! ^ word0) + onesOf(words[at + 1]! ^ word1) + onesOf(words[at + 2]! ^ word2) + onesOf(words[at + 3]! ^ word3);
        if (distanceBits > withinBits) continue;
        distanceBits += onesOf(words[at + 4]! ^ word4) + onesOf(words[at + 5]! ^ word5) + onesOf(words[at + 6]! ^ word6) + onesOf(words[at + 7]! ^ word7);
        if (distanceBits <= withinBits) found.push({ reference: references[entry]!, distanceBits });
      }
      return found;
    },
  };
}

/** How many of the 32 bits are set: sums of neighbouring bits, pairs and nibbles, then of the four bytes. */
function onesOf(word: number): number {
  const pairs = word - ((word >>> 1) & 0x5555_5555);
  const nibbles = (pairs & 0x3333_3333) + ((pairs >>> 2) & 0x3333_3333);
  return Math.imul((nibbles + (nibbles >>> 4)) & 0x0f0f_0f0f, 0x0101_0101) >>> 24;
}
