import { constantsAt } from "./md5-memory";

// The steps of RFC 1321 in whole numbers, for one lane or two: a vector of which most parts have nothing to do takes twice the time.

// @ts-ignore: decorator
@inline
function turned(sum: u32, b: u32, bits: u32): u32 {
  return b + rotl<u32>(sum, bits);
}

// @ts-ignore: decorator
@inline
export function first(a: u32, b: u32, c: u32, d: u32, word: u32, bits: u32): u32 {
  return turned(a + word + (d ^ (b & (c ^ d))), b, bits);
}

// @ts-ignore: decorator
@inline
export function second(a: u32, b: u32, c: u32, d: u32, word: u32, bits: u32): u32 {
  return turned(a + word + (c & ~d) + (b & d), b, bits);
}

// @ts-ignore: decorator
@inline
export function third(a: u32, b: u32, c: u32, d: u32, word: u32, bits: u32): u32 {
  return turned(a + word + (c ^ d ^ b), b, bits);
}

/** The constant is one less, as in `md5-steps.ts`. */
// @ts-ignore: decorator
@inline
export function fourth(a: u32, b: u32, c: u32, d: u32, word: u32, bits: u32): u32 {
  return turned(a + word - (c ^ (d & ~b)), b, bits);
}

/** A word of the block at a place, and the constant of the step that it is taken in. Shape: `at` is 4 times the word's number, of which what goes beyond 15 is left out; `step` 16 times the step's. */
// @ts-ignore: decorator
@inline
export function word(place: usize, at: usize, step: usize): u32 {
  return load<u32>(place + (at & 60)) + load<u32>(constantsAt + step);
}
