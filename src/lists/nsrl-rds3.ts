import type { Database } from "better-sqlite3";
import type { AlgorithmName, Reference } from "../model.ts";
import type { ListFile, ListFormat } from "./format.ts";
import { type Place, refusal } from "./refusal.ts";
import { isSqliteHead, rowRuns, sqliteRuns, tableColumns } from "./sqlite-file.ts";
import { headText } from "./text.ts";
import { hexDigest } from "./values.ts";

/** Where the hashes are, in the order of preference: in a full set FILE is a view of METADATA, and the SQL of a list's view is never run. */
const tables = ["FILE", "METADATA"] as const;
const algorithms = ["sha256", "sha1", "md5"] as const;
const sizeColumns: readonly string[] = ["file_size", "bytes"];
// A comment can match in one way alone; otherwise a head of comments would be tried in exponentially many.
const delta = /^\s*(?:--[^\n]*\n\s*)*(?:BEGIN\b|PRAGMA\b|INSERT\s+INTO\s+(?:FILE|METADATA|PKG|OS|MFG|VERSION)\b|CREATE\s+(?:TABLE|VIEW)\b)/i;

interface Selection {
  readonly sql: string;
  readonly algorithms: readonly AlgorithmName[];
}

/**
 * NSRL's RDS version 3, a database of SQLite, minimal or full: known software.
 *
 * Shape:  from FILE, or METADATA in a full set, columns by name; crc32, names and packages are not read. Where the database is sorted by its
 *         digests (a minimal set), files of the same digests are one reference, which is what matching needs; else one a row. `where` counts
 *         the references ("row 12"). A size that differs between files of the same digests is left unstated.
 * Errors: Failure("list-refused"), its line being the row, for another schema, a value that is no hex text of the right length, a damaged
 *         database, and for SQL text (an RDS delta), which is never run.
 * Source: NIST, RDS 3 schema notes.
 */
export const nsrlRds3: ListFormat = {
  name: "nsrl-rds3",
  describes: "NSRL RDS 3 (SQLite, minimal or full): known software",
  onlyKind: "known",
  recognises: (head) => (isSqliteHead(head) ? /\b(?:FILE|METADATA)\b/.test(latin(head)) && /\bsha256\b/i.test(latin(head)) && /\b(?:package_id|crc32)\b/i.test(latin(head)) : delta.test(headText(head))),
  async *read(file) {
    const place = { file: file.name, line: 1 };
    if (!isSqliteHead(file.head) && delta.test(headText(file.head))) throw refusal(place, "SQL text (an RDS delta)", "the whole RDS as a database: the SQL of a list is never run");
    yield* sqliteRuns(file, (database) => references(database, file));
  },
};

const latin = (head: Uint8Array): string => Buffer.from(head).toString("latin1");

function references(database: Database, file: ListFile): Generator<readonly Reference[]> {
  let algorithmsOfRows: readonly AlgorithmName[] = [];
  const open = (): IterableIterator<readonly unknown[]> => {
    const selection = selectionOf(database, file.name);
    algorithmsOfRows = selection.algorithms;
    return database.prepare(selection.sql).raw().iterate() as IterableIterator<readonly unknown[]>;
  };
  return rowRuns(open, (values, place) => rowReference(values, algorithmsOfRows, place), file.name);
}

function selectionOf(database: Database, file: string): Selection {
  const place = { file, line: 1 };
  for (const name of tables) {
    const columns = tableColumns(database, name);
    const digests = algorithms.filter((algorithm) => columns.includes(algorithm));
    if (digests.length === 0) continue;
    const size = sizeColumns.find((column) => columns.includes(column)) ?? "NULL";
    const grouped = `SELECT ${digests.join(", ")}, min(${size}), max(${size}) FROM ${name} GROUP BY ${digests.join(", ")}`;
    const plan = database.prepare(`EXPLAIN QUERY PLAN ${grouped}`).all() as readonly { readonly detail: string }[];
    const sorted = !plan.some(({ detail }) => detail.includes("TEMP B-TREE"));
    return { sql: sorted ? grouped : `SELECT ${digests.join(", ")}, ${size}, ${size} FROM ${name}`, algorithms: digests };
  }
  throw refusal(place, "a database of another schema", "a table FILE or METADATA with a column sha256, sha1 or md5");
}

function rowReference(values: readonly unknown[], columns: readonly AlgorithmName[], place: Place): Reference {
  const digests: Partial<Record<AlgorithmName, Uint8Array>> = {};
  for (const [at, algorithm] of columns.entries()) {
    const value = values[at];
    if (value === null || value === "") continue;
    if (typeof value !== "string") throw refusal(place, `something that is no text as ${algorithm}`, "hex digits");
    digests[algorithm] = hexDigest(value, algorithm, place);
  }
  const [least, most] = values.slice(columns.length);
  if (least !== null && least !== "" && !(Number.isSafeInteger(least) && (least as number) >= 0)) throw refusal(place, "something else as a size", "a whole number of bytes");
  const sizeBytes = typeof least === "number" && least === most ? least : null;
  return { where: place.part!, recordId: null, category: null, digests, pdqQuality: null, sizeBytes, unmatchable: [] };
}
