import { Failure } from "../failure.ts";
import { type AlgorithmName, cryptographicAlgorithms, type ListDescription } from "../model.ts";
import { codeGroups } from "./code-groups.ts";
import { countDuplicates } from "./count-duplicates.ts";
import type { ExactIndex } from "./exact-index.ts";
import { openImportedList, rowOf, segmentName } from "./open-imported-list.ts";
import { readCatalog } from "./read-catalog.ts";
import type { Segment } from "./segment.ts";

/** Something that is not as it was imported. Never holds a value of the list. */
export interface ListFault {
  readonly where: string;
  readonly found: string;
  readonly expected: string;
}

/**
 * Opens a list's segment whole, checks that its digests are in order and belong to its rows, and counts everything again.
 *
 * Shape:  empty when the list is as it was imported.
 * Errors: Failure("list-unknown") when the catalog does not hold it; as of `openCatalogDatabase`, and for an altered row of the catalog; Failure("key-wrong").
 */
export function verifyList(home: string, description: ListDescription, key: Uint8Array): readonly ListFault[] {
  const row = readCatalog(home, key, (rows) => rowOf(rows, description));
  const where = segmentName(home, row);
  try {
    const segment = openImportedList(home, row, key);
    const fault = (part: string, found: number | string, expected: number | string): ListFault[] =>
      found === expected ? [] : [{ where: `${where}: ${part}`, found: String(found), expected: String(expected) }];
    return [...sectionFaults(segment, fault), ...countFaults(segment, row.description, fault)];
  } catch (thrown) {
    return [unopened(thrown, where)];
  }
}

type Compare = (part: string, found: number | string, expected: number | string) => ListFault[];

/** A segment that is not in order is refused by what would look up in it, with an error of its own. */
function unopened(thrown: unknown, where: string): ListFault {
  const isOurs = thrown instanceof RangeError || (thrown instanceof Failure && thrown.code === "reference-damaged");
  if (!isOurs) throw thrown;
  const stated = /found (.*), expected (.*)$/s.exec(thrown.message);
  return { where, found: stated?.[1] ?? thrown.message, expected: stated?.[2] ?? "a segment that can be opened" };
}

function sectionFaults(segment: Segment, compare: Compare): ListFault[] {
  return cryptographicAlgorithms.flatMap((algorithm) => {
    const index = segment.exact.get(algorithm);
    if (index === undefined) return [];
    const { unordered, unowned } = entryFaults(index, (reference) => reference < segment.rows && segment.carries(reference, algorithm));
    return [...compare(`${algorithm} digests out of order`, unordered, 0), ...compare(`${algorithm} digests without their row`, unowned, 0)];
  });
}

function entryFaults(index: ExactIndex, owns: (reference: number) => boolean): { readonly unordered: number; readonly unowned: number } {
  let unordered = 0;
  let unowned = 0;
  for (let entry = 0; entry < index.count; entry++) {
    const order = entry === 0 ? -1 : index.order(entry - 1, entry);
    if (order > 0 || (order === 0 && index.reference(entry - 1) >= index.reference(entry))) unordered += 1;
    if (!owns(index.reference(entry))) unowned += 1;
  }
  return { unordered, unowned };
}

function countFaults(segment: Segment, { counts }: ListDescription, compare: Compare): ListFault[] {
  const counted = countRows(segment);
  const algorithms: readonly AlgorithmName[] = [...cryptographicAlgorithms, "pdq"];
  return [
    ...algorithms.flatMap((algorithm) => compare(`rows with ${algorithm}`, counted.digests.get(algorithm) ?? 0, counts.digests[algorithm] ?? 0)),
    ...cryptographicAlgorithms.flatMap((algorithm) => compare(`${algorithm} digests`, segment.exact.get(algorithm)?.count ?? 0, counts.digests[algorithm] ?? 0)),
    ...compare("rows with MD5 only", counted.md5Only, counts.md5Only),
    ...compare("rows with sensitive fields", [...segment.sensitive()].length, counts.sensitive ?? 0),
    ...compare("rows by category", tally(counted.categories), tally(new Map(Object.entries(counts.categories)))),
    ...duplicateFaults(segment, counts, counted.categories, compare),
  ];
}

function countRows(segment: Segment): { readonly digests: ReadonlyMap<AlgorithmName, number>; readonly md5Only: number; readonly categories: ReadonlyMap<string, number> } {
  const digests = new Map<AlgorithmName, number>();
  const categories = new Map<string, number>();
  let md5Only = 0;
  for (let reference = 0; reference < segment.rows; reference++) {
    const carried = cryptographicAlgorithms.filter((algorithm) => segment.carries(reference, algorithm));
    if (carried.length === 1 && carried[0] === "md5") md5Only += 1;
    for (const algorithm of carried) increment(digests, algorithm);
    if (segment.carries(reference, "pdq")) increment(digests, "pdq");
    increment(categories, segment.category(reference) ?? "");
  }
  return { digests, md5Only, categories };
}

/** A list that was imported before these were counted is not judged by them. */
function duplicateFaults(segment: Segment, counts: ListDescription["counts"], categories: ReadonlyMap<string, number>, compare: Compare): ListFault[] {
  if (counts.duplicates === null || counts.conflictingCategories === null) return [];
  const numbers = new Map([...categories.keys()].filter((code) => code !== "").map((code, index) => [code, index + 1]));
  const counting = countDuplicates(segment.rows, (reference) => numbers.get(segment.category(reference) ?? "") ?? 0);
  for (const algorithm of cryptographicAlgorithms) {
    const index = segment.exact.get(algorithm);
    const count = counting.column();
    for (let entry = 0; entry < (index?.count ?? 0); entry++) count(index!.reference(entry), entry > 0 && index!.order(entry - 1, entry) === 0);
  }
  const count = counting.column();
  for (const group of segment.near === null ? [] : codeGroups(segment.near).all()) for (const [at, reference] of group.entries()) count(reference, at > 0);
  const { duplicates, conflictingCategories, crowded = 0 } = counting.counts();
  return [...compare("duplicate rows", duplicates!, counts.duplicates), ...compare("rows with conflicting categories", conflictingCategories!, counts.conflictingCategories), ...compare("crowded rows", crowded, counts.crowded ?? 0)];
}

function tally(counts: ReadonlyMap<string, number>): string {
  return [...counts]
    .filter(([, rows]) => rows > 0)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([code, rows]) => `${code === "" ? "none" : code} ${rows}`)
    .join(", ");
}

function increment<Key>(counts: Map<Key, number>, key: Key): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
