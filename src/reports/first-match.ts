import type { FirstMatch, Totals } from "../record/view.ts";
import type { ReportOptions } from "./format.ts";
import type { Fields } from "./jsonl-values.ts";
import { counted, grouped } from "./quantity.ts";

/** When the first match came, and how much of the evidence had been examined by then, which tells where it lies: not in a report of counts. Shape: no beginning and no end of a sentence. */
export function firstMatchText(first: FirstMatch, totals: Totals, { countsOnly }: Pick<ReportOptions, "countsOnly">): string {
  const { reached, elapsedMs } = first;
  const { entries, bytes } = sharesOf(first, totals);
  const when = elapsedMs === null ? "after a time that is not recorded" : `after ${counted(Math.round(elapsedMs / 1000), "second", "seconds")}`;
  if (countsOnly === true) return when;
  return `${when}, with ${grouped(reached.entries)} of ${counted(totals.seen.entries, "entry", "entries")} (${entries} %) and ${grouped(reached.bytes)} of ${counted(totals.seen.bytes, "byte", "bytes")} (${bytes} %) behind it`;
}

/** Shape: of a report of counts the time alone. Units: per cent with one decimal. */
export function firstMatchValue(first: FirstMatch, totals: Totals, { countsOnly }: Pick<ReportOptions, "countsOnly">): Fields {
  if (countsOnly === true) return { entry: null, elapsedMs: first.elapsedMs, entries: null, bytes: null, entriesPercent: null, bytesPercent: null };
  const shares = sharesOf(first, totals);
  return { entry: first.entry, elapsedMs: first.elapsedMs, entries: first.reached.entries, bytes: first.reached.bytes.toString(), entriesPercent: shares.entries, bytesPercent: shares.bytes };
}

function sharesOf({ reached }: FirstMatch, { seen }: Totals): { readonly entries: number; readonly bytes: number } {
  return { entries: percent(BigInt(reached.entries), BigInt(seen.entries)), bytes: percent(reached.bytes, seen.bytes) };
}

function percent(part: bigint, whole: bigint): number {
  return whole === 0n ? 0 : Number((part * 1000n) / whole) / 10;
}
