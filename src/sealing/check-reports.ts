import { closeSync } from "node:fs";
import type { RecordView } from "../record/view.ts";
import { formats } from "../reports/formats.ts";
import { blocksOf, digestOf, opened } from "./case-files.ts";
import { type Check, holds, note, unlessRefused, wrong } from "./check.ts";
import { type ReportRow, reportRows, viewOf } from "./report-rows.ts";

/**
 * Every report of the case: its SHA-256 against the record's log, and its text against one made anew from the record.
 *
 * Shape: `version` is this program's; what another one wrote may be worded otherwise, so that its SHA-256 alone is compared.
 */
export function* checkReports(folder: string, record: RecordView, version: string): Generator<Check> {
  for (const [name, row] of reportRows(record)) yield* unlessRefused(() => checkReport(folder, name, row, record, version));
}

function* checkReport(folder: string, name: string, row: ReportRow, record: RecordView, version: string): Generator<Check> {
  const found = digestOf(folder, name);
  if (found === null) return yield wrong(name, "no such file", `the report that row ${row.seq} of the record tells of`);
  if (found.sha256 !== row.body.sha256) return yield wrong(name, `SHA-256 ${found.sha256}`, `${row.body.sha256}, as row ${row.seq} of the record has it`);
  const same = `${name}: its SHA-256 is the one of row ${row.seq} of the record`;
  const making = makingOf(row, record, version);
  if (typeof making === "string") return yield note(`${same}; not made anew, for ${making}`);
  const differs = firstDifference(folder, name, making);
  if (differs !== null) yield wrong(name, `other text than the record gives, from byte ${differs.byte} (line ${differs.line}) on`, "the same report when it is made anew");
  else yield holds(`${same}, and the record gives the same text when it is made anew`);
}

/** The report's text once more, or why it cannot be made. */
function makingOf({ body }: ReportRow, record: RecordView, version: string): Iterable<string> | string {
  const format = formats.find(({ name }) => name === body.format);
  if (format === undefined) return `this version knows no format ${body.format}`;
  if (body.madeAt === undefined || body.version === undefined || body.ofRows === undefined) return "its row does not tell what it was made of";
  if (body.version !== version) return `version ${body.version} wrote it and this is ${version}`;
  const view = viewOf(record, body.ofRows);
  return view === null ? "results were added since" : format.render(view, { all: body.all, madeAt: body.madeAt, version: body.version });
}

/** Where a file is not the text. Units: bytes from 0, lines from 1. */
function firstDifference(folder: string, name: string, text: Iterable<string>): { readonly byte: number; readonly line: number } | null {
  const descriptor = opened(folder, name);
  if (descriptor === null) return { byte: 0, line: 1 };
  let byte = 0;
  let line = 1;
  let found: Buffer = Buffer.alloc(0);
  const file = blocksOf(descriptor);
  try {
    for (const piece of text) {
      for (let rest = Buffer.from(piece, "utf8"); rest.length > 0; ) {
        if (found.length === 0) found = file.next().value ?? Buffer.alloc(0);
        const length = Math.min(rest.length, found.length);
        if (length === 0) return { byte, line };
        for (let at = 0; at < length; at++) {
          if (found[at] !== rest[at]) return { byte: byte + at, line };
          if (rest[at] === 0x0a) line += 1;
        }
        byte += length;
        [rest, found] = [rest.subarray(length), found.subarray(length)];
      }
    }
    return found.length > 0 || file.next().done !== true ? { byte, line } : null;
  } finally {
    closeSync(descriptor);
  }
}
