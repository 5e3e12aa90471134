import { createHash } from "node:crypto";
import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { Failure, systemCode } from "../failure.ts";
import { type NearPart, type NearShards, nearShards } from "../kernels/near-shard.ts";
import { type ChunkCipher, chunkCipher, tagBytes } from "./chunk-cipher.ts";
import { chunkBytes, damaged, headerPlace, preambleBytes, readHeader, readPreamble, type SectionName, sectionNames, type SegmentHeader } from "./segment-format.ts";
import { type Segment, segmentOf } from "./segment.ts";

/**
 * Reads a segment file into memory; every byte of it is checked.
 *
 * Shape:  `list` is the SHA-256 of the agency's file it was made of, `description` that of the list's description, `sha256` the segment's own; `where` names it in messages;
 *         `threads` search for codes, when not as many as `threadsFor` says.
 * Errors: Failure("key-wrong"); Failure("reference-damaged") for a file that is missing, or not as it was written.
 */
export function openSegment(path: string, where: string, key: Uint8Array, threads?: number): { readonly segment: Segment; readonly list: string; readonly description: string; readonly sha256: string } {
  const descriptor = openFile(path, where);
  try {
    const status = fstatSync(descriptor);
    if (!status.isFile()) throw damaged(where, "no regular file", "a segment");
    const preamble = readBytes(descriptor, 0, Math.min(preambleBytes, status.size), where);
    const { headerBytes, salt, keyCheck } = readPreamble(preamble, where);
    const cipher = chunkCipher(key, salt);
    if (!Buffer.from(cipher.keyCheck).equals(keyCheck)) throw new Failure("key-wrong", `${where}: found another key than the list was sealed with, expected that one`);
    const sealedBytes = status.size - preambleBytes - headerBytes;
    if (sealedBytes < 0) throw damaged(where, `${status.size} bytes`, `at least ${preambleBytes + headerBytes}`);
    const sealedHeader = readBytes(descriptor, status.size - headerBytes, headerBytes, where);
    const text = cipher.open(headerPlace, sealedHeader);
    if (text === null) throw damaged(where, "a header that is not the one written", "an unaltered segment");
    const header = readHeader(text, sealedBytes, where);
    const near = nearShards(header.nearShards);
    const { sections, tags } = readSections(descriptor, header, near, cipher, where);
    const segment = segmentOf(header, near.shards, (name) => sections.get(name)?.buffer ?? new ArrayBuffer(0), threads);
    return { segment, list: header.list, description: header.description, sha256: tags.update(sealedHeader).update(preamble).digest("hex") };
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

/** Sections that go into the memories of the near index, and not into buffers of their own. */
const nearParts: Readonly<Partial<Record<SectionName, NearPart>>> = { "pdq-codes": "codes", "pdq-tables": "tables" };

/** The one place where bytes of a section are read. Shape: `tags` has been given the tags of all chunks. */
function readSections(descriptor: number, header: SegmentHeader, near: NearShards, cipher: ChunkCipher, where: string) {
  const sections = new Map<SectionName, Uint8Array<ArrayBuffer>>();
  const filled = new Map<SectionName, number>();
  const tags = createHash("sha256");
  const scratch = Buffer.allocUnsafeSlow(chunkBytes + tagBytes);
  // One buffer for each section, so that it can be viewed as numbers, and nothing is held twice.
  const sectionOf = (name: SectionName, length: number): Uint8Array => {
    const section = sections.get(name) ?? new Uint8Array(length);
    sections.set(name, section);
    return section;
  };
  let offset = preambleBytes;
  for (const number of header.order) {
    const name = sectionNames[number - 1]!;
    const length = header.lengths[name]!;
    const from = filled.get(name) ?? 0;
    const plainBytes = Math.min(chunkBytes, length - from);
    const sealed = scratch.subarray(0, plainBytes + tagBytes);
    fill(sealed, descriptor, offset, where);
    const chunk = from / chunkBytes;
    const bytes = cipher.open({ section: number, name, chunk, last: from + plainBytes === length }, sealed);
    if (bytes === null) throw damaged(where, `section ${name} other than it was written (chunk ${chunk})`, "an unaltered segment");
    const part = nearParts[name];
    if (part === undefined) sectionOf(name, length).set(bytes, from);
    else near.write(part, from, bytes);
    tags.update(sealed.subarray(plainBytes));
    filled.set(name, from + plainBytes);
    offset += sealed.length;
  }
  return { sections, tags };
}

function readBytes(descriptor: number, offset: number, length: number, where: string): Buffer {
  const bytes = Buffer.alloc(length);
  fill(bytes, descriptor, offset, where);
  return bytes;
}

function fill(target: Uint8Array, descriptor: number, offset: number, where: string): void {
  for (let at = 0; at < target.length; ) {
    let got: number;
    try {
      got = readSync(descriptor, target, at, target.length - at, offset + at);
    } catch (thrown) {
      throw damaged(where, `a read error (${systemCode(thrown) ?? "unknown error"})`, "a segment that can be read", thrown);
    }
    if (got === 0) throw damaged(where, `its end at byte ${offset + at}`, `${offset + target.length} bytes`);
    at += got;
  }
}
