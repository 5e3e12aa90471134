import type { CryptographicAlgorithm, Finding, Match } from "./model.ts";
import type { ReferenceSet } from "./reference/reference-set.ts";

/** One thing that was asked of a part of the program whose answer is known. It holds when `found` equals `expected`. */
export interface Check {
  readonly name: string;
  readonly expected: string;
  readonly found: string;
}

/** The synthetic picture whose answers are known. Digests lower-case hex; `codes` likewise, by how the pixels were prepared, in the order in which they are given. */
export interface KnownPicture {
  readonly digests: Readonly<Record<CryptographicAlgorithm, string>>;
  readonly codes: Readonly<Record<string, readonly string[]>>;
}

/** What the readers were asked to compute. */
export interface Asked {
  readonly digests: readonly CryptographicAlgorithm[];
  readonly perceptual: boolean;
}

/**
 * Whether a finding of the known picture is right: every digest and every perceptual code that was to be computed.
 *
 * Shape: codes are compared here and never stand in a check: "as known" or "other".
 */
export function findingChecks(known: KnownPicture, finding: Finding, { digests, perceptual }: Asked): Check[] {
  if (finding.outcome !== "examined") return [{ name: "reader reads the known picture", expected: "examined", found: finding.outcome }];
  const checks: Check[] = digests.map((name) => ({ name: `${name} of the known picture`, expected: known.digests[name], found: hex(finding.digests[name]) }));
  checks.push({ name: "media type of the known picture", expected: "image/png", found: finding.mediaType ?? "none" });
  if (!perceptual) return checks;
  checks.push({ name: "decoder decodes the known picture", expected: "hashed", found: finding.picture?.status ?? "not asked" });
  for (const [prepared, expected] of Object.entries(known.codes)) {
    const codes = (finding.picture?.codes ?? []).filter(({ transform }) => transform.split(" ", 1)[0] === prepared);
    const [negatives, turned] = [true, false].map((isNegative) => codes.filter(({ transform }) => transform.endsWith(" negative") === isNegative).map(({ code }) => hex(code)));
    const asKnown = (holds: boolean): string => (holds ? "as known" : "other");
    checks.push({ name: `pdq (${prepared}) of the known picture, turned each way`, expected: "as known", found: asKnown(turned?.join() === expected.join()) });
    checks.push({ name: `pdq (${prepared}) of its negative`, expected: "as known", found: asKnown(negatives?.join() === complementOf(expected[0] ?? "")) });
  }
  return checks;
}

/**
 * Whether the matcher finds what was planted and nothing else.
 *
 * Shape: `planted` is one list: 0 the picture's own digests, 1 its code with 7 bits turned, 2 its code with 40 bits turned, 3 digests of something else;
 *        and so many codes of nothing that the index is searched. Without near matching the two of digests alone.
 */
export async function matcherChecks(planted: ReferenceSet, finding: Finding, sizeBytes: number, { perceptual }: Asked): Promise<Check[]> {
  const found = await planted.match(finding, sizeBytes);
  return [
    { name: "matcher finds what was planted", expected: perceptual ? "exact 0; near 1 at 7 bits" : "exact 0", found: found.map(inWords).join("; ") || "nothing" },
  ];
}

/** The checks that do not hold, in words. */
export function failed(checks: readonly Check[]): string[] {
  return checks.filter(({ expected, found }) => expected !== found).map(({ name, expected, found }) => `${name}: found ${found}, expected ${expected}`);
}

function inWords(match: Match): string {
  return match.kind === "exact" ? `exact ${match.reference}` : `near ${match.reference} at ${match.distanceBits} bits`;
}

/** Every bit turned, of hexadecimal digits. */
function complementOf(digits: string): string {
  return digits.replace(/[0-9a-f]/g, (digit) => (15 - Number.parseInt(digit, 16)).toString(16));
}

function hex(bytes: Uint8Array | undefined): string {
  return bytes === undefined ? "none" : Buffer.from(bytes).toString("hex");
}
