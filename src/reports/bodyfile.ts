import { pathText } from "../path-text.ts";
import type { EntryRow, RecordView } from "../record/view.ts";
import { checkedTotals, checkEntryRows, noEntryRows } from "./accounting.ts";
import { caseStatements } from "./case-statements.ts";
import { checkRows } from "./checked-rows.ts";
import type { ReportFormat, ReportOptions } from "./format.ts";
import { hexText } from "./plain-text.ts";

/**
 * The body file of The Sleuth Kit, from which `mactime` makes a timeline.
 *
 * Shape: comment lines (`#`) with what the case comes to, then one line for every entry that was seen: MD5 (0 where there is none), name, inode, mode, user and
 *        group (0: the record has neither), size, times of access, content, status and creation in whole seconds since 1970 (0 where the file system states none).
 *        Names as path text in which a vertical bar is `\u{7c}`. Behind an entry that was not examined stands `\{unread: REASON}` or `\{not yet reached}`: no escape of path text begins with
 *        `\{`, so what stands before it (read from the left, for a backslash of the name is doubled) is the name, of which `pathBytes` gives the bytes.
 * Errors: Failure("record-damaged") when the record's rows and totals disagree.
 * Source: The Sleuth Kit's wiki, "Body file", version 3.
 */
export const bodyfile: ReportFormat = { name: "bodyfile", extension: "body", rowsPerEntry: false, forPrograms: true, render };

function* render(record: RecordView, options: ReportOptions): Generator<string> {
  const totals = checkedTotals(record);
  for (const { subject, sentence } of caseStatements(record, totals, options)) yield `# ${subject}: ${sentence}\n`;
  const entries = noEntryRows();
  for (const entry of record.entries()) {
    entries[entry.outcome] += 1;
    yield `${lineOf(entry).join("|")}\n`;
  }
  checkEntryRows(entries, totals);
  checkRows(record, totals);
}

function lineOf(entry: EntryRow): readonly (string | number | bigint)[] {
  const { md5 } = entry.digests;
  const times = [entry.accessedNs, entry.modifiedNs, entry.changedNs, entry.createdNs].map(wholeSeconds);
  return [md5 === undefined ? "0" : hexText(md5), nameOf(entry), entry.inode, modeText(entry), 0, 0, entry.sizeBytes, ...times];
}

function nameOf({ path, outcome, reason }: EntryRow): string {
  const name = pathText(path).replaceAll("|", "\\u{7c}");
  if (outcome === "unread") return `${name}\\{unread: ${reason ?? "no reason recorded"}}`;
  return outcome === "pending" ? `${name}\\{not yet reached}` : name;
}

/** Rounded down, also before 1970. */
function wholeSeconds(ns: bigint): bigint {
  const seconds = ns / 1_000_000_000n;
  return ns < 0n && seconds * 1_000_000_000n !== ns ? seconds - 1n : seconds;
}

/** The Sleuth Kit's letters of a kind of name and of a kind of inode. For sockets they differ: the inode's letter "s" and the name's letter "h" are shadow inodes of Solaris. */
const kindLetters: Readonly<Record<EntryRow["kind"], readonly [name: string, inode: string]>> = {
  file: ["r", "r"],
  folder: ["d", "d"],
  link: ["l", "l"],
  fifo: ["p", "p"],
  socket: ["s", "h"],
  "character-device": ["c", "c"],
  "block-device": ["b", "b"],
};

/** "r/rrwxr-xr-x", the kind of the name, a slash, the kind of the inode and its permissions. */
function modeText({ kind, mode }: EntryRow): string {
  const letters = [..."rwxrwxrwx"].map((letter, at) => ((mode >> (8 - at)) % 2 === 1 ? letter : "-"));
  const [name, inode] = kindLetters[kind];
  return `${name}/${inode}${letters.join("")}`;
}
