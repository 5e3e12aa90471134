import type { Database } from "better-sqlite3";
import { join } from "node:path";
import { Failure, systemCode } from "../failure.ts";
import { pathText } from "../path-text.ts";
import { catalogName, openCatalogDatabase } from "./catalog-database.ts";
import { catalogRows } from "./catalog-rows.ts";
import { saltFile } from "./passphrase.ts";
import { removeUnfinishedSecret } from "./secret-file.ts";
import { removeSegment, segmentNames } from "./segment-folder.ts";

const pollMs = 50;
const refusalsOfMedium = /^(?:ENOSPC|EDQUOT|EROFS|EACCES|EPERM|SQLITE_FULL|SQLITE_READONLY|SQLITE_IOERR)/;

/**
 * Changes the catalog and its segments while nobody else does. `change` commits by itself; what it left open is rolled back.
 *
 * Errors: Failure("list-refused") when another change does not end in `waitMs`; as of `openCatalogDatabase`, and whatever `change` throws.
 */
export async function changeCatalog<Result>(home: string, waitMs: number, change: (database: Database) => Result | Promise<Result>): Promise<Result> {
  const database = openCatalogDatabase(home);
  try {
    // Held to the end: nobody else writes a segment or makes a key meanwhile, so that whatever the catalog does not name is a stray.
    await lock(database, home, waitMs);
    removeStrays(database, home);
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
  if (code === null || !refusalsOfMedium.test(code)) return thrown;
  return new Failure("usage", `${pathText(Buffer.from(home))}: found that it cannot be written (${code}), expected room and leave to write; nothing was changed`, thrown);
}

/** The change stands already: a segment that cannot be removed now is a stray, which the next change removes. */
export function removeSegmentLater(home: string, segment: string): void {
  try {
    removeSegment(home, segment);
  } catch {
    return;
  }
}

/** Waits without blocking, for the other change may be one of this very process. */
async function lock(database: Database, home: string, waitMs: number): Promise<void> {
  database.pragma("busy_timeout = 0");
  for (let waitedMs = 0; ; waitedMs += pollMs) {
    try {
      database.exec("BEGIN IMMEDIATE");
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
  for (const name of ["key", saltFile]) removeUnfinishedSecret(join(home, name));
}
