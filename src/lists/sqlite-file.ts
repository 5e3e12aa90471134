import { createReadStream, existsSync, statSync } from "node:fs";
import Sqlite, { type Database } from "better-sqlite3";
import type { ListFile } from "./format.ts";
import { refusal } from "./refusal.ts";

const magic = Buffer.from("SQLite format 3\0", "latin1");
const headerBytes = 100;
const journalModeAt = 18;

/** A database that comes as a stream is held in memory, up to this; a larger one must be a file. */
export const mostBytesInMemory = 512 * 1024 * 1024;

export function isSqliteHead(head: Uint8Array): boolean {
  return head.length >= headerBytes && Buffer.compare(Buffer.from(head.subarray(0, magic.length)), magic) === 0;
}

/**
 * A list that is an SQLite database, opened for reading only; whoever uses it closes it, and before that lets nothing but their own SQL run. Where the
 * file has a path, its bytes are still to be drawn after the rows (`drainBytes`).
 *
 * Shape:  opened by its path where it has one, else (or in WAL mode, which would write beside it) in memory. Views and triggers of the list are
 *         kept from functions with effects (trusted_schema off), its SQL is run only where a view is selected from.
 * Errors: Failure("list-refused") for what is no whole database, for one with a journal beside it, and for one above 512 MiB that has to
 *         be held in memory.
 */
export async function openSqliteList(file: ListFile): Promise<Database> {
  const place = { file: file.name, line: 1 };
  if (!isSqliteHead(file.head)) throw refusal(place, "no SQLite database", "one of format 3");
  const statedBytes = statedSize(file.head);
  if (statedBytes === null) throw refusal(place, "a database header of another form", "one of SQLite format 3");
  const path = file.path !== undefined && file.head[journalModeAt] === 1 && file.head[journalModeAt + 1] === 1 ? file.path : null;
  if (file.path !== undefined) refuseJournal(file.path, file.name);
  if (path === null && statedBytes > mostBytesInMemory) throw refusal(place, "a database of more than 512 MiB that cannot be opened where it lies", "at most 512 MiB, or a file outside of WAL mode");
  const content = path === null ? await held(file) : null;
  const actualBytes = content?.length ?? statSync(path!).size;
  if (actualBytes < statedBytes) throw refusal(place, "the end of the file before that of the database", "as many pages as its header states");
  try {
    const database = new Sqlite(content ?? path!, { readonly: true });
    database.pragma("trusted_schema = OFF");
    database.pragma("cell_size_check = ON");
    database.pragma("query_only = ON");
    return database;
  } catch {
    // Not as a cause: the engine's message may quote the list.
    throw refusal(place, "a database that cannot be opened", "a whole SQLite database");
  }
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
  // Of a file with a path, `bytes` is left for the end: what changed meanwhile is noticed there.
  for await (const chunk of file.path === undefined ? file.bytes() : (createReadStream(file.path) as AsyncIterable<Buffer>)) {
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

/** Draws the file to its end, so that it is hashed and seen to be unchanged. Gives its length. */
export async function drainBytes(file: ListFile): Promise<number> {
  let sizeBytes = 0;
  for await (const chunk of file.bytes()) sizeBytes += chunk.length;
  return sizeBytes;
}
