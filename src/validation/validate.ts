import { randomBytes } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Corpus, roles } from "./corpus.ts";
import { writeExhibit } from "./exhibit.ts";
import { type Assertion, exhibitFolder, homeOptions, type Kit, scanArguments, writableReason } from "./kit.ts";
import { kitLists } from "./lists.ts";
import { type Requirement, requirement, type RequirementId, requirementIds } from "./requirements.ts";
import { exhibitState, folderState, showBlind, showSandbox } from "./show-blind.ts";
import { showGaps, showInterruption, showNothing, showRefusals } from "./show-gaps.ts";
import { importList, showAlteredLists, showFormats, showPolicy, written } from "./show-lists.ts";
import { showFinished, showMatches } from "./show-matches.ts";
import { type Ended, isNoFaultOfTheProgram } from "./run-program.ts";
import { showRematch, showReports, showSeal, showTampering } from "./show-record.ts";
import { waysOf, whyUnconfined } from "./ways.ts";

/** What the kit came to for one requirement. "not-run": the kit cannot show it here; it is never taken for passed. */
export interface Result {
  readonly id: RequirementId;
  readonly requirement: Requirement;
  readonly outcome: "pass" | "fail" | "not-run";
  readonly assertions: readonly Assertion[];
  /** Why it was not run, and what shows it instead; null otherwise. */
  readonly instead: string | null;
}

/** A part of the kit, with every requirement that it asserts something for. */
export interface Part {
  readonly name: string;
  readonly shows: readonly RequirementId[];
  readonly show: () => Promise<readonly Assertion[]> | readonly Assertion[];
}

/** Draws the exhibits, and goes through the parts. `begin` tells which is next. */
export async function validate(kit: Kit, begin: (part: string) => void): Promise<readonly Result[]> {
  begin("drawing exhibits");
  writeCorpus(kit);
  const assertions: Assertion[] = [];
  for (const part of partsOf(kit)) {
    begin(part.name);
    const shown = await shownBy(part);
    const leftOut = leftOutOf(kit);
    assertions.push(...shown.filter(({ requirement: id, assertion }) => !(id in leftOut && assertion === endOfPart(part))));
  }
  return resultsOf(assertions, leftOutOf(kit));
}

/** What could not be shown for want of a sandbox or of confinement, by what ran so far: never passed, and each with what it needs. */
export function leftOutOf(kit: Kit): Readonly<Partial<Record<RequirementId, string>>> {
  const unconfined = whyUnconfined(waysOf(kit.printed));
  return {
    ...(kit.isolation === "process" ? { "REQ-20": "needs a sandbox (bubblewrap): --isolation process was asked for, and pictures were decoded without one" } : {}),
    ...(unconfined === null ? {} : { "REQ-15": unconfined }),
  };
}

/** Parts of the kit in their order: each builds on those before it. The exhibits are there by then. */
export function partsOf(kit: Kit): readonly Part[] {
  const lists = kitLists(kit.corpus);
  const exhibits = Object.keys(kit.corpus.exhibits) as (keyof Corpus["exhibits"])[];
  const before = exhibitState(kit, exhibits);
  const scanAgain = (): Promise<Ended> => kit.run(scanArguments(kit, "none", "altered-lists", "--allow-writable", writableReason, ...homeOptions(kit, "policy")));
  return [
    { name: "known answers and the sandbox", shows: ["REQ-20", "REQ-63"], show: () => showSandbox(kit) },
    { name: "list formats", shows: ["REQ-30", "REQ-32"], show: () => showFormats(kit, lists) },
    { name: "policy of lists", shows: ["REQ-31", "REQ-33", "REQ-34", "REQ-35", "REQ-36"], show: () => showPolicy(kit) },
    {
      name: "exact and near matches",
      shows: [
        ...["REQ-01", "REQ-02", "REQ-06", "REQ-07", "REQ-09", "REQ-11", "REQ-13", "REQ-15", "REQ-23", "REQ-24", "REQ-25", "REQ-26", "REQ-27", "REQ-28", "REQ-29", "REQ-30", "REQ-32", "REQ-33"] as const,
        ...["REQ-39", "REQ-40", "REQ-41", "REQ-42", "REQ-43", "REQ-46", "REQ-48", "REQ-52", "REQ-60", "REQ-63"] as const,
      ],
      show: () => showMatches(kit, lists),
    },
    { name: "a finished case", shows: ["REQ-48", "REQ-54", "REQ-55"], show: () => showFinished(kit, folderState) },
    { name: "what cannot be examined", shows: ["REQ-02", "REQ-03", "REQ-22", "REQ-47", "REQ-48"], show: () => showGaps(kit) },
    { name: "interruption", shows: ["REQ-08", "REQ-48", "REQ-49", "REQ-59"], show: () => showInterruption(kit) },
    { name: "nothing to be found", shows: ["REQ-28", "REQ-36", "REQ-48"], show: () => importKnown(kit).then(() => showNothing(kit)) },
    { name: "refusals", shows: ["REQ-48"], show: () => showRefusals(kit) },
    { name: "evidence untouched", shows: ["REQ-10"], show: () => [{ requirement: "REQ-10", assertion: "the exhibits after all scans (SHA-256 of their state)", expected: before, actual: exhibitState(kit, exhibits) }] },
    { name: "later lists", shows: ["REQ-45", "REQ-61"], show: () => showRematch(kit) },
    { name: "reports", shows: ["REQ-09", "REQ-58", "REQ-60", "REQ-62", "REQ-64"], show: () => showReports(kit) },
    { name: "tampering", shows: ["REQ-53", "REQ-68"], show: () => showTampering(kit) },
    { name: "seals", shows: ["REQ-56", "REQ-57"], show: () => showSeal(kit) },
    { name: "altered lists", shows: ["REQ-37"], show: () => showAlteredLists(kit, scanAgain) },
    // The last one: what is printed or written behind it nobody would look through.
    { name: "what came out", shows: ["REQ-16", "REQ-17", "REQ-18", "REQ-19"], show: () => showBlind(kit) },
  ];
}

