import type { ListDescription, NearThreshold, Reference } from "../model.ts";
import { openCatalogDatabase } from "./catalog-database.ts";
import { catalogRows } from "./catalog-rows.ts";
import { checkCatalogSeal } from "./catalog-seal.ts";
import { equalsReference, matchesInList } from "./match-finding.ts";
import { openImportedList, rowOf } from "./open-imported-list.ts";
import { leastQuality, nearDistanceBits, type ReferenceSet } from "./reference-set.ts";
import { type Segment, segmentInMemory } from "./segment.ts";

interface OpenedList {
  readonly description: ListDescription;
  readonly segment: Segment;
}

/** What is near, for `all` lists but those that have a threshold of their own, by their SHA-256. */
export interface NearThresholds {
  readonly all: NearThreshold;
  readonly byList: Readonly<Record<string, NearThreshold>>;
}

const defaultThresholds: NearThresholds = { all: { nearDistanceBits, leastQuality }, byList: {} };

/**
 * Imported lists in memory, each checked whole.
 *
 * Shape:  `lists` as the catalog describes them; matches number them in this order. `key` is the one that all of them were imported with.
 * Errors: Failure("list-unknown") for a list that the catalog does not hold, or no longer; Failure("key-wrong"); Failure("reference-damaged").
 */
export function openReferenceSet(home: string, lists: readonly ListDescription[], key: Uint8Array, thresholds: NearThresholds = defaultThresholds): ReferenceSet {
  const database = openCatalogDatabase(home);
  try {
    const rows = catalogRows(database, home);
    checkCatalogSeal(database, home, key);
    return setOf(
      lists.map((description): OpenedList => {
        const row = rowOf(rows, description);
        return { description: row.description, segment: openImportedList(home, row, key) };
      }),
      thresholds,
    );
  } finally {
    database.close();
  }
}

/** A set of references that are at hand, without any file. Errors: RangeError for a digest of the wrong length. */
export function referenceSetOf(lists: readonly { readonly description: ListDescription; readonly references: Iterable<Reference> }[]): ReferenceSet {
  return setOf(
    lists.map(({ description, references }): OpenedList => ({ description, segment: segmentInMemory(references) })),
    defaultThresholds,
  );
}

function setOf(opened: readonly OpenedList[], thresholds: NearThresholds): ReferenceSet {
  const isNotable = ({ description }: OpenedList): boolean => description.kind === "notable";
  return {
    lists: opened.map(({ description }) => description),
    hasPerceptualCodes: opened.some(({ segment }) => segment.near !== null),
    async match(finding, sizeBytes) {
      if (finding.outcome !== "examined") return [];
      const matches = opened.map(({ description, segment }, list) => matchesInList(segment, list, thresholds.byList[description.sha256] ?? thresholds.all, finding, sizeBytes));
      return (await Promise.all(matches)).flat();
    },
    equalsNotable: (digests, sizeBytes) => opened.some((list) => isNotable(list) && equalsReference(list.segment, digests, sizeBytes)),
    async close() {
      await Promise.all(opened.map(({ segment }) => segment.near?.close()));
    },
  };
}
