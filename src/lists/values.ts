import { type AlgorithmName, digestBytes } from "../model.ts";
import { type Place, quotable, refusal } from "./refusal.ts";

const longestTextCharacters = 256;

// 0..15 for a hex digit, 255 for every other UTF-16 unit: a decoder that looks at low bytes only would take U+0130 for "0".
const digitValues = new Uint8Array(65536).fill(255);
for (const [value, digit] of [..."0123456789abcdef"].entries()) {
  digitValues[digit.charCodeAt(0)] = value;
  digitValues[digit.toUpperCase().charCodeAt(0)] = value;
}

/** The digest that a hex text states. Errors: Failure("list-refused") naming the number of digits found, or that a character is no hex digit. */
export function hexDigest(text: string, algorithm: AlgorithmName, place: Place): Uint8Array {
  const length = digestBytes[algorithm];
  if (text.length !== 2 * length) throw refusal(place, `${text.length} characters as ${algorithm}`, `${2 * length} hex digits`);
  const digest = new Uint8Array(length);
  for (let at = 0; at < length; at++) {
    const high = digitValues[text.charCodeAt(2 * at)]!;
    const low = digitValues[text.charCodeAt(2 * at + 1)]!;
    if ((high | low) > 15) throw refusal(place, `a character that is no hex digit in ${algorithm}`, `${2 * length} hex digits`);
    digest[at] = (high << 4) | low;
  }
  return digest;
}

/**
 * The algorithm of a digest that stands without a name.
 *
 * Errors: Failure("list-refused") for 64 digits unless `stated` says which (sha256, blake3 and pdq share the length), and for any other length.
 */
export function bareAlgorithm(digits: number, stated: AlgorithmName | undefined, place: Place): AlgorithmName {
  if (stated !== undefined) return stated;
  if (digits === 32) return "md5";
  if (digits === 40) return "sha1";
  if (digits === 64) throw refusal(place, "64 digits without a name", "--algorithm sha256, blake3 or pdq: their length is the same and is never guessed");
  throw refusal(place, `${digits} characters`, "32 (md5), 40 (sha1) or 64 hex digits");
}

/** A record id or category code, trimmed; null when nothing is left. Errors: Failure("list-refused") for text above 256 characters or not in UTF-8. */
export function plainText(text: string, name: string, place: Place): string | null {
  const trimmed = text.trim();
  if (trimmed === "") return null;
  if (trimmed.length > longestTextCharacters) throw refusal(place, `a ${name} of ${trimmed.length} characters`, `at most ${longestTextCharacters}`);
  if (trimmed.includes("\ufffd")) throw refusal(place, `a ${name} with bytes that are no UTF-8`, "UTF-8, or UTF-16 with its byte order mark");
  return trimmed;
}

/** A whole number in decimal digits, null when the text is empty. Errors: Failure("list-refused") for anything else, and above `most`. */
export function wholeNumber(text: string, name: string, most: number, place: Place): number | null {
  const trimmed = text.trim();
  if (trimmed === "") return null;
  const value = /^[0-9]{1,16}$/.test(trimmed) ? Number(trimmed) : Number.NaN;
  if (!(value <= most)) throw refusal(place, `${quotable(trimmed)} as ${name}`, most === Number.MAX_SAFE_INTEGER ? "a whole number" : `a whole number from 0 to ${most}`);
  return value;
}
