import type { Reference } from "../model.ts";
import type { ListFormat } from "./format.ts";
import { headedReferences, type HeadedRow, headerNames } from "./headed-csv.ts";
import { digestReference } from "./line-references.ts";
import { flagOf, statementOf } from "./misp-attribute.ts";
import { refusal } from "./refusal.ts";
import { plainText } from "./values.ts";

const read: ReadonlySet<string> = new Set(["uuid", "type", "value"]);
const uuid = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/i;

/**
 * Attributes that MISP exports as CSV.
 *
 * Shape:  `uuid,event_id,category,type,value,comment,to_ids,date,...`, columns by name; `recordId` is the attribute's uuid. MISP's own categories are not
 *         categories of the material and are not read. Attributes that are no fingerprint of a file are no rows, unless another column
 *         holds what looks like a digest, which is "other". A row with to_ids 0 is context,
 *         which MISP keeps out of what is searched for: it is counted and not loaded. Quoted fields may span lines.
 * Errors: Failure("list-refused") for a value that is none of its type, and a row without a UUID.
 * Source: MISP, attribute export; its list of attribute types.
 */
export const mispCsv: ListFormat = {
  name: "misp-csv",
  describes: "MISP attributes as CSV (uuid,...,type,value,...)",
  recognises(head) {
    const names = headerNames(head);
    return ["uuid", "type", "value"].every((name) => names.includes(name));
  },
  async *read(file) {
    yield* headedReferences(file, ["uuid", "type", "value"], attributeReferences, uuid);
  },
};

function attributeReferences({ place, field, holdsOther }: HeadedRow): readonly Reference[] {
  const recordId = plainText(field("uuid"), "uuid", place);
  if (recordId === null || !uuid.test(recordId)) throw refusal(place, "something else as uuid", "the attribute's UUID");
  const statement = statementOf(field("type"), field("value"), place);
  const other = holdsOther(read) ? ["other"] : [];
  if (statement === null && other.length === 0) return [];
  const context = flagOf(field("toids"), "to_ids", place) === false ? { contextOnly: true as const } : {};
  const where = `line ${place.line}`;
  if (statement === null) return [digestReference(where, {}, { recordId, unmatchable: other, ...context })];
  if ("unmatchable" in statement) return [digestReference(where, {}, { recordId, unmatchable: [...new Set([statement.unmatchable, ...other])], ...context })];
  return [digestReference(where, { [statement.algorithm]: statement.digest }, { recordId, unmatchable: other, ...context })];
}
