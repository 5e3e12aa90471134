import { type Animation, takeAnimation } from "./animation-frames.ts";
import { mostFrames, mostRollPixels, mostSurveyedPixels } from "./decode-limits.ts";
import { decodedPage, decodedRoll, type Header, isBlank, pixelsOf } from "./decoding-library.ts";
import { decodingBytes } from "./decoding-memory.ts";
import { type DecodedStatus, type Frames, type Losses, noLosses } from "./frames.ts";
import { isDamagedGif } from "./gif-blocks.ts";

/** Pixels that may be decoded in one go, and that may be composed to look at all frames. */
export interface AnimationLimits {
  readonly rollPixels: number;
  readonly surveyedPixels: number;
}

const ours: AnimationLimits = { rollPixels: mostRollPixels, surveyedPixels: mostSurveyedPixels };

/** Decodes a GIF or WebP file, whose frames the decoding library composes. Shape: as `takeAnimation` says; `partial`, too, for a GIF file whose blocks do not reach to its end. */
export async function decodeAnimation(bytes: Uint8Array, header: Header, frames: Frames, limits = ours): Promise<DecodedStatus> {
  const losses = noLosses();
  losses.isDamaged = header.format === "gif" && isDamagedGif(bytes);
  return takeAnimation(animationOf(bytes, header, limits, losses), frames, losses);
}

function animationOf(bytes: Uint8Array, header: Header, { rollPixels, surveyedPixels }: AnimationLimits, losses: Losses): Animation {
  const { pages: frames, widthPixels, heightPixels } = header;
  const canvasPixels = widthPixels * heightPixels;
  const ofFrame = decodingBytes(bytes, header, 0);
  const framesInRoll = Math.min(frames, Math.floor(rollPixels / canvasPixels));
  if (frames > mostFrames && framesInRoll > 0 && composedFrames(frames, framesInRoll) * canvasPixels <= surveyedPixels) {
    return { frames, widthPixels, heightPixels, stepPixels: canvasPixels, decodingBytes: ofFrame, isInReach: true, frame: inRolls(bytes, { frames, widthPixels, heightPixels }, framesInRoll, losses) };
  }
  return { frames, widthPixels, heightPixels, stepPixels: canvasPixels, decodingBytes: ofFrame, isInReach: false, frame: (frame) => decodedPage(bytes, frame) };
}

type Roll = NonNullable<Awaited<ReturnType<typeof decodedRoll>>>;

/** Decodes some tens of frames in one go and keeps them for those that are asked for next: each by itself would be composed from the first one on. */
function inRolls(bytes: Uint8Array, { frames, widthPixels, heightPixels }: Pick<Animation, "frames" | "widthPixels" | "heightPixels">, framesInRoll: number, losses: Losses): Animation["frame"] {
  let kept: { readonly first: number; readonly roll: Roll | null } | null = null;
  let isSpoilt = false;
  const rollFrom = async (first: number): Promise<Roll | null> => {
    if (first > 0) return isSpoilt ? null : decodedRoll(bytes, first, Math.min(framesInRoll, frames - first));
    // A frame that cannot be decoded spoils those behind it, and the roll; at least half of those ahead of it are had from a shorter one.
    for (let count = framesInRoll; count > 0; count >>= 1) {
      const roll = await decodedRoll(bytes, 0, count);
      if (roll !== null) return roll;
      isSpoilt = true;
    }
    return null;
  };
  return async (frame) => {
    const first = frame - (frame % framesInRoll);
    if (kept?.first !== first) {
      // Let go ahead of the next one: two of them would take twice the memory.
      kept = null;
      kept = { first, roll: await rollFrom(first) };
    }
    const { roll } = kept;
    if (roll === null || (frame - first + 1) * heightPixels > roll.heightPixels) return null;
    const frameBytes = widthPixels * heightPixels * roll.channels;
    const pixels = pixelsOf({ data: roll.data.slice((frame - first) * frameBytes, (frame - first + 1) * frameBytes), widthPixels, heightPixels, channels: roll.channels });
    losses.isDamaged ||= roll.isDamaged;
    return pixels === null || (roll.isDamaged && isBlank(pixels)) ? null : { pixels, isDamaged: roll.isDamaged };
  };
}

/** What it takes to decode all rolls: each is composed from the first frame on, whichever one it begins with. */
function composedFrames(frames: number, framesInRoll: number): number {
  let composed = 0;
  for (let first = 0; first < frames; first += framesInRoll) composed += Math.min(frames, first + framesInRoll);
  return composed;
}
