import { createHash } from "node:crypto";
import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { systemCode } from "../failure.ts";
import { damaged, headerLength, headerOf, preambleBytes, type SectionPlace } from "./segment-format.ts";
import { type Segment, segmentOf } from "./segment.ts";

const readAtOnceBytes = 64 * 1024 * 1024;

/**
 * Reads a segment file into memory; every byte of it is checked.
 *
 * Shape:  `list` is the SHA-256 of the agency's file it was made of, `sha256` the segment's own; `where` names it in messages.
 * Errors: Failure("reference-damaged") for a file that is missing, or not as it was written.
 */
export function openSegment(path: string, where: string): { readonly segment: Segment; readonly list: string; readonly sha256: string } {
  const descriptor = openFile(path, where);
  try {
    const status = fstatSync(descriptor);
    if (!status.isFile()) throw damaged(where, "no regular file", "a segment");
    const preamble = Buffer.from(readBytes(descriptor, 0, Math.min(preambleBytes, status.size), where));
    const length = headerLength(preamble, where);
    if (preambleBytes + length > status.size) throw damaged(where, `${status.size} bytes`, `at least ${preambleBytes + length}`);
    const text = Buffer.from(readBytes(descriptor, status.size - length, length, where));
    const { header, sha256 } = headerOf(preamble, text, status.size, where);
    const sections = new Map(header.sections.map((place) => [place.name, readSection(descriptor, place, where)]));
    const segment = segmentOf(header, (name) => {
      const bytes = sections.get(name);
      if (bytes === undefined) throw damaged(where, `no section ${name}`, "one");
      return bytes;
    });
    return { segment, list: header.list, sha256 };
  } finally {
    closeSync(descriptor);
  }
}

function openFile(path: string, where: string): number {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (thrown) {
    throw damaged(where, `it cannot be opened (${systemCode(thrown) ?? "unknown error"})`, "the segment that the catalog names", thrown);
  }
}

/** The one place where bytes of a section are read. */
function readSection(descriptor: number, { name, offset, length, sha256 }: SectionPlace, where: string): ArrayBuffer {
  const bytes = readBytes(descriptor, offset, length, where);
  const hash = createHash("sha256");
  for (let at = 0; at < length; at += readAtOnceBytes) hash.update(new Uint8Array(bytes, at, Math.min(readAtOnceBytes, length - at)));
  if (hash.digest("hex") !== sha256) throw damaged(where, `section ${name} other than it was written`, "an unaltered segment");
  return bytes;
}

/** Shape: a buffer of its own, so that it can be viewed as numbers. */
function readBytes(descriptor: number, offset: number, length: number, where: string): ArrayBuffer {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; ) {
    const got = readSome(descriptor, bytes, at, Math.min(readAtOnceBytes, length - at), offset + at, where);
    if (got === 0) throw damaged(where, `its end at byte ${offset + at}`, `${offset + length} bytes`);
    at += got;
  }
  return bytes.buffer;
}

function readSome(descriptor: number, bytes: Uint8Array, at: number, length: number, offset: number, where: string): number {
  try {
    return readSync(descriptor, bytes, at, length, offset);
  } catch (thrown) {
    throw damaged(where, `a read error (${systemCode(thrown) ?? "unknown error"})`, "a segment that can be read", thrown);
  }
}
