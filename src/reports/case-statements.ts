import type { ListDescription } from "../model.ts";
import type { RecordView, Totals } from "../record/view.ts";
import { evidenceWrites } from "./evidence-writes.ts";
import type { ReportOptions } from "./format.ts";
import { historyOf } from "./history.ts";
import { limitsOf } from "./limits.ts";
import { duplicatesSentence, listNotices, operatorStatement, signatureSentence } from "./list-terms.ts";
import { digestsSentence } from "./match-terms.ts";
import { notSearched } from "./not-searched.ts";
import { passOfList, passSentence } from "./pass-terms.ts";
import { plainText } from "./plain-text.ts";
import { answerSentence, completenessSentence, exitMeaning, outcomeOfRecord } from "./summary.ts";
import { timesSentence } from "./times-source.ts";
import { warningsOf } from "./warnings.ts";

/** Something that a reader of rows must know. `subject` is a fixed word for programs, `sentence` is for people. Shape: printable, in one line each. */
export interface Statement {
  readonly subject: string;
  readonly sentence: string;
}

/** What formats made of rows say of the whole: which case, whether the scan has ended, its outcome (a word of `outcomes`), the answer, the lists, what was not searched, warnings, limits. */
export function caseStatements(record: RecordView, totals: Totals, { madeAt, version }: ReportOptions): readonly Statement[] {
  const { caseNumber, exhibit, examiner, organisation } = record.header;
  const history = historyOf(record);
  const writes = evidenceWrites(history);
  const outcome = outcomeOfRecord(record, totals);
  const statements: readonly Statement[] = [
    { subject: "report", sentence: `Case ${caseNumber}, exhibit ${exhibit}, examined by ${examiner}${organisation === null ? "" : ` (${organisation})`}; report made ${madeAt} by blindmatch ${version} of ${record.chain.rows} rows of the record, head ${record.chain.head}.` },
    { subject: "status", sentence: record.complete ? "The scan has ended." : "PARTIAL: the scan has not ended." },
    { subject: "outcome", sentence: outcome },
    { subject: "exit-status", sentence: exitMeaning(outcome) },
    { subject: "answer", sentence: answerSentence(record, totals) },
    { subject: "completeness", sentence: completenessSentence(totals) },
    ...record.lists.map((list, index) => ({ subject: "list", sentence: listSentence(record, list, index) })),
    ...listNotices(record.lists).map(({ list, sentence, reason }) => ({ subject: "list-notice", sentence: `List ${list} ${sentence}: ${reason}` })),
    ...record.passes.map((pass) => ({ subject: "pass", sentence: passSentence(totals, pass) })),
    { subject: "digests", sentence: digestsSentence(record.header) },
    { subject: "times", sentence: timesSentence(record) },
    ...notSearched(record, totals).map(({ subject, sentence }) => ({ subject: `not-searched-${subject}`, sentence })),
    ...[writes.sentence, writes.mountSentence, ...writes.furtherSentences].map((sentence) => ({ subject: "evidence-writes", sentence })),
    ...history.overrides.map(({ option, reason }) => ({ subject: "override", sentence: `${option}: ${reason}` })),
    ...warningsOf(record, history).map((sentence) => ({ subject: "warning", sentence })),
    ...limitsOf(record).flatMap(({ subject, sentences }) => sentences.map((sentence) => ({ subject: `limits-${subject}`, sentence }))),
  ];
  return statements.map(({ subject, sentence }) => ({ subject, sentence: plainText(sentence) }));
}

function listSentence(record: RecordView, list: ListDescription, index: number): string {
  const details = [
    `List ${index + 1} (pass ${passOfList(record, index).number}, ${list.kind}): ${list.agency}/${list.name} ${list.version}`,
    `SHA-256 of its file ${list.sha256}`,
    ...(list.plaintextSha256 === null ? [] : [`SHA-256 of what was encrypted in it ${list.plaintextSha256}`]),
    `${list.counts.rowsLoaded} rows loaded of ${list.counts.rowsRead}`,
    duplicatesSentence(list) ?? "duplicates not counted",
    `scale ${list.scale.scale} ${list.scale.version}`,
    signatureSentence(list),
    ...(operatorStatement(list) === null ? [] : [operatorStatement(list)]),
  ];
  return `${details.join("; ")}.`;
}
