import { picturesNotCompared, type PictureStatus, pictureStatuses } from "../model.ts";
import type { EntryRow, RecordView, Totals } from "../record/view.ts";
import { same } from "./accounting.ts";
import { nearCompared } from "./not-searched.ts";

/** How far a picture took part in the near comparison: as a whole, in part or under a condition, or not at all. */
export type Comparison = "whole" | "in-part" | "none";

const comparisons: Readonly<Record<PictureStatus, Comparison>> = {
  hashed: "whole",
  partial: "in-part",
  preview: "in-part",
  sampled: "in-part",
  "first-page": "in-part",
  "low-quality": "in-part",
  "too-small": "none",
  off: "none",
  skipped: "none",
  undecodable: "none",
  unsupported: "none",
  "too-large": "none",
  timeout: "none",
  crash: "none",
  violation: "none",
};

export function comparisonOf(status: PictureStatus): Comparison {
  return comparisons[status];
}

/** Counted and not listed: no code of these exists, nobody asked for one, or the match that made it needless is listed itself. */
const onlyCounted: readonly PictureStatus[] = ["too-small", "off", "skipped"];

export type ListedComparison = Exclude<Comparison, "whole">;

const listedStatuses = (comparison: ListedComparison): readonly PictureStatus[] =>
  (Object.keys(pictureStatuses) as PictureStatus[]).filter((status) => comparisons[status] === comparison && !onlyCounted.includes(status));

/** An entry whose own picture was not compared, or not as a whole. */
export interface PictureGap {
  readonly entry: EntryRow;
  readonly status: PictureStatus;
  readonly comparison: ListedComparison;
  /** Whether the picture makes the answer incomplete. */
  readonly leavesIncomplete: boolean;
}

/** How many of them the totals count; none where no near comparison was due. */
export function countedGaps(record: RecordView, totals: Totals, comparison: ListedComparison): number {
  if (!nearCompared(record)) return 0;
  return listedStatuses(comparison).reduce((sum, status) => sum + (totals.pictures[status] ?? 0), 0);
}

/** Those that are listed, in the order of the entries. The record's entries are gone through only where the totals count any. */
export function* pictureGaps(record: RecordView, totals: Totals, wanted: readonly ListedComparison[] = ["none", "in-part"]): Generator<PictureGap> {
  if (wanted.every((comparison) => countedGaps(record, totals, comparison) === 0)) return;
  for (const entry of record.entries()) {
    const gap = gapOf(entry);
    if (gap !== null && wanted.includes(gap.comparison)) yield gap;
  }
}

/** What an entry is listed for, where a near comparison was due; null for one whose picture was compared as a whole or is only counted, or that is none. */
export function gapOf(entry: EntryRow): PictureGap | null {
  if (entry.picture === null) return null;
  const { status } = entry.picture;
  const comparison = comparisonOf(status);
  return comparison === "whole" || onlyCounted.includes(status) ? null : { entry, status, comparison, leavesIncomplete: picturesNotCompared.includes(status) };
}

/** For counting rows of pictures. */
export function noPictureRows(): Record<ListedComparison, number> {
  return { none: 0, "in-part": 0 };
}

/** Throws Failure("record-damaged") when the rows of pictures that were written are not those that the totals count. */
export function checkPictureRows(written: Readonly<Record<ListedComparison, number>>, record: RecordView, totals: Totals): void {
  for (const comparison of ["none", "in-part"] as const) same(`picture rows (${comparison})`, written[comparison], countedGaps(record, totals, comparison));
}
