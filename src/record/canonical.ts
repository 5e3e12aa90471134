import { hash } from "node:crypto";

/** A stored value. Numbers count as their decimal digits, so a number, a bigint and its text are the same value. */
export type CanonicalValue = string | number | bigint | Uint8Array | null;

/**
 * Values in a form that no other sequence of values has.
 *
 * Shape: per value its length in bytes (4 bytes, big-endian), then its bytes: text in UTF-8, numbers as decimal digits; null is the length ffffffff alone.
 */
export function canonicalBytes(values: readonly CanonicalValue[]): Buffer {
  return Buffer.from(encoded(nothing, [values]));
}

/** The same of several runs of values, one behind the other. Shape: overwritten by the next call of this module. */
export function canonicalRows(rows: Iterable<readonly CanonicalValue[]>): Uint8Array {
  return encoded(nothing, rows);
}

/** SHA-256 of `before` and then of all values in their canonical form, as if the runs were one. */
export function canonicalSha256(before: Uint8Array, runs: Iterable<readonly CanonicalValue[]>): Buffer {
  return sha256(encoded(before, runs));
}

/** The canonical form in hexadecimal. */
export function canonicalHex(values: readonly CanonicalValue[]): string {
  return canonicalBytes(values).toString("hex");
}

/**
 * SQL that gives the canonical form of a row's columns in hexadecimal: read so, a row takes half the time, for a value each costs more than its bytes.
 *
 * Shape: digits of either case. What is stored as text counts with the bytes that it has, be they UTF-8 or not.
 */
export function canonicalHexSql(columns: readonly string[]): string {
  return columns.map((name) => `iif(${name} IS NULL, 'ffffffff', printf('%08x', octet_length(${name})) || hex(${name}))`).join(" || ");
}

const nothing = new Uint8Array(0);

// A record of a million entries is encoded value by value: bytes that are used at once are written over the last ones, and a short text is written
// here, for a call into the library takes longer than its few characters.
let scratch = Buffer.allocUnsafe(65_536);
const shortLength = 40;

/** What it gives is overwritten by the next call. */
function encoded(before: Uint8Array, runs: Iterable<readonly CanonicalValue[]>): Uint8Array {
  reserve(0, before.length);
  scratch.set(before);
  let at = before.length;
  for (const values of runs) for (const value of values) at = writeValue(at, value);
  return scratch.subarray(0, at);
}

function writeValue(at: number, value: CanonicalValue): number {
  if (value === null) return writeLength(at, 0xffffffff);
  if (typeof value === "object") return writeBytes(at, value);
  if (typeof value === "string") return writeText(at, value);
  if (typeof value === "bigint") {
    whole[0] = value;
    // Digits of what 63 bits hold are written without a text: times and numbers are most of what a record has.
    if (whole[0] === value && halves[high]! < 2 ** 31) return writeDigits(at, halves[high]!, halves[1 - high]!);
  } else if (Number.isSafeInteger(value) && value >= 0) return writeDigits(at, Math.floor(value / 2 ** 32), value >>> 0);
  return writeText(at, String(value));
}

// A whole number of 64 bits, and the same bytes as two of 32: where the higher one lies depends on the processor.
const whole = BigInt64Array.of(1n);
const halves = new Uint32Array(whole.buffer);
const high = halves[0] === 1 ? 1 : 0;

const billion = 1_000_000_000;

