import type { CanonicalValue } from "./canonical.ts";
import type { RecordDatabase } from "./database.ts";
import type { FoundRows } from "./found-rows.ts";
import { rowsWriter } from "./insert-rows.ts";
import { paged, pageRows } from "./pages.ts";
import { foundColumns, foundDefinitions } from "./schema.ts";
import { severalAtOnce } from "./several-at-once.ts";

/** The order of reading. `nth`, the order of finding, only tells equal paths apart. */
const planOrder = ["place", "path", "nth"] as const;
const inOrder = planOrder.join(", ");
const behind = `(${inOrder}) > (${planOrder.map(() => "?").join(", ")}) ORDER BY ${inOrder}`;

// Names of one file: all of these are equal.
const sameFile = ["device", "inode", "sizeBytes", "modifiedNs", "changedNs"] as const;
const linked = "links > 1 AND kind = 'file'";

const columns = ["place", "nth", ...foundColumns] as const;
const at = Object.fromEntries(columns.map((name, place) => [name, place])) as Readonly<Record<(typeof columns)[number], number>>;

/** Values by `columns`: as an object with a name for each it would take twice the time. */
type FoundRow = readonly CanonicalValue[];

/** The table that entries are put in order by where memory is not to hold them all. */
export interface FoundTable {
  /** Adds what was found next. */
  add(found: FoundRows): void;
  /** All rows by `planColumns`, in the order of the plan. */
  planned(): Iterable<readonly CanonicalValue[]>;
  drop(): void;
}

/** A table of the record file itself, within the caller's transaction: no temporary file holds paths of the evidence, and its pages serve the results afterwards. */
export function foundTable(database: RecordDatabase): FoundTable {
  database.exec(`CREATE TABLE found (place BLOB NOT NULL, nth INTEGER NOT NULL,${foundDefinitions}, PRIMARY KEY (${inOrder})) STRICT, WITHOUT ROWID`);
  database.exec(`CREATE INDEX foundLinked ON found (${sameFile.join(", ")}, ${inOrder}) WHERE ${linked}`);
  const write = rowsWriter(database, "found", columns);
  let before = 0;
  return {
    add(found) {
      // In their order already: neighbouring rows go to neighbouring pages.
      for (const rows of severalAtOnce(found.inOrder(), (no) => found.valuesBehind(found.place(no), before + no, no))) write(rows);
      before += found.count;
    },
    planned: () => planned(database),
    drop: () => void database.exec("DROP TABLE found"),
  };
}

function* planned(database: RecordDatabase): Generator<readonly CanonicalValue[]> {
  const all = database.prepare<unknown[], FoundRow>(`SELECT ${columns.join(", ")} FROM found WHERE ${behind} LIMIT ${pageRows}`).raw(true);
  const group = `FROM found INDEXED BY foundLinked WHERE ${linked} AND ${sameFile.map((name) => `${name} = ?`).join(" AND ")}`;
  const first = database.prepare<unknown[], bigint>(`SELECT nth ${group} ORDER BY ${inOrder} LIMIT 1`).pluck(true);
  const others = database.prepare<unknown[], FoundRow>(`SELECT ${columns.join(", ")} ${group} AND ${behind} LIMIT ${pageRows}`).raw(true);
  const placeOf = (row: FoundRow): readonly unknown[] => planOrder.map((name) => row[at[name]]);
  const values = (row: FoundRow, no: number, sameAs: number | null): readonly CanonicalValue[] => [no, sameAs, ...row.slice(at.path)];

  let no = 0;
  for (const row of paged<FoundRow, readonly unknown[]>([new Uint8Array(), new Uint8Array(), -1], (after) => all.all(...after), placeOf)) {
    // An inode number of 0 is none: a driver that states it for every file would make them one.
    if ((row[at.links] as bigint) <= 1n || row[at.kind] !== "file" || row[at.inode] === 0n) {
      yield values(row, no++, null);
      continue;
    }
    const identity = sameFile.map((name) => row[at[name]]);
    if (first.get(...identity) !== row[at.nth]) continue;
    const sameAs = no;
    yield values(row, no++, null);
    for (const other of paged(placeOf(row), (after) => others.all(...identity, ...after), placeOf)) yield values(other, no++, sameAs);
  }
}
