import type { LogRow, RecordView } from "../record/view.ts";

/** The record without what a warning says of places in the plan: a report of counts points at no entry. */
export function countsOnlyView(record: RecordView): RecordView {
  return {
    ...record,
    *log() {
      for (const row of record.log()) yield row.kind === "warning" ? withoutPlaces(row) : row;
    },
  };
}

function withoutPlaces(row: Extract<LogRow, { readonly kind: "warning" }>): LogRow {
  return { ...row, body: { message: row.body.message.replace(/ among the entries \d+ to \d+/, "") } };
}

/** What the log of a scan says where a decoder is doubted. Units: numbers of the first and the last entry whose pictures it may have answered wrongly about. */
export function doubtSentence(first: number, last: number): string {
  return `decoder: a process that had decoded pictures among the entries ${first} to ${last} was lost, or answered wrongly about a canary, expected right answers about it; these pictures were decoded again, each by a process of its own`;
}
