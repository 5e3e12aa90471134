import { createHash, createPublicKey } from "node:crypto";
import { constants, closeSync, existsSync, fstatSync, openSync } from "node:fs";
import { resolve } from "node:path";
import { Failure, systemCode } from "../failure.ts";
import type { Refuse } from "../minisign/format.ts";
import { parsePublicKey, type PublicKey, publicKeyOf, publicKeyText, rawPublicKey } from "../minisign/public-key.ts";
import { newSecretKey, parseSecretKey, type SecretKey, secretKeyText, signerOf } from "../minisign/secret-key.ts";
import type { Sign } from "../minisign/signature.ts";
import { pathText } from "../path-text.ts";
import { signingWith } from "../sealing/sign-with.ts";
import { askPassphrases } from "./ask-passphrase.ts";
import { smallText } from "./list-reading.ts";
import { writeNewFile } from "./write-file.ts";

/** With what a case is signed: a key file, or a program that holds the key and the public half of it. */
export interface SigningOptions {
  readonly key?: string;
  readonly signWith?: string;
  readonly publicKey?: readonly string[];
}

export interface Signer {
  readonly publicKey: PublicKey;
  readonly sign: Sign;
}

const leastPassphraseCharacters = 12;
const withoutTerminal = "use a key that was made with --no-passphrase, or --sign-with";

/** Makes a key and its public half beside it, neither over another file. Errors: Failure("output-exists"), Failure("usage") as of the passphrase. */
export async function makeSigningKey(file: string, withPassphrase: boolean): Promise<PublicKey> {
  const path = resolve(file);
  // Before anybody types a passphrase for nothing.
  for (const taken of [path, `${path}.pub`])
    if (existsSync(taken)) throw new Failure("output-exists", `${pathText(Buffer.from(taken))}: found a file of that name, expected none; a key is not replaced`);
  const passphrase = withPassphrase ? await newPassphrase() : null;
  const key = newSecretKey();
  writeNewFile(path, [secretKeyText(key, passphrase)]);
  writeNewFile(`${path}.pub`, [publicKeyText(key.publicKey)]);
  return key.publicKey;
}

/** The public key of a file: a minisign public key, a minisign secret key (its passphrase is asked for), or an Ed25519 public key in PEM, as tokens give it. */
export async function shownKey(file: string): Promise<PublicKey> {
  const text = smallText(file, "usage");
  if (text.includes("-----BEGIN PUBLIC KEY-----")) return pemKey(file, text);
  // Two lines either way; a secret key is the longer one.
  if ((text.split("\n")[1] ?? "").trim().length > 56) return (await secretKey(file)).publicKey;
  return publicKeyIn(file);
}

/** A minisign public key's file. Errors: Failure("usage") naming the line. */
export function publicKeyIn(file: string): PublicKey {
  return parsePublicKey(smallText(file, "usage"), refusing(file));
}

/** Errors: Failure("usage") for options that do not say who signs, a file that is no key of its owner's alone, a wrong passphrase. */
export async function signerFor({ key, signWith, publicKey = [] }: SigningOptions): Promise<Signer> {
  if (key !== undefined) {
    const opened = await secretKey(key);
    return { publicKey: opened.publicKey, sign: signerOf(opened) };
  }
  const [file, second] = publicKey;
  if (signWith === undefined || file === undefined || second !== undefined)
    throw new Failure("usage", "seal: found nobody who signs, expected --key FILE, or --sign-with COMMAND with the --public-key FILE of the key that it signs with");
  const token = publicKeyIn(file);
  return { publicKey: token, sign: signingWith(signWith, token) };
}

async function secretKey(file: string): Promise<SecretKey> {
  requirePrivate(file);
  const stored = parseSecretKey(smallText(file, "usage"), refusing(file));
  const [passphrase = ""] = stored.needsPassphrase ? await askPassphrases(["passphrase of the signing key: "], withoutTerminal) : [];
  return stored.open(passphrase);
}

/** A key that others can read signs for them, too. */
function requirePrivate(file: string): void {
  const name = pathText(Buffer.from(file));
  let descriptor: number;
  try {
    descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (thrown) {
    throw new Failure("usage", `${name}: it cannot be read (${systemCode(thrown) ?? "unknown error"}), expected a signing key`, thrown);
  }
  try {
    const { mode } = fstatSync(descriptor);
    if ((mode & 0o077) !== 0)
      throw new Failure("usage", `${name}: found mode ${(mode & 0o777).toString(8).padStart(4, "0")}, expected a secret key that its owner alone may read; run chmod 600 on it, and make a new one if others may have read it`);
  } finally {
    closeSync(descriptor);
  }
}

/** The id that minisign draws from chance is here the beginning of the key's SHA-256, so that it is the same whenever it is asked for. */
function pemKey(file: string, text: string): PublicKey {
  const name = pathText(Buffer.from(file));
  try {
    const key = createPublicKey(text);
    if (key.asymmetricKeyType !== "ed25519") throw new Failure("usage", `${name}: found a public key of type ${key.asymmetricKeyType ?? "unknown"}, expected ed25519`);
    const raw = rawPublicKey(key);
    return publicKeyOf(createHash("sha256").update(raw).digest("hex").slice(0, 16).toUpperCase(), raw);
  } catch (thrown) {
    if (thrown instanceof Failure) throw thrown;
    throw new Failure("usage", `${name}: found no public key in PEM, expected a whole one`, thrown);
  }
}

async function newPassphrase(): Promise<string> {
  const [passphrase = "", again] = await askPassphrases([`new passphrase for the signing key (at least ${leastPassphraseCharacters} characters): `, "the same passphrase again: "], "give --no-passphrase, and keep the file where nobody else can read it");
  const characters = [...passphrase].length;
  if (characters < leastPassphraseCharacters) throw new Failure("usage", `passphrase: found ${characters} characters, expected at least ${leastPassphraseCharacters}; several words are best`);
  if (passphrase !== again) throw new Failure("usage", "passphrase: found two different ones, expected the same one twice");
  return passphrase;
}

function refusing(file: string): Refuse {
  return (line, found, expected) => new Failure("usage", `${pathText(Buffer.from(file))}:${line}: found ${found}, expected ${expected}`);
}
