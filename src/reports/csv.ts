import { outcomeStatuses } from "../failure.ts";
import { type ListDescription, pictureStatuses, unreadReasons } from "../model.ts";
import type { EntryRow, MatchRow, RecordView, Totals } from "../record/view.ts";
import { checkedTotals, checkEntryRows, checkMatchRows, noEntryRows, same } from "./accounting.ts";
import { checkRows } from "./checked-rows.ts";
import { containersOf } from "./container-chain.ts";
import { countsOnlyView } from "./counts-only.ts";
import { caseRows } from "./csv-case-rows.ts";
import { type Cells, entryCells, headerLine, matchCells, row } from "./csv-rows.ts";
import { evidenceWrites } from "./evidence-writes.ts";
import { firstMatchText } from "./first-match.ts";
import type { ReportFormat, ReportOptions } from "./format.ts";
import { confinementSentence, historyOf, isolationSentence } from "./history.ts";
import { duplicatesSentence, listNotices, operatorStatement, signatureSentence } from "./list-terms.ts";
import { limitsOf } from "./limits.ts";
import { categoryTerms, digestsSentence, listAt, matchSorts, noRows, sortOf } from "./match-terms.ts";
import { nearCompared, notSearched } from "./not-searched.ts";
import { passOfList, passSentence } from "./pass-terms.ts";
import { checkPictureRows, gapOf, noPictureRows, pictureGaps } from "./picture-terms.ts";
import { readingOrderSentence, stoppedSentence } from "./reading-order.ts";
import { annexNameOf, redactionSentence } from "./redacted-view.ts";
import { answerSentence, completenessSentence, countsOnlySentence, endedOrPartial, exitMeaning, outcomeOfRecord } from "./summary.ts";
import { timesSentence } from "./times-source.ts";
import { warningsOf } from "./warnings.ts";

/**
 * One table for spreadsheets: UTF-8 with byte order mark, CRLF, every cell quoted.
 *
 * Shape: `row_type` tells the rows apart, every row has every column. First one `run` row (status ended or PARTIAL, in `reason` the outcome: complete, matches, incomplete, nothing-to-find or evidence-changed; the answer in `detail`); a `case` row for each of who, what, when and with what (its name in `status`); then a
 *        `match` row per match (what it says in `detail`), an `unread` row per entry not examined and a `picture` row per picture left without the near comparison
 *        (`compared` none) or compared in part or under a condition (in-part); with `all`, instead of those three, an `entry` row per entry with the numbers and sorts of its matches, a space between them. At the end `list`, `pass` (its lists in `count`), `total`
 *        (name in `status`, list and category where they apply, count in `count`; `digests` has in
 *        `algorithms` what was computed of every file, and the cells of other digests are empty; `first-match` is there where one is: what had been examined by then, but where only counts were asked for), `not-searched`, `override` (with `list` where one was set aside
 *        for a list: unsigned, older-version, same-version) and `warning` rows (with `list` where its signer does not state what it is), and last `end` (status and reason of `run`).
 *        `limit` rows say what an answer of a sort says and does not, and `detail` of a match what that match does. A `names` row stands where names are redacted, a `rows` row
 *        where only counts were asked for.
 *        A cell that a spreadsheet would take for a formula begins with an apostrophe; `path_base64` is the path's bytes beyond doubt. A time that the file system does not state is an empty cell.
 * Errors: Failure("record-damaged") when the record's rows and totals disagree.
 */
export const csv: ReportFormat = { name: "csv", extension: "csv", rowsPerEntry: true, restrictable: true, render };

