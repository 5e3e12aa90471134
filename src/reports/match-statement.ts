import { doubts } from "../model.ts";
import type { MatchRow, RecordView } from "../record/view.ts";
import { algorithmText, isMd5Only, listAt, sortOf } from "./match-terms.ts";
import { listText, thresholdOf } from "./pass-terms.ts";
import { plainText, recordIdText, withheldRecordId } from "./plain-text.ts";
import { counted, grouped, joined } from "./quantity.ts";
import { transformWords } from "./transform-words.ts";

/** A piece of a sentence; `named` is a name that others chose, which a format may set apart from its own words. */
export type Phrase = string | { readonly named: string };

/**
 * What one match says, no more: never that content was seen, and never that a near match identifies. The same words in every format.
 *
 * Shape: whole sentences. `caution` is what speaks against leaning on the match; null where nothing does beyond the limits of every match.
 */
export interface Statement {
  readonly says: readonly Phrase[];
  readonly caution: string | null;
}

export function statementOf(record: RecordView, match: MatchRow): Statement {
  const matched = match.embedded === null ? "this file" : `the ${match.embedded} within this file`;
  const agreeing = joined(match.algorithms.map(algorithmText));
  const reference = referencePhrases(record, match);
  switch (sortOf(match)) {
    case "exact":
      return { says: [`The bytes of ${matched} have the same ${agreeing} as `, ...reference, "; the content was not viewed."], caution: isMd5Only(match) ? "MD5 only: collisions exist, for different files of equal MD5 can be made on purpose; confirm by another digest." : null };
    case "contradicted":
      return { says: [`The ${agreeing} of ${matched} ${match.algorithms.length === 1 ? "is" : "are"} that of `, ...reference, `, but ${joined(match.contradictedBy.map(algorithmText))} ${match.contradictedBy.length === 1 ? "differs" : "differ"}; the content was not viewed.`], caution: "Not an identification." };
    case "near":
    case "doubtful":
      return { says: [`${match.embedded === null ? "The picture in this file" : capital(matched)} is within ${match.distanceBits ?? "?"} of 256 bits of `, ...reference, `: a lead, not an identification; the content was not viewed. ${comparisonText(record, match)}`], caution: cautionOf(match) };
  }
}

/** The same as one text. Shape: printable. */
export function statementText(record: RecordView, match: MatchRow): string {
  const { says, caution } = statementOf(record, match);
  return `${says.map((phrase) => plainText(typeof phrase === "string" ? phrase : phrase.named)).join("")}${caution === null ? "" : ` ${caution}`}`;
}

function cautionOf({ doubts: found, filesNear }: MatchRow): string | null {
  if (found.length === 0) return null;
  return `Low confidence: ${found.map((doubt) => `${doubts[doubt]}${doubt === "many-files" ? ` (${grouped(filesNear ?? 0)})` : ""}`).join("; ")}.`;
}

function comparisonText(record: RecordView, match: MatchRow): string {
  const how = match.transform === null ? "in a way not told" : transformWords(match.transform);
  return `Compared ${how}; the threshold is ${thresholdOf(record, match.list).nearDistanceBits} bits, and ${counted(match.nearReferences ?? 0, "reference", "references")} of the list ${match.nearReferences === 1 ? "is" : "are"} within it.`;
}

function referencePhrases(record: RecordView, match: MatchRow): readonly Phrase[] {
  const { agency, name, version } = listAt(record, match.list);
  const id = recordIdText(match.recordId, match.entry.digests);
  const reference: readonly Phrase[] = id === null ? ["a record without an id"] : id === withheldRecordId ? [`a record whose id is ${id}`] : ["record ", { named: id }];
  return [...reference, ` (row ${grouped(match.reference + 1)} of those loaded) of ${listText(record, match.list)}, `, { named: agency }, "/", { named: name }, " ", { named: version }];
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
