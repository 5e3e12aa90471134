import { blockSide } from "./tent-filter.ts";

/** Frequencies a side that PDQ keeps: 1 to 16; the constant part is left out. */
export const frequencySide = 16;

/** Cosines of the transform, frequency by frequency. */
const cosines = Float64Array.from({ length: frequencySide * blockSide }, (_, at) => {
  const frequency = Math.floor(at / blockSide) + 1;
  return Math.sqrt(2 / blockSide) * Math.cos((Math.PI / (2 * blockSide)) * frequency * (2 * (at % blockSide) + 1));
});

/**
 * The 16x16 lowest frequencies of a 64x64 luma block (discrete cosine transform), from which a code is the signs about the median.
 *
 * Shape:  row by row, the vertical frequency counts rows; index 0 is frequency 1.
 * Source: PDQ, step 7. The codes of the turned and mirrored picture follow from this block, not from the code.
 */
export function lowFrequencies(block: Float64Array): Float64Array {
  const halfway = new Float64Array(frequencySide * blockSide);
  for (let row = 0; row < frequencySide; row++) {
    for (let sample = 0; sample < blockSide; sample++) {
      const cosine = cosines[row * blockSide + sample]!;
      for (let column = 0; column < blockSide; column++) halfway[row * blockSide + column]! += cosine * block[sample * blockSide + column]!;
    }
  }
  const frequencies = new Float64Array(frequencySide * frequencySide);
  for (let row = 0; row < frequencySide; row++) {
    for (let column = 0; column < frequencySide; column++) {
      let sum = 0;
      for (let sample = 0; sample < blockSide; sample++) sum += halfway[row * blockSide + sample]! * cosines[column * blockSide + sample]!;
      frequencies[row * frequencySide + column] = sum;
    }
  }
  return frequencies;
}
