import { createHash } from "node:crypto";
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { describe, expect, it } from "vitest";
import { Failure } from "../../src/failure.ts";
import type { ListDescription } from "../../src/model.ts";
import { catalogOf } from "../../src/reference/catalog.ts";
import { openCatalogDatabase } from "../../src/reference/catalog-database.ts";
import { addRow, catalogRows, removeRow } from "../../src/reference/catalog-rows.ts";
import { sealCatalog } from "../../src/reference/catalog-seal.ts";
import { beginCatalog } from "../../src/reference/change-catalog.ts";
import { dropList } from "../../src/reference/drop-list.ts";
import { importList, type ImportOptions, type ImportOutcome } from "../../src/reference/import-list.ts";
import { openReferenceSet } from "../../src/reference/open-reference-set.ts";
import { trustedKeyOf, trustedKeys, trustKey } from "../../src/reference/trusted-keys.ts";
import { verifyList } from "../../src/reference/verify-lists.ts";
import { drawSigningKey } from "../lists/signing.ts";
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
  const database = openCatalogDatabase(home)!;
  const [row] = catalogRows(database, home);
  const description = change(row!.description);
  removeRow(database, row!);
  addRow(database, { ...row!, description });
  if (sealedWith !== null) sealCatalog(database, home, sealedWith);
  database.close();
  return description;
}

const asKnown = (description: ListDescription): ListDescription => ({ ...description, kind: "known" });
const ignoring = (description: ListDescription): ListDescription => {
  const scale = { ...description.scale, entries: description.scale.entries.map((entry) => ({ ...entry, disposition: "ignore" as const })) };
  return { ...description, scale };
};

