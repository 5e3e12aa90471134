import { createCipheriv, createDecipheriv, hkdfSync } from "node:crypto";

export const keyBytes = 32;
export const saltBytes = 32;
export const tagBytes = 16;

/** Where in a sealed file a chunk stands. Shape: `section` numbers `name`; chunks of a section count from 0, `last` is its last one. */
export interface ChunkPlace {
  readonly section: number;
  readonly name: string;
  readonly chunk: number;
  readonly last: boolean;
}

/** Seals and opens the chunks of one file, each for its one place: moved, cut off or altered, it does not open. */
export interface ChunkCipher {
  /** Tells another key from damage, and nothing else. */
  readonly keyCheck: Uint8Array;
  /** Shape: cipher text as long as `bytes`, then the tag. */
  seal(place: ChunkPlace, bytes: Uint8Array): readonly [Uint8Array, Uint8Array];
  /** The plain bytes of cipher text and tag; null when they are not what was sealed for this place. */
  open(place: ChunkPlace, sealed: Uint8Array): Uint8Array | null;
}

const algorithm = "aes-256-gcm";
const nonceBytes = 12;

/**
 * AES-256-GCM under a subkey of this file alone (HKDF-SHA-256 of key and salt); the nonce is the place, which no two chunks share.
 *
 * Shape:  `salt` random, and new for every file that is written.
 * Errors: RangeError for a key or salt of another length.
 */
export function chunkCipher(key: Uint8Array, salt: Uint8Array): ChunkCipher {
  if (key.length !== keyBytes) throw new RangeError(`key: found ${key.length} bytes, expected ${keyBytes}`);
  if (salt.length !== saltBytes) throw new RangeError(`salt: found ${salt.length} bytes, expected ${saltBytes}`);
  const derived = (purpose: string): Uint8Array => new Uint8Array(hkdfSync("sha256", key, salt, `blindmatch segment, ${purpose}`, keyBytes));
  const subkey = derived("chunks");
  return {
    keyCheck: derived("key check"),
    seal(place, bytes) {
      const cipher = createCipheriv(algorithm, subkey, nonceOf(place));
      cipher.setAAD(boundTo(salt, place));
      const text = cipher.update(bytes);
      cipher.final();
      return [text, cipher.getAuthTag()];
    },
    open(place, sealed) {
      if (sealed.length < tagBytes) return null;
      const decipher = createDecipheriv(algorithm, subkey, nonceOf(place), { authTagLength: tagBytes });
      decipher.setAAD(boundTo(salt, place));
      decipher.setAuthTag(sealed.subarray(-tagBytes));
      const bytes = decipher.update(sealed.subarray(0, -tagBytes));
      try {
        decipher.final();
      } catch {
        return null;
      }
      return bytes;
    },
  };
}

function nonceOf({ section, chunk }: ChunkPlace): Uint8Array {
  const nonce = Buffer.alloc(nonceBytes);
  nonce.writeUInt32BE(section, 0);
  nonce.writeBigUInt64BE(BigInt(chunk), 4);
  return nonce;
}

function boundTo(salt: Uint8Array, { section, name, chunk, last }: ChunkPlace): Uint8Array {
  return Buffer.concat([salt, Buffer.from(JSON.stringify([section, name, chunk, last]), "utf8")]);
}
