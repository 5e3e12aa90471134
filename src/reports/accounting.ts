import { Failure } from "../failure.ts";
import type { EntryRow, RecordView, Tally, Totals } from "../record/view.ts";
import { type MatchSort, matchSorts, rowsOfSort } from "./match-terms.ts";

/**
 * The record's totals, after they were seen to add up: seen = examined + unread + pending, and unread = the sum over its reasons, in entries and in bytes.
 *
 * Errors: Failure("record-damaged") with the numbers; a report that does not add up is not written.
 */
export function checkedTotals(record: RecordView): Totals {
  const totals = record.totals();
  const parts = sumOf([totals.examined, totals.unread, totals.pending]);
  same("entries seen", totals.seen.entries, parts.entries);
  same("bytes seen", totals.seen.bytes, parts.bytes);
  const reasons = sumOf(Object.values(totals.unreadByReason));
  same("unread entries by reason", reasons.entries, totals.unread.entries);
  same("unread bytes by reason", reasons.bytes, totals.unread.bytes);
  if (record.complete) same("pending entries of a complete record", totals.pending.entries, 0);
  const { any, exact, md5Only } = totals.entriesMatched;
  const sorts = matchSorts.map((sort) => totals.entriesMatched[sort]);
  if (any < Math.max(...sorts) || any > sorts.reduce((sum, count) => sum + count, 0)) {
    throw new Failure("record-damaged", `record: entries matched: found ${any}, expected the union of ${sorts.join(", ")}`);
  }
  if (md5Only > exact) throw new Failure("record-damaged", `record: entries matched in MD5 alone: found ${md5Only}, expected at most the ${exact} that match exactly`);
  return totals;
}

/** Throws when the match rows that were written are not those that the totals count. */
export function checkMatchRows(written: Readonly<Record<MatchSort, number>>, totals: Totals, selected?: (counts: Totals["matches"][number]) => boolean): void {
  const expected = rowsOfSort(totals, selected);
  for (const sort of matchSorts) same(`${sort} match rows`, written[sort], expected[sort]);
}

/** For counting rows of entries by what became of them. */
export function noEntryRows(): Record<EntryRow["outcome"], number> {
  return { examined: 0, "without-content": 0, unread: 0, pending: 0 };
}

/** Throws when the rows of entries that were written are not those that the totals count. */
export function checkEntryRows(written: ReturnType<typeof noEntryRows>, totals: Totals): void {
  same("entry rows (examined)", written.examined + written["without-content"], totals.examined.entries);
  same("entry rows (without content)", written["without-content"], totals.withoutContent);
  same("entry rows (unread)", written.unread, totals.unread.entries);
  same("entry rows (pending)", written.pending, totals.pending.entries);
}

/** Throws Failure("record-damaged") unless two counts of the same thing are equal. */
export function same(what: string, found: number | bigint, expected: number | bigint): void {
  if (BigInt(found) !== BigInt(expected)) throw new Failure("record-damaged", `record: ${what}: found ${found}, expected ${expected}`);
}

function sumOf(tallies: readonly Tally[]): Tally {
  return tallies.reduce((sum, tally) => ({ entries: sum.entries + tally.entries, bytes: sum.bytes + tally.bytes }), { entries: 0, bytes: 0n });
}
