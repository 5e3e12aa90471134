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
  const digest = createHash("sha256");
  const part = `${path}.${process.pid}.part`;
  const descriptor = openSync(part, "wx", 0o600);
  let sha256: string;
  try {
    try {
      for (const block of blocks(chunks)) {
        digest.update(block);
        for (let at = 0; at < block.length; ) at += writeSync(descriptor, block, at);
      }
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    sha256 = digest.digest("hex");
    beforeNamed(sha256);
    linkSync(part, path);
  } catch (thrown) {
    if (systemCode(thrown) === "EEXIST") throw outputExists(path, thrown);
    throw thrown;
  } finally {
    unlinkSync(part);
  }
  const folder = openSync(dirname(path), "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
  return sha256;
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
