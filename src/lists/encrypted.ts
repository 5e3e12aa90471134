import { createHash } from "node:crypto";
import { Decrypter } from "age-encryption";
import { Failure } from "../failure.ts";
import { armoredBytes, isArmored } from "./armor.ts";
import type { ListFile } from "./format.ts";

/** The content of an encrypted list, which exists in memory only. */
export interface DecryptedFile extends ListFile {
  /** SHA-256, lower-case hex, of the content given out; null until it was given out to the end. */
  plaintextSha256(): string | null;
  /** Lets go of the ciphertext when `bytes` was not drawn to its end. */
  close(): Promise<void>;
}

const intro = "age-encryption.org/";
const headerEnd = "\n--- ";
// 128 bytes a recipient: room for 8000.
const largestHeaderBytes = 1024 * 1024;

/** True for the beginning of a file that age encrypted, binary or armored. */
export function isEncrypted(head: Uint8Array): boolean {
  return isArmored(head) || Buffer.from(head.subarray(0, intro.length)).toString("latin1") === intro;
}

/**
 * Opens what age encrypted, decrypting it piece by piece: a few hundred KiB of it exist at a time, and none of it outside of memory.
 *
 * Shape:  each piece of 64 KiB is authentic when it is given out, that none is missing at the end is known only after the last.
 * Errors: Failure("list-refused"), here and from `bytes`, when no identity fits, when the ciphertext is altered or truncated, and for files
 *         encrypted with a passphrase; whatever `file` itself fails with.
 * Source: https://age-encryption.org/v1
 */
export async function decryptedFile(file: ListFile, identities: readonly string[]): Promise<DecryptedFile> {
  const decrypter = new Decrypter();
  for (const identity of identities) decrypter.addIdentity(identity);
  const ciphertext = boundedHeader(isArmored(file.head) ? armoredBytes(file) : file.bytes(), file.name);
  const reader = await opened(decrypter, ciphertext, file.name);
  const digest = createHash("sha256");
  let plaintextSha256: string | null = null;
  let givenBytes = 0;

  async function next(): Promise<Uint8Array | null> {
    try {
      const { value, done } = await reader.read();
      return done ? null : value;
    } catch (thrown) {
      if (thrown instanceof Failure) throw thrown;
      throw refused(file.name, `altered or truncated ciphertext after ${givenBytes} bytes of content`, "the file as it was encrypted, to its end");
    }
  }

  async function* bytes(): AsyncGenerator<Uint8Array> {
    try {
      for (let chunk: Uint8Array | null = head; chunk !== null; chunk = await next()) {
        if (chunk.length === 0) continue;
        digest.update(chunk);
        givenBytes += chunk.length;
        yield chunk;
      }
      plaintextSha256 = digest.digest("hex");
    } finally {
      await close();
    }
  }

  async function close(): Promise<void> {
    // After an error there is nothing left to let go of, and cancelling says the error again.
    await reader.cancel().catch(() => undefined);
  }

  // The first piece is of 64 KiB unless it is all there is.
  const head = (await next()) ?? new Uint8Array();
  return { name: file.name, head, bytes, plaintextSha256: () => plaintextSha256, close };
}

async function opened(decrypter: Decrypter, ciphertext: AsyncIterable<Uint8Array>, name: string): Promise<ReadableStreamDefaultReader<Uint8Array>> {
  try {
    return (await decrypter.decrypt(ReadableStream.from(ciphertext) as ReadableStream<Uint8Array>)).getReader();
  } catch (thrown) {
    if (thrown instanceof Failure) throw thrown;
    if (thrown instanceof Error && thrown.message.startsWith("no identity matched")) throw refused(name, "a list encrypted to other keys", "one encrypted to a key of the identity file");
    // Not as a cause: its message may quote what it stumbled over.
    throw refused(name, "an altered or truncated header of age", "one as version 1 of age writes it");
  }
}

/** The same bytes, the whole header in the first piece: whoever parses it holds all of it, so that its length must have a limit. */
async function* boundedHeader(chunks: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<Uint8Array> {
  let start: Buffer | null = Buffer.alloc(0);
  for await (const chunk of chunks) {
    if (start === null) {
      yield chunk;
      continue;
    }
    start = Buffer.concat([start, chunk]);
    const end = start.indexOf(headerEnd);
    if ((end === -1 ? start.length : end) > largestHeaderBytes) throw refused(name, "a header of age of more than 1 MiB", "at most 1 MiB");
    if (end === -1) continue;
    if (start.toString("latin1", 0, end).includes("\n-> scrypt "))
      throw refused(name, "a list encrypted with a passphrase", "one encrypted to a public key (age -r age1...); passphrases are not supported");
    yield start;
    start = null;
  }
  if (start !== null) yield start;
}

function refused(name: string, found: string, expected: string): Failure {
  return new Failure("list-refused", `${name}: found ${found}, expected ${expected}`);
}
