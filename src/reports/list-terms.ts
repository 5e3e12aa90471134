import type { ListDescription } from "../model.ts";
import { grouped } from "./quantity.ts";

/** A rule of import that was set aside for a list. Shape: `list` counts from 1; `option` is a fixed word for programs. */
export interface ListNotice {
  readonly list: number;
  readonly option: string;
  readonly sentence: string;
  readonly reason: string;
}

const overrideSentences: Readonly<Record<string, string>> = {
  "older-version": "was imported although a later version, or one that it cannot be ordered with, was imported before",
  "same-version": "was imported although its version was imported before with other bytes, or read in another way",
  "same-bytes": "was imported although its bytes were imported before under another name or kind",
};

/** What a reader has to know of how the lists came in: those without a verified signature, and those that a rule was set aside for. */
export function listNotices(lists: readonly ListDescription[]): readonly ListNotice[] {
  return lists.flatMap((list, index) => [
    ...(list.signature === null ? [{ list: index + 1, option: "unsigned", sentence: "has no signature that was verified", reason: list.unsignedReason ?? "none recorded" }] : []),
    ...list.overrides.map(({ option, reason }) => ({ list: index + 1, option, sentence: overrideSentences[option] ?? `was imported with the override ${option}`, reason })),
  ]);
}

export function signatureSentence({ signature, unsignedReason }: ListDescription): string {
  if (signature === null) return `no verified signature; reason given: ${unsignedReason ?? "none recorded"}`;
  return `signature verified, key ${signature.keyId}, trusted comment: ${signature.trustedComment === "" ? "none" : signature.trustedComment}`;
}

/**
 * What the operator vouches for alone; null when the signed comment states each of it.
 *
 * Shape: a comment states a text that stands in it by itself, once for each: "2026-1" is not stated by "2026-10", nor "known" by "unknown", nor both the
 *        name and the kind of a list named "notable" by one "notable".
 */
export function operatorStatement({ signature, agency, name, version, kind }: ListDescription): string | null {
  // Long ones first, for a short one may be a part of them.
  const texts = [agency, name, version, kind].sort((one, other) => other.length - one.length);
  const rest = texts.reduce<string | null>((comment, text) => (comment === null ? null : withoutStated(text, comment)), signature?.trustedComment ?? null);
  return rest === null ? "agency, name, version and kind are as the operator stated them" : null;
}

const letter = "[\\p{L}\\p{M}\\p{N}]";

/** The comment without the text; null when it does not state it. */
function withoutStated(text: string, comment: string): string | null {
  const literal = text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
  const alone = new RegExp(`(?<!${letter}|${letter}[-._+])${literal}(?!${letter}|[-._+]${letter})`, "u");
  return alone.test(comment) ? comment.replace(alone, " ") : null;
}

/** Null for a list that was imported before these were counted. */
export function duplicatesSentence({ counts }: ListDescription): string | null {
  const { duplicates, conflictingCategories } = counts;
  if (duplicates === null || conflictingCategories === null) return null;
  return `${grouped(duplicates)} sharing a digest with an earlier row, ${grouped(conflictingCategories)} with a digest that stands under different categories`;
}