function* render(given: RecordView, options: ReportOptions): Generator<string> {
  const record = options.countsOnly === true ? countsOnlyView(given) : given;
  const totals = checkedTotals(record);
  yield headerLine;
  const status = endedOrPartial(record);
  const outcome = outcomeOfRecord(record, totals);
  const { caseNumber, exhibit } = record.header;
  yield row("run", { status, reason: outcome, detail: `Case ${caseNumber}, exhibit ${exhibit}. ${answerSentence(record, totals)} Report made ${options.madeAt} by blindmatch ${options.version}.` });
  yield* caseRows(record, historyOf(record));
  if (record.namesRedacted === true) yield row("names", { status: "redacted", detail: redactionSentence(annexNameOf(options.fileName ?? "report")) });
  if (options.countsOnly === true) {
    checkRows(record, totals);
    yield row("rows", { status: "counts-only", detail: countsOnlySentence });
  } else yield* options.all ? entryRows(record, totals) : matchRows(record, totals);
  yield* closingRows(record, totals, options);
  yield row("end", { status, reason: outcome });
}

function* matchRows(record: RecordView, totals: Totals): Generator<string> {
  const rows = noRows();
  const containerOf = containersOf(record);
  for (const match of record.matches()) {
    rows[sortOf(match)] += 1;
    yield row("match", matchCells(record, match, containerOf(match)));
  }
  checkMatchRows(rows, totals);
  let unread = 0;
  for (const entry of record.unread()) {
    unread += 1;
    yield row("unread", { ...entryCells(entry), detail: entry.reason === null ? "" : unreadReasons[entry.reason] });
  }
  same("unread rows", unread, totals.unread.entries);
  const pictures = noPictureRows();
  for (const { entry, status, comparison } of pictureGaps(record, totals)) {
    pictures[comparison] += 1;
    yield row("picture", { ...entryCells(entry), compared: comparison, detail: pictureStatuses[status] });
  }
  checkPictureRows(pictures, record, totals);
}

function* entryRows(record: RecordView, totals: Totals): Generator<string> {
  const rows = noRows();
  const passes = record.passes.map(({ number }) => byEntry(record.matches(number)));
  const entries = noEntryRows();
  const pictures = noPictureRows();
  for (const entry of record.entries()) {
    const own = passes.flatMap((matchesOf) => matchesOf(entry.no));
    for (const match of own) rows[sortOf(match)] += 1;
    entries[entry.outcome] += 1;
    const gap = nearCompared(record) ? gapOf(entry) : null;
    if (gap !== null) pictures[gap.comparison] += 1;
    yield row("entry", entryWithMatches(entry, own));
  }
  checkEntryRows(entries, totals);
  checkMatchRows(rows, totals);
  checkPictureRows(pictures, record, totals);
}

/** Gives the matches of one entry after the other, entries being asked for in their order. */
function byEntry(rows: Iterable<MatchRow>): (entry: number) => readonly MatchRow[] {
  const matches = rows[Symbol.iterator]();
  let next = matches.next();
  return (entry) => {
    const own: MatchRow[] = [];
    for (; next.done !== true && next.value.entry.no === entry; next = matches.next()) own.push(next.value);
    return own;
  };
}

function entryWithMatches(entry: EntryRow, matches: readonly MatchRow[]): Cells {
  const sorts = matchSorts.filter((sort) => matches.some((match) => sortOf(match) === sort));
  const detail = entry.reason === null ? "" : unreadReasons[entry.reason];
  return { ...entryCells(entry), match: matches.map((match) => match.number).join(" "), match_sort: sorts.join(" "), detail };
}

