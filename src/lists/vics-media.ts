import type { AlgorithmName, Reference } from "../model.ts";
import { columnMeaning, isDigestColumn, plainName, unmatchableName } from "./columns.ts";
import type { JsonElement } from "./json-elements.ts";
import { jsonMembers } from "./json-keys.ts";
import { type Place, refusal } from "./refusal.ts";
import { sensitiveTexts } from "./sensitive-fields.ts";
import { hexDigest, plainText, wholeNumber } from "./values.ts";

type Field = AlgorithmName | "recordId" | "category" | "size" | "unmatchable" | "alternatives" | "media" | "case" | "series" | "tags" | "passed over";

const fields: Readonly<Record<string, Field>> = {
  mediaid: "recordId",
  category: "category",
  mediasize: "size",
  alternativehashes: "alternatives",
  media: "media",
  caseid: "case",
  series: "series",
  tags: "tags",
};
const sensitive: ReadonlySet<string> = new Set<Field>(["series", "tags"]);
const ofMedia: ReadonlySet<string> = new Set<Field>(["recordId", "md5", "sha1", "sha256", "blake3", "pdq", "unmatchable", "alternatives"]);
const digestLike = /^(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}|[0-9a-f]{128})$/i;

// Exact spellings seen so far; bounded, for a list must not choose how many keys are remembered.
const spellings = new Map<string, Field>();
const mostSpellings = 512;

/** True for a key, in lower case, under which a `Media` object states what it is; a case has none of them. */
export function isMediaKey(key: string): boolean {
  return ofMedia.has(fieldOf(key));
}

/**
 * One `Media` object as a reference, or "case" for an object that is a case around such objects.
 * Every field that is not named here is left behind in the parsed text: file names, paths, pictures, comments, contacts.
 *
 * Shape:  `series` and `tags` only when they are to be kept; a digest may be written with blanks in it; keys in any case, with or without blanks and marks ("SHA-1"); digests hex;
 *         Category a code, as an integer or text. PhotoDNA and others are named in `unmatchable`, their values are not kept; what looks like a digest
 *         under a key that is not known is "other" there.
 * Errors: Failure("list-refused") naming line and element, for what is no JSON object, for a value of the wrong type or length, for a used key
 *         that stands twice, and for two spellings of one field that differ.
 */
export function mediaReference(element: JsonElement, file: string, keepSensitive = false): Reference | "case" {
  const { where } = element;
  const place: Place = { file, line: element.line, part: where };
  const media = parsedObject(element.text, place);
  if (element.colons !== countKeys(media)) refuseRepeatedKeys(element.text, keepSensitive, place);

  const digests: Partial<Record<AlgorithmName, Uint8Array>> = {};
  const unmatchable: string[] = [];
  let recordId: string | null = null;
  let category: string | null = null;
  let sizeBytes: number | null = null;
  let caseId = false;
  let otherDigest = false;
  let kept: Pick<Reference, "series" | "tags"> = {};
  for (const key of Object.keys(media)) {
    const field = fieldOf(key);
    const value = media[key];
    if (field === "passed over") {
      otherDigest ||= typeof value === "string" && value.length >= 32 && value.length <= 512 && digestLike.test(withoutBlanks(value));
      continue;
    }
    if (value === null || value === "") continue;
    if (field === "media") {
      if (typeof value === "object") return "case";
    } else if (field === "case") caseId = true;
    else if (field === "series" || field === "tags") kept = keepSensitive ? withTexts(kept, field, value, place) : kept;
    else if (field === "recordId") recordId = agreed(recordId, code(value, "MediaID", element.text, place), "MediaID", place);
    else if (field === "category") category = agreed(category, code(value, "Category", element.text, place), "Category", place);
    else if (field === "size") sizeBytes = agreed(sizeBytes, size(value, place), "MediaSize", place);
    else if (field === "unmatchable") note(unmatchable, unmatchableName(key));
    else if (field === "alternatives") addAlternatives(digests, unmatchable, value, place);
    else addDigest(digests, field, value, place);
  }
  const nothingOfMedia = recordId === null && category === null && sizeBytes === null && unmatchable.length === 0 && Object.keys(digests).length === 0;
  if (caseId && nothingOfMedia) return "case";
  if (otherDigest) note(unmatchable, "other");
  return { where, recordId, category, digests, pdqQuality: null, sizeBytes, unmatchable, ...kept };
}

function withTexts(kept: Pick<Reference, "series" | "tags">, field: "series" | "tags", value: unknown, place: Place): Pick<Reference, "series" | "tags"> {
  const texts = sensitiveTexts(value, field, place);
  if (texts.length === 0) return kept;
  if (kept[field] !== undefined) throw refusal(place, `two spellings of ${field}`, "one");
  return { ...kept, [field]: texts };
}

