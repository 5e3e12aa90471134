import { createHash } from "node:crypto";
import { Failure } from "../failure.ts";
import type { RecordView } from "../record/view.ts";

/**
 * Gives the ids of what a record tells of, for formats that ask for UUIDs: nothing is drawn, so the same thing has the same id in every report of the record.
 *
 * Shape:  version 8 of RFC 9562, lower-case: the beginning of a SHA-256 over the record's first log row (which is of this case alone) and the parts of the name.
 * Errors: Failure("record-damaged") for a record without a log.
 */
export function uuidsOf(record: RecordView): (...name: readonly (string | number)[]) => string {
  const [first] = record.log();
  if (first === undefined) throw new Failure("record-damaged", "record: the log begins with no row, expected opened");
  return (...name) => uuidOf(JSON.stringify([first.hash, ...name]));
}

function uuidOf(text: string): string {
  const bytes = createHash("sha256").update(text, "utf8").digest().subarray(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x80;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
