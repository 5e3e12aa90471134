import type { ListDescription, Match, NearThreshold, Reference } from "../model.ts";
import { equalsReference, matchesInList } from "./match-finding.ts";
import { withoutCrowd } from "./most-equal.ts";
import { openImportedList, rowOf } from "./open-imported-list.ts";
import { readCatalog } from "./read-catalog.ts";
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
  const opened = readCatalog(home, key, (rows) =>
    lists.map((description): OpenedList => {
      const row = rowOf(rows, description);
      return { description: row.description, segment: openImportedList(home, row, key) };
    }),
  );
  return setOf(opened, thresholds);
}

/** A set of references that are at hand, without any file. Errors: RangeError for a digest of the wrong length. */
export function referenceSetOf(lists: readonly { readonly description: ListDescription; readonly references: Iterable<Reference> }[]): ReferenceSet {
  return setOf(
    lists.map(({ description, references }): OpenedList => ({ description, segment: segmentInMemory(references) })),
    defaultThresholds,
  );
}

function setOf(opened: readonly OpenedList[], thresholds: NearThresholds): ReferenceSet {
  const recent = recentMatches();
  const isNotable = ({ description }: OpenedList): boolean => description.kind === "notable";
  return {
    lists: opened.map(({ description }) => description),
    hasPerceptualCodes: opened.some(({ segment }) => segment.near !== null),
    async match(finding, sizeBytes) {
      if (finding.outcome !== "examined") return [];
      const known = finding.picture === null ? undefined : recent.get(finding.digests.sha256);
      if (known !== undefined) return known;
      const matches: Match[] = [];
      // One list after the other: what a crowded one answers is let go before the next.
      for (const [list, { description, segment }] of opened.entries())
        matches.push(...withoutCrowd(await matchesInList(segment, list, thresholds.byList[description.sha256] ?? thresholds.all, finding, sizeBytes)));
      if (finding.picture !== null) recent.set(finding.digests.sha256, matches);
      return matches;
    },
    equalsNotable: (digests, sizeBytes) => opened.some((list) => isNotable(list) && equalsReference(list.segment, digests, sizeBytes)),
    async close() {
      await Promise.all(opened.map(({ segment }) => segment.near?.close()));
    },
  };
}

/** Matches of the pictures that came last, by their SHA-256: copies of one come in numbers, and a crowded list takes its time with each. */
function recentMatches() {
  const most = 1000;
  const kept = new Map<string, readonly Match[]>();
  const nameOf = (sha256: Uint8Array): string => Buffer.from(sha256.buffer, sha256.byteOffset, sha256.byteLength).toString("latin1");
  return {
    get: (sha256: Uint8Array): readonly Match[] | undefined => kept.get(nameOf(sha256)),
    set(sha256: Uint8Array, matches: readonly Match[]): void {
      const [oldest] = kept.keys();
      if (kept.size >= most && oldest !== undefined) kept.delete(oldest);
      kept.set(nameOf(sha256), matches);
    },
  };
}
