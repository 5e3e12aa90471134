import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cryptographicAlgorithms, type Reference } from "../../src/model.ts";
import { collectReferences } from "../../src/reference/collect-references.ts";
import type { DuplicateCounts } from "../../src/reference/count-duplicates.ts";
import { sortLimits } from "../../src/reference/digest-sorter.ts";
import { crowdedReference, digestFor, referenceWith } from "./synthetic-list.ts";

function counted(references: readonly Reference[]): DuplicateCounts {
  const collection = collectReferences({ append: () => undefined }, null, sortLimits);
  for (const reference of references) collection.add(reference);
  return collection.settle();
}

const row = (md5: string, category: string | null, sha1?: string): Reference =>
  referenceWith({ md5: digestFor("md5", md5), ...(sha1 === undefined ? {} : { sha1: digestFor("sha1", sha1) }) }, { category });

const coded = (code: string, category: string | null): Reference => referenceWith({ pdq: digestFor("pdq", code) }, { category });

describe("rows that share a digest", () => {
  it.each<[string, readonly Reference[], number, number]>([
    ["none", [row("a", "1"), row("b", "2")], 0, 0],
    ["the later of two", [row("a", "1"), row("b", "1"), row("a", "1")], 1, 0],
    ["both of two in different categories", [row("a", "1"), row("a", "2")], 1, 2],
    ["all of three of which one is in another category, whichever", [row("a", "1"), row("a", "1"), row("a", "2"), row("b", "3")], 2, 3],
    ["no row without category among those that contradict each other", [row("a", null), row("a", "1"), row("a", null), row("a", "2")], 3, 2],
    ["no contradiction between a category and none", [row("a", null), row("a", "1")], 1, 0],
    ["a row once that shares two digests", [row("a", "1", "a"), row("a", "2", "a")], 1, 2],
    ["the later of two with one code", [coded("a", "1"), coded("b", "1"), coded("a", "1")], 1, 0],
    ["both of two with one code in different categories", [coded("a", "1"), coded("a", "2"), coded("b", "2")], 1, 2],
    ["a row that shares a digest with one row and a code with another", [coded("a", "1"), row("m", "2"), { ...row("m", "2"), digests: { ...row("m", "2").digests, ...coded("a", "2").digests } }], 1, 2],
    ["a row by each of its digests", [row("a", "1"), row("b", "2", "s"), row("a", "1", "s")], 1, 2],
  ])("are counted: %s", (_, references, duplicates, conflictingCategories) => {
    expect(counted(references)).toEqual({ duplicates, conflictingCategories });
  });

  it("are those that a comparison of every row with every other finds", () => {
    fc.assert(
      fc.property(fc.array(crowdedReference, { maxLength: 40 }), (references) => {
        const share = (one: Reference, other: Reference): boolean =>
          cryptographicAlgorithms.some((name) => one.digests[name] !== undefined && other.digests[name] !== undefined && Buffer.compare(one.digests[name], other.digests[name]) === 0);
        const duplicates = references.filter((reference, at) => references.slice(0, at).some((earlier) => share(earlier, reference))).length;
        const conflicting = references.filter((one) => one.category !== null && references.some((other) => other.category !== null && other.category !== one.category && share(one, other))).length;
        expect(counted(references)).toEqual({ duplicates, conflictingCategories: conflicting });
      }),
      { numRuns: 200 },
    );
  });
});
