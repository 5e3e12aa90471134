import type { CaseLock } from "./case-lock.ts";
import { batchesOf, sampleOf } from "./batches.ts";
import { canonicalBytes, emptyHead, sha256 } from "./canonical.ts";
import { endWriteAheadLog, type RecordDatabase, unlessDamaged } from "./database.ts";
import { type CodeVault, keptCodesRows } from "./kept-codes.ts";
import { type LogSummary, appendLog, damage } from "./log.ts";
import { rowsWriter } from "./insert-rows.ts";
import { matchedBy, matchedEntries, sumOf } from "./first-match.ts";
import type { LogClock } from "./log-clock.ts";
import type { EntriesMatched, RecordWriter } from "./record.ts";
import { headAfter, resultRowsOf } from "./result-rows.ts";
import { embeddedColumns, examinedColumns, keptCodesColumns, matchColumns } from "./schema.ts";
import type { LogBodies, LogKind } from "./view.ts";
import { planDifferences, writePlanRows } from "./write-plan.ts";

/** What a writer holds open; it lets all of it go in `release`. */
export interface WriterParts {
  readonly database: RecordDatabase;
  readonly lock: CaseLock;
  readonly clock: LogClock;
  readonly summary: LogSummary;
  /** Null where codes are not kept. */
  readonly vault: CodeVault | null;
}

const nothingPlanned: LogBodies["planned"] = { entries: 0, files: 0, bytes: "0", folders: 0, rowsSha256: "" };
const ownKinds: readonly LogKind[] = ["opened", "planned", "batch", "closed", "clock", "migrated", "pass"];

/** The writer that goes on where the log ends. Errors: Failure("record-damaged") when the rows are not those that the log tells of. */
export function recordWriter({ database, lock, clock, summary, vault }: WriterParts): RecordWriter {
  let { chain, planned } = summary;
  let closed = summary.closed !== null;
  let released = false;
  let nextEntry = summary.lastBatch === null ? 0 : summary.lastBatch.lastEntry + 1;
  let head: Uint8Array = summary.lastBatch === null ? emptyHead : Buffer.from(summary.lastBatch.resultsHead, "hex");
  /** Counted when somebody asks for the first time, and from then on with what is appended. */
  let matched: EntriesMatched | null = null;
  const countsOf = matchedBy(summary.opened.lists);
  checkCounts(database, planned?.entries ?? 0, nextEntry);

  const writeExamined = rowsWriter(database, "examined", examinedColumns);
  const writeEmbedded = rowsWriter(database, "embedded", embeddedColumns);
  const writeMatches = rowsWriter(database, "match", matchColumns);
  const writeCodes = vault === null ? null : rowsWriter(database, "keptCodes", keptCodesColumns);
  const inTransaction = <Result>(work: () => Result): Result => database.transaction(work).immediate();
  const requireOpen = (): void => {
    if (released || closed) throw new Error(`record: found it ${closed ? "finished" : "released"}, expected it open for writing`);
  };
  const write = <Kind extends LogKind>(kind: Kind, body: LogBodies[Kind]): void => {
    chain = inTransaction(() => appendLog(database, chain, clock, kind, body));
  };
  const release = (): void => {
    if (released) return;
    released = true;
    try {
      database.close();
    } finally {
      lock.release();
    }
  };
  const releaseAsOneFile = (): void => {
    if (released) return;
    try {
      endWriteAheadLog(database);
    } finally {
      release();
    }
  };

  return {
    get planned() {
      return planned !== null;
    },
    get nextEntry() {
      return nextEntry;
    },
    get closed() {
      return closed;
    },
    get plan() {
      return planned ?? nothingPlanned;
    },
    writePlan(entries, foldersListed, order) {
      requireOpen();
      if (planned !== null) throw new Error("record: found a plan, expected none yet");
      [chain, planned] = inTransaction(() => {
        const body = writePlanRows(database, entries, foldersListed, order);
        return [appendLog(database, chain, clock, "planned", body), body];
      });
    },
    planDifferences: (entries) => inTransaction(() => planDifferences(database, entries)),
    sample: (most) => sampleOf(database, planned?.entries ?? 0, most),
    batches: () => batchesOf(database, nextEntry),
    append(results) {
      requireOpen();
      const end = nextEntry + results.length;
      if (planned === null || results.length === 0 || end > planned.entries)
        throw new RangeError(`record: found ${results.length} results from entry ${nextEntry} on, expected 1 to ${(planned?.entries ?? 0) - nextEntry}`);
      const wrong = results.findIndex(({ finding }, index) => finding.no !== nextEntry + index);
      if (wrong >= 0) throw new RangeError(`record: found a result of entry ${results[wrong]?.finding.no}, expected entry ${nextEntry + wrong}`);
      const rows = results.map((result) => resultRowsOf(result, summary.opened));
      const codes = vault === null ? null : results.flatMap(({ finding }) => keptCodesRows(finding, vault));
      [chain, head] = inTransaction(() => {
        const matches = rows.flatMap((row) => row.matches);
        writeExamined(rows.map((row) => row.examined));
        writeEmbedded(rows.flatMap((row) => row.embedded));
        writeMatches(matches);
        writeCodes?.(codes ?? []);
        const running = rows.reduce(headAfter, head);
        const kept = codes === null ? {} : { codes: codes.length, codesSha256: sha256(...codes.map(canonicalBytes)).toString("hex") };
        const body = { firstEntry: nextEntry, lastEntry: end - 1, matches: matches.length, resultsHead: Buffer.from(running).toString("hex"), elapsedMs: Math.round(clock.elapsedMs()), ...kept };
        return [appendLog(database, chain, clock, "batch", body), running];
      });
      nextEntry = end;
      if (matched !== null) for (const { matches } of results) if (matches.length > 0) matched = sumOf(matched, countsOf(matches));
    },
    entriesMatched: () => (matched ??= matchedEntries(database, summary.opened.lists)),
    log(kind, body) {
      requireOpen();
      if (ownKinds.includes(kind)) throw new RangeError(`record: found a ${kind} row from outside, expected none: the record writes these itself`);
      write(kind, body);
    },
    finish(elapsedMs, spent) {
      requireOpen();
      if (planned === null || nextEntry !== planned.entries) throw new Error(`record: found ${nextEntry} result rows, expected ${planned === null ? "a plan" : planned.entries}`);
      write("closed", { resultsHead: Buffer.from(head).toString("hex"), elapsedMs: summary.elapsedMs + elapsedMs, ...spent });
      closed = true;
      releaseAsOneFile();
    },
    release,
    releaseAsOneFile,
  };
}

function checkCounts(database: RecordDatabase, planned: number, examined: number): void {
  for (const [table, column, expected] of [["plan", "no", planned], ["examined", "entry", examined]] as const) {
    const last = unlessDamaged(() => database.prepare<[], { last: bigint | null }>(`SELECT max(${column}) AS last FROM ${table}`).get()?.last ?? null);
    const found = last === null ? 0 : Number(last) + 1;
    if (found !== expected) throw damage({ where: `rows of ${table}`, found: String(found), expected: String(expected) });
  }
}
