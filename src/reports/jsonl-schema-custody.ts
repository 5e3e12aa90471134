import { confinements, isolations } from "../isolation.ts";
import type { CustodyRow } from "./history.ts";
import { arrayOf, count, digest, nullable, object, oneOf, type Schema, text } from "./schema-terms.ts";

/** Rows of the record's log that tell of custody, by their kind. */
export function custodySchema(clock: Schema): Schema {
  const who = { user: text, host: text };
  const keys: Readonly<Record<CustodyRow["kind"], Readonly<Record<string, Schema>>>> = {
    opened: who,
    resumed: { nextEntry: nullable(count), ...who, commandLine: arrayOf(text), clock },
    confinement: { confinement: oneOf(Object.keys(confinements)) },
    isolation: { isolation: oneOf(Object.keys(isolations)) },
    interrupted: { nextEntry: nullable(count) },
    stopped: { after: count, matched: count, nextEntry: nullable(count) },
    closed: { resultsHead: digest.sha256, elapsedMs: count },
    report: { format: text, all: { type: "boolean" }, fileName: text },
    clock: { wallMs: { type: "integer" }, monotonicMs: nullable({ type: "integer" }) },
    migrated: { from: count, to: count, version: text },
    pass: { pass: count, ...who, examiner: text, entries: count, matches: count, matchesHead: digest.sha256, near: text, versions: arrayOf(object({ component: text, version: text })), clock },
    sealed: { manifest: text, keyId: text, ...who },
  };
  return { oneOf: Object.entries(keys).map(([kind, own]) => rowSchema(kind, own)) };
}

/** Who asked for a report stands in records of this version only; `unredacted` only where it holds. */
function rowSchema(kind: string, own: Readonly<Record<string, Schema>>): Schema {
  const row = object({ seq: count, at: text, kind: { const: kind }, ...own, hash: digest.sha256 });
  if (kind !== "report") return row;
  return { ...row, properties: { ...(row["properties"] as object), user: text, host: nullable(text), unredacted: { const: true }, countsOnly: { const: true }, names: { const: "redacted" } } };
}
