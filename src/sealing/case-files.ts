import { createHash } from "node:crypto";
import { closeSync, constants, fstatSync, openSync, readdirSync, readFileSync, readSync } from "node:fs";
import { Failure, systemCode } from "../failure.ts";
import { pathBytes, pathText } from "../path-text.ts";

/** A file as a manifest names it. Shape: `name` in printable form, `sha256` lower-case hex. */
export interface SealedFile {
  readonly name: string;
  readonly sizeBytes: number;
  readonly sha256: string;
}

/** Name of the record within its case folder. */
export const recordName = "record.sqlite";

/** Beside a record while it is written to, or after a program that wrote to it was killed. */
export const besideRecord: readonly string[] = ["record.lock", "record.sqlite-wal", "record.sqlite-shm", "record.sqlite-journal"];

const blockBytes = 1024 * 1024;

/** What lies in a case folder, printable names in a fixed order. */
export function namesIn(folder: string): readonly string[] {
  return readdirSync(folder, { encoding: "buffer" }).map(pathText).sort();
}

/** Path of a file of the case by its printable name. */
export function pathIn(folder: string, name: string): Buffer {
  return Buffer.concat([Buffer.from(`${folder}/`), pathBytes(name)]);
}

/** Whether a text can be the printable name of a file within a folder, and of nothing above or below it. */
export function isFileName(name: string): boolean {
  try {
    return name !== "" && name !== "." && name !== ".." && !name.includes("/") && pathText(pathBytes(name)) === name && !pathBytes(name).includes(0);
  } catch {
    return false;
  }
}

/** Size and digest of a file of the case, read piece by piece; null when it is not there. Errors: Failure("seal-refused") for what is no regular file. */
export function digestOf(folder: string, name: string): SealedFile | null {
  const descriptor = opened(folder, name);
  if (descriptor === null) return null;
  try {
    const digest = createHash("sha256");
    let sizeBytes = 0;
    for (const block of blocksOf(descriptor)) {
      digest.update(block);
      sizeBytes += block.length;
    }
    return { name, sizeBytes, sha256: digest.digest("hex") };
  } finally {
    closeSync(descriptor);
  }
}

/** A small file of the case whole; null when it is not there. Errors: as of `digestOf`; Failure("seal-refused") above 16 MiB. */
export function bytesOf(folder: string, name: string): Buffer | null {
  const descriptor = opened(folder, name);
  if (descriptor === null) return null;
  try {
    const { size } = fstatSync(descriptor);
    if (size > 16 * blockBytes) throw new Failure("seal-refused", `${name}: found ${size} bytes, expected at most ${16 * blockBytes}`);
    return readFileSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** A file of the case for reading; null when it is not there. A link in its place is not followed. Errors: as of `digestOf`. */
export function opened(folder: string, name: string): number | null {
  let descriptor: number;
  try {
    descriptor = openSync(pathIn(folder, name), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (thrown) {
    if (systemCode(thrown) === "ENOENT") return null;
    throw new Failure("seal-refused", `${name}: found that it cannot be read (${systemCode(thrown) ?? "unknown error"}), expected a regular file`, thrown);
  }
  if (fstatSync(descriptor).isFile()) return descriptor;
  closeSync(descriptor);
  throw new Failure("seal-refused", `${name}: found no regular file, expected one`);
}

/** The rest of an opened file. Each block is to be used before the next one is drawn. */
export function* blocksOf(descriptor: number): Generator<Buffer> {
  const { size } = fstatSync(descriptor);
  const block = Buffer.allocUnsafe(Math.min(blockBytes, Math.max(size, 4096)));
  for (let length = readSync(descriptor, block); length > 0; length = readSync(descriptor, block)) yield block.subarray(0, length);
}
