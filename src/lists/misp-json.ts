import type { AlgorithmName, Reference } from "../model.ts";
import { holdsDigest, looksLikeDigest } from "./digest-like.ts";
import type { ListFormat } from "./format.ts";
import { foldedKeys, isObject, type JsonObject, strictObject } from "./json-object.ts";
import { type JsonItem, jsonWalker } from "./json-walk.ts";
import { digestReference } from "./line-references.ts";
import { flagOf, statementOf } from "./misp-attribute.ts";
import { type Place, refusal } from "./refusal.ts";
import { headText, utf8Chunks } from "./text.ts";
import { plainText, wholeNumber } from "./values.ts";

const none: ReadonlySet<string> = new Set();
// What is read of an attribute or an object, and a sample's bytes.
const understood: ReadonlySet<string> = new Set(["uuid", "type", "value", "data", "attribute"]);
const listed = /^(?:\.response)?(?:\[\])?(?:\.event)?\.(attribute|object)(\[\])?(?=$|[.[])(.*)$/;

/**
 * MISP events as JSON, one or several, and attribute searches.
 *
 * Shape:  attributes of `Event.Attribute` are a reference each, those of one `Event.Object` are one reference (the digests of one file), with its size; `recordId`
 *         is the uuid. An attribute or object that is deleted is retracted; one with to_ids false is context, counted and not loaded. Digests of an
 *         object that describes a section of a file are not those of a file, and unmatchable. Keys in any case. What looks like a digest elsewhere (related events, proposals,
 *         members of unknown names) is "other", of the attribute or object it lies in or else as a row of its own.
 * Errors: Failure("list-refused") for a value that is none of its type, a key that stands twice, two digests of one kind in an object.
 * Source: MISP core format.
 */
export const mispJson: ListFormat = {
  name: "misp-json",
  describes: "MISP events as JSON (Event.Attribute, Event.Object)",
  recognises(head) {
    const text = headText(head);
    return /^\s*[[{]/.test(text) && /"(?:Event|response)"\s*:\s*[[{]/.test(text) && /"(?:Attribute|Object)"\s*:\s*\[/.test(text);
  },
  async *read(file) {
    const walker = jsonWalker(file.name, (path) => listed.exec(path)?.[2] === undefined);
    for await (const chunk of utf8Chunks(file)) {
      const references: Reference[] = [];
      for (const item of walker.push(chunk)) references.push(...itemReferences(item, { file: file.name, line: item.line, part: item.where }));
      if (references.length > 0) yield references;
    }
    walker.end();
  },
};

function itemReferences(item: JsonItem, place: Place): readonly Reference[] {
  const [, kind, element, rest] = listed.exec(item.path) ?? [];
  if (kind === undefined || element === undefined || rest !== "") {
    const value = item.value();
    // A member in the place of an array would be passed over with all it holds.
    if (kind !== undefined && value !== null) throw refusal(place, `something else as ${kind}`, "an array");
    const isDigest = typeof value === "string" && endsInDigest(value) && !item.path.includes(".cryptographickey");
    return isDigest || looksLikeDigest(item.path.slice(item.path.lastIndexOf(".") + 1)) ? [digestReference(item.where, {}, { unmatchable: ["other"] })] : [];
  }
  const value = foldedKeys(strictObject(item, place), place);
  const attributes = kind === "object" ? attributesOf(value, place) : [value];
  const { digests, unmatchable: stated, sizeBytes, context } = read(attributes, place);
  const unmatchable = stated.includes("other") || ![value, ...attributes].some(holdsOther) ? stated : [...stated, "other"];
  const fingerprints = Object.keys(digests).length + unmatchable.length;
  if (fingerprints === 0) return [];
  const recordId = plainText(text(value["uuid"], "uuid", place), "uuid", place);
  if (flagOf(value["deleted"], "deleted", place) === true || (attributes.length > 0 && attributes.every((attribute) => flagOf(attribute["deleted"], "deleted", place) === true)))
    return [digestReference(item.where, {}, { recordId, retracted: true })];
  const ofSection = kind === "object" && /section$/i.test(text(value["name"], "name", place));
  const about = { recordId, sizeBytes, unmatchable: ofSection ? ["other"] : unmatchable, ...(context ? { contextOnly: true as const } : {}) };
  return [digestReference(item.where, ofSection ? {} : digests, about)];
}

function holdsOther(object: JsonObject): boolean {
  return Object.entries(object).some(([key, value]) => !understood.has(key) && holdsDigest(value, none, endsInDigest));
}

/** As the values of composite types do: "filename|md5". */
function endsInDigest(text: string): boolean {
  return looksLikeDigest(text.slice(text.lastIndexOf("|") + 1)) || looksLikeDigest(text);
}

function attributesOf(object: JsonObject, place: Place): readonly JsonObject[] {
  const attributes = object["attribute"] ?? [];
  if (!Array.isArray(attributes)) throw refusal(place, "something else as Attribute", "an array");
  return attributes.map((attribute: unknown) => {
    if (!isObject(attribute)) throw refusal(place, "something else in Attribute", "objects");
    return foldedKeys(attribute, place);
  });
}

interface Statements {
  readonly digests: Readonly<Partial<Record<AlgorithmName, Uint8Array>>>;
  readonly unmatchable: readonly string[];
  readonly sizeBytes: number | null;
  /** True when everything that is stated is context. */
  readonly context: boolean;
}

function read(attributes: readonly JsonObject[], place: Place): Statements {
  const whole = attributes.length === 1 || attributes.every((attribute) => flagOf(attribute["deleted"], "deleted", place) === true);
  const digests: Partial<Record<AlgorithmName, Uint8Array>> = {};
  const unmatchable: string[] = [];
  let sizeBytes: number | null = null;
  let stated = 0;
  let contexts = 0;
  for (const attribute of attributes) {
    if (!whole && flagOf(attribute["deleted"], "deleted", place) === true) continue;
    const type = text(attribute["type"], "type", place);
    const value = text(attribute["value"], "value", place);
    if (type === "size-in-bytes") sizeBytes = wholeNumber(value, "size-in-bytes", Number.MAX_SAFE_INTEGER, place);
    const statement = statementOf(type, value, place);
    if (statement === null) continue;
    stated += 1;
    if (flagOf(attribute["to_ids"], "to_ids", place) === false) contexts += 1;
    if ("unmatchable" in statement) {
      if (!unmatchable.includes(statement.unmatchable)) unmatchable.push(statement.unmatchable);
      continue;
    }
    const { algorithm, digest } = statement;
    const earlier = digests[algorithm];
    if (earlier !== undefined && Buffer.compare(earlier, digest) !== 0) throw refusal(place, `two different digests of ${algorithm}`, "one");
    digests[algorithm] = digest;
  }
  return { digests, unmatchable, sizeBytes, context: stated > 0 && contexts === stated };
}

function text(value: unknown, name: string, place: Place): string {
  if (value === undefined || value === null) return "";
  if (typeof value !== "string" && typeof value !== "number") throw refusal(place, `something else as ${name}`, "text");
  return String(value);
}
