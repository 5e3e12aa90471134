import type { PerceptualCode } from "../model.ts";
import { pdqCodes } from "./pdq.ts";
import type { Pixels } from "./pixels.ts";
import { composeOverWhite } from "./transparency.ts";

/**
 * All PDQ codes of a frame: of its colours as they are stored, which is what lists are made from, and as it shows over white where that is another picture.
 *
 * Shape: as `pdqCodes`, twice at most. `pixels` are composed in place and must not be used any more.
 */
export function frameCodes(pixels: Pixels, frame = 0): readonly PerceptualCode[] {
  const stored = pdqCodes(pixels, frame);
  if (stored.length === 0 || !composeOverWhite(pixels)) return stored;
  const shown = pdqCodes(pixels, frame, true);
  const isSame = shown.length === stored.length && shown.every(({ quality, uniformPercent, code }, at) => quality === stored[at]!.quality && uniformPercent === stored[at]!.uniformPercent && code.every((byte, index) => byte === stored[at]!.code[index]));
  return isSame ? stored : [...stored, ...shown];
}
