import { createPublicKey, type KeyObject } from "node:crypto";
import { lengthOf, linesOf, printedKeyId, type Refuse, storedKeyId, strictBase64, untrusted } from "./format.ts";

/** A public key as minisign writes it. Shape: `keyId` as minisign prints it (16 upper-case hex digits); `base64` the line that -P takes. */
export interface PublicKey {
  readonly keyId: string;
  readonly base64: string;
  readonly key: KeyObject;
}

// What stands before the 32 bytes of an Ed25519 key in a SubjectPublicKeyInfo (RFC 8410).
const keyInfoStart = Buffer.from("302a300506032b6570032100", "hex");

/**
 * Reads a public key of minisign: its file of two lines, or the bare base64 line.
 *
 * Errors: those of `refuse`, naming the line.
 * Source: "Public key format" in https://jedisct1.github.io/minisign/
 */
export function parsePublicKey(text: string, refuse: Refuse): PublicKey {
  const inFile = text.startsWith(untrusted);
  const lines = linesOf(text, inFile ? 2 : 1, "a minisign public key", refuse);
  const bytes = strictBase64(lines.at(-1)!);
  if (bytes?.length !== 42) throw refuse(lines.length, lengthOf(bytes), "the 42 bytes of a minisign public key in base64");
  if (bytes.toString("latin1", 0, 2) !== "Ed") throw refuse(lines.length, "another algorithm", "Ed (Ed25519)");
  return publicKeyOf(printedKeyId(bytes.subarray(2, 10)), bytes.subarray(10));
}

/** The public key of 32 bytes under an id. */
export function publicKeyOf(keyId: string, raw: Uint8Array): PublicKey {
  const key = createPublicKey({ key: Buffer.concat([keyInfoStart, raw]), format: "der", type: "spki" });
  return { keyId, base64: Buffer.concat([Buffer.from("Ed"), storedKeyId(keyId), raw]).toString("base64"), key };
}

/** The 32 bytes of an Ed25519 key. */
export function rawPublicKey(key: KeyObject): Buffer {
  return key.export({ format: "der", type: "spki" }).subarray(keyInfoStart.length);
}

/** The file of a public key, with the first line as minisign writes it. */
export function publicKeyText({ keyId, base64 }: PublicKey): string {
  return `${untrusted}minisign public key ${keyId}\n${base64}\n`;
}
