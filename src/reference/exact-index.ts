/** Look-up of whole digests of one algorithm in one list. */
export interface ExactIndex {
  /** References with this very digest, in the order of the list. Errors: RangeError for a digest of another length. */
  find(digest: Uint8Array): readonly number[];
  /** Entries, which stand in the order of their digests and are numbered from 0. */
  readonly count: number;
  /** Reference of an entry. */
  reference(entry: number): number;
  /** Order of two entries' digests as bytes: negative, 0 or positive. */
  order(left: number, right: number): number;
}

const none: readonly number[] = [];
const mostDirectoryBits = 28;

/**
 * An index over digests that are sorted as bytes.
 *
 * Shape:  `digests` entries of `widthBytes` (a multiple of 4) without gaps; `references` the reference of each, ascending among equal digests.
 *         A directory over the leading bits says where a digest's few neighbours lie; it has one to two entries a bucket.
 * Errors: RangeError when the arrays do not fit each other or the leading bits are out of order.
 */
export function exactIndex(widthBytes: number, digests: ArrayBuffer, references: Uint32Array): ExactIndex {
  const count = references.length;
  if (digests.byteLength !== count * widthBytes) throw new RangeError(`exact index: found ${digests.byteLength} bytes of digests, expected ${count * widthBytes}`);
  const widthWords = widthBytes / 4;
  const words = new Uint32Array(digests);
  const shift = 32 - Math.min(Math.max(31 - Math.clz32(count), 1), mostDirectoryBits);
  const starts = directory(new Uint8Array(digests), widthBytes, count, shift);
  const bytes = new Uint8Array(digests);
  const sought = new Uint32Array(widthWords);
  const soughtBytes = new Uint8Array(sought.buffer);

  const equals = (entry: number): boolean => {
    const at = entry * widthWords;
    for (let word = 0; word < widthWords; word++) if (words[at + word] !== sought[word]) return false;
    return true;
  };

  return {
    find(digest) {
      if (digest.length !== widthBytes) throw new RangeError(`exact index: found a digest of ${digest.length} bytes, expected ${widthBytes}`);
      soughtBytes.set(digest);
      const bucket = prefixAt(digest, 0) >>> shift;
      const end = starts[bucket + 1]!;
      let found = none as number[];
      for (let entry = starts[bucket]!; entry < end; entry++) {
        if (!equals(entry)) continue;
        if (found === none) found = [];
        found.push(references[entry]!);
      }
      return found;
    },
    count,
    reference: (entry) => references[entry]!,
    order(left, right) {
      const [ours, theirs] = [left * widthBytes, right * widthBytes];
      for (let at = 0; at < widthBytes; at++) {
        const difference = bytes[ours + at]! - bytes[theirs + at]!;
        if (difference !== 0) return difference;
      }
      return 0;
    },
  };
}

/** Shape: entries of bucket b are those from `starts[b]` up to `starts[b + 1]`. */
function directory(digests: Uint8Array, widthBytes: number, count: number, shift: number): Uint32Array {
  const starts = new Uint32Array(2 ** (32 - shift) + 1);
  let last = 0;
  for (let entry = 0; entry < count; entry++) {
    const bucket = prefixAt(digests, entry * widthBytes) >>> shift;
    if (bucket < last) throw new RangeError(`exact index: entry ${entry} is out of order`);
    for (; last < bucket; last++) starts[last + 1] = entry;
  }
  starts.fill(count, last + 1);
  return starts;
}

function prefixAt(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
}
