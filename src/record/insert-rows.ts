import type { CanonicalValue } from "./canonical.ts";
import type { RecordDatabase } from "./database.ts";
import { insertInto } from "./schema.ts";

// Most of what a row costs is the call of a statement: eight rows by one take half the time, and more save little further.
const together = 8;

/** Writes rows of one table, in their order; part of the caller's transaction. Errors: SQLite's for a row that breaks a constraint, with some rows written. */
export function rowsWriter(database: RecordDatabase, table: string, columns: readonly string[]): (rows: readonly (readonly CanonicalValue[])[]) => void {
  const several = database.prepare<CanonicalValue[]>(insertInto(table, columns, together));
  const one = database.prepare<CanonicalValue[]>(insertInto(table, columns));
  return (rows) => {
    const whole = rows.length - (rows.length % together);
    for (let from = 0; from < whole; from += together) {
      // Array's own flat() takes longer than the insertion.
      const values: CanonicalValue[] = [];
      for (let at = from; at < from + together; at++) values.push(...rows[at]!);
      // Each value an argument of its own: taken out of one array they cost a third more.
      several.run(...values);
    }
    for (const row of rows.slice(whole)) one.run(...row);
  };
}
