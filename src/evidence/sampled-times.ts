import type { EntryTimes, Source } from "./source.ts";

/** How the times of a sample of entries compare with what they were. Shape: `read`: nothing but the access time is another; `untold`: the device did not tell at the end. */
export interface TimesCompared {
  readonly sampled: number;
  readonly read: number;
  readonly changed: number;
  readonly gone: number;
  readonly untold: number;
}

/** Most entries whose times are looked at twice. */
export const mostSampled = 10_000;

/** Looks at the times of entries again and compares them with what they were. */
export function compareTimes(source: Source, entries: readonly (EntryTimes & { readonly path: Uint8Array })[]): TimesCompared {
  let [read, changed, gone, untold] = [0, 0, 0, 0];
  for (const then of entries) {
    const now = timesOf(source, then.path);
    if (now === null) gone += 1;
    else if (now === "untold") untold += 1;
    else if (now.modifiedNs !== then.modifiedNs || now.changedNs !== then.changedNs) changed += 1;
    else if (now.accessedNs !== then.accessedNs) read += 1;
  }
  return { sampled: entries.length, read, changed, gone, untold };
}

function timesOf(source: Source, path: Uint8Array): EntryTimes | null | "untold" {
  try {
    return source.times(path);
  } catch {
    return "untold";
  }
}
