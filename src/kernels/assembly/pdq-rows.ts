import { clippedTaps, firstOf, isClipped, tapsOf, tentWeight } from "./pdq-axis";
import { reducedAt, sourcesAt, squeezedAt } from "./pdq-memory";
import { areWide, step, stepsOf, tableAt, upperTableAt, widestRun } from "./pdq-weights";

/** Pixels a side of the square that a picture is squeezed to. */
export const squeezedSide: u32 = 512;

/** Reduces a row of a picture to its 64 samples and the clipped box, in thousandths. Reads up to 15 bytes behind the row, times zero. */
export function reduceRow(row: usize, width: u32, channels: u32): void {
  for (let sample: u32 = 0; sample < 63; sample++) reduceTo(sample, row + firstOf(sample, width) * channels, 0, tapsOf(sample, width), channels);
  reduceTo(63, row + firstOf(63, width) * channels, isClipped(width) ? 1 : 0, tapsOf(63, width), channels);
  if (isClipped(width)) reduceTo(64, row + (width - clippedTaps(width)) * channels, 2, clippedTaps(width), channels);
  else store<f64>(reducedAt + 64 * 8, 0);
}

// @ts-ignore: decorator
@inline
function reduceTo(sample: u32, bytes: usize, table: u32, taps: u32, channels: u32): void {
  const steps = stepsOf(taps, channels);
  const sum = areWide() ? wideProduct(bytes, table, steps) : <i64>total(products(bytes, tableAt(table), steps));
  store<f64>(reducedAt + (sample << 3), <f64>(channels == 1 ? sum * 1000 : sum));
}

/** Four parts of the sum of bytes times weights. */
// @ts-ignore: decorator
@inline
function products(bytes: usize, weights: usize, steps: u32): v128 {
  let even = i32x4.splat(0);
  let odd = i32x4.splat(0);
  for (const end = bytes + steps * step; bytes < end; bytes += 16, weights += 32) {
    even = i32x4.add(even, i32x4.dot_i16x8_s(v128.load_ext<u8>(bytes), v128.load(weights)));
    odd = i32x4.add(odd, i32x4.dot_i16x8_s(v128.load_ext<u8>(bytes, 8), v128.load(weights, 16)));
  }
  return i32x4.add(even, odd);
}

function wideProduct(bytes: usize, table: u32, steps: u32): i64 {
  let lower: i64 = 0;
  let upper: i64 = 0;
  for (let from: u32 = 0; from < steps; from += widestRun) {
    const run = min(widestRun, steps - from);
    lower += wideTotal(products(bytes + from * step, tableAt(table) + 2 * from * step, run));
    upper += wideTotal(products(bytes + from * step, upperTableAt(table) + 2 * from * step, run));
  }
  return lower + (upper << 15);
}

// @ts-ignore: decorator
@inline
function total(lanes: v128): i32 {
  const halves = i32x4.add(lanes, v128.shuffle<i32>(lanes, lanes, 2, 3, 0, 1));
  return i32x4.extract_lane(halves, 0) + i32x4.extract_lane(halves, 1);
}

// @ts-ignore: decorator
@inline
function wideTotal(lanes: v128): i64 {
  const pairs = i64x2.add(i64x2.extend_low_i32x4_s(lanes), i64x2.extend_high_i32x4_s(lanes));
  return i64x2.extract_lane(pairs, 0) + i64x2.extract_lane(pairs, 1);
}

/** Notes from which byte of a row each pixel of a squeezed row comes. */
export function writeSources(width: u32, channels: u32): void {
  for (let column: u32 = 0; column < squeezedSide; column++) store<u32>(sourcesAt + (column << 2), nearest(column, width) * channels);
}

/** The pixel that a pixel of the squeezed picture is a copy of. */
// @ts-ignore: decorator
@inline
export function nearest(at: u32, length: u32): u32 {
  return <u32>((<u64>at * <u64>length) / <u64>squeezedSide);
}

/** As `reduceRow`, of the row squeezed to 512 pixels. Reads a byte behind the row, times zero. */
export function reduceSqueezedRow(row: usize, channels: u32): void {
  if (channels == 1) writeSqueezedGrey(row);
  else writeSqueezedColours(row);
  for (let sample: u32 = 0; sample < 63; sample++) {
    // The tent of 512 pixels: 1 2 3 4 3 2 1.
    const at = squeezedAt + (firstOf(sample, squeezedSide) << 2);
    const outer = load<i32>(at) + load<i32>(at, 24) + 2 * (load<i32>(at, 4) + load<i32>(at, 20));
    store<f64>(reducedAt + (sample << 3), <f64>(outer + 3 * (load<i32>(at, 8) + load<i32>(at, 16)) + 4 * load<i32>(at, 12)));
  }
  const last = squeezedAt + (firstOf(63, squeezedSide) << 2);
  let sum: i32 = 0;
  for (let tap: u32 = 0; tap < tapsOf(63, squeezedSide); tap++) sum += <i32>tentWeight(tap, tapsOf(63, squeezedSide)) * load<i32>(last + (tap << 2));
  store<f64>(reducedAt + 63 * 8, <f64>sum);
  let clipped: i32 = 0;
  for (let at = squeezedSide - clippedTaps(squeezedSide); at < squeezedSide; at++) clipped += load<i32>(squeezedAt + (at << 2));
  store<f64>(reducedAt + 64 * 8, <f64>clipped);
}

function writeSqueezedGrey(row: usize): void {
  for (let column: usize = 0; column < squeezedSide; column++) store<i32>(squeezedAt + (column << 2), 1000 * <i32>load<u8>(row + load<u32>(sourcesAt + (column << 2))));
}

function writeSqueezedColours(row: usize): void {
  const luma = i16x8(299, 587, 114, 0, 299, 587, 114, 0);
  for (let at: usize = 0; at < squeezedSide * 4; at += 16) {
    const sources = sourcesAt + at;
    let pixels = v128.load32_zero(row + load<u32>(sources));
    pixels = v128.load_lane<u32>(row + load<u32>(sources, 4), pixels, 1);
    pixels = v128.load_lane<u32>(row + load<u32>(sources, 8), pixels, 2);
    pixels = v128.load_lane<u32>(row + load<u32>(sources, 12), pixels, 3);
    const left = i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_u(pixels), luma);
    const right = i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_u(pixels), luma);
    v128.store(squeezedAt + at, i32x4.add(v128.shuffle<i32>(left, right, 0, 2, 4, 6), v128.shuffle<i32>(left, right, 1, 3, 5, 7)));
  }
}
