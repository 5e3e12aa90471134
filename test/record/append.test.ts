import { join } from "node:path";
import Database from "better-sqlite3";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type CryptographicAlgorithm, cryptographicAlgorithms, type Digests, type MatchedFinding, type PlannedEntry } from "../../src/model.ts";
import { openForWriting } from "../../src/record/database.ts";
import { createOrResumeRecord } from "../../src/record/open-record.ts";
import { openRecord } from "../../src/record/open-view.ts";
import type { RecordWriter } from "../../src/record/record.ts";
import { verifyRecord } from "../../src/record/verify-record.ts";
import { temporaryFolder } from "../support/folder.ts";
import { appendAll, digestsOf, entry, examined, header, match, nearMatch, newCases, opening, resultOf, sampleEntries } from "./sample-case.ts";

const newCase = newCases(temporaryFolder());

function started(count: number, folder = newCase()): { folder: string; writer: RecordWriter; results: MatchedFinding[] } {
  const { writer } = createOrResumeRecord(folder, opening());
  writer.writePlan(sampleEntries(count), () => 1);
  return { folder, writer, results: [...writer.batches()].flat().map((planned: PlannedEntry) => resultOf(planned)) };
}

function resultsHead(folder: string): string {
  const view = openRecord(folder);
  const heads = [...view.log()].flatMap((row) => (row.kind === "batch" || row.kind === "closed" ? [row.body.resultsHead] : []));
  view.close();
  return heads.at(-1) ?? "none";
}

const thumbnail = { name: "thumbnail", offsetBytes: 1, sizeBytes: 2, picture: { status: "hashed", widthPixels: 9, heightPixels: 9, codes: [] } } as const;

function digestsNamed(...names: readonly CryptographicAlgorithm[]): Digests {
  return Object.fromEntries(names.map((name) => [name, digestsOf("", 10)[name]])) as Record<"sha256", Uint8Array>;
}

