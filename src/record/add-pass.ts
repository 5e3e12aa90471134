import { createHash, type Hash } from "node:crypto";
import { Failure, systemCode } from "../failure.ts";
import type { Match } from "../model.ts";
import { canonicalBytes } from "./canonical.ts";
import { type Custody, lockCase } from "./case-lock.ts";
import { openForReading, openForWriting, recognised, type RecordDatabase } from "./database.ts";
import { codeVault } from "./kept-codes.ts";
import { appendLog, damage, type LogSummary, summaryOf } from "./log.ts";
import { upToDate } from "./migrate.ts";
import { type RecordedFinding, recordedFindings } from "./pass-entries.ts";
import { listsOf, scanPass } from "./passes.ts";
import { matchValues } from "./result-rows.ts";
import { isSamePass } from "./same-case.ts";
import { insertInto, rematchColumns } from "./schema.ts";
import type { PassFacts } from "./view.ts";

/** A comparison of a finished case with further lists. */
export interface NewPass {
  readonly facts: PassFacts;
  /** The key that the case's codes are sealed with; needed when `facts.near` is "compared". */
  readonly codesKey: Uint8Array;
  /** Shape: `list` of a match indexes `facts.lists`. */
  readonly match: (recorded: RecordedFinding) => Promise<readonly Match[]>;
  /** Ends the pass with nothing written. */
  readonly interrupt: AbortSignal;
}

/** What became of it. `same`: pass `number` had the same lists and options, so that nothing was done. */
export type AddedPass = { readonly state: "added" | "same"; readonly number: number } | { readonly state: "interrupted" };

/**
 * Compares what a finished case recorded with further lists, and writes the matches and their log row in one transaction: all of it or nothing.
 *
 * Errors: Failure("record-partial") for a scan that has not ended; Failure("record-locked") while another process writes, or reads at the end; Failure("key-wrong")
 *         for codes under another key; Failure("record-damaged"), Failure("record-newer") as for reading; whatever `match` throws, with nothing written.
 */
export async function addPass(folder: string, custody: Custody, pass: NewPass): Promise<AddedPass> {
  openForReading(folder).close();
  const lock = lockCase(folder, custody);
  let database: RecordDatabase | null = null;
  try {
    database = openForWriting(folder);
    const version = recognised(database);
    if (version === "empty") throw damage({ where: "log", found: "nothing: the scan has not begun", expected: "a row of kind opened" });
    const summary = summaryOf(database);
    if (summary.closed === null)
      throw new Failure("record-partial", "record: found a scan that has not ended, expected a finished one; the scan's own command goes on with it, then a pass can be made");
    const same = [scanPass(summary.opened), ...summary.passes.map(({ body }) => body)].findIndex((earlier) => isSamePass(earlier, pass.facts));
    if (same >= 0) return { state: "same", number: same + 1 };
    return await written(database, upToDate(database, version, summary, custody), custody, pass);
  } finally {
    // An open transaction is rolled back.
    database?.close();
    lock.release();
  }
}

async function written(database: RecordDatabase, summary: LogSummary, custody: Custody, { facts, codesKey, match, interrupt }: NewPass): Promise<AddedPass> {
  const number = summary.passes.length + 2;
  const rows = passRowWriter(database, number, listsOf(summary).length, facts.lists.length);
  const { codes } = summary.opened;
  if (facts.near === "compared" && codes === undefined) throw new RangeError("record: found no kept codes, expected them for a near comparison");
  const vault = facts.near === "compared" && codes !== undefined ? codeVault(codesKey, codes) : null;
  database.exec("BEGIN IMMEDIATE");
  let entries = 0;
  for (const recorded of recordedFindings(database, vault)) {
    rows.add(recorded.finding.no, await match(recorded));
    entries += 1;
    // Signals come only between two turns of the event loop.
    if (entries % entriesPerTurn === 0) await new Promise((resolve) => setImmediate(resolve));
    if (interrupt.aborted) return { state: "interrupted" };
  }
  appendLog(database, summary.chain, custody, "pass", { ...facts, pass: number, entries, ...rows.ended() });
  commit(database);
  return { state: "added", number };
}

const entriesPerTurn = 1000;

interface PassRowWriter {
  add(entry: number, matches: readonly Match[]): void;
  ended(): { readonly matches: number; readonly matchesHead: string };
}

function passRowWriter(database: RecordDatabase, pass: number, firstList: number, listCount: number): PassRowWriter {
  const insert = database.prepare(insertInto("rematch", rematchColumns));
  const head: Hash = createHash("sha256");
  let count = 0;
  return {
    add(entry, matches) {
      const unknown = matches.find(({ list }) => list >= listCount);
      if (unknown !== undefined) throw new RangeError(`record, entry ${entry}: found a match of list ${unknown.list}, expected below ${listCount}`);
      const inOrder = matches.toSorted((one, other) => one.list - other.list || one.reference - other.reference);
      for (const [nth, match] of inOrder.entries()) {
        const values = [pass, ...matchValues(entry, nth, { ...match, list: firstList + match.list })];
        insert.run(values);
        head.update(canonicalBytes(values));
        count += 1;
      }
    },
    ended: () => ({ matches: count, matchesHead: head.digest("hex") }),
  };
}

function commit(database: RecordDatabase): void {
  try {
    database.exec("COMMIT");
  } catch (thrown) {
    if (systemCode(thrown) !== "SQLITE_BUSY") throw thrown;
    throw new Failure("record-locked", "record: found another program reading it, expected none when the pass is written; nothing was written: end that program, then give the same command again", thrown);
  }
}
