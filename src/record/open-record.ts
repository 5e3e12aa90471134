import { chmodSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { Failure } from "../failure.ts";
import { makeFolders } from "../make-folders.ts";
import type { ListDescription } from "../model.ts";
import { type CaseLock, type Custody, lockCase } from "./case-lock.ts";
import { endWriteAheadLog, hasJournal, openForWriting, recognised, type RecordDatabase, requireRecord, startWriteAheadLog, syncFolder, unlessDamaged } from "./database.ts";
import { codeVault, newCodesSeal } from "./kept-codes.ts";
import { appendLog, appendWarnings, type Chain, emptyChain, type LogSummary, summaryOf, warningsOf } from "./log.ts";
import type { LogClock } from "./log-clock.ts";
import { upToDate } from "./migrate.ts";
import type { RecordWriter } from "./record.ts";
import { changesOf, differencesOf } from "./same-case.ts";
import { applicationId, schemaStatements, schemaVersion } from "./schema.ts";
import { requireSound } from "./verify-record.ts";
import type { CaseHeader, LogBodies } from "./view.ts";
import { recordWriter } from "./writer.ts";

export interface Opening extends Custody {
  readonly header: CaseHeader;
  readonly lists: readonly ListDescription[];
  /** What kept codes are sealed with; needed where the header's options keep them. */
  readonly codesKey?: Uint8Array;
}

export interface OpenedRecord {
  readonly writer: RecordWriter;
  /** "finished": every entry has its row and nothing more can be written; opening it wrote no row. */
  readonly state: "new" | "resumed" | "finished";
}

/**
 * Opens the record of a case folder for writing, and makes both (0700, 0600) when there is none.
 *
 * A record that is gone on with was verified whole; of a finished one that is for whoever reads it.
 *
 * Errors: Failure("record-other") naming each thing in which the record is of another scan, Failure("evidence-changed") where the evidence's root is the same and was altered; Failure("record-locked") while another process writes;
 *         Failure("record-newer"), Failure("record-damaged") for a file that is not to be trusted; Failure("key-wrong") when codes were kept under another key.
 */
export function createOrResumeRecord(folder: string, opening: Opening): OpenedRecord {
  makeFolder(folder);
  return holding(folder, lockCase(folder, opening), (database, lock) => {
    const { header, lists } = opening;
    const warnings = [...warningsOf(lock)];
    const version = recognised(database);
    if (version === "empty") {
      startWriteAheadLog(database);
      const codes = header.options.keepCodes === true ? newCodesSeal(codesKeyOf(opening)) : undefined;
      const chain = makeRecord(database, opening, { header, lists, ...(codes === undefined ? {} : { codes }) }, warnings);
      return { writer: writerOf(database, lock, opening, { ...summaryOf(database, schemaVersion), chain }), state: "new" };
    }
    const summary = summaryOf(database, version);
    const differences = differencesOf(summary.opened, { header, lists });
    // The same root of the same file system: the evidence that was planned, and something was done to it since.
    if (differences.length > 0 && differences.every((difference) => difference.startsWith("evidence rootModifiedNs:")))
      throw new Failure("evidence-changed", `evidence: its root changed since the record was begun: ${differences.join("; ")}; is this the same evidence, and did nobody write to it?`);
    if (differences.length > 0) throw new Failure("record-other", `record: it is of another scan than this one: ${differences.join("; ")}; ${adviceOn(differences, summary)}`);
    if (summary.closed !== null) {
      // The kill of an earlier session may have come between the last row and this. Where that was done it does nothing.
      endWriteAheadLog(database);
      return { writer: writerOf(database, lock, opening, summary), state: "finished" };
    }
    // Before anything is written: what is added to rows that were altered, hours of reading later, would be of no use.
    requireSound(database, version);
    startWriteAheadLog(database);
    const writer = writerOf(database, lock, opening, upToDate(database, version, summary, opening));
    writer.log("resumed", { nextEntry: writer.nextEntry, commandLine: header.commandLine, host: header.host, user: header.user, ...(header.clock === undefined ? {} : { clock: header.clock }) });
    for (const change of changesOf(summary.opened, { header, lists })) warnings.push(`resumed under other circumstances: ${change}`);
    for (const message of warnings) writer.log("warning", { message });
    return { writer, state: "resumed" };
  });
}

/** Only the lists differ: that is what further passes are for. */
function adviceOn(differences: readonly string[], { closed }: LogSummary): string {
  if (!differences.every((difference) => /^(number of lists|list \d+ |option (digests|nearThresholds):)/.test(difference))) return "give another case folder";
  if (closed !== null) return "this case is finished: blindmatch rematch compares it with further lists; or give another case folder";
  return "go on with the lists that the scan began with (where they were replaced, import their files into a second --home), then blindmatch rematch compares with these; or give another case folder";
}

/** A finished record needs no key: nothing more is sealed. */
function writerOf(database: RecordDatabase, lock: CaseLock, opening: Opening, summary: LogSummary): RecordWriter {
  const { codes } = summary.opened;
  const vault = codes === undefined || summary.closed !== null ? null : codeVault(codesKeyOf(opening), codes);
  return recordWriter({ database, lock, clock: opening, summary, vault });
}

function codesKeyOf({ codesKey }: Opening): Uint8Array {
  if (codesKey === undefined) throw new RangeError("record: found no key for kept codes, expected one");
  return codesKey;
}

/**
 * Writes down that a report was made of a record, whether or not that is finished.
 *
 * Errors: Failure("record-locked") while a scan writes; Failure("record-damaged"), Failure("record-newer") as for reading.
 */
export function appendReportRow(folder: string, body: LogBodies["report"], custody: Custody): void {
  appendAfterwards(folder, "report", body, custody);
}

/**
 * Writes down that a finished record is to be sealed, and leaves all of it in its one file.
 *
 * Errors: as of `appendReportRow`; Failure("record-damaged") for a record that is not finished.
 */
export function appendSealedRow(folder: string, body: LogBodies["sealed"], custody: Custody): void {
  appendAfterwards(folder, "sealed", body, custody);
}

function appendAfterwards<Kind extends "report" | "sealed">(folder: string, kind: Kind, body: LogBodies[Kind], custody: Custody): void {
  requireRecord(folder);
  holding(folder, lockCase(folder, custody), (database, lock) => {
    const version = recognised(database);
    if (version === "empty") throw new Failure("record-damaged", "record: found it empty, expected the record of a scan");
    const { chain, closed } = upToDate(database, version, summaryOf(database, version), custody);
    if (kind === "sealed" && closed === null) throw new Failure("record-damaged", "record: found a scan that has not ended, expected a finished one to seal");
    database.transaction(() => appendLog(database, appendWarnings(database, chain, custody, lock), custody, kind, body)).immediate();
    if (kind === "sealed") endWriteAheadLog(database);
    database.close();
    lock.release();
  });
}

/**
 * Takes back what a kill cut off while a finished or stopped record was written to. Whoever may write to a case does so before reading it; nobody else may.
 *
 * Shape:  nothing is opened where nothing can have been cut off.
 * Errors: as of `appendReportRow`; the operating system's where the folder cannot be written.
 */
export function settleRecord(folder: string, custody: Custody): void {
  requireRecord(folder);
  if (!hasJournal(folder)) return;
  holding(folder, lockCase(folder, custody), (database, lock) => {
    // SQLite undoes what its journal holds before the first page is read.
    const version = recognised(database);
    if (version !== "empty" && lock.takenOver !== null) {
      const { chain } = summaryOf(database, version);
      database.transaction(() => appendWarnings(database, chain, custody, lock)).immediate();
    }
    database.close();
    lock.release();
  });
}

/** Opens the database and works on it; when that throws, database and lock are let go. */
function holding<Result>(folder: string, lock: CaseLock, work: (database: RecordDatabase, lock: CaseLock) => Result): Result {
  let database: RecordDatabase | null = null;
  try {
    const opened = (database = openForWriting(folder));
    return unlessDamaged(() => work(opened, lock));
  } catch (thrown) {
    database?.close();
    lock.release();
    throw thrown;
  }
}

/** Schema and first rows in one transaction: a record is whole or is not there. */
function makeRecord(database: RecordDatabase, clock: LogClock, opened: LogBodies["opened"], warnings: readonly string[]): Chain {
  return database
    .transaction(() => {
      database.pragma(`application_id = ${applicationId}`);
      database.pragma(`user_version = ${schemaVersion}`);
      for (const statement of schemaStatements(schemaVersion)) database.exec(statement);
      const chain = appendLog(database, emptyChain, clock, "opened", opened);
      return warnings.reduce((grown, message) => appendLog(database, grown, clock, "warning", { message }), chain);
    })
    .immediate();
}

function makeFolder(folder: string): void {
  const path = resolve(folder);
  const made = makeFolders(path);
  if (made === null) return;
  chmodSync(path, 0o700);
  // Each folder that was made lasts once the one above it is synced.
  for (let at = path; at !== dirname(made); at = dirname(at)) syncFolder(dirname(at));
}
