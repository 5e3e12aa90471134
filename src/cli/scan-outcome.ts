import { existsSync } from "node:fs";
import { join } from "node:path";
import { outcomeStatuses } from "../failure.ts";
import { openRecord } from "../record/open-view.ts";
import { formats } from "../reports/formats.ts";
import { answerSentence, completenessSentence, outcomeOf } from "../reports/summary.ts";
import { now } from "./clock.ts";
import { ownVersion } from "./version.ts";
import { writeNewFile } from "./write-file.ts";

/** Writes every format's report into the case folder, those that are not there yet. Gives all their paths. */
export function writeReports(folder: string): string[] {
  return formats.map((format) => {
    const path = join(folder, `report.${format.extension}`);
    if (existsSync(path)) return path;
    const record = openRecord(folder);
    try {
      writeNewFile(path, format.render(record, { all: false, madeAt: now(), version: ownVersion() }));
    } finally {
      record.close();
    }
    return path;
  });
}

/** Prints what the scan came to, in counts; gives the exit status. */
export function tellOutcome(folder: string, reports: readonly string[], json: boolean, out: (text: string) => void): number {
  const record = openRecord(folder);
  try {
    const totals = record.totals();
    const outcome = outcomeOf(totals, record.complete, record.header.options, record.lists);
    const status = outcomeStatuses[outcome];
    if (json) {
      const { seen, examined, unread, entriesMatched } = totals;
      const tally = ({ entries, bytes }: { entries: number; bytes: bigint }) => ({ entries, bytes: String(bytes) });
      out(`${JSON.stringify({ event: "finished", outcome, exitStatus: status, seen: tally(seen), examined: tally(examined), unread: tally(unread), matched: entriesMatched, reports })}\n`);
    } else out([answerSentence(record), completenessSentence(totals), ...reports.map((path) => `report: ${path}`), ""].join("\n"));
    return status;
  } finally {
    record.close();
  }
}
