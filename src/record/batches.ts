import type { Batch, PlannedEntry } from "../model.ts";
import { type RecordDatabase, unlessDamaged } from "./database.ts";
import { type PlanValues, plannedEntryOf, type Wide } from "./entry-rows.ts";
import { paged, pageRows } from "./pages.ts";
import type { SampledEntry } from "./record.ts";
import { planColumns } from "./schema.ts";

/**
 * Bounds of one batch; `firstBytes` instead of `bytes` where it begins among the first entries. Names of one file stay together up to `linkedNames`, and as long as all paths fit into
 * `pathBytes`: beyond, the file is read once more.
 */
export const batchBounds = { names: 512, firstBytes: 32 * 1024 * 1024, bytes: 128 * 1024 * 1024, linkedNames: 65_536, pathBytes: 32 * 1024 * 1024 } as const;

/** Entries before which the first bounds hold: of so few, larger batches would leave readers without one, and matches among the likeliest untold for longer. */
const firstEntries = 2048;

/** So many names a batch may hold wherever it begins: fewer would be handed to a reader for less than its asking costs. */
const leastNames = 32;

/**
 * Names of a batch that begins there: no more than a quarter of what came before it. What a batch came to is known at its end, and the first entries of a plan are the likeliest: so
 * nobody waits much longer for a match than until it was read.
 */
function mostNamesFrom(no: number): number {
  return Math.min(batchBounds.names, Math.max(leastNames, no >> 2));
}

/** The same of bytes. The more files a reader has at once, the more of them are of the size that its lanes are busy with. */
function mostBytesFrom(no: number): number {
  return no < firstEntries ? batchBounds.firstBytes : batchBounds.bytes;
}

/**
 * Files above `largeBytes` that share a batch, for a reader hashes sixteen of them in 0.72 of the time that it takes for four and four. A kill costs what of its batch was
 * read, so it is never more than 8 GiB; one that is larger still is a batch's only large one. Beyond 2 GiB more than four go together only as long as they are no more than one of
 * `shares` of the large ones that are left: readers that have nothing to do lose more than the lanes gain.
 */
const largeBounds = { largeBytes: 8 * 1024 * 1024, files: 16, bytes: 8 * 1024 ** 3, fewFiles: 4, fewBytes: 2 * 1024 ** 3, shares: 8 } as const;

/** Batches of the plan from an entry on. Where one ends depends on the plan and on where it begins, so that going on at a border gives the same ones. */
export function* batchesOf(database: RecordDatabase, from: number): Generator<Batch> {
  let batch: PlannedEntry[] = [];
  let bytes = 0;
  let large = noneLarge;
  let largeLeft = largeFrom(database, from);
  let mostTogether = Math.floor(largeLeft / largeBounds.shares);
  let pathBytes = 0;
  for (const entry of plannedEntries(database, from)) {
    const again = isReadWith(batch, entry);
    const isLarge = entry.sizeBytes > largeBounds.largeBytes;
    const fitsBytes = isLarge ? fitTogether(withOne(large, entry), mostTogether) : bytes + entry.sizeBytes <= mostBytesFrom((batch[0] ?? entry).no);
    const fits = again ? batch.length < batchBounds.linkedNames : batch.length < mostNamesFrom((batch[0] ?? entry).no) && fitsBytes;
    if ((!fits || pathBytes + entry.path.length > batchBounds.pathBytes) && batch.length > 0) {
      yield batch;
      batch = [];
      large = noneLarge;
      mostTogether = Math.floor(largeLeft / largeBounds.shares);
      bytes = pathBytes = 0;
    }
    pathBytes += entry.path.length;
    if (!isReadWith(batch, entry)) {
      if (isLarge) large = withOne(large, entry);
      else bytes += entry.sizeBytes;
    }
    if (isLarge && entry.sameAs === null) largeLeft -= 1;
    batch.push(entry);
  }
  if (batch.length > 0) yield batch;
}

/** Entries that could be looked at when the plan was made, one in every so many, so that they are at most `most`. */
export function sampleOf(database: RecordDatabase, planned: number, most: number): readonly SampledEntry[] {
  const every = Math.max(1, Math.ceil(planned / most));
  const rows = database.prepare<[number], readonly [Uint8Array, Wide, Wide, Wide]>("SELECT path, accessedNs, modifiedNs, changedNs FROM plan WHERE no % ? = 0 AND unread IS NULL ORDER BY no").raw(true).all(every);
  return rows.map(([path, accessedNs, modifiedNs, changedNs]) => ({ path, accessedNs: BigInt(accessedNs), modifiedNs: BigInt(modifiedNs), changedNs: BigInt(changedNs) }));
}

/** The large files of a batch. */
interface Large {
  readonly files: number;
  readonly bytes: number;
}

const noneLarge: Large = { files: 0, bytes: 0 };

function withOne({ files, bytes }: Large, { sizeBytes }: PlannedEntry): Large {
  return { files: files + 1, bytes: bytes + sizeBytes };
}

function fitTogether({ files, bytes }: Large, mostTogether: number): boolean {
  if (files === 1) return true;
  return files <= largeBounds.files && (bytes <= largeBounds.fewBytes || (bytes <= largeBounds.bytes && files <= Math.max(largeBounds.fewFiles, mostTogether)));
}

/** Large files from an entry on, each counted once for all its names. */
function largeFrom(database: RecordDatabase, no: number): number {
  const count = unlessDamaged(() => database.prepare<[number, number], bigint>("SELECT count(*) FROM plan WHERE no >= ? AND sizeBytes > ? AND sameAs IS NULL").pluck(true).get(no, largeBounds.largeBytes));
  return Number(count ?? 0n);
}

/** True when the entry is another name of a file that the batch holds already. */
function isReadWith(batch: Batch, entry: PlannedEntry): boolean {
  const [first] = batch;
  return first !== undefined && entry.sameAs !== null && entry.sameAs >= first.no;
}

function* plannedEntries(database: RecordDatabase, from: number): Generator<PlannedEntry> {
  // Rows as arrays: as objects with a name for each value they take twice the time.
  const page = database.prepare<[number, number], PlanValues>(`SELECT ${planColumns.join(", ")} FROM plan WHERE no > ? ORDER BY no LIMIT ?`).raw(true);
  for (const row of paged(from - 1, (after) => page.all(after, pageRows), ([no]) => Number(no))) yield plannedEntryOf(row);
}
