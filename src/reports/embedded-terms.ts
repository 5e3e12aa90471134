import type { Digests, Embedded } from "../model.ts";
import type { EmbeddedRow, EntryRow, MatchRow } from "../record/view.ts";

/** The picture within the file that matches, null for the file itself. */
export function embeddedOf({ entry, embedded }: { readonly entry: Pick<EntryRow, "embedded">; readonly embedded: Embedded["name"] | null }): EmbeddedRow | null {
  return embedded === null ? null : (entry.embedded.find(({ name }) => name === embedded) ?? null);
}

/** Digests of what matches: the file's, or those of the picture within it. */
export function digestsOfMatched(match: MatchRow): Partial<Digests> {
  return match.embedded === null ? match.entry.digests : (embeddedOf(match)?.digests ?? {});
}
