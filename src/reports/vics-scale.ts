import type { ListDescription, Scale } from "../model.ts";
import type { MatchRow, RecordView } from "../record/view.ts";
import { isMd5Only, sortOf } from "./match-terms.ts";
import { notableEntries } from "./matched-entries.ts";

/** The one scale that codes of a document may be of, null where there is no notable list; and how many established matches are of others. */
export interface DocumentScale {
  readonly scale: Scale | null;
  readonly otherMatches: number;
}

/** An exact match that does not rest on MD5 alone: only such a one tells whose category a file has. */
export function isEstablished(match: MatchRow): boolean {
  return sortOf(match) === "exact" && !isMd5Only(match);
}

export function isOfScale({ scale }: ListDescription, wanted: Scale | null): boolean {
  return scale.scale === wanted?.scale && scale.version === wanted.version;
}

/** The scale of most established matches; of as many, or of none at all, that of the list with the lower number. */
export function scaleOfDocument(record: RecordView): DocumentScale {
  const scales: { readonly scale: Scale; matches: number }[] = [];
  for (const list of record.lists) if (list.kind === "notable" && !scales.some(({ scale }) => isOfScale(list, scale))) scales.push({ scale: list.scale, matches: 0 });
  const ofList = record.lists.map((list) => scales.find(({ scale }) => isOfScale(list, scale)));
  for (const { matches } of notableEntries(record)) for (const match of matches) if (isEstablished(match)) ofList[match.list]!.matches++;
  const most = scales.reduce<(typeof scales)[number] | null>((best, one) => (best === null || one.matches > best.matches ? one : best), null);
  return { scale: most?.scale ?? null, otherMatches: scales.reduce((sum, one) => sum + (one === most ? 0 : one.matches), 0) };
}
