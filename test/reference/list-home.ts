import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import type { ListDescription, Reference } from "../../src/model.ts";
import { catalogOf } from "../../src/reference/catalog.ts";
import { openReferenceSet } from "../../src/reference/open-reference-set.ts";
import { digestFor, examined, referenceWith, key } from "./synthetic-list.ts";

export function rowsOf(seed: string, count = 8): Reference[] {
  return Array.from({ length: count }, (_, number) => referenceWith({ md5: digestFor("md5", `${seed} ${number}`), sha256: digestFor("sha256", `${seed} ${number}`) }, { recordId: `${seed}-${number}`, category: "1" }));
}

export function segmentsOf(home: string): string[] {
  return readdirSync(join(home, "segments")).sort();
}

export function listsOf(home: string): readonly ListDescription[] {
  return catalogOf(home, null).lists;
}

/** Record ids that a file of this seed matches. */
export async function found(home: string, list: ListDescription, seed: string): Promise<(string | null)[]> {
  return (await openReferenceSet(home, [list], key).match(examined({ md5: digestFor("md5", seed) }), 0))
    .map(({ recordId }) => recordId);
}

/** Every row of the catalog's tables, and every segment's bytes. */
export function stateOf(home: string): unknown {
  const database = new Database(join(home, "catalog.sqlite"));
  try {
    const rows = ["list", "history", "imported", "trusted", "seal"].map((table) => database.prepare(`SELECT * FROM ${table}`).all());
    return { rows, segments: segmentsOf(home).map((name) => [name, readFileSync(join(home, "segments", name)).toString("base64")]) };
  } finally {
    database.close();
  }
}
