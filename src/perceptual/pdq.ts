import { type PdqView, startPdqKernel } from "../kernels/pdq-kernel.ts";
import type { PerceptualCode } from "../model.ts";
import { withinBorders } from "./borders.ts";
import { type Area, leastSidePixels, type Pixels } from "./pixels.ts";
import { transformAt, views } from "./transforms.ts";
import { uniformToleranceLuma } from "./uniform.ts";

const hashed = startPdqKernel();

/**
 * The PDQ codes of a picture: as both families of implementations compute them, of the picture turned in all eight ways, and once more without its border
 * where it has one.
 *
 * Shape:  in the order of `views` and `orientations`; none below 5 pixels on a side. `nearest-512` is left out where there was nothing to squeeze: it would
 *         equal `full`. `frame` counts from 1, and is 0 for a picture that is a single one.
 *         Alpha is not looked at; `isOverWhite` says what was done with it, for the names.
 * Source: PDQ hashing algorithm (facebook/ThreatExchange, pdq); fixtures/pdq/SOURCE.md.
 */
export function pdqCodes(pixels: Pixels, frame = 0, isOverWhite = false): readonly PerceptualCode[] {
  const { widthPixels, heightPixels } = pixels;
  if (Math.min(widthPixels, heightPixels) < leastSidePixels) return [];
  const inner = withinBorders(pixels);
  const areas: readonly (Area | null)[] = [{ leftPixels: 0, topPixels: 0, widthPixels, heightPixels }, inner];
  return areas.flatMap((area, isTrimmed) => {
    if (area === null) return [];
    const { full, squeezed } = hashed({ data: pixels.data, channels: pixels.channels, wholeWidthPixels: widthPixels, ...area }, uniformToleranceLuma);
    return views.flatMap((view, at) => (view.isOverWhite === isOverWhite && view.isTrimmed === (isTrimmed === 1) ? codesOf(view.preparation === "full" ? full : squeezed, frame, at) : []));
  });
}

function codesOf(hashedView: PdqView | null, frame: number, view: number): PerceptualCode[] {
  if (hashedView === null) return [];
  const { quality, uniformPercent, codes } = hashedView;
  return codes.map((code, orientation) => ({ transform: transformAt({ frame, view, orientation }), quality, uniformPercent, code }));
}
