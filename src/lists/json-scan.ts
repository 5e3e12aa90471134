/** How far a JSON value has been passed over; goes on across chunks. Shape: `colons` and `newlines` count those outside of strings; `deepest` is the deepest nesting so far. */
export interface ValueScan {
  depth: number;
  deepest: number;
  inString: boolean;
  escaped: boolean;
  colons: number;
  newlines: number;
  complete: boolean;
}

const [quote, backslash, colon, newline] = [0x22, 0x5c, 0x3a, 0x0a];

// What a byte outside of a string means for finding the end of a value.
const [ordinary, opens, closes, ends] = [0, 1, 2, 3];
const meanings = new Uint8Array(256).fill(ordinary);
for (const byte of Buffer.from("{[")) meanings[byte] = opens;
for (const byte of Buffer.from("}]")) meanings[byte] = closes;
for (const byte of Buffer.from(", \r\t\n")) meanings[byte] = ends;

export function startScan(): ValueScan {
  return { depth: 0, deepest: 0, inString: false, escaped: false, colons: 0, newlines: 0, complete: false };
}

/**
 * Moves on in a value to its end, which is all that it judges: brackets are counted, not paired, and a parser has the last word.
 *
 * Shape: returns the index past the value (a number or literal ends before the byte that follows it) and sets `complete`, or the chunk's length.
 */
export function scanValue(scan: ValueScan, chunk: Uint8Array, from: number): number {
  const end = chunk.length;
  let { depth, deepest, inString, escaped, colons, newlines } = scan;
  let complete = false;
  let at = from;
  while (at < end && !complete) {
    if (inString) {
      if (escaped) {
        escaped = false;
        at += 1;
        continue;
      }
      let byte = 0;
      while (at < end && (byte = chunk[at]!) !== quote && byte !== backslash) at += 1;
      if (at === end) break;
      at += 1;
      if (byte === backslash) escaped = true;
      else {
        inString = false;
        complete = depth === 0;
      }
      continue;
    }
    const byte = chunk[at]!;
    const meaning = meanings[byte]!;
    if (depth === 0 && meaning >= closes) {
      complete = true;
      break;
    }
    if (byte === quote) inString = true;
    else if (byte === colon) colons += 1;
    else if (byte === newline) newlines += 1;
    else if (meaning === opens) {
      depth += 1;
      if (depth > deepest) deepest = depth;
    } else if (meaning === closes) {
      depth -= 1;
      complete = depth === 0;
    }
    at += 1;
  }
  Object.assign(scan, { depth, deepest, inString, escaped, colons, newlines, complete });
  return at;
}
