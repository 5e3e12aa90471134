import { boxWidth, clippedTaps, firstOf, isClipped, tapsOf, tentWeight } from "./pdq-axis";
import { blockAt, reducedAt } from "./pdq-memory";

// The weighted sums of a picture that comes row by row: f64[65][66], whole numbers, exact up to 2^53. Rows and columns 0 .. 63 are the samples, 64 what the
// clipped boxes hold; the 66th column is there for the even number.

const rowBytes: usize = 66 * 8;

/** Adds the reduced row that stands for row `row` of `height` to the samples from `lowest` on that it belongs to. */
export function addRow(sums: usize, row: u32, height: u32, lowest: u32): void {
  for (let sample = lowest; sample < 64; sample++) {
    const first = firstOf(sample, height);
    if (first > row) break;
    addWeighted(sums + <usize>sample * rowBytes, tentWeight(row - first, tapsOf(sample, height)));
  }
  if (isClipped(height) && row >= height - clippedTaps(height)) addWeighted(sums + 64 * rowBytes, 1);
}

/** Steps over the samples that end above a row. */
// @ts-ignore: decorator
@inline
export function lowestAt(row: u32, height: u32, lowest: u32): u32 {
  while (lowest < 64 && firstOf(lowest, height) + tapsOf(lowest, height) <= row) lowest++;
  return lowest;
}

function addWeighted(sumsOfRow: usize, weight: u32): void {
  const factor = f64x2.splat(<f64>weight);
  for (let at: usize = 0; at < rowBytes; at += 16)
    v128.store(sumsOfRow + at, f64x2.add(v128.load(sumsOfRow + at), f64x2.mul(factor, v128.load(reducedAt + at))));
}

/** Writes the 64x64 luma. Units: 0..255. */
export function writeBlock(sums: usize, width: u32, height: u32): void {
  const across = <f64>boxWidth(width);
  const down = <f64>boxWidth(height);
  if (isClipped(width)) for (let row: usize = 0; row < 65; row++) joinClipped(sums + row * rowBytes + 63 * 8, 8, across);
  if (isClipped(height)) for (let column: usize = 0; column < 64; column++) joinClipped(sums + 63 * rowBytes + column * 8, rowBytes, down);
  const whole = 1000 * (across * across) * (down * down);
  for (let row: usize = 0; row < 64; row++)
    for (let column: usize = 0; column < 64; column++) store<f64>(blockAt + ((row * 64 + column) << 3), load<f64>(sums + row * rowBytes + (column << 3)) / whole);
}

function joinClipped(last: usize, apart: usize, width: f64): void {
  store<f64>(last, load<f64>(last) + (load<f64>(last + apart) * width) / (width - 1));
}
