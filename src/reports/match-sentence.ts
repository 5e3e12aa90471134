import { type Digests, doubts, type Embedded } from "../model.ts";
import type { EmbeddedRow, MatchRow, RecordView } from "../record/view.ts";
import { algorithmText, isMd5Only, listAt, sortOf } from "./match-terms.ts";
import { plainText, recordIdText, withheldRecordId } from "./plain-text.ts";
import { counted, grouped, joined } from "./quantity.ts";
import { transformWords } from "./transform-words.ts";

/**
 * What one match says, and no more: never that content was seen, and never that a near match identifies.
 *
 * Shape: printable; whole sentences.
 */
export function matchSentence(record: RecordView, match: MatchRow): string {
  const matched = match.embedded === null ? "this file" : `the ${match.embedded} within this file`;
  const agreeing = joined(match.algorithms.map(algorithmText));
  const reference = referenceText(record, match);
  switch (sortOf(match)) {
    case "exact":
      return `The bytes of ${matched} have the same ${agreeing} as ${reference}; the content was not viewed.${isMd5Only(match) ? " MD5 only: files of equal MD5 can be made on purpose; confirm by another digest." : ""}`;
    case "contradicted":
      return `The ${agreeing} of ${matched} ${match.algorithms.length === 1 ? "is" : "are"} that of ${reference}, but ${joined(match.contradictedBy.map(algorithmText))} ${match.contradictedBy.length === 1 ? "differs" : "differ"}: not an identification.`;
    case "near":
    case "doubtful": {
      const compared = match.transform === null ? "in a way not told" : plainText(transformWords(match.transform));
      const near = `The picture of ${matched} (compared ${compared}) is within ${match.distanceBits ?? "?"} of 256 bits of ${reference}, with ${counted(match.nearReferences ?? 0, "reference", "references")} of the list as near: a lead, not an identification.`;
      return [near, ...match.doubts.map((doubt) => `Low confidence: ${doubts[doubt]}${doubt === "many-files" ? ` (${grouped(match.filesNear ?? 0)})` : ""}.`)].join(" ");
    }
  }
}

/** "record 4711 (row 42 of those loaded) of list 1, notable 2026-03". */
function referenceText(record: RecordView, match: MatchRow): string {
  const list = listAt(record, match.list);
  const id = recordIdText(match.recordId, match.entry.digests);
  const reference = id === null ? "a record without an id" : id === withheldRecordId ? `a record whose id is ${id},` : `record ${id}`;
  return `${reference} (row ${grouped(match.reference + 1)} of those loaded) of list ${match.list + 1}, ${plainText(list.name)} ${plainText(list.version)}`;
}

/** The picture within the file that matches, null for the file itself. */
export function embeddedOf({ entry, embedded }: { readonly entry: { readonly embedded: readonly EmbeddedRow[] }; readonly embedded: Embedded["name"] | null }): EmbeddedRow | null {
  return embedded === null ? null : (entry.embedded.find(({ name }) => name === embedded) ?? null);
}

/** Digests of what matches: the file's, or those of the picture within it. */
export function digestsOfMatched(match: MatchRow): Partial<Digests> {
  return match.embedded === null ? match.entry.digests : (embeddedOf(match)?.digests ?? {});
}