function fieldOf(key: string): Field {
  const known = spellings.get(key);
  if (known !== undefined) return known;
  const plain = plainName(key);
  const field = Object.hasOwn(fields, plain) ? fields[plain]! : (fingerprintOf(key) ?? "passed over");
  if (spellings.size < mostSpellings) spellings.set(key, field);
  return field;
}

function fingerprintOf(name: string): AlgorithmName | "unmatchable" | undefined {
  const meaning = columnMeaning(name);
  return meaning === "unmatchable" || (meaning !== "hash" && isDigestColumn(meaning)) ? meaning : undefined;
}

function parsedObject(text: string, place: Place): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // Not as a cause: the engine's message quotes the text.
    throw refusal(place, "text that is not JSON", "one object");
  }
  if (!isObject(value)) throw refusal(place, "something else", "one object");
  return value;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Keys at every depth; JSON.parse keeps the last of those that stand twice, so that fewer than colons mean a repetition. */
function countKeys(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + countKeys(item), 0);
  let count = 0;
  for (const item of Object.values(value)) count += typeof item === "object" ? 1 + countKeys(item) : 1;
  return count;
}

function refuseRepeatedKeys(text: string, keepSensitive: boolean, place: Place): void {
  const seen = new Set<string>();
  for (const { container, path } of jsonMembers(text)) {
    const field = fieldOf(path[0]!);
    const used = path.length === 1 ? field !== "passed over" && (keepSensitive || !sensitive.has(field)) : field === "alternatives";
    const occurrence = `${container} ${path.at(-1)}`;
    if (used && seen.has(occurrence)) throw refusal(place, "a key of a digest, id, size or category that stands twice", "each once");
    seen.add(occurrence);
  }
}

function code(value: unknown, name: string, text: string, place: Place): string | null {
  if (typeof value === "string") return plainText(value, name, place);
  if (typeof value !== "number" || !Number.isInteger(value)) throw refusal(place, `something else as ${name}`, "an integer or text");
  if (Number.isSafeInteger(value)) return String(value);
  // Above 2^53 the parsed number is another one than the list states.
  const token = jsonMembers(text).find(({ path }) => path.length === 1 && plainName(path[0]!) === name.toLowerCase())?.token ?? "";
  if (!/^-?[0-9]{1,40}$/.test(token)) throw refusal(place, `a number of another form as ${name}`, "an integer or text");
  return token;
}

function size(value: unknown, place: Place): number | null {
  if (typeof value !== "number" && typeof value !== "string") throw refusal(place, "something else as MediaSize", "a number of bytes");
  return wholeNumber(String(value), "MediaSize", Number.MAX_SAFE_INTEGER, place);
}

function agreed<Value extends string | number>(earlier: Value | null, value: Value | null, name: string, place: Place): Value | null {
  if (earlier !== null && value !== null && earlier !== value) throw refusal(place, `two different values of ${name}`, "one");
  return value ?? earlier;
}

function addDigest(digests: Partial<Record<AlgorithmName, Uint8Array>>, algorithm: AlgorithmName, value: unknown, place: Place): void {
  if (typeof value !== "string") throw refusal(place, `something that is no text as ${algorithm}`, "hex digits");
  const digits = withoutBlanks(value);
  if (digits === "") return;
  const digest = hexDigest(digits, algorithm, place);
  const earlier = digests[algorithm];
  if (earlier !== undefined && Buffer.compare(earlier, digest) !== 0) throw refusal(place, `two different digests of ${algorithm}`, "one");
  digests[algorithm] = digest;
}

function withoutBlanks(value: string): string {
  return value.replace(/[ \t\r\n]+/g, "");
}

function addAlternatives(digests: Partial<Record<AlgorithmName, Uint8Array>>, unmatchable: string[], value: unknown, place: Place): void {
  if (!Array.isArray(value)) throw refusal(place, "something else as AlternativeHashes", "an array");
  for (const item of value as readonly unknown[]) {
    if (!isObject(item)) throw refusal(place, "something else in AlternativeHashes", "objects of HashName and HashValue");
    let name: unknown;
    let hash: unknown;
    for (const key of Object.keys(item)) {
      const plain = plainName(key);
      if (plain === "hashname") name = item[key];
      else if (plain === "hashvalue") hash = item[key];
    }
    if (hash === undefined || hash === null || hash === "") continue;
    if (typeof name !== "string") throw refusal(place, "a value without a name in AlternativeHashes", "HashName and HashValue");
    const field = fingerprintOf(name);
    if (field !== undefined && field !== "unmatchable") addDigest(digests, field, hash, place);
    else note(unmatchable, unmatchableName(name));
  }
}

function note(names: string[], name: string): void {
  if (!names.includes(name)) names.push(name);
}
