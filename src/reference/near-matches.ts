import { type Doubt, type NearThreshold, type PerceptualCode, mostNear, plainGroundPercent } from "../model.ts";
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

interface Nearest {
  readonly distanceBits: number;
  readonly by: PerceptualCode;
}

/**
 * References of one list that a picture resembles, in no particular order.
 *
 * Shape: all of them up to 50; of more the nearest 50, and the nearest of each category that is not among these.
 */
export async function nearMatches(segment: Segment, { nearDistanceBits, leastQuality: least }: NearThreshold, codes: readonly PerceptualCode[]): Promise<NearMatch[]> {
  const compared = codes.filter(({ quality }) => quality >= least);
  if (segment.near === null || compared.length === 0) return [];
  const found = await segment.near.findAll(compared.map(({ code }) => code), nearDistanceBits);
  const nearest = new Map<number, Nearest>();
  found.forEach((neighbours, index) => {
    for (const { reference, distanceBits } of neighbours)
      if (distanceBits < (nearest.get(reference)?.distanceBits ?? Infinity)) nearest.set(reference, { distanceBits, by: compared[index]! });
  });
  return kept(segment, nearest).map(([reference, { distanceBits, by }]) => ({
    reference,
    distanceBits,
    transform: by.transform,
    doubts: doubtsOf(by, segment.pdqQuality(reference), nearest.size),
    nearReferences: nearest.size,
  }));
}

function kept(segment: Segment, nearest: ReadonlyMap<number, Nearest>): readonly (readonly [number, Nearest])[] {
  if (nearest.size <= mostNear) return [...nearest];
  const categories = new Set<string | null>();
  return [...nearest]
    .sort(([one, { distanceBits }], [other, { distanceBits: otherBits }]) => distanceBits - otherBits || one - other)
    .filter(([reference], rank) => {
      const category = segment.category(reference);
      const isFirst = !categories.has(category);
      categories.add(category);
      return rank < mostNear || isFirst;
    });
}

function doubtsOf({ quality, uniformPercent }: PerceptualCode, referenceQuality: number | null, nearReferences: number): Doubt[] {
  const given: Readonly<Partial<Record<Doubt, boolean>>> = {
    "poor-quality": quality < leastQuality,
    "poor-reference": referenceQuality !== null && referenceQuality < leastQuality,
    "plain-ground": uniformPercent >= plainGroundPercent,
    "many-references": nearReferences > mostNear,
  };
  return (Object.keys(given) as Doubt[]).filter((doubt) => given[doubt] === true);
}
