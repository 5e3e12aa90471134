import type { ListFormat } from "./format.ts";
import { headedReferences, headerNames } from "./headed-csv.ts";
import { digestReference } from "./line-references.ts";
import { flagOf, statementOf } from "./misp-attribute.ts";
import { plainText } from "./values.ts";

/**
 * Attributes that MISP exports as CSV.
 *
 * Shape:  `uuid,event_id,category,type,value,comment,to_ids,date,...`, columns by name; `recordId` is the attribute's uuid. MISP's own categories are not
 *         categories of the material and are not read. Attributes that are no fingerprint of a file are no rows. A row with to_ids 0 is context,
 *         which MISP keeps out of what is searched for: it is counted and not loaded.
 * Errors: Failure("list-refused") for a value that is none of its type.
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
    yield* headedReferences(file, ["uuid", "type", "value"], ({ place, field }) => {
      const statement = statementOf(field("type"), field("value"), place);
      if (statement === null) return [];
      const recordId = plainText(field("uuid"), "uuid", place);
      const context = flagOf(field("toids"), "to_ids", place) === false ? { contextOnly: true as const } : {};
      const where = `line ${place.line}`;
      if ("unmatchable" in statement) return [digestReference(where, {}, { recordId, unmatchable: [statement.unmatchable], ...context })];
      return [digestReference(where, { [statement.algorithm]: statement.digest }, { recordId, ...context })];
    });
  },
};
