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

/** What a comparison was made with, as far as its rows depend on it. */
export type Comparison = Pick<PassFacts, "lists" | "options" | "near">;

/** True for the same lists in any order, under the same thresholds, by the same program; unless pictures, which were not compared then, would be now. */
export function isSamePass(earlier: Comparison & Pick<PassFacts, "versions">, given: Comparison & Pick<PassFacts, "versions">): boolean {
  const told = (pass: typeof given): string => canonicalJson([pass.lists.map((list) => listUnder(list, pass)).sort(), ...programOf(pass.versions)]);
  return told(earlier) === told(given) && (given.near !== "compared" || earlier.near === "compared");
}

/** True when each list that holds perceptual codes was compared with them under these thresholds in an earlier pass. */
export function areCompared({ lists, options }: Pick<PassFacts, "lists" | "options">, earlier: readonly Comparison[]): boolean {
  const compared = new Set(earlier.filter(({ near }) => near === "compared").flatMap((pass) => pass.lists.map((list) => listUnder(list, pass))));
  return lists.filter(({ counts }) => (counts.digests.pdq ?? 0) > 0).every((list) => compared.has(listUnder(list, { options })));
}

/** A list with what is near in it. */
function listUnder(list: ListDescription, { options }: Pick<PassFacts, "options">): string {
  const { nearDistanceBits, leastQuality } = options.nearThresholds[list.sha256] ?? options;
  return canonicalJson([canonicalJson(identityOf(list)), nearDistanceBits, leastQuality]);
}

/** What decides a match besides lists and thresholds: the program, and what its kernels were compiled to. */
function programOf(versions: PassFacts["versions"]): readonly string[] {
  return Object.keys(versions).filter((name) => name === "blindmatch" || name.endsWith(" kernel")).sort().map((name) => `${name} ${versions[name] ?? ""}`);
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
