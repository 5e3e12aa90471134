import { closeSync, openSync, readSync } from "node:fs";
import { adler32 } from "../adler32.ts";
import { Failure, systemCode } from "../failure.ts";

/** Digests that were stored in an image when it was acquired. Shape: lower-case hexadecimal. */
export interface StoredDigests {
  readonly md5: string | null;
  readonly sha1: string | null;
}

const signature = Buffer.from([0x45, 0x56, 0x46, 0x09, 0x0d, 0x0a, 0xff, 0x00]);
const headerBytes = 13;
const sectionBytes = 76;

/** More sections than any segment holds: a chain that does not end is cut there. */
const mostSections = 1_000_000;

/**
 * The digests that the last segment of an EWF image (EnCase, .E01 to .Enn) holds of the whole medium.
 *
 * Errors: Failure("evidence-image") where the file is no such segment, is damaged, is not the last one, or holds no digest.
 * Source: Expert Witness Compression Format specification (libyal/libewf), sections 2 and 3.19 to 3.21.
 */
export function storedDigests(path: Buffer, printable: string): StoredDigests {
  const descriptor = opened(path, printable);
  const read = (offset: number, length: number): Buffer => {
    const bytes = Buffer.alloc(length);
    const count = readSync(descriptor, bytes, 0, length, offset);
    if (count < length) throw refused(printable, `the file's end at byte ${offset + count}`, "a whole EWF segment");
    return bytes;
  };
  try {
    if (!read(0, headerBytes).subarray(0, signature.length).equals(signature)) throw refused(printable, "no EWF signature", "an EnCase image (.E01 to .Enn)");
    let md5: string | null = null;
    let sha1: string | null = null;
    let offset = headerBytes;
    for (let section = 0; section < mostSections; section++) {
      const head = read(offset, sectionBytes);
      if (adler32(head.subarray(0, sectionBytes - 4)) !== head.readUInt32LE(sectionBytes - 4)) throw refused(printable, `a damaged section at byte ${offset}`, "one whose checksum agrees");
      const type = head.subarray(0, 16).toString("latin1").replace(/\0.*$/s, "");
      if (type === "next") throw refused(printable, "a segment that another follows", "the last one of the image");
      if (type === "done") break;
      if (type === "hash" || type === "digest") {
        const body = checked(read(offset + sectionBytes, type === "hash" ? 36 : 80), printable, offset);
        md5 ??= hexUnlessEmpty(body.subarray(0, 16));
        if (type === "digest") sha1 ??= hexUnlessEmpty(body.subarray(16, 36));
      }
      const next = Number(head.readBigUInt64LE(16));
      if (!Number.isSafeInteger(next) || next <= offset) throw refused(printable, `a section at byte ${offset} that leads to byte ${next}`, "one that leads on");
      offset = next;
    }
    if (md5 === null && sha1 === null) throw refused(printable, "no stored digest", "the MD5 or SHA-1 of the medium, which is written when an acquisition is completed");
    return { md5, sha1 };
  } finally {
    closeSync(descriptor);
  }
}

function opened(path: Buffer, printable: string): number {
  try {
    return openSync(path, "r");
  } catch (thrown) {
    throw refused(printable, `that it cannot be opened (${systemCode(thrown) ?? "unknown error"})`, "the last segment of an EnCase image");
  }
}

/** The body without its checksum at the end. */
function checked(body: Buffer, printable: string, offset: number): Buffer {
  const content = body.subarray(0, body.length - 4);
  if (adler32(content) !== body.readUInt32LE(content.length)) throw refused(printable, `damaged digests in the section at byte ${offset}`, "some whose checksum agrees");
  return content;
}

function hexUnlessEmpty(bytes: Buffer): string | null {
  return bytes.every((value) => value === 0) ? null : bytes.toString("hex");
}

function refused(printable: string, found: string, expected: string): Failure {
  return new Failure("evidence-image", `--ewf ${printable}: found ${found}, expected ${expected}`);
}
