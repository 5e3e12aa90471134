import type { Database } from "better-sqlite3";
import { Failure } from "../failure.ts";
import type { ListReading } from "../lists/read-list.ts";
import { type AlgorithmName, type ListDescription, type ListKind, type Scale, cryptographicAlgorithms } from "../model.ts";
import { pathText } from "../path-text.ts";
import { catalogName, openCatalogDatabase } from "./catalog-database.ts";
import { addRow, type CatalogRow, catalogRows, removeRow } from "./catalog-rows.ts";
import { collectReferences, type ReferenceCollection } from "./collect-references.ts";
import { placeOf } from "./list-place.ts";
import { addSegment, removeSegment, segmentNames } from "./segment-folder.ts";

export interface ImportOptions {
  readonly agency: string;
  readonly name: string;
  readonly version: string;
  readonly kind: ListKind;
  readonly scale: Scale;
  readonly scaleSha256: string;
  /** ISO 8601 with offset. */
  readonly importedAt: string;
  /** How long another import is waited for; a minute unless told. */
  readonly waitMs?: number;
}

export interface ImportOutcome {
  readonly description: ListDescription;
  readonly outcome: "imported" | "already-imported" | "replaced";
}

const pollMs = 50;

/**
 * Imports a list version, all of it or nothing; one of the same agency and name that is there in another version is replaced.
 *
 * Shape:  "already-imported" when the same file was imported in the same way before: nothing is changed.
 * Errors: Failure("list-refused") for what the reading finds, for other bytes under a version that is there, for a file that is there under
 *         another name, and when another import does not end in time; Failure("usage") for an agency, name or version that is no printable
 *         text; whatever else is thrown, catalog and segments are as before.
 */
export async function importList(home: string, reading: ListReading, options: ImportOptions): Promise<ImportOutcome> {
  for (const [what, text] of Object.entries({ agency: options.agency, name: options.name, version: options.version }))
    if (!isPlain(text)) throw new Failure("usage", `list ${what}: found "${pathText(Buffer.from(text))}", expected printable text without blanks around it`);
  const database = openCatalogDatabase(home);
  try {
    // Held to the end: nobody else writes a segment meanwhile, so that whatever the catalog does not name is a stray.
    await lock(database, home, options.waitMs ?? 60_000);
    removeStrays(database, home);
    const collection = collectReferences();
    for await (const run of reading.references()) for (const reference of run) collection.add(reference);
    return enter(database, home, collection, describe(reading, options));
  } finally {
    if (database.inTransaction) database.exec("ROLLBACK");
    database.close();
  }
}

/** These names are printed and typed again: they hold nothing that deceives a terminal or an eye. */
function isPlain(text: string): boolean {
  return text !== "" && text.trim() === text && pathText(Buffer.from(text)).replaceAll("\\\\", "\\") === text;
}

/** Waits without blocking, for the other import may be one of this very process. */
async function lock(database: Database, home: string, waitMs: number): Promise<void> {
  database.pragma("busy_timeout = 0");
  for (let waitedMs = 0; ; waitedMs += pollMs) {
    try {
      database.exec("BEGIN IMMEDIATE");
      return;
    } catch (thrown) {
      if (!(thrown instanceof Error && "code" in thrown && String(thrown.code).startsWith("SQLITE_BUSY"))) throw thrown;
      if (waitedMs >= waitMs) throw new Failure("list-refused", `${catalogName(home)}: found another import at work, expected none; nothing was imported`, thrown);
    }
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}

function removeStrays(database: Database, home: string): void {
  const named = new Set(catalogRows(database, home).map(({ segment }) => segment));
  for (const name of segmentNames(home)) if (!named.has(name)) removeSegment(home, name);
}

function describe(reading: ListReading, { agency, name, version, kind, scale, scaleSha256, importedAt }: ImportOptions): ListDescription {
  const { sha256, sizeBytes, counts } = reading.finish();
  return { sha256, sizeBytes, agency, name, version, kind, format: reading.format, scale, scaleSha256, counts, importedAt };
}

function enter(database: Database, home: string, collection: ReferenceCollection, description: ListDescription): ImportOutcome {
  refuseMiscount(collection, description);
  const rows = catalogRows(database, home);
  const place = placeOf(description, rows.map((row) => row.description));
  if (place.outcome === "already-imported") return { description: place.previous, outcome: place.outcome };
  const previous = rows.find((row) => place.outcome === "replaced" && row.description.sha256 === place.previous.sha256);
  const row: CatalogRow = { description, ...addSegment(home, description.sha256, collection) };
  try {
    if (previous !== undefined) removeRow(database, previous);
    addRow(database, row);
    database.exec("COMMIT");
  } catch (thrown) {
    if (database.inTransaction) database.exec("ROLLBACK");
    if (!catalogRows(database, home).some(({ segment }) => segment === row.segment)) removeSegment(home, row.segment);
    throw thrown;
  }
  if (previous !== undefined) removeReplaced(home, previous);
  return { description, outcome: place.outcome };
}

/** The import stands already: a segment that cannot be removed now is a stray, which the next import removes. */
function removeReplaced(home: string, { segment }: CatalogRow): void {
  try {
    removeSegment(home, segment);
  } catch {
    return;
  }
}

/** A row that was counted and not stored, or stored and not counted, would be a silent miss. */
function refuseMiscount(collection: ReferenceCollection, { counts }: ListDescription): void {
  const { rows, digests } = collection.contents();
  if (rows !== counts.rowsLoaded) throw new RangeError(`import: found ${rows} references, expected the ${counts.rowsLoaded} that were counted`);
  const algorithms: readonly AlgorithmName[] = [...cryptographicAlgorithms, "pdq"];
  for (const algorithm of algorithms) {
    const [count, counted] = [digests[algorithm] ?? 0, counts.digests[algorithm] ?? 0];
    if (count !== counted) throw new RangeError(`import: found ${count} ${algorithm} digests, expected the ${counted} that were counted`);
  }
}