/**
 * What a part asserts. One that breaks off, such as for a file that the program should have made, fails each requirement that it shows, and the others go on.
 *
 * Errors: what no program is at fault for (an interruption, a full disk) is thrown on; RangeError where a part asserts something that it does not state.
 */
export async function shownBy(part: Part): Promise<readonly Assertion[]> {
  let shown: readonly Assertion[];
  try {
    shown = await part.show();
  } catch (thrown) {
    if (isNoFaultOfTheProgram(thrown)) throw thrown;
    const actual = `it broke off: ${thrown instanceof Error ? thrown.message : String(thrown)}`;
    return part.shows.map((id) => ({ requirement: id, assertion: endOfPart(part), expected: "it did", actual }));
  }
  for (const { requirement: id } of shown) if (!part.shows.includes(id)) throw new RangeError(`${part.name}: found an assertion for ${id}, expected those that the part states`);
  return shown;
}

const endOfPart = ({ name }: Part): string => `the part "${name}" came to its end`;

/** A result for each requirement. Errors: RangeError where nothing was asserted for one and nothing says why: silence must not pass for success. */
export function resultsOf(assertions: readonly Assertion[], leftOut: Readonly<Partial<Record<RequirementId, string>>>): readonly Result[] {
  return requirementIds.map((id) => {
    const own = assertions.filter((assertion) => assertion.requirement === id).map(judged);
    const stated = requirement(id);
    const instead = leftOut[id] ?? (stated.shownBy === undefined ? null : insteadOf(stated.shownBy));
    if (instead !== null && own.length === 0) return { id, requirement: stated, outcome: "not-run", assertions: [], instead };
    if (own.length === 0) throw new RangeError(`${id}: found no assertion, expected at least one`);
    return { id, requirement: stated, outcome: own.every(({ expected, actual }) => expected === actual) ? "pass" : "fail", assertions: own, instead: null };
  });
}

/** What was expected and is no value was read from something that is lacking: that the other side lacks it, too, shows nothing. */
function judged(assertion: Assertion): Assertion {
  return /^$|\b(?:undefined|NaN)\b/.test(assertion.expected) ? { ...assertion, expected: "a value to compare with", actual: `found none: ${assertion.expected} and ${assertion.actual}` } : assertion;
}

/** Where a title takes values, dots. */
function insteadOf({ because, tests }: NonNullable<Requirement["shownBy"]>): string {
  return `${because}; shown by the project's tests: ${tests.map(({ file, title }) => `${file}, "${title.replaceAll("%s", "...")}"`).join("; ")}`;
}

/** Writes the exhibits, and the keys of the two homes. */
export function writeCorpus(kit: Kit): void {
  for (const folder of ["exhibits", "lists", "cases", "homes", "exhibits/outside"]) mkdirSync(join(kit.folder, folder), { mode: 0o700 });
  for (const [name, exhibit] of Object.entries(kit.corpus.exhibits)) writeExhibit(exhibitFolder(kit, name as keyof Corpus["exhibits"]), exhibit);
  writeFileSync(join(kit.folder, "exhibits/outside/listed.dat"), kit.corpus.items[roles.linkedTo]!.bytes);
  for (const home of ["main", "policy"]) writeFileSync(join(kit.folder, `${home}.lists-key`), `${randomBytes(32).toString("hex")}\n`, { mode: 0o600 });
}

/** The list of known files into the second home, too. */
async function importKnown(kit: Kit): Promise<void> {
  const known = kitLists(kit.corpus).find(({ name }) => name === "software")!;
  await importList(kit, "policy", written(kit, known), known.name, "1", ...known.options);
}