/** A whole number below 2^63, by its two halves, as decimal digits. */
function writeDigits(at: number, highHalf: number, lowHalf: number): number {
  reserve(at, 4 + 19);
  const from = at + 4;
  if (highHalf === 0) {
    const length = digitsIn(lowHalf);
    writeLength(at, length);
    writePadded(from, length, lowHalf);
    return from + length;
  }
  // Divided by 10^9 sixteen bits at a time, so that nothing goes beyond the 53 bits that a number holds.
  const first = Math.floor(highHalf / billion);
  const second = (highHalf - first * billion) * 65_536 + (lowHalf >>> 16);
  const third = (second % billion) * 65_536 + (lowHalf & 0xffff);
  const front = first * 2 ** 32 + Math.floor(second / billion) * 65_536 + Math.floor(third / billion);
  const frontBillions = Math.floor(front / billion);
  const frontRest = front - frontBillions * billion;
  const length = frontBillions > 0 ? 10 : digitsIn(frontRest);
  if (frontBillions > 0) scratch[from] = zero + frontBillions;
  writePadded(from + length - Math.min(length, 9), Math.min(length, 9), frontRest);
  writePadded(from + length, 9, third % billion);
  writeLength(at, length + 9);
  return from + length + 9;
}

const zero = 0x30;

/** So many last digits of a number below 2^32. */
function writePadded(from: number, length: number, number: number): void {
  let left = number >>> 0;
  for (let at = from + length - 1; at >= from; at--) {
    const tens = (left / 10) >>> 0;
    scratch[at] = zero + left - tens * 10;
    left = tens;
  }
}

function digitsIn(number: number): number {
  let digits = 1;
  for (let bound = 10; number >= bound; bound *= 10) digits += 1;
  return digits;
}

function writeLength(at: number, length: number): number {
  reserve(at, 4);
  scratch[at] = length >>> 24;
  scratch[at + 1] = length >>> 16;
  scratch[at + 2] = length >>> 8;
  scratch[at + 3] = length;
  return at + 4;
}

function writeBytes(at: number, bytes: Uint8Array): number {
  const from = writeLength(at, bytes.length);
  reserve(from, bytes.length);
  scratch.set(bytes, from);
  return from + bytes.length;
}

function writeText(at: number, text: string): number {
  const from = at + 4;
  reserve(from, 3 * text.length);
  let length = 0;
  if (text.length <= shortLength) for (; length < text.length; length++) {
    const code = text.charCodeAt(length);
    if (code > 0x7f) break;
    scratch[from + length] = code;
  }
  if (length < text.length) length = scratch.write(text, from, "utf8");
  writeLength(at, length);
  return from + length;
}

function reserve(at: number, length: number): void {
  if (at + length <= scratch.length) return;
  const larger = Buffer.allocUnsafe(Math.max(2 * scratch.length, at + length));
  larger.set(scratch.subarray(0, at));
  scratch = larger;
}

/** SHA-256 of the parts, one after the other. */
export function sha256(...parts: readonly Uint8Array[]): Buffer {
  const [only] = parts;
  // As a text of one byte a character: a buffer of its own for each digest costs more than this way to a piece of a common one.
  return Buffer.from(hash("sha256", parts.length === 1 && only !== undefined ? only : Buffer.concat(parts), "binary"), "latin1");
}

/** SHA-256, in hexadecimal, of bytes that are given in hexadecimal, piece by piece: together they may be longer than a text can be. */
export function sha256OfHex(pieces: readonly string[]): string {
  let at = 0;
  for (const piece of pieces) {
    reserve(at, piece.length / 2);
    at += scratch.write(piece, at, "hex");
  }
  return hash("sha256", scratch.subarray(0, at), "hex");
}

/** The head of an empty chain. */
export const emptyHead: Uint8Array = new Uint8Array(32);

/** JSON with sorted keys and no spaces: equal values give equal text. A bigint is the string of its digits. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => {
    if (typeof part === "bigint") return String(part);
    if (typeof part !== "object" || part === null || Array.isArray(part)) return part;
    return Object.fromEntries(Object.entries(part).sort(([one], [other]) => (one < other ? -1 : 1)));
  });
}

/** Text as UTF-8 can hold it: a lone half of a surrogate pair becomes U+FFFD, so that what is read back is what was hashed. */
export function wellFormed(text: string): string {
  return /\p{Surrogate}/u.test(text) ? Buffer.from(text, "utf8").toString("utf8") : text;
}
