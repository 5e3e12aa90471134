import { type Place, refusal } from "./refusal.ts";

const longestTextCharacters = 4096;
const mostTexts = 100;

/**
 * The texts of a series or tags field, as it states them: a text, an object with a `Name`, or an array of either. Empty ones are left out.
 *
 * Errors: Failure("list-refused") for anything else, for more than 100 texts and for one above 4096 characters; the message quotes none.
 */
export function sensitiveTexts(value: unknown, field: "series" | "tags", place: Place): readonly string[] {
  const items: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (items.length > mostTexts) throw refusal(place, `${items.length} texts as ${field}`, `at most ${mostTexts}`);
  return items.flatMap((item) => {
    const text = textOf(item);
    if (text === undefined) throw refusal(place, `something else as ${field}`, "a text, an object with a Name, or an array of them");
    if (text.length > longestTextCharacters) throw refusal(place, `a text of ${text.length} characters as ${field}`, `at most ${longestTextCharacters}`);
    return text.trim() === "" ? [] : [text.trim()];
  });
}

function textOf(item: unknown): string | undefined {
  if (item === null) return "";
  if (typeof item === "string") return item;
  if (typeof item !== "object" || Array.isArray(item)) return undefined;
  const name = Object.entries(item).find(([key]) => key.toLowerCase() === "name")?.[1];
  return typeof name === "string" ? name : undefined;
}