describe("appending results", () => {
  const heads = new Map<string, string>();

  it("gives the same results head for the same results in any partition (REQ-52)", () => {
    const whole = started(60);
    whole.writer.append(whole.results);
    whole.writer.finish(1);
    const expected = resultsHead(whole.folder);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 60, maxLength: 60 }), (lengths) => {
        const { folder, writer, results } = started(60);
        for (const length of lengths) if (writer.nextEntry < 60) writer.append(results.slice(writer.nextEntry, writer.nextEntry + length));
        writer.finish(2);
        expect(resultsHead(folder)).toBe(expected);
      }),
      { numRuns: 15 },
    );
  });

  it("gives one head for these results, which nothing but another schema may change", () => {
    const { folder, writer } = started(700);
    appendAll(writer);
    writer.finish(1);
    expect(resultsHead(folder)).toBe("0ea50c6e3826bab0718d1159cf54fe56924f113159945d6261d4050f6c15afc0");
  });

  it.each<[string, (results: MatchedFinding[]) => MatchedFinding[]]>([
    ["an outcome", (results) => results.with(1, { finding: { outcome: "unread", no: 1, reason: "io", errorCode: "EIO" }, matches: [] })],
    ["a reason's code", (results) => results.with(1, { finding: { outcome: "unread", no: 1, reason: "io", errorCode: null }, matches: [] })],
    ["a digest", (results) => results.with(1, { finding: examined(2, { no: 1 }), matches: [] })],
    ["a media type", (results) => results.with(1, { finding: examined(1, { mediaType: "x/y" }), matches: [] })],
    ["a picture's width", (results) => results.with(1, { finding: examined(1, { picture: { status: "hashed", widthPixels: 1, heightPixels: 480, codes: [] } }), matches: [] })],
    ["a match more", (results) => results.with(1, { finding: examined(1), matches: [match()] })],
    ["a match's category", (results) => results.with(1, { finding: examined(1), matches: [match({ category: "2" })] })],
    ["a match's contradiction", (results) => results.with(1, { finding: examined(1), matches: [match({ contradictedBy: ["size"] })] })],
    ["a match's distance", (results) => results.with(1, { finding: examined(1), matches: [nearMatch({ distanceBits: 3 })] })],
  ])("gives another results head when %s differs", (name, change) => {
    const base = [0, 1, 2].map((no): MatchedFinding => ({ finding: examined(no), matches: [] }));
    const headOf = (results: MatchedFinding[]): string => {
      const folder = newCase();
      const { writer } = createOrResumeRecord(folder, opening());
      writer.writePlan(["a", "b", "c"].map((path, index) => entry(path, { inode: BigInt(index) })), () => 1);
      writer.append(results);
      writer.finish(1);
      return resultsHead(folder);
    };
    heads.set(headOf(base), "nothing");
    const head = headOf(change(base));
    expect(heads.get(head)).toBeUndefined();
    heads.set(head, name);
  });

  it.each<[string, (results: readonly MatchedFinding[]) => readonly MatchedFinding[], RegExp]>([
    ["none", () => [], /found 0 results from entry 10 on, expected 1 to 20/],
    ["more than are planned", (results) => [...results.slice(10), { finding: examined(30), matches: [] }], /found 21 results/],
    ["a gap", (results) => results.slice(11), /found a result of entry 11, expected entry 10/],
    ["a repetition", (results) => results.slice(9), /found 21 results|entry 9, expected entry 10/],
    ["a changed order", (results) => [results[11]!, results[10]!], /entry 11, expected entry 10/],
    ["a hole in the middle", (results) => [results[10]!, results[12]!], /entry 12, expected entry 11/],
    ["a match of an unknown list", () => [{ finding: examined(10), matches: [match({ list: 2 })] }], /match of list 2, expected below 2/],
    ["a digest too few", () => [{ finding: examined(10, { digests: digestsNamed("md5", "sha256", "blake3") }), matches: [] }], /entry 10: found the digests md5,sha256,blake3, expected md5,sha1,sha256,blake3/],
    ["a digest too few of a picture within a file", () => [{ finding: examined(10, { embedded: [{ ...thumbnail, digests: digestsNamed("sha256") }] }), matches: [] }], /found the digests sha256, expected md5/],
    ["a match of an entry without content", () => [{ finding: { outcome: "without-content", no: 10 }, matches: [match()] }], /matches of an entry that is without-content/],
  ])("refuses %s, with nothing written", (_, wrong, message) => {
    const { folder, writer, results } = started(30);
    writer.append(results.slice(0, 10));
    expect(() => writer.append(wrong(results))).toThrow(RangeError);
    expect(() => writer.append(wrong(results))).toThrow(message);
    expect(writer.nextEntry).toBe(10);
    writer.append(results.slice(10));
    writer.finish(1);
    expect(verifyRecord(folder)).toEqual([]);
  });

  it.each<[string, MatchedFinding]>([
    ["a digest of the wrong length", { finding: examined(12, { digests: { ...digestsOf("", 12), md5: new Uint8Array(15) } }), matches: [] }],
    ["a near match without a distance", { finding: examined(12), matches: [nearMatch({ distanceBits: null })] }],
    ["a match without an algorithm", { finding: examined(12), matches: [match({ algorithms: [] })] }],
  ])("rolls a batch back that holds %s, and goes on", (_, wrong) => {
    const { folder, writer, results } = started(30);
    writer.append(results.slice(0, 10));
    expect(() => writer.append([...results.slice(10, 12), wrong, ...results.slice(13)])).toThrow(/constraint/);
    expect(writer.nextEntry).toBe(10);
    writer.append(results.slice(10));
    writer.finish(1);
    expect(verifyRecord(folder)).toEqual([]);
    const undisturbed = started(30);
    undisturbed.writer.append(undisturbed.results);
    undisturbed.writer.finish(1);
    expect(resultsHead(folder)).toBe(resultsHead(undisturbed.folder));
  });

  it("holds nothing in the place of a digest that was not computed, and refuses one that was not asked for", () => {
    const asked = (...digests: readonly CryptographicAlgorithm[]) => opening({ header: { ...header, options: { ...header.options, digests } } });
    const folder = newCase();
    const { writer } = createOrResumeRecord(folder, asked("sha1", "sha256"));
    writer.writePlan([entry("a"), entry("b", { inode: 2n })], () => 1);
    expect(() => writer.append([{ finding: examined(0), matches: [] }])).toThrow(/entry 0: found the digests md5,sha1,sha256,blake3, expected sha1,sha256/);
    const digests = digestsNamed("sha1", "sha256");
    writer.append([{ finding: examined(0, { digests, embedded: [{ ...thumbnail, digests }] }), matches: [] }, { finding: { outcome: "unread", no: 1, reason: "io", errorCode: null }, matches: [] }]);
    writer.finish(1);
    expect(verifyRecord(folder)).toEqual([]);
    const view = openRecord(folder);
    const rows = [...view.entries()];
    expect(view.header.options.digests).toEqual(["sha1", "sha256"]);
    expect(rows.map((row) => Object.keys(row.digests))).toEqual([["sha1", "sha256"], []]);
    expect(rows[0]!.embedded.map((part) => Object.keys(part.digests))).toEqual([["sha1", "sha256"]]);
    view.close();
    const database = openForWriting(folder);
    expect(database.prepare("SELECT md5, blake3 FROM examined UNION SELECT md5, blake3 FROM embedded").all()).toEqual([{ md5: null, blake3: null }]);
    for (const statement of ["INSERT INTO examined (entry, outcome, md5) VALUES (5, 'examined', zeroblob(16))", "INSERT INTO examined (entry, outcome, reason, md5) VALUES (5, 'unread', 'io', zeroblob(16))"])
      expect(() => database.exec(statement)).toThrow(/CHECK/);
    expect(() => database.exec("INSERT INTO embedded (entry, nth, name, offsetBytes, sizeBytes, md5, pictureStatus, widthPixels, heightPixels) VALUES (0, 7, 'thumbnail', 0, 1, zeroblob(16), 'hashed', 1, 1)")).toThrow(/CHECK/);
    database.close();
  });

  it("gives another results head where a digest was not computed than where it was, whatever its value", () => {
    const heads = [[], ["md5"], ["blake3"], ["md5", "blake3"]].map((more) => {
      const names = cryptographicAlgorithms.filter((name) => name === "sha256" || more.includes(name));
      const folder = newCase();
      const { writer } = createOrResumeRecord(folder, opening({ header: { ...header, options: { ...header.options, digests: names } } }));
      writer.writePlan([entry("a")], () => 1);
      writer.append([{ finding: examined(0, { digests: { ...digestsNamed(...names), ...(more.includes("md5") ? { md5: new Uint8Array(16) } : {}) }, embedded: [] }), matches: [] }]);
      writer.finish(1);
      return resultsHead(folder);
    });
    expect(new Set(heads).size).toBe(4);
  });

  it("orders the matches of an entry by list and reference", () => {
    const folder = newCase();
    const { writer } = createOrResumeRecord(folder, opening());
    writer.writePlan([entry("a")], () => 1);
    writer.append([{ finding: examined(0), matches: [match({ list: 1, reference: 10 }), match({ reference: 9 }), match({ list: 1, reference: 9 }), match({ reference: 10 })] }]);
    writer.finish(1);
    const view = openRecord(folder);
    expect([...view.matches()].map(({ number, list, reference }) => [number, list, reference])).toEqual([[1, 0, 9], [2, 0, 10], [3, 1, 9], [4, 1, 10]]);
    view.close();
  });

  it("keeps names of records that hold no proper Unicode, and verifies", () => {
    const folder = newCase();
    const { writer } = createOrResumeRecord(folder, opening());
    writer.writePlan([entry("a")], () => 1);
    writer.append([{ finding: examined(0), matches: [match({ recordId: "a\ud800\u0000", category: "\udfff\"" })] }]);
    writer.finish(1);
    const view = openRecord(folder);
    expect([...view.matches()].map(({ recordId, category }) => [recordId, category])).toEqual([["a\ufffd\u0000", '\ufffd"']]);
    expect(view.totals().entriesMatched.any).toBe(1);
    view.close();
    expect(verifyRecord(folder)).toEqual([]);
  });

  it("needs a plan, and ends with every entry having its row", () => {
    const folder = newCase();
    const { writer } = createOrResumeRecord(folder, opening());
    expect(() => writer.append([{ finding: examined(0), matches: [] }])).toThrow(RangeError);
    expect(() => writer.finish(1)).toThrow("expected a plan");
    writer.writePlan(sampleEntries(30), () => 1);
    expect(() => writer.finish(1)).toThrow("found 0 result rows, expected 30");
    appendAll(writer);
    writer.finish(1);
    expect(writer.closed).toBe(true);
    expect(() => writer.log("warning", { message: "late" })).toThrow("finished");
    expect(() => appendAll(writer)).toThrow();
    writer.release();
    writer.release();
  });

  it("writes the rows that belong to it only by itself", () => {
    const { writer } = createOrResumeRecord(newCase(), opening());
    expect(() => writer.log("closed", { resultsHead: "", elapsedMs: 1 })).toThrow(RangeError);
    expect(() => writer.log("batch", { firstEntry: 0, lastEntry: 0, matches: 0, resultsHead: "" })).toThrow(RangeError);
    writer.release();
  });

  it("closes an exhibit without a single entry", () => {
    const folder = newCase();
    const { writer } = createOrResumeRecord(folder, opening());
    writer.writePlan([], () => 1);
    expect([...writer.batches()]).toEqual([]);
    writer.finish(1);
    expect(verifyRecord(folder)).toEqual([]);
    const view = openRecord(folder);
    expect(view.complete).toBe(true);
    view.close();
  });
});

