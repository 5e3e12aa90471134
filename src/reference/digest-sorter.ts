import { sortedOrder } from "./sort-digests.ts";
import type { SpillFile } from "./spill-file.ts";

/** A part of the sorted digests. Shape: `references` the reference of each, ascending among equal digests; `startsAnew[i]` 1 unless the digest equals the one before it. */
export interface SortedRun {
  readonly digests: Uint8Array;
  readonly references: Uint32Array;
  readonly startsAnew: Uint8Array;
}

/** Sorts digests of one algorithm, however many there are. */
export interface DigestSorter {
  count(): number;
  /** Shape: references come in ascending order. Errors: RangeError when the digest has another length. */
  push(digest: Uint8Array, reference: number): void;
  /** Everything, once. */
  sorted(): Generator<SortedRun>;
}

/** Units: what one bucket holds in memory before it is spilled, and what is sorted in memory at once. */
export interface SortLimits {
  readonly bucketBytes: number;
  readonly sortedBytes: number;
}

export const sortLimits: SortLimits = { bucketBytes: 64 * 1024, sortedBytes: 64 * 1024 * 1024 };

interface Bucket {
  bytes: Uint8Array;
  words: Uint32Array;
  entries: number;
  spilledEntries: number;
  readonly pieces: number[];
}

const bucketCount = 256;
const firstEntries = 16;

/**
 * Sorts by distribution: entries go to 256 buckets by their first byte, full buckets to the spill file, and each bucket is sorted by itself in the
 * end. One that is too large for that is distributed again by the next byte.
 *
 * Shape: `spill` null keeps everything in memory; `depth` is the byte to distribute by, all before it being equal.
 */
export function digestSorter(widthBytes: number, spill: SpillFile | null, limits: SortLimits, depth = 0): DigestSorter {
  const stride = widthBytes + 4;
  const mostEntries = Math.max(1, Math.floor(limits.bucketBytes / stride));
  const buckets: (Bucket | undefined)[] = new Array<Bucket | undefined>(bucketCount).fill(undefined);
  let count = 0;

  const room = (bucket: Bucket): void => {
    if (spill !== null && bucket.entries >= mostEntries) {
      bucket.pieces.push(spill.write(bucket.bytes.subarray(0, bucket.entries * stride)));
      bucket.spilledEntries += bucket.entries;
      bucket.entries = 0;
      return;
    }
    const larger = emptyBucket(Math.min(bucket.entries * 2, spill === null ? Infinity : Math.max(mostEntries, bucket.entries + 1)), stride);
    larger.bytes.set(bucket.bytes);
    bucket.bytes = larger.bytes;
    bucket.words = larger.words;
  };

  return {
    count: () => count,
    push(digest, reference) {
      if (digest.length !== widthBytes) throw new RangeError(`digest sorter: found ${digest.length} bytes, expected ${widthBytes}`);
      const byte = digest[depth]!;
      const bucket = (buckets[byte] ??= emptyBucket(firstEntries, stride));
      if ((bucket.entries + 1) * stride > bucket.bytes.length) room(bucket);
      const at = bucket.entries * stride;
      const { bytes } = bucket;
      for (let index = 0; index < widthBytes; index++) bytes[at + index] = digest[index]!;
      bucket.words[(at + widthBytes) >>> 2] = reference;
      bucket.entries += 1;
      count += 1;
    },
    *sorted() {
      for (const [byte, bucket] of buckets.entries()) {
        if (bucket === undefined) continue;
        buckets[byte] = undefined;
        const entries = bucket.spilledEntries + bucket.entries;
        if (entries * stride <= limits.sortedBytes) yield sortedRun(gathered(bucket, stride, spill), widthBytes, entries, depth + 1);
        else if (depth + 1 === widthBytes) yield* equalRuns(bucket, stride, spill);
        else yield* distributedAgain(bucket, stride, spill, limits, depth + 1);
      }
    },
  };
}

function emptyBucket(entries: number, stride: number): Bucket {
  const bytes = new Uint8Array(entries * stride);
  return { bytes, words: new Uint32Array(bytes.buffer), entries: 0, spilledEntries: 0, pieces: [] };
}

/** What a bucket holds, in the order in which it came, piece by piece. */
function* piecesOf({ pieces, bytes, entries }: Bucket, stride: number, spill: SpillFile | null): Generator<Uint8Array> {
  for (const piece of pieces) yield spill!.read(piece);
  if (entries > 0) yield bytes.subarray(0, entries * stride);
}

function gathered(bucket: Bucket, stride: number, spill: SpillFile | null): Uint8Array {
  const bytes = new Uint8Array((bucket.spilledEntries + bucket.entries) * stride);
  let at = 0;
  for (const piece of piecesOf(bucket, stride, spill)) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

function sortedRun(bytes: Uint8Array, widthBytes: number, count: number, sharedBytes: number): SortedRun {
  const entries = { bytes, widthBytes, count };
  const order = sortedOrder(entries, sharedBytes);
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  const stride = widthBytes + 4;
  const [digestWords, strideWords] = [widthBytes / 4, stride / 4];
  const digests = new Uint32Array(count * digestWords);
  const references = new Uint32Array(count);
  const startsAnew = new Uint8Array(count);
  for (let place = 0, to = 0; place < count; place++, to += digestWords) {
    const from = order[place]! * strideWords;
    let differs = place === 0 ? 1 : 0;
    for (let word = 0; word < digestWords; word++) {
      const value = words[from + word]!;
      digests[to + word] = value;
      if (place > 0) differs |= value ^ digests[to - digestWords + word]!;
    }
    references[place] = words[from + digestWords]!;
    startsAnew[place] = differs === 0 ? 0 : 1;
  }
  return { digests: new Uint8Array(digests.buffer), references, startsAnew };
}

/** A bucket of one and the same digest: it is in order as it came. */
function* equalRuns(bucket: Bucket, stride: number, spill: SpillFile | null): Generator<SortedRun> {
  let isFirst = true;
  for (const piece of piecesOf(bucket, stride, spill)) {
    const run = sortedRun(Uint8Array.from(piece), stride - 4, piece.length / stride, stride - 4);
    run.startsAnew[0] = isFirst ? 1 : 0;
    isFirst = false;
    yield run;
  }
}

function* distributedAgain(bucket: Bucket, stride: number, spill: SpillFile | null, limits: SortLimits, depth: number): Generator<SortedRun> {
  const widthBytes = stride - 4;
  const finer = digestSorter(widthBytes, spill, limits, depth);
  for (const piece of piecesOf(bucket, stride, spill)) {
    const entries = Uint8Array.from(piece);
    const words = new Uint32Array(entries.buffer);
    for (let at = 0; at < entries.length; at += stride) finer.push(entries.subarray(at, at + widthBytes), words[(at + widthBytes) / 4]!);
  }
  yield* finer.sorted();
}
