import type { Database } from "better-sqlite3";
import { type AlgorithmName, digestBytes, type Reference } from "../model.ts";
import type { ListFormat } from "./format.ts";
import { digestReference } from "./line-references.ts";
import { type Place, refusal } from "./refusal.ts";
import { isSqliteHead, rowRuns, sqliteRuns, tableColumns } from "./sqlite-file.ts";

const columns = [["md5", "md5"], ["sha1", "sha1"], ["sha2_256", "sha256"]] as const;
const selection = `SELECT id, ${columns.map(([column]) => column).join(", ")} FROM hashes`;

/**
 * Hash sets that Autopsy makes (`.kdb`, a database of SQLite).
 *
 * Shape:  table `hashes` with the binary columns md5, sha1 and sha2_256, the latter two empty as a rule; `recordId` is its id. File names and comments are
 *         not read.
 * Errors: Failure("list-refused"), its line being the row, for another schema, a value that is no blob of its digest's length, a damaged database.
 * Source: The Sleuth Kit's hash database schema.
 */
export const autopsyKdb: ListFormat = {
  name: "autopsy-kdb",
  describes: "Autopsy hash sets (.kdb, SQLite)",
  recognises: (head) => isSqliteHead(head) && Buffer.from(head).toString("latin1").split(";").some(statesTable),
  read: (file) => sqliteRuns(file, (database) => rows(database, file.name)),
};

// In two steps: one expression for both would start again at every beginning of a table.
function statesTable(statement: string): boolean {
  const at = statement.search(/CREATE TABLE\s+["'`[]?hashes\b/i);
  return at !== -1 && /\bsha2_256\b/i.test(statement.slice(at));
}

function rows(database: Database, file: string): Generator<readonly Reference[]> {
  const open = (): IterableIterator<readonly unknown[]> => {
    refuseOtherSchema(database, { file, line: 1 });
    return database.prepare(selection).raw().safeIntegers().iterate() as IterableIterator<readonly unknown[]>;
  };
  return rowRuns(open, ([id, ...values], place) => reference(String(id), values, place), file);
}

function refuseOtherSchema(database: Database, place: Place): void {
  const names = tableColumns(database, "hashes");
  const missing = ["id", ...columns.map(([column]) => column)].filter((column) => !names.includes(column));
  if (missing.length > 0) throw refusal(place, `a database without ${missing.join(", ")} in a table hashes`, "the schema of an Autopsy hash set");
}

function reference(id: string, values: readonly unknown[], place: Place): Reference {
  const digests: Partial<Record<AlgorithmName, Uint8Array>> = {};
  for (const [at, [, algorithm]] of columns.entries()) {
    const value = values[at];
    if (value === null) continue;
    const length = digestBytes[algorithm];
    if (!(value instanceof Uint8Array)) throw refusal(place, `something that is no blob as ${algorithm}`, `${length} bytes`);
    if (value.length !== length) throw refusal(place, `${value.length} bytes as ${algorithm}`, `${length}`);
    digests[algorithm] = Uint8Array.from(value);
  }
  return digestReference(place.part!, digests, { recordId: id });
}
