import type { Database } from "better-sqlite3";
import type { ListKind } from "../model.ts";
import { catalogName } from "./catalog-database.ts";
import { digestOf } from "./catalog-schema.ts";
import { damaged } from "./segment-format.ts";

/** A version of a list and the bytes it came in. */
export interface RememberedVersion {
  readonly version: string;
  /** SHA-256 of the agency's file. */
  readonly sha256: string;
}

export interface ListName {
  readonly agency: string;
  readonly name: string;
}

/** One import of an agency's file. */
export interface ImportedBytes extends ListName, RememberedVersion {
  readonly kind: ListKind;
}

/** A list that somebody dropped: its highest version, and why. */
export interface DroppedList extends ListName {
  readonly version: string;
  readonly reason: string;
}

interface StoredHistory extends RememberedVersion {
  readonly dropReason: string | null;
  readonly rowSha256: string;
}

/**
 * The highest version of a list that was ever imported, be it dropped since; null when there was none.
 *
 * Errors: Failure("reference-damaged") when its row is not as it was written, or is gone although the list is there.
 */
export function highestVersion(database: Database, home: string, list: ListName): RememberedVersion | null {
  const { agency, name } = list;
  const row = database.prepare<[string, string], StoredHistory>("SELECT version, sha256, dropReason, rowSha256 FROM history WHERE agency = ? AND name = ?").get(agency, name);
  if (row === undefined) {
    if (database.prepare("SELECT 1 FROM list WHERE agency = ? AND name = ?").get(agency, name) === undefined) return null;
    throw damaged(catalogName(home), `no history of ${agency}/${name}`, "the highest version that was imported");
  }
  const { version, sha256, dropReason, rowSha256 } = row;
  if (digestOf([agency, name, version, sha256, dropReason]) !== rowSha256)
    throw damaged(catalogName(home), `a history of ${agency}/${name} other than it was written`, "an unaltered catalog");
  return { version, sha256 };
}

/** Inside the caller's transaction. Shape: `dropReason` null while the list is there. */
export function rememberVersion(database: Database, { agency, name }: ListName, { version, sha256 }: RememberedVersion, dropReason: string | null): void {
  database
    .prepare(
      `INSERT INTO history (agency, name, version, sha256, dropReason, rowSha256) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (agency, name) DO UPDATE SET version = excluded.version, sha256 = excluded.sha256, dropReason = excluded.dropReason, rowSha256 = excluded.rowSha256`,
    )
    .run(agency, name, version, sha256, dropReason, digestOf([agency, name, version, sha256, dropReason]));
}

/** Lists that were dropped and not imported again. */
export function droppedLists(database: Database): readonly DroppedList[] {
  return database.prepare<[], DroppedList>("SELECT agency, name, version, dropReason AS reason FROM history WHERE dropReason IS NOT NULL ORDER BY agency, name").all();
}

/** Every import of the very bytes, under whatever name, the latest last. */
export function importsOf(database: Database, sha256: string): readonly ImportedBytes[] {
  return database.prepare<[string], ImportedBytes>("SELECT agency, name, version, sha256, kind FROM imported WHERE sha256 = ? ORDER BY no").all(sha256);
}

/** Inside the caller's transaction. It stays, also when the list is dropped. */
export function rememberImport(database: Database, { agency, name, version, sha256, kind }: ImportedBytes): void {
  database.prepare("INSERT INTO imported (agency, name, version, sha256, kind) VALUES (?, ?, ?, ?, ?)").run(agency, name, version, sha256, kind);
}
