import { basename, dirname } from "node:path";
import { pathText } from "../path-text.ts";
import { openRecord } from "../record/open-view.ts";
import type { LogRow, RecordView } from "../record/view.ts";
import { counted } from "../reports/quantity.ts";
import { digestOf } from "./case-files.ts";
import { type Check, holds, note, unlessRefused, wrong } from "./check.ts";
import { everyReport, type ReportRow } from "./report-rows.ts";

/** What adds results to a case. */
const addsResults: readonly LogRow["kind"][] = ["batch", "pass", "closed"];

/**
 * One report, wherever it lies: the case must know its bytes, and those of the further pages beside it.
 *
 * Shape: `file` an absolute path. An annex is known by itself, and not looked for beside its report, which may go to readers who must not have it. Of a further page it is said which one of which report it is, and that the others were not looked at.
 */
export function* checkOneReport(folder: string, file: string): Generator<Check> {
  const [place, own] = [dirname(file), pathText(Buffer.from(basename(file)))];
  const name = pathText(Buffer.from(file));
  const sha256 = digestOf(place, own)?.sha256 ?? "of no file";
  const record = openRecord(folder);
  try {
    const rows = [...everyReport(record)];
    const whole = rows.find(({ body }) => body.sha256 === sha256);
    if (whole !== undefined) {
      yield holds(`${name}: the ${described(whole, record)}`);
      yield* checkPages(place, own, whole);
      return yield* laterResults(name, whole, record);
    }
    const annexed = rows.find(({ body }) => body.redaction?.annex.sha256 === sha256);
    if (annexed !== undefined) return yield holds(`${name}: the annex with the names of ${annexed.body.fileName}, the ${described(annexed, record)}`);
    const pages = rows.flatMap((row) => (row.body.pages ?? []).map((page, nth) => ({ row, page, number: nth + 2 })).filter(({ page }) => page.sha256 === sha256));
    const found = pages.find(({ page }) => page.fileName === own) ?? pages[0];
    if (found === undefined) return yield wrong(name, `SHA-256 ${sha256}, which no row of the record tells of`, "a report of this case");
    const { row, page, number } = found;
    const which = `page ${number} of ${(row.body.pages?.length ?? 0) + 1} of report ${row.body.fileName}`;
    if (page.fileName !== own) return yield wrong(name, `${which}, whose file is ${page.fileName}`, "each page under the name that the others link to");
    yield holds(`${name}: ${which}, the ${described(row, record)}`);
    yield note(`${name}: the other pages were not looked at; verify ${row.body.fileName} for all of them`);
    yield* laterResults(name, row, record);
  } finally {
    record.close();
  }
}

function described({ seq, at, body }: ReportRow, { header }: RecordView): string {
  return `${body.format} report of row ${seq} of the record, made ${body.madeAt ?? at} (case ${header.caseNumber}, exhibit ${header.exhibit})`;
}

/** The first page links to the others by the names that the record has. */
function* checkPages(place: string, own: string, { seq, body }: ReportRow): Generator<Check> {
  const pages = body.pages ?? [];
  let sound = true;
  for (const [nth, { fileName, sha256 }] of pages.entries())
    for (const check of unlessRefused(function* () {
      const where = `${fileName}, page ${nth + 2} of ${own}`;
      const found = digestOf(place, fileName);
      if (found === null) yield wrong(where, "no such file beside it", `the page that row ${seq} of the record tells of`);
      else if (found.sha256 !== sha256) yield wrong(where, `SHA-256 ${found.sha256}`, `${sha256}, as row ${seq} of the record has it`);
    })) {
      sound = false;
      yield check;
    }
  if (sound && pages.length > 0) yield holds(`${own}: ${counted(pages.length, "further page lies", "further pages lie")} beside it, with the SHA-256 that row ${seq} of the record has`);
}

/** A report stays true of the time when it was made; whoever reads it must know that there is a later answer. */
function* laterResults(name: string, { seq, body }: ReportRow, record: RecordView): Generator<Check> {
  const later = [...record.log()].filter((row) => row.seq > (body.ofRows ?? seq) && addsResults.includes(row.kind));
  const [first] = later;
  if (first !== undefined) yield note(`${name}: results were added to the case since it was made (row ${first.seq} of the record, ${first.at}: ${[...new Set(later.map(({ kind }) => kind))].join(", ")}); a later report has them`);
}
