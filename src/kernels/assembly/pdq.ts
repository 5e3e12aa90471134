import { quality, uniformPercent, writeFrequencies } from "./pdq-block";
import { writeCodes } from "./pdq-codes";
import { cosinesAt, fullSumsAt, resultAt, squeezedSumsAt, weightsAt } from "./pdq-memory";
import { nearest, reduceRow, reduceSqueezedRow, squeezedSide, writeSources } from "./pdq-rows";
import { addRow, lowestAt, writeBlock } from "./pdq-sums";
import { weightBytes, writeWeights } from "./pdq-weights";
import { firstOf } from "./pdq-axis";

let width: u32 = 0;
let height: u32 = 0;
let channels: u32 = 0;
let isSqueezed: bool = false;

/** The row that comes next, and the rows of the two blocks, and of the squeezed picture, that are not finished yet. */
let row: u32 = 0;
let lowest: u32 = 0;
let lowestSqueezed: u32 = 0;
let squeezedRow: u32 = 0;

/** Where the cosines are to be written: f64[16][64], then the same sample by sample. */
export function cosines(): usize {
  return cosinesAt;
}

/** Where `finish` leaves quality, uniform percent and the eight codes. */
export function result(): usize {
  return resultAt;
}

/** From where on memory is free for rows of a picture of that width, which need 16 bytes more than they have. */
export function rowsFrom(ofWidth: u32, ofChannels: u32): usize {
  return (weightsAt + weightBytes(ofWidth, ofChannels) + 15) & ~15;
}

/** Begins a picture of 5 pixels a side or more. Memory must reach beyond `rowsFrom`. */
export function begin(ofWidth: u32, ofHeight: u32, ofChannels: u32): void {
  width = ofWidth;
  height = ofHeight;
  channels = ofChannels;
  isSqueezed = width > squeezedSide || height > squeezedSide;
  row = lowest = lowestSqueezed = squeezedRow = 0;
  memory.fill(fullSumsAt, 0, weightsAt - fullSumsAt);
  writeWeights(width, channels);
  if (isSqueezed) writeSources(width, channels);
}

/** Takes the next rows of the picture, which lie `strideBytes` apart. */
export function addRows(rows: usize, count: u32, strideBytes: usize): void {
  for (const end = row + count; row < end; row++, rows += strideBytes) {
    addFull(rows);
    if (isSqueezed) addSqueezed(rows);
  }
}

/** Leaves the result of the picture at full resolution, or of the squeezed one. `tolerance`: of uniform percent. */
export function finish(ofSqueezed: bool, tolerance: u32): void {
  if (ofSqueezed) writeBlock(squeezedSumsAt, squeezedSide, squeezedSide);
  else writeBlock(fullSumsAt, width, height);
  store<u8>(resultAt, quality());
  store<u8>(resultAt + 1, uniformPercent(tolerance));
  writeFrequencies();
  writeCodes();
}

function addFull(pixels: usize): void {
  lowest = lowestAt(row, height, lowest);
  // Between two samples a row may belong to none.
  if (lowest == 64 || firstOf(lowest, height) > row) return;
  reduceRow(pixels, width, channels);
  addRow(fullSumsAt, row, height, lowest);
}

/** A row may stand for none of the squeezed picture, or for several. */
function addSqueezed(pixels: usize): void {
  let isReduced = false;
  for (; squeezedRow < squeezedSide && nearest(squeezedRow, height) == row; squeezedRow++) {
    lowestSqueezed = lowestAt(squeezedRow, squeezedSide, lowestSqueezed);
    if (lowestSqueezed == 64 || firstOf(lowestSqueezed, squeezedSide) > squeezedRow) continue;
    if (!isReduced) reduceSqueezedRow(pixels, channels);
    isReduced = true;
    addRow(squeezedSumsAt, squeezedRow, squeezedSide, lowestSqueezed);
  }
}