describe("a forged catalog", () => {
  it.each([["kind", asKnown], ["disposition", ignoring]])("with another %s of a list is found by whoever opens, verifies or imports (REQ-38)", async (_, change) => {
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

/** What whoever can write to the home does with any tool for SQLite. */
function inCatalog(home: string, change: (database: Database.Database) => void): void {
  const database = new Database(join(home, "catalog.sqlite"));
  change(database);
  database.close();
}

const removeSegmentOf = (home: string, { sha256 }: ListDescription): void => {
  for (const name of segmentsOf(home)) if (name.startsWith(sha256)) rmSync(join(home, "segments", name));
};

/** Every file of a home but what SQLite writes besides. */
const filesOf = (home: string): Record<string, string> =>
  Object.fromEntries(readdirSync(home, { recursive: true, encoding: "utf8" }).filter((name) => statSync(join(home, name)).isFile()).map((name) => [name, readFileSync(join(home, name), "base64")]));

describe("a catalog whose seal was taken off", () => {
  const withoutSeal = "DELETE FROM seal";

  it("and a list with it, and the segment of another, is not sealed again by importing that other one", async () => {
    const home = newHome();
    const a = (await importOf(home, "a", "1")).description;
    const b = (await importOf(home, "b", "1", { name: "videos" })).description;
    inCatalog(home, (database) => {
      for (const table of ["list", "history", "imported"]) database.prepare(`DELETE FROM ${table} WHERE name = ?`).run(a.name);
      database.exec(withoutSeal);
    });
    removeSegmentOf(home, b);
    await refusesAll(home, b, () => importOf(home, "b", "1", { name: "videos" }));
  });

  it("and its history with it does not let an older version in", async () => {
    const home = newHome();
    for (const version of ["1", "2"]) await importOf(home, `content of ${version}`, version);
    const [list] = listsOf(home);
    const older: ListDescription = { ...list!, version: "1" };
    const sha256Of = (values: readonly (string | null)[]): string => createHash("sha256").update(JSON.stringify(values), "utf8").digest("hex");
    inCatalog(home, (database) => {
      const row = database.prepare<[], { segment: string; segmentSha256: string }>("SELECT segment, segmentSha256 FROM list").get()!;
      const description = JSON.stringify(older);
      database.prepare("UPDATE list SET description = ?, rowSha256 = ?").run(description, sha256Of([older.sha256, older.agency, older.name, row.segment, row.segmentSha256, description]));
      database.prepare("UPDATE history SET version = '1', rowSha256 = ?").run(sha256Of([older.agency, older.name, "1", older.sha256, null]));
      database.exec(`DELETE FROM imported; ${withoutSeal}`);
    });
    removeSegmentOf(home, older);
    await refusesAll(home, older, () => importOf(home, "content of 1.5", "1.5"));
  });

  it.each([withoutSeal, `${withoutSeal}; DELETE FROM sqlite_sequence`])("and all that it held with it is not taken for a new one (%s)", async (sql) => {
    const home = newHome();
    const { description } = await importOf(home, "content of 2", "2");
    inCatalog(home, (database) => database.exec(`DELETE FROM list; DELETE FROM history; DELETE FROM imported; ${sql}`));
    await refusesAll(home, description, () => importOf(home, "content of 1.5", "1.5"));
    rmSync(join(home, "segments"), { recursive: true });
    await refusesAll(home, description, () => importOf(home, "content of 1.5", "1.5"));
  });

  it("is damaged also when nothing was ever imported", async () => {
    const home = newHome();
    await beginCatalog(home, key, null, 1000);
    expect(catalogOf(home, key).lists).toEqual([]);
    inCatalog(home, (database) => database.exec(withoutSeal));
    expect(() => catalogOf(home, key)).toThrow(damaged);
    await expect(importOf(home, "a", "1")).rejects.toEqual(damaged);
  });

  async function refusesAll(home: string, list: ListDescription, attempt: () => Promise<unknown>): Promise<void> {
    const before = filesOf(home);
    await expect(attempt()).rejects.toEqual(damaged);
    await expect(dropList(home, list, "no reason", key)).rejects.toEqual(damaged);
    await expect(trustKey(home, trustedKeyOf("Synthetic Agency", drawSigningKey("forged").publicText, null), key)).rejects.toEqual(damaged);
    for (const look of [() => openReferenceSet(home, [list], key), () => verifyList(home, list, key), () => catalogOf(home, key), () => trustedKeys(home, "Synthetic Agency", key)]) expect(look).toThrow(damaged);
    expect(filesOf(home)).toEqual(before);
  }
});

describe("a change that is refused", () => {
  it.each<[string, (home: string) => Uint8Array]>([
    ["for its key", () => other],
    ["for a row that was taken out of the catalog", (home) => (inCatalog(home, (database) => database.exec("DELETE FROM list WHERE name = 'videos'")), key)],
    ["for a seal that was taken off", (home) => (inCatalog(home, (database) => database.exec("DELETE FROM seal")), key)],
  ])("%s removes nothing", async (_, spoil) => {
    const home = newHome();
    const { description } = await importOf(home, "a", "1");
    await importOf(home, "b", "1", { name: "videos" });
    for (const stray of ["segments/0123456789abcdef.part", "key.0123456789abcdef.part"]) writeFileSync(join(home, stray), "left by a process that was killed");
    const used = spoil(home);
    const before = filesOf(home);
    expect(Object.keys(before)).toHaveLength(5);
    for (const attempt of [() => importOf(home, "c", "2", { key: used }), () => dropList(home, description, "no reason", used)]) await expect(attempt()).rejects.toThrow(Failure);
    expect(filesOf(home)).toEqual(before);
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
    await expect(found(home, description, "a 3")).rejects.toThrow(damaged);
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
  it("is not made anew beside a key", async () => {
    const name = "key";
    const home = newHome();
    await importOf(home, "a", "1");
    for (const path of ["catalog.sqlite", "segments"]) rmSync(join(home, path), { recursive: true });
    writeFileSync(join(home, name), "{}");
    for (let attempt = 0; attempt < 2; attempt++) await expect(importOf(home, "a", "1")).rejects.toEqual(damaged);
  });
});
