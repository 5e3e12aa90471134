import type { Entry } from "../model.ts";

/**
 * Where evidence is read from. To add a kind (a disk image, an archive): one file here with this interface, one line in `sources`.
 *
 * `entries` runs in the main process and never opens content; `open` runs in a reader process and is the only way to content.
 */
export interface Source {
  readonly kind: string;

  /** Whether inode numbers are the file system's own, and near ones lie near each other. False where they are made up (FAT): entries then have 0. */
  readonly hasInodes: boolean;

  /**
   * Every name below the root, in no promised order, each once.
   *
   * Errors: none for what the evidence does: a folder that cannot be listed, be it the root (whose path is empty), is an entry with `unread` set;
   *         what was listed before the error stays. A root that is no folder is refused when the source is made: Failure("evidence-missing").
   */
  entries(): Iterable<Entry>;

  /**
   * Makes the root the process's working folder, for as long as nobody changes that: names are opened in half the time then. Where the system does not allow it,
   * they are opened as before.
   */
  enter(): void;

  /** Folders that `entries` has entered so far, the root included. */
  foldersListed(): number;

  /** The times of an entry now, null when it is not there; its content is not opened. Errors: the operating system's, other than that it is gone. */
  times(path: Uint8Array): EntryTimes | null;

  /**
   * Opens an entry of kind `file` for reading: read-only, no link followed, access time untouched where the system allows it.
   *
   * Errors: the operating system's (ENOENT, EACCES, EIO ...), as thrown by node:fs.
   */
  open(entry: Pick<Entry, "path">): OpenedEntry;
}

/** Units: nanoseconds since 1970. */
export interface EntryTimes {
  readonly accessedNs: bigint;
  readonly modifiedNs: bigint;
  readonly changedNs: bigint;
}

/** A file descriptor and what the file system says of it now; the caller closes it. */
export interface OpenedEntry {
  readonly descriptor: number;
  readonly isFile: boolean;
  readonly sizeBytes: number;
  readonly device: bigint;
  readonly inode: bigint;
  readonly modifiedNs: bigint;
  readonly changedNs: bigint;
}
