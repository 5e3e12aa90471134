import { closeBits, type ListDescription, type Match, type PictureStatus, type UnreadReason } from "../model.ts";
import { type RecordDatabase, unlessDamaged } from "./database.ts";
import { crowdedReferences } from "./near-files.ts";
import type { Tally, Totals } from "./view.ts";

// SQLite's integers end at 2^63: the halves of the sizes are added apart.
const sums = "count(*) AS entries, coalesce(sum(plan.sizeBytes >> 32), 0) AS high, coalesce(sum(plan.sizeBytes & 4294967295), 0) AS low";

interface Sums {
  readonly entries: bigint;
  readonly high: bigint;
  readonly low: bigint;
}

const isExamined = "examined.outcome = 'examined' AND examined.reason IS NULL";

/** Entries of the plan with one result. Shape: `outcome` null where it is pending. */
interface Group extends Sums {
  readonly outcome: string | null;
  readonly reason: UnreadReason | null;
}

/** Counts the record's rows. `seen` is counted over the plan alone, the others over the plan beside the results. */
export function totalsOf(database: RecordDatabase, lists: readonly ListDescription[], folders: number): Totals {
  return unlessDamaged(() => {
    const groups = [
      // Nearly all entries, so apart: to group them takes longer than to add them up.
      ...database.prepare<[], Group>(`SELECT 'examined' AS outcome, NULL AS reason, ${sums} FROM plan JOIN examined ON examined.entry = plan.no WHERE ${isExamined}`).all(),
      ...database
        .prepare<[], Group>(`SELECT examined.outcome, examined.reason, ${sums} FROM plan LEFT JOIN examined ON examined.entry = plan.no WHERE (${isExamined}) IS NOT TRUE GROUP BY 1, 2 ORDER BY 1, 2`)
        .all(),
    ];
    const of = (outcome: string | null): Tally => added(groups.filter((group) => group.outcome === outcome).map(tallyOf));
    const withoutContent = of("without-content");
    const crowd = crowdedReferences(database).json;
    return {
      seen: added(database.prepare<[], Sums>(`SELECT ${sums} FROM plan`).all().map(tallyOf)),
      examined: added([of("examined"), withoutContent]),
      withoutContent: withoutContent.entries,
      unread: of("unread"),
      unreadByReason: Object.fromEntries(groups.flatMap((group) => (group.reason === null ? [] : [[group.reason, tallyOf(group)]]))),
      pending: of(null),
      folders,
      pictures: pictures(database, "examined"),
      embeddedPictures: pictures(database, "embedded"),
      extensionMismatches: count(database, "SELECT count(*) AS count FROM examined WHERE extensionFits = 0"),
      matches: matches(database, lists, crowd),
      entriesMatched: entriesMatched(database, lists, crowd),
    };
  });
}

const isDoubtful = `(doubts <> '' OR (distanceBits > ${closeBits} AND (list, reference) IN crowded))`;
const sorts = {
  exact: "kind = 'exact' AND contradictedBy = ''",
  contradicted: "kind = 'exact' AND contradictedBy <> ''",
  near: `kind = 'near' AND NOT ${isDoubtful}`,
  doubtful: `kind = 'near' AND ${isDoubtful}`,
} as const;
const crowded = "crowded AS MATERIALIZED (SELECT value ->> 0, value ->> 1 FROM json_each(?))";

function pictures(database: RecordDatabase, table: "examined" | "embedded"): Totals["pictures"] {
  const rows = database
    .prepare<[], { status: PictureStatus; count: bigint }>(`SELECT pictureStatus AS status, count(*) AS count FROM ${table} WHERE pictureStatus IS NOT NULL GROUP BY 1 ORDER BY 1`)
    .all();
  return Object.fromEntries(rows.map(({ status, count }) => [status, Number(count)]));
}

function count(database: RecordDatabase, query: string): number {
  return Number(database.prepare<[], { count: bigint }>(query).get()?.count ?? 0n);
}

function matches(database: RecordDatabase, lists: readonly ListDescription[], crowd: string): Totals["matches"] {
  const columns = Object.entries(sorts).map(([name, condition]) => `count(*) FILTER (WHERE ${condition}) AS ${name}`);
  return database
    .prepare<[string], { list: bigint; category: string | null } & Record<keyof typeof sorts, bigint>>(
      `WITH ${crowded} SELECT list, category, ${columns.join(", ")} FROM everyMatch GROUP BY list, category ORDER BY list, category`,
    )
    .all(crowd)
    .map(({ list, category, exact, contradicted, near, doubtful }) => ({
      list: Number(list),
      kind: lists[Number(list)]?.kind ?? "notable",
      category,
      exact: Number(exact),
      contradicted: Number(contradicted),
      near: Number(near),
      doubtful: Number(doubtful),
    }));
}

/** Distinct entries in categories that call for attention. */
function entriesMatched(database: RecordDatabase, lists: readonly ListDescription[], crowd: string): Totals["entriesMatched"] {
  const counts = Object.entries({ ...sorts, beyondMd5: `${sorts.exact} AND algorithms <> 'md5'`, any: "true" }).map(([name, condition]) => `count(DISTINCT entry) FILTER (WHERE ${condition}) AS ${name}`);
  const row = database
    .prepare<[string, string], Record<keyof typeof sorts | "beyondMd5" | "any", bigint>>(
      `WITH ${crowded}, calling AS MATERIALIZED (SELECT value ->> 'list' AS callingList, value ->> 'category' AS callingCategory FROM json_each(?))
       SELECT ${counts.join(", ")} FROM everyMatch JOIN calling ON list = callingList AND category IS callingCategory`,
    )
    .get(crowd, callingSorts(database, lists, "everyMatch"));
  const entries = (name: keyof typeof sorts | "beyondMd5" | "any"): number => Number(row?.[name] ?? 0n);
  return { exact: entries("exact"), md5Only: entries("exact") - entries("beyondMd5"), contradicted: entries("contradicted"), near: entries("near"), doubtful: entries("doubtful"), any: entries("any") };
}

/** False for lists of known files, and for categories that their scale sets aside; a category that it does not name calls for attention. */
export function callsForAttention(lists: readonly ListDescription[], { list, category }: Pick<Match, "list" | "category">): boolean {
  const { kind, scale } = lists[list] ?? { kind: "notable", scale: { entries: [] } };
  return kind === "notable" && scale.entries.find(({ code }) => code === (category ?? ""))?.disposition !== "ignore";
}

/** Each list and category of some matches that calls for attention, as JSON for a query. */
export function callingSorts(database: RecordDatabase, lists: readonly ListDescription[], table: "everyMatch" | 'main."match"'): string {
  const stored = database.prepare<[], { list: bigint; category: string | null }>(`SELECT DISTINCT list, category FROM ${table}`).all();
  return JSON.stringify(stored.map(({ list, category }) => ({ list: Number(list), category })).filter((match) => callsForAttention(lists, match)));
}

/** What the plan has up to an entry, that one included. */
export function reachedWith(database: RecordDatabase, entry: number): Tally {
  return added(database.prepare<[number], Sums>(`SELECT ${sums} FROM plan WHERE no <= ?`).all(entry).map(tallyOf));
}

function tallyOf({ entries, high, low }: Sums): Tally {
  return { entries: Number(entries), bytes: (high << 32n) + low };
}

function added(tallies: readonly Tally[]): Tally {
  return tallies.reduce((sum, tally) => ({ entries: sum.entries + tally.entries, bytes: sum.bytes + tally.bytes }), { entries: 0, bytes: 0n });
}
