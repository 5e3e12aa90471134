import type { AlgorithmName, Reference } from "../model.ts";
import { columnMeaning, isDigestColumn, plainName, unmatchableName } from "./columns.ts";
import { holdsDigest, looksLikeDigest } from "./digest-like.ts";
import type { ReadOptions } from "./format.ts";
import type { JsonElement } from "./json-elements.ts";
import { jsonMembers } from "./json-keys.ts";
import { countKeys, isObject, parsedJson } from "./json-object.ts";
import { type Place, refusal } from "./refusal.ts";
import { sensitiveTexts } from "./sensitive-fields.ts";
import { hexDigest, plainText, wholeNumber } from "./values.ts";
import { alternativesOf } from "./vics-alternatives.ts";

type Field = AlgorithmName | "recordId" | "category" | "size" | "unmatchable" | "alternatives" | "media" | "case" | "series" | "tags" | "next page" | "preview" | "property name" | "satellite" | "unknown";

const fields: Readonly<Record<string, Field>> = {
  mediaid: "recordId",
  category: "category",
  mediasize: "size",
  alternativehashes: "alternatives",
  media: "media",
  caseid: "case",
  series: "series",
  tags: "tags",
  miniature: "preview",
};
/** Arrays of objects that repeat the MD5 of the media they belong to. */
const satellites: readonly string[] = ["mediafiles", "exifs", "mediametadata", "segments", "repositories"];
const sensitive: ReadonlySet<string> = new Set<Field>(["series", "tags"]);
const fingerprints: ReadonlySet<string> = new Set<Field>(["md5", "sha1", "sha256", "blake3", "pdq", "unmatchable"]);
const ofMedia: ReadonlySet<string> = new Set<Field>(["recordId", "md5", "sha1", "sha256", "blake3", "pdq", "unmatchable", "alternatives"]);

// Exact spellings seen so far; bounded, for a list must not choose how many keys are remembered.
const spellings = new Map<string, Field>();
const mostSpellings = 512;
const none: ReadonlySet<string> = new Set();

/** True for a key, in lower case, under which a `Media` object states what it is; a case has none of them. */
export function isMediaKey(key: string): boolean {
  return ofMedia.has(fieldOf(key));
}

/**
 * One `Media` object as a reference, or "case" for an object that is a case around such objects.
 * Every field that is not named here, a preview (Miniature) unseen, is left behind in the parsed text: file names, paths, pictures, comments, contacts.
 *
 * Shape:  `series` and `tags` only when they are to be kept; a digest may be written with blanks in it; keys in any case, with or without blanks and marks ("SHA-1"); digests hex;
 *         Category a code, as an integer or text. PhotoDNA and others are named in `unmatchable`, their values are not kept; what looks like a digest
 *         under a key that is not known, at any depth, is "other" there, and so is one of another file in what belongs to the media (MediaFiles, Exifs, ...).
 * Errors: Failure("list-refused") naming line and element, for what is no JSON object, for a value of the wrong type or length, for a used key
 *         that stands twice, for two spellings of one field that differ, for media within the media, and, unless `partial`, for a further page of a field.
 */
export function mediaReference(element: JsonElement, file: string, { keepSensitive = false, partial = false }: ReadOptions): Reference | "case" {
  const { where } = element;
  const place: Place = { file, line: element.line, part: where };
  const media = parsedJson(element.text, place);
  if (!isObject(media)) throw refusal(place, "something else", "one object");
  if (element.colons !== countKeys(media)) refuseRepeatedKeys(element.text, keepSensitive, place);

  const digests: Partial<Record<AlgorithmName, Uint8Array>> = {};
  const unmatchable: string[] = [];
  let recordId: string | null = null;
  let category: string | null = null;
  let sizeBytes: number | null = null;
  let caseId = false;
  const unread: [field: "satellite" | "unknown", value: unknown][] = [];
  let kept: Pick<Reference, "series" | "tags"> = {};
  for (const key of Object.keys(media)) {
    const field = fieldOf(key);
    const value = media[key];
    if (value === null || value === "" || field === "preview") continue;
    if (field === "unknown" || field === "satellite" || field === "property name") {
      if (typeof value === "object" || typeof value === "string") unread.push([field === "satellite" ? field : "unknown", value]);
      continue;
    }
    if (field === "next page") {
      if (!partial) throw refusal(place, "a further page that is named (nextLink)", "all of the media in one file, or --partial");
      continue;
    }
    if (field === "media") {
      if (typeof value === "object") return "case";
    } else if (field === "case") caseId = true;
    else if (field === "series" || field === "tags") kept = keepSensitive ? withTexts(kept, field, value, place) : kept;
    else if (field === "recordId") recordId = agreed(recordId, code(value, "MediaID", element.text, place), "MediaID", place);
    else if (field === "category") category = agreed(category, code(value, "Category", element.text, place), "Category", place);
    else if (field === "size") sizeBytes = agreed(sizeBytes, size(value, place), "MediaSize", place);
    else if (field === "unmatchable") note(unmatchable, unmatchableName(key));
    else if (field === "alternatives") {
      for (const alternative of alternativesOf(value, place)) {
        if (alternative.algorithm === null) note(unmatchable, alternative.name);
        else addDigest(digests, alternative.algorithm, alternative.value, place);
      }
    } else addDigest(digests, field, value, place);
  }
  const nothingOfMedia = recordId === null && category === null && sizeBytes === null && unmatchable.length === 0 && Object.keys(digests).length === 0;
  if (caseId && nothingOfMedia) return "case";
  if (unread.length > 0 && holdsOtherDigest(unread, digests, nothingOfMedia, place)) note(unmatchable, "other");
  return { where, recordId, category, digests, pdqQuality: null, sizeBytes, unmatchable, ...kept };
}

