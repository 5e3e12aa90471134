import { outcomeStatuses } from "../failure.ts";
import { picturesNotCompared } from "../model.ts";
import type { RecordView, Totals } from "../record/view.ts";
import { forbiddenChanges, forbiddenChangesSentence } from "./evidence-changes.ts";
import { historyOf } from "./history.ts";
import { nearCompared, nothingToFind, whyNothingToFind } from "./not-searched.ts";
import { counted, grouped, joined } from "./quantity.ts";

/** How a scan ended, in the words of `outcomeStatuses`: its value there is the exit status. */
export const outcomes = ["complete", "matches", "incomplete", "nothing-to-find", "evidence-changed"] as const;
export type Outcome = (typeof outcomes)[number];

/** The answer to the one question, with completeness kept in it, and whether it can stand. Fixed words, for programs. */
export const answers = ["matches", "no-match", "incomplete-matches", "incomplete", "nothing-to-find", "evidence-changed-matches", "evidence-changed"] as const;
export type Answer = (typeof answers)[number];

/** `nothing-to-find` wins, for no number of files examined makes an answer without a notable list; then `incomplete`: a record that is not closed, an entry unread or pending, or a picture, or a whole pass, left without the near comparison that was due. */
export function outcomeOf(record: Pick<RecordView, "complete" | "passes" | "lists">, totals: Totals): Exclude<Outcome, "evidence-changed"> {
  if (nothingToFind(record)) return "nothing-to-find";
  if (!record.complete || totals.unread.entries > 0 || totals.pending.entries > 0 || uncompared(record, totals) > 0 || passesNotCompared(record).length > 0) return "incomplete";
  return totals.entriesMatched.any > 0 ? "matches" : "complete";
}

/** `evidence-changed` wins over all: what was found is told, but cannot stand. */
export function outcomeOfRecord(record: RecordView, totals: Totals = record.totals()): Outcome {
  return forbiddenChanges(historyOf(record)).length > 0 ? "evidence-changed" : outcomeOf(record, totals);
}

/** True where the answer is none, however whole the case is: whoever seals or verifies it must not take that for an answer. */
export function isInDoubt(record: RecordView, totals: Totals = record.totals()): boolean {
  return ["evidence-changed", "nothing-to-find"].includes(outcomeOfRecord(record, totals));
}

export function exitStatusOf(record: RecordView, totals: Totals = record.totals()): number {
  return outcomeStatuses[outcomeOfRecord(record, totals)];
}

export function answerOf(record: RecordView, totals: Totals = record.totals()): Answer {
  const outcome = outcomeOfRecord(record, totals);
  if (outcome === "matches" || outcome === "nothing-to-find") return outcome;
  if (outcome === "complete") return "no-match";
  return totals.entriesMatched.any > 0 ? `${outcome}-matches` : outcome;
}

/** Whether the scan has ended, which says nothing of what it left unexamined: that is the outcome's to say. */
export function endedOrPartial({ complete }: Pick<RecordView, "complete">): "ended" | "PARTIAL" {
  return complete ? "ended" : "PARTIAL";
}

/** The answer in one sentence, the sorts of matches apart in it; before it, where it is so, that it cannot stand. */
export function answerSentence(record: RecordView, totals: Totals = record.totals()): string {
  const cannotStand = forbiddenChangesSentence(historyOf(record));
  return `${cannotStand === null ? "" : `${cannotStand} `}${foundSentence(record, totals)}`;
}

function foundSentence(record: RecordView, totals: Totals): string {
  const { exact, md5Only, contradicted, near, doubtful, any } = totals.entriesMatched;
  const sorts = [
    ...(exact > 0 ? [`the bytes of ${counted(exact, "entry", "entries")} have the same digests as a record of a list (exact${md5OnlyText(exact, md5Only)})`] : []),
    ...(contradicted > 0 ? [`${counted(contradicted, "entry agrees", "entries agree")} with a record in one digest that another contradicts (not an identification)`] : []),
    ...(near > 0 ? [`${counted(near, "entry resembles", "entries resemble")} a record (near: a lead, not an identification)`] : []),
    ...(doubtful > 0 ? [`${counted(doubtful, "entry resembles", "entries resemble")} a record in a way that tells little (near, low confidence)`] : []),
  ];
  const relation = nearCompared(record) ? "equals or resembles" : "equals";
  const found = any > 0 ? joined(sorts) : `no entry that was examined ${relation} a record of the notable lists`;
  const gaps = gapsOf(record, totals);
  if (nothingToFind(record)) return `${whyNothingToFind(record)}${gaps.length === 0 ? "" : ` Besides, ${joined(gaps)}.`}`;
  return gaps.length === 0 ? `${capital(found)}.` : `The answer is incomplete, for ${joined(gaps)}; so far, ${found}.`;
}

