import { closeSync, constants, fstatSync, lstatSync, openSync, readSync } from "node:fs";
import { Failure, systemCode } from "../failure.ts";
import type { ReadOptions } from "../lists/format.ts";
import { type ListReading, openList } from "../lists/read-list.ts";
import type { ListKind, Scale } from "../model.ts";
import { pathText } from "../path-text.ts";
import { counted } from "./reading-progress.ts";

const mostTextBytes = 64 * 1024;

/** What the operator may say about how a list file is read. */
export interface ListReadingOptions {
  readonly format?: string;
  readonly algorithm?: NonNullable<ReadOptions["algorithm"]>;
  readonly category?: string;
  readonly identity?: string;
  readonly partial?: boolean;
  readonly keepSensitiveFields?: boolean;
}

/** A list file before it is opened. Shape: `publicKeys` those that are trusted for the agency, `signatureFile` as `signatureFileOf` gives it. */
export interface ListFileToRead {
  readonly agency: string;
  readonly kind: ListKind;
  readonly scale: Scale;
  readonly signatureFile: string | null;
  readonly publicKeys: readonly string[];
}

/** The signature that a list file is read with: the one stated, else a `.minisig` beside it; null when there is none. Errors: Failure("list-refused") when nobody can tell. */
export function signatureFileOf(file: string, stated: string | undefined): string | null {
  return stated ?? (isThere(`${file}.minisig`) ? `${file}.minisig` : null);
}

/** Opens a list file for reading; a signature is verified against the agency's trusted keys. At a terminal, standard error shows how many rows were read. */
export async function readingOf(file: string, { agency, kind, scale, signatureFile, publicKeys }: ListFileToRead, options: ListReadingOptions): Promise<ListReading> {
  const reading = await openList(file, {
    scale,
    kind,
    ...(signatureFile === null ? {} : { signature: signatureOf(signatureFile, publicKeys, agency) }),
    ...(options.format === undefined ? {} : { format: options.format }),
    ...(options.algorithm === undefined ? {} : { algorithm: options.algorithm }),
    ...(options.category === undefined ? {} : { category: options.category }),
    ...(options.identity === undefined ? {} : { identityFile: options.identity }),
    ...(options.keepSensitiveFields === undefined ? {} : { keepSensitive: options.keepSensitiveFields }),
    ...(options.partial === undefined ? {} : { partial: options.partial }),
  });
  return process.stderr.isTTY === true ? counted(reading, process.stderr) : reading;
}

function signatureOf(file: string, publicKeys: readonly string[], agency: string): { readonly signatureText: string; readonly publicKeys: readonly string[] } {
  if (publicKeys.length === 0)
    throw new Failure("list-refused", `${pathText(Buffer.from(file))}: found a signature and no key trusted for ${pathText(Buffer.from(agency))}, expected one (--trust KEY-FILE); see also blindmatch list trust --help`);
  return { signatureText: smallText(file, "list-refused"), publicKeys };
}

// Whatever is there, a link to nothing among it: a list must not become unsigned because its signature cannot be read.
function isThere(path: string): boolean {
  try {
    lstatSync(path);
    return true;
  } catch (thrown) {
    const code = systemCode(thrown) ?? "unknown error";
    if (code === "ENOENT" || code === "ENOTDIR" || code === "ENAMETOOLONG") return false;
    throw new Failure("list-refused", `${pathText(Buffer.from(path))}: it cannot be looked for (${code}), expected a signature or none`, thrown);
  }
}

/** A key or signature file. Errors: Failure(`code`) unless it is a regular file of at most 64 KiB that can be read. */
export function smallText(file: string, code: "usage" | "list-refused"): string {
  const name = pathText(Buffer.from(file));
  try {
    // Without O_NONBLOCK opening a fifo would wait for a writer.
    const descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      if (!fstatSync(descriptor).isFile()) throw new Failure(code, `${name}: found no regular file, expected a text file`);
      return boundedText(descriptor, name, code);
    } finally {
      closeSync(descriptor);
    }
  } catch (thrown) {
    if (thrown instanceof Failure) throw thrown;
    throw new Failure(code, `${name}: it cannot be read (${systemCode(thrown) ?? "unknown error"}), expected a text file`, thrown);
  }
}

// Read, not measured: the size that a file states may be 0, or change.
function boundedText(descriptor: number, name: string, code: "usage" | "list-refused"): string {
  const block = Buffer.alloc(mostTextBytes + 1);
  let filled = 0;
  for (let length = -1; length !== 0 && filled < block.length; filled += length) length = readSync(descriptor, block, filled, block.length - filled, null);
  if (filled > mostTextBytes) throw new Failure(code, `${name}: found more than ${mostTextBytes} bytes, expected a text file of at most as many`);
  return block.toString("utf8", 0, filled);
}
