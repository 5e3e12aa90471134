import Database from "better-sqlite3";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Entry, EntryKind } from "../../src/model.ts";
import type { RecordDatabase } from "../../src/record/database.ts";
import { keysInOrder } from "../../src/record/key-order.ts";
import type { ReadingOrder } from "../../src/record/record.ts";
import { schemaStatements, schemaVersion } from "../../src/record/schema.ts";
import { mostFoundBytes, writePlanRows } from "../../src/record/write-plan.ts";
import { entry } from "./sample-case.ts";

function emptyRecord(): RecordDatabase {
  const database = new Database(":memory:");
  database.defaultSafeIntegers(true);
  for (const statement of schemaStatements(schemaVersion)) database.exec(statement);
  return database;
}

/** The plan's body and rows, and how often a row was written into the table that puts them in order. */
function planOf(entries: readonly Entry[], order: ReadingOrder | undefined, mostBytes: number): { readonly body: unknown; readonly rows: readonly unknown[]; readonly tables: number } {
  const database = emptyRecord();
  try {
    const statements: string[] = [];
    const exec = database.exec.bind(database);
    database.exec = (statement) => {
      statements.push(statement);
      return exec(statement);
    };
    const body = writePlanRows(database, entries, () => 1, order, mostBytes);
    expect(database.prepare("SELECT name FROM sqlite_master WHERE name LIKE 'found%'").all()).toEqual([]);
    return { body, rows: database.prepare("SELECT * FROM plan ORDER BY no").raw(true).all(), tables: statements.filter((statement) => statement.startsWith("CREATE TABLE found")).length };
  } finally {
    database.close();
  }
}

// Few values of each, so that there are many ties; of numbers also those that 64 bits do not hold.
const wide = fc.constantFrom(0n, 1n, 2n, -1n, 2n ** 63n - 1n, 2n ** 63n, 2n ** 64n - 1n, 2n ** 80n, -(2n ** 70n));
const drawnEntry = fc
  .record({
    path: fc.oneof(fc.uint8Array({ maxLength: 3, max: 2 }), fc.uint8Array({ maxLength: 40 })),
    kind: fc.constantFrom<EntryKind>("file", "file", "file", "link", "folder"),
    sizeBytes: fc.constantFrom(0, 5, 2 ** 30 - 1, 2 ** 30, 2 ** 30 + 1, 2 ** 33, Number.MAX_SAFE_INTEGER),
    device: wide,
    inode: wide,
    links: fc.constantFrom(1, 2, 3),
    mode: fc.constantFrom(0o100644, 0o100600),
    modifiedNs: wide,
    changedNs: fc.constantFrom(1n, 2n ** 64n),
    accessedNs: wide,
    createdNs: wide,
    unread: fc.constantFrom(null, "not-listed" as const),
    errorCode: fc.constantFrom(null, "EIO", "EACCES"),
  })
  .map((facts): Entry => entry(facts.path, facts));
// Names of one file: an entry under further paths, wherever the walk comes upon them.
const drawnEntries = fc
  .array(fc.record({ one: drawnEntry, names: fc.array(fc.uint8Array({ maxLength: 4, max: 3 }), { maxLength: 4 }) }), { maxLength: 25 })
  .chain((drawn) => {
    const all = drawn.flatMap(({ one, names }) => [one, ...names.map((path) => ({ ...one, path }))]);
    return fc.shuffledSubarray(all, { minLength: all.length });
  });

describe("the order of the plan", () => {
  it("is the same row by row in memory and by a table, wherever the memory ends", () => {
    const drawn = fc.tuple(drawnEntries, fc.constantFrom("inode", "path", null), fc.constantFrom(1, 400, 1500));
    fc.assert(
      fc.property(drawn, ([entries, within, mostBytes]) => {
        const order: ReadingOrder | undefined = within === null ? undefined : { within, classOf: ({ path }) => path.length % 3 };
        const inMemory = planOf(entries, order, mostFoundBytes);
        const byTable = planOf(entries, order, mostBytes);
        expect([inMemory.tables, inMemory.rows.length]).toEqual([0, entries.length]);
        if (mostBytes === 1 && entries.length > 0) expect(byTable.tables).toBe(1);
        expect(byTable.body).toEqual(inMemory.body);
        expect(byTable.rows).toEqual(inMemory.rows);
      }),
      { numRuns: Number(process.env["PLAN_RUNS"] ?? 150) },
    );
  });

  it("is that of the bytes as SQLite compares them, for keys of any bytes that begin alike", () => {
    const part = fc.uint8Array({ maxLength: 6, max: 2 });
    const keys = fc.array(fc.oneof(part, fc.uint8Array({ maxLength: 12 }), part.map((end) => Buffer.concat([Buffer.alloc(70, 0xff), end]))), { maxLength: 200 });
    const database = new Database(":memory:");
    database.exec("CREATE TABLE keys (key BLOB NOT NULL, nth INTEGER NOT NULL)");
    const insert = database.prepare("INSERT INTO keys VALUES (?, ?)");
    fc.assert(
      fc.property(keys, (drawn) => {
        database.exec("DELETE FROM keys");
        drawn.forEach((key, nth) => insert.run(key, nth));
        const starts = Uint32Array.from([0, ...drawn.map(({ length }) => length)]);
        for (let nth = 1; nth < starts.length; nth++) starts[nth]! += starts[nth - 1]!;
        const order = keysInOrder({ bytes: Buffer.concat(drawn), starts, count: drawn.length });
        expect([...order]).toEqual(database.prepare("SELECT nth FROM keys ORDER BY key, nth").pluck(true).all());
      }),
      { numRuns: 200 },
    );
    database.close();
  });

  it("takes keys that part one by one, thousands of bytes long", () => {
    const longest = 6000;
    const lengthOf = (nth: number): number => (nth * 7919) % longest;
    const starts = new Uint32Array(longest + 1);
    for (let nth = 0; nth < longest; nth++) starts[nth + 1] = starts[nth]! + lengthOf(nth);
    const order = keysInOrder({ bytes: new Uint8Array(starts[longest]!), starts, count: longest });
    expect(Array.from(order, lengthOf)).toEqual(Array.from({ length: longest }, (_, length) => length));
  });

  it.each([-1, 0.5, Number.NaN, 2 ** 32])("refuses %d as a class of reading", (odd) => {
    expect(() => planOf([entry("a")], { within: "path", classOf: () => odd }, mostFoundBytes)).toThrow(RangeError);
  });
});
