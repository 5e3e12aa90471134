import { type BigIntStats, constants, fstatSync, lstatSync, openSync, readlinkSync, statfsSync } from "node:fs";
import { Failure, systemCode } from "../failure.ts";
import type { Entry, UnreadReason } from "../model.ts";
import { entryOf, kindOf, unlistedFolder } from "./entry-of.ts";
import { type ListingEnd, namesIn } from "./list-folder.ts";
import { mountPointsBelow } from "./mount.ts";
import { enterRoot, openEntry } from "./open-entry.ts";
import { closeRead, nameBelow, namesBelow, openBelow, O_PATH, separator, workingFolder } from "./open-path.ts";
import { pathBelow, pendingFolders } from "./pending-folders.ts";
import type { EntryTimes, Source } from "./source.ts";
import type { StreamNames } from "./streams.ts";
import { leavingWorkingFolder, type WorkingFolder } from "./within-folder.ts";

/** A longer path is not followed further down: a few megabytes of nested folders could otherwise fill any disk with names. Units: bytes. */
const longestPathBytes = 64 * 1024;

/** What the kernel takes as one path; longer ones are rare, and a drive can be filled with them. Units: bytes. */
const ordinaryPathBytes = 4096;

/** What fits into one call with the path of the folder before it. Units: bytes. */
const shortPathBytes = 3900;

/** Most bytes that longer paths may take together: a plan repeats the folders of each name. The folders beyond are not listed further. */
const mostLongPathBytes = 256 * 2 ** 20;

// FAT file systems have no inode numbers; the kernel makes them up anew whenever it forgot a file. Source: linux/magic.h.
const withoutInodes: readonly number[] = [0x4d44, 0x2011bab0];

/** Names of a folder whose status is taken at a time. For fewer than `least` going into the folder and back costs more than it saves. */
const together = { most: 256, least: 8 } as const;

/** What a walk may find besides names, what it is told to leave out, and how it may go about it. */
export interface DirectoryOptions {
  /** Streams that the file system opens as `path:name`; each is an entry. */
  readonly alternate: StreamNames | null;
  /** Files above this size are entries that are not read; null: none are. */
  readonly largestFileBytes: number | null;
  /** True where the working folder may be one of the evidence for as long as the status of some names is taken: nothing of this process may write to it meanwhile, not even its crash. */
  readonly mayEnter?: boolean;
}

/** A mounted file system, or a folder of one, at an absolute path. Errors: Failure("evidence-missing") as soon as the root cannot be opened as a folder. */
export function directorySource(rootPath: Uint8Array | string, { alternate, largestFileBytes, mayEnter }: DirectoryOptions = { alternate: null, largestFileBytes: null }): Source {
  const root = openRoot(rootPath);
  const place: Place = { root, device: fstatSync(root, { bigint: true }).dev, stableInodes: hasStableInodes(rootPath) };
  let folders = 0;
  const limited = (entry: Entry): Entry =>
    largestFileBytes !== null && entry.kind === "file" && entry.unread === null && entry.sizeBytes > largestFileBytes ? { ...entry, unread: "over-limit" } : entry;

  function* entries(): Generator<Entry> {
    folders = 0;
    const working = mayEnter === true ? leavingWorkingFolder() : null;
    const walk: Walk = { ...place, entered: new Set(), mounted: mountPointsBelow(readlinkSync(`/proc/self/fd/${root}`, "latin1")), working };
    const pending = pendingFolders();
    let longBytes = 0;
    try {
      for (let path: Uint8Array | undefined = new Uint8Array(); path !== undefined; path = pending.pop()) {
        if (path.length > ordinaryPathBytes && longBytes > mostLongPathBytes) {
          yield unlistedFolder(path, null, "too-deep", null);
          continue;
        }
        for (const found of listed(walk, path)) {
          if (found === "entered") folders += 1;
          else if ("folder" in found) pending.push(path, found.folder);
          else yield limited(found);
          if (path.length <= ordinaryPathBytes || (longBytes += path.length) <= mostLongPathBytes) continue;
          yield unlistedFolder(path, null, "too-deep", null);
          break;
        }
      }
      if (alternate !== null) for (const stream of streamsOf(place, alternate)) yield limited(stream);
    } finally {
      working?.close();
    }
  }

  return {
    kind: "directory",
    hasInodes: place.stableInodes,
    foldersListed: () => folders,
    entries,
    times: (path) => timesOf(place, path),
    open: (entry) => openEntry(place, entry.path),
    enter: () => enterRoot(root),
  };
}

interface Place {
  readonly root: number;
  readonly device: bigint;
  /** Where false, inode numbers mean nothing: they are given as 0 and nothing is told by them. */
  readonly stableInodes: boolean;
}

