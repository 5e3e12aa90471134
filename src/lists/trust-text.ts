import { Failure } from "../failure.ts";
import { parsePublicKey } from "./minisign.ts";

/** A key that is trusted for one agency. Shape: `keyId` as minisign prints it, `publicKey` its base64 line; `reason` what the operator stated. */
export interface TrustedKey {
  readonly agency: string;
  readonly keyId: string;
  readonly publicKey: string;
  readonly reason: string | null;
}

const version = 1;

/** JSON of trusted keys, in their order, for people to read as well. */
export function trustText(keys: readonly TrustedKey[]): string {
  return `${JSON.stringify({ blindmatchTrust: version, keys }, null, 2)}\n`;
}

/** What `trustText` wrote. Errors: Failure("reference-damaged") naming the place, for anything else; nothing of it is to be used then. */
export function parseTrust(text: string, file: string): readonly TrustedKey[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (thrown) {
    throw damagedTrust(file, "text that is not JSON", "the trusted keys", thrown);
  }
  const { blindmatchTrust, keys } = objectOf(value, ["blindmatchTrust", "keys"], file);
  if (blindmatchTrust !== version) throw damagedTrust(file, "another version", `version ${version}; a newer one needs a newer program`);
  if (!Array.isArray(keys)) throw damagedTrust(`${file}: keys`, "something else", "an array");
  const seen = new Set<string>();
  return keys.map((item: unknown, index) => {
    const where = `${file}: keys[${index}]`;
    const { agency, keyId, publicKey, reason } = objectOf(item, ["agency", "keyId", "publicKey", "reason"], where);
    if (typeof agency !== "string" || agency === "" || typeof keyId !== "string" || typeof publicKey !== "string" || (typeof reason !== "string" && reason !== null))
      throw damagedTrust(where, "a value of another type", "texts");
    if (keyIdOf(publicKey, where) !== keyId) throw damagedTrust(where, "another key id than that of its key", "the same");
    const identity = JSON.stringify([agency, keyId]);
    if (seen.has(identity)) throw damagedTrust(where, "a key a second time", "each once for an agency");
    seen.add(identity);
    return { agency, keyId, publicKey, reason };
  });
}

/** The failure of a trust file that nobody may rely on. */
export function damagedTrust(where: string, found: string, expected: string, cause?: unknown): Failure {
  return new Failure("reference-damaged", `${where}: found ${found}, expected ${expected}`, cause);
}

function keyIdOf(publicKey: string, where: string): string {
  try {
    const { base64, keyId } = parsePublicKey(publicKey);
    if (base64 === publicKey) return keyId;
  } catch (thrown) {
    throw damagedTrust(where, "a text that is no public key", "the base64 line of one", thrown);
  }
  throw damagedTrust(where, "a public key with more around it", "its base64 line alone");
}

function objectOf(value: unknown, names: readonly string[], where: string): Readonly<Record<string, unknown>> {
  const found = typeof value === "object" && value !== null && !Array.isArray(value) ? Object.keys(value).sort() : [];
  if (found.join() !== [...names].sort().join()) throw damagedTrust(where, "something else", `an object of ${names.join(", ")}`);
  return value as Readonly<Record<string, unknown>>;
}
