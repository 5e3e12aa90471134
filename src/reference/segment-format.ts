import { createHash } from "node:crypto";
import { endianness } from "node:os";
import { Failure } from "../failure.ts";
import type { ShardContents } from "../kernels/near-building.ts";
import { isLayout } from "../kernels/near-layout.ts";
import { partBytes } from "../kernels/near-shard.ts";
import { type AlgorithmName, cryptographicAlgorithms, digestBytes } from "../model.ts";
import { type ChunkPlace, saltBytes, tagBytes } from "./chunk-cipher.ts";

// A segment file: preamble, chunks of the sections in the order in which they were filled, header. Chunks and header are sealed.
// Preamble: magic (8 bytes), format version and length of the sealed header (u32 each, little-endian), salt, key check, SHA-256 over all before it.
const magic = Buffer.from("bmsegm\r\n", "latin1");
const formatVersion = 4;
const saltAt = 16;
const keyCheckAt = saltAt + saltBytes;
const sumAt = keyCheckAt + 32;
const mostHeaderBytes = 16 * 1024 * 1024;

export const preambleBytes = sumAt + 32;

/** Length of every chunk of a section but its last, before it is sealed. */
export const chunkBytes = 1 << 20;

/** Bits of a row's `carries` beyond those of the cryptographic algorithms, which are 1 << their index. */
export const carriesPdq = 1 << 4;
export const carriesRecordId = 1 << 7;

/** Sizes that 32 bits do not hold stand in sections of their own. */
export const unstatedSize = 0xffff_ffff;
export const largeSize = 0xffff_fffe;
export const unstatedQuality = 255;

/** Every so many rows, `record-offsets` says where the next record id begins. */
export const recordIdsPerOffset = 64;

/** Every section that a segment may have; a section's number is its place here, from 1. */
export const sectionNames = [
  "carries",
  "categories",
  "sizes",
  "large-size-rows",
  "large-sizes",
  "record-offsets",
  "record-ids",
  ...cryptographicAlgorithms.flatMap((algorithm) => [`${algorithm}-digests`, `${algorithm}-references`] as const),
  "pdq-codes",
  "pdq-tables",
  "pdq-references",
  "pdq-qualities",
  "sensitive-rows",
  "sensitive-texts",
] as const;
export type SectionName = (typeof sectionNames)[number];

/** What a segment holds; most of its sections' lengths follow from it. Shape: a row's category index counts from 1 in `categories`, 0 is none. */
export interface SegmentContents {
  readonly rows: number;
  readonly digests: Readonly<Partial<Record<AlgorithmName, number>>>;
  readonly categories: readonly string[];
  /** The index over the PDQ codes, in shards that follow each other in the order of the list. */
  readonly nearShards: readonly ShardContents[];
}

/**
 * Shape: `list` the SHA-256 of the agency's file; `description` that of the list's description; `lengths` of the sections in bytes, none is empty; `order` the section's number of each
 *        chunk in the file. Sections of numbers are in `byteOrder`; digests are sorted as bytes, each with the reference at the same position
 *        of `<algorithm>-references`; `sensitive-texts` has, for each of `sensitive-rows`, series and tags as JSON; PDQ codes are in the order of the list, their bits dealt (kernels/near-layout.ts), with tables as kernels/near-building.ts gives them; a record id is its length (LEB128) and UTF-8.
 */
export interface SegmentHeader extends SegmentContents {
  readonly list: string;
  readonly description: string;
  readonly byteOrder: "LE" | "BE";
  readonly lengths: Readonly<Partial<Record<SectionName, number>>>;
  readonly order: readonly number[];
}

export interface Preamble {
  readonly headerBytes: number;
  readonly salt: Uint8Array;
  readonly keyCheck: Uint8Array;
}

export const headerPlace: ChunkPlace = { section: 0, name: "header", chunk: 0, last: true };

export function preambleOf({ headerBytes, salt, keyCheck }: Preamble): Uint8Array {
  const preamble = Buffer.alloc(preambleBytes);
  magic.copy(preamble);
  preamble.writeUInt32LE(formatVersion, 8);
  preamble.writeUInt32LE(headerBytes, 12);
  preamble.set(salt, saltAt);
  preamble.set(keyCheck, keyCheckAt);
  preamble.set(sumOf(preamble), sumAt);
  return preamble;
}

