import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from "node:crypto";
import { Failure } from "../failure.ts";
import { digestBytes, type Finding, type PerceptualCode } from "../model.ts";
import { type CanonicalValue, canonicalBytes } from "./canonical.ts";
import type { LogBodies } from "./view.ts";

/** Whose codes they are. Shape: `nth` -1 for the entry's own picture, else that of the picture within it. */
export interface CodesPlace {
  readonly entry: number;
  readonly nth: number;
}

/** Seals the perceptual codes of one case's pictures, each for its one place, and opens them again. */
export interface CodeVault {
  seal(place: CodesPlace, codes: readonly PerceptualCode[]): Uint8Array;
  /** Errors: Failure("record-damaged") for what was not sealed for this place. */
  open(place: CodesPlace, sealed: Uint8Array): readonly PerceptualCode[];
}

/** What a case's codes are sealed with besides the key; stands in its first log row. */
export type CodesSeal = NonNullable<LogBodies["opened"]["codes"]>;

const algorithm = "aes-256-gcm";
const keyBytes = 32;
const saltBytes = 32;
const nonceBytes = 12;
const tagBytes = 16;

/** A salt for a case whose codes are going to be kept. Errors: RangeError for a key that is not of 32 bytes. */
export function newCodesSeal(key: Uint8Array): CodesSeal {
  const salt = randomBytes(saltBytes);
  return { salt: salt.toString("hex"), keyCheck: Buffer.from(derived(key, salt, "key check")).toString("hex") };
}

/**
 * AES-256-GCM under a subkey of this case alone (HKDF-SHA-256 of key and salt). The nonce is an HMAC of place and plain bytes, so that a batch that is
 * written again after a crash has the same rows, and no nonce serves two texts.
 *
 * Errors: Failure("key-wrong") for another key than the one that the case's codes are sealed with.
 */
export function codeVault(key: Uint8Array, { salt: saltText, keyCheck }: CodesSeal): CodeVault {
  const salt = Buffer.from(saltText, "hex");
  if (Buffer.from(derived(key, salt, "key check")).toString("hex") !== keyCheck)
    throw new Failure("key-wrong", "record, kept codes: found another key than the one that they are sealed with, expected the key that the lists of the scan were sealed with (--key-file, or the home of that scan)");
  const subkey = derived(key, salt, "codes");
  const nonceKey = derived(key, salt, "nonces");
  const boundTo = ({ entry, nth }: CodesPlace): Buffer => canonicalBytes([entry, nth]);
  return {
    seal(place, codes) {
      const plain = plainBytes(codes);
      const nonce = createHmac("sha256", nonceKey).update(boundTo(place)).update(plain).digest().subarray(0, nonceBytes);
      const cipher = createCipheriv(algorithm, subkey, nonce);
      cipher.setAAD(boundTo(place));
      const text = cipher.update(plain);
      cipher.final();
      return Buffer.concat([nonce, text, cipher.getAuthTag()]);
    },
    open(place, sealed) {
      const codes = sealed.length < nonceBytes + tagBytes ? null : opened(subkey, boundTo(place), sealed);
      if (codes === null)
        throw new Failure("record-damaged", `record, kept codes of entry ${place.entry}, picture ${place.nth + 1}: found bytes that do not open, expected those that were sealed for it`);
      return codes;
    },
  };
}

/** The rows of one finding, in the order of `keptCodesColumns`: one for each of its pictures that has codes. */
export function keptCodesRows(finding: Finding, vault: CodeVault): readonly (readonly CanonicalValue[])[] {
  if (finding.outcome !== "examined") return [];
  const pictures = [finding.picture, ...finding.embedded.map(({ picture }) => picture)];
  return pictures.flatMap((picture, index) => {
    const place = { entry: finding.no, nth: index - 1 };
    return picture === null || picture.codes.length === 0 ? [] : [[place.entry, place.nth, vault.seal(place, picture.codes)]];
  });
}

function opened(subkey: Uint8Array, bound: Uint8Array, sealed: Uint8Array): readonly PerceptualCode[] | null {
  const decipher = createDecipheriv(algorithm, subkey, sealed.subarray(0, nonceBytes), { authTagLength: tagBytes });
  decipher.setAAD(bound);
  decipher.setAuthTag(sealed.subarray(-tagBytes));
  const plain = decipher.update(sealed.subarray(nonceBytes, -tagBytes));
  try {
    decipher.final();
  } catch {
    return null;
  }
  return codesIn(plain);
}

/** Per code: quality, share of plain ground, length of the transform's name (one byte each), that name, the code. */
function plainBytes(codes: readonly PerceptualCode[]): Buffer {
  return Buffer.concat(
    codes.flatMap(({ quality, uniformPercent, transform, code }) => {
      const name = Buffer.from(transform, "latin1");
      const numbers = [quality, uniformPercent, name.length];
      if (numbers.some((number) => !Number.isInteger(number) || number < 0 || number > 255) || code.length !== digestBytes.pdq)
        throw new RangeError(`record, kept codes: found quality ${quality}, ground ${uniformPercent}, ${name.length} bytes of transform and ${code.length} of code, expected whole numbers below 256 and ${digestBytes.pdq}`);
      return [Buffer.from(numbers), name, code];
    }),
  );
}

function codesIn(plain: Buffer): readonly PerceptualCode[] | null {
  const codes: PerceptualCode[] = [];
  for (let at = 0; at < plain.length; ) {
    const [quality = 0, uniformPercent = 0, nameBytes = 0] = plain.subarray(at, at + 3);
    const codeAt = at + 3 + nameBytes;
    if (codeAt + digestBytes.pdq > plain.length) return null;
    codes.push({ transform: plain.toString("latin1", at + 3, codeAt), quality, uniformPercent, code: Uint8Array.from(plain.subarray(codeAt, codeAt + digestBytes.pdq)) });
    at = codeAt + digestBytes.pdq;
  }
  return codes;
}

function derived(key: Uint8Array, salt: Uint8Array, purpose: string): Uint8Array {
  if (key.length !== keyBytes) throw new RangeError(`key: found ${key.length} bytes, expected ${keyBytes}`);
  return new Uint8Array(hkdfSync("sha256", key, salt, `blindmatch record, kept codes, ${purpose}`, keyBytes));
}