function* closingRows(record: RecordView, totals: Totals, options: ReportOptions): Generator<string> {
  for (const [index, list] of record.lists.entries()) {
    const names = listCells(list, index + 1);
    const details = [
      `SHA-256 of the list file ${list.sha256}`,
      ...(list.plaintextSha256 === null ? [] : [`SHA-256 of what was encrypted in it ${list.plaintextSha256}`]),
      `rows read ${list.counts.rowsRead}`,
      duplicatesSentence(list) ?? "duplicates not counted",
      `scale ${list.scale.scale} ${list.scale.version}`,
      signatureSentence(list),
    ];
    yield row("list", { ...names, pass: `${passOfList(record, index).number}`, count: `${list.counts.rowsLoaded}`, detail: details.join("; ") });
  }
  for (const pass of record.passes) yield row("pass", { status: pass.near, pass: `${pass.number}`, count: `${pass.listCount}`, detail: passSentence(totals, pass) });
  for (const name of ["seen", "examined", "unread", "pending"] as const) {
    yield row("total", { status: name, count: `${totals[name].entries}`, size_bytes: `${totals[name].bytes}` });
  }
  for (const [reason, tally] of Object.entries(totals.unreadByReason)) {
    yield row("total", { status: "unread-by-reason", reason, count: `${tally.entries}`, size_bytes: `${tally.bytes}` });
  }
  for (const sort of [...matchSorts, "any"] as const) yield row("total", { status: "entries-matched", match_sort: sort, count: `${totals.entriesMatched[sort]}` });
  yield row("total", { status: "entries-md5-only", match_sort: "exact", algorithms: "md5", md5_only: "true", count: `${totals.entriesMatched.md5Only}`, detail: "Of the entries that match exactly, those each of whose exact matches rests on MD5 alone: collisions exist." });
  for (const counts of totals.matches) {
    const list = listAt(record, counts.list);
    const terms = categoryTerms(list, counts.category);
    const names = { list: `${counts.list + 1}`, list_kind: counts.kind, category: terms.code ?? "", category_label: terms.label ?? "", scale: terms.scale, disposition: terms.disposition ?? "" };
    for (const sort of matchSorts) yield row("total", { ...names, status: "match-rows", match_sort: sort, count: `${counts[sort]}` });
  }
  for (const [status, count] of Object.entries(totals.pictures)) yield row("total", { status: "pictures", picture: status, count: `${count}` });
  for (const [status, count] of Object.entries(totals.embeddedPictures)) yield row("total", { status: "embedded-pictures", picture: status, count: `${count}` });
  yield row("total", { status: "digests", algorithms: record.header.options.digests.join(" "), detail: digestsSentence(record.header) });
  const outcome = outcomeOfRecord(record, totals);
  yield row("total", { status: "exit-status", reason: outcome, count: `${outcomeStatuses[outcome]}`, detail: exitMeaning(outcome) });
  yield row("total", { status: "completeness", detail: completenessSentence(totals) });
  const first = record.firstMatch();
  const reached = first === null || options.countsOnly === true ? {} : { count: `${first.reached.entries}`, size_bytes: `${first.reached.bytes}` };
  if (first !== null) yield row("total", { status: "first-match", ...reached, detail: `The first exact or near match that calls for attention came ${firstMatchText(first, totals, options)}.` });
  yield row("total", { status: "times", detail: timesSentence(record) });
  const history = historyOf(record);
  yield row("total", { status: "reading-order", reason: history.plannedOrder ?? "", detail: readingOrderSentence(history) });
  const stopped = stoppedSentence(history);
  if (stopped !== null) yield row("total", { status: "stopped", detail: stopped });
  const writes = evidenceWrites(history);
  yield row("total", { status: "evidence-writes", reason: writes.verdict, detail: [writes.sentence, writes.mountSentence, ...writes.furtherSentences].join(" ") });
  for (const body of history.confinements) yield row("total", { status: "confinement", reason: body.confinement, detail: confinementSentence(body) });
  for (const body of history.isolations) yield row("total", { status: "isolation", reason: body.isolation, count: `${body.probes.length}`, detail: isolationSentence(body) });
  for (const { subject, sentence } of notSearched(record, totals)) yield row("not-searched", { status: subject, detail: sentence });
  for (const { subject, sentences } of limitsOf(record)) yield row("limit", { status: subject, detail: sentences.join(" ") });
  for (const { option, reason } of history.overrides) yield row("override", { status: option, detail: reason });
  for (const { list, option, reason } of listNotices(record.lists)) yield row("override", { status: option, list: `${list}`, detail: reason });
  for (const [index, list] of record.lists.entries()) {
    const statement = operatorStatement(list);
    if (statement !== null) yield row("warning", { ...listCells(list, index + 1), detail: `Of this list, ${statement}.` });
  }
  for (const message of warningsOf(record, history)) yield row("warning", { detail: message });
}

function listCells({ kind, agency, name, version }: ListDescription, number: number): Cells {
  return { list: `${number}`, list_kind: kind, agency, list_name: name, list_version: version };
}