/** Errors: Failure("list-refused") for objects that are media of their own where nobody reads any. */
function holdsOtherDigest(unread: readonly (readonly [field: "satellite" | "unknown", value: unknown])[], digests: Reference["digests"], isNoMedia: boolean, place: Place): boolean {
  const own: readonly Uint8Array[] = Object.values(digests);
  const isOther = (text: string): boolean => looksLikeDigest(text) && !own.some((digest) => text.length >= 2 * digest.length && Buffer.compare(digest, Buffer.from(withoutBlanks(text), "hex")) === 0);
  let found = false;
  for (const [field, value] of unread) {
    if (field === "satellite") found ||= Array.isArray(value) ? value.some((item: unknown) => isObject(item) && isOfAnother(item, isOther)) : holdsDigest(value, none, isOther);
    else {
      if (typeof value === "object" && isMedia(value, isNoMedia)) throw refusal(place, "media within an object that nobody reads", 'media in "value", or in "Media" of a case');
      found ||= holdsDigest(value, none, isOther);
    }
  }
  return found;
}

/** An id makes an object a media; a digest does where the object around it has none. */
function isMedia(value: unknown, isNoMedia: boolean): boolean {
  if (Array.isArray(value)) return value.some((item) => isMedia(item, isNoMedia));
  if (!isObject(value)) return false;
  return Object.entries(value).some(([key, member]) => {
    if (typeof member === "object") return isMedia(member, isNoMedia);
    return member !== "" && (isNoMedia ? isMediaKey(key) : fieldOf(key) === "recordId");
  });
}

function isOfAnother(item: Readonly<Record<string, unknown>>, isOther: (text: string) => boolean): boolean {
  let property: AlgorithmName | "unmatchable" | undefined;
  for (const key of Object.keys(item)) {
    const value = item[key];
    if (typeof value !== "string") continue;
    const field = fieldOf(key);
    if (fingerprints.has(field) && isOther(value)) return true;
    if (field === "property name") property = fingerprintOf(value);
  }
  return property !== undefined && Object.keys(item).some((key) => plainName(key) === "propertyvalue" && isOther(String(item[key])));
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
  const field = Object.hasOwn(fields, plain) ? fields[plain]! : (fingerprintOf(key) ?? unreadField(plain));
  if (spellings.size < mostSpellings) spellings.set(key, field);
  return field;
}

function unreadField(plain: string): Field {
  if (satellites.includes(plain)) return "satellite";
  if (plain === "propertyname") return "property name";
  if (!plain.endsWith("nextlink")) return "unknown";
  return satellites.some((name) => plain.startsWith(name)) ? "satellite" : "next page";
}

function fingerprintOf(name: string): AlgorithmName | "unmatchable" | undefined {
  const meaning = columnMeaning(name);
  return meaning === "unmatchable" || (meaning !== "hash" && isDigestColumn(meaning)) ? meaning : undefined;
}

function refuseRepeatedKeys(text: string, keepSensitive: boolean, place: Place): void {
  const seen = new Set<string>();
  for (const { container, path } of jsonMembers(text)) {
    const field = fieldOf(path[0]!);
    const used = path.length === 1 ? field !== "satellite" && field !== "preview" && (keepSensitive || !sensitive.has(field)) : field === "alternatives";
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

function note(names: string[], name: string): void {
  if (!names.includes(name)) names.push(name);
}
