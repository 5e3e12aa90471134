import { fstatSync, readSync } from "node:fs";
import { reasonOf } from "../evidence/directory.ts";
import { closeRead } from "../evidence/open-path.ts";
import type { OpenedEntry, Source } from "../evidence/source.ts";
import { systemCode } from "../failure.ts";
import type { CryptographicAlgorithm, Digests, Embedded, Finding, Perceived, PlannedEntry, UnreadReason } from "../model.ts";
import { type RunningDigests, startDigests } from "./algorithm.ts";
import { extensionFits } from "./extensions.ts";
import { mediaTypeBytes, mediaTypeOf } from "./media-type.ts";
import { largestPictureBytes } from "../picture-facts.ts";

/**
 * How a reader has pictures decoded; given by the program that starts it, because decoding lives in another folder.
 *
 * Shape: called with the bytes of a whole file and their digests; null when its type is no picture's. The bytes' buffer is free again when the promise ends.
 */
export type Perceive = (mediaType: string, bytes: Uint8Array | "too-large", digests: Digests, sizeBytes: number) => Promise<Perceived | null>;

/** What reading one entry needs. */
export interface ReadingParts {
  readonly source: Source;
  /** What is computed of every file, and of every picture within one. */
  readonly digests: readonly CryptographicAlgorithm[];
  /** Where files are read to; its contents are gone with the next file. */
  readonly arena: Buffer;
  readonly perceive: Perceive;
  /** Called with the number of bytes that just came in. */
  readonly alive: (bytes: number) => void;
}

const windowBytes = 1024 * 1024;

/** Reads one entry of kind `file`, every byte once, and gives its finding. Errors: none for what the evidence does; an unreadable file is a finding. */
export async function readEntry(entry: PlannedEntry, parts: ReadingParts): Promise<Finding> {
  let opened: OpenedEntry;
  try {
    opened = parts.source.open(entry);
  } catch (thrown) {
    return unread(entry, reasonOf(thrown), systemCode(thrown));
  }
  try {
    return await readOpened(entry, opened, parts);
  } finally {
    closeRead(opened.descriptor);
  }
}

async function readOpened(entry: PlannedEntry, opened: OpenedEntry, parts: ReadingParts): Promise<Finding> {
  if (!opened.isFile || opened.inode !== entry.inode || hasChanged(entry, opened)) return unread(entry, "changed", null);
  const running = startDigests(parts.digests);
  const kept = new Kept(entry.sizeBytes, parts.arena);
  const problem = readWhole(entry, opened.descriptor, kept, running, parts.alive);
  if (problem !== null) return problem;
  const mediaType = mediaTypeOf(kept.head());
  const digests = running.finish();
  const whole = kept.whole();
  const perceived = mediaType === null ? null : await parts.perceive(mediaType, whole ?? "too-large", digests, entry.sizeBytes);
  const embedded = whole === null ? [] : embeddedIn(whole, perceived?.embedded ?? [], parts.digests);
  return { outcome: "examined", no: entry.no, digests, mediaType, extensionFits: extensionFits(mediaType, entry.path), picture: perceived?.picture ?? null, embedded };
}

/** Digests of the pictures that the decoder found within a file: it only says where they are, and what lies outside of the file is not there. */
function embeddedIn(whole: Uint8Array, found: Perceived["embedded"], names: ReadingParts["digests"]): Embedded[] {
  return found.flatMap((part) => {
    const bytes = whole.subarray(part.offsetBytes, part.offsetBytes + part.sizeBytes);
    if (part.sizeBytes === 0 || bytes.length !== part.sizeBytes) return [];
    const running = startDigests(names);
    running.update(bytes);
    return [{ ...part, digests: running.finish() }];
  });
}

/** Reads exactly the planned size, feeds every digest, then makes sure that the file ended there and did not change meanwhile. */
function readWhole(entry: PlannedEntry, descriptor: number, kept: Kept, running: RunningDigests, alive: ReadingParts["alive"]): Finding | null {
  let done = 0;
  try {
    while (done < entry.sizeBytes) {
      const window = kept.window(done);
      const count = readSync(descriptor, window, 0, window.length, null);
      if (count === 0) return unread(entry, "short", null);
      const bytes = window.subarray(0, count);
      running.update(bytes);
      kept.took(done, bytes);
      done += count;
      alive(count);
    }
    if (readSync(descriptor, Buffer.alloc(1), 0, 1, null) !== 0) return unread(entry, "changed", null);
    const after = fstatSync(descriptor, { bigint: true });
    return hasChanged(entry, { sizeBytes: Number(after.size), modifiedNs: after.mtimeNs, changedNs: after.ctimeNs }) ? unread(entry, "changed", null) : null;
  } catch (thrown) {
    // The kernel gives what comes before a place that cannot be read, and fails at the place itself.
    return { ...unread(entry, reasonOf(thrown), systemCode(thrown)), ...(done < entry.sizeBytes ? { failedAtBytes: done } : {}) };
  }
}

/** The bytes that stay at hand after reading: all of a file that fits into the arena or may be a picture, else its head. */
class Kept {
  private readonly sizeBytes: number;
  private readonly arena: Buffer;
  private own: Buffer | null = null;
  private headBytes: Buffer = Buffer.alloc(0);

  constructor(sizeBytes: number, arena: Buffer) {
    this.sizeBytes = sizeBytes;
    this.arena = arena;
  }

  /** Where the next bytes are to be read to: never an empty window while bytes are missing. */
  window(done: number): Buffer {
    const target = this.own ?? this.arena;
    const end = Math.min(this.sizeBytes, done + windowBytes);
    return this.sizeBytes <= target.length ? target.subarray(done, end) : target.subarray(0, end - done);
  }

  took(done: number, bytes: Buffer): void {
    if (done < mediaTypeBytes) this.headBytes = Buffer.concat([this.headBytes, bytes.subarray(0, mediaTypeBytes - done)]);
    if (done !== 0 || this.sizeBytes <= this.arena.length || this.sizeBytes > largestPictureBytes) return;
    // A large file is kept whole only when its first bytes say that it is a picture.
    if (mediaTypeOf(this.headBytes)?.startsWith("image/") !== true) return;
    this.own = Buffer.allocUnsafe(this.sizeBytes);
    bytes.copy(this.own, 0);
  }

  head(): Buffer {
    return this.headBytes;
  }

  whole(): Buffer | null {
    const held = this.own ?? this.arena;
    return this.sizeBytes <= held.length ? held.subarray(0, this.sizeBytes) : null;
  }
}

function hasChanged(entry: PlannedEntry, now: Pick<OpenedEntry, "sizeBytes" | "modifiedNs" | "changedNs">): boolean {
  return now.sizeBytes !== entry.sizeBytes || now.modifiedNs !== entry.modifiedNs || now.changedNs !== entry.changedNs;
}

function unread(entry: PlannedEntry, reason: UnreadReason, errorCode: string | null): Finding {
  return { outcome: "unread", no: entry.no, reason, errorCode };
}
