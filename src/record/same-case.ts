import type { ListDescription } from "../model.ts";
import { pathText } from "../path-text.ts";
import { canonicalJson } from "./canonical.ts";
import type { LogBodies, PassFacts } from "./view.ts";

type Opened = LogBodies["opened"];

/** Whatever must be equal for a scan to go on, where it is not: each by its name with what the record holds and what is given now. */
export function differencesOf(recorded: Opened, given: Opened): string[] {
  return differing(essentials(recorded), essentials(given));
}

/** Circumstances that may change between sessions of one scan and belong into its log, in the same words. */
export function changesOf(recorded: Opened, given: Opened): string[] {
  return differing(circumstances(recorded), circumstances(given));
}

function essentials({ header, lists }: Opened): ReadonlyMap<string, string> {
  return new Map([
    ["case number", header.caseNumber],
    ["exhibit", header.exhibit],
    ...prefixed("evidence", header.evidenceIdentity),
    ...prefixed("option", header.options),
    ["program version", header.versions["blindmatch"] ?? "unknown"],
    ["number of lists", String(lists.length)],
    ...lists.flatMap((list, index) => prefixed(`list ${index + 1}`, identityOf(list))),
  ]);
}

/** True for the same lists in any order, compared under the same options. */
export function isSamePass(one: Pick<PassFacts, "lists" | "options" | "near">, other: Pick<PassFacts, "lists" | "options" | "near">): boolean {
  const told = ({ lists, options: { nearDistanceBits, leastQuality, nearThresholds }, near }: typeof one): string =>
    canonicalJson([lists.map((list) => canonicalJson(identityOf(list))).sort(), nearDistanceBits, leastQuality, nearThresholds, near]);
  return told(one) === told(other);
}

/** The same file and scale, read in the same way: the counts tell when it was not. */
function identityOf({ sha256, scaleSha256, kind, format, counts }: ListDescription): Readonly<Record<string, unknown>> {
  return { sha256, scaleSha256, kind, format, rowsLoaded: counts.rowsLoaded, digests: canonicalJson(counts.digests) };
}

function circumstances({ header }: Opened): ReadonlyMap<string, string> {
  return new Map([
    ["examiner", header.examiner],
    ["organisation", header.organisation ?? "none"],
    ["evidence root", header.evidence],
    ["time zone", header.timeZone],
    ...prefixed("version of", header.versions),
  ]);
}

function prefixed(name: string, values: object): [string, string][] {
  return Object.entries(values).map(([key, value]) => [`${name} ${key}`, typeof value === "object" && value !== null ? canonicalJson(value) : String(value)]);
}

function differing(recorded: ReadonlyMap<string, string>, given: ReadonlyMap<string, string>): string[] {
  return [...new Set([...recorded.keys(), ...given.keys()])]
    .filter((name) => recorded.get(name) !== given.get(name))
    .map((name) => `${name}: found ${printable(recorded.get(name))} in the record, expected ${printable(given.get(name))}`);
}

function printable(text: string | undefined): string {
  return text === undefined ? "nothing" : pathText(Buffer.from(text));
}
