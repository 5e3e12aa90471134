import { randomBytes } from "node:crypto";
import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { join } from "node:path";
import { Failure, systemCode } from "../failure.ts";
import { pathText } from "../path-text.ts";
import { keyBytes } from "./chunk-cipher.ts";
import { nameSecret, unfinishedSecrets, unnamedSecret, type UnnamedSecret } from "./secret-file.ts";

const mostFileBytes = 4096;
const othersMayRead = 0o044;
const othersMayWrite = 0o022;

/**
 * The key that a file holds: 32 raw bytes, 64 hex digits, or 32 bytes in base64.
 *
 * Errors: Failure("usage") for a file that is missing, no regular file, of another owner than this process or root, or open to group or others;
 *         and for what is no such key. Never with a part of it.
 */
export function readKeyFile(path: string): Uint8Array {
  const where = pathText(Buffer.from(path));
  const descriptor = openKeyFile(path, where);
  try {
    const { mode, uid, size } = regularFile(descriptor, where);
    if (uid !== 0 && uid !== process.geteuid?.()) throw unusable(where, "a key file of another user", "one that you or root own; make your own with a private copy");
    if ((mode & (othersMayRead | othersMayWrite)) !== 0)
      throw unusable(where, `a key file open to group or others (mode ${(mode & 0o777).toString(8).padStart(4, "0")})`, `mode 0600; run: chmod 600 ${where}`);
    if (size > mostFileBytes) throw unusable(where, `${size} bytes`, `a key of ${keyBytes} bytes`);
    const content = Buffer.alloc(mostFileBytes + 1);
    const length = readSync(descriptor, content, 0, content.length, 0);
    const key = keyOf(content.subarray(0, length));
    content.fill(0);
    if (key === null) throw unusable(where, `${length} bytes that are no key`, `${keyBytes} raw bytes, ${2 * keyBytes} hex digits, or ${keyBytes} bytes in base64`);
    // A key that somebody typed in as a placeholder seals nothing.
    if (key.every((byte) => byte === key[0])) throw unusable(where, "a key of one repeated byte", "one of random bytes");
    return key;
  } finally {
    closeSync(descriptor);
  }
}

/** Path of the key file that a home has unless the operator named another. */
export function homeKeyFile(home: string): string {
  return join(home, "key");
}

/** A new random key on its way into a file of its own (0600, hex digits and a newline). Errors: Failure("usage") when none can be made. */
export function newKeyFile(path: string): UnnamedSecret & { readonly key: Uint8Array } {
  const key = Uint8Array.from(randomBytes(keyBytes));
  return { key, ...unnamedSecret(path, `${Buffer.from(key).toString("hex")}\n`) };
}

/** Gives the key its name that a process made which was killed before it could; none but one that fits. */
export function finishKeyFile(path: string, fits: (key: Uint8Array) => boolean): void {
  for (const part of unfinishedSecrets(path)) if (isFitting(part, fits)) nameSecret(part, path);
}

function isFitting(part: string, fits: (key: Uint8Array) => boolean): boolean {
  try {
    return fits(readKeyFile(part));
  } catch (thrown) {
    // Written in part, or gone because it has its name by now.
    if (thrown instanceof Failure && thrown.code === "usage") return false;
    throw thrown;
  }
}

function openKeyFile(path: string, where: string): number {
  try {
    // Without O_NONBLOCK opening a fifo would wait for a writer.
    return openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (thrown) {
    throw unusable(where, `that it cannot be opened (${systemCode(thrown) ?? "unknown error"})`, "a key file that you may read", thrown);
  }
}

function regularFile(descriptor: number, where: string) {
  const status = fstatSync(descriptor);
  if (!status.isFile()) throw unusable(where, "no regular file", "a key file");
  return status;
}

function keyOf(content: Buffer): Uint8Array | null {
  if (content.length === keyBytes) return Uint8Array.from(content);
  const text = content.toString("latin1").trim();
  if (/^[0-9a-f]{64}$/i.test(text)) return Uint8Array.from(Buffer.from(text, "hex"));
  if (!/^[A-Za-z0-9+/]{43}=?$/.test(text)) return null;
  const key = Buffer.from(text, "base64");
  return key.length === keyBytes ? Uint8Array.from(key) : null;
}

function unusable(where: string, found: string, expected: string, cause?: unknown): Failure {
  return new Failure("usage", `${where}: found ${found}, expected ${expected}`, cause);
}
