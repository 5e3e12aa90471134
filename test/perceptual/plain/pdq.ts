import { digestBytes } from "../../../src/model.ts";
import type { Pixels } from "../../../src/perceptual/pixels.ts";
import { downsample, downsampleSqueezed, isSqueezed } from "./downsample.ts";
import { frequencySide, lowFrequencies } from "./low-frequencies.ts";
import { blockSide } from "./tent-filter.ts";

/** What PDQ makes of one way of looking at a picture; `codes` in the order of the kernel's. */
export interface PlainView {
  readonly quality: number;
  readonly uniformPercent: number;
  readonly codes: readonly Uint8Array[];
}

/** Which frequency of the turned picture a frequency becomes, and whether it changes its sign, as PDQ defines them (index 0 is frequency 1). */
const orientations: readonly ((row: number, column: number) => { readonly row: number; readonly column: number; readonly negated: boolean })[] = [
  (row, column) => ({ row, column, negated: false }),
  (row, column) => ({ row: column, column: row, negated: column % 2 === 0 }),
  (row, column) => ({ row, column, negated: (row + column) % 2 === 1 }),
  (row, column) => ({ row: column, column: row, negated: row % 2 === 0 }),
  (row, column) => ({ row, column, negated: column % 2 === 0 }),
  (row, column) => ({ row, column, negated: row % 2 === 0 }),
  (row, column) => ({ row: column, column: row, negated: false }),
  (row, column) => ({ row: column, column: row, negated: (row + column) % 2 === 1 }),
];

/** PDQ in plain TypeScript, straight from its definition: what the kernel has to equal to the bit. */
export function plainViews(pixels: Pixels, uniformTolerance: number): { readonly full: PlainView; readonly squeezed: PlainView | null } {
  return { full: viewOf(downsample(pixels), uniformTolerance), squeezed: isSqueezed(pixels) ? viewOf(downsampleSqueezed(pixels), uniformTolerance) : null };
}

function viewOf(block: Float64Array, uniformTolerance: number): PlainView {
  const frequencies = lowFrequencies(block);
  const codes = orientations.map((turn) => {
    const turned = new Float64Array(frequencies.length);
    frequencies.forEach((value, at) => {
      const { row, column, negated } = turn(Math.floor(at / frequencySide), at % frequencySide);
      turned[row * frequencySide + column] = negated ? -value : value;
    });
    return codeOfFrequencies(turned);
  });
  return { quality: qualityOfBlock(block), uniformPercent: uniformPercentOf(block, uniformTolerance), codes };
}

/** The 256 bits of a 16x16 block of frequencies: which of them lie above their lower median. Shape: byte 0 holds bits 255..248. */
export function codeOfFrequencies(frequencies: Float64Array): Uint8Array {
  const median = Float64Array.from(frequencies).sort()[frequencies.length / 2 - 1]!;
  const code = new Uint8Array(digestBytes.pdq);
  for (let bit = 0; bit < frequencies.length; bit++) {
    if (frequencies[bit]! > median) code[code.length - 1 - (bit >> 3)]! |= 1 << (bit & 7);
  }
  return code;
}

/** How much a block varies from sample to sample. Units: 0 (featureless) .. 100. */
function qualityOfBlock(block: Float64Array): number {
  let sum = 0;
  for (let row = 0; row < blockSide; row++) {
    for (let column = 0; column < blockSide; column++) {
      const at = row * blockSide + column;
      if (row + 1 < blockSide) sum += step(block[at]!, block[at + blockSide]!);
      if (column + 1 < blockSide) sum += step(block[at]!, block[at + 1]!);
    }
  }
  return Math.min(100, Math.floor(sum / 90));
}

function step(one: number, other: number): number {
  return Math.abs(Math.trunc(((one - other) * 100) / 255));
}

function uniformPercentOf(block: Float64Array, tolerance: number): number {
  const luma = [...block].map((value) => Math.floor(value + 0.5));
  const counts = Array.from({ length: 256 }, (_, middle) => luma.filter((value) => Math.abs(value - middle) <= tolerance).length);
  return Math.floor((100 * Math.max(...counts)) / luma.length);
}
