import { createHash } from "node:crypto";
import { type CanonicalValue, canonicalBytes } from "./canonical.ts";
import type { RecordDatabase } from "./database.ts";
import { differing, type Discrepancy } from "./log.ts";
import { paged, pageRows } from "./pages.ts";
import { keptCodesColumns, rematchColumns } from "./schema.ts";
import type { LogBodies } from "./view.ts";

/** Checks the rows of one pass against its log row, which is to be number `expected`. Shape: `lists` are those of the passes before it. */
export function* ofPass(database: RecordDatabase, { pass, matches, matchesHead, lists: own, entries }: LogBodies["pass"], expected: number, lists: number, examined: number): Generator<Discrepancy, number> {
  const where = `pass ${expected}`;
  yield* differing(`${where}, number`, String(pass), String(expected));
  yield* differing(`${where}, entries compared`, String(entries), String(examined));
  const [listAt, entryAt, nthAt] = [rematchColumns.indexOf("list"), rematchColumns.indexOf("entry"), rematchColumns.indexOf("nth")];
  const page = database.prepare<[number, bigint, bigint, number], CanonicalValue[]>(`SELECT ${rematchColumns.join(", ")} FROM rematch WHERE pass = ? AND (entry, nth) > (?, ?) ORDER BY entry, nth LIMIT ?`).raw();
  const head = createHash("sha256");
  let rows = 0;
  let ofOtherLists = 0;
  const start: readonly [bigint, bigint] = [-1n, -1n];
  for (const values of paged(start, ([entry, nth]) => page.all(expected, entry, nth, pageRows), (row) => [row[entryAt] as bigint, row[nthAt] as bigint] as const)) {
    head.update(canonicalBytes(values));
    rows += 1;
    const list = Number(values[listAt]);
    if (list < lists || list >= lists + listCount(own)) ofOtherLists += 1;
  }
  yield* differing(`${where}, rows`, String(rows), String(matches));
  yield* differing(`${where}, head`, head.digest("hex"), String(matchesHead));
  yield* differing(`${where}, rows of lists that it did not use`, String(ofOtherLists), "0");
  return rows;
}

/** How many lists a log row names, whatever an edited one holds in their place. */
export function listCount(lists: unknown): number {
  return Array.isArray(lists) ? lists.length : 0;
}

/** Checks the kept codes of a batch against its log row. Shape: gives how many rows there are. */
export function* ofCodes(database: RecordDatabase, first: number, { lastEntry, codes, codesSha256 }: LogBodies["batch"], areKept: boolean): Generator<Discrepancy, number> {
  const where = `kept codes of entries ${first} to ${lastEntry}`;
  yield* differing(`${where}, stated`, codes === undefined ? "none" : "some", areKept ? "some" : "none");
  if (codes === undefined) return 0;
  const page = database.prepare<[bigint, bigint, number, number], CanonicalValue[]>(`SELECT ${keptCodesColumns.join(", ")} FROM keptCodes WHERE (entry, nth) > (?, ?) AND entry <= ? ORDER BY entry, nth LIMIT ?`).raw();
  const digest = createHash("sha256");
  let rows = 0;
  // `nth` of a file's own picture is -1.
  const start: readonly [bigint, bigint] = [BigInt(first), -2n];
  for (const values of paged(start, ([entry, nth]) => page.all(entry, nth, lastEntry, pageRows), (row) => [row[0] as bigint, row[1] as bigint] as const)) {
    digest.update(canonicalBytes(values));
    rows += 1;
  }
  yield* differing(`${where}, rows`, String(rows), String(codes));
  yield* differing(`${where}, digest of them`, digest.digest("hex"), String(codesSha256));
  return rows;
}
