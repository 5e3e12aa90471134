import { createHash } from "node:crypto";
import { closeSync, constants, fsyncSync, openSync, unlinkSync, writeSync } from "node:fs";
import { endianness } from "node:os";
import type { ReferenceCollection } from "./collect-references.ts";
import { frameOf, preambleBytes, type Section, type SectionPlace } from "./segment-format.ts";

/**
 * Writes a new segment file (0600) and syncs it.
 *
 * Shape:  `list` the SHA-256 of the agency's file; gives the segment's own SHA-256.
 * Errors: the operating system's, with no file left.
 */
export function writeSegment(path: string, list: string, collection: ReferenceCollection): string {
  const descriptor = openSync(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW, 0o600);
  try {
    try {
      const contents = collection.contents();
      const sections: SectionPlace[] = [];
      let offset = preambleBytes;
      for (const section of collection.sections()) {
        const place = writeSection(descriptor, section, offset);
        sections.push(place);
        offset += place.length;
      }
      const { preamble, header, sha256 } = frameOf({ list, byteOrder: endianness(), ...contents, sections });
      writeAll(descriptor, header, offset);
      writeAll(descriptor, preamble, 0);
      fsyncSync(descriptor);
      return sha256;
    } finally {
      closeSync(descriptor);
    }
  } catch (thrown) {
    unlinkSync(path);
    throw thrown;
  }
}

/** The one place where bytes of a section are written. */
function writeSection(descriptor: number, { name, bytes }: Section, offset: number): SectionPlace {
  const hash = createHash("sha256");
  let length = 0;
  for (const block of bytes) {
    hash.update(block);
    writeAll(descriptor, block, offset + length);
    length += block.length;
  }
  return { name, offset, length, sha256: hash.digest("hex") };
}

function writeAll(descriptor: number, bytes: Uint8Array, offset: number): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at, bytes.length - at, offset + at);
}
