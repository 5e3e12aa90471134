import type { Batch, PlannedEntry } from "../model.ts";
import type { RecordDatabase } from "./database.ts";
import { type PlanRow, plannedEntryOf } from "./entry-rows.ts";
import { paged, pageRows } from "./pages.ts";
import type { SampledEntry } from "./record.ts";
import { planColumns } from "./schema.ts";

/** Bounds of one batch. Names of one file stay together up to `linkedNames`, and as long as all paths fit into `pathBytes`: beyond, the file is read once more. */
export const batchBounds = { names: 512, bytes: 32 * 1024 * 1024, linkedNames: 65_536, pathBytes: 32 * 1024 * 1024 } as const;

/** So many names a batch may hold wherever it begins: fewer would be handed to a reader for less than its asking costs. */
const leastNames = 32;

/**
 * Names of a batch that begins there: no more than a quarter of what came before it. What a batch came to is known at its end, and the first entries of a plan are the likeliest: so
 * nobody waits much longer for a match than until it was read.
 */
function mostNamesFrom(no: number): number {
  return Math.min(batchBounds.names, Math.max(leastNames, no >> 2));
}

/**
 * Files above `largeBytes` that share a batch, for a reader hashes several of them faster than one. A kill costs what of its batch was read, so the larger they
 * are the fewer go together; one that is larger still is a batch's only large one.
 */
export const largeBounds = { largeBytes: 8 * 1024 * 1024, together: [{ files: 16, bytes: 2 * 1024 ** 3 }, { files: 4, bytes: 8 * 1024 ** 3 }] } as const;

/** Batches of the plan from an entry on. Where one ends depends on the plan and on where it begins, so that going on at a border gives the same ones. */
export function* batchesOf(database: RecordDatabase, from: number): Generator<Batch> {
  let batch: PlannedEntry[] = [];
  let bytes = 0;
  let large: readonly number[] = [];
  let pathBytes = 0;
  for (const entry of plannedEntries(database, from)) {
    const again = isReadWith(batch, entry);
    const isLarge = entry.sizeBytes > largeBounds.largeBytes;
    const fitsBytes = isLarge ? fitTogether([...large, entry.sizeBytes]) : bytes + entry.sizeBytes <= batchBounds.bytes;
    const fits = again ? batch.length < batchBounds.linkedNames : batch.length < mostNamesFrom((batch[0] ?? entry).no) && fitsBytes;
    if ((!fits || pathBytes + entry.path.length > batchBounds.pathBytes) && batch.length > 0) {
      yield batch;
      batch = [];
      large = [];
      bytes = pathBytes = 0;
    }
    pathBytes += entry.path.length;
    if (!isReadWith(batch, entry)) {
      if (isLarge) large = [...large, entry.sizeBytes];
      else bytes += entry.sizeBytes;
    }
    batch.push(entry);
  }
  if (batch.length > 0) yield batch;
}

/** Entries that could be looked at when the plan was made, one in every so many, so that they are at most `most`. */
export function sampleOf(database: RecordDatabase, planned: number, most: number): readonly SampledEntry[] {
  const every = Math.max(1, Math.ceil(planned / most));
  const rows = database.prepare<[number], PlanRow>(`SELECT ${planColumns.join(", ")} FROM plan WHERE no % ? = 0 AND unread IS NULL ORDER BY no`).all(every);
  return rows.map(plannedEntryOf).map(({ path, accessedNs, modifiedNs, changedNs }) => ({ path, accessedNs, modifiedNs, changedNs }));
}

function fitTogether(sizes: readonly number[]): boolean {
  const sum = sizes.reduce((one, other) => one + other, 0);
  return sizes.length === 1 || largeBounds.together.some(({ files, bytes }) => sizes.length <= files && sum <= bytes);
}

/** True when the entry is another name of a file that the batch holds already. */
function isReadWith(batch: Batch, entry: PlannedEntry): boolean {
  const [first] = batch;
  return first !== undefined && entry.sameAs !== null && entry.sameAs >= first.no;
}

function* plannedEntries(database: RecordDatabase, from: number): Generator<PlannedEntry> {
  const page = database.prepare<[number, number], PlanRow>(`SELECT ${planColumns.join(", ")} FROM plan WHERE no > ? ORDER BY no LIMIT ?`);
  for (const row of paged(from - 1, (after) => page.all(after, pageRows), ({ no }) => Number(no))) yield plannedEntryOf(row);
}
