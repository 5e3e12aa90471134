import type { LogBodies, LogRow, RecordView } from "../record/view.ts";

/** A log row that tells of a report which lies in the case folder, with the SHA-256 of its file. */
export type ReportRow = Extract<LogRow, { readonly kind: "report" }> & { readonly body: { readonly sha256: string } };

/** What alters no result and no count. */
const addsNothing: readonly LogRow["kind"][] = ["report", "sealed", "clock", "migrated", "warning"];

/** The reports of a case folder: of each file the last row that names it. Shape: by the file's printable name. */
export function reportRows(record: RecordView): ReadonlyMap<string, ReportRow> {
  const rows = new Map<string, ReportRow>();
  for (const row of record.log()) if (isOfFolder(row)) rows.set(row.body.fileName, row);
  return rows;
}

/** Names of all files that the reports of a case folder consist of, further pages and annexes included. Shape: only of rows later than `after`. */
export function reportFiles(record: RecordView, after = 0): readonly string[] {
  const rows = [...reportRows(record)].filter(([, { seq }]) => seq > after);
  return rows.flatMap(([name, { body }]) => [name, ...filesBeside(body).map(({ fileName }) => fileName)]);
}

/** What belongs to a report beside its first file: further pages of a large one, and the annex of one whose names are redacted. */
export function filesBeside({ pages = [], redaction }: LogBodies["report"]): readonly { readonly fileName: string; readonly sha256: string }[] {
  return redaction === undefined ? pages : [...pages, redaction.annex];
}

/** SHA-256 of every report that was ever made of the case, wherever it was written. */
export function* everyReport(record: RecordView): Generator<ReportRow> {
  for (const row of record.log()) if (row.kind === "report" && row.body.sha256 !== undefined) yield row as ReportRow;
}

/** The record as it was when it had so many rows; null where the rows since may have altered more than its log. */
export function viewOf(record: RecordView, rows: number): RecordView | null {
  let head: string | null = null;
  for (const { seq, kind, hash } of record.log()) {
    if (seq === rows) head = hash;
    if (seq > rows && !addsNothing.includes(kind)) return null;
  }
  return head === null ? null : { ...record, chain: { head, rows }, log: () => rowsUpTo(record, rows) };
}

function* rowsUpTo(record: RecordView, last: number): Generator<LogRow> {
  for (const row of record.log()) {
    if (row.seq > last) return;
    yield row;
  }
}

function isOfFolder(row: LogRow): row is ReportRow {
  return row.kind === "report" && row.body.sha256 !== undefined && row.body.elsewhere !== true;
}
