import type { AlgorithmName, CryptographicAlgorithm } from "../model.ts";
import { openForReading, recognised, type RecordDatabase, unlessDamaged } from "./database.ts";
import { entryRowOf, type JoinedRow, joinedSelection } from "./entry-rows.ts";
import { checkedLog, damage, type LogSummary, summaryOf } from "./log.ts";
import { paged, pageRows } from "./pages.ts";
import { totalsOf } from "./totals.ts";
import type { EntryRow, LogRow, MatchRow, RecordView } from "./view.ts";

/**
 * Opens a record for reading, as it stands at this moment: what a writer adds meanwhile is not seen.
 *
 * Errors: Failure("record-damaged") when there is none, when it is none, or when its log's chain is broken; Failure("record-newer").
 *         Whether the rows are those that the log vouches for is `verifyRecord`'s question.
 */
export function openRecord(folder: string): RecordView {
  const database = openForReading(folder);
  try {
    // One snapshot for all that is read, so that totals and rows agree while a scan goes on.
    database.exec("BEGIN");
    if (recognised(database) === "empty") throw damage({ where: "log", found: "nothing: the scan has not begun", expected: "a row of kind opened" });
    return viewOf(database, unlessDamaged(() => summaryOf(database)));
  } catch (thrown) {
    database.close();
    throw thrown;
  }
}

function viewOf(database: RecordDatabase, { opened, planned, closed, lastBatch, chain }: LogSummary): RecordView {
  return {
    header: opened.header,
    lists: opened.lists,
    complete: closed !== null && planned !== null && planned.entries === (lastBatch === null ? 0 : lastBatch.lastEntry + 1),
    chain: { head: Buffer.from(chain.head).toString("hex"), rows: chain.rows },
    totals: () => totalsOf(database, opened.lists, planned?.folders ?? 0),
    matches: () => matchRows(database),
    unread: () => entryRows(database, "JOIN examined ON examined.entry = plan.no WHERE examined.outcome = 'unread'"),
    entries: () => entryRows(database, "LEFT JOIN examined ON examined.entry = plan.no WHERE true"),
    log: () => logRows(database),
    close: () => void database.close(),
  };
}

function entryRows(database: RecordDatabase, source: string): Iterable<EntryRow> {
  const page = database.prepare<[number, number], JoinedRow>(`SELECT ${joinedSelection} FROM plan ${source} AND plan.no > ? ORDER BY plan.no LIMIT ?`);
  return mapped(paged(-1, (after) => page.all(after, pageRows), ({ no }) => Number(no)), entryRowOf);
}

interface JoinedMatchRow extends JoinedRow {
  readonly nth: bigint;
  readonly list: bigint;
  readonly reference: bigint;
  readonly recordId: string | null;
  readonly category: string | null;
  readonly algorithms: string;
  readonly contradictedBy: string;
  readonly matchKind: "exact" | "near";
  readonly distanceBits: bigint | null;
  readonly transform: string | null;
}

const matchSelection = "nth, list, reference, recordId, category, algorithms, contradictedBy, found.kind AS matchKind, distanceBits, transform";

function matchRows(database: RecordDatabase): Iterable<MatchRow> {
  const page = database.prepare<[bigint, bigint, number], JoinedMatchRow>(
    `SELECT ${joinedSelection}, ${matchSelection} FROM "match" AS found JOIN plan ON plan.no = found.entry JOIN examined ON examined.entry = found.entry
     WHERE (found.entry, nth) > (?, ?) ORDER BY found.entry, nth LIMIT ?`,
  );
  const rows = paged<JoinedMatchRow, readonly [bigint, bigint]>([-1n, -1n], ([entry, nth]) => page.all(entry, nth, pageRows), ({ no, nth }) => [no, nth]);
  return mapped(rows, (row, index) => ({
    number: index + 1,
    entry: entryRowOf(row),
    kind: row.matchKind,
    list: Number(row.list),
    reference: Number(row.reference),
    recordId: row.recordId,
    category: row.category,
    algorithms: row.algorithms.split(",") as AlgorithmName[],
    contradictedBy: row.contradictedBy === "" ? [] : (row.contradictedBy.split(",") as (CryptographicAlgorithm | "size")[]),
    distanceBits: row.distanceBits === null ? null : Number(row.distanceBits),
    transform: row.transform,
  }));
}

function* logRows(database: RecordDatabase): Generator<LogRow> {
  for (const { row, wrong } of checkedLog(database)) {
    const [first] = wrong;
    if (first !== undefined) throw damage(first);
    if (row !== null) yield row;
  }
}

function* mapped<Row, Result>(rows: Iterable<Row>, give: (row: Row, index: number) => Result): Generator<Result> {
  let index = 0;
  for (const row of rows) yield give(row, index++);
}