/** How many of the entries that match exactly do so in MD5 alone; "" where none does. Shape: the end of what stands in parentheses. */
function md5OnlyText(exact: number, md5Only: number): string {
  if (md5Only === 0) return "";
  return `, ${md5Only < exact ? `${grouped(md5Only)} of them` : exact === 1 ? "but" : "but all of them"} in MD5 alone: collisions exist`;
}

/** What a report without rows says of it. */
export const countsOnlySentence = "Only counts were asked for: this report lists no match and no entry; another report of the case does.";

/** The accounting: everything seen stands in exactly one of the other numbers. */
export function completenessSentence(totals: Totals): string {
  const parts = [
    `${counted(totals.examined.entries, "was", "were")} examined (${bytes(totals.examined.bytes)})`,
    `${counted(totals.unread.entries, "was", "were")} not examined (${bytes(totals.unread.bytes)})`,
    ...(totals.pending.entries > 0 ? [`${counted(totals.pending.entries, "was", "were")} not yet reached (${bytes(totals.pending.bytes)})`] : []),
  ];
  const hollow = totals.withoutContent > 0 ? ` Of those examined, ${counted(totals.withoutContent, "is a link or special file, which holds", "are links or special files, which hold")} no content.` : "";
  return `Of ${counted(totals.seen.entries, "entry", "entries")} (${bytes(totals.seen.bytes)}) seen in ${counted(totals.folders, "folder", "folders")}, ${joined(parts)}; the sums agree.${hollow}`;
}

/** What the exit status of the scan says. */
export function exitMeaning(outcome: Outcome): string {
  const meanings: Readonly<Record<Outcome, string>> = {
    complete: "everything was examined and there is no match",
    matches: "everything was examined and there are matches",
    "evidence-changed": "the evidence, or how it was mounted, changed during the scan in a way that nobody had allowed: what was found cannot stand",
    "nothing-to-find": "no record of a notable list was compared with anything, so nothing could be found",
    incomplete: "something was not examined or not compared, whether or not there are matches",
  };
  return `Exit status ${outcomeStatuses[outcome]}: ${meanings[outcome]}.`;
}

/** Pictures left without the near comparison that was due, or whose loss of a part makes the answer incomplete. */
function uncompared(record: Pick<RecordView, "passes">, totals: Totals): number {
  if (!nearCompared(record)) return 0;
  return picturesNotCompared.reduce((sum, status) => sum + (totals.pictures[status] ?? 0), 0);
}

/** Numbers of the passes whose near comparison was due and could not be made. */
function passesNotCompared({ passes }: Pick<RecordView, "passes">): readonly number[] {
  return passes.filter(({ near }) => near === "no-codes-kept").map(({ number }) => number);
}

function gapsOf(record: RecordView, totals: Totals): readonly string[] {
  const pictures = uncompared(record, totals);
  const gaps = [
    ...(totals.pending.entries > 0 ? [`${counted(totals.pending.entries, "entry was", "entries were")} not yet reached`] : []),
    ...(totals.unread.entries > 0 ? [`${counted(totals.unread.entries, "entry was", "entries were")} not examined`] : []),
    ...(pictures > 0 ? [`${counted(pictures, "picture was", "pictures were")} not compared for resemblance, or not whole`] : []),
    ...passesNotCompared(record).map((number) => `pass ${number} compared no picture for resemblance, as the case kept no perceptual codes`),
  ];
  return gaps.length > 0 || record.complete ? gaps : ["the scan has not ended"];
}

function bytes(count: bigint): string {
  return counted(count, "byte", "bytes");
}

function capital(sentence: string): string {
  return sentence.slice(0, 1).toUpperCase() + sentence.slice(1);
}
