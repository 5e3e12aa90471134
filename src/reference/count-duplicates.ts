import type { ListCounts } from "../model.ts";
import { bitmap } from "./bitmap.ts";
import { mostEqual } from "./most-equal.ts";

export type DuplicateCounts = Pick<ListCounts, "duplicates" | "conflictingCategories" | "crowded">;

/** Counts rows that share a digest, while the digests go by with equal ones beside each other. */
export interface DuplicateCounting {
  /**
   * Begins with one algorithm's digests: the function is called for every entry, equal digests one after the other in the order of the list.
   *
   * Shape: `equalsPrevious` is false for the first entry.
   */
  column(): (reference: number, equalsPrevious: boolean) => void;
  /** After the last entry of the last algorithm. */
  counts(): DuplicateCounts;
}

/**
 * Shape: `categoryOf` gives a number for a reference's category, 0 for none. Holds three bits a row, and the references of one run of equal digests
 *        as long as these agree in their category.
 */
export function countDuplicates(rows: number, categoryOf: (reference: number) => number): DuplicateCounting {
  const duplicates = bitmap(rows);
  const conflicting = bitmap(rows);
  const crowded = bitmap(rows);
  return {
    column() {
      let agreeing: number[] = [];
      let category = 0;
      let conflict = false;
      const first = new Uint32Array(mostEqual);
      let equal = 0;
      return (reference, equalsPrevious) => {
        if (!equalsPrevious) equal = 0;
        if (equal === mostEqual) for (const earlier of first) crowded.set(earlier);
        if (equal >= mostEqual) crowded.set(reference);
        else first[equal] = reference;
        equal += 1;
        const own = categoryOf(reference);
        if (!equalsPrevious) {
          agreeing = [];
          category = 0;
          conflict = false;
        } else duplicates.set(reference);
        if (own === 0) return;
        if (!conflict && category !== 0 && own !== category) {
          conflict = true;
          for (const earlier of agreeing) conflicting.set(earlier);
        }
        category = own;
        if (conflict) conflicting.set(reference);
        else agreeing.push(reference);
      };
    },
    counts: () => ({ duplicates: duplicates.count(), conflictingCategories: conflicting.count(), ...(crowded.count() === 0 ? {} : { crowded: crowded.count() }) }),
  };
}
