import type { ListDescription, Reference } from "../model.ts";
import { openCatalogDatabase } from "./catalog-database.ts";
import { catalogRows } from "./catalog-rows.ts";
import { checkCatalogSeal } from "./catalog-seal.ts";
import { matchesInList } from "./match-finding.ts";
import { openImportedList, rowOf } from "./open-imported-list.ts";
import type { ReferenceSet } from "./reference-set.ts";
import { type Segment, segmentInMemory } from "./segment.ts";

interface OpenedList {
  readonly description: ListDescription;
  readonly segment: Segment;
}

/**
 * Imported lists in memory, each checked whole.
 *
 * Shape:  `lists` as the catalog describes them; matches number them in this order. `key` is the one that all of them were imported with.
 * Errors: Failure("list-unknown") for a list that the catalog does not hold, or no longer; Failure("key-wrong"); Failure("reference-damaged").
 */
export function openReferenceSet(home: string, lists: readonly ListDescription[], key: Uint8Array): ReferenceSet {
  const database = openCatalogDatabase(home);
  try {
    const rows = catalogRows(database, home);
    checkCatalogSeal(database, home, key);
    return setOf(
      lists.map((description): OpenedList => {
        const row = rowOf(rows, description);
        return { description: row.description, segment: openImportedList(home, row, key) };
      }),
    );
  } finally {
    database.close();
  }
}

/** A set of references that are at hand, without any file. Errors: RangeError for a digest of the wrong length. */
export function referenceSetOf(lists: readonly { readonly description: ListDescription; readonly references: Iterable<Reference> }[]): ReferenceSet {
  return setOf(
    lists.map(({ description, references }): OpenedList => ({ description, segment: segmentInMemory(references) })),
  );
}

function setOf(opened: readonly OpenedList[]): ReferenceSet {
  return {
    lists: opened.map(({ description }) => description),
    hasPerceptualCodes: opened.some(({ segment }) => segment.near !== null),
    match(finding, sizeBytes) {
      if (finding.outcome !== "examined") return [];
      return opened.flatMap(({ segment }, list) => matchesInList(segment, list, finding, sizeBytes));
    },
  };
}
