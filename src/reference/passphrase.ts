import { randomBytes, scryptSync } from "node:crypto";
import { Failure } from "../failure.ts";
import { keyBytes } from "./chunk-cipher.ts";

const saltBytes = 32;
const leastSaltBytes = 16;
// 128 MiB and a third of a second for each guess.
const scryptCost = { N: 2 ** 17, r: 8, p: 1, maxmem: 160 * 1024 * 1024 };

/**
 * The key that a passphrase stands for; takes about half a second.
 *
 * Shape:  `salt` random, kept beside what is sealed. Passphrases that look the same and are typed differently (composed, decomposed) give one key.
 * Errors: Failure("usage") for an empty passphrase; RangeError for a salt below 16 bytes.
 */
export function keyFromPassphrase(passphrase: string, salt: Uint8Array): Uint8Array {
  if (salt.length < leastSaltBytes) throw new RangeError(`passphrase: found a salt of ${salt.length} bytes, expected at least ${leastSaltBytes}`);
  if (passphrase === "") throw new Failure("usage", "passphrase: found none, expected one that nobody guesses");
  return new Uint8Array(scryptSync(passphrase.normalize("NFKC"), salt, keyBytes, scryptCost));
}

/** Random; no secret, but without it the passphrase opens nothing. */
export function newSalt(): Uint8Array {
  return Uint8Array.from(randomBytes(saltBytes));
}
