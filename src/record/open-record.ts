import { chmodSync, existsSync, mkdirSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { Failure } from "../failure.ts";
import type { ListDescription } from "../model.ts";
import { type CaseLock, type Custody, lockCase } from "./case-lock.ts";
import { endWriteAheadLog, openForReading, openForWriting, recognised, type RecordDatabase, startWriteAheadLog, syncFolder, unlessDamaged } from "./database.ts";
import { appendLog, emptyChain, summaryOf } from "./log.ts";
import type { RecordWriter } from "./record.ts";
import { changesOf, differencesOf } from "./same-case.ts";
import { applicationId, schemaStatements, schemaVersion } from "./schema.ts";
import type { CaseHeader, LogBodies } from "./view.ts";
import { recordWriter } from "./writer.ts";

export interface Opening extends Custody {
  readonly header: CaseHeader;
  readonly lists: readonly ListDescription[];
}

export interface OpenedRecord {
  readonly writer: RecordWriter;
  /** "finished": every entry has its row and nothing more can be written; opening it wrote nothing. */
  readonly state: "new" | "resumed" | "finished";
}

/**
 * Opens the record of a case folder for writing, and makes both (0700, 0600) when there is none.
 *
 * Errors: Failure("record-other") naming each thing in which the record is of another scan; Failure("record-locked") while another process writes;
 *         Failure("record-newer"), Failure("record-damaged") for a file that is not to be trusted.
 */
export function createOrResumeRecord(folder: string, opening: Opening): OpenedRecord {
  makeFolder(folder);
  return holding(folder, lockCase(folder, opening), (database, lock) => {
    const { header, lists, now } = opening;
    const warnings = lock.takenOver === null ? [] : [`record.lock: ${lock.takenOver}`];
    if (recognised(database) === "empty") {
      startWriteAheadLog(database);
      makeRecord(database, now(), { header, lists }, warnings);
      return { writer: recordWriter({ database, lock, now, summary: summaryOf(database) }), state: "new" };
    }
    const summary = summaryOf(database);
    const differences = differencesOf(summary.opened, { header, lists });
    if (differences.length > 0) throw new Failure("record-other", `record: it is of another scan than this one: ${differences.join("; ")}; give another case folder`);
    const writer = recordWriter({ database, lock, now, summary });
    if (writer.closed) return { writer, state: "finished" };
    startWriteAheadLog(database);
    writer.log("resumed", { nextEntry: writer.nextEntry, commandLine: header.commandLine, host: header.host, user: header.user });
    for (const change of changesOf(summary.opened, { header, lists })) warnings.push(`resumed under other circumstances: ${change}`);
    for (const message of warnings) writer.log("warning", { message });
    return { writer, state: "resumed" };
  });
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

/**
 * Takes back the change that a killed program was at, for a record that is only read cannot do so; nothing else is written.
 *
 * Errors: as of `appendReportRow`.
 */
export function settleRecord(folder: string, custody: Custody): void {
  openForReading(folder).close();
  holding(folder, lockCase(folder, custody), (database, lock) => {
    recognised(database);
    database.close();
    lock.release();
  });
}

function appendAfterwards<Kind extends "report" | "sealed">(folder: string, kind: Kind, body: LogBodies[Kind], custody: Custody): void {
  openForReading(folder).close();
  holding(folder, lockCase(folder, custody), (database, lock) => {
    if (recognised(database) === "empty") throw new Failure("record-damaged", "record: found it empty, expected the record of a scan");
    const { chain, closed } = summaryOf(database);
    if (kind === "sealed" && closed === null) throw new Failure("record-damaged", "record: found a scan that has not ended, expected a finished one to seal");
    database.transaction(() => appendLog(database, chain, custody.now(), kind, body)).immediate();
    if (kind === "sealed") endWriteAheadLog(database);
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
function makeRecord(database: RecordDatabase, at: string, opened: LogBodies["opened"], warnings: readonly string[]): void {
  database
    .transaction(() => {
      database.pragma(`application_id = ${applicationId}`);
      database.pragma(`user_version = ${schemaVersion}`);
      for (const statement of schemaStatements) database.exec(statement);
      let chain = appendLog(database, emptyChain, at, "opened", opened);
      for (const message of warnings) chain = appendLog(database, chain, at, "warning", { message });
    })
    .immediate();
}

function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chmodSync(folder, 0o700);
  syncFolder(dirname(resolve(folder)));
}
