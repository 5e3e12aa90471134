import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, randomBytes, scryptSync, sign, timingSafeEqual } from "node:crypto";
import { blake2b } from "@noble/hashes/blake2.js";
import { lengthOf, linesOf, printedKeyId, type Refuse, storedKeyId, strictBase64, untrusted } from "./format.ts";
import { type PassphraseCost, scryptParameters, usualCost } from "./passphrase-cost.ts";
import { type PublicKey, publicKeyOf, rawPublicKey } from "./public-key.ts";
import type { Sign } from "./signature.ts";

/** A secret key that can sign. */
export interface SecretKey {
  readonly publicKey: PublicKey;
  readonly secret: KeyObject;
}

/** A secret key's file as it was read. */
export interface StoredSecretKey {
  readonly needsPassphrase: boolean;
  /** Takes some three seconds and 1 GiB of memory with a passphrase. Errors: those of `refuse` for a passphrase that does not fit, or a damaged key. */
  open(passphrase: string): SecretKey;
}

const storedBytes = 158;
// What stands before the 32 bytes of an Ed25519 seed in PKCS #8 (RFC 8410).
const secretInfoStart = Buffer.from("302e020100300506032b657004220420", "hex");

/**
 * Reads a secret key's file: "Ed", how it is kept, "B2", salt (32 bytes), the cost (8 + 8), then the key's id (8), seed and public key (64), and their
 * checksum (32), hidden under a stream that scrypt makes of the passphrase where there is one.
 *
 * Errors: those of `refuse`, naming the line; no message holds any of the key.
 * Source: "Secret key format" in https://jedisct1.github.io/minisign/
 */
export function parseSecretKey(text: string, refuse: Refuse): StoredSecretKey {
  const [first = "", second = ""] = linesOf(text, 2, "a minisign secret key", refuse);
  if (!first.startsWith(untrusted)) throw refuse(1, "another beginning", `"${untrusted}", the first line of a minisign secret key`);
  const bytes = strictBase64(second);
  if (bytes?.length !== storedBytes) throw refuse(2, lengthOf(bytes), `the ${storedBytes} bytes of a minisign secret key in base64`);
  const algorithms = bytes.toString("latin1", 0, 6);
  if (!["EdScB2", "Ed\0\0B2"].includes(algorithms)) throw refuse(2, "another algorithm", "an Ed25519 key, kept with a passphrase by scrypt or without one");
  const needsPassphrase = algorithms.startsWith("EdSc");
  const hidden = bytes.subarray(54);
  return {
    needsPassphrase,
    open(passphrase) {
      const plain = needsPassphrase ? hiddenBy(hidden, streamOf(passphrase, bytes.subarray(6, 38), costIn(bytes), refuse)) : hidden;
      const [id, pair, sum] = [plain.subarray(0, 8), plain.subarray(8, 72), plain.subarray(72)];
      // minisign itself writes zeros for a key without a passphrase.
      const isSummed = needsPassphrase || sum.some((byte) => byte !== 0);
      if (isSummed && !timingSafeEqual(sum, checksum(id, pair)))
        throw refuse(2, needsPassphrase ? "that the passphrase does not open it" : "a checksum that does not fit", needsPassphrase ? "the one that it was made with" : "a whole key");
      const secret = createPrivateKey({ key: Buffer.concat([secretInfoStart, pair.subarray(0, 32)]), format: "der", type: "pkcs8" });
      const raw = rawPublicKey(createPublicKey(secret));
      if (!raw.equals(pair.subarray(32))) throw refuse(2, "a public half that is not the secret one's", "a whole key");
      return { publicKey: publicKeyOf(printedKeyId(id), raw), secret };
    },
  };
}

/** A new key, drawn from chance. */
export function newSecretKey(): SecretKey {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  return { publicKey: publicKeyOf(printedKeyId(randomBytes(8)), rawPublicKey(publicKey)), secret: privateKey };
}

/** The file of a secret key. Shape: `passphrase` null leaves it open to whoever reads the file. */
export function secretKeyText({ publicKey, secret }: SecretKey, passphrase: string | null, cost: PassphraseCost = usualCost): string {
  const id = storedKeyId(publicKey.keyId);
  const pair = Buffer.concat([secret.export({ format: "der", type: "pkcs8" }).subarray(secretInfoStart.length), rawPublicKey(publicKey.key)]);
  const head = Buffer.alloc(54);
  head.write(passphrase === null ? "Ed\0\0B2" : "EdScB2", "latin1");
  if (passphrase === null) return fileOf(head, Buffer.concat([id, pair, Buffer.alloc(32)]));
  const salt = randomBytes(32);
  salt.copy(head, 6);
  head.writeBigUInt64LE(cost.opslimit, 38);
  head.writeBigUInt64LE(cost.memlimit, 46);
  const refuse: Refuse = (_, found, expected) => new RangeError(`cost of a passphrase: found ${found}, expected ${expected}`);
  return fileOf(head, hiddenBy(Buffer.concat([id, pair, checksum(id, pair)]), streamOf(passphrase, salt, cost, refuse)));
}

/** Signs with a key that is at hand. */
export function signerOf({ secret }: SecretKey): Sign {
  return (bytes) => sign(null, bytes, secret);
}

function fileOf(head: Buffer, hidden: Buffer): string {
  return `${untrusted}minisign encrypted secret key\n${Buffer.concat([head, hidden]).toString("base64")}\n`;
}

function costIn(bytes: Buffer): PassphraseCost {
  return { opslimit: bytes.readBigUInt64LE(38), memlimit: bytes.readBigUInt64LE(46) };
}

/** Passphrases are taken as they were typed, for minisign does so. */
function streamOf(passphrase: string, salt: Uint8Array, cost: PassphraseCost, refuse: Refuse): Buffer {
  const parameters = scryptParameters(cost);
  if (parameters === null) throw refuse(2, "a passphrase that takes more than 4 GiB, or 16 times the usual work", "minisign's own limits");
  return scryptSync(Buffer.from(passphrase, "utf8"), salt, 104, parameters);
}

function hiddenBy(bytes: Uint8Array, stream: Uint8Array): Buffer {
  return Buffer.from(bytes.map((byte, at) => byte ^ stream[at]!));
}

function checksum(id: Uint8Array, pair: Uint8Array): Uint8Array {
  return blake2b(Buffer.concat([Buffer.from("Ed"), id, pair]), { dkLen: 32 });
}
