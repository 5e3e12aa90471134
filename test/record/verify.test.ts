import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Failure } from "../../src/failure.ts";
import { canonicalBytes, emptyHead, sha256 } from "../../src/record/canonical.ts";
import { createOrResumeRecord } from "../../src/record/open-record.ts";
import { openRecord } from "../../src/record/open-view.ts";
import { embeddedColumns, examinedColumns, logColumns, matchColumns, planColumns } from "../../src/record/schema.ts";
import { verifyRecord } from "../../src/record/verify-record.ts";
import { alterRecord } from "../support/altered-record.ts";
import { temporaryFolder } from "../support/folder.ts";
import { appendAll, examined, match, newCases, opening, sampleEntries } from "./sample-case.ts";

const newCase = newCases(temporaryFolder());

const finished = newCase();
{
  const { writer } = createOrResumeRecord(finished, opening());
  writer.writePlan(sampleEntries(300), () => 3);
  appendAll(writer);
  writer.finish(12);
}

function copied(): { folder: string; file: string } {
  const folder = newCase();
  mkdirSync(folder);
  const file = join(folder, "record.sqlite");
  copyFileSync(join(finished, "record.sqlite"), file);
  return { folder, file };
}

/** Alters a copy past its triggers, which are as before afterwards. */
function altered(...statements: string[]): string {
  const { folder } = copied();
  alterRecord(folder, ...statements);
  return folder;
}

/** What a reader sees of a record, as text. */
function seen(folder: string): string {
  const view = openRecord(folder);
  try {
    const parts = [view.header, view.lists, view.complete, view.chain, view.totals(), [...view.entries()], [...view.matches()], [...view.unread()], [...view.log()]];
    return JSON.stringify(parts, (_, value: unknown) => (typeof value === "bigint" ? String(value) : value));
  } finally {
    view.close();
  }
}

const columns = [
  ...planColumns.map((column) => ["plan", column] as const),
  ...examinedColumns.map((column) => ["examined", column] as const),
  ...embeddedColumns.map((column) => ["embedded", column] as const),
  ...matchColumns.map((column) => ["match", column] as const),
  ...logColumns.map((column) => ["log", column] as const),
];

/** The columns of a match as one of another entry. */
function matchOf(entry: string): string {
  return matchColumns.join().replace("entry", entry);
}

interface StoredLogRow {
  readonly seq: number;
  readonly at: string;
  readonly kind: string;
  readonly body: string;
  readonly prev: Uint8Array;
  readonly hash: Uint8Array;
}

function hashed(row: StoredLogRow, prev: Uint8Array): StoredLogRow {
  return { ...row, prev, hash: sha256(canonicalBytes([row.seq, row.at, row.kind, row.body, prev])) };
}

function chained(rows: readonly StoredLogRow[]): StoredLogRow[] {
  const forged: StoredLogRow[] = [];
  for (const row of rows) forged.push(hashed(row, forged.at(-1)?.hash ?? emptyHead));
  return forged;
}

