import { randomBytes, scryptSync } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Failure, systemCode } from "../failure.ts";
import { pathText } from "../path-text.ts";
import { keyBytes } from "./chunk-cipher.ts";
import { makeSecretFile } from "./secret-file.ts";

/** Name, in the home folder, of the salt that a passphrase is stretched with; no secret, but without it the passphrase opens nothing. */
export const saltFile = "passphrase-salt";

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

/** Whether lists in that home are sealed with a passphrase. */
export function hasSalt(home: string): boolean {
  return existsSync(join(home, saltFile));
}

/** Errors: Failure("usage") for a salt that is missing or not as it was made. */
export function readSalt(home: string): Uint8Array {
  const path = join(home, saltFile);
  const where = pathText(Buffer.from(path));
  let text: string;
  try {
    text = readFileSync(path, "latin1");
  } catch (thrown) {
    throw new Failure("usage", `${where}: found no salt (${systemCode(thrown) ?? "unknown error"}), expected the one that the first import with a passphrase made; or lists sealed with a key file (--key-file)`, thrown);
  }
  const salt = Uint8Array.from(Buffer.from(text.trim(), "hex"));
  if (!/^[0-9a-f]+\n?$/.test(text) || salt.length !== saltBytes) throw new Failure("usage", `${where}: found ${text.length} characters that are no salt, expected the ${2 * saltBytes} hex digits that the first import with a passphrase wrote`);
  return salt;
}

/** A new random salt for a home, unless it has one. Errors: Failure("usage") when none can be made. */
export function makeSalt(home: string): boolean {
  return makeSecretFile(join(home, saltFile), `${randomBytes(saltBytes).toString("hex")}\n`);
}
