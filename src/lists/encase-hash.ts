import type { Reference } from "../model.ts";
import type { ListFile, ListFormat } from "./format.ts";
import { digestReference } from "./line-references.ts";
import { type Place, refusal } from "./refusal.ts";

const magic = Buffer.from("HASH\r\n\xff\0", "latin1");
const countAt = 16;
const headerBytes = 1152;
const recordBytes = 18;
const digestLength = 16;

/**
 * Hash sets of EnCase up to version 6 (`.hash`, binary): MD5.
 *
 * Shape:  a header of 1152 bytes with the number of records at byte 16, then records of 18 bytes, of which the first 16 are the digest. `where` and the
 *         number after the file's name in an error count records from 1.
 * Errors: Failure("list-refused") when the file is not exactly as long as its header says: a part of a record, or of the set, is missing or too much.
 * Source: The Sleuth Kit and md5deep, which read it; verified with hfind.
 */
export const encaseHash: ListFormat = {
  name: "encase-hash",
  describes: "EnCase hash sets (.hash, binary)",
  recognises: (head) => magic.equals(head.subarray(0, magic.length)),
  async *read(file) {
    let records: number | null = null;
    let read = 0;
    for await (const block of wholeBlocks(file, () => (records === null ? headerBytes : recordBytes))) {
      let at = 0;
      if (records === null) {
        records = recordsOf(block, { file: file.name, line: 1, part: "header" });
        at = headerBytes;
      }
      const references: Reference[] = [];
      for (; at + recordBytes <= block.length; at += recordBytes) {
        read += 1;
        if (read > records) throw refusal({ file: file.name, line: read }, `more than ${stated(records)} records`, "as many as the header says");
        references.push(digestReference(`record ${read}`, { md5: Uint8Array.from(block.subarray(at, at + digestLength)) }));
      }
      if (references.length > 0) yield references;
    }
    if (records === null) throw refusal({ file: file.name, line: 1, part: "header" }, "the end of the file", `${headerBytes} bytes`);
    if (read !== records) throw refusal({ file: file.name, line: read + 1 }, `the end of the file after ${read} records`, `${stated(records)} as the header says`);
  },
};

/** The file in blocks that end where a record ends: the first has the header. */
async function* wholeBlocks(file: ListFile, least: () => number): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0);
  let inRecords = false;
  for await (const chunk of file.bytes()) {
    rest = Buffer.concat([rest, chunk]);
    if (rest.length < least()) continue;
    const overhang = (inRecords ? rest.length : rest.length - headerBytes) % recordBytes;
    inRecords = true;
    const end = rest.length - overhang;
    yield rest.subarray(0, end);
    rest = rest.subarray(end);
  }
  if (inRecords && rest.length > 0) throw refusal({ file: file.name, line: 1 }, `${rest.length} bytes after the last whole record`, `records of ${recordBytes} bytes to the end of the file`);
}

// A longer number may be (part of) a digest that stands where the number should.
function stated(records: number): string {
  return records < 10_000_000 ? String(records) : "ten million or more";
}

function recordsOf(block: Buffer, place: Place): number {
  if (!magic.equals(block.subarray(0, magic.length))) throw refusal(place, "other first bytes", "those of an EnCase hash set");
  return block.readUInt32LE(countAt);
}
