import { readdirSync } from "node:fs";
import { join } from "node:path";
import Sqlite from "better-sqlite3";
import { expect } from "vitest";
import { embeddedColumns, examinedColumns, matchColumns } from "../../src/record/schema.ts";
import { verifyRecord } from "../../src/record/verify-record.ts";

/** What a record came to, byte for byte as it is stored, without times and host facts: equal for any two runs of one scan. */
export function storedRows(caseFolder: string): unknown {
  const database = new Sqlite(join(caseFolder, "record.sqlite"), { readonly: true });
  try {
    const rows = (table: string, columns: readonly string[], order: string) => database.prepare(`SELECT ${columns.join()} FROM "${table}" ORDER BY ${order}`).raw().all();
    const bodies = (kind: string) => database.prepare<[string], { body: string }>("SELECT body FROM log WHERE kind = ? ORDER BY seq").all(kind).map(({ body }) => JSON.parse(body) as Readonly<Record<string, unknown>>);
    return {
      examined: rows("examined", examinedColumns, "entry"),
      embedded: rows("embedded", embeddedColumns, "entry, nth"),
      matches: rows("match", matchColumns, "entry, nth"),
      planned: bodies("planned").map(({ rowsSha256 }) => rowsSha256),
      closed: bodies("closed").map(({ resultsHead }) => resultsHead),
    };
  } finally {
    database.close();
  }
}

/** A finished case: sound, with the rows of the undisturbed run, one file that needs no other, its reports, and nothing besides. */
export function expectWhole(caseFolder: string, undisturbed: unknown): void {
  expect(readdirSync(caseFolder).sort()).toEqual(["record.sqlite", "report.csv", "report.html", "report.jsonl"]);
  expect(verifyRecord(caseFolder)).toEqual([]);
  expect(storedRows(caseFolder)).toEqual(undisturbed);
  const database = new Sqlite(join(caseFolder, "record.sqlite"), { readonly: true });
  expect(database.pragma("journal_mode", { simple: true })).toBe("delete");
  database.close();
}
