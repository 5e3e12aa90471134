import type { AlgorithmName, Reference } from "../model.ts";
import { holdsDigest } from "./digest-like.ts";
import type { ListFormat } from "./format.ts";
import { type HeldReferences, heldReferences } from "./held-references.ts";
import { elementSplitter, type JsonElement } from "./json-elements.ts";
import { foldedKeys, type JsonObject, strictObject } from "./json-object.ts";
import { digestReference } from "./line-references.ts";
import { type Place, quotable, refusal } from "./refusal.ts";
import { headText, utf8Chunks } from "./text.ts";
import { hexDigest } from "./values.ts";

const algorithms: Readonly<Record<string, AlgorithmName>> = { imagepdq: "pdq", videomd5: "md5" };
const unmatchable: Readonly<Record<string, string>> = { videotmk: "tmk", text: "other", url: "other", unknown: "other" };
const current: ReadonlySet<string> = new Set(["active", "received", "unknown"]);
const none: ReadonlySet<string> = new Set();
// Members whose texts may look like a digest and are none: marks of the query, numbers of cases, feedback.
const marks: ReadonlySet<string> = new Set(["nextpagetoken", "nextsettimestamp"]);
const understood: ReadonlySet<string> = new Set(["lastmodtimestamp", "signaltype", "hashvalue", "hashstatus", "casenumbers", "cspfeedbacks"]);
const takenBack: ReadonlySet<string> = new Set(["withdrawn", "deleted"]);

/**
 * Saved answers of StopNCII's hash exchange (`hashRecords`).
 *
 * Shape:  a record replaces every earlier one of the same signal type and value, as the interface has it. One that is withdrawn or deleted takes them
 *         back: it and they come without digests and `retracted`, and are refused and counted. So references come at the end of the file, held
 *         until then in bounded memory: 1,000,000 records in one file, about 0.9 KB each. ImagePDQ is PDQ, VideoMD5 is MD5, other types are
 *         unmatchable, and what looks like a digest in a member of an unknown name is "other". Case numbers and feedback are not kept.
 * Errors: Failure("list-refused") for a type or status that is not known, a key that stands twice, more records than that, digests beside
 *         the records, and, unless `partial`, an answer that says that more records follow or whose count is not that of its records.
 * Source: ThreatExchange, its client of the interface.
 */
export const stopncii: ListFormat = {
  name: "stopncii",
  describes: "StopNCII hash exchange, a saved answer (hashRecords)",
  recognises(head) {
    const text = headText(head);
    return /^\s*\{/.test(text) && /"hashRecords"\s*:/i.test(text);
  },
  usesPartial: true,
  async *read(file, { partial = false }) {
    const held = heldReferences();
    let records = 0;
    let count: { readonly value: unknown; readonly line: number } | null = null;
    const splitter = elementSplitter(file.name, "hashrecords", (key, value, line) => {
      const place = { file: file.name, line };
      if (key === "count") count = { value, line };
      if (key === "hasmorerecords" && value !== null && typeof value !== "boolean") throw refusal(place, "something else as hasMoreRecords", "true or false");
      if (!marks.has(key) && holdsDigest(value, none)) throw refusal(place, "digests beside the records", 'all of them in "hashRecords"');
      if (key === "hasmorerecords" && value === true && !partial) throw refusal(place, "an answer that says that more records follow", "all records of the query in one file");
    });
    for await (const chunk of utf8Chunks(file)) {
      for (const element of splitter.push(chunk)) {
        records += 1;
        hold(held, element, { file: file.name, line: element.line, part: element.where });
      }
    }
    splitter.end();
    if (!partial) refuseOtherCount(count, records, file.name);
    yield* held.runs();
  },
};

function refuseOtherCount(count: { readonly value: unknown; readonly line: number } | null, records: number, file: string): void {
  if (count === null || count.value === null) return;
  if (count.value !== records) throw refusal({ file, line: count.line }, `${records} records`, "as many as its count says");
}

function hold(held: HeldReferences, element: JsonElement, place: Place): void {
  const record = foldedKeys(strictObject(element, place), place);
  const type = textOf(record, "signalType", place).toLowerCase();
  const value = textOf(record, "hashValue", place).trim();
  const stated = textOf(record, "hashStatus", place);
  const status = stated.toLowerCase();
  if (!current.has(status) && !takenBack.has(status)) throw refusal(place, `${quotable(stated)} as hashStatus`, "Active, Received, Unknown, Withdrawn or Deleted");
  const other = Object.entries(record).some(([key, member]) => !understood.has(key) && holdsDigest(member, none));
  const stating = recordReference(type, value, element.where, place);
  const reference = other && !stating.unmatchable.includes("other") ? { ...stating, unmatchable: [...stating.unmatchable, "other"] } : stating;
  const key = `${type} ${Object.hasOwn(algorithms, type) ? value.toLowerCase() : value}`;
  if (takenBack.has(status)) held.retract(key);
  held.hold(key, takenBack.has(status) ? { ...reference, digests: {}, unmatchable: [], retracted: true } : reference, place);
}

function recordReference(type: string, value: string, where: string, place: Place): Reference {
  const algorithm = Object.hasOwn(algorithms, type) ? algorithms[type] : undefined;
  if (algorithm !== undefined) return digestReference(where, { [algorithm]: hexDigest(value, algorithm, place) });
  const name = Object.hasOwn(unmatchable, type) ? unmatchable[type] : undefined;
  if (name === undefined) throw refusal(place, `${quotable(type)} as signalType`, "ImagePDQ, VideoMD5, VideoTMK, Text, URL or Unknown");
  return digestReference(where, {}, { unmatchable: [name] });
}

function textOf(record: JsonObject, name: string, place: Place): string {
  const value = record[name.toLowerCase()];
  if (typeof value !== "string" || value.trim() === "") throw refusal(place, `no text as ${name}`, "text");
  return value;
}
