import { lumaOfColumns, lumaOfRow, lumaScale, type Pixels } from "./pixels.ts";
import { blockSide, type TentFilter, tentFilter } from "./tent-filter.ts";

/** Above this many pixels on a side some implementations of PDQ squeeze a picture to a square of this side first. */
const squeezedSide = 512;

/** Rows of luma, as many as are asked for, one at a time. */
interface LumaRows {
  readonly width: number;
  readonly height: number;
  write(row: number, luma: Int32Array): void;
}

/** The 64x64 luma block of a picture at its full resolution. Shape: row by row. Units: 0..255. */
export function downsample(pixels: Pixels): Float64Array {
  return filtered({
    width: pixels.widthPixels,
    height: pixels.heightPixels,
    write: (row, luma) => lumaOfRow(pixels, row, luma),
  });
}

/** The 64x64 luma block of a picture that is first squeezed to 512x512 by taking the nearest pixel. Shape and units as `downsample`. */
export function downsampleSqueezed(pixels: Pixels): Float64Array {
  const columns = nearestIndices(pixels.widthPixels);
  const rows = nearestIndices(pixels.heightPixels);
  return filtered({
    width: squeezedSide,
    height: squeezedSide,
    write: (row, luma) => lumaOfColumns(pixels, rows[row]!, columns, luma),
  });
}

/** Whether squeezing alters the picture at all. */
export function isSqueezed(pixels: Pixels): boolean {
  return pixels.widthPixels > squeezedSide || pixels.heightPixels > squeezedSide;
}

function nearestIndices(length: number): Uint32Array {
  return Uint32Array.from({ length: squeezedSide }, (_, at) => Math.floor((at * length) / squeezedSide));
}

/** One pass over the rows; each is reduced to 64 samples and added to the rows of the block that it takes part in. */
function filtered(rows: LumaRows): Float64Array {
  const across = tentFilter(rows.width);
  const down = tentFilter(rows.height);
  const block = new Float64Array(blockSide * blockSide);
  const luma = new Int32Array(rows.width);
  const reduced = new Float64Array(blockSide);
  let lowest = 0;
  for (let row = 0; row < rows.height; row++) {
    while (lowest < blockSide && down.first[lowest]! + down.count[lowest]! <= row) lowest++;
    // Below 64 rows several rows of the block take the same one; above 128 each takes part in about two; between, some in none.
    if (lowest === blockSide || down.first[lowest]! > row) continue;
    rows.write(row, luma);
    reduce(luma, across, reduced);
    for (let sample = lowest; sample < blockSide && down.first[sample]! <= row; sample++) {
      const weight = down.weights[down.start[sample]! + row - down.first[sample]!]!;
      for (let column = 0; column < blockSide; column++) block[sample * blockSide + column]! += weight * reduced[column]!;
    }
  }
  for (let at = 0; at < block.length; at++) block[at]! /= lumaScale;
  return block;
}

function reduce(luma: Int32Array, filter: TentFilter, reduced: Float64Array): void {
  const { first, count, start, weights } = filter;
  for (let sample = 0; sample < blockSide; sample++) {
    const from = first[sample]!;
    const taps = start[sample]!;
    const length = count[sample]!;
    let sum = 0;
    for (let tap = 0; tap < length; tap++) sum += weights[taps + tap]! * luma[from + tap]!;
    reduced[sample] = sum;
  }
}
