import { createHash, randomBytes } from "node:crypto";
import { closeSync, fsyncSync, linkSync, lstatSync, openSync, rmSync, unlinkSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { Failure, systemCode } from "../failure.ts";
import { pathText } from "../path-text.ts";
import { syncFolder } from "../record/database.ts";

/** The process that a file of ours belonged to that is not whole, by its name; null for any other file. Without hex digits an earlier program wrote it. */
export function partOwner(name: string): number | null {
  const [, owner] = /\.(\d+)-[0-9a-f]{12}\.part$/.exec(name) ?? /^(?:report|manifest).*\.(\d+)\.part$/.exec(name) ?? [];
  return owner === undefined ? null : Number(owner);
}

/** A file that is whole and safe beside its name, which it does not have yet. */
export interface UnnamedFile {
  readonly sha256: string;
  /** Errors: Failure("output-exists"). */
  requireFree(): void;
  /** Errors: as of `requireFree`. The folder is not synced. */
  giveName(): void;
  /** Takes the name away again, where it was given. */
  withdraw(): void;
  /** Removes what has no name. To be called in any case, once. */
  abandon(): void;
}

/**
 * Writes a file that is either there whole or not at all, and never over another one.
 *
 * Shape:  the SHA-256 of what was written, hex; a private `.part` file beside it (0600), synced, linked to its name, the folder synced.
 * Errors: Failure("output-exists"); the operating system's, with nothing left under the final name.
 */
export function writeNewFile(path: string, chunks: Iterable<string>): string {
  const file = writeUnnamed(path, chunks);
  try {
    return named(path, file);
  } finally {
    file.abandon();
  }
}

/** The same of bytes that are there already. */
export function writeNewBytes(path: string, bytes: Uint8Array): string {
  const file = finished(beginFile(path), (begun) => begun.write(bytes));
  try {
    return named(path, file);
  } finally {
    file.abandon();
  }
}

/** The same of bytes that come one after the other. Errors: whatever `chunks` throws as well. */
export async function writeNewFileOf(path: string, chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const begun = beginFile(path);
  try {
    for await (const chunk of chunks) begun.write(chunk);
    return named(path, begun.finish());
  } finally {
    begun.abandon();
  }
}

/** Writes a file without giving it its name. Errors: the operating system's and whatever `chunks` throws, with nothing left. */
export function writeUnnamed(path: string, chunks: Iterable<string>): UnnamedFile {
  return finished(beginFile(path), (begun) => {
    for (const block of blocks(chunks)) begun.write(block);
  });
}

/** Errors: Failure("output-exists") where anything has that name. `advice`: what to do about it. */
export function requireFree(path: string, advice = ""): void {
  if (lstatSync(path, { throwIfNoEntry: false }) !== undefined) throw outputExists(path, { advice });
}

interface BegunFile {
  write(block: Uint8Array): void;
  /** Makes it whole and safe; nothing can be written to it any more. */
  finish(): UnnamedFile;
  /** Removes what has no name, whether or not it was finished. */
  abandon(): void;
}

function beginFile(path: string): BegunFile {
  const digest = createHash("sha256");
  // Processes in containers all have the same number: only chance tells this file from what an earlier one left.
  const part = `${path}.${process.pid}-${randomBytes(6).toString("hex")}.part`;
  const descriptor = openSync(part, "wx", 0o600);
  let open = true;
  const close = (): void => {
    if (open) closeSync(descriptor);
    open = false;
  };
  const abandon = (): void => {
    close();
    rmSync(part, { force: true });
  };
  return {
    write(block) {
      digest.update(block);
      for (let at = 0; at < block.length; ) at += writeSync(descriptor, block, at);
    },
    finish() {
      fsyncSync(descriptor);
      close();
      let isNamed = false;
      return {
        sha256: digest.digest("hex"),
        requireFree: () => requireFree(path),
        giveName() {
          linkNew(part, path);
          isNamed = true;
        },
        withdraw() {
          if (isNamed) unlinkSync(path);
          isNamed = false;
        },
        abandon,
      };
    },
    abandon,
  };
}

function finished(begun: BegunFile, write: (begun: BegunFile) => void): UnnamedFile {
  try {
    write(begun);
    return begun.finish();
  } catch (thrown) {
    begun.abandon();
    throw thrown;
  }
}

function named(path: string, file: UnnamedFile): string {
  file.giveName();
  syncFolder(dirname(path));
  return file.sha256;
}

function linkNew(part: string, path: string): void {
  try {
    linkSync(part, path);
  } catch (thrown) {
    if (systemCode(thrown) === "EEXIST") throw outputExists(path, { cause: thrown });
    throw thrown;
  }
}

function outputExists(path: string, { advice = "", cause }: { readonly advice?: string; readonly cause?: unknown }): Failure {
  return new Failure("output-exists", `${pathText(Buffer.from(path))}: found a file of that name, expected none; it is not replaced${advice}`, cause);
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
