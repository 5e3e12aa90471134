import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { describe, expect, it } from "vitest";
import { Failure } from "../../src/failure.ts";
import { catalogOf } from "../../src/reference/catalog.ts";
import { importList } from "../../src/reference/import-list.ts";
import { temporaryFolder } from "../support/folder.ts";
import { digestFor, importOptions, key, listSha256, readingOf, referenceWith } from "./synthetic-list.ts";

const folder = temporaryFolder();
let homes = 0;
const newHome = (): string => join(folder, String(homes++));
const rows = [referenceWith({ md5: digestFor("md5", 1) })];

async function homeWith(...lists: readonly (readonly [content: string, agency: string, name: string])[]): Promise<string> {
  const home = newHome();
  for (const [content, agency, name] of lists) await importList(home, readingOf(content, rows), { ...importOptions, agency, name });
  return home;
}

function find(home: string, selector: string): string | Failure {
  try {
    const { agency, name } = catalogOf(home, null).find(selector);
    return `${agency}/${name}`;
  } catch (thrown) {
    if (thrown instanceof Failure) return thrown;
    throw thrown;
  }
}

function altered(home: string, sql: string): void {
  const database = new Database(join(home, "catalog.sqlite"));
  database.exec(sql);
  database.close();
}

const damaged = expect.objectContaining({ code: "reference-damaged" });

describe("the catalog", () => {
  it("lists nothing where none was begun yet, and looking makes none", () => {
    const home = join(newHome(), "deep", "home");
    for (const at of [null, key]) expect(catalogOf(home, at)).toMatchObject({ lists: [], dropped: [] });
    expect(existsSync(home)).toBe(false);
  });

  it("finds a list by its name, its agency and name, and the beginning of its SHA-256 in either case", async () => {
    const home = await homeWith(["a", "One", "stills"], ["b", "Two", "videos"]);
    for (const selector of ["videos", "Two/videos", listSha256("b"), listSha256("b").slice(0, 8), listSha256("b").slice(0, 12).toUpperCase()]) expect(find(home, selector)).toBe("Two/videos");
  });

  it("finds nothing by fewer than eight digits, a part of a name, or nothing, and names what there is", async () => {
    const home = await homeWith(["a", "One", "stills"], ["b", "Two", "videos"]);
    for (const selector of [listSha256("b").slice(0, 7), "vid", "Two", "", "Videos", "0".repeat(8)]) {
      const failure = find(home, selector);
      expect(failure).toMatchObject({ code: "list-unknown", message: expect.stringContaining(`One/stills 1 (${listSha256("a").slice(0, 12)}), Two/videos 1`) });
    }
    expect(find(newHome(), "stills")).toMatchObject({ code: "list-unknown", message: expect.stringContaining("expected one to be imported first") });
  });

  it("asks which one is meant when two have the name, and names only these", async () => {
    const home = await homeWith(["a", "One", "stills"], ["b", "Two", "stills"], ["c", "Three", "videos"]);
    const failure = find(home, "stills");
    expect(failure).toMatchObject({ code: "list-unknown", message: expect.stringMatching(/found 2 lists .*One\/stills .*Two\/stills/) });
    expect((failure as Failure).message).not.toContain("Three");
    expect(find(home, "Two/stills")).toBe("Two/stills");
  });

  it("refuses a file that is no database, and one that is cut or overwritten", async () => {
    const home = newHome();
    mkdirSync(home);
    writeFileSync(join(home, "catalog.sqlite"), "synthetic ".repeat(1000));
    expect(() => catalogOf(home, null)).toThrow(damaged);
    const other = await homeWith(["a", "One", "stills"]);
    const bytes = readFileSync(join(other, "catalog.sqlite"));
    writeFileSync(join(other, "catalog.sqlite"), bytes.subarray(0, bytes.length - 4096));
    expect(() => catalogOf(other, null)).toThrow(damaged);
    writeFileSync(join(other, "catalog.sqlite"), bytes.fill(0xa5, 4096));
    expect(() => catalogOf(other, null)).toThrow(damaged);
    writeFileSync(join(other, "catalog.sqlite"), "");
    expect(() => catalogOf(other, null)).toThrow(damaged);
  });

  it("refuses a newer schema, older ones, and another program's database", async () => {
    for (const sql of ["PRAGMA user_version = 5", "PRAGMA user_version = 3", "PRAGMA user_version = 1", "PRAGMA user_version = 0", "PRAGMA application_id = 7"]) {
      const home = await homeWith(["a", "One", "stills"]);
      altered(home, sql);
      expect(() => catalogOf(home, null), sql).toThrow(damaged);
    }
  });

  it("refuses a row that is not as it was written", async () => {
    for (const sql of ["UPDATE list SET description = replace(description, 'alert', 'ignore')", "UPDATE list SET name = 'other'", "UPDATE list SET segmentSha256 = 'x'"]) {
      const home = await homeWith(["a", "One", "stills"]);
      altered(home, sql);
      expect(() => catalogOf(home, null), sql).toThrow(damaged);
    }
  });

  it("says so when the folder cannot be used", async () => {
    const home = newHome();
    writeFileSync(home, "a file");
    for (const place of [home, join(home, "below")]) await expect(importList(place, readingOf("a", rows), importOptions)).rejects.toMatchObject({ code: "usage" });
  });
});
