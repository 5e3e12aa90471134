import type { Pixels } from "../../../src/perceptual/pixels.ts";
import { lumaOf, lumaScale } from "./luma.ts";
import { blockSide, clippedPart, type TentFilter, tentFilter } from "./tent-filter.ts";

/** Above this many pixels on a side some implementations of PDQ squeeze a picture to a square of this side first. */
const squeezedSide = 512;

const parts = blockSide + 1;

/** The 64x64 luma block of a picture at its full resolution. Shape: row by row. Units: 0..255. */
export function downsample(pixels: Pixels): Float64Array {
  const columns = Uint32Array.from({ length: pixels.widthPixels }, (_, at) => at);
  return filtered(pixels.widthPixels, pixels.heightPixels, (row) => lumaOf(pixels, row, columns));
}

/** The 64x64 luma block of a picture that is first squeezed to 512x512 by taking the nearest pixel. Shape and units as `downsample`. */
export function downsampleSqueezed(pixels: Pixels): Float64Array {
  const columns = nearestIndices(pixels.widthPixels);
  const rows = nearestIndices(pixels.heightPixels);
  return filtered(squeezedSide, squeezedSide, (row) => lumaOf(pixels, rows[row]!, columns));
}

/** Whether squeezing alters the picture at all. */
export function isSqueezed(pixels: Pixels): boolean {
  return pixels.widthPixels > squeezedSide || pixels.heightPixels > squeezedSide;
}

function nearestIndices(length: number): Uint32Array {
  return Uint32Array.from({ length: squeezedSide }, (_, at) => Math.floor((at * length) / squeezedSide));
}

/** One pass over the rows; each is reduced and added to the rows of the block that it takes part in. All sums are whole numbers. */
function filtered(width: number, height: number, lumaOfRow: (row: number) => Float64Array): Float64Array {
  const across = tentFilter(width);
  const down = tentFilter(height);
  const sums = new Float64Array(parts * parts);
  for (let row = 0; row < height; row++) {
    const taking = [...down.first.keys()].filter((part) => row >= down.first[part]! && row < down.first[part]! + down.count[part]!);
    if (taking.length === 0) continue;
    const reduced = reduce(lumaOfRow(row), across);
    for (const part of taking) {
      const weight = down.weights[down.start[part]! + row - down.first[part]!]!;
      for (let column = 0; column < parts; column++) sums[part * parts + column]! += weight * reduced[column]!;
    }
  }
  return joined(sums, across.width, down.width);
}

function reduce(luma: Float64Array, { first, count, start, weights }: TentFilter): Float64Array {
  return Float64Array.from({ length: parts }, (_, part) => {
    let sum = 0;
    for (let tap = 0; tap < count[part]!; tap++) sum += weights[start[part]! + tap]! * luma[first[part]! + tap]!;
    return sum;
  });
}

/** Adds the parts that were cut off to the last column, then to the last row, and divides once, so that a whole number stays one. */
function joined(sums: Float64Array, across: number, down: number): Float64Array {
  const last = blockSide - 1;
  if (across > 1) for (let row = 0; row < parts; row++) sums[row * parts + last]! += (sums[row * parts + clippedPart]! * across) / (across - 1);
  if (down > 1) for (let column = 0; column < blockSide; column++) sums[last * parts + column]! += (sums[clippedPart * parts + column]! * down) / (down - 1);
  const whole = lumaScale * (across * across) * (down * down);
  return Float64Array.from({ length: blockSide * blockSide }, (_, at) => sums[Math.floor(at / blockSide) * parts + (at % blockSide)]! / whole);
}
