import { realpathSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { directorySource } from "../evidence/directory.ts";
import { compareTimes, mostSampled } from "../evidence/sampled-times.ts";
import { triageClass } from "../evidence/triage.ts";
import { outcomeStatuses } from "../failure.ts";
import type { Isolation } from "../isolation.ts";
import type { Batch, CryptographicAlgorithm } from "../model.ts";
import { type ConfinedReaders, startConfinedReaders } from "../reading/confined-readers.ts";
import { areCoreDumpsOff, coreDumpsWarning } from "../reading/core-dumps.ts";
import { streamNames } from "../reading/stream-names.ts";
import { createOrResumeRecord } from "../record/open-record.ts";
import { recordFileName } from "../record/database.ts";
import { openRecord } from "../record/open-view.ts";
import type { RecordWriter } from "../record/record.ts";
import type { CaseHeader, ScanOptions } from "../record/view.ts";
import { requireVectors } from "../reference/near-vectors.ts";
import { type NearThresholds, openReferenceSet } from "../reference/open-reference-set.ts";
import { doubtSentence } from "../reports/counts-only.ts";
import { confinementSentence } from "../reports/history.ts";
import { scan } from "../scan.ts";
import { chosenLists, hasNotable, type ListChoice } from "./chosen-lists.ts";
import { circumstances, custody } from "./custody.ts";
import { digestsOfScan } from "./digests.ts";
import { type EvidencePlace, evidenceAt, mediumAt, mountStateAt, refuseOutputInside, refuseWritable } from "./evidence-checks.ts";
import { existingHome, homeFolder } from "./home.ts";
import { imageCheck, type ImageOptions } from "./image-check.ts";
import type { KeyOptions } from "./key.ts";
import { mayEnterEvidence } from "./may-enter.ts";
import { countedEntries, type Counts, progressIn } from "./progress.ts";
import { proveIsolation } from "./prove-isolation.ts";
import { proveWorking, withKnownPicture } from "./prove-working.ts";
import { tellOutcome, writeReports } from "./scan-outcome.ts";
import { stageClock } from "./stages.ts";
import { sealedCatalog } from "./sealed-catalog.ts";
import { endingSignals, stopOnSignals } from "./signals.ts";
import { knownPictureFolder, sweep } from "./sweep.ts";
import { wayOfReading } from "./way-of-reading.ts";

export interface ScanCommandOptions extends KeyOptions, ImageOptions, ListChoice {
  readonly case: string;
  readonly caseNumber: string;
  readonly exhibit: string;
  readonly examiner: string;
  readonly organisation?: string;
  readonly readers?: number;
  /** Entries that match. */
  readonly stopAfter?: number;
  readonly digests?: readonly CryptographicAlgorithm[];
  readonly perceptual: boolean;
  readonly isolation: Isolation;
  readonly keepCodes?: boolean;
  readonly skipNearForExact?: boolean;
  /** Bytes. */
  readonly largestFile?: number;
  readonly allowWritable?: string;
  readonly stallSeconds?: number;
  readonly home?: string;
  readonly quiet?: boolean;
  readonly json?: boolean;
}

const out = (text: string): void => void process.stdout.write(text);

/** `blindmatch scan`. Gives the exit status. */
export async function runScan(evidence: string, options: ScanCommandOptions): Promise<number> {
  const elapsedMs = sinceFirstAsked();
  const folder = resolve(options.case);
  const home = homeFolder(options.home);
  const place = evidenceAt(evidence);
  refuseOutputInside(place, { "--case": folder, "--home": home });
  refuseWritable(mountStateAt(place), options.allowWritable);
  const catalog = await sealedCatalog(existingHome(options.home, "usage"), options);
  const { lists, thresholds } = chosenLists(catalog, options);
  const digests = digestsOfScan(options.digests, lists);
  const references = openReferenceSet(home, lists, catalog.key, thresholds);
  const asked = { digests, perceptual: options.perceptual && (references.hasPerceptualCodes || options.keepCodes === true) };
  if (asked.perceptual) requireVectors("scan", "with --no-perceptual exact copies are found");
  const probes = asked.perceptual ? await proveIsolation(options.isolation, [place.root, Buffer.from(home)]) : [];
  const { medium, device } = mediumAt(place);
  const { readers: count, sideBySide, byInode } = wayOfReading(medium, options.readers, availableParallelism());
  const stallMs = (options.stallSeconds ?? 120) * 1000;
  const interruption = new AbortController();
  const image = imageCheck(place, options, { stallMs, interrupt: interruption.signal });

  const { writer: record, state } = createOrResumeRecord(folder, { header: headerOf(place, options, { digests, thresholds }), lists, codesKey: catalog.key, ...custody(elapsedMs) });
  const known = knownPictureFolder(realpathSync(folder));
  const readers = startConfinedReaders({
    program: entryFile("./reader-process.js"),
    decoderProgram: entryFile("../perceptual/decoder-process.js"),
    count,
    ...asked,
    isolation: options.isolation,
    roots: [place.root, Buffer.from(known)],
    hidden: [Buffer.from(home), Buffer.from(join(folder, recordFileName))],
    lowered: (tried) => record.log("confinement", tried),
    warned: (message) => record.log("warning", { message }),
    stallMs,
    ...(sideBySide === undefined ? {} : { sideBySide }),
    doubted: (batch) => record.log("warning", { message: doubtAbout(batch) }),
    ...(options.skipNearForExact === true ? { skipsPicture: references.equalsNotable } : {}),
  });
  const stages = stageClock({ count, work: readers.work }, elapsedMs);
  const progress = progressIn(styleOf(options), {
    err: (text) => void process.stderr.write(text),
    out,
    columns: () => process.stderr.columns ?? 80,
    elapsedMs,
    bytesInFlight: () => readers.bytesInFlight(),
    readers: count,
    stageTimes: stages.times,
  });
  try {
    sweep(folder);
    if (state === "finished") {
      progress.say("this case is finished: nothing was examined again and nothing was changed");
      return finish(record, folder, options);
    }
    if (!hasNotable(lists)) progress.say("warning: none of the lists named is of kind notable: nothing can be found, and the status will be 3");
    if (!areCoreDumpsOff()) record.log("warning", { message: coreDumpsWarning });
    const earlyEnd = endOnSignals(folder, record, readers);
    if (asked.perceptual) record.log("isolation", { isolation: options.isolation, probes });
    await withKnownPicture(known, async () => {
      const tried = await readers.confine(place.root);
      if (tried.refused.length > 0) progress.say(confinementSentence(tried));
      record.log("confinement", tried);
      record.log("selftest", { checks: await proveWorking(readers, known, asked) });
    });
    if (options.allowWritable !== undefined) record.log("override", { option: "--allow-writable", reason: options.allowWritable });
    // The walk cannot be interrupted in the middle: until the plan is there, a signal simply ends the process, and nothing is lost.
    earlyEnd.remove();
    if (state === "resumed") progress.begin(earlierCounts(folder, record));
    const streams = await streamNames(place.root, stallMs);
    record.log("streams", { searched: streams !== null });
    record.log("medium", { medium, device, readers: count });
    const source = directorySource(place.root, { alternate: streams, largestFileBytes: options.largestFile ?? null, mayEnter: mayEnterEvidence() });
    const ended = await scan({
      source: { ...source, entries: () => countedEntries(source.entries(), progress) },
      record,
      references,
      read: (batch) => readers.read(place.root, batch),
      readers: count,
      order: { within: byInode && source.hasInodes ? "inode" : "path", classOf: ({ path, sizeBytes, kind }) => triageClass(path, sizeBytes, kind) },
      stopAfter: options.stopAfter ?? null,
      interrupt: interruption.signal,
      mountState: () => mountStateAt(place),
      image:
        image === null
          ? null
          : (when) => {
              progress.say(`hashing the whole image, ${when} the scan ...`);
              return image(when);
            },
      compareTimes: () => compareTimes(source, record.sample(mostSampled)),
      mayChange: options.allowWritable !== undefined,
      elapsedMs,
      stages,
      tell(event) {
        if (event.event === "planned") stages.begin();
        if (event.event === "planned") stopOnSignals(interruption, (text) => progress.say(text));
        progress.tell(event);
      },
    });
    progress.done();
    if (ended === "stopped") {
      progress.say("stopped: so many entries have matched as were asked for; the same command without --stop-after goes on from there");
      // What they were at is left, so that nothing is written to the record behind its reports.
      await readers.close();
      record.releaseAsOneFile();
    }
    if (ended !== "interrupted") return finish(record, folder, options);
    progress.say("interrupted: what was examined is recorded; the same command goes on from there");
    if (options.json === true) out(`${JSON.stringify({ event: "interrupted", exitStatus: outcomeStatuses.interrupted })}\n`);
    return outcomeStatuses.interrupted;
  } finally {
    await readers.close();
    record.release();
    await references.close();
  }
}

function doubtAbout(batch: Batch): string {
  const numbers = batch.map(({ no }) => no);
  return doubtSentence(Math.min(...numbers), Math.max(...numbers));
}

/** Reports that are not there yet, the answer on standard output, the exit status. */
function finish(record: RecordWriter, folder: string, options: ScanCommandOptions): number {
  record.release();
  return tellOutcome(folder, writeReports(folder), options.json === true, out);
}

function headerOf(place: EvidencePlace, options: ScanCommandOptions, worked: WorkedOut): CaseHeader {
  return {
    caseNumber: options.caseNumber,
    exhibit: options.exhibit,
    examiner: options.examiner,
    organisation: options.organisation ?? null,
    evidence: place.printable,
    evidenceIdentity: place.identity,
    options: scanOptions(options, worked),
    ...circumstances(),
  };
}

/** What the command line and the lists together come to. */
interface WorkedOut {
  readonly digests: readonly CryptographicAlgorithm[];
  readonly thresholds: NearThresholds;
}

function scanOptions({ perceptual, skipNearForExact, largestFile, keepCodes }: ScanCommandOptions, { digests, thresholds: { all, byList } }: WorkedOut): ScanOptions {
  return { digests, perceptual, ...all, nearThresholds: byList, skipNearForExact: skipNearForExact === true, largestFileBytes: largestFile ?? null, ...(keepCodes === true ? { keepCodes } : {}) };
}

/** What earlier sessions came to, so that the counts go on from there. */
function earlierCounts(folder: string, record: RecordWriter): Counts {
  const view = openRecord(folder);
  try {
    const { examined, unread } = view.totals();
    const { exact, contradicted, near } = record.entriesMatched();
    return { entries: examined.entries + unread.entries, bytes: Number(examined.bytes + unread.bytes), unread: unread.entries, unreadBytes: Number(unread.bytes), exact, contradicted, near };
  } finally {
    view.close();
  }
}

/**
 * The session's clock. Units: milliseconds.
 *
 * Shape: begins at 0 when the record asks for it, with the session's first row: opening lists and trying the sandbox come before, and are no part of a scan's time.
 */
function sinceFirstAsked(): () => number {
  let startedMs: number | null = null;
  return () => {
    startedMs ??= performance.now();
    return performance.now() - startedMs;
  };
}

function styleOf(options: ScanCommandOptions): "terminal" | "lines" | "json" | "quiet" {
  if (options.quiet === true) return "quiet";
  if (options.json === true) return "json";
  return process.stderr.isTTY === true ? "terminal" : "lines";
}

/** While the self-test runs, a signal ends the process with nothing left behind but the record. */
function endOnSignals(folder: string, record: RecordWriter, readers: ConfinedReaders): { remove(): void } {
  const end = (): void => {
    void readers.close();
    sweep(folder);
    record.release();
    process.exit(outcomeStatuses.interrupted);
  };
  for (const signal of endingSignals) process.on(signal, end);
  return { remove: () => void endingSignals.forEach((signal) => process.off(signal, end)) };
}

function entryFile(relative: string): string {
  return fileURLToPath(new URL(relative, import.meta.url));
}
