import type { ReadersWork } from "../reading/readers-work.ts";
import { workSince } from "../reading/readers-work.ts";
import type { StagesSpent } from "../record/view.ts";
import type { OwnStage, Stages } from "../scan.ts";

/** How long the stages of a scan took so far. Units: milliseconds of the clock; those of `readers` added up over all of them. */
export interface StageTimes {
  readonly elapsedMs: number;
  readonly own: Readonly<Record<OwnStage, number>>;
  readonly readers: ReadersWork;
}

/** The clock of the stages. Shape: `begin` is called when the plan is there: what readers did before it was the self-test's. */
export interface StageClock extends Stages {
  begin(): void;
  times(): StageTimes;
}

export function stageClock(readers: { readonly count: number; readonly work: () => ReadersWork }, elapsedMs: () => number): StageClock {
  const own: Record<OwnStage, number> = { walk: 0, match: 0, append: 0 };
  let begun = readers.work();
  const ofReaders = (): ReadersWork => workSince(readers.work(), begun);
  return {
    begin: () => void (begun = readers.work()),
    async during(stage, work) {
      const startedMs = elapsedMs();
      try {
        return await work();
      } finally {
        own[stage] += elapsedMs() - startedMs;
      }
    },
    times: () => ({ elapsedMs: elapsedMs(), own: { ...own }, readers: ofReaders() }),
    spent(): StagesSpent {
      const { busyMs, decodingMs } = ofReaders();
      const ms = { walk: own.walk, read: Math.max(0, busyMs - decodingMs), decode: decodingMs, match: own.match, append: own.append };
      return { readers: readers.count, stagesMs: Object.fromEntries(Object.entries(ms).map(([stage, spentMs]) => [stage, Math.round(spentMs)])) as typeof ms };
    },
  };
}
