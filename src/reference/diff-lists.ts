import type { ListReading } from "../lists/read-list.ts";
import { type AlgorithmName, cryptographicAlgorithms, type ListDescription } from "../model.ts";
import { type Bitmap, bitmap } from "./bitmap.ts";
import { codeGroups } from "./code-groups.ts";
import { openImportedList, rowOf } from "./open-imported-list.ts";
import { readCatalog } from "./read-catalog.ts";
import type { Segment } from "./segment.ts";

/** What becomes of the digests of one algorithm. Those of the imported list - removed + added = those of the other. */
export interface DigestDifferences {
  readonly added: number;
  readonly removed: number;
  /** Digests that are in both, in a row of another category. Codes are compared as they stand, whatever the scale. */
  readonly changedCategory: number;
}

export type ListDifferences = Readonly<Partial<Record<AlgorithmName, DigestDifferences>>>;

/**
 * Compares an imported list with a list file: counts, never a value.
 *
 * Shape:  digests count as often as rows state them: each of the file's is paired with one of the imported list that no other is paired with, those
 *         of one category first. The reading is drawn to its end and nothing is imported. Memory: the segment, five bytes at most for each of
 *         its rows and algorithms, and 20 for each of its PDQ codes.
 * Errors: as of the reading; Failure("list-unknown"), Failure("key-wrong") and Failure("reference-damaged") for the imported list.
 */
export async function diffLists(home: string, description: ListDescription, reading: ListReading, key: Uint8Array): Promise<ListDifferences> {
  const { segment, imported } = openedList(home, description, key);
  const codes = segment.near === null ? null : codeGroups(segment.near);
  const referencesWith = (algorithm: AlgorithmName, digest: Uint8Array): readonly number[] => (algorithm === "pdq" ? codes?.find(digest) : segment.exact.get(algorithm)?.find(digest)) ?? [];
  const pairings = new Map<AlgorithmName, Pairing>();
  const algorithms: readonly AlgorithmName[] = [...cryptographicAlgorithms, "pdq"];
  for await (const run of reading.references())
    for (const { digests, category } of run)
      for (const algorithm of algorithms) {
        const digest = digests[algorithm];
        if (digest === undefined) continue;
        if (!pairings.has(algorithm)) pairings.set(algorithm, pairing(segment));
        pairings.get(algorithm)!.add(referencesWith(algorithm, digest), category);
      }
  reading.finish();
  return Object.fromEntries(
    algorithms.flatMap((algorithm) => {
      const there = imported.counts.digests[algorithm] ?? 0;
      const { added, paired, changedCategory } = pairings.get(algorithm)?.counts() ?? { added: 0, paired: 0, changedCategory: 0 };
      return there === 0 && added === 0 ? [] : [[algorithm, { added, removed: there - paired, changedCategory }]];
    }),
  );
}

function openedList(home: string, description: ListDescription, key: Uint8Array): { readonly segment: Segment; readonly imported: ListDescription } {
  return readCatalog(home, key, (rows) => {
    const row = rowOf(rows, description);
    return { segment: openImportedList(home, row, key), imported: row.description };
  });
}

interface Pairing {
  /** Takes a digest of the file: the imported rows that state it, in their order, and its own row's category. */
  add(references: readonly number[], category: string | null): void;
  counts(): { readonly added: number; readonly paired: number; readonly changedCategory: number };
}

function pairing(segment: Segment): Pairing {
  const paired: Bitmap = bitmap(segment.rows);
  // Digests that found no free row of their category, by the first row that states the same one: a row to come may claim the others first.
  let waiting: Uint32Array | null = null;
  const shared = new Map<number, readonly number[]>();
  let added = 0;
  return {
    add(references, category) {
      const [first] = references;
      if (first === undefined) {
        added += 1;
        return;
      }
      const own = references.find((reference) => !paired.has(reference) && segment.category(reference) === category);
      if (own !== undefined) {
        paired.set(own);
        return;
      }
      waiting ??= new Uint32Array(segment.rows);
      waiting[first]! += 1;
      if (references.length > 1) shared.set(first, references);
    },
    counts() {
      let changedCategory = 0;
      let more = added;
      for (const [first, digests] of waiting?.entries() ?? []) {
        if (digests === 0) continue;
        const free = (shared.get(first) ?? [first]).filter((reference) => !paired.has(reference)).length;
        changedCategory += Math.min(free, digests);
        more += Math.max(0, digests - free);
      }
      return { added: more, paired: paired.count() + changedCategory, changedCategory };
    },
  };
}