/** Errors: Failure("reference-damaged"). */
export function readPreamble(preamble: Buffer, where: string): Preamble {
  if (preamble.length < saltAt) throw damaged(where, "a file too short for a segment", `at least ${preambleBytes} bytes`);
  if (!preamble.subarray(0, magic.length).equals(magic)) throw damaged(where, "another beginning than a segment's", "a segment");
  const version = preamble.readUInt32LE(8);
  if (version !== formatVersion) throw damaged(where, `segment format ${version}`, `format ${formatVersion}; import the list with this version`);
  if (preamble.length !== preambleBytes) throw damaged(where, "a file too short for a segment", `at least ${preambleBytes} bytes`);
  if (!sumOf(preamble).equals(preamble.subarray(sumAt))) throw damaged(where, "a preamble that is not the one written", "an unaltered segment");
  const headerBytes = preamble.readUInt32LE(12);
  if (headerBytes < tagBytes || headerBytes > mostHeaderBytes) throw damaged(where, `a header of ${headerBytes} bytes`, `${tagBytes} to ${mostHeaderBytes}`);
  return { headerBytes, salt: preamble.subarray(saltAt, keyCheckAt), keyCheck: preamble.subarray(keyCheckAt, sumAt) };
}

export function headerText(header: SegmentHeader): Uint8Array {
  return Buffer.from(JSON.stringify(header), "utf8");
}

/** The header, checked against itself and the bytes of chunks in the file. Errors: Failure("reference-damaged"). */
export function readHeader(text: Uint8Array, sealedBytes: number, where: string): SegmentHeader {
  // Only what was sealed by a segment's writer opens, so that it is what `headerText` wrote.
  const header = JSON.parse(Buffer.from(text).toString("utf8")) as SegmentHeader;
  if (header.byteOrder !== endianness()) throw damaged(where, `numbers in byte order ${header.byteOrder}`, `${endianness()}, this machine's; import the list here`);
  const codes = header.nearShards.reduce((sum, shard) => sum + shard.codes, 0);
  if (codes !== (header.digests.pdq ?? 0)) throw damaged(where, `an index of ${codes} codes`, `${header.digests.pdq ?? 0}`);
  if (!header.nearShards.every(({ layout }) => isLayout(layout))) throw damaged(where, "an index of chunks that do not cover a code", "one of a layout that this version knows");
  for (const [name, length] of sectionLengths(header)) if ((header.lengths[name] ?? 0) !== length) throw damaged(where, `section ${name} of ${header.lengths[name] ?? 0} bytes`, `${length}`);
  const chunks = new Map<number, number>();
  for (const section of header.order) chunks.set(section, (chunks.get(section) ?? 0) + 1);
  let expectedBytes = header.order.length * tagBytes;
  for (const [index, name] of sectionNames.entries()) {
    const length = header.lengths[name] ?? 0;
    if ((chunks.get(index + 1) ?? 0) !== Math.ceil(length / chunkBytes)) throw damaged(where, `section ${name} in ${chunks.get(index + 1) ?? 0} chunks`, `${Math.ceil(length / chunkBytes)}`);
    expectedBytes += length;
  }
  if (expectedBytes !== sealedBytes) throw damaged(where, `${sealedBytes} bytes of sections`, `${expectedBytes}`);
  return header;
}

/** Lengths of the sections that follow from the contents. */
export function sectionLengths({ rows, digests, nearShards }: SegmentContents): Map<SectionName, number> {
  const lengths = new Map<SectionName, number>([
    ["carries", rows],
    ["categories", 2 * rows],
    ["sizes", 4 * rows],
    ["record-offsets", 4 * Math.ceil(rows / recordIdsPerOffset)],
  ]);
  for (const algorithm of cryptographicAlgorithms) {
    const count = digests[algorithm] ?? 0;
    lengths.set(`${algorithm}-digests`, count * digestBytes[algorithm]).set(`${algorithm}-references`, 4 * count);
  }
  const codes = digests.pdq ?? 0;
  const tableBytes = nearShards.reduce((sum, shard) => sum + partBytes(shard, "tables"), 0);
  return lengths.set("pdq-codes", codes * digestBytes.pdq).set("pdq-tables", tableBytes).set("pdq-references", 4 * codes).set("pdq-qualities", codes);
}

export function damaged(where: string, found: string, expected: string, cause?: unknown): Failure {
  return new Failure("reference-damaged", `${where}: found ${found}, expected ${expected}`, cause);
}

function sumOf(preamble: Uint8Array): Buffer {
  return createHash("sha256").update(preamble.subarray(0, sumAt)).digest();
}
