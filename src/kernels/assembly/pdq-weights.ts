import { boxWidth, clippedTaps, tentWeight } from "./pdq-axis";
import { weightsAt } from "./pdq-memory";

// Weights of the interleaved bytes of a row: the tent's, times what a channel counts for in luma, in thousandths. Every sample has the same tent, so there are
// three tables: the tent, the last sample's tent, the clipped box. Where 15 bits do not hold a weight, a second table each holds its upper part.

/** Bytes that are multiplied at a time; tables are filled up with zeros to a multiple of it. */
export const step: u32 = 16;

/** Most steps whose products (15 bits times 8, four to a lane) add up to 31 bits: 64 * 4 * 32767 * 255 is just below. */
export const widestRun: u32 = 64;

let tableBytes: usize = 0;
let isWide: bool = false;

export function weightBytes(length: u32, channels: u32): usize {
  return 6 * (2 * stepsOf(2 * boxWidth(length), channels) * step);
}

export function writeWeights(length: u32, channels: u32): void {
  const width = boxWidth(length);
  tableBytes = 2 * stepsOf(2 * width, channels) * step;
  // A product sum of one sample is at most 255 * 1000 * w * w for three channels, 255 * w * w for one.
  isWide = channels == 3 ? width > 55 : width > 2900;
  memory.fill(weightsAt, 0, 6 * tableBytes);
  writeTent(0, 2 * width - 1, channels);
  writeTent(1, 2 * width - 2, channels);
  for (let tap: u32 = 0; tap < clippedTaps(length); tap++) writePixel(2, tap, 1, channels);
}

export function areWide(): bool {
  return isWide;
}

// @ts-ignore: decorator
@inline
export function tableAt(kind: usize): usize {
  return weightsAt + kind * tableBytes;
}

/** The upper 15 bits of the weights of a table. */
// @ts-ignore: decorator
@inline
export function upperTableAt(kind: usize): usize {
  return weightsAt + (3 + kind) * tableBytes;
}

// @ts-ignore: decorator
@inline
export function stepsOf(taps: u32, channels: u32): u32 {
  return (taps * channels + step - 1) / step;
}

function writeTent(kind: u32, taps: u32, channels: u32): void {
  for (let tap: u32 = 0; tap < taps; tap++) writePixel(kind, tap, tentWeight(tap, taps), channels);
}

function writePixel(kind: u32, tap: u32, weight: u32, channels: u32): void {
  if (channels == 1) {
    writeWeight(kind, tap, weight);
  } else {
    writeWeight(kind, 3 * tap, 299 * weight);
    writeWeight(kind, 3 * tap + 1, 587 * weight);
    writeWeight(kind, 3 * tap + 2, 114 * weight);
  }
}

function writeWeight(kind: u32, at: u32, weight: u32): void {
  store<u16>(tableAt(kind) + (<usize>at << 1), <u16>(weight & 0x7fff));
  store<u16>(upperTableAt(kind) + (<usize>at << 1), <u16>(weight >> 15));
}
