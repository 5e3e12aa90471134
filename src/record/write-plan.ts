import { createHash } from "node:crypto";
import type { Entry } from "../model.ts";
import { type CanonicalValue, canonicalRows } from "./canonical.ts";
import type { RecordDatabase } from "./database.ts";
import { foundValues } from "./entry-rows.ts";
import { type FoundRows, foundRows } from "./found-rows.ts";
import { type FoundTable, foundTable } from "./found-table.ts";
import { rowsWriter } from "./insert-rows.ts";
import { mostKeys } from "./key-order.ts";
import type { ReadingOrder } from "./record.ts";
import { foundColumns, foundDefinitions, planColumns } from "./schema.ts";
import { severalAtOnce } from "./several-at-once.ts";
import type { LogBodies } from "./view.ts";

/** What entries may take in memory while they are put in order; beyond it they go through a table. Half of it more for a moment, while a column grows. */
export const mostFoundBytes = 64 * 1024 * 1024;

const [kindAt, sizeAt] = [planColumns.indexOf("kind"), planColumns.indexOf("sizeBytes")];

/**
 * Writes the plan inside the caller's transaction: names of one file follow directly on the first of them.
 *
 * Shape:  the body of the `planned` row; the digest covers every column of every row, in order. `mostBytes` alters how it is come by and nothing else.
 * Errors: whatever `entries` throws; RangeError for a size that is no whole number.
 */
export function writePlanRows(database: RecordDatabase, entries: Iterable<Entry>, foldersListed: () => number, order?: ReadingOrder, mostBytes = mostFoundBytes): LogBodies["planned"] {
  const found = foundRows();
  let table: FoundTable | null = null;
  for (const entry of entries) {
    found.add(entry, order);
    if (found.sizeBytes < mostBytes && found.count < mostKeys) continue;
    table ??= foundTable(database);
    table.add(found);
    found.clear();
  }
  if (table !== null) table.add(found);

  const write = rowsWriter(database, "plan", planColumns);
  const digest = createHash("sha256");
  let planned = 0;
  let files = 0;
  let bytes = 0n;
  const counted = (row: readonly CanonicalValue[]): readonly CanonicalValue[] => {
    planned += 1;
    files += row[kindAt] === "file" ? 1 : 0;
    bytes += row[sizeAt] as bigint;
    return row;
  };
  for (const rows of severalAtOnce(table === null ? plannedRows(found) : table.planned(), counted)) {
    write(rows);
    digest.update(canonicalRows(rows));
  }
  table?.drop();
  return { entries: planned, files, bytes: String(bytes), folders: foldersListed(), rowsSha256: digest.digest("hex"), ...(order === undefined ? {} : { order: order.within }) };
}

/** What `FoundTable` gives, of rows that are in memory. */
function* plannedRows(found: FoundRows): Generator<readonly CanonicalValue[]> {
  const order = found.inOrder();
  /** Of a file's first name the numbers of its other ones. */
  const others = new Map<number, number[]>();
  const firsts = new Map<string, number>();
  const later = new Set<number>();
  for (const row of order) {
    const file = found.fileOf(row);
    if (file === null) continue;
    const first = firsts.get(file);
    if (first === undefined) {
      firsts.set(file, row);
      continue;
    }
    later.add(row);
    const names = others.get(first);
    if (names === undefined) others.set(first, [row]);
    else names.push(row);
  }
  let no = 0;
  for (const row of order) {
    if (later.has(row)) continue;
    const first = no;
    yield found.valuesBehind(no++, null, row);
    for (const other of others.get(row) ?? []) yield found.valuesBehind(no++, first, other);
  }
}

/**
 * How the names found now differ from those of the plan: access times, devices and the numbers of the plan apart, which a new mount may change.
 *
 * Shape: counts of names; a file that changed counts in both.
 */
export function planDifferences(database: RecordDatabase, entries: Iterable<Entry>): { readonly appeared: number; readonly gone: number } {
  const compared = foundColumns.filter((name) => name !== "device" && name !== "accessedNs").join(", ");
  database.exec(`CREATE TABLE found (${foundDefinitions}) STRICT`);
  const find = rowsWriter(database, "found", foundColumns);
  for (const found of severalAtOnce(entries, foundValues)) find(found);
  const without = (one: string, other: string): number =>
    Number(database.prepare<[], { count: bigint }>(`SELECT count(*) AS count FROM (SELECT ${compared} FROM ${one} EXCEPT SELECT ${compared} FROM ${other})`).get()?.count ?? 0n);
  const differences = { appeared: without("found", "plan"), gone: without("plan", "found") };
  database.exec("DROP TABLE found");
  return differences;
}
