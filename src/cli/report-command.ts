import { existsSync, realpathSync } from "node:fs";
import { hostname } from "node:os";
import { basename, dirname, resolve } from "node:path";
import { Failure, outcomeStatuses, systemCode } from "../failure.ts";
import { pathBytes, pathText } from "../path-text.ts";
import { appendReportRow, settleRecord } from "../record/open-record.ts";
import { openSoundRecord } from "../record/open-view.ts";
import type { LogBodies } from "../record/view.ts";
import type { ReportFormat } from "../reports/format.ts";
import { formats } from "../reports/formats.ts";
import { jsonlSchema } from "../reports/jsonl-schema.ts";
import { now } from "./clock.ts";
import { custody } from "./custody.ts";
import { type Redaction, redactionOf, writeRedacted } from "./write-redacted.ts";
import { evidenceAt, refuseOutputInside } from "./evidence-checks.ts";
import { writeOut } from "./standard-output.ts";
import { userName } from "./user-name.ts";
import { ownVersion } from "./version.ts";
import { writeReport, type WrittenReport } from "./write-report.ts";

export interface ReportCommandOptions {
  readonly format?: string;
  readonly output?: string;
  readonly all?: boolean;
  readonly unredacted?: boolean;
  readonly countsOnly?: boolean;
  readonly names?: "redacted";
  readonly annexTo?: readonly string[];
  readonly schema?: boolean;
}

/** What is asked for, after it was seen to go together. */
interface Request {
  readonly format: ReportFormat;
  readonly output: string | undefined;
  readonly all: boolean;
  readonly countsOnly: boolean;
  readonly redaction: Redaction | null;
}

