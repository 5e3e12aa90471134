import { outcomeStatuses } from "../failure.ts";
import { picturesNotCompared } from "../model.ts";
import type { RecordView, Totals } from "../record/view.ts";
import { evidenceChanged } from "./evidence-writes.ts";
import { historyOf } from "./history.ts";
import { nearCompared } from "./not-searched.ts";
import { counted, grouped, joined } from "./quantity.ts";

/** How a scan ended, in the words of `outcomeStatuses`: its value there is the exit status. */
export type Outcome = "complete" | "matches" | "incomplete" | "evidence-changed";

/** The answer to the one question, with completeness kept in it. */
export type Answer = "matches" | "no-match" | "incomplete-matches" | "incomplete";

/** `incomplete` wins: a record that is not closed, an entry unread or pending, or a picture, or a whole pass, left without the near comparison that was due. */
export function outcomeOf(record: Pick<RecordView, "complete" | "passes">, totals: Totals): Outcome {
  if (!record.complete || totals.unread.entries > 0 || totals.pending.entries > 0 || uncompared(record, totals) > 0 || passesNotCompared(record).length > 0) return "incomplete";
  return totals.entriesMatched.any > 0 ? "matches" : "complete";
}

/** `evidence-changed` wins over all: what was found is told, but cannot stand. */
export function outcomeOfRecord(record: RecordView, totals: Totals = record.totals()): Outcome {
  return evidenceChanged(historyOf(record)) ? "evidence-changed" : outcomeOf(record, totals);
}

export function exitStatusOf(record: RecordView, totals: Totals = record.totals()): number {
  return outcomeStatuses[outcomeOfRecord(record, totals)];
}

export function answerOf(record: RecordView, totals: Totals = record.totals()): Answer {
  const matched = totals.entriesMatched.any > 0;
  if (outcomeOf(record, totals) === "incomplete") return matched ? "incomplete-matches" : "incomplete";
  return matched ? "matches" : "no-match";
}

/** The answer in one sentence; the sorts of matches stay apart in it. */
export function answerSentence(record: RecordView, totals: Totals = record.totals()): string {
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
    "evidence-changed": "the evidence changed during the scan, or was written to, and nobody had allowed that: what was found cannot stand",
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
