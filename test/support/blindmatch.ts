import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { now } from "../../src/cli/clock.ts";
import { ownVersion } from "../../src/cli/version.ts";
import { pathBytes } from "../../src/path-text.ts";
import { openRecord } from "../../src/record/open-view.ts";
import { jsonl } from "../../src/reports/jsonl.ts";
import { maySandbox } from "./may-sandbox.ts";

export const program: string = resolve(import.meta.dirname, "../../bin/blindmatch");

export interface Ended {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

/** On a machine without a sandbox, which says what it skips, everything else is tested without one. */
function here(args: readonly string[]): readonly string[] {
  const decodes = args[0] === "scan" || args[0] === "selftest";
  return decodes && !maySandbox && !args.includes("--isolation") ? [...args, "--isolation", "process"] : args;
}

/** Runs the real program (dist/ must be built, as `npm test` does first). */
export function blindmatch(...args: readonly string[]): Ended {
  return blindmatchWith({}, ...args);
}

/** The same as another user, with other variables, with options for Node, or for so long at most. Errors: the system's, ETIMEDOUT where the program did not end in that time. */
export function blindmatchWith(how: { readonly uid?: number; readonly env?: Readonly<Record<string, string>>; readonly node?: readonly string[]; readonly mostMs?: number }, ...args: readonly string[]): Ended {
  const { uid, env, node = [], mostMs } = how;
  const ended = spawnSync(process.execPath, [...node, program, ...here(args)], {
    maxBuffer: 1 << 28,
    env: { ...process.env, ...env },
    ...(uid === undefined ? {} : { uid, gid: uid }),
    // What hangs within one call of the system's answers no other signal.
    ...(mostMs === undefined ? {} : { timeout: mostMs, killSignal: "SIGKILL" as const }),
  });
  if (ended.error !== undefined) throw ended.error;
  return { status: ended.status, out: ended.stdout.toString(), err: ended.stderr.toString() };
}

/** Runs the real program while others run. */
export async function blindmatchAsync(...args: readonly string[]): Promise<Ended> {
  const running = startBlindmatch(...args);
  let [out, err] = ["", ""];
  running.stdout!.on("data", (bytes: Buffer) => (out += bytes.toString()));
  running.stderr!.on("data", (bytes: Buffer) => (err += bytes.toString()));
  const status = await new Promise<number | null>((resolve) => running.on("close", resolve));
  return { status, out, err };
}

/** Starts the real program and leaves it running, in a process group of its own. */
export function startBlindmatch(...args: readonly string[]): ChildProcess {
  return spawn(process.execPath, [program, ...here(args)], { detached: true, stdio: ["ignore", "pipe", "pipe"] });
}

export interface ReportLine {
  readonly type: string;
  readonly [key: string]: unknown;
}

export function jsonLines(text: string): ReportLine[] {
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as ReportLine);
}

/** The whole record of a case as JSON lines, one per entry included: what `report --format jsonl --all` prints, made by this process, with nothing noted in the record. */
export function wholeReport(caseFolder: string): ReportLine[] {
  const record = openRecord(caseFolder);
  try {
    return jsonLines([...jsonl.render(record, { all: true, madeAt: now(), version: ownVersion() })].join(""));
  } finally {
    record.close();
  }
}

/** The report that the scan itself wrote. */
export function writtenReport(caseFolder: string): ReportLine[] {
  return jsonLines(readFileSync(join(caseFolder, "report.jsonl"), "utf8"));
}

/** The entry that a line of a report is about: the line itself, or what it carries. */
export function entryOf(line: ReportLine): Readonly<Record<string, unknown>> {
  return line.type === "entry" ? line : (line["entry"] as Readonly<Record<string, unknown>>);
}

/** A path of a report as Latin-1 text, one character a byte: how tools' output is compared with it. */
export function rawPath(line: ReportLine): string {
  return Buffer.from(pathBytes(String(entryOf(line)["path"]))).toString("latin1");
}
