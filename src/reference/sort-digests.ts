const digitBits = 16;
const digitCount = 1 << digitBits;

/** Fewer entries are compared: to count all digits twice would take longer. */
const fewEntries = 4096;

/** Digests of one width, each followed by its reference (u32), without gaps. */
export interface DigestEntries {
  readonly bytes: Uint8Array;
  readonly widthBytes: number;
  readonly count: number;
}

/**
 * The order that sorts entries as bytes of their digests.
 *
 * Shape: position in the order -> index of the entry; equal digests stay in the order in which they came. All digests are known to agree
 *        in their first `sharedBytes`.
 */
export function sortedOrder(entries: DigestEntries, sharedBytes: number): Uint32Array {
  const { bytes, widthBytes, count } = entries;
  const stride = widthBytes + 4;
  const from = Math.min(sharedBytes, widthBytes - 4);
  const prefixes = new Uint32Array(count);
  const order = new Uint32Array(count);
  for (let index = 0, at = from; index < count; index++, at += stride) {
    prefixes[index] = ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
    order[index] = index;
  }
  const sorted = count < fewEntries ? order.sort((left, right) => prefixes[left]! - prefixes[right]! || left - right) : distributed(distributed(order, prefixes, 0), prefixes, digitBits);
  settleEqualPrefixes(sorted, prefixes, entries);
  return sorted;
}

/** Order of two entries' digests as bytes: negative, 0 or positive. */
function compareEntries({ bytes, widthBytes }: DigestEntries, left: number, right: number): number {
  const [leftAt, rightAt] = [left * (widthBytes + 4), right * (widthBytes + 4)];
  for (let byte = 0; byte < widthBytes; byte++) {
    const difference = bytes[leftAt + byte]! - bytes[rightAt + byte]!;
    if (difference !== 0) return difference;
  }
  return 0;
}

/** One stable pass of a radix sort over 16 bits of the prefixes. */
function distributed(order: Uint32Array, prefixes: Uint32Array, shift: number): Uint32Array {
  const next = new Uint32Array(digitCount);
  for (const prefix of prefixes) next[(prefix >>> shift) & (digitCount - 1)]! += 1;
  let start = 0;
  for (let digit = 0; digit < digitCount; digit++) {
    const entries = next[digit]!;
    next[digit] = start;
    start += entries;
  }
  const result = new Uint32Array(order.length);
  for (const index of order) {
    const digit = (prefixes[index]! >>> shift) & (digitCount - 1);
    result[next[digit]!] = index;
    next[digit]! += 1;
  }
  return result;
}

/** Runs of one prefix are few and short in a list of real digests: only these are compared in full. */
function settleEqualPrefixes(order: Uint32Array, prefixes: Uint32Array, entries: DigestEntries): void {
  const compare = (left: number, right: number): number => compareEntries(entries, left, right) || left - right;
  for (let from = 0; from < order.length; ) {
    const prefix = prefixes[order[from]!]!;
    let to = from + 1;
    while (to < order.length && prefixes[order[to]!] === prefix) to += 1;
    if (to - from > 1) order.subarray(from, to).sort(compare);
    from = to;
  }
}