describe("verifying a record", () => {
  it("finds nothing in a record that nobody touched, finished or not", () => {
    expect(verifyRecord(finished)).toEqual([]);
    const folder = newCase();
    const { writer } = createOrResumeRecord(folder, opening());
    expect(verifyRecord(folder)).toEqual([]);
    writer.writePlan(sampleEntries(300), () => 3);
    expect(verifyRecord(folder)).toEqual([]);
    const [batch] = [...writer.batches()];
    writer.append(batch!.slice(0, 7).map(({ no }) => ({ finding: examined(no), matches: [] })));
    expect(verifyRecord(folder)).toEqual([]);
    writer.release();
  });

  it.each(columns)("finds one altered value of %s.%s", (table, column) => {
    const change = { BLOB: `zeroblob(length(coalesce(${column}, zeroblob(16))))`, TEXT: `coalesce(${column}, '') || 'x'`, INTEGER: `coalesce(${column}, 0) + 100000`, ANY: `${column} + 1` };
    const types = new Database(join(finished, "record.sqlite"), { readonly: true });
    const type = types.prepare("SELECT type FROM pragma_table_info(?) WHERE name = ?").pluck().get(table, column) as keyof typeof change;
    types.close();
    const where = table === "match" || table === "embedded" ? `(entry, nth) = (SELECT entry, nth FROM "${table}" LIMIT 1 OFFSET 9)` : `rowid = ${table === "log" ? 3 : 40}`;
    const folder = altered(`UPDATE "${table}" SET ${column} = ${change[type]} WHERE ${where}`);
    const found = verifyRecord(folder);
    expect(found).not.toEqual([]);
    for (const { where: place, found: one, expected } of found) expect([place, one === expected]).toEqual([place, false]);
  });

  it.each([
    ["a result less", "DELETE FROM examined WHERE entry = 299", /rows of examined|rows$/],
    ["a match less", `DELETE FROM "match" WHERE entry = (SELECT max(entry) FROM "match")`, /matches/],
    ["a match moved to another entry", `UPDATE "match" SET entry = 1, nth = 0 WHERE (entry, nth) = (SELECT entry, nth FROM "match" ORDER BY entry LIMIT 1 OFFSET 3)`, /head/],
    ["a match of an entry beyond all batches", `INSERT INTO "match" SELECT ${matchOf("300")} FROM "match" LIMIT 1`, /^rows that refer to no row\nrows of match$/],
    ["a match of no entry", `INSERT INTO "match" SELECT ${matchOf("-1")} FROM "match" LIMIT 1`, /^rows that refer to no row\nrows of match$/],
    ["a match before the others of its entry", `INSERT INTO "match" SELECT ${matchColumns.join().replace("nth", "-1")} FROM "match" LIMIT 1`, /^results of entries 0 to 33, matches\nresults of entries 0 to 33, head$/],
    ["a picture within an entry less", "DELETE FROM embedded WHERE entry = 9", /head\nrows of embedded$|head$/],
    ["an entry less", "DELETE FROM plan WHERE no = 299", /plan, entries/],
    ["an entry more", "INSERT INTO plan SELECT 300, sameAs, path, kind, sizeBytes, device, inode, links, mode, modifiedNs, changedNs, accessedNs, createdNs, unread, errorCode FROM plan WHERE no = 299", /plan, entries/],
    ["two results exchanged", "UPDATE examined SET entry = entry + 1000 WHERE entry IN (0, 1); UPDATE examined SET entry = 1001 - entry WHERE entry > 999", /head/],
    ["the end of the log cut off", "DELETE FROM log WHERE kind IN ('closed', 'batch') AND seq > 3", /rows of examined/],
  ])("finds %s", (_, statement, where) => {
    const found = verifyRecord(altered(statement));
    expect(found.map((one) => one.where).join("\n")).toMatch(where);
  });

  it.each<[string, (rows: StoredLogRow[]) => StoredLogRow[], RegExp]>([
    ["a log row forged with a hash that fits it", (rows) => [rows[0]!, hashed({ ...rows[1]!, at: "2020-01-01T00:00:00.000+00:00" }, rows[0]!.hash), ...rows.slice(2)], /^log row 3, link to the row before$/m],
    ["a log written anew with a number left out", (rows) => chained([rows[0]!, ...rows.slice(1).map((row) => ({ ...row, seq: row.seq + 1 }))]), /^log, number of a row$/m],
    ["a log written anew with a row left out", (rows) => chained(rows.filter(({ kind }) => kind !== "batch").map((row, index) => ({ ...row, seq: index + 1 }))), /^rows of examined$/m],
    ["a log written anew with a batch after the end", (rows) => chained([...rows, { ...rows.find(({ kind }) => kind === "batch")!, seq: rows.length + 1 }]), /kind$/m],
    ["a log written anew with a seal before the end", (rows) => chained([rows[0]!, ...rows.map((row, index) => (index === 0 ? { ...row, seq: 2, kind: "sealed", body: "{}" } : { ...row, seq: row.seq + 1 }))]), /^log row 2, kind$/m],
    ["a log written anew with a second beginning", (rows) => chained([rows[0]!, ...rows.map((row) => ({ ...row, seq: row.seq + 1 }))]), /^log row 2, kind$/m],
  ])("finds %s", (_, forge, where) => {
    const reader = new Database(join(finished, "record.sqlite"), { readonly: true });
    const rows = reader.prepare("SELECT * FROM log ORDER BY seq").all() as StoredLogRow[];
    reader.close();
    const folder = altered("DELETE FROM log");
    const writer = new Database(join(folder, "record.sqlite"));
    for (const { seq, at, kind, body, prev, hash } of forge(rows)) writer.prepare("INSERT INTO log VALUES (?, ?, ?, ?, ?, ?)").run(seq, at, kind, body, prev, hash);
    writer.close();
    expect(
      verifyRecord(folder)
        .map((one) => one.where)
        .join("\n"),
    ).toMatch(where);
  });

  it("passes over what belongs to no result, and counts all behind it", () => {
    const found = verifyRecord(altered("DELETE FROM examined WHERE entry = 9"));
    const embedded = found.find(({ where }) => where === "rows of embedded");
    expect(Number(embedded?.found) - Number(embedded?.expected)).toBe(1);
  });

  it("reads more matches of one entry than are in memory at a time, and misses one of them", () => {
    const folder = newCase();
    const { writer } = createOrResumeRecord(folder, opening());
    writer.writePlan(sampleEntries(5), () => 3);
    const matches = (count: number) => Array.from({ length: count }, (_, reference) => match({ reference }));
    writer.append([0, 2500, 0, 999, 1].map((count, no) => ({ finding: examined(no), matches: matches(count) })));
    writer.finish(1);
    expect(verifyRecord(folder)).toEqual([]);
    alterRecord(folder, `DELETE FROM "match" WHERE entry = 1 AND nth = 1700`);
    expect(verifyRecord(folder).map(({ where, found }) => [where, where.endsWith("matches") ? found : ""])).toEqual([
      ["results of entries 0 to 4, matches", "3499"],
      ["results of entries 0 to 4, head", ""],
    ]);
  });

  it("tells which batch an altered digest lies in, and that the others are whole", () => {
    const folder = newCase();
    const { writer } = createOrResumeRecord(folder, opening());
    writer.writePlan(sampleEntries(300), () => 3);
    for (let at = 0; at < 300; at += 100) writer.append(Array.from({ length: 100 }, (_, index) => ({ finding: examined(at + index), matches: [] })));
    writer.finish(1);
    const file = join(folder, "record.sqlite");
    const bytes = readFileSync(file);
    const digest = examined(142);
    const at = digest.outcome === "examined" ? bytes.indexOf(digest.digests.sha256!) : -1;
    bytes[at + 5]! ^= 1;
    writeFileSync(file, bytes);
    expect(verifyRecord(folder).map(({ where }) => where)).toEqual(["results of entries 100 to 199, head"]);
  });

  it("finds any edited byte of the file that alters what a reader sees (REQ-53)", () => {
    const original = readFileSync(join(finished, "record.sqlite"));
    const expected = seen(finished);
    let found = 0;
    let without = 0;
    fc.assert(
      fc.property(fc.oneof(fc.nat(original.length - 1), fc.nat(99)), fc.integer({ min: 1, max: 255 }), (at, bits) => {
        const { folder, file } = copied();
        const bytes = Buffer.from(original);
        bytes[at]! ^= bits;
        writeFileSync(file, bytes);
        try {
          if (verifyRecord(folder).length > 0) {
            found += 1;
            return;
          }
        } catch (thrown) {
          expect(thrown, `byte ${at}`).toBeInstanceOf(Failure);
          found += 1;
          return;
        }
        without += 1;
        expect(seen(folder), `byte ${at}`).toBe(expected);
      }),
      { numRuns: 250 },
    );
    expect(found).toBeGreaterThan(100);
    expect(without).toBeGreaterThan(0);
  });
});
