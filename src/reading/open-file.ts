import { fstatSync, readSync } from "node:fs";
import { reasonOf } from "../evidence/directory.ts";
import { closeRead } from "../evidence/open-path.ts";
import type { OpenedEntry } from "../evidence/source.ts";
import { systemCode } from "../failure.ts";
import type { CryptographicAlgorithm, Digests, Finding } from "../model.ts";
import { computedWhileReading } from "./arena.ts";
import { digestsOf, type RunningDigests, startDigests } from "./algorithm.ts";
import type { EntryToRead } from "./packed-batch.ts";
import type { ReadingParts } from "./reading-parts.ts";

/** Read at once, and fed to the digests while it is in the processor's cache. */
const pieceBytes = 1024 * 1024;

/** Files up to this size are read by one call and hashed by one a digest. The known file of the self-test that is to go the other way is larger. */
const atOnceBytes = 512 * 1024;

/** Where a file system cuts a read short that is not at the end of the file, it does so at a multiple of this. */
const pageBytes = 4096;

/** Opens an entry of kind `file`. Shape: a finding where it cannot be read or is not what was planned. Errors: none for what the evidence does. */
export function openFile(entry: EntryToRead, parts: ReadingParts): OpenFile | Finding {
  // Files that cannot be opened give no bytes, and a row of them is no silence.
  parts.alive(0);
  let opened: OpenedEntry;
  try {
    opened = parts.source.open(entry);
  } catch (thrown) {
    return unread(entry, thrown);
  }
  if (opened.isFile && opened.inode === entry.inode && !hasChanged(entry, opened)) return new OpenFile(entry, opened.descriptor, parts);
  closeRead(opened.descriptor);
  return changed(entry);
}

/** A file of which every byte is read once, and exactly the planned size. Whoever has it closes it. */
export class OpenFile {
  readonly entry: EntryToRead;
  private readonly descriptor: number;
  private readonly alive: (bytes: number) => void;
  private readonly names: readonly CryptographicAlgorithm[];
  private running: RunningDigests | null = null;
  private doneBytes = 0;

  constructor(entry: EntryToRead, descriptor: number, { digests, arena, alive }: ReadingParts) {
    this.entry = entry;
    this.descriptor = descriptor;
    this.alive = alive;
    this.names = computedWhileReading(digests, arena);
  }

  get missingBytes(): number {
    return this.entry.sizeBytes - this.doneBytes;
  }

  /**
   * Reads the file whole, and makes sure that it ends there and did not change meanwhile; instead of `fill` and `end`.
   *
   * Shape: `room` is longer than the file, for its end shows by asking for more than there is.
   */
  readWhole(room: Buffer): Digests | Finding {
    const { sizeBytes } = this.entry;
    if (sizeBytes > atOnceBytes) return this.fill(room.subarray(0, sizeBytes)) ?? this.end();
    for (;;) {
      const count = this.read(room.subarray(this.doneBytes, sizeBytes + 1));
      if (typeof count !== "number") return count;
      this.doneBytes += count;
      this.alive(count);
      if (this.doneBytes > sizeBytes) return changed(this.entry);
      if (count === 0 && this.doneBytes < sizeBytes) return short(this.entry);
      if (count === 0 || (this.doneBytes === sizeBytes && sizeBytes % pageBytes !== 0)) break;
    }
    return this.changedMeanwhile() ?? digestsOf(this.names, room.subarray(0, sizeBytes));
  }

  /** Fills a window, which is no longer than what is missing. Shape: null when it is full, else why it is not. */
  fill(window: Buffer): Finding | null {
    this.running ??= startDigests(this.names);
    for (let filled = 0; filled < window.length; ) {
      const count = this.read(window.subarray(filled, filled + pieceBytes));
      if (typeof count !== "number") return count;
      if (count === 0) return short(this.entry);
      this.running.update(window.subarray(filled, filled + count));
      filled += count;
      this.doneBytes += count;
      this.alive(count);
    }
    return null;
  }

  /** Makes sure that the file ends here and did not change meanwhile; gives its digests, but those that are computed of the arena. */
  end(): Digests | Finding {
    const behind = this.read(Buffer.alloc(1));
    if (behind !== 0) return typeof behind === "number" ? changed(this.entry) : behind;
    return this.changedMeanwhile() ?? (this.running ?? startDigests(this.names)).finish();
  }

  close(): void {
    closeRead(this.descriptor);
  }

  private changedMeanwhile(): Finding | null {
    try {
      const after = fstatSync(this.descriptor, { bigint: true });
      if (hasChanged(this.entry, { sizeBytes: Number(after.size), modifiedNs: after.mtimeNs, changedNs: after.ctimeNs })) return changed(this.entry);
    } catch (thrown) {
      return unread(this.entry, thrown);
    }
    return null;
  }

  /** The kernel gives what comes before a place that cannot be read, and fails at the place itself. */
  private read(target: Buffer): number | Finding {
    try {
      return readSync(this.descriptor, target, 0, target.length, null);
    } catch (thrown) {
      return { ...unread(this.entry, thrown), ...(this.missingBytes > 0 ? { failedAtBytes: this.doneBytes } : {}) };
    }
  }
}

export function isFinding(result: object): result is Finding {
  return "outcome" in result;
}

function hasChanged(entry: EntryToRead, now: Pick<OpenedEntry, "sizeBytes" | "modifiedNs" | "changedNs">): boolean {
  return now.sizeBytes !== entry.sizeBytes || now.modifiedNs !== entry.modifiedNs || now.changedNs !== entry.changedNs;
}

function short({ no }: EntryToRead): Finding {
  return { outcome: "unread", no, reason: "short", errorCode: null };
}

function changed({ no }: EntryToRead): Finding {
  return { outcome: "unread", no, reason: "changed", errorCode: null };
}

function unread({ no }: EntryToRead, thrown: unknown): Finding {
  return { outcome: "unread", no, reason: reasonOf(thrown), errorCode: systemCode(thrown) };
}
