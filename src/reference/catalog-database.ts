import Database from "better-sqlite3";
import { accessSync, closeSync, constants, existsSync, mkdirSync, openSync } from "node:fs";
import { join } from "node:path";
import { Failure, systemCode } from "../failure.ts";
import { pathText } from "../path-text.ts";
import { applicationId, migrateFromVersion1, migrateFromVersion2, schema, schemaVersion } from "./catalog-schema.ts";
import { saltFile } from "./passphrase.ts";
import { damaged } from "./segment-format.ts";
import { segmentNames, syncFolder } from "./segment-folder.ts";

const waitMs = 5000;

/** Printable path of a home's catalog, for messages. */
export function catalogName(home: string): string {
  return pathText(Buffer.from(catalogPath(home)));
}

/**
 * The catalog's database (0600), checked and brought to the newest schema; made when it is missing, with its folder (0700). Opened for reading only
 * where it cannot be written, as on a read-only medium.
 *
 * Errors: Failure("reference-damaged") for what is no catalog, or one of a newer version, or none although segments lie beside it;
 *         Failure("usage") when the folder cannot be used, or has no room; Failure("list-refused") when somebody else holds it.
 */
export function openCatalogDatabase(home: string): Database.Database {
  const where = catalogName(home);
  const isNew = createFile(home);
  let database: Database.Database | null = null;
  try {
    database = new Database(catalogPath(home), { timeout: waitMs, readonly: !isNew && !mayWrite(home) });
    if (database.readonly) check(database, where);
    else prepare(database, home, where);
    if (isNew) syncFolder(home);
    return database;
  } catch (thrown) {
    database?.close();
    throw inOurTerms(thrown, where);
  }
}

function prepare(database: Database.Database, home: string, where: string): void {
  // A rollback journal, so that the file can be read by itself from a medium that cannot be written to.
  database.pragma("journal_mode = DELETE");
  database.pragma("synchronous = EXTRA");
  if (isBlank(database)) {
    // A catalog that was lost must not look like one without lists, and what it named must not be taken for strays.
    database.transaction(() => isBlank(database) && begin(database, home, where)).immediate();
  }
  check(database, where);
}

/** Key and trusted keys come after the catalog: where they are, there was one. */
function begin(database: Database.Database, home: string, where: string): void {
  const left = [...(segmentNames(home).length > 0 ? ["segments"] : []), ...["key", saltFile, "trust.json"].filter((name) => existsSync(join(home, name)))];
  if (left.length > 0) throw damaged(where, `an empty catalog beside ${left.join(", ")}`, "the catalog that belongs to them; restore it, or import into another home");
  database.exec(schema);
}

function check(database: Database.Database, where: string): void {
  const application = database.pragma("application_id", { simple: true });
  if (application !== applicationId) throw damaged(where, "a database of another program", "a catalog");
  const version = versionOf(database);
  if (version < 1 || version > schemaVersion) throw damaged(where, `schema version ${version}`, `at most version ${schemaVersion}; a newer one needs a newer program`);
  const state = database.pragma("integrity_check(1)", { simple: true });
  if (state !== "ok") throw damaged(where, "a damaged database", "an intact one");
  if (version === schemaVersion) return;
  if (database.readonly) throw new Failure("usage", `${where}: found schema version ${version} on a medium that cannot be written, expected version ${schemaVersion}; open it once where it can be written`);
  // Asked again inside: another process may have migrated it meanwhile.
  const migrate = (): void => {
    if (versionOf(database) === 1) migrateFromVersion1(database, where);
    if (versionOf(database) === 2) migrateFromVersion2(database);
  };
  database.transaction(migrate).immediate();
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

function isBlank(database: Database.Database): boolean {
  return versionOf(database) === 0 && database.prepare("SELECT count(*) FROM sqlite_schema").pluck().get() === 0;
}

/** SQLite would give its file whatever mode the process's mask allows; its companions then take the mode of this one. */
function createFile(home: string): boolean {
  try {
    mkdirSync(home, { recursive: true, mode: 0o700 });
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
