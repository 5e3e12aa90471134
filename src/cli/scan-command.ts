import { mkdirSync } from "node:fs";
import { availableParallelism, hostname, userInfo } from "node:os";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { directorySource } from "../evidence/directory.ts";
import { Failure, outcomeStatuses } from "../failure.ts";
import type { ListDescription } from "../model.ts";
import { pathText } from "../path-text.ts";
import { startReaders } from "../reading/pool.ts";
import { createOrResumeRecord } from "../record/open-record.ts";
import type { CaseHeader, MountState } from "../record/view.ts";
import { openCatalog } from "../reference/catalog.ts";
import { openReferenceSet } from "../reference/open-reference-set.ts";
import { leastQuality, nearDistanceBits } from "../reference/reference-set.ts";
import { scan } from "../scan.ts";
import { timeZone } from "./clock.ts";
import { custody } from "./custody.ts";
import { type EvidencePlace, evidenceAt, mountChanges, mountStateAt, refuseOutputInside, refuseWritable } from "./evidence-checks.ts";
import { homeFolder } from "./home.ts";
import { type Progress, progressIn } from "./progress.ts";
import { proveWorking } from "./prove-working.ts";
import { tellOutcome, writeReports } from "./scan-outcome.ts";
import { versions } from "./version.ts";

export interface ScanCommandOptions {
  readonly case: string;
  readonly caseNumber: string;
  readonly exhibit: string;
  readonly examiner: string;
  readonly organisation?: string;
  readonly list?: readonly string[];
  readonly readers?: number;
  readonly perceptual: boolean;
  readonly allowWritable?: string;
  readonly stallSeconds?: number;
  readonly home?: string;
  readonly quiet?: boolean;
  readonly json?: boolean;
}

/** `blindmatch scan`. Gives the exit status. */
export async function runScan(evidence: string, options: ScanCommandOptions): Promise<number> {
  const startedMs = performance.now();
  const elapsedMs = (): number => performance.now() - startedMs;
  const progress = progressIn(styleOf(options), {
    err: (text) => void process.stderr.write(text),
    out: (text) => void process.stdout.write(text),
    columns: () => process.stderr.columns ?? 80,
    elapsedMs,
  });

  const folder = resolve(options.case);
  const home = homeFolder(options.home);
  const place = evidenceAt(evidence);
  refuseOutputInside(place, { "--case": folder, "--home": home });
  const before = mountStateAt(place);
  refuseWritable(before, options.allowWritable);
  const lists = chosenLists(home, options.list);
  const references = openReferenceSet(home, lists);
  const perceptual = options.perceptual && references.hasPerceptualCodes;

  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const header = headerOf(place, options);
  const { writer: record, state } = createOrResumeRecord(folder, { header, lists, ...custody() });
  if (state === "finished") {
    record.release();
    progress.say("this case is finished: nothing was examined again and nothing was changed");
    return finish(folder, options, []);
  }

  const readers = startReaders({
    program: entryFile("./reader-process.js"),
    decoderProgram: entryFile("../perceptual/decoder-process.js"),
    count: options.readers ?? availableParallelism(),
    perceptual,
    stallMs: (options.stallSeconds ?? 120) * 1000,
  });
  const interruption = new AbortController();
  try {
    const checks = await proveWorking(readers, folder, perceptual);
    record.log("selftest", { checks });
    if (options.allowWritable !== undefined) record.log("override", { option: "--allow-writable", reason: options.allowWritable });
    let after: MountState | null = before;
    const ended = await scan({
      source: directorySource(place.root),
      record,
      references,
      read: (batch) => readers.read(place.root, batch),
      readers: options.readers ?? availableParallelism(),
      interrupt: interruption.signal,
      mountState: () => (after = mountStateAt(place)),
      elapsedMs,
      tell(event) {
        // The walk cannot be interrupted in the middle: until the plan is there, a signal simply ends the process, and nothing is lost.
        if (event.event === "planned") stopOnSignals(interruption, progress);
        progress.tell(event);
      },
    });
    progress.done();
    if (ended === "interrupted") {
      progress.say("interrupted: what was examined is recorded; the same command goes on from there");
      return outcomeStatuses.interrupted;
    }
    return finish(folder, options, options.allowWritable === undefined ? mountChanges(before, after) : []);
  } finally {
    readers.close();
    record.release();
  }
}

/** Reports that are not there yet, the answer on standard output, the exit status. */
function finish(folder: string, options: ScanCommandOptions, changes: readonly string[]): number {
  const reports = writeReports(folder);
  const status = tellOutcome(folder, reports, options.json === true, (text) => void process.stdout.write(text));
  if (changes.length > 0) throw new Failure("evidence-changed", `evidence: it changed during the scan, the results cannot stand: ${changes.join("; ")}`);
  return status;
}

function headerOf(place: EvidencePlace, options: ScanCommandOptions): CaseHeader {
  return {
    caseNumber: options.caseNumber,
    exhibit: options.exhibit,
    examiner: options.examiner,
    organisation: options.organisation ?? null,
    evidence: place.printable,
    evidenceIdentity: place.identity,
    options: { perceptual: options.perceptual, nearDistanceBits, leastQuality },
    versions: versions(),
    commandLine: process.argv.slice(2).map((argument) => pathText(Buffer.from(argument))),
    host: hostname(),
    user: userInfo().username,
    timeZone: timeZone(),
  };
}

function chosenLists(home: string, selectors: readonly string[] | undefined): readonly ListDescription[] {
  const catalog = openCatalog(home);
  try {
    const lists = selectors === undefined ? catalog.lists() : selectors.map((selector) => catalog.find(selector));
    if (lists.length === 0) throw new Failure("usage", "lists: found none imported, expected at least one; see blindmatch list import --help");
    return [...new Map(lists.map((list) => [list.sha256, list])).values()];
  } finally {
    catalog.close();
  }
}

function styleOf(options: ScanCommandOptions): "terminal" | "lines" | "json" | "quiet" {
  if (options.quiet === true) return "quiet";
  if (options.json === true) return "json";
  return process.stderr.isTTY === true ? "terminal" : "lines";
}

/** First signal: stop at once, keep what is recorded. Second: end without more ado. */
function stopOnSignals(interruption: AbortController, progress: Progress): void {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    process.on(signal, () => {
      if (interruption.signal.aborted) process.exit(outcomeStatuses.interrupted);
      progress.say("stopping ...");
      interruption.abort();
    });
}

function entryFile(relative: string): string {
  return fileURLToPath(new URL(relative, import.meta.url));
}
