import { outcomeStatuses } from "../failure.ts";
import { pictureStatuses, unreadReasons } from "../model.ts";
import type { RecordView, Totals } from "../record/view.ts";
import { checkedTotals, checkEntryRows, checkMatchRows, noEntryRows, same } from "./accounting.ts";
import { checkRows } from "./checked-rows.ts";
import { countsOnlyView } from "./counts-only.ts";
import { evidenceWrites } from "./evidence-writes.ts";
import { firstMatchValue } from "./first-match.ts";
import { containersOf } from "./container-chain.ts";
import type { ReportFormat, ReportOptions } from "./format.ts";
import { jsonlSchemaId } from "./jsonl-schema.ts";
import { timesSentence } from "./times-source.ts";
import { confinementSentence, historyOf, isolationSentence } from "./history.ts";
import { custodyValue, entryValue, gapValue, headerValue, line, listValue, matchValue, mountValue, passValue, tallyValue, type Fields } from "./jsonl-values.ts";
import { limitsOf } from "./limits.ts";
import { categoryTerms, listAt, noRows, sortOf } from "./match-terms.ts";
import { notSearched } from "./not-searched.ts";
import { passOfList } from "./pass-terms.ts";
import { checkPictureRows, noPictureRows, pictureGaps } from "./picture-terms.ts";
import { readingOrderSentence, stoppedSentence } from "./reading-order.ts";
import { annexNameOf, redactionSentence } from "./redacted-view.ts";
import { answerOf, answerSentence, completenessSentence, endedOrPartial, exitMeaning, outcomeOfRecord } from "./summary.ts";
import { warningsOf } from "./warnings.ts";

/**
 * JSON Lines: the system of record.
 *
 * Shape: one object a line, told apart by `type`: one `run`; a `list` per list; a `match` per match; an `unread` per entry that was not examined;
 *        a `picture` per picture left without the near comparison (`compared` "none") or compared in part or under a condition ("in-part"); with `all`
 *        an `entry` per entry; one `totals`, always the last line: without it
 *        the file was cut off. Keys always present and in the same order. Lists, matches, passes and rows count from 1, entries from 0;
 *        lists and matches over all passes, the scan's own first. `jsonl-schema.ts` says it of every key, for programs.
 *        `statedBySigner` of a list: its signed comment states agency, name, version and kind; else these are as the operator stated them.
 *        `status` says whether the scan has ended, `outcome` and `answer` what it came to.
 *        `statement` of a match and `limits` are the words that every format has. Of a report with `countsOnly` the rows are left out; where `names` are "redacted" a path is
 *        the keyed digest that stands for it.
 * Units: sizes in bytes; sums of bytes, inodes and other 64-bit numbers as decimal text; times of files UTC, ISO 8601 with nanoseconds, null where the file system states none.
 * Errors: Failure("record-damaged") when the record's rows and totals disagree.
 */
export const jsonl: ReportFormat = { name: "jsonl", extension: "jsonl", rowsPerEntry: true, restrictable: true, render };

function* render(given: RecordView, options: ReportOptions): Generator<string> {
  const record = options.countsOnly === true ? countsOnlyView(given) : given;
  const totals = checkedTotals(record);
  yield line("run", runValue(record, totals, options));
  for (const [index, list] of record.lists.entries()) yield line("list", listValue(list, index + 1, passOfList(record, index).number));
  if (options.countsOnly === true) checkRows(record, totals);
  else yield* rowLines(record, totals, options);
  yield line("totals", totalsValue(record, totals, options));
}

function* rowLines(record: RecordView, totals: Totals, options: ReportOptions): Generator<string> {
  const rows = noRows();
  const containerOf = containersOf(record);
  for (const match of record.matches()) {
    rows[sortOf(match)] += 1;
    yield line("match", matchValue(record, match, containerOf(match)));
  }
  checkMatchRows(rows, totals);
  let unread = 0;
  for (const entry of record.unread()) {
    unread += 1;
    yield line("unread", gapValue(entry));
  }
  same("unread rows", unread, totals.unread.entries);
  const pictures = noPictureRows();
  for (const { entry, comparison, leavesIncomplete } of pictureGaps(record, totals)) {
    pictures[comparison] += 1;
    yield line("picture", { compared: comparison, leavesIncomplete, ...gapValue(entry) });
  }
  checkPictureRows(pictures, record, totals);
  const entries = noEntryRows();
  for (const entry of options.all ? record.entries() : []) {
    entries[entry.outcome] += 1;
    yield line("entry", { ...entryValue(entry), reason: entry.reason, errorCode: entry.errorCode, failedAtBytes: entry.failedAtBytes });
  }
  if (options.all) checkEntryRows(entries, totals);
}