interface Walk extends Place {
  readonly entered: Set<bigint>;
  /** Paths on which something else is mounted, as Latin-1. The device alone would not tell a bind mount of the same file system. */
  readonly mounted: ReadonlySet<string>;
  /** Null where it stays as it is. */
  readonly working: WorkingFolder | null;
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

/** What a name comes to. */
type Found = Entry | { readonly folder: Uint8Array };

/** One folder: first "entered" when it could be opened, then its folders by name and everything else as entries. */
function* listed(walk: Walk, path: Uint8Array): Generator<Found | "entered"> {
  if (path.length > longestPathBytes) {
    yield unlistedFolder(path, null, "too-deep", null);
    return;
  }
  const opened = openFolder(walk.root, path);
  if ("unread" in opened) {
    yield opened;
    return;
  }
  const { folder, status } = opened;
  try {
    if (status.dev !== walk.device) {
      yield unlistedFolder(path, status, "other-file-system", null);
      return;
    }
    if (walk.stableInodes && walk.entered.has(status.ino)) {
      yield unlistedFolder(path, status, "folder-loop", null);
      return;
    }
    if (walk.stableInodes) walk.entered.add(status.ino);
    yield "entered";
    const end = yield* looked(walk, folder, path);
    if (end !== null) yield unlistedFolder(path, status, "not-listed", end);
  } finally {
    closeRead(folder);
  }
}

/** The folder with its status, or the entry that says why there is none. */
function openFolder(root: number, path: Uint8Array): { readonly folder: number; readonly status: BigIntStats } | Entry {
  let folder: number | null = null;
  try {
    folder = openBelow(root, path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NONBLOCK);
    return { folder, status: fstatSync(folder, { bigint: true }) };
  } catch (thrown) {
    if (folder !== null) closeRead(folder);
    return unlistedFolder(path, null, reasonOf(thrown) === "permission" ? "permission" : "not-listed", systemCode(thrown));
  }
}

function* looked(walk: Walk, folder: number, path: Uint8Array): Generator<Found, ListingEnd> {
  const names = namesIn(folder);
  try {
    for (;;) {
      const some: Buffer[] = [];
      let next = names.next();
      for (; next.done !== true; next = names.next()) if (some.push(next.value) === together.most) break;
      for (const found of lookedAt(walk, folder, path, some)) yield found;
      if (next.done === true) return next.value;
    }
  } finally {
    // Who stops in the middle leaves no folder open.
    names.return(null);
  }
}

/** By names of the working folder a status takes half of what it takes by the way through `/proc`. */
function lookedAt(walk: Walk, folder: number, path: Uint8Array, names: readonly Buffer[]): readonly Found[] {
  const from = (start: number) => (): readonly Found[] => {
    const placeOf = namesBelow(start);
    return names.map((name) => look(walk, placeOf(name), path, name));
  };
  const quick = names.length < together.least ? null : (walk.working?.within(folder, from(workingFolder)) ?? null);
  return quick ?? from(folder)();
}

/** A name by a place that is it, whatever is mounted or linked above. */
function look(walk: Walk, place: Buffer, parent: Uint8Array, name: Buffer): Found {
  const path = pathBelow(parent, name);
  let status: BigIntStats;
  try {
    status = lstatSync(place, { bigint: true });
  } catch (thrown) {
    return { ...entryOf(path, "file", null), unread: reasonOf(thrown), errorCode: systemCode(thrown) };
  }
  const kind = kindOf(status);
  const mounted = walk.mounted.size > 0 && walk.mounted.has(Buffer.from(path).toString("latin1"));
  if (kind === "folder") return mounted || status.dev !== walk.device ? unlistedFolder(path, status, "other-file-system", null) : { folder: name };
  const found = entryOf(path, kind, status);
  // What is mounted over a file is no evidence, and its size neither.
  if (mounted) return { ...found, sizeBytes: 0, unread: "other-file-system" };
  const entry = walk.stableInodes ? found : { ...found, inode: 0n };
  return kind === "file" && status.size > BigInt(Number.MAX_SAFE_INTEGER) ? { ...entry, sizeBytes: 0, unread: "implausible-size" } : entry;
}

function* streamsOf(place: Place, { streams, isWhole }: StreamNames): Generator<Entry> {
  // The colon alone names no stream: it stands for those that are not known.
  if (!isWhole) yield { ...entryOf(Buffer.from(":"), "file", null), unread: "not-listed" };
  for (const [latin1, names] of streams) {
    const path = Buffer.from(latin1, "latin1");
    for (const name of names) {
      const found = streamOf(place, Buffer.concat([path, Buffer.from(":"), name]));
      if (found !== null) yield found;
    }
  }
}

/** Null on another file system, which is not entered. */
function streamOf(place: Place, path: Buffer): Entry | null {
  try {
    const status = statusBelow(place.root, path);
    // Its links are those of its file: they would make streams of one size one file.
    return status.dev === place.device ? { ...entryOf(path, "file", status), links: 1 } : null;
  } catch (thrown) {
    return { ...entryOf(path, "file", null), unread: reasonOf(thrown), errorCode: systemCode(thrown) };
  }
}

/** Status of a name of any length below an open folder; no link is followed. Errors: the operating system's. */
function statusBelow(root: number, path: Uint8Array): BigIntStats {
  if (path.length < shortPathBytes) return lstatSync(nameBelow(root, path), { bigint: true });
  const cut = path.lastIndexOf(separator);
  const parent = openBelow(root, path.subarray(0, Math.max(0, cut)), O_PATH | constants.O_DIRECTORY);
  try {
    return lstatSync(nameBelow(parent, path.subarray(cut + 1)), { bigint: true });
  } finally {
    closeRead(parent);
  }
}

function timesOf({ root }: Place, path: Uint8Array): EntryTimes | null {
  try {
    const { atimeNs, mtimeNs, ctimeNs } = statusBelow(root, path);
    return { accessedNs: atimeNs, modifiedNs: mtimeNs, changedNs: ctimeNs };
  } catch (thrown) {
    if (reasonOf(thrown) === "vanished" || reasonOf(thrown) === "changed") return null;
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
