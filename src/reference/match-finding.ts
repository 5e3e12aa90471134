import { type CryptographicAlgorithm, type Digests, type Embedded, type Finding, type Match, type NearThreshold, type Picture, cryptographicAlgorithms } from "../model.ts";
import { nearMatches } from "./near-matches.ts";
import type { Segment } from "./segment.ts";

type Examined = Extract<Finding, { readonly outcome: "examined" }>;

/** Bytes that are compared: a file, or a picture within it. */
interface Compared {
  readonly embedded: Embedded["name"] | null;
  readonly digests: Digests;
  readonly sizeBytes: number;
  readonly picture: Picture | null;
}

/**
 * Matches of one examined file in one list, in the order of the references, exact before near, the file's own before those of pictures within it.
 *
 * Shape: `list` is the number that the matches bear. A reference that the file equals without contradiction gives no near match besides; one that the
 *        file itself matches in any way gives none for a picture within it.
 */
export async function matchesInList(segment: Segment, list: number, threshold: NearThreshold, finding: Examined, sizeBytes: number): Promise<Match[]> {
  const { digests, picture, embedded } = finding;
  const matches = await matchesOf(segment, list, threshold, { embedded: null, digests, sizeBytes, picture });
  for (const part of embedded) {
    const known = new Set(matches.map(({ reference }) => reference));
    const further = await matchesOf(segment, list, threshold, { ...part, embedded: part.name });
    matches.push(...further.filter(({ reference }) => !known.has(reference)));
  }
  return matches.sort((left, right) => left.reference - right.reference || rankOf(left) - rankOf(right));
}

/** Whether a file equals a reference of the list, and nothing that the reference states contradicts it. */
export function equalsReference(segment: Segment, digests: Digests, sizeBytes: number): boolean {
  return exactMatches(segment, 0, { embedded: null, digests, sizeBytes, picture: null }).some(({ contradictedBy }) => contradictedBy.length === 0);
}

async function matchesOf(segment: Segment, list: number, threshold: NearThreshold, compared: Compared): Promise<Match[]> {
  const exact = exactMatches(segment, list, compared);
  const codes = compared.picture?.codes ?? [];
  // Most files are no pictures: nothing further is made for these.
  if (codes.length === 0) return exact;
  const equal = new Set(exact.filter(({ contradictedBy }) => contradictedBy.length === 0).map(({ reference }) => reference));
  const near = await nearMatches(segment, threshold, codes);
  return [
    ...exact,
    ...near
      .filter(({ reference }) => !equal.has(reference))
      .map((found): Match => {
        const { recordId, category } = segment.payload(found.reference);
        return { kind: "near", list, recordId, category, algorithms: ["pdq"], contradictedBy: [], embedded: compared.embedded, ...found };
      }),
  ];
}

function exactMatches(segment: Segment, list: number, { embedded, digests, sizeBytes }: Compared): Match[] {
  const agreeing = new Map<number, CryptographicAlgorithm[]>();
  for (const algorithm of cryptographicAlgorithms) {
    const index = segment.exact.get(algorithm);
    if (index === undefined) continue;
    const digest = digests[algorithm];
    // Going on without it would be a silent miss.
    if (digest === undefined) throw new RangeError(`match: found no ${algorithm} of a file, expected it: list ${list + 1} carries it`);
    for (const reference of index.find(digest)) {
      const algorithms = agreeing.get(reference);
      if (algorithms === undefined) agreeing.set(reference, [algorithm]);
      else algorithms.push(algorithm);
    }
  }
  if (agreeing.size === 0) return [];
  return [...agreeing].map(([reference, algorithms]): Match => {
    const { recordId, category, sizeBytes: statedBytes } = segment.payload(reference);
    const contradictedBy: Match["contradictedBy"][number][] = cryptographicAlgorithms.filter((algorithm) => segment.carries(reference, algorithm) && !algorithms.includes(algorithm));
    if (statedBytes !== null && statedBytes !== sizeBytes) contradictedBy.push("size");
    return { kind: "exact", list, reference, recordId, category, algorithms, contradictedBy, distanceBits: null, transform: null, embedded, doubts: [], nearReferences: null };
  });
}

function rankOf({ kind, embedded }: Match): number {
  return (kind === "exact" ? 0 : 1) + (embedded === null ? 0 : 2);
}
