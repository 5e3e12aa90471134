import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Failure, systemCode } from "../failure.ts";
import { pathText } from "../path-text.ts";
import { appendReportRow } from "../record/open-record.ts";
import { openRecord } from "../record/open-view.ts";
import { formats } from "../reports/formats.ts";
import { answerSentence, completenessSentence, exitStatusOf, outcomeOfRecord } from "../reports/summary.ts";
import { now } from "./clock.ts";
import { custody } from "./custody.ts";
import { ownVersion } from "./version.ts";
import { writeNewFile } from "./write-file.ts";

/**
 * Writes every format's report of a finished case into its folder, those that were not written yet, and notes each in the record.
 *
 * Shape:  the paths. A file is the case's own report only when the record holds its SHA-256; any other file of that name is left alone and the
 *         report gets the next free number.
 */
export function writeReports(folder: string): string[] {
  const noted = notedReports(folder);
  return formats.map((format) => {
    for (let number = 1; ; number++) {
      const fileName = `report${number === 1 ? "" : `-${number}`}.${format.extension}`;
      const path = join(folder, fileName);
      const found = sha256Of(path);
      if (found !== null && noted.get(fileName) === found) return path;
      if (found !== null) continue;
      const record = openRecord(folder);
      const making = { madeAt: now(), version: ownVersion(), ofRows: record.chain.rows };
      let sha256: string;
      try {
        sha256 = writeNewFile(path, format.render(record, { all: false, ...making }));
      } finally {
        record.close();
      }
      appendReportRow(folder, { format: format.name, all: false, fileName, sha256, ...making }, custody());
      return path;
    }
  });
}

function notedReports(folder: string): ReadonlyMap<string, string> {
  const record = openRecord(folder);
  try {
    const noted = new Map<string, string>();
    let closed = false;
    for (const row of record.log()) {
      if (row.kind === "closed") closed = true;
      if (row.kind === "report" && closed && !row.body.all && row.body.sha256 !== undefined) noted.set(row.body.fileName, row.body.sha256);
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
