import { type AlgorithmName, closeBits, type CryptographicAlgorithm, type Doubt, type Embedded } from "../model.ts";
import { openForReading, recognised, type RecordDatabase, unlessDamaged } from "./database.ts";
import { entryRowOf, type JoinedRow, joinedSelection, type StoredEmbedded } from "./entry-rows.ts";
import { firstMatch } from "./first-match.ts";
import { checkedLog, damage, type LogSummary, summaryOf } from "./log.ts";
import { crowdedReferences, type CrowdedReferences } from "./near-files.ts";
import { paged, pageRows } from "./pages.ts";
import { embeddedColumns, matchColumns, type SchemaVersion } from "./schema.ts";
import { listsOf, passRows } from "./passes.ts";
import { totalsOf } from "./totals.ts";
import { requireSound } from "./verify-record.ts";
import type { EntryRow, LogRow, MatchRow, RecordView, Totals } from "./view.ts";

/**
 * Opens a record for reading, as it stands at this moment: what a writer adds meanwhile is not seen.
 *
 * Errors: Failure("record-damaged") when there is none, when it is none, or when its log's chain is broken; Failure("record-newer").
 *         Whether the rows are those that the log vouches for is not looked at: what somebody is told goes by `openSoundRecord`.
 */
export function openRecord(folder: string): RecordView {
  return openedView(folder, () => undefined);
}

/**
 * The same once everything that its log vouches for was verified, in the very snapshot that is then read; of a partial record as far as it goes.
 *
 * Errors: as of `openRecord`; Failure("record-damaged") naming the first row that is not as it must be.
 */
export function openSoundRecord(folder: string): RecordView {
  return openedView(folder, requireSound);
}

function openedView(folder: string, check: (database: RecordDatabase, version: SchemaVersion) => void): RecordView {
  const database = openForReading(folder);
  try {
    // One snapshot for all that is read, so that totals and rows agree while a scan goes on.
    database.exec("BEGIN");
    const version = recognised(database);
    if (version === "empty") throw damage({ where: "log", found: "nothing: the scan has not begun", expected: "a row of kind opened" });
    check(database, version);
    // In memory, as all that is temporary. A record of version 4 has no further passes, and is read as it is.
    const further = version === 4 ? "" : ` UNION ALL SELECT ${matchColumns.join(", ")} FROM rematch`;
    database.exec(`CREATE TEMP VIEW everyMatch AS SELECT ${matchColumns.join(", ")} FROM main."match"${further}`);
    return viewOf(database, unlessDamaged(() => summaryOf(database, version)));
  } catch (thrown) {
    database.close();
    throw thrown;
  }
}

function viewOf(database: RecordDatabase, summary: LogSummary): RecordView {
  const { opened, planned, closed, lastBatch, chain } = summary;
  const lists = listsOf(summary);
  const passes = passRows(summary);
  // Counted once: what is read is one snapshot.
  let totals: Totals | null = null;
  return {
    header: opened.header,
    lists,
    passes,
    complete: closed !== null && planned !== null && planned.entries === (lastBatch === null ? 0 : lastBatch.lastEntry + 1),
    chain: { head: Buffer.from(chain.head).toString("hex"), rows: chain.rows },
    totals: () => (totals ??= totalsOf(database, lists, planned?.folders ?? 0)),
    firstMatch: () => firstMatch(database, opened.lists, logRows(database)),
    matches: (pass) => matchRows(database, passes.length, pass),
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

/** Rows of one pass, or of all of them; their numbers are those that they have among all. */
function* matchRows(database: RecordDatabase, passes: number, only: number | undefined): Generator<MatchRow> {
  const crowded = crowdedReferences(database);
  let number = 0;
  for (let pass = 1; pass <= (only ?? passes); pass++) {
    if (only !== undefined && pass !== only) number += countOf(database, pass);
    else for (const row of storedMatches(database, pass)) yield matchRowOf(row, { pass, number: ++number }, crowded);
  }
}

function countOf(database: RecordDatabase, pass: number): number {
  const counted = pass === 1 ? `FROM main."match"` : `FROM rematch WHERE pass = ${pass}`;
  return unlessDamaged(() => Number(database.prepare<[], { count: bigint }>(`SELECT count(*) AS count ${counted}`).get()?.count ?? 0n));
}

type StoredMatch = JoinedMatchRow & { readonly within: readonly StoredEmbedded[] };

function* storedMatches(database: RecordDatabase, pass: number): Generator<StoredMatch> {
  const [table, ofPass] = pass === 1 ? [`main."match"`, ""] : ["rematch", `found.pass = ${pass} AND `];
  const page = database.prepare<[bigint, bigint, number], JoinedMatchRow>(
    `SELECT ${joinedSelection}, ${matchSelection} FROM ${table} AS found JOIN plan ON plan.no = found.entry JOIN examined ON examined.entry = found.entry
     WHERE ${ofPass}(found.entry, nth) > (?, ?) ORDER BY found.entry, nth LIMIT ?`,
  );
  const embedded = embeddedIn(database);
  const rows = paged<JoinedMatchRow, readonly [bigint, bigint]>([-1n, -1n], ([entry, nth]) => page.all(entry, nth, pageRows), ({ no, nth }) => [no, nth]);
  for (const row of rows) yield { ...row, within: embedded(row) };
}

function matchRowOf(row: StoredMatch, place: Pick<MatchRow, "pass" | "number">, crowded: CrowdedReferences): MatchRow {
  const [list, reference] = [Number(row.list), Number(row.reference)];
  const filesNear = row.matchKind === "near" ? crowded.filesNear(list, reference) : null;
  return {
    ...place,
    entry: entryRowOf(row, row.within),
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

function* mapped<Row, Result>(rows: Iterable<Row>, give: (row: Row) => Result): Generator<Result> {
  for (const row of rows) yield give(row);
}
