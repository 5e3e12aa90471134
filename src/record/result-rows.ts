import { type Finding, type Match, type MatchedFinding, cryptographicAlgorithms } from "../model.ts";
import { type CanonicalValue, canonicalBytes, sha256, wellFormed } from "./canonical.ts";

/** What one entry's result is stored as: values in the order of `examinedColumns`, and of `matchColumns` for each match. */
export interface ResultRows {
  readonly examined: readonly CanonicalValue[];
  readonly matches: readonly (readonly CanonicalValue[])[];
}

/**
 * The rows of a result; its matches in the order (list, reference).
 *
 * Errors: RangeError for a match of a list that the scan does not have, or of an entry that was not examined.
 */
export function resultRowsOf({ finding, matches }: MatchedFinding, lists: number): ResultRows {
  if (matches.length > 0 && finding.outcome !== "examined") throw new RangeError(`record, entry ${finding.no}: found ${matches.length} matches of an entry that is ${finding.outcome}, expected none`);
  const unknown = matches.find(({ list }) => list >= lists);
  if (unknown !== undefined) throw new RangeError(`record, entry ${finding.no}: found a match of list ${unknown.list}, expected below ${lists}`);
  const inOrder = matches.toSorted((one, other) => one.list - other.list || one.reference - other.reference);
  return { examined: examinedValues(finding), matches: inOrder.map((match, nth) => matchValues(finding.no, nth, match)) };
}

/** The running head over all results once this one is added. Shape: free of times and of the batches' borders. */
export function headAfter(head: Uint8Array, { examined, matches }: ResultRows): Uint8Array {
  return sha256(head, canonicalBytes([...examined, matches.length, ...matches.flat()]));
}

function examinedValues(finding: Finding): readonly CanonicalValue[] {
  const none = cryptographicAlgorithms.map(() => null);
  if (finding.outcome === "unread") return [finding.no, "unread", finding.reason, finding.errorCode, ...none, null, null, null, null];
  if (finding.outcome === "without-content") return [finding.no, "without-content", null, null, ...none, null, null, null, null];
  const { no, digests, mediaType, picture } = finding;
  return [
    no,
    "examined",
    null,
    null,
    ...cryptographicAlgorithms.map((name) => digests[name] ?? null),
    mediaType,
    picture?.status ?? null,
    picture?.widthPixels ?? null,
    picture?.heightPixels ?? null,
  ];
}

function matchValues(entry: number, nth: number, match: Match): readonly CanonicalValue[] {
  return [
    entry,
    nth,
    match.list,
    match.reference,
    match.recordId === null ? null : wellFormed(match.recordId),
    match.category === null ? null : wellFormed(match.category),
    match.algorithms.join(),
    match.contradictedBy.join(),
    match.kind,
    match.distanceBits,
    match.transform,
  ];
}
