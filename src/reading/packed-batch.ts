import type { Batch, PlannedEntry } from "../model.ts";

/** What a reader is told of an entry. */
export type EntryToRead = Omit<PlannedEntry, "device" | "links" | "mode" | "accessedNs" | "createdNs">;

/** A batch on its way to a reader, column by column: entries as objects take several times as long to write and to read. Shape: `paths` one behind the other, each up to its `pathEnds`. */
export type PackedBatch = { readonly [Column in Exclude<keyof EntryToRead, "path">]: readonly EntryToRead[Column][] } & { readonly paths: Uint8Array; readonly pathEnds: readonly number[] };

export function packedBatch(batch: Batch): PackedBatch {
  const pathEnds: number[] = [];
  let end = 0;
  for (const { path } of batch) pathEnds.push((end += path.length));
  const paths = new Uint8Array(end);
  for (const [at, { path }] of batch.entries()) paths.set(path, pathEnds[at]! - path.length);
  return {
    no: batch.map(({ no }) => no),
    sameAs: batch.map(({ sameAs }) => sameAs),
    kind: batch.map(({ kind }) => kind),
    sizeBytes: batch.map(({ sizeBytes }) => sizeBytes),
    inode: batch.map(({ inode }) => inode),
    modifiedNs: batch.map(({ modifiedNs }) => modifiedNs),
    changedNs: batch.map(({ changedNs }) => changedNs),
    unread: batch.map(({ unread }) => unread),
    errorCode: batch.map(({ errorCode }) => errorCode),
    paths,
    pathEnds,
  };
}

/** The entries of a batch, as a reader has them. */
export function entriesOf({ no, sameAs, kind, sizeBytes, inode, modifiedNs, changedNs, unread, errorCode, paths, pathEnds }: PackedBatch): readonly EntryToRead[] {
  return no.map((number, at) => ({
    no: number,
    sameAs: sameAs[at]!,
    path: paths.subarray(at === 0 ? 0 : pathEnds[at - 1]!, pathEnds[at]!),
    kind: kind[at]!,
    sizeBytes: sizeBytes[at]!,
    inode: inode[at]!,
    modifiedNs: modifiedNs[at]!,
    changedNs: changedNs[at]!,
    unread: unread[at]!,
    errorCode: errorCode[at]!,
  }));
}
