import { createHash } from "node:crypto";
import { beyondSchema } from "./beyond-schema.ts";
import { type CanonicalValue, canonicalRows, emptyHead } from "./canonical.ts";
import { openForReading, recognised, type RecordDatabase, unlessDamaged } from "./database.ts";
import { checkedLog, damage, differing, type Discrepancy } from "./log.ts";
import { paged, pageRows } from "./pages.ts";
import { planColumns, type SchemaVersion } from "./schema.ts";
import { severalAtOnce } from "./several-at-once.ts";
import { listCount, ofCodes, ofPass } from "./verify-passes.ts";
import { resultsReader } from "./verify-results.ts";
import type { LogBodies, LogRow } from "./view.ts";

export type { Discrepancy } from "./log.ts";

/**
 * Recomputes everything that the log vouches for: its own chain, the plan's digest, the results' head and the kept codes batch by batch, the rows of each
 * further pass, all counts. That kept codes open with their key is for whoever has it to see.
 *
 * Shape:  empty when all of it holds; a partial record holds too, as far as it goes.
 * Errors: Failure("record-damaged") for what is no record, or whose tables were altered, or that SQLite cannot read; Failure("record-newer").
 */
export function verifyRecord(folder: string): readonly Discrepancy[] {
  const database = openForReading(folder);
  try {
    database.exec("BEGIN");
    const version = recognised(database);
    if (version === "empty") throw damage({ where: "log", found: "nothing: the scan has not begun", expected: "a row of kind opened" });
    return unlessDamaged(() => [...discrepanciesIn(database, version)]);
  } finally {
    database.close();
  }
}

/** The same of a database that is open, in whatever transaction it is. Errors: Failure("record-damaged") naming the first discrepancy. */
export function requireSound(database: RecordDatabase, version: SchemaVersion): void {
  unlessDamaged(() => {
    for (const discrepancy of discrepanciesIn(database, version)) throw damage(discrepancy);
  });
}

function* discrepanciesIn(database: RecordDatabase, version: SchemaVersion): Generator<Discrepancy> {
  yield* ofDatabase(database);
  yield* ofLog(database, version);
}

function ofDatabase(database: RecordDatabase): readonly Discrepancy[] {
  const complaints = (database.pragma("integrity_check") as readonly { readonly integrity_check: string }[]).map((row) => row.integrity_check);
  const orphans = (database.pragma("foreign_key_check") as readonly unknown[]).length;
  return [...complaints.flatMap((complaint) => differing("database", complaint, "ok")), ...differing("rows that refer to no row", String(orphans), "0")];
}

function* ofLog(database: RecordDatabase, version: SchemaVersion): Generator<Discrepancy> {
  const resultsOf = resultsReader(database);
  const seen = new Set<LogRow["kind"]>();
  let planned: LogBodies["planned"] | null = null;
  let closed: LogBodies["closed"] | null = null;
  let next = 0;
  let matches = 0;
  let embedded = 0;
  let head = Buffer.from(emptyHead).toString("hex");
  let areCodesKept = false;
  const further = { passes: 0, lists: 0, rematch: 0, keptCodes: 0 };
  let last: LogRow | null = null;
  for (const { row, wrong } of checkedLog(database)) {
    yield* wrong;
    if (row === null) continue;
    yield* outOfPlace(row, seen, last);
    yield* beyondSchema(row, version);
    seen.add(row.kind);
    last = row;
    if (row.kind === "opened") [areCodesKept, further.lists] = [row.body.codes !== undefined, listCount(row.body.lists)];
    if (row.kind === "pass" && version > 4) {
      further.passes += 1;
      further.rematch += yield* ofPass(database, row.body, further.passes + 1, further.lists, countOf(database, "examined WHERE outcome = 'examined'"));
      further.lists += listCount(row.body.lists);
    }
    if (row.kind === "planned") {
      planned = row.body;
      yield* ofPlan(database, row.body);
    }
    if (row.kind === "closed") closed = row.body;
    if (row.kind !== "batch") continue;
    const { firstEntry, lastEntry } = row.body;
    // Whatever an edited body holds in its place.
    const resultsHead = String(row.body.resultsHead);
    yield* differing(`log row ${row.seq}, first entry`, String(firstEntry), String(next));
    if (!Number.isSafeInteger(lastEntry)) continue;
    const found = resultsOf(next, lastEntry, head);
    if (version > 4) further.keptCodes += yield* ofCodes(database, next, row.body, areCodesKept);
    const where = `results of entries ${next} to ${lastEntry}`;
    yield* differing(`${where}, rows`, String(found.rows), String(lastEntry - next + 1));
    yield* differing(`${where}, matches`, String(found.matches), String(row.body.matches));
    yield* differing(`${where}, head`, found.head, resultsHead);
    // What comes after is judged by the recorded head: a damaged batch does not hide whether the next one is whole.
    [head, next, matches, embedded] = [resultsHead, lastEntry + 1, matches + found.matches, embedded + found.embedded];
  }
  yield* differing("log, row of kind opened", seen.has("opened") ? "one" : "none", "one");
  yield* differing("rows of plan", String(countOf(database, "plan")), String(planned?.entries ?? 0));
  yield* differing("rows of examined", String(countOf(database, "examined")), String(next));
  yield* differing("rows of match", String(countOf(database, '"match"')), String(matches));
  yield* differing("rows of embedded", String(countOf(database, "embedded")), String(embedded));
  for (const table of version > 4 ? (["rematch", "keptCodes"] as const) : []) yield* differing(`rows of ${table}`, String(countOf(database, table)), String(further[table]));
  if (last?.kind === "clock") yield { where: `log row ${last.seq}, kind`, found: "clock at the end", expected: "the row that noticed behind it" };
  if (closed === null) return;
  yield* differing("entries with a result when it was closed", String(next), String(planned?.entries ?? 0));
  yield* differing("results head when it was closed", String(closed.resultsHead), head);
}