describe("a record is append-only", () => {
  const { folder, writer, results } = started(30);
  writer.append(results.slice(0, 20));
  writer.release();

  it.each([
    ...["plan", "examined", "match", "log"].flatMap((table) => [`UPDATE "${table}" SET kind = kind`.replace('"examined" SET kind = kind', '"examined" SET reason = reason'), `DELETE FROM "${table}"`]),
    "INSERT OR REPLACE INTO examined SELECT * FROM examined WHERE entry = 3",
    'INSERT OR REPLACE INTO "match" SELECT * FROM "match"',
    "INSERT OR REPLACE INTO log SELECT * FROM log WHERE seq = 1",
    "UPDATE OR REPLACE plan SET no = 5 WHERE no = 6",
  ])("refuses %s", (statement) => {
    const database = openForWriting(folder);
    expect(() => database.exec(statement)).toThrow("the record is append-only");
    database.close();
    expect(verifyRecord(folder)).toEqual([]);
  });

  it("also through another program", () => {
    const database = new Database(join(folder, "record.sqlite"));
    expect(() => database.exec("DELETE FROM examined WHERE entry = 19")).toThrow("the record is append-only");
    expect(() => database.exec("UPDATE log SET body = '{}'")).toThrow("the record is append-only");
    database.close();
  });

  it("and what is acknowledged is on the medium: write-ahead log, synced at each commit, no temporary file", () => {
    const database = openForWriting(folder);
    const setting = (name: string): string => String(database.pragma(name, { simple: true }));
    expect([setting("journal_mode"), setting("synchronous"), setting("foreign_keys"), setting("temp_store"), setting("recursive_triggers")]).toEqual(["wal", "3", "1", "2", "1"]);
    database.close();
  });
});
