import { type CryptographicAlgorithm, type Finding, type Match, type PerceptualCode, cryptographicAlgorithms } from "../model.ts";
import { leastQuality, nearDistanceBits } from "./reference-set.ts";
import type { Segment } from "./segment.ts";

type Examined = Extract<Finding, { readonly outcome: "examined" }>;
type Nearest = { readonly distanceBits: number; readonly transform: string };

/**
 * Matches of one examined file in one list, in the order of the references, exact before near.
 *
 * Shape: `list` is the number that the matches bear. A reference that the file equals without contradiction gives no near match besides.
 */
export function matchesInList(segment: Segment, list: number, finding: Examined, sizeBytes: number): Match[] {
  const exact = exactMatches(segment, list, finding, sizeBytes);
  const equal = new Set(exact.filter(({ contradictedBy }) => contradictedBy.length === 0).map(({ reference }) => reference));
  const near = nearMatches(segment, list, finding.picture?.codes ?? []).filter(({ reference }) => !equal.has(reference));
  return [...exact, ...near].sort((left, right) => left.reference - right.reference || rankOf(left) - rankOf(right));
}

function exactMatches(segment: Segment, list: number, { digests }: Examined, sizeBytes: number): Match[] {
  const agreeing = new Map<number, CryptographicAlgorithm[]>();
  for (const algorithm of cryptographicAlgorithms) {
    const digest = digests[algorithm];
    const index = segment.exact.get(algorithm);
    if (digest === undefined || index === undefined) continue;
    for (const reference of index.find(digest)) {
      const algorithms = agreeing.get(reference);
      if (algorithms === undefined) agreeing.set(reference, [algorithm]);
      else algorithms.push(algorithm);
    }
  }
  return [...agreeing].map(([reference, algorithms]): Match => {
    const { recordId, category, sizeBytes: statedBytes } = segment.payload(reference);
    const contradictedBy: Match["contradictedBy"][number][] = cryptographicAlgorithms.filter(
      (algorithm) => digests[algorithm] !== undefined && segment.carries(reference, algorithm) && !algorithms.includes(algorithm),
    );
    if (statedBytes !== null && statedBytes !== sizeBytes) contradictedBy.push("size");
    return { kind: "exact", list, reference, recordId, category, algorithms, contradictedBy, distanceBits: null, transform: null };
  });
}

function nearMatches(segment: Segment, list: number, codes: readonly PerceptualCode[]): Match[] {
  const nearest = new Map<number, Nearest>();
  if (segment.near === null) return [];
  for (const { code, quality, transform } of codes) {
    if (quality < leastQuality) continue;
    for (const { reference, distanceBits } of segment.near.find(code, nearDistanceBits))
      if (distanceBits < (nearest.get(reference)?.distanceBits ?? Infinity)) nearest.set(reference, { distanceBits, transform });
  }
  return [...nearest].map(([reference, { distanceBits, transform }]): Match => {
    const { recordId, category } = segment.payload(reference);
    return { kind: "near", list, reference, recordId, category, algorithms: ["pdq"], contradictedBy: [], distanceBits, transform };
  });
}

function rankOf({ kind }: Match): number {
  return kind === "exact" ? 0 : 1;
}
