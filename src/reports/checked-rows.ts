import { pictureStatuses, unreadReasons } from "../model.ts";
import type { RecordView, Totals } from "../record/view.ts";
import { checkMatchRows, same } from "./accounting.ts";
import { historyOf } from "./history.ts";
import { listAt, noRows, sortOf } from "./match-terms.ts";
import { checkPictureRows, noPictureRows, pictureGaps } from "./picture-terms.ts";

/**
 * Goes through the rows that a format does not list itself, so that no format passes over a record whose rows and totals disagree.
 *
 * Errors: Failure("record-damaged").
 */
export function checkRows(record: RecordView, totals: Totals): void {
  historyOf(record);
  const rows = noRows();
  for (const match of record.matches()) {
    listAt(record, match.list);
    rows[sortOf(match)] += 1;
  }
  checkMatchRows(rows, totals);
  let unread = 0;
  for (const { reason } of record.unread()) unread += reason !== null && reason in unreadReasons ? 1 : 0;
  same("unread rows", unread, totals.unread.entries);
  const pictures = noPictureRows();
  for (const { status, comparison } of pictureGaps(record, totals)) pictures[comparison] += status in pictureStatuses ? 1 : 0;
  checkPictureRows(pictures, record, totals);
}
