import { createHash, createPublicKey, type KeyObject, verify } from "node:crypto";
import type { ListSignature } from "../model.ts";
import { refusal } from "./refusal.ts";

/** A public key as minisign writes it. Shape: `keyId` as minisign prints it (16 upper-case hex digits); `base64` the line that -P takes. */
export interface PublicKey {
  readonly keyId: string;
  readonly base64: string;
  readonly key: KeyObject;
}

/** A detached signature that was read and not yet verified. */
export interface Signature {
  /** For messages only. */
  readonly name: string;
  readonly keyId: string;
  readonly trustedComment: string;
  /** Over the BLAKE2b-512 of the file. */
  readonly ofFile: Uint8Array;
  /** Over `ofFile` and the trusted comment. */
  readonly ofComment: Uint8Array;
}

export interface Verifier {
  update(chunk: Uint8Array): void;
  /** After the last byte of the file, once. Errors: Failure("list-refused") when it is not what the key's holder signed. */
  finish(): ListSignature;
}

const untrusted = "untrusted comment: ";
const trusted = "trusted comment: ";
const longestComment = 8192;
// What stands before the 32 bytes of an Ed25519 key in a SubjectPublicKeyInfo (RFC 8410).
const keyInfoStart = Buffer.from("302a300506032b6570032100", "hex");

/**
 * Reads a signature file of minisign: four lines, nothing after them. The untrusted comment is passed over, for nobody signed it.
 *
 * Shape:  the trusted comment is text without control characters but tabs; whoever prints it still passes it through `path-text`.
 * Errors: Failure("list-refused") naming the line, among others for signatures of the legacy form, which sign the file itself without hashing it.
 * Source: "Signature format" in https://jedisct1.github.io/minisign/
 */
export function parseSignature(text: string, name = "signature"): Signature {
  const [first = "", second = "", third = "", fourth = ""] = linesOf(text, 4, "a minisign signature", name);
  if (!first.startsWith(untrusted)) throw refusal({ file: name, line: 1 }, "another beginning", `"${untrusted}", the first line of a minisign signature`);
  const bytes = strictBase64(second);
  const algorithm = bytes?.toString("latin1", 0, 2);
  if (bytes?.length !== 74) throw refusal({ file: name, line: 2 }, lengthOf(bytes), "the 74 bytes of a minisign signature in base64");
  if (algorithm === "Ed") throw refusal({ file: name, line: 2 }, "a legacy signature (Ed)", "one over the hashed file (ED), as minisign makes them without -l");
  if (algorithm !== "ED") throw refusal({ file: name, line: 2 }, "another algorithm", "ED (Ed25519 over BLAKE2b-512)");
  if (!third.startsWith(trusted)) throw refusal({ file: name, line: 3 }, "another beginning", `"${trusted}"`);
  const trustedComment = third.slice(trusted.length);
  if (trustedComment.length > longestComment) throw refusal({ file: name, line: 3 }, `a comment of ${trustedComment.length} characters`, `at most ${longestComment}`);
  if (/[^\P{Cc}\t]|\ufffd/u.test(trustedComment)) throw refusal({ file: name, line: 3 }, "control characters or bytes that are no UTF-8", "plain text");
  const ofComment = strictBase64(fourth);
  if (ofComment?.length !== 64) throw refusal({ file: name, line: 4 }, lengthOf(ofComment), "the 64 bytes of an Ed25519 signature in base64");
  return { name, keyId: keyIdOf(bytes), trustedComment, ofFile: bytes.subarray(10), ofComment };
}

/**
 * Reads a public key of minisign: its file of two lines, or the bare base64 line.
 *
 * Errors: Failure("list-refused") naming the line.
 * Source: "Public key format" in https://jedisct1.github.io/minisign/
 */
export function parsePublicKey(text: string, name = "public key"): PublicKey {
  const inFile = text.startsWith(untrusted);
  const lines = linesOf(text, inFile ? 2 : 1, "a minisign public key", name);
  const place = { file: name, line: lines.length };
  const base64 = lines.at(-1)!;
  const bytes = strictBase64(base64);
  if (bytes?.length !== 42) throw refusal(place, lengthOf(bytes), "the 42 bytes of a minisign public key in base64");
  if (bytes.toString("latin1", 0, 2) !== "Ed") throw refusal(place, "another algorithm", "Ed (Ed25519)");
  const key = createPublicKey({ key: Buffer.concat([keyInfoStart, bytes.subarray(10)]), format: "der", type: "spki" });
  return { keyId: keyIdOf(bytes), base64, key };
}

/**
 * Checks a file against its signature while its bytes go by. More than one key is given only when they share a key id, which anybody can bring
 * about: then any of them may have signed.
 *
 * Errors: Failure("list-refused") when a key has another id than the signature.
 */
export function verifier(signature: Signature, ...keys: readonly [PublicKey, ...PublicKey[]]): Verifier {
  const { name, keyId, trustedComment, ofFile, ofComment } = signature;
  const other = keys.find((key) => key.keyId !== keyId);
  if (other !== undefined) throw refusal({ file: name, line: 2 }, `a signature by key ${keyId}`, `one by key ${other.keyId}`);
  const digest = createHash("blake2b512");
  return {
    update: (chunk) => void digest.update(chunk),
    finish() {
      const hashed = digest.digest();
      const signers = keys.filter(({ key }) => verify(null, hashed, key, ofFile));
      if (signers.length === 0) throw refusal({ file: name, line: 2 }, "a signature that does not fit the file", `the file as the holder of key ${keyId} signed it`);
      const commented = Buffer.concat([ofFile, Buffer.from(trustedComment, "utf8")]);
      if (!signers.some(({ key }) => verify(null, commented, key, ofComment)))
        throw refusal({ file: name, line: 4 }, "a signature that does not fit the trusted comment", `the comment as the holder of key ${keyId} signed it`);
      return { keyId, trustedComment };
    },
  };
}

function linesOf(text: string, count: number, what: string, name: string): readonly string[] {
  const lines = text.split("\n").map((line) => line.replace(/\r$/, ""));
  if (lines.at(-1) === "") lines.pop();
  if (lines.length < count) throw refusal({ file: name, line: lines.length + 1 }, "the end", `${what} of ${count} ${count === 1 ? "line" : "lines"}`);
  if (lines.length > count) throw refusal({ file: name, line: count + 1 }, "more text", `the end, after the ${count === 1 ? "one line" : `${count} lines`} of ${what}`);
  return lines;
}

/** Null unless the text is the one base64 form of its bytes: Node's own decoder passes over whatever it does not know. */
function strictBase64(text: string): Buffer | null {
  const bytes = Buffer.from(text, "base64");
  return bytes.toString("base64") === text ? bytes : null;
}

function lengthOf(bytes: Buffer | null): string {
  return bytes === null ? "text that is not base64" : `${bytes.length} bytes`;
}

/** Stored with its lowest byte first, printed with its highest first. */
function keyIdOf(bytes: Buffer): string {
  return Buffer.from(bytes.subarray(2, 10)).reverse().toString("hex").toUpperCase();
}
