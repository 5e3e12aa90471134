import { Failure } from "../failure.ts";
import { type AlgorithmName, cryptographicAlgorithms, type Disposition, type ListDescription, type Match } from "../model.ts";
import { pathText } from "../path-text.ts";
import type { MatchRow, RecordView, Totals } from "../record/view.ts";
import { joined } from "./quantity.ts";

/**
 * The sorts that are counted, listed and worded apart. `contradicted`: an exact agreement that another digest or the size contradicts; `doubtful`: a near
 * match of low confidence.
 */
export type MatchSort = "exact" | "contradicted" | "near" | "doubtful";
export const matchSorts: readonly MatchSort[] = ["exact", "contradicted", "near", "doubtful"];

/** As headings of columns and rows. */
export const sortNames: Readonly<Record<MatchSort, string>> = { exact: "Exact", contradicted: "Contradicted", near: "Near", doubtful: "Near, low confidence" };

export function sortOf(match: Match): MatchSort {
  if (match.kind === "near") return match.doubts.length > 0 ? "doubtful" : "near";
  return match.contradictedBy.length > 0 ? "contradicted" : "exact";
}

/** A category code in the words of its list's scale; `label` and `disposition` null when the scale does not name the code. */
export interface CategoryTerms {
  readonly code: string | null;
  readonly scale: string;
  readonly scaleVersion: string;
  readonly label: string | null;
  readonly disposition: Disposition | null;
}

export function categoryTerms(list: ListDescription, code: string | null): CategoryTerms {
  const named = list.scale.entries.find((entry) => entry.code === (code ?? ""));
  return { code, scale: list.scale.scale, scaleVersion: list.scale.version, label: named?.label ?? null, disposition: named?.disposition ?? null };
}

/** The list that an index of the record names. Errors: Failure("record-damaged") when there is none. */
export function listAt(record: Pick<RecordView, "lists">, index: number): ListDescription {
  const list = record.lists[index];
  if (list === undefined) throw new Failure("record-damaged", `record: a match with list ${index + 1}, expected 1 to ${record.lists.length}`);
  return list;
}

/** True for matches that need a person's attention: of a notable list, in a category that its scale does not set aside (`ignore`). */
export function needsAttention(record: Pick<RecordView, "lists">, match: Pick<Match, "list" | "category">): boolean {
  const list = listAt(record, match.list);
  return list.kind === "notable" && categoryTerms(list, match.category).disposition !== "ignore";
}

/** A count of zero for each sort. */
export function noRows(): Record<MatchSort, number> {
  return { exact: 0, contradicted: 0, near: 0, doubtful: 0 };
}

/** Where what matches lies: the file's path, and after two slashes the name of the picture within it. Shape: printable. */
export function matchedPath({ embedded, entry }: MatchRow): string {
  return embedded === null ? pathText(entry.path) : `${pathText(entry.path)}//${embedded}`;
}

/** Rows of each sort, of all lists or of those that `selected` takes. */
export function rowsOfSort(totals: Totals, selected: (counts: Totals["matches"][number]) => boolean = () => true): Readonly<Record<MatchSort, number>> {
  const rows = noRows();
  for (const counts of totals.matches) if (selected(counts)) for (const sort of matchSorts) rows[sort] += counts[sort];
  return rows;
}

const algorithmNames: Readonly<Record<AlgorithmName | "size", string>> = { md5: "MD5", sha1: "SHA-1", sha256: "SHA-256", blake3: "BLAKE3", pdq: "PDQ", size: "size" };

export function algorithmText(name: AlgorithmName | "size"): string {
  return algorithmNames[name];
}

/** Which digests were computed, and that no list asked for the others. */
export function digestsSentence({ options }: RecordView["header"]): string {
  const others = cryptographicAlgorithms.filter((name) => !options.digests.includes(name)).map(algorithmText);
  const computed = joined(options.digests.map(algorithmText));
  if (others.length === 0) return `Digests computed: ${computed}.`;
  return `Digests computed: ${computed}. Not computed: ${joined(others)}, for no list that was used carries ${others.length === 1 ? "it" : "them"}.`;
}

/** MD5 alone agrees and nothing contradicts it: files of equal MD5 can be made on purpose. */
export function isMd5Only(match: Match): boolean {
  return sortOf(match) === "exact" && match.algorithms.length === 1 && match.algorithms[0] === "md5";
}
