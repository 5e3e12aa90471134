import type { Custody } from "./case-lock.ts";
import type { RecordDatabase } from "./database.ts";
import { appendLog, type LogSummary } from "./log.ts";
import { schemaVersion, type SchemaVersion, statementsFrom4To5 } from "./schema.ts";

/**
 * Brings a record that is about to be written to up to the schema of this version, and says so in its log.
 *
 * Shape: one transaction: cut off at any moment, the record has the old schema or the new one. Nothing that was recorded is touched.
 */
export function upToDate(database: RecordDatabase, version: SchemaVersion, summary: LogSummary, custody: Custody): LogSummary {
  if (version === schemaVersion) return summary;
  const migrate = database.transaction(() => {
    for (const statement of statementsFrom4To5) database.exec(statement);
    database.pragma(`user_version = ${schemaVersion}`);
    return appendLog(database, summary.chain, custody, "migrated", { from: version, to: schemaVersion, version: custody.version });
  });
  return { ...summary, chain: migrate.immediate() };
}
