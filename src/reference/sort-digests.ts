import type { DigestColumn } from "./column.ts";

const digitBits = 16;
const digitCount = 1 << digitBits;

/**
 * The order that sorts a column's entries as bytes.
 *
 * Shape: position in the order -> index in the column; equal entries stay in the order of the column.
 */
export function sortedOrder(column: DigestColumn): Uint32Array {
  const count = column.count();
  const prefixes = new Uint32Array(count);
  for (let index = 0; index < count; index++) prefixes[index] = column.prefix(index);
  const byLow = new Uint32Array(count);
  for (let index = 0; index < count; index++) byLow[index] = index;
  const order = distributed(distributed(byLow, prefixes, 0), prefixes, digitBits);
  settleEqualPrefixes(order, prefixes, column);
  return order;
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
function settleEqualPrefixes(order: Uint32Array, prefixes: Uint32Array, column: DigestColumn): void {
  const compare = (left: number, right: number): number => column.compare(left, right) || left - right;
  for (let from = 0; from < order.length; ) {
    const prefix = prefixes[order[from]!]!;
    let to = from + 1;
    while (to < order.length && prefixes[order[to]!] === prefix) to += 1;
    if (to - from > 1) order.subarray(from, to).sort(compare);
    from = to;
  }
}