function runValue(record: RecordView, totals: Totals, options: ReportOptions): Fields {
  const history = historyOf(record);
  const writes = evidenceWrites(history);
  return {
    status: endedOrPartial(record),
    outcome: outcomeOfRecord(record, totals),
    header: headerValue(record.header),
    startedAt: history.startedAt,
    endedAt: history.endedAt,
    elapsedMs: history.elapsedMs,
    timesSource: timesSentence(record),
    scanSessions: { ...history.scanSessions },
    stopped: stoppedSentence(history),
    readingOrder: { within: history.plannedOrder, media: history.media.map((medium) => ({ ...medium })), sentence: readingOrderSentence(history) },
    report: { schema: jsonlSchemaId, madeAt: options.madeAt, version: options.version, all: options.all, countsOnly: options.countsOnly === true, names: record.namesRedacted === true ? "redacted" : "shown", redaction: record.namesRedacted === true ? redactionSentence(annexNameOf(options.fileName ?? "report")) : null },
    chain: { head: record.chain.head, rows: record.chain.rows },
    resultsHead: history.resultsHead,
    passes: record.passes.map((pass) => passValue(totals, pass)),
    mountStates: history.sessions.map(({ before, after }) => ({ before: mountValue(before), after: mountValue(after) })),
    evidenceWrites: { ...writes },
    overrides: history.overrides.map(({ option, reason }) => ({ option, reason })),
    warnings: [...warningsOf(record, history)],
    selftests: [...history.selftests],
    confinements: history.confinements.map(({ confinement, refused }) => ({ confinement, sentence: confinementSentence({ confinement, refused }), refused: refused.map((stronger) => ({ ...stronger })) })),
    isolations: history.isolations.map(({ isolation, probes }) => ({ isolation, sentence: isolationSentence({ isolation, probes }), probes: [...probes] })),
    custody: history.custody.map((row) => custodyValue(row, options)),
  };
}

function totalsValue(record: RecordView, totals: Totals, options: ReportOptions): Fields {
  const outcome = outcomeOfRecord(record, totals);
  const first = record.firstMatch();
  return {
    answer: answerOf(record, totals),
    sentence: answerSentence(record, totals),
    outcome,
    exitStatus: outcomeStatuses[outcome],
    exitMeaning: exitMeaning(outcome),
    status: endedOrPartial(record),
    completeness: completenessSentence(totals),
    seen: tallyValue(totals.seen),
    examined: tallyValue(totals.examined),
    withoutContent: totals.withoutContent,
    unread: tallyValue(totals.unread),
    pending: tallyValue(totals.pending),
    folders: totals.folders,
    unreadByReason: Object.entries(unreadReasons).flatMap(([reason, sentence]) => {
      const tally = totals.unreadByReason[reason as keyof typeof unreadReasons];
      return tally === undefined ? [] : [{ reason, sentence, ...tallyValue(tally) }];
    }),
    pictures: picturesValue(totals.pictures),
    matches: totals.matches.map((counts) => {
      const category = { ...categoryTerms(listAt(record, counts.list), counts.category) };
      return { listNumber: counts.list + 1, listKind: counts.kind, category, exact: counts.exact, contradicted: counts.contradicted, near: counts.near, doubtful: counts.doubtful };
    }),
    entriesMatched: { ...totals.entriesMatched },
    firstMatch: first === null ? null : firstMatchValue(first, totals, options),
    embeddedPictures: picturesValue(totals.embeddedPictures),
    extensionMismatches: totals.extensionMismatches,
    limits: limitsOf(record).map(({ subject, sentences }) => ({ subject, sentences: [...sentences] })),
    notSearched: notSearched(record, totals).map(({ subject, sentence }) => ({ subject, sentence })),
  };
}

function picturesValue(counts: Totals["pictures"]): Fields[] {
  return Object.entries(pictureStatuses).flatMap(([status, sentence]) => {
    const pictures = counts[status as keyof typeof pictureStatuses];
    return pictures === undefined ? [] : [{ status, sentence, pictures }];
  });
}
