import { createHash } from "node:crypto";
import { closeSync, fsyncSync, linkSync, openSync, unlinkSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { Failure, systemCode } from "../failure.ts";
import { pathText } from "../path-text.ts";

/**
 * Writes a file that is either there whole or not at all, and never over another one.
 *
 * Shape:  the SHA-256 of what was written, hex; a private `.part` file beside it (0600), synced, linked to its name, the folder synced.
 *         `beforeNamed` is called with the SHA-256 when the file is whole and safe and has no name yet.
 * Errors: Failure("output-exists"); the operating system's, with nothing left under the final name; whatever `beforeNamed` throws.
 */
export function writeNewFile(path: string, chunks: Iterable<string>, beforeNamed: (sha256: string) => void = () => undefined): string {
  const file = beginFile(path);
  try {
    for (const block of blocks(chunks)) file.write(block);
    return file.finish(beforeNamed);
  } finally {
    file.abandon();
  }
}

/** The same of bytes that are there already. */
export function writeNewBytes(path: string, bytes: Uint8Array): string {
  const file = beginFile(path);
  try {
    file.write(bytes);
    return file.finish();
  } finally {
    file.abandon();
  }
}

/** The same of bytes that come one after the other. Errors: whatever `chunks` throws as well. */
export async function writeNewFileOf(path: string, chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const file = beginFile(path);
  try {
    for await (const chunk of chunks) file.write(chunk);
    return file.finish();
  } finally {
    file.abandon();
  }
}

interface BegunFile {
  write(block: Uint8Array): void;
  /** Gives the file its name, and its SHA-256 to the caller. */
  finish(beforeNamed?: (sha256: string) => void): string;
  /** Removes what has no name, whether or not it was finished. */
  abandon(): void;
}

function beginFile(path: string): BegunFile {
  const digest = createHash("sha256");
  const part = `${path}.${process.pid}.part`;
  const descriptor = openSync(part, "wx", 0o600);
  let open = true;
  const close = (): void => {
    if (open) closeSync(descriptor);
    open = false;
  };
  return {
    write(block) {
      digest.update(block);
      for (let at = 0; at < block.length; ) at += writeSync(descriptor, block, at);
    },
    finish(beforeNamed = () => undefined) {
      fsyncSync(descriptor);
      close();
      const sha256 = digest.digest("hex");
      beforeNamed(sha256);
      linkWhole(part, path);
      return sha256;
    },
    abandon() {
      close();
      unlinkSync(part);
    },
  };
}

function linkWhole(part: string, path: string): void {
  try {
    linkSync(part, path);
  } catch (thrown) {
    if (systemCode(thrown) === "EEXIST") throw outputExists(path, thrown);
    throw thrown;
  }
  const folder = openSync(dirname(path), "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

/** What a name that is taken comes to. */
export function outputExists(path: string, cause?: unknown): Failure {
  return new Failure("output-exists", `${pathText(Buffer.from(path))}: found a file of that name, expected none; it is not replaced`, cause);
}

/** Many small texts as few buffers. */
function* blocks(chunks: Iterable<string>): Generator<Buffer> {
  let held: string[] = [];
  let length = 0;
  for (const chunk of chunks) {
    held.push(chunk);
    length += chunk.length;
    if (length < 65_536) continue;
    yield Buffer.from(held.join(""), "utf8");
    held = [];
    length = 0;
  }
  if (length > 0) yield Buffer.from(held.join(""), "utf8");
}
