import { closeSync, constants, fstatSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { Failure, systemCode } from "../failure.ts";
import { pathText } from "../path-text.ts";
import { parsePublicKey } from "./minisign.ts";
import { replaceFile } from "./replace-file.ts";
import { damagedTrust, parseTrust, trustText, type TrustedKey } from "./trust-text.ts";

export type { TrustedKey };

const largestBytes = 1024 * 1024;
const waitMs = 5_000;

/**
 * The keys whose signatures on lists of an agency are accepted, in the order in which they were trusted; none when nothing was ever trusted.
 *
 * Shape:  `publicKey` is what `openList` takes among its `publicKeys`. Agencies are the same when their names are, to the letter.
 * Errors: Failure("reference-damaged") when HOME/trust.json is not what this program wrote, or others than its owner may write to it;
 *         Failure("usage") when it cannot be read.
 */
export function trustedKeys(home: string, agency: string): readonly TrustedKey[] {
  return readTrust(home).filter((key) => key.agency === agency);
}

/**
 * Trusts a minisign public key (the text of its file, or the bare line) for the lists of one agency. One that is trusted already stays as it is.
 *
 * Errors: Failure("list-refused") for a text that is no key, and for another key of the same id; Failure("usage") for an agency or reason that
 *         is no printable text; as `trustedKeys`. The old state stands then.
 */
export function trustKey(home: string, agency: string, keyText: string, reason: string | null = null): TrustedKey {
  const { keyId, base64: publicKey } = parsePublicKey(keyText);
  const trusted: TrustedKey = { agency: printable("agency", agency), keyId, publicKey, reason: reason === null ? null : printable("reason", reason) };
  return changeTrust(home, (keys) => {
    const there = keys.find((key) => key.agency === agency && key.keyId === keyId);
    if (there === undefined) return { keys: [...keys, trusted], result: trusted };
    if (there.publicKey === publicKey) return { keys, result: there };
    throw new Failure("list-refused", `public key: found another key with the id ${keyId} than is trusted for ${agency}, expected the same; distrust that one first if the agency says so`);
  });
}

/**
 * Takes the trust in a key for one agency back; lists that were imported with it stay.
 *
 * Errors: Failure("usage") when it is not trusted for this agency; as `trustedKeys`.
 */
export function distrustKey(home: string, agency: string, keyId: string): TrustedKey {
  return changeTrust(home, (keys) => {
    const gone = keys.find((key) => key.agency === agency && key.keyId === keyId.toUpperCase());
    if (gone !== undefined) return { keys: keys.filter((key) => key !== gone), result: gone };
    const known = keys.filter((key) => key.agency === agency).map((key) => key.keyId);
    throw new Failure("usage", `key id: found "${pathText(Buffer.from(keyId))}", expected one that is trusted for this agency: ${known.join(", ") || "there is none"}`);
  });
}

interface Change {
  readonly keys: readonly TrustedKey[];
  readonly result: TrustedKey;
}

/** One change at a time: of two that read the same state, the later would undo the earlier, and a key that was distrusted would be trusted again. */
function changeTrust(home: string, change: (keys: readonly TrustedKey[]) => Change): TrustedKey {
  const lock = lockTrust(home);
  try {
    const before = readTrust(home);
    const { keys, result } = change(before);
    if (keys !== before) replaceFile(trustPath(home), trustText(keys));
    return result;
  } catch (thrown) {
    if (thrown instanceof Failure) throw thrown;
    throw unusable(home, thrown);
  } finally {
    lock.close();
  }
}

/** A lock of SQLite, for the operating system takes it back from a process that was killed. */
function lockTrust(home: string): Database.Database {
  const path = join(home, "trust.lock");
  try {
    mkdirSync(home, { recursive: true, mode: 0o700 });
    closeSync(openSync(path, constants.O_CREAT | constants.O_RDWR | constants.O_NOFOLLOW, 0o600));
    const lock = new Database(path, { timeout: waitMs });
    try {
      lock.exec("BEGIN EXCLUSIVE");
      return lock;
    } catch (thrown) {
      lock.close();
      throw thrown;
    }
  } catch (thrown) {
    throw unusable(home, thrown);
  }
}

function readTrust(home: string): readonly TrustedKey[] {
  const path = trustPath(home);
  const name = pathText(Buffer.from(path));
  let text: string;
  try {
    const descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
    try {
      const status = fstatSync(descriptor);
      if (!status.isFile() || status.size > largestBytes) throw damagedTrust(name, "no regular file of at most 1 MiB", "the trusted keys");
      if (status.uid !== 0 && status.uid !== process.geteuid?.()) throw damagedTrust(name, "a file of another user", "one that you or root own: whoever owns it decides which lists are genuine");
      if ((status.mode & 0o022) !== 0) throw damagedTrust(name, `mode ${(status.mode & 0o777).toString(8).padStart(4, "0")}`, "0600: whoever may write to it decides which lists are genuine");
      text = readFileSync(descriptor, "utf8");
    } finally {
      closeSync(descriptor);
    }
  } catch (thrown) {
    if (thrown instanceof Failure) throw thrown;
    if (systemCode(thrown) === "ENOENT") return [];
    throw unusable(home, thrown);
  }
  return parseTrust(text, name);
}

function printable(what: string, text: string): string {
  if (text !== "" && text.trim() === text && text.length <= 1000 && pathText(Buffer.from(text)).replaceAll("\\\\", "\\") === text) return text;
  throw new Failure("usage", `${what}: found "${pathText(Buffer.from(text))}", expected printable text without blanks around it`);
}

function unusable(home: string, thrown: unknown): Failure {
  const name = pathText(Buffer.from(home));
  const code = systemCode(thrown) ?? "unknown error";
  if (code.startsWith("SQLITE_BUSY")) return new Failure("list-refused", `${name}: found its trusted keys held by another process, expected them free; try again`, thrown);
  return new Failure("usage", `${name}: found that its trusted keys cannot be used (${code}), expected a folder that can be read and written`, thrown);
}

function trustPath(home: string): string {
  return join(home, "trust.json");
}
