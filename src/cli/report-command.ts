import { existsSync, realpathSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import { Failure, outcomeStatuses, systemCode } from "../failure.ts";
import { pathBytes, pathText } from "../path-text.ts";
import { appendReportRow } from "../record/open-record.ts";
import { openRecord } from "../record/open-view.ts";
import { formats } from "../reports/formats.ts";
import { now } from "./clock.ts";
import { custody } from "./custody.ts";
import { evidenceAt, refuseOutputInside } from "./evidence-checks.ts";
import { writeOut } from "./standard-output.ts";
import { ownVersion } from "./version.ts";
import { writeReport, type WrittenReport } from "./write-report.ts";

export interface ReportCommandOptions {
  readonly format: string;
  readonly output?: string;
  readonly all?: boolean;
}

/** `blindmatch report`. Gives the exit status. */
export async function runReport(folder: string, options: ReportCommandOptions): Promise<number> {
  const format = formats.find(({ name }) => name === options.format);
  if (format === undefined) throw new Failure("usage", `--format: found ${options.format}, expected one of ${formats.map(({ name }) => name).join(", ")}`);
  if (options.all === true && !format.rowsPerEntry)
    throw new Failure("usage", `--all: found --format ${format.name}, expected one of ${formats.filter(({ rowsPerEntry }) => rowsPerEntry).map(({ name }) => name).join(", ")}`);
  if (options.output === undefined && process.stdout.isTTY)
    throw new Failure("usage", "report: found a terminal on standard output, expected a file or a pipe: file names are never shown on a terminal; give --output FILE");
  const record = openRecord(resolve(folder));
  const making = { madeAt: now(), version: ownVersion(), ofRows: record.chain.rows };
  let written: WrittenReport | undefined;
  try {
    if (options.output !== undefined) refuseOutputInEvidence(record.header.evidence, "--output", options.output);
    const rendering = { all: options.all ?? false, ...making };
    if (options.output === undefined) await writeOut(format.render(record, rendering));
    else written = writeReport(resolve(options.output), format, record, rendering);
  } finally {
    record.close();
  }
  const fileName = options.output === undefined ? "standard output" : pathText(Buffer.from(basename(options.output)));
  try {
    appendReportRow(resolve(folder), { format: format.name, all: options.all ?? false, fileName, ...(written === undefined ? {} : { ...written, ...making, ...elsewhere(folder, options.output) }) }, custody());
  } catch (thrown) {
    // The report is made, and right: a scan that is at work, or a medium that cannot be written to, only keeps it out of the custody log.
    if (!(thrown instanceof Failure) && systemCode(thrown) === null) throw thrown;
    process.stderr.write(`blindmatch: the report is complete, but the record could not note that it was made: ${(thrown as Error).message}\n`);
  }
  return outcomeStatuses.complete;
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
