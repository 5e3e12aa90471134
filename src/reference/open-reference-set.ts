import { Failure } from "../failure.ts";
import type { ListDescription, Reference } from "../model.ts";
import { pathText } from "../path-text.ts";
import { openCatalogDatabase } from "./catalog-database.ts";
import { catalogRows } from "./catalog-rows.ts";
import { collectReferences } from "./collect-references.ts";
import { matchesInList } from "./match-finding.ts";
import { openSegment } from "./open-segment.ts";
import type { ReferenceSet } from "./reference-set.ts";
import { type Segment, segmentInMemory } from "./segment.ts";
import { damaged } from "./segment-format.ts";
import { segmentPath } from "./segment-folder.ts";

interface OpenedList {
  readonly description: ListDescription;
  readonly segment: Segment;
}

/**
 * Imported lists in memory, each checked whole.
 *
 * Shape:  `lists` as the catalog describes them; matches number them in this order.
 * Errors: Failure("list-unknown") for a list that the catalog does not hold, or no longer; Failure("reference-damaged").
 */
export function openReferenceSet(home: string, lists: readonly ListDescription[]): ReferenceSet {
  const database = openCatalogDatabase(home);
  try {
    const rows = new Map(catalogRows(database, home).map((row) => [row.description.sha256, row]));
    return setOf(
      lists.map((description): OpenedList => {
        const row = rows.get(description.sha256);
        if (row === undefined)
          throw new Failure("list-unknown", `${description.agency}/${description.name} ${description.version}: found no such list imported, expected the one that was chosen`);
        const where = pathText(Buffer.from(segmentPath(home, row.segment)));
        const { segment, list, sha256 } = openSegment(segmentPath(home, row.segment), where);
        if (sha256 !== row.segmentSha256 || list !== description.sha256) throw damaged(where, "another segment", "the one that was imported under this name");
        if (segment.rows !== description.counts.rowsLoaded) throw damaged(where, `${segment.rows} rows`, `${description.counts.rowsLoaded}`);
        return { description, segment };
      }),
    );
  } finally {
    database.close();
  }
}

/** A set of references that are at hand, without any file. Errors: RangeError for a digest of the wrong length. */
export function referenceSetOf(lists: readonly { readonly description: ListDescription; readonly references: Iterable<Reference> }[]): ReferenceSet {
  return setOf(
    lists.map(({ description, references }): OpenedList => {
      const collection = collectReferences();
      for (const reference of references) collection.add(reference);
      return { description, segment: segmentInMemory(collection) };
    }),
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
