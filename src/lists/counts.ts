import type { AlgorithmName, RowCounts, Reference } from "../model.ts";
import type { ListRow } from "./format.ts";
import { sift } from "./hygiene.ts";

export interface CountedSifting {
  /** The reference as it is loaded, null when it is refused; either is counted. */
  admit(reference: ListRow): Reference | null;
  counts(): RowCounts;
}

/**
 * Sifts the references of one list and counts what became of them.
 *
 * Shape: `unmatchable` counts fingerprints of all rows read; `digests`, `categories` and `md5Only` (rows whose only cryptographic digest is
 *        MD5) count rows loaded; rows that state the same digest count each by itself.
 */
export function countedSifting(): CountedSifting {
  let rowsRead = 0;
  let rowsLoaded = 0;
  let md5Only = 0;
  let sensitive = 0;
  const refused = new Map<string, number>();
  const dropped = new Map<string, number>();
  const digests = new Map<AlgorithmName, number>();
  const categories = new Map<string, number>();
  const unmatchable = new Map<string, number>();
  return {
    admit(reference) {
      rowsRead += 1;
      for (const name of reference.unmatchable) increment(unmatchable, name);
      const sifted = sift(reference);
      if (sifted.outcome === "refused") {
        increment(refused, sifted.reason);
        return null;
      }
      rowsLoaded += 1;
      for (const reason of sifted.dropped) increment(dropped, reason);
      increment(categories, sifted.reference.category ?? "");
      const present = sifted.reference.digests;
      for (const algorithm in present) increment(digests, algorithm as AlgorithmName);
      if (present.md5 !== undefined && present.sha1 === undefined && present.sha256 === undefined && present.blake3 === undefined) md5Only += 1;
      if (reference.series !== undefined || reference.tags !== undefined) sensitive += 1;
      return sifted.reference;
    },
    counts: () => ({
      rowsRead,
      rowsLoaded,
      refused: Object.fromEntries(refused),
      dropped: Object.fromEntries(dropped),
      digests: Object.fromEntries(digests),
      categories: Object.fromEntries(categories),
      unmatchable: Object.fromEntries(unmatchable),
      md5Only,
      ...(sensitive > 0 ? { sensitive } : {}),
    }),
  };
}

function increment<Key>(counts: Map<Key, number>, key: Key): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
