import type { Discrepancy } from "./log.ts";
import type { SchemaVersion } from "./schema.ts";
import type { LogRow } from "./view.ts";

/** What a log row tells of that a record with a schema of that version has no tables for: they were taken away behind the log's back. */
export function beyondSchema(row: LogRow, version: SchemaVersion): readonly Discrepancy[] {
  const isLater = row.kind === "pass" || ((row.kind === "opened" || row.kind === "batch") && row.body.codes !== undefined);
  const needed = row.kind === "migrated" ? row.body.to : isLater ? 5 : 4;
  // Not the other way round: an edited body may hold anything in place of its number.
  return needed <= version ? [] : [{ where: `log row ${row.seq}, schema version`, found: String(version), expected: `at least ${String(needed)}` }];
}
