import { existsSync } from "node:fs";
import { Failure } from "../failure.ts";
import { pathText } from "../path-text.ts";
import { type HomeSeal, homeSeal } from "../reference/catalog-seal.ts";
import { beginCatalog } from "../reference/change-catalog.ts";
import { finishKeyFile, homeKeyFile, newKeyFile, readKeyFile } from "../reference/key.ts";
import { keyFromPassphrase, newSalt } from "../reference/passphrase.ts";
import { askPassphrases } from "./ask-passphrase.ts";

/** What the operator says about the key that imported lists are sealed with. */
export interface KeyOptions {
  readonly keyFile?: string;
  readonly askPassphrase?: boolean;
}

type KeySource = { readonly from: "file"; readonly path: string } | { readonly from: "passphrase" };

/** Fewer than these can be tried through by whoever holds a copy of the home folder. */
const leastPassphraseCharacters = 12;

const waitMs = 60_000;

/**
 * The key that lists are sealed with: from --key-file, else a passphrase where --ask-passphrase or the home's seal says so, else from the file that
 * BLINDMATCH_KEY_FILE names, else from `key` in the home folder.
 *
 * Errors: as of `readKeyFile`, `homeSeal` and `askPassphrases`; Failure("usage") for a passphrase in a home that was not sealed with one.
 */
export async function keyOf(home: string, options: KeyOptions): Promise<Uint8Array> {
  const seal = homeSeal(home);
  const source = keySource(home, options, seal);
  if (source.from === "file") return keyInFile(home, source.path);
  if (seal?.passphraseSalt == null) throw withoutPassphrase(home);
  return keyOfPassphrase(seal.passphraseSalt);
}

/** The same where it can be had without asking anybody; null where it cannot. */
export async function keyAtHand(home: string, options: KeyOptions): Promise<Uint8Array | null> {
  const seal = homeSeal(home);
  const source = keySource(home, options, seal);
  const isAtHand = seal !== null && (options.askPassphrase === true || (source.from === "file" && (source.path !== homeKeyFile(home) || existsSync(source.path))));
  return isAtHand ? keyOf(home, options) : null;
}

/**
 * The same for what changes a home; the first to change one makes the home's own key file, or asks for a new passphrase twice, and begins the catalog
 * sealed with it. A second key would open none of what the first one sealed.
 */
export async function keyForChange(home: string, options: KeyOptions): Promise<Uint8Array> {
  const seal = homeSeal(home);
  const source = keySource(home, options, seal);
  if (source.from === "passphrase") return passphraseForChange(home, seal);
  const { path } = source;
  if (path === homeKeyFile(home) && !existsSync(path)) {
    if (seal === null) await makeHomeKey(path, home);
    // Made, and killed before it had its name; or another process is about to name it.
    else finishKeyFile(path, seal.fits);
  }
  return keyInFile(home, path);
}

/** The key has its name only once the catalog is there that it sealed: a key without a catalog tells that one was lost. */
async function makeHomeKey(path: string, home: string): Promise<void> {
  const made = newKeyFile(path);
  try {
    if (await beginCatalog(home, made.key, null, waitMs)) {
      made.name();
      process.stderr.write("made a key for the imported lists in the home folder; without it they cannot be read. Keep it on another medium (--key-file) where you can.\n");
    } else finishKeyFile(path, (key) => homeSeal(home)?.fits(key) ?? false);
  } finally {
    made.abandon();
  }
}

function keyInFile(home: string, path: string): Uint8Array {
  if (path === homeKeyFile(home) && !existsSync(path))
    throw new Failure("usage", `${pathText(Buffer.from(path))}: found no key there, expected the one that the lists of this home are sealed with; --key-file names it where it was moved`);
  return readKeyFile(path);
}

async function passphraseForChange(home: string, seal: HomeSeal | null): Promise<Uint8Array> {
  if (seal?.passphraseSalt === null) throw withoutPassphrase(home);
  if (seal !== null) return keyOfPassphrase(seal.passphraseSalt);
  const passphrase = await newPassphrase();
  const salt = newSalt();
  const key = keyFromPassphrase(passphrase, salt);
  if (await beginCatalog(home, key, salt, waitMs)) return key;
  // Another process began it meanwhile.
  const began = homeSeal(home)?.passphraseSalt ?? null;
  if (began === null) throw withoutPassphrase(home);
  return keyFromPassphrase(passphrase, began);
}

function withoutPassphrase(home: string): Failure {
  return new Failure("usage", `${pathText(Buffer.from(home))}: found no lists sealed with a passphrase, expected a home whose first import asked for one; use its key file, or another --home`);
}

async function keyOfPassphrase(salt: Uint8Array): Promise<Uint8Array> {
  const [passphrase = ""] = await askPassphrases(["passphrase of the imported lists: "]);
  return keyFromPassphrase(passphrase, salt);
}

/** Asked for twice while nothing is sealed yet: a slip of the finger would lock the lists up for good. */
async function newPassphrase(): Promise<string> {
  const [passphrase = "", again] = await askPassphrases([`new passphrase for the imported lists (at least ${leastPassphraseCharacters} characters): `, "the same passphrase again: "]);
  const characters = [...passphrase].length;
  if (characters < leastPassphraseCharacters) throw new Failure("usage", `passphrase: found ${characters} characters, expected at least ${leastPassphraseCharacters}; several words are best`);
  if (passphrase !== again) throw new Failure("usage", "passphrase: found two different ones, expected the same one twice");
  return passphrase;
}

function keySource(home: string, { keyFile, askPassphrase: asked }: KeyOptions, seal: HomeSeal | null): KeySource {
  if (keyFile !== undefined) return { from: "file", path: keyFile };
  if (asked === true) return { from: "passphrase" };
  const named = process.env["BLINDMATCH_KEY_FILE"];
  if (named !== undefined && named !== "") return { from: "file", path: named };
  return (seal?.passphraseSalt ?? null) !== null ? { from: "passphrase" } : { from: "file", path: homeKeyFile(home) };
}
