import { createHash } from "node:crypto";
import { endianness } from "node:os";
import { Failure } from "../failure.ts";
import { type AlgorithmName, cryptographicAlgorithms, digestBytes } from "../model.ts";

// A segment file: preamble, sections without gaps, header.
// Preamble: magic (8 bytes), format version and header length (u32 each, little-endian), SHA-256 over these 16 bytes and the header.
const magic = Buffer.from("bmsegm\r\n", "latin1");
const formatVersion = 1;
const boundBytes = 16;
const mostHeaderBytes = 16 * 1024 * 1024;

export const preambleBytes = boundBytes + 32;

/** Bits of a row's `carries` beyond those of the cryptographic algorithms, which are 1 << their index. */
export const carriesPdq = 1 << 4;
export const carriesRecordId = 1 << 7;

export const unstatedSize = -1;
export const unstatedQuality = 255;

/** What a segment holds; its sections' lengths follow from it. Shape: a row's category index counts from 1 in `categories`, 0 is none. */
export interface SegmentContents {
  readonly rows: number;
  readonly digests: Readonly<Partial<Record<AlgorithmName, number>>>;
  readonly categories: readonly string[];
}

/** Units: offset in the file, length, in bytes. */
export interface SectionPlace {
  readonly name: string;
  readonly offset: number;
  readonly length: number;
  readonly sha256: string;
}

/**
 * Shape: `list` the SHA-256 of the agency's file. Sections of numbers are in `byteOrder`; digests are sorted as bytes, each with the
 *        reference at the same position of `<algorithm>-references`; PDQ codes are in the order of the list.
 */
export interface SegmentHeader extends SegmentContents {
  readonly list: string;
  readonly byteOrder: "LE" | "BE";
  readonly sections: readonly SectionPlace[];
}

/** A section on its way out. Shape: `bytes` may be drawn once. */
export interface Section {
  readonly name: string;
  readonly bytes: Iterable<Uint8Array>;
}

/** Preamble and header, as they stand in the file. Shape: `sha256` names everything the segment holds, for the header names its sections' digests. */
export function frameOf(header: SegmentHeader): { readonly preamble: Uint8Array; readonly header: Uint8Array; readonly sha256: string } {
  const text = Buffer.from(JSON.stringify(header), "utf8");
  const bound = Buffer.alloc(boundBytes);
  magic.copy(bound);
  bound.writeUInt32LE(formatVersion, 8);
  bound.writeUInt32LE(text.length, 12);
  const sha256 = createHash("sha256").update(bound).update(text).digest();
  return { preamble: Buffer.concat([bound, sha256]), header: text, sha256: sha256.toString("hex") };
}

/** Length of the header that a preamble announces. Errors: Failure("reference-damaged"). */
export function headerLength(preamble: Buffer, where: string): number {
  if (preamble.length !== preambleBytes) throw damaged(where, "a file too short for a segment", `at least ${preambleBytes} bytes`);
  if (!preamble.subarray(0, magic.length).equals(magic)) throw damaged(where, "another beginning than a segment's", "a segment");
  const version = preamble.readUInt32LE(8);
  if (version !== formatVersion) throw damaged(where, `segment format ${version}`, `format ${formatVersion}`);
  const length = preamble.readUInt32LE(12);
  if (length > mostHeaderBytes) throw damaged(where, `a header of ${length} bytes`, `at most ${mostHeaderBytes}`);
  return length;
}

/** The header, checked against its preamble, the length of the file and itself. Errors: Failure("reference-damaged"). */
export function headerOf(preamble: Buffer, text: Buffer, fileBytes: number, where: string): { readonly header: SegmentHeader; readonly sha256: string } {
  const sha256 = createHash("sha256").update(preamble.subarray(0, boundBytes)).update(text).digest();
  if (!sha256.equals(preamble.subarray(boundBytes))) throw damaged(where, "a header that is not the one written", "an unaltered segment");
  // What was hashed was written by `frameOf`.
  const header = JSON.parse(text.toString("utf8")) as SegmentHeader;
  if (header.byteOrder !== endianness()) throw damaged(where, `numbers in byte order ${header.byteOrder}`, `${endianness()}, this machine's; import the list here`);
  const sectionsEnd = checkedEnd(header, where);
  if (sectionsEnd + text.length !== fileBytes) throw damaged(where, `${fileBytes} bytes`, `${sectionsEnd + text.length}`);
  return { header, sha256: sha256.toString("hex") };
}

/** Names and lengths of the sections that contents come to. Shape: null where the length is the section's own affair. */
export function sectionLengths({ rows, digests }: SegmentContents): Map<string, number | null> {
  const lengths = new Map<string, number | null>([
    ["carries", rows],
    ["categories", 2 * rows],
    ["sizes", 8 * rows],
    ["record-offsets", 4 * (rows + 1)],
    ["record-ids", null],
  ]);
  for (const algorithm of cryptographicAlgorithms) {
    const count = digests[algorithm];
    if (count !== undefined) lengths.set(`${algorithm}-digests`, count * digestBytes[algorithm]).set(`${algorithm}-references`, 4 * count);
  }
  const codes = digests.pdq;
  if (codes !== undefined) lengths.set("pdq-codes", codes * digestBytes.pdq).set("pdq-references", 4 * codes).set("pdq-qualities", codes);
  return lengths;
}

export function damaged(where: string, found: string, expected: string, cause?: unknown): Failure {
  return new Failure("reference-damaged", `${where}: found ${found}, expected ${expected}`, cause);
}

function checkedEnd(header: SegmentHeader, where: string): number {
  const lengths = [...sectionLengths(header)];
  if (header.sections.length !== lengths.length) throw damaged(where, `${header.sections.length} sections`, `${lengths.length}`);
  let end = preambleBytes;
  for (const [index, { name, offset, length }] of header.sections.entries()) {
    const [expectedName, expectedLength] = lengths[index]!;
    if (name !== expectedName) throw damaged(where, `section ${name}`, `section ${expectedName}`);
    if (offset !== end || (expectedLength ?? length) !== length) throw damaged(where, `section ${name} of ${length} bytes at ${offset}`, `${expectedLength ?? length} bytes at ${end}`);
    end += length;
  }
  return end;
}
