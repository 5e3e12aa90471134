import { type BigIntStats, constants } from "node:fs";
import type { Entry, EntryKind, UnreadReason } from "../model.ts";

/** A folder that is an entry, for it is not listed whole. */
export function unlistedFolder(path: Uint8Array, status: BigIntStats | null, unread: UnreadReason, errorCode: string | null): Entry {
  return { ...entryOf(path, "folder", status), unread, errorCode };
}

/** A name with what its status says, if there is one. */
export function entryOf(path: Uint8Array, kind: EntryKind, status: BigIntStats | null): Entry {
  return {
    path,
    kind,
    sizeBytes: kind === "file" && status !== null ? Number(status.size) : 0,
    device: status?.dev ?? 0n,
    inode: status?.ino ?? 0n,
    links: Number(status?.nlink ?? 0n),
    mode: Number(status?.mode ?? 0n),
    modifiedNs: status?.mtimeNs ?? 0n,
    changedNs: status?.ctimeNs ?? 0n,
    accessedNs: status?.atimeNs ?? 0n,
    createdNs: status?.birthtimeNs ?? 0n,
    unread: null,
    errorCode: null,
  };
}

// By the mode's bits: the methods of a status make big numbers of them anew for each question.
const kinds: Readonly<Record<number, EntryKind>> = {
  [constants.S_IFREG]: "file",
  [constants.S_IFDIR]: "folder",
  [constants.S_IFLNK]: "link",
  [constants.S_IFIFO]: "fifo",
  [constants.S_IFSOCK]: "socket",
  [constants.S_IFCHR]: "character-device",
};

export function kindOf(status: BigIntStats): EntryKind {
  return kinds[Number(status.mode) & constants.S_IFMT] ?? "block-device";
}
