import { closeBits, type Doubt, mostNear, type NearThreshold, type PerceptualCode, plainGroundPercent } from "../model.ts";
import { nearestReferences } from "./nearest-references.ts";
import { leastQuality } from "./reference-set.ts";
import type { Segment } from "./segment.ts";

/** A reference that a picture resembles, by the nearest of the picture's codes. Units: bits that differ, of 256. */
export interface NearMatch {
  readonly reference: number;
  readonly distanceBits: number;
  readonly transform: string;
  readonly doubts: readonly Doubt[];
  /** References of the list that are within the threshold of any code of the picture. */
  readonly nearReferences: number;
}

/**
 * References of one list that a picture resembles, in no particular order.
 *
 * Shape: all of them up to 50; of more the nearest 50, and the nearest of each category that is not among these.
 */
export async function nearMatches(segment: Segment, { nearDistanceBits, leastQuality: least }: NearThreshold, codes: readonly PerceptualCode[]): Promise<NearMatch[]> {
  const compared = codes.filter(({ quality }) => quality >= least);
  if (segment.near === null || compared.length === 0) return [];
  const nearest = nearestReferences(segment.rows, segment.category);
  await segment.near.each(compared.map(({ code }) => code), nearDistanceBits, nearest.add);
  const nearReferences = nearest.count();
  return nearest.kept().map(({ reference, distanceBits, code }) => {
    const by = compared[code]!;
    return { reference, distanceBits, transform: by.transform, doubts: doubtsOf(by, segment.pdqQuality(reference), nearReferences, distanceBits), nearReferences };
  });
}

function doubtsOf({ quality, uniformPercent }: PerceptualCode, referenceQuality: number | null, nearReferences: number, distanceBits: number): Doubt[] {
  const given: Readonly<Partial<Record<Doubt, boolean>>> = {
    "poor-quality": quality < leastQuality,
    "poor-reference": referenceQuality !== null && referenceQuality < leastQuality,
    "plain-ground": uniformPercent >= plainGroundPercent,
    "many-references": nearReferences > mostNear && distanceBits > closeBits,
  };
  return (Object.keys(given) as Doubt[]).filter((doubt) => given[doubt] === true);
}
