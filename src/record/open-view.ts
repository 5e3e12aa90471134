import { type AlgorithmName, closeBits, type CryptographicAlgorithm, type Doubt, type Embedded } from "../model.ts";
import { openForReading, recognised, type RecordDatabase, unlessDamaged } from "./database.ts";
import { entryRowOf, type JoinedRow, joinedSelection, type StoredEmbedded } from "./entry-rows.ts";
import { checkedLog, damage, type LogSummary, summaryOf } from "./log.ts";
import { crowdedReferences } from "./near-files.ts";
import { paged, pageRows } from "./pages.ts";
import { embeddedColumns } from "./schema.ts";
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
  const embedded = embeddedIn(database);
  return mapped(paged(-1, (after) => page.all(after, pageRows), ({ no }) => Number(no)), (row) => entryRowOf(row, embedded(row)));
}

/** Pictures within an entry, in their order. */
function embeddedIn(database: RecordDatabase): (row: JoinedRow) => readonly StoredEmbedded[] {
  const ofEntry = database.prepare<[bigint], StoredEmbedded>(`SELECT ${embeddedColumns.join(", ")} FROM embedded WHERE entry = ? ORDER BY nth`);
  return ({ no }) => ofEntry.all(no);
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
  readonly embedded: Embedded["name"] | null;
  readonly doubts: string;
  readonly nearReferences: bigint | null;
}

const matchSelection =
  "nth, list, reference, recordId, category, algorithms, contradictedBy, found.kind AS matchKind, distanceBits, transform, embedded, doubts, nearReferences";

function matchRows(database: RecordDatabase): Iterable<MatchRow> {
  const page = database.prepare<[bigint, bigint, number], JoinedMatchRow>(
    `SELECT ${joinedSelection}, ${matchSelection} FROM "match" AS found JOIN plan ON plan.no = found.entry JOIN examined ON examined.entry = found.entry
     WHERE (found.entry, nth) > (?, ?) ORDER BY found.entry, nth LIMIT ?`,
  );
  const embedded = embeddedIn(database);
  const crowded = crowdedReferences(database);
  const rows = paged<JoinedMatchRow, readonly [bigint, bigint]>([-1n, -1n], ([entry, nth]) => page.all(entry, nth, pageRows), ({ no, nth }) => [no, nth]);
  return mapped(rows, (row, index): MatchRow => {
    const [list, reference] = [Number(row.list), Number(row.reference)];
    const filesNear = row.matchKind === "near" ? crowded.filesNear(list, reference) : null;
    return {
      number: index + 1,
      entry: entryRowOf(row, embedded(row)),
      kind: row.matchKind,
      list,
      reference,
      recordId: row.recordId,
      category: row.category,
      algorithms: partsOf<AlgorithmName>(row.algorithms),
      contradictedBy: partsOf<CryptographicAlgorithm | "size">(row.contradictedBy),
      distanceBits: numberOrNull(row.distanceBits),
      transform: row.transform,
      embedded: row.embedded,
      doubts: [...partsOf<Doubt>(row.doubts), ...(filesNear === null || Number(row.distanceBits) <= closeBits ? [] : (["many-files"] as const))],
      nearReferences: numberOrNull(row.nearReferences),
      filesNear,
    };
  });
}

function partsOf<Part extends string>(text: string): Part[] {
  return text === "" ? [] : (text.split(",") as Part[]);
}

function numberOrNull(value: bigint | null): number | null {
  return value === null ? null : Number(value);
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
