import { existsSync } from "node:fs";
import { join } from "node:path";
import { Failure } from "../failure.ts";
import { pathText } from "../path-text.ts";
import { changeCatalog } from "../reference/change-catalog.ts";
import { makeKeyFile, readKeyFile } from "../reference/key.ts";
import { hasSalt, keyFromPassphrase, makeSalt, readSalt } from "../reference/passphrase.ts";
import { segmentNames } from "../reference/segment-folder.ts";
import { askPassphrases } from "./ask-passphrase.ts";

/** What the operator says about the key that imported lists are sealed with. */
export interface KeyOptions {
  readonly keyFile?: string;
  readonly askPassphrase?: boolean;
}

type KeySource = { readonly from: "file"; readonly path: string } | { readonly from: "passphrase" };

/** Fewer than these can be tried through by whoever holds a copy of the home folder. */
const leastPassphraseCharacters = 12;

/**
 * The key that lists are sealed with: from --key-file, else a passphrase where --ask-passphrase or the home's salt says so, else from the file that
 * BLINDMATCH_KEY_FILE names, else from `key` in the home folder.
 *
 * Errors: as `readKeyFile`, `readSalt` and `askPassphrases`.
 */
export async function keyOf(home: string, options: KeyOptions): Promise<Uint8Array> {
  const source = keySource(home, options);
  if (source.from === "file") return readKeyFile(source.path);
  return keyOfPassphrase(home);
}

/**
 * The same for an import; the first one into a home makes the home's own key file, or asks for a new passphrase twice. A second key would open none of
 * what the first one sealed.
 */
export async function keyForImport(home: string, options: KeyOptions): Promise<Uint8Array> {
  const source = keySource(home, options);
  if (source.from === "passphrase") return passphraseForImport(home);
  const { path } = source;
  if (path === join(home, "key") && !existsSync(path) && segmentNames(home).length === 0 && (await madeInHome(home, () => makeKeyFile(path))))
    process.stderr.write("made a key for the imported lists in the home folder; without it they cannot be read. Keep it on another medium (--key-file) where you can.\n");
  return readKeyFile(path);
}

async function passphraseForImport(home: string): Promise<Uint8Array> {
  const isFirst = segmentNames(home).length === 0;
  if (!hasSalt(home)) {
    if (!isFirst || existsSync(join(home, "key")))
      throw new Failure("usage", `${pathText(Buffer.from(home))}: found lists or a key without a passphrase's salt, expected a home whose first import asked for a passphrase; use its key file, or another --home`);
    await madeInHome(home, () => makeSalt(home));
  }
  return isFirst ? keyOfNewPassphrase(home) : keyOfPassphrase(home);
}

/** Whoever changes the catalog removes what others left unfinished. */
function madeInHome(home: string, make: () => boolean): Promise<boolean> {
  return changeCatalog(home, 60_000, make);
}

async function keyOfPassphrase(home: string): Promise<Uint8Array> {
  const salt = readSalt(home);
  const [passphrase = ""] = await askPassphrases(["passphrase of the imported lists: "]);
  return keyFromPassphrase(passphrase, salt);
}

/** Asked for twice while nothing is sealed yet: a slip of the finger would lock the lists up for good. */
async function keyOfNewPassphrase(home: string): Promise<Uint8Array> {
  const salt = readSalt(home);
  const [passphrase = "", again] = await askPassphrases([`new passphrase for the imported lists (at least ${leastPassphraseCharacters} characters): `, "the same passphrase again: "]);
  const characters = [...passphrase].length;
  if (characters < leastPassphraseCharacters) throw new Failure("usage", `passphrase: found ${characters} characters, expected at least ${leastPassphraseCharacters}; several words are best`);
  if (passphrase !== again) throw new Failure("usage", "passphrase: found two different ones, expected the same one twice");
  return keyFromPassphrase(passphrase, salt);
}

function keySource(home: string, { keyFile, askPassphrase: asked }: KeyOptions): KeySource {
  if (keyFile !== undefined) return { from: "file", path: keyFile };
  if (asked === true) return { from: "passphrase" };
  const named = process.env["BLINDMATCH_KEY_FILE"];
  if (named !== undefined && named !== "") return { from: "file", path: named };
  return hasSalt(home) ? { from: "passphrase" } : { from: "file", path: join(home, "key") };
}
