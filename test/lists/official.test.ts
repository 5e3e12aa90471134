import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Sqlite from "better-sqlite3";
import { beforeEach, describe, expect, it } from "vitest";
import { Failure } from "../../src/failure.ts";
import { heldReferences } from "../../src/lists/held-references.ts";
import { type ListOptions, openList } from "../../src/lists/read-list.ts";
import { builtInScales } from "../../src/lists/built-in-scales.ts";
import type { Reference } from "../../src/model.ts";

const fixtures = new URL("../../fixtures/lists/", import.meta.url).pathname;
const scaleNamed = (name: string): ListOptions["scale"] => builtInScales.find(({ scale }) => scale === name)!;
const scale = scaleNamed("vic-us");
let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "official-"));
  return () => rmSync(folder, { recursive: true });
});

async function readWhole(path: string, options: Partial<ListOptions> = {}) {
  const list = await openList(path, { scale, acceptUnsigned: "drawn for a test", ...options } as ListOptions);
  const references: Reference[] = [];
  for await (const run of list.references()) references.push(...run);
  return { references, ...list.finish() };
}
async function refused(work: Promise<unknown>): Promise<string> {
  const thrown = await work.catch((error: unknown) => error);
  expect(thrown).toBeInstanceOf(Failure);
  expect((thrown as Failure).code).toBe("list-refused");
  return (thrown as Failure).message;
}

const sql = "CREATE TABLE FILE (sha256 VARCHAR, sha1 VARCHAR, md5 VARCHAR, file_size INTEGER, package_id INTEGER, PRIMARY KEY (sha256, sha1, md5, package_id));";
const hexOf = (no: number, digits: number): string => (no + 0x1234567).toString(16).toUpperCase().repeat(digits).slice(0, digits);
function database(rows: number, pragma = "journal_mode = DELETE"): string {
  const path = join(folder, "rds.db");
  const made = new Sqlite(path);
  made.pragma(pragma);
  made.exec(sql);
  const insert = made.prepare("INSERT INTO FILE VALUES (?, ?, ?, ?, ?)");
  made.transaction(() => {
    for (let no = 0; no < rows; no++) for (const copy of [1, 2]) insert.run(hexOf(no, 64), hexOf(no, 40), hexOf(no, 32), no + 1, copy);
  })();
  made.close();
  return path;
}

describe("an RDS 3 database on disk", () => {
  it("is read where it lies, its files of equal digests once, and hashed", async () => {
    const path = database(3000);
    const { references, counts, sizeBytes } = await readWhole(path, { kind: "known" });
    expect(references).toHaveLength(3000);
    expect(new Set(references.map(({ digests }) => Buffer.from(digests.md5!).toString("hex").toUpperCase())).has(hexOf(2999, 32))).toBe(true);
    expect([counts.rowsRead, counts.rowsLoaded]).toEqual([3000, 3000]);
    expect(sizeBytes).toBeGreaterThan(500_000);
  });

  it("in WAL mode is read from memory, and nothing is written beside it", async () => {
    const path = database(10, "journal_mode = WAL");
    expect((await readWhole(path, { kind: "known" })).references).toHaveLength(10);
  });

  it("is refused when a journal lies beside it, when it was cut, and when pages are damaged", async () => {
    const path = database(3000);
    const whole = (await import("node:fs")).readFileSync(path);
    writeFileSync(`${path}-journal`, "x");
    expect(await refused(readWhole(path, { kind: "known" }))).toContain(":1: found a journal file beside it");
    rmSync(`${path}-journal`);
    writeFileSync(path, whole.subarray(0, whole.length - 4096));
    expect(await refused(readWhole(path, { kind: "known" }))).toContain(":1: found the end of the file before that of the database");
    const damaged = Buffer.from(whole);
    damaged.fill(0xff, 4096 * 20, 4096 * 60);
    writeFileSync(path, damaged);
    expect(await refused(readWhole(path, { kind: "known" }))).toMatch(/found a database that cannot be/);
  });

  it("is refused as notable, and when nobody states what it is", async () => {
    const path = database(1);
    expect(await refused(readWhole(path, { kind: "notable" }))).toContain("format nsrl-rds3 to be imported as notable, expected kind known");
    expect(await refused(readWhole(path))).toContain("a kind that was not stated");
    expect(await refused(readWhole(join(fixtures, "nsrl-rds2/valid-NSRLFile.txt"), { kind: "notable" }))).toContain("format nsrl-rds2");
    expect((await readWhole(join(fixtures, "nsrl-rds2/valid-NSRLFile.txt"), { kind: "known" })).references).toHaveLength(3);
  });
});

describe("records that the list takes back", () => {
  it("are counted as refused and not loaded", async () => {
    const { references, counts } = await readWhole(join(fixtures, "ncmec-xml/valid-taken-back.xml"), { scale: scaleNamed("ncmec-industry") });
    expect(references.map(({ recordId }) => recordId)).toEqual(["43/i-1", "42/i-1", "42/i-2"]);
    expect([counts.rowsRead, counts.rowsLoaded, counts.refused]).toEqual([4, 3, { retracted: 1 }]);
  });

  it("are all earlier ones of the key and none later, and more than the cap is refused", () => {
    const place = { file: "list", line: 9 };
    const row = (recordId: string): Reference => ({ where: "line 1", recordId, category: null, digests: { md5: Buffer.alloc(16, 7) }, pdqQuality: null, sizeBytes: null, unmatchable: [] });
    const held = heldReferences(4);
    held.hold("a", row("1"), place);
    held.hold("a", row("2"), place);
    held.hold("b", row("3"), place);
    held.retract("a");
    held.retract("c");
    held.hold("a", row("4"), place);
    expect([...held.runs()].flat().map(({ recordId, retracted }) => [recordId, retracted === true])).toEqual([["1", true], ["2", true], ["3", false], ["4", false]]);
    expect(() => held.hold("d", row("5"), place)).toThrow("list:9: found more than 4 records");
  });
});

describe("fields that may point at victims", () => {
  const path = join(fixtures, "vics/valid-2.0-sensitive-kept.json");
  it("are not in a reference unless they are asked for", async () => {
    const { references } = await readWhole(path);
    expect(references.some((reference) => "series" in reference || "tags" in reference)).toBe(false);
    expect((await readWhole(path, { keepSensitive: true })).references[0]).toMatchObject({ series: ["SYN one"], tags: ["#a, b"] });
  });

  it.each(["vics/valid-2.0-cases.json", "vics/valid-2.0-cases-above-1-mib.json", "vics/valid-2.0-sensitive-dropped.json"])("and whatever else a case tells are nowhere in what is read of %s", async (name) => {
    const { references } = await readWhole(join(fixtures, name));
    expect(references.length).toBeGreaterThan(0);
    expect(JSON.stringify(references)).not.toMatch(/canary/i);
  });
});