/** `blindmatch report`. Gives the exit status. */
export async function runReport(folder: string | undefined, options: ReportCommandOptions): Promise<number> {
  if (options.schema === true) {
    const others = [...(folder === undefined ? [] : ["a case folder"]), ...Object.keys(options).filter((name) => name !== "schema").map((name) => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`)];
    if (others.length > 0) throw new Failure("usage", `--schema: found ${others.join(", ")} beside it, expected nothing: the schema is of no case`);
    await writeOut([`${JSON.stringify(jsonlSchema, null, 2)}\n`]);
    return outcomeStatuses.complete;
  }
  if (folder === undefined) throw new Failure("usage", "report: found no case folder, expected one (or --schema)");
  const request = requestOf(options);
  const { format, output, all, countsOnly } = request;
  if (output === undefined && process.stdout.isTTY)
    throw new Failure("usage", "report: found a terminal on standard output, expected a file or a pipe: file names are never shown on a terminal; give --output FILE");
  settleIfPossible(resolve(folder));
  const fileName = output === undefined ? "standard output" : pathText(Buffer.from(basename(output)));
  const row = { format: format.name, all, fileName, ...(countsOnly ? { countsOnly } : {}), by: userName(), host: hostname(), ...(format.needsUnredacted === true ? { unredacted: true as const } : {}) };
  // Whatever becomes of it, that it was asked for is written down: for standard output before a byte of it goes out, for a file before that has its name.
  if (format.needsUnredacted === true && output === undefined) {
    // Nothing is added to a record that is damaged. It is let go before the row: SQLite writes to no file that is being read.
    openSoundRecord(resolve(folder)).close();
    appendReportRow(resolve(folder), row, custody());
  }
  const note = await makeReport(folder, request, row);
  try {
    note?.();
  } catch (thrown) {
    // The report is made, and right: a scan that is at work, or a medium that cannot be written to, only keeps it out of the custody log.
    if (!(thrown instanceof Failure) && systemCode(thrown) === null) throw thrown;
    process.stderr.write(`blindmatch: the report is complete, but the record could not note that it was made: ${(thrown as Error).message}\n`);
  }
  return outcomeStatuses.complete;
}

/** Gives what notes the report in the record, unless that is done. Errors: Failure("record-damaged") before a byte goes out, for a record that does not verify. */
async function makeReport(folder: string, { format, output, all, countsOnly, redaction }: Request, row: LogBodies["report"]): Promise<(() => void) | null> {
  const record = openSoundRecord(resolve(folder));
  const making = { madeAt: now(), version: ownVersion(), ofRows: record.chain.rows };
  const rendering = { all, countsOnly, ...making };
  const note = (more: Partial<LogBodies["report"]>): void => appendReportRow(resolve(folder), { ...row, ...more }, custody());
  const noteWritten = (written: WrittenReport): void => note({ ...written, ...making, ...elsewhere(folder, output) });
  try {
    if (output === undefined) {
      await writeOut(format.render(record, rendering));
      return format.needsUnredacted === true ? null : () => note({});
    }
    refuseOutputInEvidence(record.header.evidence, "--output", output);
    if (redaction !== null) {
      const { written, limits } = await writeRedacted(resolve(output), format, record, rendering, redaction);
      return () => note({ ...limits, ...written, ...making, ...elsewhere(folder, output) });
    }
    if (format.needsUnredacted !== true) {
      const written = writeReport(resolve(output), format, record, rendering);
      return () => noteWritten(written);
    }
    writeReport(resolve(output), format, record, rendering, (written) => {
      record.close();
      noteWritten(written);
    });
    return null;
  } finally {
    record.close();
  }
}

/** Errors: Failure("usage") for a format that cannot what is asked of it, and for names that would have no place to go. */
function requestOf({ format: name, all, unredacted, ...options }: ReportCommandOptions): Request {
  const format = formats.find((one) => one.name === name);
  if (format === undefined) throw new Failure("usage", `--format: found ${name ?? "none"}, expected one of ${namesWhere(() => true)}`);
  if (all === true && !format.rowsPerEntry) throw new Failure("usage", `--all: found --format ${format.name}, expected one of ${namesWhere(({ rowsPerEntry }) => rowsPerEntry)}`);
  if (format.needsUnredacted === true && unredacted !== true)
    throw new Failure("usage", `--format ${format.name}: found no --unredacted, expected it: this form takes file names and digests into other programs, and the record notes who asked for it`);
  if (unredacted === true && format.needsUnredacted !== true) throw new Failure("usage", `--unredacted: found --format ${format.name}, expected ${namesWhere(({ needsUnredacted }) => needsUnredacted === true)}`);
  const countsOnly = options.countsOnly === true;
  if ((countsOnly || options.names !== undefined) && format.restrictable !== true)
    throw new Failure("usage", `${countsOnly ? "--counts-only" : "--names"}: found --format ${format.name}, expected one of ${namesWhere(({ restrictable }) => restrictable === true)}`);
  return { format, output: options.output, all: all ?? false, countsOnly, redaction: redactionOf(options) };
}

function namesWhere(selected: (format: ReportFormat) => boolean): string {
  return formats.filter(selected).map(({ name }) => name).join(", ");
}

/** A case that a scan is writing to, or that lies where nothing can be written, is read as it is; where that cannot be, reading says why. */
function settleIfPossible(folder: string): void {
  try {
    settleRecord(folder, custody());
  } catch (thrown) {
    if (thrown instanceof Failure ? thrown.code !== "record-locked" : systemCode(thrown) === null) throw thrown;
  }
}

/** Whether the file that was written lies outside of the case folder: nobody looks for it there then. */
function elsewhere(folder: string, output: string | undefined): { readonly elsewhere?: true } {
  return output === undefined || realpathSync(dirname(resolve(output))) === realpathSync(folder) ? {} : { elsewhere: true };
}

/** Where the evidence is still mounted as it was for the scan, nothing is written into it. */
export function refuseOutputInEvidence(evidence: string, option: string, output: string): void {
  const root = Buffer.from(pathBytes(evidence)).toString();
  if (existsSync(root)) refuseOutputInside(evidenceAt(root), { [option]: resolve(output) });
}
