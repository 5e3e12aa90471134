import { md5LaneCount } from "../kernels/md5-lanes.ts";
import type { Finding } from "../model.ts";
import { isSmall as isSmallIn } from "./arena.ts";
import type { EntryToRead } from "./packed-batch.ts";
import { groupsOf, readGroup } from "./read-group.ts";
import { readSideBySide } from "./read-side-by-side.ts";
import type { ReadingParts } from "./reading-parts.ts";

/** Read before MD5 of all is made: so many files that lanes rarely wait, and no more than that where they are in the processor's cache still. */
const groupBounds = { files: 4 * md5LaneCount, bytes: 2 * 1024 * 1024 } as const;

/**
 * Findings of entries of kind `file`, in their order: the small ones are read first, from the largest to the smallest, group by group, then the large ones; where large ones are not read in
 * turns, each as it comes. Files of a group that are alike in size keep the lanes busy to its end (measured: 2 GB of sizes from bytes to 98 MB take 1.0 s in lanes instead of 1.7).
 *
 * Errors: none for what the evidence does; an unreadable file is a finding.
 */
export async function readFiles(entries: readonly EntryToRead[], parts: ReadingParts): Promise<Finding[]> {
  const { bytes: arena, lanes } = parts.arena;
  const isSmall = ({ sizeBytes }: EntryToRead): boolean => isSmallIn(sizeBytes, arena.length);
  const findings = new Map<EntryToRead, Finding>();
  // Without lanes nothing is gained by a group: each file is done with before the next one comes.
  const bounds = lanes === null ? { files: 1, bytes: 0 } : groupBounds;
  const runs = parts.sideBySide === 1 ? runsOf(entries, isSmall) : [entries.filter(isSmall).sort((one, other) => other.sizeBytes - one.sizeBytes), entries.filter((entry) => !isSmall(entry))];
  for (const run of runs) {
    const isLarge = run[0] !== undefined && !isSmall(run[0]);
    for (const group of isLarge ? [run] : groupsOf(run, bounds, arena.length)) {
      const found = isLarge ? await readSideBySide(group, parts) : await readGroup(group, parts);
      for (const [at, finding] of found.entries()) findings.set(group[at]!, finding);
    }
  }
  return entries.map((entry) => findings.get(entry)!);
}

/** Stretches of small and of large files, in the order in which they are given: that of the medium. */
function runsOf(entries: readonly EntryToRead[], isSmall: (entry: EntryToRead) => boolean): readonly EntryToRead[][] {
  const runs: EntryToRead[][] = [];
  for (const entry of entries) {
    const run = runs.at(-1);
    if (run?.[0] !== undefined && isSmall(run[0]) === isSmall(entry)) run.push(entry);
    else runs.push([entry]);
  }
  return runs;
}
