import { existsSync, realpathSync } from "node:fs";
import { hostname } from "node:os";
import { basename, dirname, resolve } from "node:path";
import { Failure, outcomeStatuses, systemCode } from "../failure.ts";
import { pathBytes, pathText } from "../path-text.ts";
import { appendReportRow, settleRecord } from "../record/open-record.ts";
import { openRecord } from "../record/open-view.ts";
import type { ReportLimits } from "../record/view.ts";
import type { ReportFormat } from "../reports/format.ts";
import { formats } from "../reports/formats.ts";
import { now } from "./clock.ts";
import { custody } from "./custody.ts";
import { type Redaction, redactionOf, writeRedacted } from "./write-redacted.ts";
import { evidenceAt, refuseOutputInside } from "./evidence-checks.ts";
import { writeOut } from "./standard-output.ts";
import { userName } from "./user-name.ts";
import { ownVersion } from "./version.ts";
import { writeReport, type WrittenReport } from "./write-report.ts";

export interface ReportCommandOptions {
  readonly format: string;
  readonly output?: string;
  readonly all?: boolean;
  readonly countsOnly?: boolean;
  readonly names?: "redacted";
  readonly annexTo?: readonly string[];
}

/** `blindmatch report`. Gives the exit status. */
export async function runReport(folder: string, options: ReportCommandOptions): Promise<number> {
  const format = formats.find(({ name }) => name === options.format);
  if (format === undefined) throw new Failure("usage", `--format: found ${options.format}, expected one of ${formats.map(({ name }) => name).join(", ")}`);
  if (options.all === true && !format.rowsPerEntry)
    throw new Failure("usage", `--all: found --format ${format.name}, expected one of ${formats.filter(({ rowsPerEntry }) => rowsPerEntry).map(({ name }) => name).join(", ")}`);
  const { countsOnly, redaction } = limitsOf(format, options);
  if (options.output === undefined && process.stdout.isTTY)
    throw new Failure("usage", "report: found a terminal on standard output, expected a file or a pipe: file names are never shown on a terminal; give --output FILE");
  settleIfPossible(resolve(folder));
  const record = openRecord(resolve(folder));
  const making = { madeAt: now(), version: ownVersion(), ofRows: record.chain.rows };
  let written: WrittenReport | undefined;
  let limits: ReportLimits = countsOnly ? { countsOnly } : {};
  try {
    if (options.output !== undefined) refuseOutputInEvidence(record.header.evidence, "--output", options.output);
    const rendering = { all: options.all ?? false, countsOnly, ...making };
    if (options.output === undefined) await writeOut(format.render(record, rendering));
    else if (redaction === null) written = writeReport(resolve(options.output), format, record, rendering);
    else ({ written, limits } = await writeRedacted(resolve(options.output), format, record, rendering, redaction));
  } finally {
    record.close();
  }
  const fileName = options.output === undefined ? "standard output" : pathText(Buffer.from(basename(options.output)));
  try {
    appendReportRow(resolve(folder), { format: format.name, all: options.all ?? false, fileName, ...limits, by: userName(), host: hostname(), ...(written === undefined ? {} : { ...written, ...making, ...elsewhere(folder, options.output) }) }, custody());
  } catch (thrown) {
    // The report is made, and right: a scan that is at work, or a medium that cannot be written to, only keeps it out of the custody log.
    if (!(thrown instanceof Failure) && systemCode(thrown) === null) throw thrown;
    process.stderr.write(`blindmatch: the report is complete, but the record could not note that it was made: ${(thrown as Error).message}\n`);
  }
  return outcomeStatuses.complete;
}

/** What is to be left out. Errors: Failure("usage") for a format that cannot, and for names that would have no place to go. */
function limitsOf(format: ReportFormat, options: ReportCommandOptions): { readonly countsOnly: boolean; readonly redaction: Redaction | null } {
  const countsOnly = options.countsOnly === true;
  const option = countsOnly ? "--counts-only" : "--names";
  if ((countsOnly || options.names !== undefined) && format.restrictable !== true)
    throw new Failure("usage", `${option}: found --format ${format.name}, expected one of ${formats.filter(({ restrictable }) => restrictable === true).map(({ name }) => name).join(", ")}`);
  return { countsOnly, redaction: redactionOf(options) };
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
