import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { Decrypter } from "age-encryption";
import { Failure, systemCode } from "../failure.ts";
import { pathText } from "../path-text.ts";
import { refusal } from "./refusal.ts";

const largestBytes = 64 * 1024;

/**
 * The X25519 identities (secret keys) of a file as age-keygen writes it: one a line, `#` comments and empty lines between them.
 *
 * Errors: Failure("usage") when there is no regular file to read, or others than its owner may read it; Failure("list-refused") naming the line, for an
 *         identity of another type or none at all. No message holds any of the text.
 */
export async function readIdentities(path: string): Promise<readonly string[]> {
  const name = pathText(Buffer.from(path));
  const identities: string[] = [];
  for (const [index, text] of (await ownersText(path, name)).split("\n").entries()) {
    const identity = text.trim();
    if (identity === "" || identity.startsWith("#")) continue;
    const place = { file: name, line: index + 1 };
    if (identity.startsWith("age-encryption.org/") || identity.startsWith("-----BEGIN AGE"))
      throw refusal(place, "an identity file that is itself encrypted", "AGE-SECRET-KEY-1...; passphrases are not supported, decrypt it with the age program first");
    if (!identity.startsWith("AGE-SECRET-KEY-1") || !isIdentity(identity)) throw refusal(place, "something else", "a whole X25519 identity (AGE-SECRET-KEY-1...), as age-keygen makes it");
    identities.push(identity);
  }
  if (identities.length === 0) throw new Failure("list-refused", `${name}: found no identity, expected a line AGE-SECRET-KEY-1..., as age-keygen makes it`);
  return identities;
}

async function ownersText(path: string, name: string): Promise<string> {
  try {
    const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      // Of the opened file, not of the path: it cannot be another one by then.
      const status = await handle.stat();
      if (!status.isFile()) throw new Failure("usage", `${name}: found no regular file, expected an identity file`);
      if ((status.mode & 0o077) !== 0) {
        const mode = (status.mode & 0o777).toString(8).padStart(4, "0");
        throw new Failure("usage", `${name}: found mode ${mode}, expected a secret key that its owner alone may read; run chmod 600 on it, and replace the key if others may have read it`);
      }
      if (status.size > largestBytes) throw new Failure("list-refused", `${name}: found ${status.size} bytes, expected an identity file of at most ${largestBytes}`);
      return await handle.readFile("utf8");
    } finally {
      await handle.close();
    }
  } catch (thrown) {
    if (thrown instanceof Failure) throw thrown;
    throw new Failure("usage", `${name}: it cannot be read (${systemCode(thrown) ?? "unknown error"}), expected an identity file`, thrown);
  }
}

function isIdentity(text: string): boolean {
  try {
    new Decrypter().addIdentity(text);
    return true;
  } catch {
    return false;
  }
}
