import { createHash } from "node:crypto";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { describe, expect, it } from "vitest";
import type { ListDescription } from "../../src/model.ts";
import { openCatalogDatabase } from "../../src/reference/catalog-database.ts";
import { addRow, catalogRows, removeRow } from "../../src/reference/catalog-rows.ts";
import { sealCatalog } from "../../src/reference/catalog-seal.ts";
import { dropList } from "../../src/reference/drop-list.ts";
import { importList, type ImportOptions, type ImportOutcome } from "../../src/reference/import-list.ts";
import { openReferenceSet } from "../../src/reference/open-reference-set.ts";
import { verifyList } from "../../src/reference/verify-lists.ts";
import { temporaryFolder } from "../support/folder.ts";
import { found, listsOf, rowsOf, segmentsOf } from "./list-home.ts";
import { importOptions, key, readingOf } from "./synthetic-list.ts";

const folder = temporaryFolder();
let homes = 0;
const newHome = (): string => join(folder, String(homes++));
const importOf = (home: string, content: string, version: string, options: Partial<ImportOptions> = {}): Promise<ImportOutcome> =>
  importList(home, readingOf(content, rowsOf(content)), { ...importOptions, version, ...options });
const other = Uint8Array.from(key).fill(9, 0, 1);
const damaged = expect.objectContaining({ code: "reference-damaged" });

/** What whoever has no key can do: the row's own digest is made to fit. */
function forge(home: string, change: (description: ListDescription) => ListDescription, sealedWith: Uint8Array | null = null): ListDescription {
  const database = openCatalogDatabase(home);
  const [row] = catalogRows(database, home);
  const description = change(row!.description);
  removeRow(database, row!);
  addRow(database, { ...row!, description });
  if (sealedWith !== null) sealCatalog(database, sealedWith);
  database.close();
  return description;
}

const asKnown = (description: ListDescription): ListDescription => ({ ...description, kind: "known" });
const ignoring = (description: ListDescription): ListDescription => {
  const scale = { ...description.scale, entries: description.scale.entries.map((entry) => ({ ...entry, disposition: "ignore" as const })) };
  return { ...description, scale };
};

describe("a forged catalog", () => {
  it.each([["kind", asKnown], ["disposition", ignoring]])("with another %s of a list is found by whoever opens, verifies or imports", async (_, change) => {
    const home = newHome();
    await importOf(home, "a", "1");
    const forged = forge(home, change);
    expect(() => openReferenceSet(home, [forged], key)).toThrow(damaged);
    expect(() => verifyList(home, forged, key)).toThrow(damaged);
    await expect(importOf(home, "b", "2")).rejects.toEqual(damaged);
    await expect(dropList(home, forged, "no reason", key)).rejects.toEqual(damaged);
  });

  it.each([["kind", asKnown], ["disposition", ignoring]])("with another %s does not fit the list's own segment either, which names the list", async (_, change) => {
    const home = newHome();
    await importOf(home, "a", "1");
    const forged = forge(home, change, key);
    expect(() => openReferenceSet(home, [forged], key)).toThrow(expect.objectContaining({ code: "reference-damaged", message: expect.stringContaining("Synthetic Agency/stills 1") }));
    expect(verifyList(home, forged, key)).toMatchObject([{ found: expect.stringContaining("another description") }]);
  });

  it.each(["DELETE FROM seal", "DELETE FROM imported", "UPDATE imported SET version = '9'", "DELETE FROM list WHERE name = 'videos'", "UPDATE seal SET hmac = printf('%064d', 0)"])("by %s is found", async (sql) => {
    const home = newHome();
    const { description } = await importOf(home, "a", "1");
    await importOf(home, "b", "1", { name: "videos" });
    const database = new Database(join(home, "catalog.sqlite"));
    database.exec(sql);
    database.close();
    expect(() => openReferenceSet(home, [description], key)).toThrow(damaged);
    await expect(importOf(home, "c", "2")).rejects.toEqual(damaged);
  });

  it("cannot hold a scale other than the one its digest names", async () => {
    const home = newHome();
    const { description } = await importOf(home, "a", "1", { scaleSha256: createHash("sha256").update("other").digest("hex") });
    expect(() => openReferenceSet(home, [description], key)).toThrow(expect.objectContaining({ code: "reference-damaged", message: expect.stringContaining("another scale") }));
  });
});

describe("bytes that were imported before", () => {
  it("need a reason when they come again under a higher version", async () => {
    const home = newHome();
    for (const version of ["1", "2"]) await importOf(home, `content of ${version}`, version);
    await expect(importOf(home, "content of 1", "3")).rejects.toMatchObject({ code: "list-refused", message: expect.stringContaining("imported before as version 1") });
    await dropList(home, listsOf(home)[0]!, "not needed", key);
    await expect(importOf(home, "content of 1", "3")).rejects.toMatchObject({ code: "list-refused" });
    const { description } = await importOf(home, "content of 1", "3", { overrides: { olderReason: "version 2 was withdrawn" } });
    expect(description.overrides).toEqual([{ option: "older-version", reason: "version 2 was withdrawn" }]);
  });

  it.each([{ name: "other" }, { agency: "Other Agency" }, { kind: "known" as const }])("need a reason when they come again as %j", async (options) => {
    const home = newHome();
    await importOf(home, "a", "1");
    await dropList(home, listsOf(home)[0]!, "not needed", key);
    await expect(importOf(home, "a", "9", options)).rejects.toMatchObject({ code: "list-refused", message: expect.stringContaining("imported before as Synthetic Agency/stills 1, notable") });
    const { description } = await importOf(home, "a", "9", { ...options, overrides: { sameVersionReason: "imported wrongly" } });
    expect(description.overrides).toEqual([{ option: "same-bytes", reason: "imported wrongly" }]);
  });
});

describe("a list that is imported again", () => {
  it.each([["gone", (path: string) => rmSync(path)], ["damaged", (path: string) => writeFileSync(path, "x")]])("is written anew when its segment is %s", async (_, spoil) => {
    const home = newHome();
    const { description } = await importOf(home, "a", "1");
    spoil(join(home, "segments", segmentsOf(home)[0]!));
    await expect(await found(home, description, "a 3")).rejects.toThrow(damaged);
    expect((await importOf(home, "a", "1")).outcome).toBe("restored");
    expect(await found(home, listsOf(home)[0]!, "a 3")).toEqual(["a-3"]);
    expect((await importOf(home, "a", "1")).outcome).toBe("already-imported");
  });
});

describe("a second key", () => {
  it("imports and drops nothing", async () => {
    const home = newHome();
    const { description } = await importOf(home, "a", "1");
    await expect(importOf(home, "b", "1", { name: "videos", key: other })).rejects.toMatchObject({ code: "key-wrong" });
    await expect(dropList(home, description, "not needed", other)).rejects.toMatchObject({ code: "key-wrong" });
    expect(listsOf(home)).toEqual([description]);
  });
});

describe("a catalog that was lost", () => {
  it.each(["key", "trust.json"])("is not made anew beside %s", async (name) => {
    const home = newHome();
    await importOf(home, "a", "1");
    for (const path of ["catalog.sqlite", "segments"]) rmSync(join(home, path), { recursive: true });
    writeFileSync(join(home, name), "{}");
    for (let attempt = 0; attempt < 2; attempt++) await expect(importOf(home, "a", "1")).rejects.toEqual(damaged);
  });
});
