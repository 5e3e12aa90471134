import type { ListDescription, PictureStatus, UnreadReason } from "../model.ts";
import { type RecordDatabase, unlessDamaged } from "./database.ts";
import type { Tally, Totals } from "./view.ts";

// SQLite's integers end at 2^63: the halves of the sizes are added apart.
const sums = "count(*) AS entries, coalesce(sum(plan.sizeBytes >> 32), 0) AS high, coalesce(sum(plan.sizeBytes & 4294967295), 0) AS low";

interface Sums {
  readonly entries: bigint;
  readonly high: bigint;
  readonly low: bigint;
}

/** Counts the record's rows. `seen` is counted over the plan alone, the others over the plan beside the results. */
export function totalsOf(database: RecordDatabase, lists: readonly ListDescription[], folders: number): Totals {
  return unlessDamaged(() => {
    const groups = database
      .prepare<[], Sums & { outcome: string | null; reason: UnreadReason | null }>(
        `SELECT examined.outcome, examined.reason, ${sums} FROM plan LEFT JOIN examined ON examined.entry = plan.no GROUP BY 1, 2 ORDER BY 1, 2`,
      )
      .all();
    const of = (outcome: string | null): Tally => added(groups.filter((group) => group.outcome === outcome).map(tallyOf));
    const withoutContent = of("without-content");
    return {
      seen: added(database.prepare<[], Sums>(`SELECT ${sums} FROM plan`).all().map(tallyOf)),
      examined: added([of("examined"), withoutContent]),
      withoutContent: withoutContent.entries,
      unread: of("unread"),
      unreadByReason: Object.fromEntries(groups.flatMap((group) => (group.reason === null ? [] : [[group.reason, tallyOf(group)]]))),
      pending: of(null),
      folders,
      pictures: pictures(database),
      matches: matches(database, lists),
      entriesMatched: entriesMatched(database, lists),
    };
  });
}

const sorts = {
  exact: "kind = 'exact' AND contradictedBy = ''",
  contradicted: "kind = 'exact' AND contradictedBy <> ''",
  near: "kind = 'near'",
} as const;

function pictures(database: RecordDatabase): Totals["pictures"] {
  const rows = database
    .prepare<[], { status: PictureStatus; count: bigint }>("SELECT pictureStatus AS status, count(*) AS count FROM examined WHERE pictureStatus IS NOT NULL GROUP BY 1 ORDER BY 1")
    .all();
  return Object.fromEntries(rows.map(({ status, count }) => [status, Number(count)]));
}

function matches(database: RecordDatabase, lists: readonly ListDescription[]): Totals["matches"] {
  const counts = Object.entries(sorts).map(([name, condition]) => `count(*) FILTER (WHERE ${condition}) AS ${name}`);
  return database
    .prepare<[], { list: bigint; category: string | null; exact: bigint; contradicted: bigint; near: bigint }>(
      `SELECT list, category, ${counts.join(", ")} FROM "match" GROUP BY list, category ORDER BY list, category`,
    )
    .all()
    .map(({ list, category, exact, contradicted, near }) => ({
      list: Number(list),
      kind: lists[Number(list)]?.kind ?? "notable",
      category,
      exact: Number(exact),
      contradicted: Number(contradicted),
      near: Number(near),
    }));
}

/** Distinct entries in categories that call for attention; a category that its scale does not name does. */
function entriesMatched(database: RecordDatabase, lists: readonly ListDescription[]): Totals["entriesMatched"] {
  const calling = database
    .prepare<[], { list: bigint; category: string | null }>(`SELECT DISTINCT list, category FROM "match"`)
    .all()
    .map(({ list, category }) => ({ list: Number(list), category }))
    .filter(({ list, category }) => {
      const { kind, scale } = lists[list] ?? { kind: "notable", scale: { entries: [] } };
      return kind === "notable" && scale.entries.find(({ code }) => code === (category ?? ""))?.disposition !== "ignore";
    });
  const counts = Object.entries({ ...sorts, any: "true" }).map(([name, condition]) => `count(DISTINCT entry) FILTER (WHERE ${condition}) AS ${name}`);
  const row = database
    .prepare<[string], Record<"exact" | "contradicted" | "near" | "any", bigint>>(
      `WITH calling AS MATERIALIZED (SELECT value ->> 'list' AS callingList, value ->> 'category' AS callingCategory FROM json_each(?))
       SELECT ${counts.join(", ")} FROM "match" JOIN calling ON list = callingList AND category IS callingCategory`,
    )
    .get(JSON.stringify(calling));
  const count = (name: "exact" | "contradicted" | "near" | "any"): number => Number(row?.[name] ?? 0n);
  return { exact: count("exact"), contradicted: count("contradicted"), near: count("near"), any: count("any") };
}

function tallyOf({ entries, high, low }: Sums): Tally {
  return { entries: Number(entries), bytes: (high << 32n) + low };
}

function added(tallies: readonly Tally[]): Tally {
  return tallies.reduce((sum, tally) => ({ entries: sum.entries + tally.entries, bytes: sum.bytes + tally.bytes }), { entries: 0, bytes: 0n });
}
