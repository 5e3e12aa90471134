import { createHash } from "node:crypto";
import { readdirSync, readFileSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import { Failure, systemCode } from "../failure.ts";
import { pathText } from "../path-text.ts";
import { appendReportRow } from "../record/open-record.ts";
import { openRecord } from "../record/open-view.ts";
import type { LogBodies } from "../record/view.ts";
import { formats } from "../reports/formats.ts";
import { answerSentence, completenessSentence, exitStatusOf, outcomeOfRecord } from "../reports/summary.ts";
import { now } from "./clock.ts";
import { custody } from "./custody.ts";
import { ownVersion } from "./version.ts";
import { writeReport, type WrittenReport } from "./write-report.ts";

/**
 * Writes every format's report of a finished case into its folder, those that were not written yet, and notes each in the record.
 *
 * Shape:  the paths, of a report of several pages that of the first one. A file is the case's own report only when the record holds its SHA-256, and those of
 *         its pages; any other file of that name, and pages without the first one, which a kill left, are left alone and the report gets the next free number.
 */
export function writeReports(folder: string): string[] {
  const noted = notedReports(folder);
  return formats.map((format) => {
    for (let number = 1; ; number++) {
      const stem = `report${number === 1 ? "" : `-${number}`}`;
      const fileName = `${stem}.${format.extension}`;
      const path = join(folder, fileName);
      const known = noted.get(fileName);
      if (isWhole(folder, known)) return path;
      if (known !== undefined && sha256Of(path) === null) removePages(folder, known);
      if (sha256Of(path) !== null || (format.furtherPages !== undefined && hasPages(folder, stem, format.extension))) continue;
      const record = openRecord(folder);
      const making = { madeAt: now(), version: ownVersion(), ofRows: record.chain.rows };
      // The row before the name: a kill after the name would leave a report that the record knows nothing of, and the next one would be called otherwise.
      const note = (written: WrittenReport): void => {
        record.close();
        appendReportRow(folder, { format: format.name, all: false, fileName, ...written, ...making }, custody());
      };
      try {
        writeReport(path, format, record, { all: false, ...making }, note);
      } finally {
        record.close();
      }
      return path;
    }
  });
}

/** True when a report that the record notes is there, each of its files as it was written. */
function isWhole(folder: string, noted: LogBodies["report"] | undefined): boolean {
  return noted !== undefined && [noted, ...(noted.pages ?? [])].every(({ fileName, sha256 }) => sha256 !== undefined && sha256Of(join(folder, fileName)) === sha256);
}

/** Pages of a report whose first page a kill kept from getting its name: it is made anew under the same one. */
function removePages(folder: string, { pages = [] }: LogBodies["report"]): void {
  for (const { fileName, sha256 } of pages) if (sha256Of(join(folder, fileName)) === sha256) unlinkSync(join(folder, fileName));
}

/** True when further pages of a report of that name are there, whether or not its first one is. */
function hasPages(folder: string, stem: string, extension: string): boolean {
  return readdirSync(folder).some((name) => name.startsWith(`${stem}.`) && name.endsWith(`.${extension}`) && name !== `${stem}.${extension}`);
}

function notedReports(folder: string): ReadonlyMap<string, LogBodies["report"]> {
  const record = openRecord(folder);
  try {
    const noted = new Map<string, LogBodies["report"]>();
    let closed = false;
    for (const row of record.log()) {
      if (row.kind === "closed") closed = true;
      // What was made before a further pass does not show it.
      if (row.kind === "pass") noted.clear();
      if (row.kind === "report" && closed && !row.body.all && row.body.sha256 !== undefined) noted.set(row.body.fileName, row.body);
    }
    return noted;
  } finally {
    record.close();
  }
}

function sha256Of(path: string): string | null {
  try {
    return createHash("sha256").update(readFileSync(path)).digest("hex");
  } catch (thrown) {
    if (systemCode(thrown) === "ENOENT") return null;
    throw thrown;
  }
}

/** Prints what the scan came to, in counts; gives the exit status. */
export function tellOutcome(folder: string, reports: readonly string[], json: boolean, out: (text: string) => void): number {
  const record = openRecord(folder);
  try {
    const totals = record.totals();
    const status = exitStatusOf(record, totals);
    const printable = reports.map((path) => pathText(Buffer.from(path)));
    if (json) {
      const { seen, examined, unread, entriesMatched } = totals;
      const tally = ({ entries, bytes }: { entries: number; bytes: bigint }) => ({ entries, bytes: String(bytes) });
      const outcome = outcomeOfRecord(record, totals);
      out(`${JSON.stringify({ event: "finished", outcome, exitStatus: status, seen: tally(seen), examined: tally(examined), unread: tally(unread), matched: entriesMatched, reports: printable })}\n`);
    } else out([answerSentence(record, totals), completenessSentence(totals), ...printable.map((path) => `report: ${path}`), ""].join("\n"));
    if (outcomeOfRecord(record, totals) === "evidence-changed")
      throw new Failure("evidence-changed", "evidence: its device recorded writes, or its mount, the times of its entries or its image changed during the scan, expected none of it; the report shows both states, and cannot show that the evidence stayed untouched");
    return status;
  } finally {
    record.close();
  }
}
