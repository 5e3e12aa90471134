import { constantsAt, placesAt, wordsAt, wordsBytes } from "./md5-memory";

// The steps of RFC 1321 over four lanes. In each the sum that does not need `b`, the value that came last, is made first: the way from one step to the next is
// what a lane waits for.

// @ts-ignore: decorator
@inline
function turned(sum: v128, b: v128, bits: i32): v128 {
  return i32x4.add(b, v128.or(i32x4.shl(sum, bits), i32x4.shr_u(sum, 32 - bits)));
}

// @ts-ignore: decorator
@inline
export function first(a: v128, b: v128, c: v128, d: v128, word: v128, bits: i32): v128 {
  return turned(i32x4.add(i32x4.add(a, word), v128.xor(d, v128.and(b, v128.xor(c, d)))), b, bits);
}

/** Both halves of the function never share a bit, so they are added one after the other. */
// @ts-ignore: decorator
@inline
export function second(a: v128, b: v128, c: v128, d: v128, word: v128, bits: i32): v128 {
  return turned(i32x4.add(i32x4.add(i32x4.add(a, word), v128.andnot(c, d)), v128.and(b, d)), b, bits);
}

// @ts-ignore: decorator
@inline
export function third(a: v128, b: v128, c: v128, d: v128, word: v128, bits: i32): v128 {
  return turned(i32x4.add(i32x4.add(a, word), v128.xor(v128.xor(c, d), b)), b, bits);
}

/** c ^ (b | ~d) is the complement of c ^ (~b & d), and a complement is what is left of -1: one operation less, where the constant is one less. */
// @ts-ignore: decorator
@inline
export function fourth(a: v128, b: v128, c: v128, d: v128, word: v128, bits: i32): v128 {
  return turned(i32x4.sub(i32x4.add(a, word), v128.xor(c, v128.andnot(d, b))), b, bits);
}

/**
 * A word of the four lanes of a group, and the constant of the step that it is taken in.
 *
 * Shape: `at` is 16 times the word's number, of which what goes beyond 15 is left out; `step` 16 times the step's.
 */
// @ts-ignore: decorator
@inline
export function word(group: usize, at: usize, step: usize): v128 {
  return i32x4.add(v128.load(wordsAt + group * wordsBytes + (at & 240)), v128.load(constantsAt + step));
}

/** Turns the blocks that lie `offset` behind the places of a group's four lanes. */
// @ts-ignore: decorator
@inline
export function turn(group: usize, offset: usize): void {
  const places = placesAt + (group << 4);
  const one = load<usize>(places) + offset;
  const two = load<usize>(places, 4) + offset;
  const three = load<usize>(places, 8) + offset;
  const four = load<usize>(places, 12) + offset;
  for (let at: usize = 0; at < 64; at += 16) turnWords(v128.load(one + at), v128.load(two + at), v128.load(three + at), v128.load(four + at), wordsAt + group * wordsBytes + (at << 2));
}

/** Four words of each of four lanes. */
// @ts-ignore: decorator
@inline
function turnWords(one: v128, two: v128, three: v128, four: v128, to: usize): void {
  const lowOfTwo = v128.shuffle<i32>(one, two, 0, 4, 1, 5);
  const lowOfFour = v128.shuffle<i32>(three, four, 0, 4, 1, 5);
  const highOfTwo = v128.shuffle<i32>(one, two, 2, 6, 3, 7);
  const highOfFour = v128.shuffle<i32>(three, four, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<i64>(lowOfTwo, lowOfFour, 0, 2));
  v128.store(to, v128.shuffle<i64>(lowOfTwo, lowOfFour, 1, 3), 16);
  v128.store(to, v128.shuffle<i64>(highOfTwo, highOfFour, 0, 2), 32);
  v128.store(to, v128.shuffle<i64>(highOfTwo, highOfFour, 1, 3), 48);
}
