import { type Place, refusal } from "./refusal.ts";

export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * A JSON object of which no key stands twice, at any depth: JSON.parse would keep the last one and say nothing.
 *
 * Shape:  `colons` counts those outside of strings.
 * Errors: Failure("list-refused") for what is no JSON, no object, or has such a key; the message quotes nothing.
 */
export function strictObject({ text, colons }: { readonly text: string; readonly colons: number }, place: Place): JsonObject {
  const value = parsedJson(text, place);
  if (!isObject(value)) throw refusal(place, "something else", "one object");
  if (countKeys(value) !== colons) throw refusal(place, "a key that stands twice", "each once");
  return value;
}

/** Errors: Failure("list-refused") for what is no JSON. */
export function parsedJson(text: string, place: Place): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not as a cause: the engine's message quotes the text.
    throw refusal(place, "text that is not JSON", "a value");
  }
}

/** The object with its keys in lower case. Errors: Failure("list-refused") for two keys that differ in case only. */
export function foldedKeys(object: JsonObject, place: Place): JsonObject {
  const entries = Object.entries(object).map(([key, value]) => [key.toLowerCase(), value] as const);
  if (new Set(entries.map(([key]) => key)).size !== entries.length) throw refusal(place, "a key that stands twice, in two spellings", "each once");
  return Object.fromEntries(entries);
}

/** Keys at every depth; JSON.parse keeps the last of those that stand twice, so that fewer than colons mean a repetition. */
export function countKeys(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + countKeys(item), 0);
  let count = 0;
  for (const item of Object.values(value)) count += 1 + countKeys(item);
  return count;
}
