import { digestBytes, type PerceptualCode } from "../model.ts";
import { leastQuality } from "../picture-facts.ts";
import { orientations, placeOf, viewNumber, views } from "./transforms.ts";

/** What a frame looks like in one view: its codes in the order of `orientations`, one behind the other, and whether they have the quality that comparing asks for. */
export interface ViewSketch {
  readonly codes: Uint8Array;
  readonly isFair: boolean;
}

/** What a frame looks like, in each of `views`. Shape: a view that was left out is the one that it would equal. */
export type FrameSketch = readonly ViewSketch[];

/**
 * A frame is left out without being said to be when each of its codes differs in so few bits from the same code of one frame taken, and none of fair quality
 * has but a poor one to stand for it, which would not be compared.
 *
 * Source: distances obey the triangle inequality, so that a reference within 31 - 6 = 25 bits of a code left out is within 31 of the one taken, whichever
 *         bits differ. Measured on 40 drawn pictures: saved anew in nine ways (JPEG quality 10 to 60, GIF, WebP, to 25 and 200 %, blurred, grey) they lie within
 *         16 bits of what they were, and two frames of one scene that differ in noise and its coding within 6 bits of one another (119 of 120,
 *         upright as in all orientations).
 */
export const alikeBits = 6;

/** Shape: null for a frame without codes. */
export function sketchOf(codes: readonly PerceptualCode[]): FrameSketch | null {
  const own = new Map<number, { readonly codes: Uint8Array; readonly isFair: boolean }>();
  for (const { transform, quality, code } of codes) {
    const place = placeOf(transform);
    if (place === null) continue;
    const sketch = own.get(place.view) ?? { codes: new Uint8Array(orientations.length * digestBytes.pdq), isFair: quality >= leastQuality };
    sketch.codes.set(code, place.orientation * digestBytes.pdq);
    own.set(place.view, sketch);
  }
  const filled: ViewSketch[] = [];
  for (const view of views) {
    const number = viewNumber(view);
    const sketch = own.get(number) ?? filled[standIn(number, own)];
    if (sketch === undefined) return null;
    filled.push(sketch);
  }
  return filled;
}

/** Which view is one that was left out, for it would show nothing else. */
function standIn(number: number, own: ReadonlyMap<number, ViewSketch>): number {
  const view = views[number]!;
  const full = viewNumber({ ...view, preparation: "full" });
  if (view.preparation === "nearest-512" && own.has(full)) return full;
  return viewNumber(view.isTrimmed ? { ...view, isTrimmed: false } : { ...view, isOverWhite: false });
}

/** Which frames of an animation are taken. Shape: counted from 0, ascending; `areOthersAlike` is false when one of the others is like none of them. */
export interface DistinctFrames {
  readonly frames: readonly number[];
  readonly areOthersAlike: boolean;
}

/**
 * The first, the middle and the last frame, and then, up to `most`, each time the one that is farthest from all taken so far, until all others are alike.
 *
 * Shape: null stands for a frame that is not to be had. The same sketches give the same choice: of frames equally far the earliest.
 */
export function distinctFrames(sketches: readonly (FrameSketch | null)[], most: number): DistinctFrames {
  const last = sketches.length - 1;
  const nearestBits = sketches.map((sketch) => (sketch === null ? 0 : Number.POSITIVE_INFINITY));
  const taken = new Set<number>();
  const take = (frame: number): void => {
    const own = sketches[frame] ?? null;
    if (own === null || taken.has(frame)) return;
    taken.add(frame);
    for (const [at, sketch] of sketches.entries()) if (sketch !== null) nearestBits[at] = Math.min(nearestBits[at]!, distanceBits(sketch, own));
  };
  for (const frame of [0, last >> 1, last].slice(0, most)) take(frame);
  while (taken.size < most) {
    const farthest = farthestOf(sketches, nearestBits, true) ?? farthestOf(sketches, nearestBits, false);
    if (farthest === null) break;
    take(farthest);
  }
  return { frames: [...taken].sort((one, other) => one - other), areOthersAlike: nearestBits.every((bits) => bits <= alikeBits) };
}

function farthestOf(sketches: readonly (FrameSketch | null)[], nearestBits: readonly number[], isFair: boolean): number | null {
  let farthest: number | null = null;
  for (const [at, bits] of nearestBits.entries()) {
    if (sketches[at]?.some((view) => view.isFair) === isFair && bits > alikeBits && bits > (farthest === null ? 0 : nearestBits[farthest]!)) farthest = at;
  }
  return farthest;
}

/** How far a frame is from one that would stand for it, in the code in which they are farthest apart. Units: bits, 0..256; infinite where a poor view would stand for a fair one. */
function distanceBits(one: FrameSketch, standing: FrameSketch): number {
  let most = 0;
  for (let view = 0; view < one.length; view++) {
    const [left, right] = [one[view]!, standing[view]!];
    // Views that were left out are the very ones of which another has been compared.
    if (view > 0 && left === one[view - 1] && right === standing[view - 1]) continue;
    if (left.isFair && !right.isFair) return Number.POSITIVE_INFINITY;
    for (let from = 0; from < left.codes.length; from += digestBytes.pdq) {
      let bits = 0;
      for (let at = from; at < from + digestBytes.pdq; at++) bits += ones[left.codes[at]! ^ right.codes[at]!]!;
      most = Math.max(most, bits);
    }
  }
  return most;
}

const ones = Uint8Array.from({ length: 256 }, (_, value) => [0, 1, 2, 3, 4, 5, 6, 7].reduce((sum, bit) => sum + ((value >> bit) & 1), 0));
