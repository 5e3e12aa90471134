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

/** Notes the times of entries now; the function that it gives looks again and compares. Entries whose times cannot be told now are left out. */
export function sampleTimes(source: Source, paths: readonly Uint8Array[]): () => TimesCompared {
  const before = new Map<Uint8Array, EntryTimes>();
  for (const path of paths) {
    const times = timesOf(source, path);
    if (times !== null && times !== "untold") before.set(path, times);
  }
  return () => {
    let [read, changed, gone, untold] = [0, 0, 0, 0];
    for (const [path, then] of before) {
      const now = timesOf(source, path);
      if (now === null) gone += 1;
      else if (now === "untold") untold += 1;
      else if (now.modifiedNs !== then.modifiedNs || now.changedNs !== then.changedNs) changed += 1;
      else if (now.accessedNs !== then.accessedNs) read += 1;
    }
    return { sampled: before.size, read, changed, gone, untold };
  };
}

function timesOf(source: Source, path: Uint8Array): EntryTimes | null | "untold" {
  try {
    return source.times(path);
  } catch {
    return "untold";
  }
}
