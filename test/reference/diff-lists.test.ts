import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Failure } from "../../src/failure.ts";
import { type AlgorithmName, cryptographicAlgorithms, type Reference } from "../../src/model.ts";
import { diffLists, type ListDifferences } from "../../src/reference/diff-lists.ts";
import { importList } from "../../src/reference/import-list.ts";
import { temporaryFolder } from "../support/folder.ts";
import { listsOf, rowsOf, stateOf } from "./list-home.ts";
import { crowdedDigest, crowdedReference, descriptionOf, digestFor, importOptions, readingOf, referenceWith, key } from "./synthetic-list.ts";

const folder = temporaryFolder();
let homes = 0;

async function differences(imported: readonly Reference[], offered: readonly Reference[]): Promise<ListDifferences> {
  const home = join(folder, String(homes++));
  const { description } = await importList(home, readingOf("imported", imported), importOptions);
  const before = stateOf(home);
  const found = await diffLists(home, description, readingOf("offered", offered), key);
  expect(stateOf(home)).toEqual(before);
  return found;
}

const row = (name: string, category: string | null = "1"): Reference => referenceWith({ md5: digestFor("md5", name) }, { category });
const none = { added: 0, removed: 0, changedCategory: 0 };

describe("what a list file would change", () => {
  it.each<[string, readonly Reference[], readonly Reference[], object]>([
    ["nothing, in another order", [row("a"), row("b")], [row("b"), row("a")], { md5: none }],
    ["digests added and removed", [row("a"), row("b")], [row("b"), row("c"), row("d")], { md5: { added: 2, removed: 1, changedCategory: 0 } }],
    ["a category", [row("a"), row("b")], [row("a", "2"), row("b")], { md5: { ...none, changedCategory: 1 } }],
    ["a category that was not there", [row("a", null)], [row("a")], { md5: { ...none, changedCategory: 1 } }],
    ["a second row for a digest", [row("a")], [row("a"), row("a")], { md5: { ...none, added: 1 } }],
    ["a second row of another category that stands first", [row("a")], [row("a", "2"), row("a")], { md5: { ...none, added: 1 } }],
    ["one of two categories, whichever stands first", [row("a", "1"), row("a", "2")], [row("a", "3"), row("a", "1")], { md5: { ...none, changedCategory: 1 } }],
    ["one row of two", [row("a", "1"), row("a", "2")], [row("a", "2")], { md5: { ...none, removed: 1 } }],
    [
      "algorithms",
      [referenceWith({ md5: digestFor("md5", 1), sha1: digestFor("sha1", 1) })],
      [referenceWith({ md5: digestFor("md5", 1), sha256: digestFor("sha256", 1) })],
      { md5: none, sha1: { ...none, removed: 1 }, sha256: { ...none, added: 1 } },
    ],
    [
      "perceptual codes",
      [referenceWith({ pdq: digestFor("pdq", 1) }), referenceWith({ pdq: digestFor("pdq", 2) }, { category: "1" })],
      [referenceWith({ pdq: digestFor("pdq", 2) }, { category: "2" }), referenceWith({ pdq: digestFor("pdq", 3) })],
      { pdq: { added: 1, removed: 1, changedCategory: 1 } },
    ],
  ])("is counted: %s", async (_, imported, offered, expected) => {
    expect(await differences(imported, offered)).toEqual(expected);
  });

  it("is what pairing by hand finds, and adds up", async () => {
    const coded = fc.tuple(crowdedReference, fc.option(crowdedDigest("pdq"))).map(([reference, pdq]): Reference => (pdq === null ? reference : { ...reference, digests: { ...reference.digests, pdq } }));
    const lists = fc.array(coded, { minLength: 1, maxLength: 25 });
    await fc.assert(
      fc.asyncProperty(lists, lists, async (imported, offered) => {
        const found = await differences(imported, offered);
        for (const algorithm of [...cryptographicAlgorithms, "pdq"] as const) expect([algorithm, found[algorithm] ?? none]).toEqual([algorithm, pairedByHand(imported, offered, algorithm)]);
      }),
      { numRuns: 60 },
    );
  });

  it("takes time for each code, not for each pair of codes, however alike they are", { timeout: 120_000 }, async () => {
    // All of one beginning: an index of what resembles cannot tell them apart.
    const codes = Array.from({ length: 200_000 }, (_, at) => referenceWith({ pdq: digestFor("pdq", at, Array<number>(24).fill(0x35)) }));
    const home = join(folder, String(homes++));
    const { description } = await importList(home, readingOf("imported", codes.slice(0, 150_000)), importOptions);
    const begin = performance.now();
    expect(await diffLists(home, description, readingOf("offered", codes.slice(50_000)), key)).toEqual({ pdq: { added: 50_000, removed: 50_000, changedCategory: 0 } });
    expect(performance.now() - begin).toBeLessThan(20_000);
  });

  it("is refused for a list that is not imported, and for a reading that fails", async () => {
    const home = join(folder, String(homes++));
    await expect(diffLists(home, descriptionOf("a", []), readingOf("b", rowsOf("b")), key)).rejects.toMatchObject({ code: "list-unknown" });
    await importList(home, readingOf("a", rowsOf("a")), importOptions);
    const failing = readingOf("b", rowsOf("b"), () => {
      throw new Failure("list-refused", "list.csv:7: found X, expected Y");
    });
    await expect(diffLists(home, listsOf(home)[0]!, failing, key)).rejects.toThrow("list.csv:7");
  });
});

/** Multisets of (digest, category) and of digests alone: what they share, and what the digests share beyond it. */
function pairedByHand(imported: readonly Reference[], offered: readonly Reference[], algorithm: AlgorithmName): object {
  const tally = (rows: readonly Reference[], withCategory: boolean): Map<string, number> => {
    const counts = new Map<string, number>();
    for (const { digests, category } of rows) {
      if (digests[algorithm] === undefined) continue;
      const key = digests[algorithm].join() + (withCategory ? ` ${category}` : "");
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    return counts;
  };
  const shared = (withCategory: boolean): number => {
    const theirs = tally(offered, withCategory);
    return [...tally(imported, withCategory)].reduce((sum, [key, count]) => sum + Math.min(count, theirs.get(key) ?? 0), 0);
  };
  const size = (rows: readonly Reference[]): number => rows.filter(({ digests }) => digests[algorithm] !== undefined).length;
  return { added: size(offered) - shared(false), removed: size(imported) - shared(false), changedCategory: shared(false) - shared(true) };
}
