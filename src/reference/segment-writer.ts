import { createHash, randomBytes } from "node:crypto";
import { closeSync, constants, fsyncSync, openSync, writeSync } from "node:fs";
import { endianness } from "node:os";
import { type ChunkCipher, chunkCipher, saltBytes } from "./chunk-cipher.ts";
import { chunkBytes, headerPlace, headerText, preambleBytes, preambleOf, type SectionName, sectionNames, type SegmentContents } from "./segment-format.ts";

/** Takes the bytes of sections, each section's in its order, the sections in any. */
export interface SectionTarget {
  append(name: SectionName, bytes: Uint8Array): void;
}

/** A segment file that is being written; sections are sealed chunk by chunk as they fill. */
export interface SegmentWriter extends SectionTarget {
  /** Writes the rest and syncs it. Shape: SHA-256 of the agency's file and of the list's description; gives the segment's own SHA-256. */
  finish(list: string, description: string, contents: SegmentContents): string;
  /** Once, in either case. The file stays; whoever named it removes it. */
  close(): void;
}

interface OpenSection {
  readonly name: SectionName;
  readonly number: number;
  readonly buffer: Uint8Array;
  used: number;
  chunks: number;
}

/** Begins a new segment file (0600). Errors: the operating system's, EEXIST among them. */
export function writeSegment(path: string, key: Uint8Array): SegmentWriter {
  const salt = randomBytes(saltBytes);
  const cipher: ChunkCipher = chunkCipher(key, salt);
  const descriptor = openSync(path, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW, 0o600);
  const sections = new Map<SectionName, OpenSection>();
  const order: number[] = [];
  const tags = createHash("sha256");
  let offset = preambleBytes;

  const write = (bytes: Uint8Array): void => {
    writeAll(descriptor, bytes, offset);
    offset += bytes.length;
  };

  /** The one place where bytes of a section are written. */
  const seal = (section: OpenSection, last: boolean): void => {
    const { name, number, buffer, used, chunks } = section;
    const [text, tag] = cipher.seal({ section: number, name, chunk: chunks, last }, buffer.subarray(0, used));
    write(text);
    write(tag);
    tags.update(tag);
    order.push(number);
    section.chunks += 1;
    section.used = 0;
  };

  const opened = (name: SectionName): OpenSection => {
    const section = { name, number: sectionNames.indexOf(name) + 1, buffer: new Uint8Array(chunkBytes), used: 0, chunks: 0 };
    sections.set(name, section);
    return section;
  };

  return {
    append(name, bytes) {
      const section = sections.get(name) ?? opened(name);
      for (let at = 0; at < bytes.length; ) {
        // A full chunk waits for the next byte: only then is it known not to be the last.
        if (section.used === chunkBytes) seal(section, false);
        const taken = Math.min(bytes.length - at, chunkBytes - section.used);
        section.buffer.set(bytes.subarray(at, at + taken), section.used);
        section.used += taken;
        at += taken;
      }
    },
    finish(list, description, contents) {
      const lengths: Partial<Record<SectionName, number>> = {};
      for (const section of sections.values()) {
        if (section.used === 0) continue;
        lengths[section.name] = section.chunks * chunkBytes + section.used;
        seal(section, true);
      }
      const sealed = Buffer.concat(cipher.seal(headerPlace, headerText({ list, description, byteOrder: endianness(), ...contents, lengths, order })));
      write(sealed);
      const preamble = preambleOf({ headerBytes: sealed.length, salt, keyCheck: cipher.keyCheck });
      writeAll(descriptor, preamble, 0);
      fsyncSync(descriptor);
      return tags.update(sealed).update(preamble).digest("hex");
    },
    close: () => closeSync(descriptor),
  };
}

/** Writes all of the bytes at their place. */
export function writeAll(descriptor: number, bytes: Uint8Array, offset: number): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at, bytes.length - at, offset + at);
}
