import type { Database } from "better-sqlite3";
import { openCatalogDatabase } from "./catalog-database.ts";
import { type CatalogRow, catalogRows } from "./catalog-rows.ts";
import { checkCatalogSeal } from "./catalog-seal.ts";

/**
 * What `read` makes of a home's lists, whose seal was checked before.
 *
 * Shape:  `database` null and no rows where no catalog was begun yet.
 * Errors: as of `openCatalogDatabase` and `checkCatalogSeal`, and whatever `read` throws.
 */
export function readCatalog<Result>(home: string, key: Uint8Array, read: (rows: readonly CatalogRow[], database: Database | null) => Result): Result {
  const database = openCatalogDatabase(home);
  if (database === null) return read([], null);
  try {
    checkCatalogSeal(database, home, key);
    return read(catalogRows(database, home), database);
  } finally {
    database.close();
  }
}
