import { hash } from "node:crypto";

/** A stored value. Numbers count as their decimal digits, so a number, a bigint and its text are the same value. */
export type CanonicalValue = string | number | bigint | Uint8Array | null;

const nullLength = 0xffffffff;

/**
 * Values in a form that no other sequence of values has.
 *
 * Shape: per value its length in bytes (4 bytes, big-endian), then its bytes: text in UTF-8, numbers as decimal digits; null is the length ffffffff alone.
 */
export function canonicalBytes(values: readonly CanonicalValue[]): Buffer {
  const plain = values.map((value) => (typeof value === "number" || typeof value === "bigint" ? String(value) : value));
  let length = 0;
  for (const value of plain) length += 4 + (value === null ? 0 : lengthOf(value));
  const bytes = Buffer.allocUnsafe(length);
  let at = 0;
  for (const value of plain) {
    const valueLength = value === null ? nullLength : lengthOf(value);
    at = bytes.writeUInt32BE(valueLength, at);
    if (value === null) continue;
    if (typeof value === "string") bytes.write(value, at, "utf8");
    else bytes.set(value, at);
    at += valueLength;
  }
  return bytes;
}

/** SHA-256 of the parts, one after the other. */
export function sha256(...parts: readonly Uint8Array[]): Buffer {
  const [only] = parts;
  return hash("sha256", parts.length === 1 && only !== undefined ? only : Buffer.concat(parts), "buffer");
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

function lengthOf(value: string | Uint8Array): number {
  return typeof value === "string" ? Buffer.byteLength(value, "utf8") : value.length;
}
