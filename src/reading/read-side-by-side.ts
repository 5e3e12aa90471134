import { type Md5State, md5SlotBytes, md5Start } from "../kernels/md5-lanes.ts";
import type { Finding } from "../model.ts";
import { largestPictureBytes } from "../picture-facts.ts";
import { smallParts } from "./arena.ts";
import { examined, withMd5 } from "./examined.ts";
import { mediaTypeBytes, mediaTypeOf } from "./media-type.ts";
import { isFinding, type OpenFile, openFile } from "./open-file.ts";
import type { EntryToRead } from "./packed-batch.ts";
import type { ReadingParts } from "./reading-parts.ts";

const largestWindowBytes = 1024 * 1024;

/** A large file between two windows. */
interface Underway {
  readonly file: OpenFile;
  /** Where its windows lie in the arena. */
  readonly offsetBytes: number;
  md5: Md5State;
  head: Uint8Array;
  /** What is kept of it: a picture's bytes, from the first to the last that was read. `wanted`: it is a picture, and there is no room for it yet. */
  whole: Buffer | "wanted" | null;
}

/**
 * Reads files that are too large for a group: window by window, several in turns, because MD5 of one alone is slow. A picture is kept whole besides, in a
 * buffer of its own; one for which there is no room beside another waits after its first window.
 *
 * Errors: none for what the evidence does, as in `readGroup`.
 */
export async function readSideBySide(entries: readonly EntryToRead[], parts: ReadingParts): Promise<Finding[]> {
  const { bytes: arena, lanes } = parts.arena;
  const places = lanes === null ? 1 : Math.max(1, Math.min(parts.sideBySide, Math.floor(arena.length / md5SlotBytes(2 * mediaTypeBytes))));
  // No window holds a large file whole: a picture waits between two.
  const placeBytes = Math.min(md5SlotBytes(largestWindowBytes), Math.floor(Math.min(arena.length / places, arena.length / smallParts) / 64) * 64);
  // Whole blocks, and behind them room for a stream's padding.
  const windowBytes = placeBytes - md5SlotBytes(0) - 64;
  const free = Array.from({ length: places }, (_, at) => at * placeBytes);
  const queue = entries.values();
  const findings = new Map<EntryToRead, Finding>();
  const underway = new Set<Underway>();

  const fillPlaces = (): void => {
    while (free.length > 0) {
      const { value: entry, done } = queue.next();
      if (done === true) return;
      const file = openFile(entry, parts);
      if (isFinding(file)) findings.set(entry, file);
      else underway.add({ file, offsetBytes: free.pop()!, md5: md5Start, head: new Uint8Array(), whole: null });
    }
  };
  const leave = (one: Underway, finding: Finding | null): void => {
    one.file.close();
    underway.delete(one);
    free.push(one.offsetBytes);
    if (finding !== null) findings.set(one.file.entry, finding);
  };
  const roomFor = (sizeBytes: number): boolean => [...underway].reduce((sum, { whole }) => sum + (Buffer.isBuffer(whole) ? whole.length : 0), sizeBytes) <= largestPictureBytes;
  /** The next window of a file, kept and fed to all digests but MD5; null when the file cannot be read any further. */
  const nextWindow = (one: Underway): { readonly one: Underway; readonly sizeBytes: number } | null => {
    const { entry, missingBytes } = one.file;
    const window = arena.subarray(one.offsetBytes, one.offsetBytes + Math.min(windowBytes, missingBytes));
    const problem = one.file.fill(window);
    if (problem !== null) {
      leave(one, problem);
      return null;
    }
    if (missingBytes === entry.sizeBytes) {
      one.head = Uint8Array.from(window.subarray(0, mediaTypeBytes));
      if (entry.sizeBytes <= largestPictureBytes && mediaTypeOf(one.head)?.startsWith("image/") === true) one.whole = "wanted";
    }
    if (Buffer.isBuffer(one.whole)) window.copy(one.whole, entry.sizeBytes - missingBytes);
    return { one, sizeBytes: window.length };
  };
  /** Room for a picture whose first window lies in its place still. */
  const keepWhole = (one: Underway): void => {
    const { sizeBytes } = one.file.entry;
    if (one.whole !== "wanted" || !roomFor(sizeBytes)) return;
    one.whole = Buffer.allocUnsafe(sizeBytes);
    arena.copy(one.whole, 0, one.offsetBytes, one.offsetBytes + Math.min(windowBytes, sizeBytes));
  };

  try {
    for (fillPlaces(); underway.size > 0; fillPlaces()) {
      for (const one of underway) keepWhole(one);
      const windows = [...underway].filter(({ whole }) => whole !== "wanted").flatMap((one) => nextWindow(one) ?? []);
      const pieces = windows.map(({ one, sizeBytes }) => ({ one, state: one.md5, offsetBytes: one.offsetBytes, sizeBytes }));
      const going = pieces.filter(({ one }) => one.file.missingBytes > 0);
      const last = pieces.filter(({ one }) => one.file.missingBytes === 0);
      for (const [at, state] of (lanes?.take(going) ?? []).entries()) going[at]!.one.md5 = state;
      const md5s = lanes?.finish(last) ?? [];
      for (const [at, { one }] of last.entries()) {
        const digests = one.file.end();
        const whole = Buffer.isBuffer(one.whole) ? one.whole : null;
        leave(one, isFinding(digests) ? digests : await examined({ entry: one.file.entry, digests: withMd5(md5s[at], digests), head: one.head, whole }, parts));
      }
    }
  } finally {
    for (const one of underway) one.file.close();
  }
  return entries.map((entry) => findings.get(entry)!);
}
