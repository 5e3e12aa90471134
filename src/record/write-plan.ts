import { createHash } from "node:crypto";
import type { Entry } from "../model.ts";
import { type CanonicalValue, canonicalRows } from "./canonical.ts";
import type { RecordDatabase } from "./database.ts";
import { foundValues } from "./entry-rows.ts";
import { rowsWriter } from "./insert-rows.ts";
import { paged, pageRows } from "./pages.ts";
import type { ReadingOrder } from "./record.ts";
import { foundColumns, foundDefinitions, planColumns } from "./schema.ts";
import type { LogBodies } from "./view.ts";

/**
 * The order of reading: files of less than `lateBytes` by their class, then the larger ones from small to large, for one of them (a sparse file costs its maker
 * nothing) could hold up all the others. Within a class by inode where that is asked for (`seek`), else by the bytes of the path. `nth`, the order of finding,
 * only tells equal paths apart.
 */
const planOrder = ["late", "class", "seek", "path", "nth"] as const;
const inOrder = planOrder.join(", ");
const behind = `(${inOrder}) > (${planOrder.map(() => "?").join(", ")}) ORDER BY ${inOrder}`;

/** Files from this size on are read last. Units: bytes. */
export const lateBytes = 1024 * 1024 * 1024;

// Names of one file: all of these are equal.
const sameFile = ["device", "inode", "sizeBytes", "modifiedNs", "changedNs"] as const;
const linked = "links > 1 AND kind = 'file'";

const orderNumbers = planOrder.filter((name) => name !== "path");
const sortedColumns = [...orderNumbers, ...foundColumns];

/** Values of a row that is being put in order, by `sortedColumns`: as an object with a name for each it would take twice the time. */
type FoundRow = readonly CanonicalValue[];

/** Where a value stands in such a row. */
const at = Object.fromEntries(sortedColumns.map((name, place) => [name, place])) as Readonly<Record<(typeof sortedColumns)[number], number>>;

/** Rows that are written, and taken into the digest, at once. */
const rowsAtOnce = 64;

/**
 * Writes the plan inside the caller's transaction: names of one file follow directly on the first of them.
 *
 * Shape:  the body of the `planned` row; the digest covers every column of every row, in order.
 * Errors: whatever `entries` throws; RangeError for a size that is no whole number.
 */
export function writePlanRows(database: RecordDatabase, entries: Iterable<Entry>, foldersListed: () => number, order?: ReadingOrder): LogBodies["planned"] {
  // Entries are put in order by a table of the record file itself, within the transaction: neither memory nor a temporary file holds them all,
  // and its pages serve the results afterwards.
  database.exec(`CREATE TABLE found (${orderNumbers.map((name) => `${name} INTEGER NOT NULL`).join(", ")},${foundDefinitions}, PRIMARY KEY (${inOrder})) STRICT, WITHOUT ROWID`);
  database.exec(`CREATE INDEX foundLinked ON found (${sameFile.join(", ")}, ${inOrder}) WHERE ${linked}`);
  let nth = 0;
  const placed = (entry: Entry): FoundRow => {
    // An inode above 2^63 is stored as the negative number of the same bits: any order is as good as another there.
    const seek = order?.within === "inode" ? BigInt.asIntN(64, entry.inode) : 0;
    return [entry.sizeBytes < lateBytes ? 0 : entry.sizeBytes, order?.classOf(entry) ?? 0, seek, nth++, ...foundValues(entry)];
  };
  const find = rowsWriter(database, "found", sortedColumns);
  for (const found of severalAtOnce(entries, placed)) find(found);

  const write = rowsWriter(database, "plan", planColumns);
  const rows = createHash("sha256");
  let no = 0;
  let files = 0;
  let bytes = 0n;
  const numbered = ({ row, sameAs }: PlacedRow): readonly CanonicalValue[] => {
    files += row[at.kind] === "file" ? 1 : 0;
    bytes += row[at.sizeBytes] as bigint;
    return [no++, sameAs, ...row.slice(orderNumbers.length)];
  };
  for (const planned of severalAtOnce(inPlanOrder(database, () => no), numbered)) {
    write(planned);
    rows.update(canonicalRows(planned));
  }
  database.exec("DROP TABLE found");
  return { entries: no, files, bytes: String(bytes), folders: foldersListed(), rowsSha256: rows.digest("hex"), ...(order === undefined ? {} : { order: order.within }) };
}

/** A found row in its place. Shape: `sameAs` the number of the first name of the same file. */
interface PlacedRow {
  readonly row: FoundRow;
  readonly sameAs: number | null;
}

/** What is made of items, so many at a time. Each is made before the next item is drawn. */
function* severalAtOnce<Item, Made>(items: Iterable<Item>, make: (item: Item) => Made): Generator<readonly Made[]> {
  let several: Made[] = [];
  for (const item of items) {
    several.push(make(item));
    if (several.length < rowsAtOnce) continue;
    yield several;
    several = [];
  }
  if (several.length > 0) yield several;
}

/** Found rows in their order, each group of names of one file where its first stands. `next` gives the number that the next row will have. */
function* inPlanOrder(database: RecordDatabase, next: () => number): Generator<PlacedRow> {
  const columns = sortedColumns.join(", ");
  const all = database.prepare<unknown[], FoundRow>(`SELECT ${columns} FROM found WHERE ${behind} LIMIT ${pageRows}`).raw(true);
  const group = `FROM found INDEXED BY foundLinked WHERE ${linked} AND ${sameFile.map((name) => `${name} = ?`).join(" AND ")}`;
  const first = database.prepare<unknown[], bigint>(`SELECT nth ${group} ORDER BY ${inOrder} LIMIT 1`).pluck(true);
  const others = database.prepare<unknown[], FoundRow>(`SELECT ${columns} ${group} AND ${behind} LIMIT ${pageRows}`).raw(true);
  const placeOf = (row: FoundRow): readonly unknown[] => planOrder.map((name) => row[at[name]]);

  for (const row of paged<FoundRow, readonly unknown[]>([-1, -1, 0, new Uint8Array(), -1], (after) => all.all(...after), placeOf)) {
    // An inode number of 0 is none: a driver that states it for every file would make them one.
    if ((row[at.links] as bigint) <= 1n || row[at.kind] !== "file" || row[at.inode] === 0n) {
      yield { row, sameAs: null };
      continue;
    }
    const identity = sameFile.map((name) => row[at[name]]);
    if (first.get(...identity) !== row[at.nth]) continue;
    const sameAs = next();
    yield { row, sameAs: null };
    for (const other of paged(placeOf(row), (after) => others.all(...identity, ...after), placeOf)) yield { row: other, sameAs };
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
