import { cryptographicAlgorithms } from "../model.ts";
import { pathText } from "../path-text.ts";
import type { EntryRow, RecordView } from "../record/view.ts";
import { checkedTotals } from "./accounting.ts";
import { caseStatements } from "./case-statements.ts";
import { checkRows } from "./checked-rows.ts";
import type { ReportFormat, ReportOptions } from "./format.ts";
import { hexText } from "./plain-text.ts";

/**
 * A known-files list of hashdeep 1.0 with every file that was examined, so that the evidence can be audited with that program (`hashdeep -r -l -a -k FILE .` in its root).
 *
 * Shape: the two header lines, comment lines (`##`) with what the case comes to and with each entry that was not examined, then one row a file: size, the digests
 *        that were computed and that hashdeep knows (not BLAKE3), the path from the root as path text, behind "./" as that program has it. Names that are not printable or hold a backslash are
 *        written otherwise than they are, reversibly, and count as moved in an audit.
 * Errors: Failure("record-damaged") when the record's rows and totals disagree.
 * Source: hashdeep's manual page.
 */
export const hashdeep: ReportFormat = { name: "hashdeep", extension: "hashdeep.txt", rowsPerEntry: false, forPrograms: true, render };

function* render(record: RecordView, options: ReportOptions): Generator<string> {
  const totals = checkedTotals(record);
  const algorithms = cryptographicAlgorithms.filter((name) => name !== "blake3" && record.header.options.digests.includes(name));
  yield `%%%% HASHDEEP-1.0\n%%%% size,${algorithms.join(",")},filename\n`;
  for (const { subject, sentence } of caseStatements(record, totals, options)) yield `## ${subject}: ${sentence}\n`;
  for (const entry of record.entries()) {
    if (entry.outcome === "examined") yield `${[entry.sizeBytes, ...algorithms.map((name) => hexOf(entry, name)), `./${pathText(entry.path)}`].join(",")}\n`;
    else if (entry.kind === "file" || entry.kind === "folder") yield `## ${entry.outcome === "pending" ? "not yet reached" : `unread (${entry.reason ?? "no reason recorded"})`}: ${pathText(entry.path)}\n`;
  }
  checkRows(record, totals);
}

/** An entry of another digest than the case computes is a row that the record refuses. */
function hexOf({ digests }: EntryRow, algorithm: (typeof cryptographicAlgorithms)[number]): string {
  const digest = digests[algorithm];
  return digest === undefined ? "" : hexText(digest);
}
