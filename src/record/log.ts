import { beyondSchema } from "./beyond-schema.ts";
import { canonicalBytes, canonicalJson, emptyHead, sha256 } from "./canonical.ts";
import type { CaseLock } from "./case-lock.ts";
import type { RecordDatabase } from "./database.ts";
import { Failure } from "../failure.ts";
import { type ClockReading, clockMovement, type LogClock } from "./log-clock.ts";
import { paged, pageRows } from "./pages.ts";
import { insertInto, logColumns, type SchemaVersion } from "./schema.ts";
import type { LogBodies, LogKind, LogRow } from "./view.ts";

/** Where a record is not as it must be. No content, only counts and digests of the record's own rows. */
export interface Discrepancy {
  readonly where: string;
  readonly found: string;
  readonly expected: string;
}

/** The log's hash chain so far. Shape: `head` 32 bytes, all zero before the first row; `at` of its last row; `since`: when this session last compared its clocks, null before its first row. */
export interface Chain {
  readonly rows: number;
  readonly head: Uint8Array;
  readonly at: string | null;
  readonly since: ClockReading | null;
}

/** What a writer and a reader must know of a log before anything else; null for kinds that have no row yet. */
export interface LogSummary {
  readonly chain: Chain;
  readonly opened: LogBodies["opened"];
  readonly planned: LogBodies["planned"] | null;
  readonly lastBatch: LogBodies["batch"] | null;
  readonly closed: LogBodies["closed"] | null;
  readonly closedAt: string | null;
  /** The passes after the scan's own, each with the time of its row. */
  readonly passes: readonly { readonly at: string; readonly body: LogBodies["pass"] }[];
  /** How long the scan's sessions took together, as far as their rows tell. Units: milliseconds. */
  readonly elapsedMs: number;
}

export const emptyChain: Chain = { rows: 0, head: emptyHead, at: null, since: null };

/** Writes the next log row, and before it what the clocks did meanwhile; part of the caller's transaction. Gives the chain as it is once that is committed. */
export function appendLog<Kind extends LogKind>(database: RecordDatabase, chain: Chain, clock: LogClock, kind: Kind, body: LogBodies[Kind]): Chain {
  const at = clock.now();
  const reading = { wallMs: clock.wallMs(at), elapsedMs: clock.elapsedMs() };
  const moved = clockMovement(reading, chain.since, chain.at === null ? null : clock.wallMs(chain.at));
  const told = moved === null ? chain : appendRow(database, chain, at, "clock", moved);
  // Compared with where the session began, or was last found apart: many small steps are no smaller than one.
  return { ...appendRow(database, told, at, kind, body), since: moved === null ? (chain.since ?? reading) : reading };
}

/** Writes down whose lock was taken over, if anybody's was; part of the caller's transaction. */
export function appendWarnings(database: RecordDatabase, chain: Chain, clock: LogClock, lock: Pick<CaseLock, "takenOver">): Chain {
  return warningsOf(lock).reduce((grown, message) => appendLog(database, grown, clock, "warning", { message }), chain);
}

export function warningsOf({ takenOver }: Pick<CaseLock, "takenOver">): readonly string[] {
  return takenOver === null ? [] : [`record.lock: ${takenOver}`];
}

function appendRow(database: RecordDatabase, chain: Chain, at: string, kind: LogKind, body: object): Chain {
  const seq = chain.rows + 1;
  const text = canonicalJson(body);
  const head = sha256(canonicalBytes([seq, at, kind, text, chain.head]));
  database.prepare(insertInto("log", logColumns)).run(seq, at, kind, text, chain.head, head);
  return { ...chain, rows: seq, head, at };
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

/** Reads the whole log and checks its chain. Errors: Failure("record-damaged") for the first row that does not fit, in the chain or to the schema. */
export function summaryOf(database: RecordDatabase, version: SchemaVersion): LogSummary {
  let opened: LogBodies["opened"] | null = null;
  let planned: LogBodies["planned"] | null = null;
  let lastBatch: LogBodies["batch"] | null = null;
  let closed: LogBodies["closed"] | null = null;
  let closedAt: string | null = null;
  let chain = emptyChain;
  const passes: { at: string; body: LogBodies["pass"] }[] = [];
  const elapsed = elapsedMs();
  for (const { row, hash, wrong } of checkedLog(database)) {
    const [first] = wrong;
    if (first !== undefined || row === null) throw damage(first ?? { where: "log", found: "a broken row", expected: "a whole one" });
    for (const misfit of beyondSchema(row, version)) throw damage(misfit);
    if (row.kind === "opened") opened ??= row.body;
    if (row.kind === "planned") planned = row.body;
    if (row.kind === "batch") lastBatch = row.body;
    if (row.kind === "closed") [closed, closedAt] = [row.body, row.at];
    if (row.kind === "pass") passes.push({ at: row.at, body: row.body });
    elapsed.add(row);
    chain = { rows: row.seq, head: hash, at: row.at, since: null };
  }
  if (opened === null) throw damage({ where: "log", found: "no row of kind opened", expected: "one" });
  return { chain, opened, planned, lastBatch, closed, closedAt, passes, elapsedMs: elapsed.total() };
}

/** Adds the sessions of a scan up. A session's time is that of its last row which states one, so that it survives a kill. */
export function elapsedMs(): { add(row: LogRow): void; total(): number } {
  let before = 0;
  let session = 0;
  return {
    add(row) {
      if (row.kind === "resumed") [before, session] = [before + session, 0];
      // Rows of version 4 state none.
      if (row.kind === "batch" || row.kind === "interrupted" || row.kind === "stopped") session = row.body.elapsedMs ?? session;
    },
    total: () => before + session,
  };
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
