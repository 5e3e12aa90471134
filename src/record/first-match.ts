import type { ListDescription, Match } from "../model.ts";
import { type RecordDatabase, unlessDamaged } from "./database.ts";
import { elapsedMs } from "./log.ts";
import { callsForAttention, reachedWith } from "./totals.ts";
import type { FirstMatch, LogRow } from "./view.ts";

/** As much of a match as tells whether it is what a scan looks for. */
type Told = Pick<Match, "kind" | "list" | "category" | "contradictedBy" | "doubts">;

/**
 * What a scan looks for: exact and contradicted by nothing, or near without a doubt that was known when it was found; of a notable list, in a category that is not
 * set aside.
 */
export function matchesIn(lists: readonly ListDescription[]): (match: Told) => boolean {
  return (match) => (match.kind === "exact" ? match.contradictedBy : match.doubts).length === 0 && callsForAttention(lists, match);
}

interface StoredSort {
  readonly list: bigint;
  readonly category: string | null;
  readonly first: bigint;
}

const undoubted = "CASE kind WHEN 'exact' THEN contradictedBy ELSE doubts END = ''";

/** How many entries of the scan have such a match. */
export function matchedEntries(database: RecordDatabase, isMatch: (match: Told) => boolean): number {
  const calling = JSON.stringify(sortsOf(database, isMatch).map(({ list, category }) => ({ list: Number(list), category })));
  const row = database
    .prepare<[string], { count: bigint }>(
      `SELECT count(DISTINCT entry) AS count FROM main."match" JOIN json_each(?) ON list = value ->> 'list' AND category IS value ->> 'category' WHERE ${undoubted}`,
    )
    .get(calling);
  return Number(row?.count ?? 0n);
}

/** Where the scan was when the first such match was recorded; null where there is none. */
export function firstMatch(database: RecordDatabase, lists: readonly ListDescription[], log: Iterable<LogRow>): FirstMatch | null {
  return unlessDamaged(() => {
    const [entry] = sortsOf(database, matchesIn(lists)).map(({ first }) => Number(first)).sort((one, other) => one - other);
    if (entry === undefined) return null;
    const elapsed = elapsedMs();
    for (const row of log) {
      elapsed.add(row);
      if (row.kind !== "batch" || row.body.lastEntry < entry) continue;
      return { entry, elapsedMs: row.body.elapsedMs === undefined ? null : elapsed.total(), reached: reachedWith(database, row.body.lastEntry) };
    }
    return null;
  });
}

/** Each list and category with such matches. */
function sortsOf(database: RecordDatabase, isMatch: (match: Told) => boolean): readonly StoredSort[] {
  return database
    .prepare<[], StoredSort>(`SELECT list, category, min(entry) AS first FROM main."match" WHERE ${undoubted} GROUP BY list, category`)
    .all()
    .filter(({ list, category }) => isMatch({ kind: "exact", list: Number(list), category, contradictedBy: [], doubts: [] }));
}
