import { existsSync, statSync } from "node:fs";
import Sqlite, { type Database } from "better-sqlite3";
import { Failure } from "../failure.ts";
import type { Reference } from "../model.ts";
import type { FileOnDisk, ListFile } from "./format.ts";
import { type Place, refusal } from "./refusal.ts";

const magic = Buffer.from("SQLite format 3\0", "latin1");
const headerBytes = 100;
const journalModeAt = 18;
const runRows = 1024;

/** A database that comes as a stream is held in memory, up to this; a larger one must be a file. */
export const mostBytesInMemory = 512 * 1024 * 1024;

export function isSqliteHead(head: Uint8Array): boolean {
  return head.length >= headerBytes && Buffer.compare(Buffer.from(head.subarray(0, magic.length)), magic) === 0;
}

/**
 * The runs that `rows` takes out of a list that is an SQLite database. `rows` is handed the database opened for reading only, and runs nothing but
 * SQL of its own: no view, whose SQL would be the list's, and no virtual table (`tableColumns`).
 *
 * Shape:  up to 512 MiB the very bytes that were hashed and verified are held in memory and opened. A larger file is opened by its path, after
 *         its bytes were drawn once, and is read a second time after the last row: it must be the same throughout. Nothing is sorted on disk.
 * Errors: Failure("list-refused") for what is no whole database, for one with a journal beside it, and for one above 512 MiB that has to
 *         be held in memory.
 */
export async function* sqliteRuns<Run>(file: ListFile, rows: (database: Database) => Iterable<Run>): AsyncGenerator<Run> {
  const { database, inMemory } = await openDatabase(file);
  try {
    yield* rows(database);
  } finally {
    database.close();
  }
  if (!inMemory) await file.onDisk?.unchanged();
}

/**
 * Rows of a query as references, in runs; `where` counts them from 1.
 *
 * Shape:  `open` looks at the schema and begins the query.
 * Errors: Failure("list-refused") at the next row for a database that cannot be read further; those of `open` and `reference`.
 */
export function* rowRuns<Row>(open: () => Iterable<Row>, reference: (row: Row, place: Place) => Reference, file: string): Generator<readonly Reference[]> {
  let row = 0;
  try {
    let run: Reference[] = [];
    for (const values of open()) {
      row += 1;
      run.push(reference(values, { file, line: row, part: `row ${row}` }));
      if (run.length < runRows) continue;
      yield run;
      run = [];
    }
    if (run.length > 0) yield run;
  } catch (thrown) {
    if (thrown instanceof Failure) throw thrown;
    // Not as a cause: the engine's message may quote the list's SQL.
    throw refusal({ file, line: row + 1 }, "a database that cannot be read further", "a whole one");
  }
}

/**
 * Names of the columns of a table, lower case, as they are stored; none when there is no such table.
 *
 * A view, a virtual table and a generated column are left out: reading them would run what the list says. A trigger never runs on reading.
 */
export function tableColumns(database: Database, table: string): readonly string[] {
  const present = database.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND rootpage > 0 AND name = ? COLLATE NOCASE").get(table);
  return present === undefined ? [] : (database.pragma(`table_info(${table})`) as readonly { readonly name: string }[]).map(({ name }) => name.toLowerCase());
}

async function openDatabase(file: ListFile): Promise<{ readonly database: Database; readonly inMemory: boolean }> {
  const place = { file: file.name, line: 1 };
  if (!isSqliteHead(file.head)) throw refusal(place, "no SQLite database", "one of format 3");
  const statedBytes = statedSize(file.head);
  if (statedBytes === null) throw refusal(place, "a database header of another form", "one of SQLite format 3");
  if (file.onDisk !== undefined) refuseJournal(file.onDisk.path, file.name);
  // One in WAL mode would be written beside.
  const openable = file.onDisk !== undefined && file.head[journalModeAt] === 1 && file.head[journalModeAt + 1] === 1 ? file.onDisk : null;
  if (openable === null && statedBytes > mostBytesInMemory) throw refusal(place, "a database of more than 512 MiB that cannot be opened where it lies", "at most 512 MiB, or a file outside of WAL mode");
  const onDisk = openable !== null && openable.sizeBytes > mostBytesInMemory ? openable : null;
  const content = onDisk === null ? await held(file) : null;
  const actualBytes = content?.length ?? (await drainBytes(file));
  if (actualBytes < statedBytes) throw refusal(place, "the end of the file before that of the database", "as many pages as its header states");
  try {
    const database = content === null ? openThere(onDisk!) : new Sqlite(content, { readonly: true });
    // First of all: whatever is sorted would lie in clear in a temporary file.
    database.pragma("temp_store = MEMORY");
    database.pragma("trusted_schema = OFF");
    database.pragma("cell_size_check = ON");
    database.pragma("query_only = ON");
    return { database, inMemory: onDisk === null };
  } catch {
    // Not as a cause: the engine's message may quote the list.
    throw refusal(place, "a database that cannot be opened", "a whole SQLite database");
  }
}

// A folder on the way that was exchanged for another, and back, leaves no trace in the file.
function openThere(onDisk: FileOnDisk): Database {
  const before = onDisk.descriptors();
  const database = new Sqlite(onDisk.path, { readonly: true });
  if (onDisk.descriptors() > before) return database;
  database.close();
  throw new RangeError("the path leads to another file");
}

/** Page size times pages, 0 when the header does not know the pages; null for a page size that cannot be. */
function statedSize(head: Uint8Array): number | null {
  const header = Buffer.from(head.buffer, head.byteOffset, headerBytes);
  const stated = header.readUInt16BE(16);
  const pageBytes = stated === 1 ? 65536 : stated;
  if (pageBytes < 512 || (pageBytes & (pageBytes - 1)) !== 0) return null;
  const pages = header.readUInt32BE(28);
  const validFor = header.readUInt32BE(92);
  return validFor === header.readUInt32BE(24) ? pages * pageBytes : 0;
}

/** What lies in a journal is part of the database and not of the file that was hashed. */
function refuseJournal(path: string, name: string): void {
  for (const suffix of ["-journal", "-wal"])
    if (existsSync(path + suffix) && statSync(path + suffix).size > 0) throw refusal({ file: name, line: 1 }, `a ${suffix.slice(1)} file beside it`, "a database that was closed, all in one file");
}

async function held(file: ListFile): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of file.bytes()) {
    sizeBytes += chunk.length;
    if (sizeBytes > mostBytesInMemory) throw refusal({ file: file.name, line: 1 }, "more than 512 MiB that cannot be opened where they lie", "a file outside of WAL mode");
    chunks.push(chunk);
  }
  const content = Buffer.concat(chunks);
  // As of a database that is not in WAL mode: one in memory has no place for a log.
  content[journalModeAt] = 1;
  content[journalModeAt + 1] = 1;
  return content;
}

async function drainBytes(file: ListFile): Promise<number> {
  let sizeBytes = 0;
  for await (const chunk of file.bytes()) sizeBytes += chunk.length;
  return sizeBytes;
}
