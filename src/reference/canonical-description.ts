import { createHash } from "node:crypto";
import type { ListDescription } from "../model.ts";

/** JSON whose keys stand in one order. */
export function canonicalText(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === "object" && part !== null && !Array.isArray(part) ? Object.fromEntries(Object.entries(part).sort(([left], [right]) => (left < right ? -1 : 1))) : part,
  );
}

/** Digest over every field of a description, which its segment's sealed header holds: whoever alters the catalog cannot alter that. */
export function descriptionSha256(description: ListDescription): string {
  return createHash("sha256").update(canonicalText(description), "utf8").digest("hex");
}
