import { createHash } from "node:crypto";
import { Failure } from "../failure.ts";
import type { RecordView } from "../record/view.ts";

/**
 * Gives the ids of what a record tells of, for formats that ask for UUIDs: nothing is drawn, so the same thing has the same id in every report of the record.
 *
 * Shape:  version 5 of RFC 9562 (SHA-1 of a name), lower-case; programs that check versions, as UCO's shapes do, know none above 5. The record's own name space is the UUID
 *         of `urn:blindmatch:record:HASH` among URLs, with the hash of its first log row, which is of this case alone; the name is the parts as a JSON array. Parts are
 *         kinds and numbers, never names of the evidence, so nobody can choose two that collide.
 * Errors: Failure("record-damaged") for a record without a log.
 */
export function uuidsOf(record: RecordView): (...name: readonly (string | number)[]) => string {
  const [first] = record.log();
  if (first === undefined) throw new Failure("record-damaged", "record: the log begins with no row, expected opened");
  const own = uuidOf(urls, `urn:blindmatch:record:${first.hash}`);
  return (...name) => uuidOf(own, JSON.stringify(name));
}

/** RFC 9562's name space of URLs. */
const urls = "6ba7b811-9dad-11d1-80b4-00c04fd430c8";

function uuidOf(space: string, name: string): string {
  const bytes = createHash("sha1").update(Buffer.from(space.replaceAll("-", ""), "hex")).update(name, "utf8").digest().subarray(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x50;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
