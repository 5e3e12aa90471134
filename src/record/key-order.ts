/** Keys that can be put in order at once: the number of one has to fit behind four of its bytes into the 53 bits of a number. */
export const mostKeys = 2 ** 20;

// A byte, or the end of the key, which comes before any byte.
const symbols = 257;
const bytesAtOnce = 4;
// Below, a sort of the library costs more by its call than this one by its moves.
const fewKeys = 32;

/** Keys one behind the other: key n is from `starts[n]` to `starts[n + 1]` of `bytes`. */
export interface Keys {
  readonly bytes: Uint8Array;
  readonly starts: Uint32Array;
  readonly count: number;
}

/**
 * Numbers of the keys in the order that SQLite gives to BLOBs: byte by byte, and a key before those that go on where it ends. Equal ones by their numbers.
 *
 * Shape: takes a time that the length of all keys bounds, whatever they have in common.
 */
export function keysInOrder(keys: Keys): Uint32Array {
  const { count } = keys;
  if (count > mostKeys) throw new RangeError(`record: found ${count} keys to be put in order at once, expected at most ${mostKeys}`);
  const order = Uint32Array.from({ length: count }, (_, key) => key);
  // The next four bytes of each key with its number behind them: to sort these takes no function that compares.
  const codes = new Float64Array(count);
  // Parts of `order` whose keys begin with so many equal bytes: from, to, bytes. A stack of its own, for paths can be made to part one by one.
  const left = count > 1 ? [0, count, 0] : [];
  while (left.length > 0) {
    const [from, to, equalBytes] = left.splice(-3) as [number, number, number];
    const parted = partAt(keys, order, codes, from, to, equalBytes);
    if (parted === null) continue;
    sortPart(codes, from, to);
    let first = from;
    for (let at = from; at < to; at++) {
      const bytes = bytesOf(codes[at]!);
      order[at] = codes[at]! - bytes * mostKeys;
      if (at + 1 < to && bytesOf(codes[at + 1]!) === bytes) continue;
      if (at > first && !isEnd(bytes)) left.push(first, at + 1, parted + bytesAtOnce);
      first = at + 1;
    }
  }
  return order;
}

/** Writes the codes at the first place, from `equalBytes` on, where the keys of a part differ. Shape: that place; null where they are all equal. */
function partAt({ bytes, starts }: Keys, order: Uint32Array, codes: Float64Array, from: number, to: number, equalBytes: number): number | null {
  for (let place = equalBytes; ; place += bytesAtOnce) {
    let firstBytes = -1;
    let differ = false;
    for (let at = from; at < to; at++) {
      const key = order[at]!;
      const start = starts[key]! + place;
      const end = starts[key + 1]!;
      let coded = 0;
      if (start + bytesAtOnce <= end) coded = ((bytes[start]! * symbols + bytes[start + 1]!) * symbols + bytes[start + 2]!) * symbols + bytes[start + 3]! + allBytes;
      else for (let next = start; next < start + bytesAtOnce; next++) coded = coded * symbols + (next < end ? bytes[next]! + 1 : 0);
      if (firstBytes === -1) firstBytes = coded;
      else if (coded !== firstBytes) differ = true;
      codes[at] = coded * mostKeys + key;
    }
    if (differ) return place;
    if (isEnd(firstBytes)) return null;
  }
}

// What the code of four bytes is more than that of their values, each byte being its value and 1.
const allBytes = ((1 * symbols + 1) * symbols + 1) * symbols + 1;

function bytesOf(code: number): number {
  return Math.floor(code / mostKeys);
}

function isEnd(bytes: number): boolean {
  return bytes % symbols === 0;
}

function sortPart(codes: Float64Array, from: number, to: number): void {
  if (to - from > fewKeys) {
    codes.subarray(from, to).sort();
    return;
  }
  for (let at = from + 1; at < to; at++) {
    const code = codes[at]!;
    let place = at;
    for (; place > from && codes[place - 1]! > code; place--) codes[place] = codes[place - 1]!;
    codes[place] = code;
  }
}
