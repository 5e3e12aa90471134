import type { ListDescription, Match } from "../model.ts";
import { type RecordDatabase, unlessDamaged } from "./database.ts";
import { elapsedMs } from "./log.ts";
import { callingSorts, callsForAttention, reachedWith } from "./totals.ts";
import type { EntriesMatched } from "./record.ts";
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

/** To which counts an entry with these matches adds: 1 or 0 each. */
export function matchedBy(lists: readonly ListDescription[]): (matches: readonly Told[]) => EntriesMatched {
  const isLookedFor = matchesIn(lists);
  return (matches) => {
    const one = (of: (match: Told) => boolean): number => (matches.some(of) ? 1 : 0);
    return {
      exact: one((match) => match.kind === "exact" && isLookedFor(match)),
      contradicted: one((match) => match.kind === "exact" && match.contradictedBy.length > 0 && callsForAttention(lists, match)),
      near: one((match) => match.kind === "near" && isLookedFor(match)),
      any: one(isLookedFor),
    };
  };
}

export function sumOf(one: EntriesMatched, other: EntriesMatched): EntriesMatched {
  return { exact: one.exact + other.exact, contradicted: one.contradicted + other.contradicted, near: one.near + other.near, any: one.any + other.any };
}

interface StoredSort {
  readonly list: bigint;
  readonly category: string | null;
  readonly first: bigint;
}

const undoubted = "CASE kind WHEN 'exact' THEN contradictedBy ELSE doubts END = ''";

/** The counts of `matchedBy` over the record. */
export function matchedEntries(database: RecordDatabase, lists: readonly ListDescription[]): EntriesMatched {
  const of = (condition: string): string => `count(DISTINCT entry) FILTER (WHERE ${condition})`;
  const row = database
    .prepare<[string], Record<keyof EntriesMatched, bigint>>(
      `SELECT ${of(`kind = 'exact' AND ${undoubted}`)} AS exact, ${of("kind = 'exact' AND contradictedBy <> ''")} AS contradicted, ${of(`kind = 'near' AND ${undoubted}`)} AS near, ${of(undoubted)} AS "any"
       FROM main."match" JOIN json_each(?) ON list = value ->> 'list' AND category IS value ->> 'category'`,
    )
    .get(callingSorts(database, lists, 'main."match"'));
  const entries = (name: keyof EntriesMatched): number => Number(row?.[name] ?? 0n);
  return { exact: entries("exact"), contradicted: entries("contradicted"), near: entries("near"), any: entries("any") };
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
