import type { AlgorithmName } from "../model.ts";
import { columnMeaning, isDigestColumn, plainName, unmatchableName } from "./columns.ts";
import { looksLikeDigest } from "./digest-like.ts";
import { isObject, type JsonObject } from "./json-object.ts";
import { type Place, refusal } from "./refusal.ts";

const names: ReadonlySet<string> = new Set(["hashname", "name", "hashtype", "type", "algorithm"]);
const values: ReadonlySet<string> = new Set(["hashvalue", "value", "hash"]);

/** What one alternative hash says. Shape: `algorithm` null when the value cannot be compared here, and `name` what it is counted under. */
export type Alternative = { readonly algorithm: AlgorithmName; readonly value: unknown } | { readonly algorithm: null; readonly name: string };

/**
 * The digests of `AlternativeHashes`, an array of `{HashName, HashValue}`, in the order of its items.
 *
 * Shape:  name and value under their other spellings too (Name, Algorithm, Value); a member whose key names an algorithm is a digest of it, as the MD5 of the media
 *         that every item repeats. What looks like a digest under another key is "other".
 * Errors: Failure("list-refused") for anything but such objects, a value without a name, and two names or values in one item.
 */
export function alternativesOf(value: unknown, place: Place): readonly Alternative[] {
  if (!Array.isArray(value)) throw refusal(place, "something else as AlternativeHashes", "an array");
  return value.flatMap((item: unknown) => {
    if (!isObject(item)) throw refusal(place, "something else in AlternativeHashes", "objects of HashName and HashValue");
    return [...alternativesIn(item, place)];
  });
}

function* alternativesIn(item: JsonObject, place: Place): Generator<Alternative> {
  const name = onlyOf(item, names, place);
  const value = onlyOf(item, values, place);
  for (const [key, member] of Object.entries(item)) {
    if (isEmpty(member) || names.has(plainName(key)) || values.has(plainName(key))) continue;
    const algorithm = comparable(key);
    if (algorithm !== null) yield { algorithm, value: member };
    else if (columnMeaning(key) === "unmatchable") yield { algorithm: null, name: unmatchableName(key) };
    else if (typeof member === "object" || (typeof member === "string" && looksLikeDigest(member))) yield { algorithm: null, name: "other" };
  }
  if (isEmpty(value)) return;
  if (typeof name !== "string") throw refusal(place, "a value without a name in AlternativeHashes", "HashName and HashValue");
  const algorithm = comparable(name);
  yield algorithm === null ? { algorithm, name: unmatchableName(name) } : { algorithm, value };
}

function onlyOf(item: JsonObject, spellings: ReadonlySet<string>, place: Place): unknown {
  const keys = Object.keys(item).filter((key) => spellings.has(plainName(key)) && !isEmpty(item[key]));
  if (keys.length > 1) throw refusal(place, "two names or two values in one item of AlternativeHashes", "HashName and HashValue");
  return keys[0] === undefined ? undefined : item[keys[0]];
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === "";
}

function comparable(name: string): AlgorithmName | null {
  const meaning = columnMeaning(name);
  return meaning !== "hash" && isDigestColumn(meaning) ? meaning : null;
}
