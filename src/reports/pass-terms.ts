import { Failure } from "../failure.ts";
import type { NearThreshold } from "../model.ts";
import type { ClockState, PassNear, PassRow, RecordView, Totals } from "../record/view.ts";
import { listAt, matchSorts, rowsOfSort } from "./match-terms.ts";
import { counted, joined } from "./quantity.ts";

/** The pass that a list belongs to. Shape: `list` indexes the lists of all passes. Errors: Failure("record-damaged") when there is none. */
export function passOfList(record: Pick<RecordView, "passes">, list: number): PassRow {
  const pass = record.passes.find(({ firstList, listCount }) => list >= firstList && list < firstList + listCount);
  if (pass === undefined) throw new Failure("record-damaged", `record: a match with list ${list + 1}, expected one of its ${counted(record.passes.length, "pass", "passes")}`);
  return pass;
}

/** What counted as near in a list. */
export function thresholdOf(record: Pick<RecordView, "passes" | "lists">, list: number): NearThreshold {
  const { options } = passOfList(record, list);
  return options.nearThresholds[listAt(record, list).sha256] ?? options;
}

/** "list 3", and of which pass where there are several. */
export function listText(record: Pick<RecordView, "passes">, list: number): string {
  return record.passes.length > 1 ? `list ${list + 1} (pass ${passOfList(record, list).number})` : `list ${list + 1}`;
}

const nearTexts: Readonly<Record<PassNear, string>> = {
  compared: "pictures were compared for resemblance",
  "no-codes-kept": "pictures were not compared for resemblance, which was due: the case kept no perceptual codes",
  "switched-off": "pictures were not compared for resemblance, as was asked for",
  "no-codes-in-lists": "no list of it holds perceptual codes",
};

/** One pass in a sentence: when, by whom, with which lists, and what it came to in rows of each sort, with known lists and categories to be ignored among them. */
export function passSentence(totals: Totals, { number, at, firstList, listCount, near, examiner, host, user }: PassRow): string {
  const rows = rowsOfSort(totals, ({ list }) => list >= firstList && list < firstList + listCount);
  const found = joined(matchSorts.map((sort) => `${rows[sort]} ${sort}`));
  const what = number === 1 ? "the scan" : "without the evidence";
  return `Pass ${number} (${what}): ${at === null ? "not ended" : `ended ${at}`}, by ${examiner} (${user} on ${host}), with ${counted(listCount, "list", "lists")} from list ${firstList + 1} on; ${nearTexts[near]}; match rows: ${found}.`;
}

/** What the wall clock was, as far as the machine tells. */
export function clockText({ source, synchronised }: ClockState): string {
  return `clock source ${source ?? "not told"}, ${synchronised === true ? "synchronised" : "whether it is synchronised is not told"}`;
}
