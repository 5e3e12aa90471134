import type { EntryRow } from "../record/view.ts";
import { timeText } from "./time-text.ts";

/** The times of an entry as text; null for each that nobody stated. */
export interface EntryTimes {
  readonly modified: string | null;
  readonly changed: string | null;
  readonly accessed: string | null;
  readonly created: string | null;
}

/** A mode of 0 is that of no file: its status could not be read. A time of creation of 0 is the kernel's word for none; the other times may well be 0. */
export function timesOf({ mode, modifiedNs, changedNs, accessedNs, createdNs }: EntryRow): EntryTimes {
  if (mode === 0) return { modified: null, changed: null, accessed: null, created: null };
  return { modified: timeText(modifiedNs), changed: timeText(changedNs), accessed: timeText(accessedNs), created: createdNs === 0n ? null : timeText(createdNs) };
}
