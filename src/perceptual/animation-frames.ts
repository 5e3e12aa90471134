import { mostFrames, mostSurveyedFrames } from "./decode-limits.ts";
import type { DecodedPixels } from "./decoding-library.ts";
import { distinctFrames, type FrameSketch, sketchOf } from "./distinct-frames.ts";
import { frameCodes } from "./frame-codes.ts";
import { chosenFrames } from "./frame-choice.ts";
import { type DecodedStatus, decodedStatus, type Frames, type Losses } from "./frames.ts";
import { leastSidePixels } from "./pixels.ts";

/** An animation whose frames can be had one by one. */
export interface Animation {
  readonly frames: number;
  readonly widthPixels: number;
  readonly heightPixels: number;
  /** What it takes to get from one frame to the next, as if so many pixels were composed. */
  readonly stepPixels: number;
  /** Memory that it takes to decode a frame. */
  readonly decodingBytes: number;
  /** Whether all frames may be decoded to choose among them. */
  readonly isInReach: boolean;
  /** A frame, counted from 0; null when it cannot be decoded. It is cheap to ask in ascending order, and to begin anew once. */
  readonly frame: (frame: number) => Promise<DecodedPixels | null>;
}

/**
 * Takes all frames of an animation up to `mostFrames`; of more those that differ most, for which all are looked at; where that is out of reach, evenly spread
 * ones.
 *
 * Shape: `hashed` when every frame was taken or is like one that was (`alikeBits`); `sampled` when one is like none, or not all were looked at;
 *        `first-page` when the last is out of reach or one cannot be decoded at all; `partial` when one is damaged.
 */
export async function takeAnimation(animation: Animation, frames: Frames, losses: Losses): Promise<DecodedStatus> {
  const { frames: of, widthPixels, heightPixels, stepPixels, decodingBytes } = animation;
  const sketches = await sketchesOf(animation);
  const choice = sketches === null ? { ...chosenFrames(of, stepPixels), areOthersAlike: false } : { ...distinctFrames(sketches, mostFrames), isSpread: true };
  losses.hasMore ||= !choice.isSpread;
  losses.hasMissing ||= sketches?.includes(null) === true;
  for (const frame of choice.frames) {
    if (!(await frames.admits(widthPixels, heightPixels, decodingBytes))) {
      losses.isTooLarge = true;
      continue;
    }
    const decoded = await animation.frame(frame);
    losses.hasMissing ||= decoded === null;
    losses.isDamaged ||= decoded?.isDamaged === true;
    if (decoded !== null) frames.take(frame + 1, of, decoded.pixels);
  }
  const status = decodedStatus(frames, losses);
  return status === "hashed" && choice.frames.length < of && !choice.areOthersAlike ? "sampled" : status;
}

/** What all frames look like, with null for one that cannot be decoded. Null where there is nothing to choose, all are out of reach, or none has a code. */
async function sketchesOf({ frames, widthPixels, heightPixels, isInReach, frame }: Animation): Promise<readonly (FrameSketch | null)[] | null> {
  if (frames <= mostFrames || frames > mostSurveyedFrames || !isInReach || Math.min(widthPixels, heightPixels) < leastSidePixels) return null;
  const sketches: (FrameSketch | null)[] = [];
  for (let at = 0; at < frames; at++) {
    const decoded = await frame(at);
    sketches.push(decoded === null ? null : sketchOf(frameCodes(decoded.pixels)));
  }
  return sketches.every((sketch) => sketch === null) ? null : sketches;
}
