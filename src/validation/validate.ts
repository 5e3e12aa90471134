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
import { showRematch, showReports, showSeal, showTampering } from "./show-record.ts";

/** What the kit came to for one requirement. "not-run": the kit cannot show it here; it is never taken for passed. */
export interface Result {
  readonly id: RequirementId;
  readonly requirement: Requirement;
  readonly outcome: "pass" | "fail" | "not-run";
  readonly assertions: readonly Assertion[];
  /** Why it was not run, and what shows it instead; null otherwise. */
  readonly instead: string | null;
}

/** Parts of the kit in their order: each builds on those before it. `begin` tells which is next. */
export async function validate(kit: Kit, begin: (part: string) => void): Promise<readonly Result[]> {
  begin("drawing exhibits");
  writeCorpus(kit);
  const lists = kitLists(kit.corpus);
  const exhibits = Object.keys(kit.corpus.exhibits) as (keyof Corpus["exhibits"])[];
  const before = exhibitState(kit, exhibits);
  const parts: readonly (readonly [name: string, show: () => Promise<readonly Assertion[]> | readonly Assertion[]])[] = [
    ["known answers and the sandbox", () => showSandbox(kit)],
    ["list formats", () => showFormats(kit, lists)],
    ["policy of lists", () => showPolicy(kit)],
    ["exact and near matches", () => showMatches(kit, lists)],
    ["a finished case", () => showFinished(kit, folderState)],
    ["what cannot be examined", () => showGaps(kit)],
    ["interruption", () => showInterruption(kit)],
    ["nothing to be found", () => importKnown(kit).then(() => showNothing(kit))],
    ["refusals", () => showRefusals(kit)],
    ["evidence untouched", () => [{ requirement: "REQ-10", assertion: "the exhibits after all scans (SHA-256 of their state)", expected: before, actual: exhibitState(kit, exhibits) }]],
    ["later lists", () => showRematch(kit)],
    ["reports", () => showReports(kit)],
    ["what came out", () => showBlind(kit)],
    ["tampering", () => showTampering(kit)],
    ["seals", () => showSeal(kit)],
    ["altered lists", () => showAlteredLists(kit, () => kit.run(scanArguments(kit, "none", "altered-lists", "--allow-writable", writableReason, ...homeOptions(kit, "policy"))))],
  ];
  const assertions: Assertion[] = [];
  for (const [name, show] of parts) {
    begin(name);
    assertions.push(...(await show()));
  }
  return resultsOf(assertions, kit.isolation === "process" ? { "REQ-20": "--isolation process was asked for: pictures were decoded without a sandbox" } : {});
}

/** A result for each requirement. Errors: RangeError where nothing was asserted for one and nothing says why: silence must not pass for success. */
export function resultsOf(assertions: readonly Assertion[], leftOut: Readonly<Partial<Record<RequirementId, string>>>): readonly Result[] {
  return requirementIds.map((id) => {
    const own = assertions.filter((assertion) => assertion.requirement === id);
    const stated = requirement(id);
    const { shownBy } = stated;
    const instead = leftOut[id] ?? (shownBy === undefined ? null : `${shownBy.because}; shown by the project's tests: ${shownBy.file}, "${shownBy.title}"`);
    if (instead !== null && own.length === 0) return { id, requirement: stated, outcome: "not-run", assertions: [], instead };
    if (own.length === 0) throw new RangeError(`${id}: found no assertion, expected at least one`);
    return { id, requirement: stated, outcome: own.every(({ expected, actual }) => expected === actual) ? "pass" : "fail", assertions: own, instead: null };
  });
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