const afterTheEnd: readonly LogRow["kind"][] = ["report", "pass", "sealed", "migrated", "clock", "warning"];

function* outOfPlace({ seq, kind }: LogRow, seen: ReadonlySet<LogRow["kind"]>, before: LogRow | null): Generator<Discrepancy> {
  const where = `log row ${seq}, kind`;
  if (seen.size === 0) yield* differing(where, kind, "opened");
  else if (seen.has("closed") && !afterTheEnd.includes(kind)) yield { where, found: kind, expected: `one of ${afterTheEnd.join(", ")}` };
  else if (kind === "opened" || ((kind === "planned" || kind === "migrated") && seen.has(kind))) yield { where, found: `a second ${kind}`, expected: "one" };
  if (kind === "batch" && !seen.has("planned")) yield { where, found: "batch before the plan", expected: "the plan first" };
  if (kind === "pass" && !seen.has("closed")) yield { where, found: "pass before the end of the scan", expected: "its end first" };
  if (kind === "clock" && before?.kind === "clock") yield { where, found: "clock twice", expected: "the row that noticed behind it" };
  if (kind === "sealed" && !seen.has("closed")) yield { where, found: "sealed before the end", expected: "the end first" };
}

function* ofPlan(database: RecordDatabase, planned: LogBodies["planned"]): Generator<Discrepancy> {
  const page = database.prepare<[bigint, number], CanonicalValue[]>(`SELECT ${planColumns.join(", ")} FROM plan WHERE no > ? ORDER BY no LIMIT ?`).raw();
  const at = { no: planColumns.indexOf("no"), kind: planColumns.indexOf("kind"), sizeBytes: planColumns.indexOf("sizeBytes") };
  const digest = createHash("sha256");
  let entries = 0;
  let files = 0;
  let bytes = 0n;
  const counted = (values: CanonicalValue[]): CanonicalValue[] => {
    entries += 1;
    files += values[at.kind] === "file" ? 1 : 0;
    const sizeBytes = values[at.sizeBytes];
    bytes += typeof sizeBytes === "bigint" ? sizeBytes : 0n;
    return values;
  };
  const all = paged(-1n, (after) => page.all(after, pageRows), (row) => row[at.no] as bigint);
  for (const rows of severalAtOnce(all, counted)) digest.update(canonicalRows(rows));
  yield* differing("plan, entries", String(entries), String(planned.entries));
  yield* differing("plan, files", String(files), String(planned.files));
  yield* differing("plan, bytes", String(bytes), String(planned.bytes));
  yield* differing("plan, digest of its rows", digest.digest("hex"), String(planned.rowsSha256));
}

type Counted = "plan" | "examined" | "examined WHERE outcome = 'examined'" | "embedded" | `"match"` | "rematch" | "keptCodes";

function countOf(database: RecordDatabase, rows: Counted): number {
  return Number(database.prepare<[], { count: bigint }>(`SELECT count(*) AS count FROM ${rows}`).get()?.count ?? 0n);
}
