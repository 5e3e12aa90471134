import { cryptographicAlgorithms } from "../model.ts";
import { pathText } from "../path-text.ts";
import type { EntryRow, RecordView } from "../record/view.ts";
import { checkedTotals } from "./accounting.ts";
import { caseStatements } from "./case-statements.ts";
import { checkRows } from "./checked-rows.ts";
import { fileAndStream, streamsListed } from "./container-chain.ts";
import type { ReportFormat, ReportOptions } from "./format.ts";
import { hexText } from "./plain-text.ts";
import { grouped } from "./quantity.ts";

/**
 * A known-files list of hashdeep 1.0 with every file that was examined, so that the evidence can be audited with that program (`hashdeep -o f -r -l -a -k FILE .` in its
 * root; without `-o f` it waits for ever at a FIFO, and follows links).
 *
 * Shape: the two header lines, comment lines (`##`) with what the case comes to and with each entry that was not examined, then one row a file: size, the digests
 *        that were computed and that hashdeep knows (not BLAKE3), the path from the root behind "./", as that program has it. The path stands as it is, whatever its characters: hashdeep knows
 *        no escapes. One that a line of UTF-8 cannot hold stands as path text behind "path-text:"; an audit calls such a file moved, and a comment line at the end says how many there are.
 *        A stream is a comment line, for hashdeep does not list streams.
 * Errors: Failure("record-damaged") when the record's rows and totals disagree.
 * Source: hashdeep's manual page.
 */
export const hashdeep: ReportFormat = { name: "hashdeep", extension: "hashdeep.txt", rowsPerEntry: false, forPrograms: true, render };

function* render(record: RecordView, options: ReportOptions): Generator<string> {
  const totals = checkedTotals(record);
  const algorithms = cryptographicAlgorithms.filter((name) => name !== "blake3" && record.header.options.digests.includes(name));
  yield `%%%% HASHDEEP-1.0\n%%%% size,${algorithms.join(",")},filename\n`;
  for (const { subject, sentence } of caseStatements(record, totals, options)) yield `## ${subject}: ${sentence}\n`;
  const areStreams = streamsListed(record);
  let escapedNames = 0;
  for (const entry of record.entries()) {
    if (entry.outcome === "examined") {
      const sizeAndDigests = [entry.sizeBytes, ...algorithms.map((name) => hexOf(entry, name))].join(",");
      const name = fileAndStream(entry.path, areStreams).stream !== null ? null : auditedName(entry.path);
      if (name?.startsWith(escapedMark) === true) escapedNames += 1;
      yield name === null ? `## stream: ${sizeAndDigests},${pathText(entry.path)}\n` : `${sizeAndDigests},${name}\n`;
    }
    else if (entry.kind === "file" || entry.kind === "folder") yield `## ${entry.outcome === "pending" ? "not yet reached" : `unread (${entry.reason ?? "no reason recorded"})`}: ${pathText(entry.path)}\n`;
  }
  if (escapedNames > 0) yield `## escaped names: ${grouped(escapedNames)}, each behind "${escapedMark}", for a line of UTF-8 cannot hold it; of unchanged evidence an audit fails with as many files moved, and no new files.\n`;
  checkRows(record, totals);
}

/** No name that is written as it is begins so: before those stands "./". */
const escapedMark = "path-text:";
const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The name by which hashdeep finds a file. It reads lines, and cuts a CR off their ends. */
function auditedName(path: Uint8Array): string {
  try {
    const name = strict.decode(path);
    return /[\0\r\n]/.test(name) ? `${escapedMark}${pathText(path)}` : `./${name}`;
  } catch {
    return `${escapedMark}${pathText(path)}`;
  }
}

/** An entry of another digest than the case computes is a row that the record refuses. */
function hexOf({ digests }: EntryRow, algorithm: (typeof cryptographicAlgorithms)[number]): string {
  const digest = digests[algorithm];
  return digest === undefined ? "" : hexText(digest);
}
