import Database from "better-sqlite3";
import { closeSync, existsSync, fchmodSync, fsyncSync, openSync, rmSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { Failure, systemCode } from "../failure.ts";
import { pathText } from "../path-text.ts";
import { applicationId, schemaStatements, schemaVersion, type SchemaVersion } from "./schema.ts";

export type RecordDatabase = Database.Database;

/** File name of a record inside its case folder. */
export const recordFileName = "record.sqlite";

/**
 * Opens the record file for its one writer, and makes it (mode 0600) when there is none.
 *
 * Shape:  whole numbers are read as bigint.
 * Errors: Failure("record-damaged") for a file that is no database; the operating system's when the folder cannot be written.
 */
export function openForWriting(folder: string): RecordDatabase {
  const path = resolve(folder, recordFileName);
  makeFile(path, folder);
  return opened(path, { fileMustExist: true }, (database) => {
    // In the write-ahead log the same as FULL; a finished or stopped record has a rollback journal, whose deletion is to last as well.
    database.pragma("synchronous = EXTRA");
    database.pragma("cache_size = -65536");
  });
}

/** Readers and the writer do not wait for each other from here on. Errors: Failure("record-damaged") where the file system does not allow it. */
export function startWriteAheadLog(database: RecordDatabase): void {
  const mode = database.pragma("journal_mode = WAL", { simple: true });
  if (mode !== "wal") throw new Failure("record-damaged", `record: its file system allows the journal mode ${String(mode)} only, expected wal; put the case folder on a local disk`);
}

/**
 * Moves everything into the one file and makes sure of it, for SQLite's own attempt on closing fails in silence.
 *
 * Errors: Failure("record-locked") while another program reads; what was committed is safe in the write-ahead log then.
 */
export function endWriteAheadLog(database: RecordDatabase): void {
  const [state] = unlessDamaged(() => database.pragma("wal_checkpoint(TRUNCATE)")) as readonly { readonly busy: bigint; readonly log: bigint; readonly checkpointed: bigint }[];
  if (state?.busy !== 0n || state.log !== state.checkpointed)
    throw new Failure("record-locked", "record: found another program reading it, expected none when it is closed; nothing is lost: end that program, then give the same command again");
  try {
    // A file with a rollback journal is readable from a medium that cannot be written to.
    if (database.pragma("journal_mode = DELETE", { simple: true }) === "delete") removeEmptied(database.name);
  } catch (thrown) {
    if (!(thrown instanceof Database.SqliteError) || thrown.code !== "SQLITE_BUSY") throw thrown;
  }
}

/** SQLite removes these itself, and says nothing when it cannot. */
function removeEmptied(path: string): void {
  const [log, index] = [`${path}-wal`, `${path}-shm`];
  if (existsSync(log) && statSync(log).size > 0) return;
  for (const left of [log, index]) rmSync(left, { force: true });
}

/**
 * Opens the record file read-only; a writer may have it open.
 *
 * Errors: Failure("record-damaged") when there is none or it is no database; Failure("record-locked") when a change of a finished or stopped record was cut off:
 *         whoever only reads plays no journal into it, for nobody vouches for what lies beside a sealed record.
 */
export function openForReading(folder: string): RecordDatabase {
  requireRecord(folder);
  return opened(resolve(folder, recordFileName), { readonly: true, fileMustExist: true }, (database) => void database.pragma("schema_version"));
}

/** Errors: Failure("record-damaged") where no record lies. */
export function requireRecord(folder: string): void {
  if (!existsSync(resolve(folder, recordFileName))) throw new Failure("record-damaged", `${pathText(Buffer.from(folder))}: no record there, expected ${recordFileName}`);
}

/** True where a change of a finished or stopped record may have been cut off, or is being written just now. */
export function hasJournal(folder: string): boolean {
  return existsSync(resolve(folder, `${recordFileName}-journal`));
}

/**
 * Makes sure that a database is a record that this version knows.
 *
 * Shape:  the version of its schema; "empty" for a database that nothing was ever written to: its making was cut off.
 * Errors: Failure("record-newer") for a later schema, Failure("record-damaged") for anything else.
 */
export function recognised(database: RecordDatabase): "empty" | SchemaVersion {
  return unlessDamaged(() => {
    const id = Number(database.pragma("application_id", { simple: true }));
    const version = Number(database.pragma("user_version", { simple: true }));
    const statements = database.prepare<[], { sql: string }>("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL").all().map(({ sql }) => sql);
    if (id === 0 && version === 0 && statements.length === 0) return "empty";
    if (id !== applicationId) throw new Failure("record-damaged", `record: found a database with application id ${id}, expected ${applicationId}`);
    if (version > schemaVersion) throw new Failure("record-newer", `record: found schema version ${version}, expected at most ${schemaVersion}; a newer version of this program wrote it`);
    if (version !== 4 && version !== schemaVersion) throw new Failure("record-damaged", `record: found schema version ${version}, expected 4 or ${schemaVersion}`);
    const own = schemaStatements(version);
    const missing = own.filter((statement) => !statements.includes(statement)).length;
    if (missing > 0 || statements.length !== own.length)
      throw new Failure("record-damaged", `record: found ${statements.length} tables, indexes and triggers, ${missing} of its own missing or altered, expected its own ${own.length}`);
    return version;
  });
}

/** Runs a query; what SQLite says of a damaged file becomes Failure("record-damaged"). */
export function unlessDamaged<Result>(work: () => Result): Result {
  try {
    return work();
  } catch (thrown) {
    const code = thrown instanceof Database.SqliteError ? thrown.code : "";
    // A journal that whoever only reads may not roll back.
    if (/^SQLITE_READONLY_(ROLLBACK|RECOVERY|CANTINIT|CANTLOCK)/.test(code))
      throw new Failure("record-locked", `record: found a change that was cut off (${code}), expected none; give the command that was interrupted again, or blindmatch report: either takes it back, where the case folder can be written to (elsewhere copy the whole folder first)`, thrown);
    if (/^SQLITE_READONLY/.test(code)) throw new Failure("record-locked", `record: found a file that cannot be written to (${code}), expected one that can`, thrown);
    if (/^SQLITE_BUSY/.test(code))
      throw new Failure("record-locked", "record: found another program at work on it, expected none; nothing was written: end that program, or wait for it, then give the same command again", thrown);
    // ERROR and TOOBIG: the queries are fixed and known to be right, so it is the file that does not fit them.
    if (!/^SQLITE_(NOTADB|CORRUPT|ERROR|TOOBIG)/.test(code)) throw thrown;
    throw new Failure("record-damaged", `record: found a file that SQLite cannot read (${code}), expected a whole database`, thrown);
  }
}

function opened(path: string, options: Database.Options, prepare: (database: RecordDatabase) => void): RecordDatabase {
  return unlessDamaged(() => {
    const database = new Database(path, options);
    try {
      database.defaultSafeIntegers(true);
      database.pragma("foreign_keys = ON");
      // No temporary file: paths of the evidence stay in the case folder.
      database.pragma("temp_store = MEMORY");
      // Without this, INSERT OR REPLACE deletes rows past the triggers.
      database.pragma("recursive_triggers = ON");
      prepare(database);
      return database;
    } catch (thrown) {
      database.close();
      throw thrown;
    }
  });
}

function makeFile(path: string, folder: string): void {
  let file: number;
  try {
    file = openSync(path, "wx", 0o600);
  } catch (thrown) {
    if (systemCode(thrown) === "EEXIST") return;
    throw thrown;
  }
  fchmodSync(file, 0o600);
  fsyncSync(file);
  closeSync(file);
  syncFolder(folder);
}

/** Makes the names in a folder last. */
export function syncFolder(folder: string): void {
  const open = openSync(folder, "r");
  try {
    fsyncSync(open);
  } finally {
    closeSync(open);
  }
}
