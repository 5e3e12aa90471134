import { canonicalBytes, canonicalJson, emptyHead, sha256 } from "./canonical.ts";
import type { RecordDatabase } from "./database.ts";
import { Failure } from "../failure.ts";
import { paged, pageRows } from "./pages.ts";
import { insertInto, logColumns } from "./schema.ts";
import type { LogBodies, LogKind, LogRow } from "./view.ts";

/** Where a record is not as it must be. No content, only counts and digests of the record's own rows. */
export interface Discrepancy {
  readonly where: string;
  readonly found: string;
  readonly expected: string;
}

/** The log's hash chain so far. Shape: `head` 32 bytes, all zero before the first row. */
export interface Chain {
  readonly rows: number;
  readonly head: Uint8Array;
}

/** What a writer and a reader must know of a log before anything else; null for kinds that have no row yet. */
export interface LogSummary {
  readonly chain: Chain;
  readonly opened: LogBodies["opened"];
  readonly planned: LogBodies["planned"] | null;
  readonly lastBatch: LogBodies["batch"] | null;
  readonly closed: LogBodies["closed"] | null;
}

export const emptyChain: Chain = { rows: 0, head: emptyHead };

/** Writes the next log row; part of the caller's transaction. Gives the chain as it is once that is committed. */
export function appendLog<Kind extends LogKind>(database: RecordDatabase, chain: Chain, at: string, kind: Kind, body: LogBodies[Kind]): Chain {
  const seq = chain.rows + 1;
  const text = canonicalJson(body);
  const head = sha256(canonicalBytes([seq, at, kind, text, chain.head]));
  database.prepare(insertInto("log", logColumns)).run(seq, at, kind, text, chain.head, head);
  return { rows: seq, head };
}

interface StoredLogRow {
  readonly seq: bigint;
  readonly at: string;
  readonly kind: string;
  readonly body: string;
  readonly prev: Uint8Array;
  readonly hash: Uint8Array;
}

/** Log rows in order, each with what is wrong with its place in the chain. `row` is null when its body is no JSON object. */
export function* checkedLog(database: RecordDatabase): Generator<{ readonly row: LogRow | null; readonly hash: Uint8Array; readonly wrong: readonly Discrepancy[] }> {
  const page = database.prepare<[bigint, number], StoredLogRow>(`SELECT ${logColumns.join(", ")} FROM log WHERE seq > ? ORDER BY seq LIMIT ?`);
  const lowest = -(2n ** 63n);
  let seq = 1n;
  let prev: Uint8Array = emptyHead;
  for (const stored of paged(lowest, (after) => page.all(after, pageRows), (row) => row.seq)) {
    const where = `log row ${stored.seq}`;
    const row = parsed(stored);
    yield {
      row,
      hash: stored.hash,
      wrong: [
        ...differing("log, number of a row", String(stored.seq), String(seq)),
        ...differing(`${where}, link to the row before`, hex(stored.prev), hex(prev)),
        ...differing(`${where}, hash`, hex(stored.hash), hex(sha256(canonicalBytes([stored.seq, stored.at, stored.kind, stored.body, stored.prev])))),
        ...differing(`${where}, body`, row === null ? "no JSON object" : "a JSON object", "a JSON object"),
      ],
    };
    seq = stored.seq + 1n;
    prev = stored.hash;
  }
}

/** One discrepancy, or none when both are the same. */
export function differing(where: string, found: string, expected: string): readonly Discrepancy[] {
  return found === expected ? [] : [{ where, found, expected }];
}

/** Reads the whole log and checks its chain. Errors: Failure("record-damaged") for the first row that does not fit. */
export function summaryOf(database: RecordDatabase): LogSummary {
  let opened: LogBodies["opened"] | null = null;
  let planned: LogBodies["planned"] | null = null;
  let lastBatch: LogBodies["batch"] | null = null;
  let closed: LogBodies["closed"] | null = null;
  let chain = emptyChain;
  for (const { row, hash, wrong } of checkedLog(database)) {
    const [first] = wrong;
    if (first !== undefined || row === null) throw damage(first ?? { where: "log", found: "a broken row", expected: "a whole one" });
    if (row.kind === "opened") opened ??= row.body;
    if (row.kind === "planned") planned = row.body;
    if (row.kind === "batch") lastBatch = row.body;
    if (row.kind === "closed") closed = row.body;
    chain = { rows: row.seq, head: hash };
  }
  if (opened === null) throw damage({ where: "log", found: "no row of kind opened", expected: "one" });
  return { chain, opened, planned, lastBatch, closed };
}

/** A discrepancy as the error that stops the program. */
export function damage({ where, found, expected }: Discrepancy): Failure {
  return new Failure("record-damaged", `record, ${where}: found ${found}, expected ${expected}`);
}

function parsed({ seq, at, kind, body, hash }: StoredLogRow): LogRow | null {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === "object" && value !== null ? ({ seq: Number(seq), at, kind, body: value, hash: hex(hash) } as LogRow) : null;
  } catch {
    return null;
  }
}

/** A damaged row may hold anything in place of its hashes. */
function hex(value: unknown): string {
  return value instanceof Uint8Array ? Buffer.from(value).toString("hex") : "no bytes";
}
