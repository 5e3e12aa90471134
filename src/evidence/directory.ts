import { type BigIntStats, closeSync, constants, fstatSync, lstatSync, openSync, statfsSync } from "node:fs";
import { Failure, systemCode } from "../failure.ts";
import type { Entry, EntryKind, UnreadReason } from "../model.ts";
import { type ListingEnd, namesIn } from "./list-folder.ts";
import { nameBelow, openBelow, O_PATH, separator } from "./open-path.ts";
import type { EntryTimes, OpenedEntry, Source } from "./source.ts";

/** A longer path is not followed further down: a few megabytes of nested folders could otherwise fill any disk with names. Units: bytes. */
const longestPathBytes = 64 * 1024;

// FAT file systems have no inode numbers; the kernel makes them up anew whenever it forgot a file. Source: linux/magic.h.
const withoutInodes: readonly number[] = [0x4d44, 0x2011bab0];

/** A mounted file system, or a folder of one, at an absolute path. Errors: Failure("evidence-missing") as soon as the root cannot be opened as a folder. */
export function directorySource(rootPath: Uint8Array | string): Source {
  const root = openRoot(rootPath);
  const place: Place = { root, device: fstatSync(root, { bigint: true }).dev, stableInodes: hasStableInodes(rootPath) };
  let folders = 0;

  return {
    kind: "directory",
    foldersListed: () => folders,
    *entries() {
      folders = 0;
      const entered = new Set<bigint>();
      const pending: Uint8Array[] = [new Uint8Array()];
      for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
        for (const found of listed(place, path, entered)) {
          if (found === "entered") folders += 1;
          else if ("folder" in found) pending.push(found.folder);
          else yield found;
        }
      }
    },
    times: (path) => timesOf(place, path),
    open: (entry) => openEntry(place, entry.path),
  };
}

interface Place {
  readonly root: number;
  readonly device: bigint;
  /** Where false, inode numbers mean nothing: they are given as 0 and nothing is told by them. */
  readonly stableInodes: boolean;
}

function hasStableInodes(rootPath: Uint8Array | string): boolean {
  return !withoutInodes.includes(statfsSync(typeof rootPath === "string" ? rootPath : Buffer.from(rootPath)).type);
}

function openRoot(rootPath: Uint8Array | string): number {
  try {
    return openSync(typeof rootPath === "string" ? rootPath : Buffer.from(rootPath), constants.O_RDONLY | constants.O_DIRECTORY);
  } catch (thrown) {
    const code = systemCode(thrown);
    if (code === "ENOTDIR")
      throw new Failure("evidence-missing", "evidence: found a file, expected the folder on which its file system is mounted (read-only)", thrown);
    throw new Failure("evidence-missing", `evidence: it cannot be opened (${code ?? "unknown error"}), expected a mounted file system or a folder`, thrown);
  }
}

/** One folder: first "entered" when it could be opened, then its folders as paths and everything else as entries. */
function* listed(place: Place, path: Uint8Array, entered: Set<bigint>): Generator<Entry | { folder: Uint8Array } | "entered"> {
  if (path.length > longestPathBytes) {
    yield unlistedFolder(path, null, "too-deep", null);
    return;
  }
  let folder: number;
  try {
    folder = openBelow(place.root, path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NONBLOCK);
  } catch (thrown) {
    yield unlistedFolder(path, null, reasonOf(thrown) === "permission" ? "permission" : "not-listed", systemCode(thrown));
    return;
  }
  try {
    const status = fstatSync(folder, { bigint: true });
    if (status.dev !== place.device) {
      yield unlistedFolder(path, status, "other-file-system", null);
      return;
    }
    if (place.stableInodes && entered.has(status.ino)) {
      yield unlistedFolder(path, status, "folder-loop", null);
      return;
    }
    if (place.stableInodes) entered.add(status.ino);
    yield "entered";
    const end = yield* looked(place, folder, path);
    if (end !== null) yield unlistedFolder(path, status, "not-listed", end);
  } finally {
    closeSync(folder);
  }
}

