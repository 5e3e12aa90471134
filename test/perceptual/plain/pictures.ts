import fc from "fast-check";
import type { Pixels } from "../../../src/perceptual/pixels.ts";

/** How a picture is filled: what decides about ties, sums at their limits, and all between. */
export const fillings = ["black", "white", "noise", "checks", "rows", "columns", "slope", "extremes"] as const;
export type Filling = (typeof fillings)[number];

export interface PictureRecipe {
  readonly widthPixels: number;
  readonly heightPixels: number;
  readonly channels: 1 | 3;
  readonly filling: Filling;
  readonly seed: number;
}

/** A picture by its recipe; the same one for the same recipe. */
export function pictureOf({ widthPixels, heightPixels, channels, filling, seed }: PictureRecipe): Pixels {
  const data = new Uint8Array(widthPixels * heightPixels * channels);
  const period = 1 + (seed % 37);
  let state = (seed * 2_654_435_761) >>> 0;
  let at = 0;
  for (let y = 0; y < heightPixels; y++) {
    for (let x = 0; x < widthPixels; x++) {
      for (let channel = 0; channel < channels; channel++) {
        state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
        data[at++] = sampleOf(filling, x, y, period, state >>> 24);
      }
    }
  }
  return { data, widthPixels, heightPixels, channels };
}

function sampleOf(filling: Filling, x: number, y: number, period: number, random: number): number {
  switch (filling) {
    case "black":
      return 0;
    case "white":
      return 255;
    case "noise":
      return random;
    case "checks":
      return (Math.floor(x / period) + Math.floor(y / period)) % 2 === 0 ? 255 : 0;
    case "rows":
      return Math.floor(y / period) % 2 === 0 ? 255 : 0;
    case "columns":
      return Math.floor(x / period) % 2 === 0 ? 255 : 0;
    case "slope":
      return (x * period + y) & 255;
    case "extremes":
      return random > 127 ? 255 : 0;
  }
}

const side = (max: number): fc.Arbitrary<number> => fc.integer({ min: 5, max });

/** Recipes of pictures with sides of 5 to 8000 pixels and no more than about 300,000 of them. */
export const recipes: fc.Arbitrary<PictureRecipe> = fc
  .record({
    size: fc.oneof(fc.tuple(side(140), side(140)), fc.tuple(side(600), side(500)), fc.tuple(side(8000), side(36)), fc.tuple(side(36), side(8000)), fc.tuple(side(1400), side(200))),
    channels: fc.constantFrom(1 as const, 3 as const),
    filling: fc.constantFrom(...fillings),
    seed: fc.integer({ min: 0, max: 1_000_000 }),
  })
  .map(({ size: [widthPixels, heightPixels], ...rest }) => ({ widthPixels, heightPixels, ...rest }));
