import { type AlgorithmName, type CryptographicAlgorithm, cryptographicAlgorithms, type Reference } from "../model.ts";
import type { ListRow } from "./format.ts";
import { isRegularCode } from "./regular-code.ts";
import { trivialContentOf } from "./trivial-content.ts";

/** Why a digest is dropped, or a row refused for want of any other, and how a report words it. The keys are what `ListCounts` holds. */
export const siftReasons = {
  "empty-file": "the digest of the empty file",
  "zero-content": "the digest of one zero byte or of a block of zeros",
  "trivial-content": "the digest of another single byte, of an end of line, or of a block of bytes FF",
  "constant-digest": "a digest of nothing but zeros or nothing but ones, which no content is known to have",
  "pdq-constant": "a PDQ code of nothing but zeros or nothing but ones",
  "pdq-low-entropy": "a PDQ code with fewer than 64 or more than 192 ones, which featureless pictures and faulty programs produce",
  "pdq-regular": "a PDQ code of a pattern that repeats, which no picture with detail has",
  "pdq-low-quality": "a PDQ code whose stated quality is below 50",
  retracted: "a record that the list itself takes back further on",
  "empty-case": "a case without any media",
  "context-only": "a row that the list gives as context and not to be searched for",
  "no-digest": "no digest at all",
  "unmatchable-only": "no digest but fingerprints that cannot be compared here",
} as const;
export type SiftReason = keyof typeof siftReasons;

export type Sifted =
  | { readonly outcome: "loaded"; readonly reference: Reference; readonly dropped: readonly SiftReason[] }
  | { readonly outcome: "refused"; readonly reason: SiftReason };

/** Codes of a lower quality are not compared. Source: the PDQ reference's recommendation. */
const leastPdqQuality = 50;
// A code's bits are a comparison with the median of its 256 coefficients, so that an ordinary one has 128 ones. Ties of many coefficients,
// which take the balance away, mean that the picture has next to no detail. Half of the ordinary count in either direction is far outside
// of what photographs give.
const [fewestOnes, mostOnes] = [64, 192];

/**
 * A reference without the digests that would match what they do not identify; refused when none is left.
 *
 * Shape: `dropped` has one reason for each digest dropped; a refused row has that of its first digest, cryptographic before PDQ.
 *        A stated size of 0 is taken as unstated: a digest that is left is not that of the empty file.
 */
export function sift(reference: ListRow): Sifted {
  if (reference.emptyCase === true) return { outcome: "refused", reason: "empty-case" };
  if (reference.retracted === true) return { outcome: "refused", reason: "retracted" };
  if (reference.contextOnly === true) return { outcome: "refused", reason: "context-only" };
  const dropped: SiftReason[] = [];
  const kept: Partial<Record<AlgorithmName, Uint8Array>> = {};
  let keptCount = 0;
  for (const algorithm of cryptographicAlgorithms) {
    const digest = reference.digests[algorithm];
    if (digest === undefined) continue;
    const reason = cryptographicReason(algorithm, digest);
    if (reason === null) {
      kept[algorithm] = digest;
      keptCount += 1;
    } else dropped.push(reason);
  }
  const code = reference.digests.pdq;
  if (code !== undefined) {
    const reason = pdqReason(code, reference.pdqQuality);
    if (reason === null) {
      kept.pdq = code;
      keptCount += 1;
    } else dropped.push(reason);
  }
  if (keptCount === 0) return { outcome: "refused", reason: dropped[0] ?? (reference.unmatchable.length > 0 ? "unmatchable-only" : "no-digest") };
  if (dropped.length === 0 && reference.sizeBytes !== 0) return { outcome: "loaded", reference, dropped };
  return { outcome: "loaded", reference: { ...reference, digests: kept, sizeBytes: reference.sizeBytes === 0 ? null : reference.sizeBytes }, dropped };
}

function cryptographicReason(algorithm: CryptographicAlgorithm, digest: Uint8Array): SiftReason | null {
  if (isConstant(digest)) return "constant-digest";
  const content = trivialContentOf(algorithm, digest);
  if (content === null) return null;
  if (content.times === 0) return "empty-file";
  return content.bytes.every((byte) => byte === 0) ? "zero-content" : "trivial-content";
}

function pdqReason(code: Uint8Array, quality: number | null): SiftReason | null {
  if (isConstant(code)) return "pdq-constant";
  const ones = countOnes(code);
  if (ones < fewestOnes || ones > mostOnes) return "pdq-low-entropy";
  if (isRegularCode(code)) return "pdq-regular";
  return quality !== null && quality < leastPdqQuality ? "pdq-low-quality" : null;
}

function isConstant(digest: Uint8Array): boolean {
  const first = digest[0]!;
  return (first === 0 || first === 0xff) && digest.every((byte) => byte === first);
}

function countOnes(code: Uint8Array): number {
  let ones = 0;
  for (const byte of code) for (let bits = byte; bits !== 0; bits &= bits - 1) ones += 1;
  return ones;
}
