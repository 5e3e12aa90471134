import type { Database } from "better-sqlite3";
import { Failure } from "../failure.ts";
import type { ListReading } from "../lists/read-list.ts";
import { type AlgorithmName, type ListDescription, type ListKind, type Scale, cryptographicAlgorithms } from "../model.ts";
import { descriptionSha256 } from "./canonical-description.ts";
import { addRow, type CatalogRow, catalogRows, removeRow } from "./catalog-rows.ts";
import { sealCatalog } from "./catalog-seal.ts";
import { changeCatalog, removeSegmentLater } from "./change-catalog.ts";
import { highestVersion, importsOf, rememberImport, rememberVersion } from "./list-history.ts";
import { type ImportOverrides, type OfferedList, placeOf } from "./list-place.ts";
import { openImportedList } from "./open-imported-list.ts";
import { beginSegment, removeSegment, type SegmentBuilding } from "./segment-folder.ts";
import { composedName, requirePlainText } from "./stated-text.ts";
import { rememberTrust, type TrustedKey } from "./trusted-keys.ts";

export interface ImportOptions {
  /** 32 bytes that the references are sealed with; whoever opens the list states the same. */
  readonly key: Uint8Array;
  readonly agency: string;
  readonly name: string;
  readonly version: string;
  readonly kind: ListKind;
  readonly scale: Scale;
  readonly scaleSha256: string;
  /** Why a list without a verified signature is taken; refused when it is absent. */
  readonly unsignedReason?: string;
  /** They stand in the description of the list only where they were needed. */
  readonly overrides?: ImportOverrides;
  /** A key that is trusted from this import on; only when the import stands. */
  readonly trust?: TrustedKey;
  /** ISO 8601 with offset. */
  readonly importedAt: string;
  /** How long another import is waited for; a minute unless told. */
  readonly waitMs?: number;
}

export interface ImportOutcome {
  readonly description: ListDescription;
  readonly outcome: "imported" | "already-imported" | "replaced" | "restored";
}

/**
 * Imports a list version, all of it or nothing; an earlier one of the same agency and name is replaced.
 *
 * Shape:  "already-imported" when the same file was imported in the same way before: nothing is changed; "restored" when its segment was gone or damaged. `series` and `tags` of a reference
 *         are kept in the sealed segment only.
 * Errors: Failure("list-refused") for what the reading finds, for a list without a signature and without a reason why, for an older version than
 *         was ever imported or other bytes under its version (see `placeOf`), for a file that is there under another name, and when another
 *         import does not end in time; Failure("usage") for an agency, name, version or reason that is no printable text; whatever else is
 *         thrown, catalog and segments are as before.
 */
export async function importList(home: string, reading: ListReading, stated: ImportOptions): Promise<ImportOutcome> {
  requirePlainTexts(stated);
  const options = { ...stated, agency: composedName(stated.agency), name: composedName(stated.name) };
  return changeCatalog(home, options.key, options.waitMs ?? 60_000, async (database) => {
    const building = beginSegment(home, options.key);
    try {
      for await (const run of reading.references())
        for (const reference of run) {
          // Loaded, it would match what its own list says is no find.
          if (reference.retracted === true || reference.contextOnly === true)
            throw new RangeError(`import: found a retracted or context-only reference at ${reference.where}, expected the reading to count it as refused`);
          building.add(reference);
        }
      return enter(database, home, building, offeredList(reading, options), options);
    } finally {
      building.abandon();
    }
  });
}

function requirePlainTexts({ agency, name, version, unsignedReason, overrides }: ImportOptions): void {
  const texts = { agency, name, version, "unsigned reason": unsignedReason, "older-version reason": overrides?.olderReason, "same-version reason": overrides?.sameVersionReason };
  for (const [what, text] of Object.entries(texts)) if (text !== undefined) requirePlainText(`list ${what}`, text);
}

function offeredList(reading: ListReading, { agency, name, version, kind, scale, scaleSha256, unsignedReason, importedAt }: ImportOptions): OfferedList {
  const { sha256, sizeBytes, counts, signature, plaintextSha256 } = reading.finish();
  if (signature === null && unsignedReason === undefined)
    throw new Failure("list-refused", `${agency}/${name} ${version}: found no signature, expected one of a key trusted for ${agency}; or a reason why none is needed (--accept-unsigned)`);
  const origin = { signature, unsignedReason: signature === null ? (unsignedReason ?? null) : null, plaintextSha256 };
  return { sha256, sizeBytes, agency, name, version, kind, format: reading.format, scale, scaleSha256, counts, ...origin, importedAt };
}

function enter(database: Database, home: string, building: SegmentBuilding, offered: OfferedList, { key, trust, overrides = {} }: ImportOptions): ImportOutcome {
  refuseMiscount(building, offered);
  const rows = catalogRows(database, home);
  const place = placeOf(offered, rows.map(({ description }) => description), { highest: highestVersion(database, home, offered), sameBytes: importsOf(database, offered.sha256) }, overrides);
  const previous = rows.find(({ description }) => description.sha256 === place.previous?.sha256);
  const isThere = place.outcome === "already-imported";
  if (trust !== undefined) rememberTrust(database, trust);
  if (isThere && isWhole(home, previous!, key)) {
    if (trust !== undefined) sealCatalog(database, home, key);
    database.exec("COMMIT");
    return { description: place.previous, outcome: place.outcome };
  }
  const description: ListDescription = { ...offered, counts: { ...offered.counts, ...building.settle() }, overrides: isThere ? place.previous.overrides : place.overrides };
  const row: CatalogRow = { description, ...building.finish(offered.sha256, descriptionSha256(description)) };
  try {
    if (previous !== undefined) removeRow(database, previous);
    addRow(database, row);
    if (!isThere) {
      rememberVersion(database, description, place.highest, null);
      rememberImport(database, description);
    }
    sealCatalog(database, home, key);
    database.exec("COMMIT");
  } catch (thrown) {
    if (database.inTransaction) database.exec("ROLLBACK");
    if (!catalogRows(database, home).some(({ segment: named }) => named === row.segment)) removeSegment(home, row.segment);
    throw thrown;
  }
  if (previous !== undefined) removeSegmentLater(home, previous.segment);
  return { description, outcome: isThere ? "restored" : place.outcome };
}

/** A list whose segment is gone or damaged is not there, whatever the catalog says. */
function isWhole(home: string, row: CatalogRow, key: Uint8Array): boolean {
  try {
    openImportedList(home, row, key);
    return true;
  } catch (thrown) {
    if (thrown instanceof RangeError || (thrown instanceof Failure && thrown.code === "reference-damaged")) return false;
    throw thrown;
  }
}

/** A row that was counted and not stored, or stored and not counted, would be a silent miss. */
function refuseMiscount(building: SegmentBuilding, { counts }: OfferedList): void {
  const { rows, digests } = building.contents();
  if (rows !== counts.rowsLoaded) throw new RangeError(`import: found ${rows} references, expected the ${counts.rowsLoaded} that were counted`);
  const algorithms: readonly AlgorithmName[] = [...cryptographicAlgorithms, "pdq"];
  for (const algorithm of algorithms) {
    const [count, counted] = [digests[algorithm] ?? 0, counts.digests[algorithm] ?? 0];
    if (count !== counted) throw new RangeError(`import: found ${count} ${algorithm} digests, expected the ${counted} that were counted`);
  }
}
