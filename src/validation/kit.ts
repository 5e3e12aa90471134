import { join } from "node:path";
import type { Isolation } from "../isolation.ts";
import type { Corpus } from "./corpus.ts";
import type { RequirementId } from "./requirements.ts";
import type { Ended, RunProgram } from "./run-program.ts";
import type { StockMinisign } from "./stock-minisign.ts";

/** One thing that was looked at for a requirement. It holds when `actual` equals `expected`. */
export interface Assertion {
  readonly requirement: RequirementId;
  readonly assertion: string;
  readonly expected: string;
  readonly actual: string;
}

/** What all parts of the kit work with. */
export interface Kit {
  /** Holds the exhibits, lists, homes and cases. */
  readonly folder: string;
  readonly corpus: Corpus;
  readonly isolation: Isolation;
  /** True for root, whom no file's mode keeps from reading. */
  readonly asRoot: boolean;
  /** Null where signatures can be made and verified by nothing but the program's own code and Node. */
  readonly minisign: StockMinisign | null;
  /** Folder of the program's kernels. */
  readonly kernels: string;
  /** Runs the program and remembers what it printed. */
  readonly run: RunProgram;
  readonly printed: readonly Ended[];
}

/** A kit that remembers what every run of the program printed. */
export function kitOf(parts: Omit<Kit, "printed">): Kit {
  const printed: Ended[] = [];
  const run: RunProgram = async (args, watch) => {
    const ended = await parts.run(args, watch);
    printed.push(ended);
    return ended;
  };
  return { ...parts, run, printed };
}

/** Whether a thing that is either so or not is so. */
export function holds(requirement: RequirementId, assertion: string, isSo: boolean, otherwise = "it is not so"): Assertion {
  return { requirement, assertion, expected: "it is so", actual: isSo ? "it is so" : otherwise };
}

/** Whether a run ended with the status that is due. What it said stands beside another one. */
export function endsWith(requirement: RequirementId, assertion: string, expected: number, { status, err }: Ended): Assertion {
  return { requirement, assertion, expected: `status ${expected}`, actual: status === expected ? `status ${expected}` : `status ${status}: ${err.trim().split("\n").at(-1) ?? ""}` };
}

/** Whether two sets of texts are the same: as counts, and where they differ, what is lacking and what is besides. It does not hold where no row is due: nothing equals nothing wherever a report is lacking. */
export function sameRows(requirement: RequirementId, assertion: string, expected: Iterable<string>, actual: Iterable<string>): Assertion {
  const [due, found] = [[...expected].sort(), [...actual].sort()];
  const lacking = without(due, found);
  const besides = without(found, due);
  const parts = [`${found.length} rows`, ...(lacking.length > 0 ? [`lacking ${some(lacking)}`] : []), ...(besides.length > 0 ? [`besides ${some(besides)}`] : [])];
  return { requirement, assertion, expected: due.length === 0 ? "rows to compare with" : `${due.length} rows`, actual: parts.join("; ") };
}

/** Whether a report that has rows has none of a sort. */
export function noneOf(requirement: RequirementId, assertion: string, rows: readonly unknown[], such: readonly string[]): Assertion {
  return { requirement, assertion, expected: "none of the rows", actual: rows.length === 0 ? "no rows at all" : such.length === 0 ? "none of the rows" : some(such) };
}

/** Whether two digests are the same SHA-256. What is none agrees with nothing. */
export function sameSha256(requirement: RequirementId, assertion: string, expected: unknown, actual: unknown): Assertion {
  return { requirement, assertion, expected: /^[0-9a-f]{64}$/.test(String(expected)) ? String(expected) : "64 hexadecimal digits", actual: String(actual) };
}

/** Bytes of a path (Latin-1) as plain text: what is not printable ASCII as `\xHH`. */
export function shownPath(path: string): string {
  return path.replace(/[^ -[\]-~]/g, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`);
}

export function exhibitFolder(kit: Kit, name: keyof Corpus["exhibits"]): string {
  return join(kit.folder, "exhibits", name);
}

export function caseFolder(kit: Kit, name: string): string {
  return join(kit.folder, "cases", name);
}

export function homeFolder(kit: Kit, name: "main" | "policy"): string {
  return join(kit.folder, "homes", name);
}

/** Where the lists are, as every command that opens them is told. The environment must not say otherwise. */
export function homeOptions(kit: Kit, name: "main" | "policy"): readonly string[] {
  const home = homeFolder(kit, name);
  return ["--home", home, "--key-file", join(kit.folder, `${name}.lists-key`)];
}

/** `blindmatch scan` of an exhibit, with what the kit's scans have in common. */
export function scanArguments(kit: Kit, exhibit: keyof Corpus["exhibits"], caseName: string, ...options: readonly string[]): readonly string[] {
  return ["scan", exhibitFolder(kit, exhibit), "--case", caseFolder(kit, caseName), "--case-number", "VALIDATION", "--exhibit", exhibit, "--examiner", "validation kit", "--isolation", kit.isolation, ...options];
}

export const writableReason = "exhibit of the validation kit, no drive";

function without(all: readonly string[], others: readonly string[]): readonly string[] {
  const left = new Map<string, number>();
  for (const other of others) left.set(other, (left.get(other) ?? 0) + 1);
  return all.filter((one) => {
    const count = left.get(one) ?? 0;
    left.set(one, count - 1);
    return count <= 0;
  });
}

function some(rows: readonly string[]): string {
  return `${rows.slice(0, 3).join(" | ")}${rows.length > 3 ? ` and ${rows.length - 3} more` : ""}`;
}
