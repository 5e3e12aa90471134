import { blockAt, cosinesAt, frequenciesAt, halfwayAt, histogramAt, turnedCosinesAt } from "./pdq-memory";

// What is asked of the 64x64 luma. Sums are taken in the order of the samples, so that every implementation rounds alike.

/** Writes the 16x16 lowest frequencies, the constant part left out. */
export function writeFrequencies(): void {
  memory.fill(halfwayAt, 0, 16 * 64 * 8);
  memory.fill(frequenciesAt, 0, 16 * 16 * 8);
  for (let row: usize = 0; row < 16; row++)
    for (let sample: usize = 0; sample < 64; sample++)
      addTimes(halfwayAt + (row << 9), load<f64>(cosinesAt + (row << 9) + (sample << 3)), blockAt + (sample << 9), 64 * 8);
  for (let row: usize = 0; row < 16; row++)
    for (let sample: usize = 0; sample < 64; sample++)
      addTimes(frequenciesAt + (row << 7), load<f64>(halfwayAt + (row << 9) + (sample << 3)), turnedCosinesAt + (sample << 7), 16 * 8);
}

// @ts-ignore: decorator
@inline
function addTimes(to: usize, factor: f64, from: usize, bytes: usize): void {
  const factors = f64x2.splat(factor);
  for (let at: usize = 0; at < bytes; at += 16) v128.store(to + at, f64x2.add(v128.load(to + at), f64x2.mul(factors, v128.load(from + at))));
}

/** How much the samples vary from one to the next. Units: 0 (featureless) .. 100. */
export function quality(): u32 {
  let sum: u32 = 0;
  for (let row: u32 = 0; row < 64; row++)
    for (let column: u32 = 0; column < 64; column++) {
      const at = blockAt + ((row * 64 + column) << 3);
      if (row < 63) sum += difference(at, at + 64 * 8);
      if (column < 63) sum += difference(at, at + 8);
    }
  return min(100, sum / 90);
}

// @ts-ignore: decorator
@inline
function difference(one: usize, other: usize): u32 {
  return <u32>abs(<i32>(((load<f64>(one) - load<f64>(other)) * 100) / 255));
}

/** Share of the samples whose luma lies within `tolerance` of the luma for which that share is the largest. Units: percent, rounded down. */
export function uniformPercent(tolerance: u32): u32 {
  memory.fill(histogramAt, 0, 256 * 4);
  for (let at: usize = 0; at < 64 * 64; at++) {
    const bin = histogramAt + (<usize>(load<f64>(blockAt + (at << 3)) + 0.5) << 2);
    store<u32>(bin, load<u32>(bin) + 1);
  }
  let most: u32 = 0;
  for (let middle: i32 = 0; middle < 256; middle++) {
    let within: u32 = 0;
    for (let luma = max(0, middle - <i32>tolerance); luma <= min(255, middle + <i32>tolerance); luma++) within += load<u32>(histogramAt + (<usize>luma << 2));
    most = max(most, within);
  }
  return (100 * most) / (64 * 64);
}
