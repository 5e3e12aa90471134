import { createHash, verify } from "node:crypto";
import { lengthOf, linesOf, printedKeyId, type Refuse, storedKeyId, strictBase64, trusted, untrusted } from "./format.ts";
import type { PublicKey } from "./public-key.ts";

/** A detached signature that was read and not yet verified. */
export interface Signature {
  readonly keyId: string;
  readonly trustedComment: string;
  /** Over the BLAKE2b-512 of the file. */
  readonly ofFile: Uint8Array;
  /** Over `ofFile` and the trusted comment. */
  readonly ofComment: Uint8Array;
}

export interface Verifier {
  update(chunk: Uint8Array): void;
  /** After the last byte of the file, once. Errors: those of `refuse` when it is not what the key's holder signed. */
  finish(): { readonly keyId: string; readonly trustedComment: string };
}

/** Makes the 64 bytes of an Ed25519 signature over the bytes it is given. */
export type Sign = (bytes: Uint8Array) => Uint8Array;

/** Units: characters. As long as minisign reads them. */
export const longestComment = 8192;

/**
 * Reads a signature file of minisign: four lines, nothing after them. The untrusted comment is passed over, for nobody signed it.
 *
 * Shape:  the trusted comment is text without control characters but tabs; whoever prints it still passes it through `path-text`.
 * Errors: those of `refuse`, naming the line, among others for signatures of the legacy form, which sign the file itself without hashing it.
 * Source: "Signature format" in https://jedisct1.github.io/minisign/
 */
export function parseSignature(text: string, refuse: Refuse): Signature {
  const [first = "", second = "", third = "", fourth = ""] = linesOf(text, 4, "a minisign signature", refuse);
  if (!first.startsWith(untrusted)) throw refuse(1, "another beginning", `"${untrusted}", the first line of a minisign signature`);
  const bytes = strictBase64(second);
  const algorithm = bytes?.toString("latin1", 0, 2);
  if (bytes?.length !== 74) throw refuse(2, lengthOf(bytes), "the 74 bytes of a minisign signature in base64");
  if (algorithm === "Ed") throw refuse(2, "a legacy signature (Ed)", "one over the hashed file (ED), as minisign makes them without -l");
  if (algorithm !== "ED") throw refuse(2, "another algorithm", "ED (Ed25519 over BLAKE2b-512)");
  if (!third.startsWith(trusted)) throw refuse(3, "another beginning", `"${trusted}"`);
  const trustedComment = third.slice(trusted.length);
  if (trustedComment.length > longestComment) throw refuse(3, `a comment of ${trustedComment.length} characters`, `at most ${longestComment}`);
  if (/[^\P{Cc}\t]|\ufffd/u.test(trustedComment)) throw refuse(3, "control characters or bytes that are no UTF-8", "plain text");
  const ofComment = strictBase64(fourth);
  if (ofComment?.length !== 64) throw refuse(4, lengthOf(ofComment), "the 64 bytes of an Ed25519 signature in base64");
  return { keyId: printedKeyId(bytes.subarray(2, 10)), trustedComment, ofFile: bytes.subarray(10), ofComment };
}

/**
 * Checks a file against its signature while its bytes go by. More than one key is given only when they share a key id, which anybody can bring
 * about: then any of them may have signed.
 *
 * Errors: those of `refuse` when a key has another id than the signature.
 */
export function verifier({ keyId, trustedComment, ofFile, ofComment }: Signature, refuse: Refuse, ...keys: readonly [PublicKey, ...PublicKey[]]): Verifier {
  const other = keys.find((key) => key.keyId !== keyId);
  if (other !== undefined) throw refuse(2, `a signature by key ${keyId}`, `one by key ${other.keyId}`);
  const digest = createHash("blake2b512");
  return {
    update: (chunk) => void digest.update(chunk),
    finish() {
      const hashed = digest.digest();
      const signers = keys.filter(({ key }) => verify(null, hashed, key, ofFile));
      if (signers.length === 0) throw refuse(2, "a signature that does not fit the file", `the file as the holder of key ${keyId} signed it`);
      const commented = commentedBytes(ofFile, trustedComment);
      if (!signers.some(({ key }) => verify(null, commented, key, ofComment)))
        throw refuse(4, "a signature that does not fit the trusted comment", `the comment as the holder of key ${keyId} signed it`);
      return { keyId, trustedComment };
    },
  };
}

/**
 * The signature file over the bytes of a file. `sign` is called twice: for the BLAKE2b-512 of the bytes, and for that signature followed by the comment.
 *
 * Errors: whatever `sign` throws; RangeError for a comment that minisign would not read.
 */
export function signatureText(keyId: string, sign: Sign, content: Uint8Array, trustedComment: string): string {
  if (Buffer.byteLength(trustedComment) >= longestComment || /\p{Cc}|\p{Surrogate}/u.test(trustedComment))
    throw new RangeError(`trusted comment: found ${trustedComment.length} characters, or control characters, expected plain text of less than ${longestComment} bytes`);
  const ofFile = sign(createHash("blake2b512").update(content).digest());
  const ofComment = sign(commentedBytes(ofFile, trustedComment));
  const line = Buffer.concat([Buffer.from("ED"), storedKeyId(keyId), ofFile]).toString("base64");
  return `${untrusted}signature by key ${keyId}\n${line}\n${trusted}${trustedComment}\n${Buffer.from(ofComment).toString("base64")}\n`;
}

function commentedBytes(ofFile: Uint8Array, trustedComment: string): Buffer {
  return Buffer.concat([ofFile, Buffer.from(trustedComment, "utf8")]);
}
