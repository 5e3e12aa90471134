import { workSince } from "../reading/readers-work.ts";
import type { StageTimes } from "./stages.ts";

/** What a scan had come to when its stages were looked at. Shape: `rows` that were appended: one an entry, and those of matches and of pictures within files. */
export interface StageCounts extends StageTimes {
  readonly entries: number;
  readonly rows: number;
}

/**
 * How fast each stage went between two looks, and for which share of the time it was busy.
 *
 * Units: shares 0 to 1; of `read` and `decode` of the readers' time, of `match` and `append` of the main process's. `processor`: the share of its own time in
 *        which reading made the processor work, which is hashing for the most part; in the rest it waited for the medium.
 */
export interface StageRates {
  readonly read: { readonly bytesPerSecond: number; readonly busy: number; readonly processor: number };
  readonly decode: { readonly picturesPerSecond: number; readonly busy: number };
  readonly match: { readonly entriesPerSecond: number; readonly busy: number };
  readonly append: { readonly rowsPerSecond: number; readonly busy: number };
  /** What neither did: readers without a batch, the main process without findings or at anything else (the plan, messages). */
  readonly waiting: { readonly readers: number; readonly main: number };
}

/** What a faster scan would need more of; `other` where neither readers nor the main process worked at it for half of the time. */
export type Bound = "reading" | "decoding" | "matching" | "recording" | "other";

export function ratesBetween(then: StageCounts, now: StageCounts, readers: number): { readonly stages: StageRates; readonly boundBy: Bound } {
  const elapsedMs = Math.max(now.elapsedMs - then.elapsedMs, 1);
  const perSecond = (count: number): number => Math.round((Math.max(count, 0) / elapsedMs) * 1000);
  const work = workSince(now.readers, then.readers);
  const readingMs = work.busyMs - work.decodingMs;
  const [read, decode] = [readingMs, work.decodingMs].map((ms) => share(ms, elapsedMs * readers)) as [number, number];
  const [match, append] = [now.own.match - then.own.match, now.own.append - then.own.append].map((ms) => share(ms, elapsedMs)) as [number, number];
  const entriesPerSecond = perSecond(now.entries - then.entries);
  const stages: StageRates = {
    read: { bytesPerSecond: perSecond(work.bytesRead), busy: read, processor: share(work.cpuMs, readingMs) },
    decode: { picturesPerSecond: perSecond(work.pictures), busy: decode },
    match: { entriesPerSecond, busy: match },
    append: { rowsPerSecond: perSecond(now.rows - then.rows), busy: append },
    waiting: { readers: rounded(Math.max(0, 1 - read - decode)), main: rounded(Math.max(0, 1 - match - append)) },
  };
  return { stages, boundBy: boundBy(stages) };
}

/** One line for whoever looks at the end: what the time went into. */
export function stageSentence({ stages, boundBy }: ReturnType<typeof ratesBetween>, walkMs: number, readers: number): string {
  const percent = (busy: number): string => `${Math.round(busy * 100)} %`;
  const { read, decode, match, append, waiting } = stages;
  return [
    `time: listing ${(walkMs / 1000).toFixed(1)} s, then bound by ${boundBy === "other" ? "other work, or waiting" : boundBy}`,
    `${readers} reader${readers === 1 ? "" : "s"}: reading ${percent(read.busy)}, decoding ${percent(decode.busy)}, waiting ${percent(waiting.readers)}`,
    `main: matching ${percent(match.busy)}, recording ${percent(append.busy)}, waiting ${percent(waiting.main)}`,
  ].join("; ");
}

/** Readers and the main process work at the same time: whichever is busier holds the other up, by what it does most. */
function boundBy({ read, decode, match, append }: StageRates): Bound {
  if (Math.max(match.busy + append.busy, read.busy + decode.busy) < 0.5) return "other";
  if (match.busy + append.busy > read.busy + decode.busy) return match.busy > append.busy ? "matching" : "recording";
  return decode.busy > read.busy ? "decoding" : "reading";
}

function share(part: number, whole: number): number {
  return whole > 0 ? rounded(Math.min(1, Math.max(0, part / whole))) : 0;
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
