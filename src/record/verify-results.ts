import { canonicalHex, canonicalHexSql, sha256OfHex } from "./canonical.ts";
import type { RecordDatabase } from "./database.ts";
import { paged, pageRows } from "./pages.ts";
import { embeddedColumns, examinedColumns, matchColumns } from "./schema.ts";

/** What the stored rows of some entries come to. Shape: `head` hexadecimal. */
export interface FoundResults {
  readonly rows: number;
  readonly embedded: number;
  readonly matches: number;
  readonly head: string;
}

/**
 * Counts the results of the entries `first` to `last`, and takes them into the running head as `headAfter` does for what is appended.
 *
 * Shape: `before` is the head so far, hexadecimal. Rows of `embedded` and `match` without a row of `examined` are in neither count.
 */
export function resultsReader(database: RecordDatabase): (first: number, last: number, before: string) => FoundResults {
  const examined = database.prepare<[bigint, number, number], ExaminedRow>(`SELECT entry, ${canonicalHexSql(examinedColumns)} FROM examined WHERE entry > ? AND entry <= ? ORDER BY entry LIMIT ?`).raw(true);
  const embeddedOf = partsReader(database, "embedded", embeddedColumns);
  const matchesOf = partsReader(database, "match", matchColumns);
  return (first, last, before) => {
    const [embeddedAt, matchesAt] = [embeddedOf(first, last), matchesOf(first, last)];
    let head = Buffer.from(before, "hex").toString("hex");
    let rows = 0;
    let embedded = 0;
    let matches = 0;
    for (const [entry, values] of paged(BigInt(first) - 1n, (after) => examined.all(after, last, pageRows), ([no]) => no)) {
      const [pictures, found] = [embeddedAt(entry), matchesAt(entry)];
      head = sha256OfHex([head, values, countOf(pictures), ...pictures, countOf(found), ...found]);
      rows += 1;
      embedded += pictures.length;
      matches += found.length;
    }
    return { rows, embedded, matches, head };
  };
}

type ExaminedRow = readonly [entry: bigint, values: string];
type PartRow = readonly [entry: bigint, nth: bigint, values: string];

/** Rows of one table by their entries, which are asked for in order; the whole range is read by one query a page, for most entries have none. */
function partsReader(database: RecordDatabase, table: string, columns: readonly string[]): (first: number, last: number) => (entry: bigint) => readonly string[] {
  const page = database.prepare<[bigint, bigint, number, number], PartRow>(`SELECT entry, nth, ${canonicalHexSql(columns)} FROM "${table}" WHERE (entry, nth) > (?, ?) AND entry <= ? ORDER BY entry, nth LIMIT ?`).raw(true);
  return (first, last) => {
    // Behind whatever the entry before may have.
    const start: readonly [bigint, bigint] = [BigInt(first) - 1n, 2n ** 63n - 1n];
    const rows = paged(start, ([entry, nth]) => page.all(entry, nth, last, pageRows), ([entry, nth]) => [entry, nth] as const);
    let next = rows.next();
    return (entry) => {
      while (next.done !== true && next.value[0] < entry) next = rows.next();
      if (next.done === true || next.value[0] !== entry) return none;
      const found: string[] = [];
      for (; next.done !== true && next.value[0] === entry; next = rows.next()) found.push(next.value[2]);
      return found;
    };
  };
}

const none: readonly string[] = [];
const noneText = canonicalHex([0]);

function countOf({ length }: readonly string[]): string {
  return length === 0 ? noneText : canonicalHex([length]);
}
