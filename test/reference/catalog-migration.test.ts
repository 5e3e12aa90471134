import { createHash } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { describe, expect, it } from "vitest";
import { openCatalog } from "../../src/reference/catalog.ts";
import { importList } from "../../src/reference/import-list.ts";
import { temporaryFolder } from "../support/folder.ts";
import { listsOf, rowsOf } from "./list-home.ts";
import { countsOf, importOptions, listSha256, readingOf } from "./synthetic-list.ts";

const folder = temporaryFolder();
let homes = 0;

const { agency, name, scale, scaleSha256 } = importOptions;
const oldDescription = { sha256: listSha256("a"), sizeBytes: 1, agency, name, version: "2026-03", kind: "notable", format: "synthetic", scale, scaleSha256, counts: countsOf(rowsOf("a")), importedAt: "2026-01-02T03:04:05+00:00" };

/** A catalog as schema version 1 had it, with one list. */
function version1(change: (database: Database.Database) => void = () => undefined): string {
  const home = join(folder, String(homes++));
  mkdirSync(home);
  const database = new Database(join(home, "catalog.sqlite"));
  database.exec(`
    CREATE TABLE list (
      no INTEGER PRIMARY KEY AUTOINCREMENT,
      sha256 TEXT NOT NULL UNIQUE,
      agency TEXT NOT NULL,
      name TEXT NOT NULL,
      segment TEXT NOT NULL UNIQUE,
      segmentSha256 TEXT NOT NULL,
      description TEXT NOT NULL,
      rowSha256 TEXT NOT NULL,
      UNIQUE (agency, name)
    ) STRICT;
    PRAGMA application_id = 1651336033;
    PRAGMA user_version = 1;
  `);
  const values = [oldDescription.sha256, agency, name, "a.segment", "6".repeat(64), JSON.stringify(oldDescription)];
  const rowSha256 = createHash("sha256").update(JSON.stringify(values), "utf8").digest("hex");
  database.prepare("INSERT INTO list (sha256, agency, name, segment, segmentSha256, description, rowSha256) VALUES (?, ?, ?, ?, ?, ?, ?)").run(...values, rowSha256);
  change(database);
  database.close();
  return home;
}

const versionOf = (home: string): unknown => {
  const database = new Database(join(home, "catalog.sqlite"));
  try {
    return database.pragma("user_version", { simple: true });
  } finally {
    database.close();
  }
};

describe("a catalog of schema version 1", () => {
  it("opens, and says of its lists what nobody knows", () => {
    const home = version1();
    const migrated = {
      ...oldDescription,
      counts: { ...oldDescription.counts, duplicates: null, conflictingCategories: null },
      signature: null,
      unsignedReason: "imported by a version of this program that asked for no signature",
      plaintextSha256: null,
      overrides: [],
    };
    expect(listsOf(home)).toEqual([migrated]);
    expect(versionOf(home)).toBe(3);
    expect(listsOf(home)).toEqual([migrated]);
  });

  it("remembers the version that is imported", async () => {
    const home = version1();
    await expect(importList(home, readingOf("b", rowsOf("b")), { ...importOptions, version: "2026-02" })).rejects.toMatchObject({ code: "list-refused", message: expect.stringContaining("older version than 2026-03") });
    expect((await importList(home, readingOf("a", rowsOf("a")), { ...importOptions, version: "2026-03" })).outcome).toBe("restored");
    expect((await importList(home, readingOf("b", rowsOf("b")), { ...importOptions, version: "2026-04" })).outcome).toBe("replaced");
  });

  it("stays as it is when a row is not as it was written", () => {
    const home = version1((database) => database.exec("UPDATE list SET description = replace(description, 'notable', 'known')"));
    for (let attempt = 0; attempt < 2; attempt++) expect(() => openCatalog(home)).toThrow(expect.objectContaining({ code: "reference-damaged" }));
    expect(versionOf(home)).toBe(1);
  });
});
