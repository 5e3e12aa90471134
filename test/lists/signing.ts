import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign } from "node:crypto";

/** A key pair as minisign has them, drawn from a seed. */
export interface SigningKey {
  readonly id: Buffer;
  readonly secret: KeyObject;
  /** The two lines of its public key file. */
  readonly publicText: string;
}

// What stands before the 32 bytes of an Ed25519 seed in PKCS #8 (RFC 8410).
const secretInfoStart = Buffer.from("302e020100300506032b657004220420", "hex");

export function drawSigningKey(seed: string, id: Buffer = createHash("sha256").update(`id of ${seed}`).digest().subarray(0, 8)): SigningKey {
  const secret = createPrivateKey({ key: Buffer.concat([secretInfoStart, createHash("sha256").update(`key of ${seed}`).digest()]), format: "der", type: "pkcs8" });
  const raw = createPublicKey(secret).export({ format: "der", type: "spki" }).subarray(-32);
  return { id, secret, publicText: `untrusted comment: drawn from a seed\n${Buffer.concat([Buffer.from("Ed"), id, raw]).toString("base64")}\n` };
}

/** A minisign signature file made with node:crypto alone. */
export function signatureText(key: SigningKey, content: Uint8Array, trustedComment: string): string {
  const ofFile = sign(null, createHash("blake2b512").update(content).digest(), key.secret);
  const ofComment = sign(null, Buffer.concat([ofFile, Buffer.from(trustedComment, "utf8")]), key.secret);
  const line = Buffer.concat([Buffer.from("ED"), key.id, ofFile]).toString("base64");
  return `untrusted comment: drawn\n${line}\ntrusted comment: ${trustedComment}\n${ofComment.toString("base64")}\n`;
}
