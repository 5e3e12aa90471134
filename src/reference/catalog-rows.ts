import type { Database } from "better-sqlite3";
import type { ListDescription } from "../model.ts";
import { catalogName } from "./catalog-database.ts";
import { digestOf } from "./catalog-schema.ts";
import { damaged } from "./segment-format.ts";

/** A list version and the segment that holds it. Shape: `segment` a file name; `segmentSha256` as `openSegment` gives it. */
export interface CatalogRow {
  readonly description: ListDescription;
  readonly segment: string;
  readonly segmentSha256: string;
}

interface StoredRow {
  readonly sha256: string;
  readonly agency: string;
  readonly name: string;
  readonly segment: string;
  readonly segmentSha256: string;
  readonly description: string;
}

/** All rows in the order of import. Errors: Failure("reference-damaged") for one that is not as it was written. */
export function catalogRows(database: Database, home: string): CatalogRow[] {
  const stored = database
    .prepare<[], StoredRow & { readonly no: number; readonly rowSha256: string }>(
      "SELECT no, sha256, agency, name, segment, segmentSha256, description, rowSha256 FROM list ORDER BY no",
    )
    .all();
  return stored.map((row) => {
    if (rowSha256(row) !== row.rowSha256) throw damaged(catalogName(home), `list ${row.no} other than it was written`, "an unaltered catalog");
    // What was hashed was written by `addRow`, or by a migration in its shape.
    return { description: JSON.parse(row.description) as ListDescription, segment: row.segment, segmentSha256: row.segmentSha256 };
  });
}

/** Inside the caller's transaction. */
export function addRow(database: Database, { description, segment, segmentSha256 }: CatalogRow): void {
  const { sha256, agency, name } = description;
  const row: StoredRow = { sha256, agency, name, segment, segmentSha256, description: JSON.stringify(description) };
  database
    .prepare(
      "INSERT INTO list (sha256, agency, name, segment, segmentSha256, description, rowSha256) VALUES (@sha256, @agency, @name, @segment, @segmentSha256, @description, @rowSha256)",
    )
    .run({ ...row, rowSha256: rowSha256(row) });
}

/** Inside the caller's transaction. */
export function removeRow(database: Database, { segment }: CatalogRow): void {
  database.prepare("DELETE FROM list WHERE segment = ?").run(segment);
}

function rowSha256({ sha256, agency, name, segment, segmentSha256, description }: StoredRow): string {
  return digestOf([sha256, agency, name, segment, segmentSha256, description]);
}
