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

/** Null for a list that was imported before these were counted. */
export function duplicatesSentence({ counts }: ListDescription): string | null {
  const { duplicates, conflictingCategories } = counts;
  if (duplicates === null || conflictingCategories === null) return null;
  return `${grouped(duplicates)} sharing a digest with an earlier row, ${grouped(conflictingCategories)} with a digest that stands under different categories`;
}
