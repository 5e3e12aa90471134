import Database from "better-sqlite3";
import { accessSync, closeSync, constants, existsSync, openSync } from "node:fs";
import { join } from "node:path";
import { Failure, systemCode } from "../failure.ts";
import { makeFolders } from "../make-folders.ts";
import { pathText } from "../path-text.ts";
import { applicationId, schemaVersion } from "./catalog-schema.ts";
import { homeKeyFile } from "./key.ts";
import { damaged } from "./segment-format.ts";
import { segmentNames, syncFolder } from "./segment-folder.ts";

const waitMs = 5000;

/** Printable path of a home's catalog, for messages. */
export function catalogName(home: string): string {
  return pathText(Buffer.from(catalogPath(home)));
}

/**
 * The catalog's database, checked; null where none was begun yet. Opened for reading only where it cannot be written, as on a read-only medium.
 *
 * Errors: Failure("reference-damaged") for what is no catalog, or one of another schema, or none although a key or segments lie beside it;
 *         Failure("usage") when it cannot be opened; Failure("list-refused") when somebody else holds it.
 */
export function openCatalogDatabase(home: string): Database.Database | null {
  const where = catalogName(home);
  let database: Database.Database | null = null;
  try {
    if (existsSync(catalogPath(home))) database = opened(home);
    if (database !== null && !isBlank(database)) return checked(database, where);
    if (left(home).length === 0) {
      database?.close();
      return null;
    }
    // Whoever began one after the look above made its key after it, too.
    if (database === null && existsSync(catalogPath(home))) database = opened(home);
    if (database === null || isBlank(database)) throw lost(home, where);
    return checked(database, where);
  } catch (thrown) {
    database?.close();
    throw inOurTerms(thrown, where);
  }
}

/**
 * The same for writing, blank where none was begun yet; its file (0600) is made when it is missing, with its folder (0700).
 *
 * Errors: as `openCatalogDatabase`; Failure("usage") also when the folder cannot be used, or has no room.
 */
export function openCatalogForChange(home: string): Database.Database {
  const where = catalogName(home);
  const isNew = createFile(home);
  let database: Database.Database | null = null;
  try {
    database = opened(home);
    if (isNew) syncFolder(home);
    return isBlank(database) ? database : checked(database, where);
  } catch (thrown) {
    database?.close();
    throw inOurTerms(thrown, where);
  }
}

/** Whether a catalog was begun in this file; a file without a page is one that nobody began. */
export function isBlank(database: Database.Database): boolean {
  return versionOf(database) === 0 && database.prepare("SELECT count(*) FROM sqlite_schema").pluck().get() === 0;
}

/** A catalog that was lost must not look like one without lists. Errors: Failure("reference-damaged") when a key or segments say that there was one. */
export function refuseLost(home: string): void {
  if (left(home).length > 0) throw lost(home, catalogName(home));
}

/** What is there only once a catalog was begun. */
function left(home: string): string[] {
  return [...(segmentNames(home).length > 0 ? ["segments"] : []), ...(existsSync(homeKeyFile(home)) ? ["key"] : [])];
}

function lost(home: string, where: string): Failure {
  return damaged(where, `no catalog beside ${left(home).join(", ")}`, "the one that belongs to them; restore it, or import into another home");
}

function opened(home: string): Database.Database {
  const database = new Database(catalogPath(home), { timeout: waitMs, fileMustExist: true, readonly: !mayWrite(home) });
  if (database.readonly) return database;
  // A rollback journal, so that the file can be read by itself from a medium that cannot be written to.
  database.pragma("journal_mode = DELETE");
  database.pragma("synchronous = EXTRA");
  return database;
}

function checked(database: Database.Database, where: string): Database.Database {
  const application = database.pragma("application_id", { simple: true });
  if (application !== applicationId) throw damaged(where, "a database of another program", "a catalog");
  const version = versionOf(database);
  if (version > schemaVersion) throw damaged(where, `schema version ${version}`, `version ${schemaVersion}; a newer one needs a newer program`);
  // Brought up from a schema that had no seal, a catalog could not be told from one whose seal was taken off.
  if (version < schemaVersion) throw damaged(where, `schema version ${version}`, `version ${schemaVersion}; import the lists into another home with this version`);
  const state = database.pragma("integrity_check(1)", { simple: true });
  if (state !== "ok") throw damaged(where, "a damaged database", "an intact one");
  return database;
}

function mayWrite(home: string): boolean {
  try {
    for (const path of [home, catalogPath(home)]) accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function versionOf(database: Database.Database): number {
  return Number(database.pragma("user_version", { simple: true }));
}

/** SQLite would give its file whatever mode the process's mask allows; its companions then take the mode of this one. */
function createFile(home: string): boolean {
  try {
    makeFolders(home);
    closeSync(openSync(catalogPath(home), "wx", 0o600));
    return true;
  } catch (thrown) {
    const code = systemCode(thrown);
    if (code === "EEXIST" || ((code === "EROFS" || code === "EACCES") && existsSync(catalogPath(home)))) return false;
    throw new Failure("usage", `${pathText(Buffer.from(home))}: found that it cannot be used (${code ?? "unknown error"}), expected a folder for imported lists that can be written`, thrown);
  }
}

function inOurTerms(thrown: unknown, where: string): unknown {
  if (!(thrown instanceof Database.SqliteError)) return thrown;
  const { code } = thrown;
  if (code.startsWith("SQLITE_NOTADB") || code.startsWith("SQLITE_CORRUPT")) return damaged(where, `what is no intact database (${code})`, "a catalog", thrown);
  if (code.startsWith("SQLITE_BUSY") || code.startsWith("SQLITE_LOCKED")) return new Failure("list-refused", `${where}: found it held by another process, expected it free; try again`, thrown);
  if (code.startsWith("SQLITE_CANTOPEN") || code.startsWith("SQLITE_READONLY") || code.startsWith("SQLITE_PERM"))
    return new Failure("usage", `${where}: found that it cannot be opened (${code}), expected a catalog that can be read and written`, thrown);
  if (/^SQLITE_(?:FULL|IOERR_(?:WRITE|FSYNC|DIR_FSYNC|TRUNCATE))$/.test(code)) return new Failure("usage", `${where}: found that it cannot be written (${code}), expected a medium with room for a catalog`, thrown);
  return thrown;
}

function catalogPath(home: string): string {
  return join(home, "catalog.sqlite");
}
