import { type CryptographicAlgorithm, type Digests, type Embedded, type Finding, type Match, type MatchedFinding, cryptographicAlgorithms } from "../model.ts";
import { type CanonicalValue, canonicalSha256, wellFormed } from "./canonical.ts";
import type { LogBodies } from "./view.ts";

/** What one entry's result is stored as: values in the order of `examinedColumns`, `embeddedColumns` and `matchColumns`. */
export interface ResultRows {
  readonly examined: readonly CanonicalValue[];
  readonly embedded: readonly (readonly CanonicalValue[])[];
  readonly matches: readonly (readonly CanonicalValue[])[];
}

/**
 * The rows of a result; its matches in the order (list, reference).
 *
 * Errors: RangeError for a match of a list that the scan does not have, or of an entry that was not examined; for digests other than the scan's, for a file
 *         without one of them was not compared with every list.
 */
export function resultRowsOf({ finding, matches }: MatchedFinding, { header, lists }: LogBodies["opened"]): ResultRows {
  if (matches.length > 0 && finding.outcome !== "examined") throw new RangeError(`record, entry ${finding.no}: found ${matches.length} matches of an entry that is ${finding.outcome}, expected none`);
  const unknown = matches.find(({ list }) => list >= lists.length);
  if (unknown !== undefined) throw new RangeError(`record, entry ${finding.no}: found a match of list ${unknown.list}, expected below ${lists.length}`);
  // Sorting is stable: matches of one reference keep the order that the reference set gives them.
  const inOrder = matches.toSorted((one, other) => one.list - other.list || one.reference - other.reference);
  const embedded = finding.outcome === "examined" ? finding.embedded : [];
  const expected = header.options.digests;
  for (const { digests } of finding.outcome === "examined" ? [finding, ...embedded] : [])
    if (!areThose(digests, expected)) throw new RangeError(`record, entry ${finding.no}: found the digests ${namesOf(digests)}, expected ${expected.join()}`);
  return { examined: examinedValues(finding), embedded: embedded.map((part, nth) => embeddedValues(finding.no, nth, part)), matches: inOrder.map((match, nth) => matchValues(finding.no, nth, match)) };
}

/** The running head over all results once this one is added. Shape: free of times and of the batches' borders. */
export function headAfter(head: Uint8Array, { examined, embedded, matches }: ResultRows): Uint8Array {
  return canonicalSha256(head, [examined, [embedded.length], ...embedded, [matches.length], ...matches]);
}

function areThose(digests: Digests, expected: readonly CryptographicAlgorithm[]): boolean {
  return cryptographicAlgorithms.every((name) => (digests[name] !== undefined) === expected.includes(name));
}

function namesOf(digests: Digests): string {
  return cryptographicAlgorithms.filter((name) => digests[name] !== undefined).join();
}

function examinedValues(finding: Finding): readonly CanonicalValue[] {
  const none = cryptographicAlgorithms.map(() => null);
  if (finding.outcome === "unread") return [finding.no, "unread", finding.reason, finding.errorCode, finding.failedAtBytes ?? null, ...none, null, null, null, null, null];
  if (finding.outcome === "without-content") return [finding.no, "without-content", null, null, null, ...none, null, null, null, null, null];
  const { no, digests, mediaType, extensionFits, picture } = finding;
  return [
    no,
    "examined",
    null,
    null,
    null,
    ...cryptographicAlgorithms.map((name) => digests[name] ?? null),
    mediaType,
    extensionFits === null ? null : Number(extensionFits),
    picture?.status ?? null,
    picture?.widthPixels ?? null,
    picture?.heightPixels ?? null,
  ];
}

function embeddedValues(entry: number, nth: number, { name, offsetBytes, sizeBytes, digests, picture }: Embedded): readonly CanonicalValue[] {
  return [entry, nth, name, offsetBytes, sizeBytes, ...cryptographicAlgorithms.map((algorithm) => digests[algorithm] ?? null), picture.status, picture.widthPixels, picture.heightPixels];
}

/** A match's row in the order of `matchColumns`. */
export function matchValues(entry: number, nth: number, match: Match): readonly CanonicalValue[] {
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
    match.embedded,
    match.doubts.join(),
    match.nearReferences,
  ];
}