function* looked(place: Place, folder: number, path: Uint8Array): Generator<Entry | { folder: Uint8Array }, ListingEnd> {
  const names = namesIn(folder);
  try {
    for (let next = names.next(); ; next = names.next()) {
      if (next.done === true) return next.value;
      yield look(place, folder, path, next.value);
    }
  } finally {
    // Who stops in the middle leaves no folder open.
    names.return(null);
  }
}

function look(place: Place, folder: number, parent: Uint8Array, name: Buffer): Entry | { folder: Uint8Array } {
  const path = parent.length === 0 ? name : Buffer.concat([parent, Buffer.from("/"), name]);
  let status: BigIntStats;
  try {
    status = lstatSync(nameBelow(folder, name), { bigint: true });
  } catch (thrown) {
    return { ...entryOf(path, "file", null), unread: reasonOf(thrown), errorCode: systemCode(thrown) };
  }
  const kind = kindOf(status);
  if (kind === "folder") return status.dev === place.device ? { folder: path } : unlistedFolder(path, status, "other-file-system", null);
  const found = entryOf(path, kind, status);
  const entry = place.stableInodes ? found : { ...found, inode: 0n };
  return kind === "file" && status.size > BigInt(Number.MAX_SAFE_INTEGER) ? { ...entry, sizeBytes: 0, unread: "implausible-size" } : entry;
}

function unlistedFolder(path: Uint8Array, status: BigIntStats | null, unread: UnreadReason, errorCode: string | null): Entry {
  return { ...entryOf(path, "folder", status), unread, errorCode };
}

function entryOf(path: Uint8Array, kind: EntryKind, status: BigIntStats | null): Entry {
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

function kindOf(status: BigIntStats): EntryKind {
  if (status.isFile()) return "file";
  if (status.isDirectory()) return "folder";
  if (status.isSymbolicLink()) return "link";
  if (status.isFIFO()) return "fifo";
  if (status.isSocket()) return "socket";
  return status.isCharacterDevice() ? "character-device" : "block-device";
}

function timesOf({ root }: Place, path: Uint8Array): EntryTimes | null {
  let parent: number | null = null;
  try {
    const cut = path.lastIndexOf(separator);
    parent = openBelow(root, path.subarray(0, Math.max(0, cut)), O_PATH | constants.O_DIRECTORY);
    const { atimeNs, mtimeNs, ctimeNs } = lstatSync(nameBelow(parent, path.subarray(cut + 1)), { bigint: true });
    return { accessedNs: atimeNs, modifiedNs: mtimeNs, changedNs: ctimeNs };
  } catch (thrown) {
    if (reasonOf(thrown) === "vanished" || reasonOf(thrown) === "changed") return null;
    throw thrown;
  } finally {
    if (parent !== null) closeSync(parent);
  }
}

function openEntry({ root, stableInodes }: Place, path: Uint8Array): OpenedEntry {
  const flags = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY;
  let descriptor: number;
  try {
    descriptor = openBelow(root, path, flags | constants.O_NOATIME);
  } catch (thrown) {
    // Only the owner may leave access times alone; on a read-only mount they stay as they are either way.
    if (systemCode(thrown) !== "EPERM") throw thrown;
    descriptor = openBelow(root, path, flags);
  }
  try {
    const status = fstatSync(descriptor, { bigint: true });
    return {
      descriptor,
      isFile: status.isFile(),
      sizeBytes: Number(status.size),
      device: status.dev,
      inode: stableInodes ? status.ino : 0n,
      modifiedNs: status.mtimeNs,
      changedNs: status.ctimeNs,
    };
  } catch (thrown) {
    closeSync(descriptor);
    throw thrown;
  }
}

/** What an error of the operating system means for the entry it struck. */
export function reasonOf(thrown: unknown): UnreadReason {
  switch (systemCode(thrown)) {
    case "EACCES":
    case "EPERM":
      return "permission";
    case "ENOENT":
    case "ESTALE":
      return "vanished";
    case "ELOOP":
    case "ENOTDIR":
    case "ENXIO":
      return "changed";
    case null:
      throw thrown;
    default:
      return "io";
  }
}
