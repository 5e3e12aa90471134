import type { Database } from "better-sqlite3";
import { Failure, systemCode } from "../failure.ts";
import { pathText } from "../path-text.ts";
import { catalogName, isBlank, openCatalogForChange, refuseLost } from "./catalog-database.ts";
import { catalogRows } from "./catalog-rows.ts";
import { schema } from "./catalog-schema.ts";
import { checkCatalogSeal, firstSeal } from "./catalog-seal.ts";
import { homeKeyFile } from "./key.ts";
import { removeUnfinishedSecrets } from "./secret-file.ts";
import { removeSegment, segmentNames } from "./segment-folder.ts";

const pollMs = 50;
const readersMs = 60_000;
const refusalsOfMedium = /^(?:ENOSPC|EDQUOT|EROFS|EACCES|EPERM|SQLITE_FULL|SQLITE_READONLY|SQLITE_IOERR)/;

/**
 * Changes the catalog and its segments while nobody else does, once its seal is found whole. `change` commits by itself, sealed anew; what it left open is
 * rolled back. A catalog that was not begun yet is begun first, sealed with this key.
 *
 * Errors: Failure("list-refused") when another change does not end in `waitMs`; as of `openCatalogForChange` and `checkCatalogSeal`, and whatever `change` throws.
 */
export function changeCatalog<Result>(home: string, key: Uint8Array, waitMs: number, change: (database: Database) => Result | Promise<Result>): Promise<Result> {
  return locked(home, waitMs, async (database) => {
    if (isBlank(database)) {
      begin(database, home, key, null);
      await lock(database, home, waitMs);
    }
    checkCatalogSeal(database, home, key);
    // Held to the end: nobody else writes a segment meanwhile, so that whatever the catalog does not name is a stray. Not before the seal was checked, or
    // whoever takes a row out of the catalog would have its segment removed.
    removeStrays(database, home);
    return change(database);
  });
}

/**
 * Begins the catalog of a home, empty and sealed, in one step; false when there is one.
 *
 * Shape:  `passphraseSalt` is what the passphrase was stretched with that the key comes from; null for a key from a file.
 * Errors: as of `changeCatalog`.
 */
export function beginCatalog(home: string, key: Uint8Array, passphraseSalt: Uint8Array | null, waitMs: number): Promise<boolean> {
  return locked(home, waitMs, (database) => {
    const isFirst = isBlank(database);
    if (isFirst) begin(database, home, key, passphraseSalt);
    return isFirst;
  });
}

/** The change stands already: a segment that cannot be removed now is a stray, which the next change removes. */
export function removeSegmentLater(home: string, segment: string): void {
  try {
    removeSegment(home, segment);
  } catch {
    return;
  }
}

async function locked<Result>(home: string, waitMs: number, change: (database: Database) => Result | Promise<Result>): Promise<Result> {
  const database = openCatalogForChange(home);
  try {
    await lock(database, home, waitMs);
    return await change(database);
  } catch (thrown) {
    throw inOurTerms(thrown, home);
  } finally {
    if (database.inTransaction) database.exec("ROLLBACK");
    database.close();
  }
}

function inOurTerms(thrown: unknown, home: string): unknown {
  const code = thrown instanceof Failure ? null : systemCode(thrown);
  if (code?.startsWith("SQLITE_BUSY") === true) return new Failure("list-refused", `${catalogName(home)}: found it read by another process without end, expected it free; nothing was changed, try again`, thrown);
  if (code === null || !refusalsOfMedium.test(code)) return thrown;
  return new Failure("usage", `${pathText(Buffer.from(home))}: found that it cannot be written (${code}), expected room and leave to write; nothing was changed`, thrown);
}

/** Ends the transaction: a catalog is there before any segment is, and with its seal. */
function begin(database: Database, home: string, key: Uint8Array, passphraseSalt: Uint8Array | null): void {
  refuseLost(home);
  database.exec(schema);
  firstSeal(database, key, passphraseSalt);
  database.exec("COMMIT");
}

/** Waits without blocking, for the other change may be one of this very process. A commit waits in SQLite: for readers, who are soon done. */
async function lock(database: Database, home: string, waitMs: number): Promise<void> {
  database.pragma("busy_timeout = 0");
  for (let waitedMs = 0; ; waitedMs += pollMs) {
    try {
      database.exec("BEGIN IMMEDIATE");
      database.pragma(`busy_timeout = ${readersMs}`);
      return;
    } catch (thrown) {
      if (!(thrown instanceof Error && "code" in thrown && String(thrown.code).startsWith("SQLITE_BUSY"))) throw thrown;
      if (waitedMs >= waitMs) throw new Failure("list-refused", `${catalogName(home)}: found another import at work, expected none; nothing was changed`, thrown);
    }
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}

function removeStrays(database: Database, home: string): void {
  const named = new Set(catalogRows(database, home).map(({ segment }) => segment));
  for (const name of segmentNames(home)) if (!named.has(name)) removeSegment(home, name);
  removeUnfinishedSecrets(homeKeyFile(home));
}
