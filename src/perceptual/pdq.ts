import { digestBytes, type PerceptualCode } from "../model.ts";
import { downsample, downsampleSqueezed, isSqueezed } from "./downsample.ts";
import { lowFrequencies } from "./low-frequencies.ts";
import type { Pixels } from "./pixels.ts";
import { blockSide } from "./tent-filter.ts";

/** How the pixels of a code were prepared, in the order in which `pdqCodes` gives them. */
export const transforms = ["full", "nearest-512"] as const;
export type Transform = (typeof transforms)[number];

/** A picture with fewer pixels on a side has no code. */
export const leastSidePixels = 5;

/**
 * The PDQ codes of a picture, as the two families of implementations compute them: from all its pixels, and after squeezing what is
 * larger than 512 on a side.
 *
 * Shape:  one code for each of `transforms`, in their order; equal ones where there was nothing to squeeze; none below 5 pixels on a side.
 * Source: PDQ hashing algorithm (facebook/ThreatExchange, pdq); fixtures/pdq/SOURCE.md.
 */
export function pdqCodes(pixels: Pixels): readonly PerceptualCode[] {
  if (pixels.widthPixels < leastSidePixels || pixels.heightPixels < leastSidePixels) return [];
  const full = pdqOfBlock(downsample(pixels));
  const squeezed = isSqueezed(pixels) ? pdqOfBlock(downsampleSqueezed(pixels)) : full;
  return [
    { transform: "full" satisfies Transform, ...full },
    { transform: "nearest-512" satisfies Transform, ...squeezed },
  ];
}

/** Code and quality of a 64x64 luma block. */
export function pdqOfBlock(block: Float64Array): { readonly code: Uint8Array; readonly quality: number } {
  return { code: codeOfFrequencies(lowFrequencies(block)), quality: qualityOfBlock(block) };
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
