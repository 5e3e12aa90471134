import { createHash, type Hash } from "node:crypto";
import { type Dir, opendirSync, readdirSync } from "node:fs";
import { systemCode } from "../failure.ts";
import { nameBelow } from "./open-path.ts";

/** What listing a folder ended with: null for its true end, else the error's code; what was listed before stays listed. */
export type ListingEnd = string | null;

const [lengthBytes, waitingBytes] = [4, 4096];

/** An error in the middle: of the folder itself, or of an entry that Node looked up. */
type Broken = { readonly at: "folder" | "entry"; readonly code: string } | null;

/**
 * Names in an open folder as bytes, streamed, so that a folder of a million names costs no memory.
 *
 * Node drops names it had already fetched when a later one fails, so an error starts a second listing that takes the names one by one,
 * passes over those already given, and goes on to the error itself.
 */
export function* namesIn(folder: number): Generator<Buffer, ListingEnd> {
  const given: Given = { count: 0, digest: null, waiting: null, waitingBytes: 0 };
  const first = yield* stream(folder, 256, given, { count: 0, digest: "" });
  if (first === null) return null;
  const before = { count: given.count, digest: digestOf(given) };
  const again: Given = { count: 0, digest: null, waiting: null, waitingBytes: 0 };
  // An entry whose kind the file system does not say makes Node look it up; when that fails, a listing of bare names still works.
  const second = first.at === "entry" ? yield* bareNames(folder, before, again) : yield* stream(folder, 1, again, before);
  if (second === null) return again.count < before.count ? "EIO" : null;
  return second.code;
}

/**
 * The names of one listing so far.
 *
 * Shape: `waiting` holds the last of them, each behind its length, for a digest that takes each by itself costs more than listing; null before the first.
 */
interface Given {
  count: number;
  digest: Hash | null;
  waiting: Buffer | null;
  waitingBytes: number;
}
interface Before {
  readonly count: number;
  readonly digest: string;
}

function* stream(folder: number, bufferSize: number, given: Given, before: Before): Generator<Buffer, Broken> {
  let listing: Dir | undefined;
  try {
    listing = opendirSync(nameBelow(folder, Buffer.alloc(0)) as unknown as string, { encoding: "buffer" as BufferEncoding, bufferSize });
    for (let entry = listing.readSync(); entry !== null; entry = listing.readSync()) {
      const name = entry.name as unknown as Buffer;
      if (isNew(name, given, before)) yield name;
    }
    return null;
  } catch (thrown) {
    return brokenBy(thrown);
  } finally {
    listing?.closeSync();
  }
}

function* bareNames(folder: number, before: Before, again: Given): Generator<Buffer, Broken> {
  try {
    for (const name of readdirSync(nameBelow(folder, Buffer.alloc(0)), { encoding: "buffer" })) if (isNew(name, again, before)) yield name;
    return null;
  } catch (thrown) {
    return brokenBy(thrown);
  }
}

/** False while a second listing repeats the names of the first. Errors: Error with code EIO when it does not repeat them. */
function isNew(name: Buffer, given: Given, before: Before): boolean {
  note(name, given);
  given.count += 1;
  if (given.count > before.count) return true;
  if (given.count === before.count && digestOf(given) !== before.digest) throw Object.assign(new Error("the folder lists other names the second time"), { code: "EIO" });
  return false;
}

function note(name: Buffer, given: Given): void {
  const bytes = lengthBytes + name.length;
  if (given.waiting === null || given.waitingBytes + bytes > given.waiting.length) {
    digestWaiting(given);
    if (given.waiting === null || bytes > given.waiting.length) given.waiting = Buffer.allocUnsafe(Math.max(bytes, waitingBytes));
  }
  given.waiting.writeUInt32LE(name.length, given.waitingBytes);
  given.waiting.set(name, given.waitingBytes + lengthBytes);
  given.waitingBytes += bytes;
}

function digestWaiting(given: Given): void {
  if (given.waiting === null) return;
  given.digest ??= createHash("sha256");
  given.digest.update(given.waiting.subarray(0, given.waitingBytes));
  given.waitingBytes = 0;
}

/** What the names so far come to. */
function digestOf(given: Given): string {
  digestWaiting(given);
  return given.digest === null ? "" : given.digest.copy().digest("hex");
}

function brokenBy(thrown: unknown): NonNullable<Broken> {
  const code = systemCode(thrown);
  if (code === null) throw thrown;
  return { at: (thrown as NodeJS.ErrnoException).syscall === "lstat" ? "entry" : "folder", code };
}
