import { closeSync } from "node:fs";
import { pathBytes, pathText } from "../path-text.ts";
import type { RecordView } from "../record/view.ts";
import type { ReportFormat, ReportOptions } from "../reports/format.ts";
import { formats } from "../reports/formats.ts";
import { redactedView } from "../reports/redacted-view.ts";
import { blocksOf, digestOf, opened } from "./case-files.ts";
import { type Check, holds, note, unlessRefused, wrong } from "./check.ts";
import { keyedDigestOf } from "./names-annex.ts";
import { filesBeside, type ReportRow, reportRows, viewOf } from "./report-rows.ts";

/**
 * Every report of the case: its SHA-256 against the record's log, and its text against one made anew from the record.
 *
 * Shape: `version` is this program's; what another one wrote may be worded otherwise, so that its SHA-256 alone is compared.
 */
export function* checkReports(folder: string, record: RecordView, version: string): Generator<Check> {
  for (const [name, row] of reportRows(record)) yield* unlessRefused(() => checkReport(folder, name, row, record, version));
}

function* checkReport(folder: string, name: string, row: ReportRow, record: RecordView, version: string): Generator<Check> {
  const { seq, body } = row;
  const faults = [...checkDigest(folder, name, body.sha256, seq), ...filesBeside(body).flatMap((file) => [...checkDigest(folder, file.fileName, file.sha256, seq)])];
  yield* faults;
  if (faults.length > 0) return;
  const pages = body.pages?.length ?? 0;
  const same = `${name}${pages === 0 ? "" : ` and ${pages} further ${pages === 1 ? "page" : "pages"}`}: its SHA-256 is the one of row ${seq} of the record`;
  const making = makingOf(name, row, record, version);
  if (typeof making === "string") return yield note(`${same}; not made anew, for ${making}`);
  const wrongTexts = [...checkTexts(folder, making)];
  yield* wrongTexts;
  if (wrongTexts.length === 0) yield holds(`${same}, and the record gives the same text when it is made anew`);
}

function* checkDigest(folder: string, name: string, sha256: string, seq: number): Generator<Check> {
  const found = digestOf(folder, name);
  if (found === null) yield wrong(name, "no such file", `the report that row ${seq} of the record tells of`);
  else if (found.sha256 !== sha256) yield wrong(name, `SHA-256 ${found.sha256}`, `${sha256}, as row ${seq} of the record has it`);
}

function* checkTexts(folder: string, files: Iterable<ReportFile>): Generator<Check> {
  for (const { fileName, text } of files) {
    const differs = firstDifference(folder, fileName, text);
    if (differs !== null) yield wrong(fileName, `other text than the record gives, from byte ${differs.byte} (line ${differs.line}) on`, "the same report when it is made anew");
  }
}

/** One file of a report, under its printable name. */
interface ReportFile {
  readonly fileName: string;
  readonly text: Iterable<string>;
}

/** The files of the report once more, or why they cannot be made. */
function makingOf(name: string, { body }: ReportRow, record: RecordView, version: string): Iterable<ReportFile> | string {
  const format = formats.find(({ name }) => name === body.format);
  if (format === undefined) return `this version knows no format ${body.format}`;
  if (body.madeAt === undefined || body.version === undefined || body.ofRows === undefined) return "its row does not tell what it was made of";
  if (body.version !== version) return `version ${body.version} wrote it and this is ${version}`;
  const view = viewOf(record, body.ofRows);
  if (view === null) return "results were added since";
  const shown = body.redaction === undefined ? view : redactedView(view, keyedDigestOf(body.redaction.key));
  return filesOf(format, shown, { all: body.all, countsOnly: body.countsOnly === true, madeAt: body.madeAt, version: body.version, fileName: Buffer.from(pathBytes(name)).toString() });
}

function* filesOf(format: ReportFormat, view: RecordView, options: ReportOptions & { readonly fileName: string }): Generator<ReportFile> {
  yield { fileName: pathText(Buffer.from(options.fileName)), text: format.render(view, options) };
  for (const { fileName, text } of format.furtherPages?.(view, options) ?? []) yield { fileName: pathText(Buffer.from(fileName)), text };
}

/** Where a file is not the text. Shape: the text is drawn to its end in any case, as a page must be before the next one. Units: bytes from 0, lines from 1. */
function firstDifference(folder: string, name: string, text: Iterable<string>): Difference | null {
  const descriptor = opened(folder, name);
  if (descriptor === null) return drawn(text, { byte: 0, line: 1 });
  let byte = 0;
  let line = 1;
  let differs = false;
  let found: Buffer = Buffer.alloc(0);
  const file = blocksOf(descriptor);
  try {
    for (const piece of text) {
      for (let rest = Buffer.from(differs ? "" : piece, "utf8"); rest.length > 0 && !differs; ) {
        if (found.length === 0) found = file.next().value ?? Buffer.alloc(0);
        const length = Math.min(rest.length, found.length);
        let same = 0;
        for (; same < length && found[same] === rest[same]; same++) if (rest[same] === 0x0a) line += 1;
        byte += same;
        differs = same < length || length === 0;
        [rest, found] = [rest.subarray(length), found.subarray(length)];
      }
    }
    return differs || found.length > 0 || file.next().done !== true ? { byte, line } : null;
  } finally {
    closeSync(descriptor);
  }
}

interface Difference {
  readonly byte: number;
  readonly line: number;
}

function drawn(text: Iterable<string>, difference: Difference): Difference {
  const pieces = text[Symbol.iterator]();
  while (pieces.next().done !== true) continue;
  return difference;
}
