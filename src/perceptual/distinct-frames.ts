import type { PerceptualCode } from "../model.ts";
import { placeOf, viewNumber, views } from "./transforms.ts";

/** What a frame looks like: its upright code in each view. Shape: a view that was left out has the code of the one that it would equal. */
export interface FrameSketch {
  readonly codes: readonly Uint8Array[];
  /** Whether no view of it has the quality that comparing asks for. */
  readonly isPoor: boolean;
}

/**
 * A frame is left out without being said to be when every view of it differs in so few bits from that of a frame taken.
 *
 * Source: distances obey the triangle inequality, so that a reference within 31 - 6 = 25 bits of the frame left out is within 31 of the one taken, whichever
 *         bits differ. Measured on 40 drawn pictures: saved anew in nine ways (JPEG quality 10 to 60, GIF, WebP, to 25 and 200 %, blurred, grey) they lie within
 *         16 bits of what they were, and two frames of one scene that differ in noise and its coding within 6 bits of one another (120 of 120).
 */
export const alikeBits = 6;

/** Below it, frames are taken only when no others are left: they are compared only with lists whose own threshold asks for it. */
const fairQuality = 50;

/** Shape: null for a frame without codes. */
export function sketchOf(codes: readonly PerceptualCode[]): FrameSketch | null {
  const own = new Map<number, Uint8Array>();
  for (const { transform, code } of codes) {
    const place = placeOf(transform);
    if (place?.orientation === 0) own.set(place.view, code);
  }
  const filled: Uint8Array[] = [];
  for (const view of views) {
    const number = viewNumber(view);
    const code = own.get(number) ?? filled[standIn(number, own)];
    if (code === undefined) return null;
    filled.push(code);
  }
  return { codes: filled, isPoor: codes.every(({ quality }) => quality < fairQuality) };
}

/** Which view has the code of one that was left out, for it would show nothing else. */
function standIn(number: number, own: ReadonlyMap<number, Uint8Array>): number {
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
    for (const [at, sketch] of sketches.entries()) if (sketch !== null) nearestBits[at] = Math.min(nearestBits[at]!, distanceBits(own, sketch));
  };
  for (const frame of [0, last >> 1, last].slice(0, most)) take(frame);
  while (taken.size < most) {
    const farthest = farthestOf(sketches, nearestBits, false) ?? farthestOf(sketches, nearestBits, true);
    if (farthest === null) break;
    take(farthest);
  }
  return { frames: [...taken].sort((one, other) => one - other), areOthersAlike: nearestBits.every((bits) => bits <= alikeBits) };
}

function farthestOf(sketches: readonly (FrameSketch | null)[], nearestBits: readonly number[], isPoor: boolean): number | null {
  let farthest: number | null = null;
  for (const [at, bits] of nearestBits.entries()) {
    if (sketches[at]?.isPoor === isPoor && bits > alikeBits && bits > (farthest === null ? 0 : nearestBits[farthest]!)) farthest = at;
  }
  return farthest;
}

/** How far apart two frames are in the view in which they are farthest apart. Units: bits, 0..256. */
function distanceBits(one: FrameSketch, other: FrameSketch): number {
  let most = 0;
  for (let view = 0; view < one.codes.length; view++) {
    const [left, right] = [one.codes[view]!, other.codes[view]!];
    // Views that were left out have the very code of another one, which has been compared.
    if (view > 0 && left === one.codes[view - 1] && right === other.codes[view - 1]) continue;
    let bits = 0;
    for (let at = 0; at < left.length; at++) bits += ones[left[at]! ^ right[at]!]!;
    most = Math.max(most, bits);
  }
  return most;
}

const ones = Uint8Array.from({ length: 256 }, (_, value) => [0, 1, 2, 3, 4, 5, 6, 7].reduce((sum, bit) => sum + ((value >> bit) & 1), 0));
