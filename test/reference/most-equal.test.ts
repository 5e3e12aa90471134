import { join } from "node:path";
import { expect, it } from "vitest";
import type { Match, Reference } from "../../src/model.ts";
import { importList } from "../../src/reference/import-list.ts";
import { mostEqual } from "../../src/reference/most-equal.ts";
import { openReferenceSet } from "../../src/reference/open-reference-set.ts";
import { verifyList } from "../../src/reference/verify-lists.ts";
import { temporaryFolder } from "../support/folder.ts";
import { countsOf, digestFor, examined, importOptions, key, readingOf, referenceWith } from "./synthetic-list.ts";

const folder = temporaryFolder();
const md5 = digestFor("md5", "crowded");
const sha1 = digestFor("sha1", "crowded");

/** Rows of one MD5: all but the last three of category 1, and those that state another SHA-1 first. */
function crowd(count: number, contradicted: number): Reference[] {
  return Array.from({ length: count }, (_, at) =>
    referenceWith({ md5, sha1: at < contradicted ? digestFor("sha1", "other") : sha1 }, { recordId: `SYN-${at}`, category: at < count - 3 ? "1" : at < count - 1 ? "2" : null }),
  );
}

async function matchesOf(name: string, rows: readonly Reference[]): Promise<{ readonly matches: readonly Match[]; readonly crowded: number | undefined }> {
  const home = join(folder, name);
  const categories: Record<string, number> = {};
  for (const { category } of rows) categories[category ?? ""] = (categories[category ?? ""] ?? 0) + 1;
  const imported = [];
  // A second list beside it gives all of its own.
  for (const list of [rows, [referenceWith({ md5 }, { recordId: "ELSE" })]]) {
    const reading = readingOf(`${name} ${list.length}`, list);
    const counts = { ...countsOf(list), categories: list === rows ? categories : { "": 1 }, md5Only: list === rows ? 0 : 1 };
    imported.push((await importList(home, { ...reading, finish: () => ({ ...reading.finish(), counts }) }, { ...importOptions, name: `of ${list.length}` })).description);
  }
  for (const list of imported) expect(verifyList(home, list, key)).toEqual([]);
  return { matches: await openReferenceSet(home, imported, key).match(examined({ md5, sha1 }), 0), crowded: imported[0]!.counts.crowded };
}

it("as many rows of one digest as people can read all match", async () => {
  const { matches, crowded } = await matchesOf("few", crowd(mostEqual, 10));
  expect([matches.length, crowded]).toEqual([mostEqual + 1, undefined]);
});

it("of more the first match that nothing contradicts, one of every other category, and all in another list; the import counts them", async () => {
  const count = 300_000;
  const { matches, crowded } = await matchesOf("many", crowd(count, 10));
  expect(crowded).toBe(count);
  const ids = matches.map(({ recordId }) => recordId);
  expect(ids).toEqual([...Array.from({ length: mostEqual }, (_, at) => `SYN-${at + 10}`), `SYN-${count - 3}`, `SYN-${count - 1}`, "ELSE"]);
});

it("rows of less common digests of the same list are not counted", async () => {
  const { crowded } = await matchesOf("beside", [...crowd(mostEqual + 1, 0), ...Array.from({ length: 50 }, (_, at) => referenceWith({ md5: digestFor("md5", at), sha1: digestFor("sha1", at) }))]);
  expect(crowded).toBe(mostEqual + 1);
});
