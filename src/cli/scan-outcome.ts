import { lstatSync, readdirSync, unlinkSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { Failure } from "../failure.ts";
import { pathText } from "../path-text.ts";
import { appendReportRow } from "../record/open-record.ts";
import { openRecord, openSoundRecord } from "../record/open-view.ts";
import type { ReportFormat } from "../reports/format.ts";
import { formats } from "../reports/formats.ts";
import { answerSentence, completenessSentence, exitStatusOf, outcomeOfRecord } from "../reports/summary.ts";
import { digestOf, pathIn } from "../sealing/case-files.ts";
import { now } from "./clock.ts";
import { custody } from "./custody.ts";
import { sweepParts } from "./sweep.ts";
import { userName } from "./user-name.ts";
import { ownVersion } from "./version.ts";
import { writeReport, type WrittenReport } from "./write-report.ts";

/**
 * Writes the reports of a case that is finished, or was stopped as was asked for, into its folder, those that were not written yet, and notes each in the record: every format but those
 * for other programs.
 *
 * Shape:  the paths, of a report of several pages that of the first one. A file is the case's own report only when the record holds its SHA-256, and those of
 *         its pages. One that the record notes and that lacks a file, as a kill leaves it, is made anew under its name. Any other file of that name is left alone
 *         and the report gets the next free number; so it does where a report of that name was sealed.
 * Errors: Failure("record-damaged") for a record that does not verify, with nothing written; as of `writeReport` and `appendReportRow`.
 */
export function writeReports(folder: string): string[] {
  // Once for all of them, and for the answer that is told even where all reports are there.
  openSoundRecord(folder).close();
  sweepParts(folder);
  const noted = notedReports(folder);
  return formats.filter(({ forPrograms }) => forPrograms !== true).map((format) => {
    for (let number = 1; ; number++) {
      const stem = `report${number === 1 ? "" : `-${number}`}`;
      const fileName = `${stem}.${format.extension}`;
      const path = join(folder, fileName);
      const known = noted.get(fileName);
      const files = known === undefined ? [] : filesOf(known);
      const states = files.map((file) => stateOf(folder, file));
      if (known?.isCurrent === true && states.every((state) => state === "whole")) return path;
      if (known?.isSealed === true) continue;
      // What a kill left of a report: pages that are whole, or nothing. With another file among them it is no longer what was written, and is left for everybody to see.
      const left = states.includes("missing") && !states.includes("other") ? files.filter((_, index) => states[index] === "whole").map((file) => file.fileName) : [];
      if (readdirSync(folder).some((name) => isOfReport(name, stem, format) && !left.includes(name))) continue;
      for (const name of left) unlinkSync(join(folder, name));
      const record = openRecord(folder);
      const making = { madeAt: now(), version: ownVersion(), ofRows: record.chain.rows };
      // The row before the names: a kill after the first of them would leave files that the record knows nothing of, and the next report would be called otherwise.
      const note = (written: WrittenReport): void => {
        record.close();
        appendReportRow(folder, { format: format.name, all: false, fileName, by: userName(), host: hostname(), ...written, ...making }, custody());
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

interface NotedFile {
  readonly fileName: string;
  readonly sha256: string;
}

/** The last row of a report that lies in the case folder. */
interface NotedReport extends NotedFile {
  readonly pages: readonly NotedFile[];
  /** Whether it is what this function writes, of all that the record holds by now. */
  readonly isCurrent: boolean;
  /** Whether a seal came after a report of that name: its files are somebody's proof, be they there or not. */
  readonly isSealed: boolean;
}

function filesOf(report: NotedReport): readonly NotedFile[] {
  return [report, ...report.pages];
}

/** Whether a file that the record notes is there as it was written. */
function stateOf(folder: string, { fileName, sha256 }: NotedFile): "whole" | "missing" | "other" {
  const found = lstatSync(pathIn(folder, fileName), { throwIfNoEntry: false });
  if (found === undefined) return "missing";
  return found.isFile() && digestOf(folder, fileName)?.sha256 === sha256 ? "whole" : "other";
}

/** Whether a name is that of a report or, where the format has such, of a further page of it. */
function isOfReport(name: string, stem: string, { extension, furtherPages }: ReportFormat): boolean {
  return name === `${stem}.${extension}` || (furtherPages !== undefined && name.startsWith(`${stem}.`) && name.endsWith(`.${extension}`));
}

function notedReports(folder: string): ReadonlyMap<string, NotedReport> {
  const record = openRecord(folder);
  try {
    const noted = new Map<string, NotedReport>();
    const all = (altered: Partial<NotedReport>): void => {
      for (const [name, report] of noted) noted.set(name, { ...report, ...altered });
    };
    let ended = false;
    for (const { kind, body } of record.log()) {
      if (kind === "closed" || kind === "stopped") ended = true;
      // What was made before further results, or a further pass, does not show them.
      if (kind === "batch" || kind === "closed" || kind === "pass") all({ isCurrent: false });
      if (kind === "batch") ended = false;
      if (kind === "sealed") all({ isSealed: true });
      if (kind !== "report" || body.sha256 === undefined || body.elsewhere === true) continue;
      const { fileName, sha256, pages = [] } = body;
      noted.set(fileName, { fileName, sha256, pages, isCurrent: ended && !body.all && body.countsOnly !== true && body.redaction === undefined, isSealed: noted.get(fileName)?.isSealed ?? false });
    }
    return noted;
  } finally {
    record.close();
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
      out(`${JSON.stringify({ event: record.complete ? "finished" : "stopped", outcome, exitStatus: status, seen: tally(seen), examined: tally(examined), unread: tally(unread), matched: entriesMatched, reports: printable })}\n`);
    } else out([answerSentence(record, totals), completenessSentence(totals), ...printable.map((path) => `report: ${path}`), ""].join("\n"));
    if (outcomeOfRecord(record, totals) === "evidence-changed")
      throw new Failure("evidence-changed", "evidence: its device recorded writes, or its mount, the times of its entries or its image changed during the scan, expected none of it; the reports say what was found to be different, and cannot show that the evidence stayed untouched");
    return status;
  } finally {
    record.close();
  }
}
