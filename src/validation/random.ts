import { createCipheriv, createHash } from "node:crypto";

/** Whole numbers from 0 to below `bound`, the same for the same seed. */
export type Random = (bound: number) => number;

/** Source: "mulberry32", a well-known generator of 32 bits. */
export function seededRandom(seed: number): Random {
  let state = seed;
  return (bound) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * bound);
  };
}

/** Bytes without any pattern, the same for the same seed: AES-256 in counter mode under the seed's SHA-256. */
export function drawnBytes(seed: string, lengthBytes: number): Buffer {
  return createCipheriv("aes-256-ctr", createHash("sha256").update(seed).digest(), Buffer.alloc(16)).update(Buffer.alloc(lengthBytes));
}
