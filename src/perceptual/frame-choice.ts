import { mostComposedPixels, mostFrames } from "./decode-limits.ts";

/** Which frames of an animation are decoded. Shape: counted from 0, ascending; `isSpread` is false when the last frame is out of reach. */
export interface FrameChoice {
  readonly frames: readonly number[];
  readonly isSpread: boolean;
}

/**
 * All frames up to `mostFrames`; of more, the first, the middle, the last and evenly spread ones between them. Where getting at so many would compose more
 * than `mostComposedPixels`, fewer; and where even three are too many, those of the part of the animation that is in reach.
 */
export function chosenFrames(frames: number, canvasPixels: number): FrameChoice {
  const isInReach = (chosen: readonly number[]): boolean => chosen.reduce((sum, frame) => sum + frame + 1, 0) * canvasPixels <= mostComposedPixels;
  for (const count of [mostFrames, 8, 5, 3]) {
    const chosen = spread(frames, count);
    if (isInReach(chosen)) return { frames: chosen, isSpread: true };
  }
  // 1 and the middle and the last of n frames compose about 1.5 n canvases.
  const reach = Math.max(1, Math.min(frames, Math.floor(mostComposedPixels / (1.5 * canvasPixels)) - 2));
  return { frames: spread(reach, 3), isSpread: reach === frames };
}

function spread(frames: number, count: number): readonly number[] {
  if (frames <= count) return Array.from({ length: frames }, (_, frame) => frame);
  const last = frames - 1;
  const middle = (count - 1) >> 1;
  return Array.from({ length: count }, (_, at) => (at === middle ? last >> 1 : Math.round((at * last) / (count - 1))));
}
