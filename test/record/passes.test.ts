import { createHash } from "node:crypto";
import { mkdirSync, copyFileSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { describe, expect, it } from "vitest";
import { Failure } from "../../src/failure.ts";
import { addPass } from "../../src/record/add-pass.ts";
import { codeVault, newCodesSeal } from "../../src/record/kept-codes.ts";
import { appendReportRow, createOrResumeRecord } from "../../src/record/open-record.ts";
import { openRecord } from "../../src/record/open-view.ts";
import type { RecordedFinding } from "../../src/record/pass-entries.ts";
import { schemaStatements } from "../../src/record/schema.ts";
import { verifyRecord } from "../../src/record/verify-record.ts";
import { temporaryFolder } from "../support/folder.ts";
import { codesKey, codesOf, finishedCase, header, keeping, laterLists, lists, newCases, newPass, opening, passFacts, reading, resultOf, resultWithCodes, sampleEntries } from "./sample-case.ts";

const newCase = newCases(temporaryFolder());
const count = 300;

const plain = finishedCase(newCase(), count);
const kept = finishedCase(newCase(), count, keeping(), resultWithCodes);

function copyOf(folder: string): string {
  const copy = newCase();
  mkdirSync(copy);
  copyFileSync(join(folder, "record.sqlite"), join(copy, "record.sqlite"));
  return copy;
}

const contentSha256 = (folder: string): string => createHash("sha256").update(readFileSync(join(folder, "record.sqlite"))).digest("hex");
const failureOf = (work: Promise<unknown>): Promise<unknown> => work.then(() => null, (thrown: unknown) => (thrown instanceof Failure ? thrown.code : thrown));

describe("a pass over a finished case", () => {
  it("asks about every examined entry with what was recorded of it, and is read back behind the scan's own", async () => {
    const folder = copyOf(plain);
    const before = reading(folder, (view) => [...view.matches()]);
    const asked: RecordedFinding[] = [];
    const pass = newPass();
    const added = await addPass(folder, opening(), { ...pass, match: (recorded) => (asked.push(recorded), pass.match(recorded)) });
    expect(added).toEqual({ state: "added", number: 2 });
    expect(verifyRecord(folder)).toEqual([]);
    expect(readdirSync(folder)).toEqual(["record.sqlite"]);
    reading(folder, (view) => {
      const examined = [...view.entries()].filter(({ outcome }) => outcome === "examined");
      expect(asked.map(({ finding, sizeBytes }) => [finding.no, sizeBytes, finding.digests, finding.embedded.map(({ name, offsetBytes, digests }) => ({ name, offsetBytes, digests }))])).toEqual(
        examined.map(({ no, sizeBytes, digests, embedded }) => [no, sizeBytes, digests, embedded.map(({ name, offsetBytes, digests: own }) => ({ name, offsetBytes, digests: own }))]),
      );
      const rows = [...view.matches()];
      expect(rows.slice(0, before.length)).toEqual(before);
      const later = rows.slice(before.length);
      expect(later.map(({ number, pass: of, list, entry, recordId }) => [number, of, list, entry.no, recordId])).toEqual(
        examined.filter(({ no }) => no % 10 === 0).flatMap(({ no }, index) => [0, 1].map((list) => [before.length + 2 * index + list + 1, 2, lists.length + list, no, `LATER-${list}`])),
      );
      expect([...view.matches(2)]).toEqual(later);
      expect([...view.matches(1)]).toEqual(before);
      expect(view.lists).toEqual([...lists, ...laterLists]);
      expect(view.passes.map(({ number, firstList, listCount, near, examiner }) => [number, firstList, listCount, near, examiner])).toEqual([
        [1, 0, 2, "no-codes-in-lists", "A. Examiner"],
        [2, 2, 2, "no-codes-in-lists", "B. Examiner"],
      ]);
      // Entries that match in both passes count once.
      const matched = new Set(rows.filter(({ list, category }) => view.lists[list]!.kind === "notable" && category !== "9").map(({ entry }) => entry.no));
      expect(view.totals().entriesMatched.any).toBe(matched.size);
      expect(view.totals().matches.filter(({ list }) => list >= 2).map(({ list, exact }) => [list, exact])).toEqual([2, 3].map((list) => [list, later.length / 2]));
      expect([...view.log()].at(-1)).toMatchObject({ kind: "pass", body: { pass: 2, entries: examined.length, matches: later.length, examiner: "B. Examiner", lists: laterLists } });
    });
  });

  it("with the same lists and options a second time changes nothing, in whatever order they come; with others it is a third", async () => {
    const folder = copyOf(plain);
    const scans = passFacts({ lists: lists.toReversed() });
    const before = contentSha256(folder);
    expect(await addPass(folder, opening(), newPass({ facts: scans }))).toEqual({ state: "same", number: 1 });
    expect(contentSha256(folder)).toBe(before);
    await addPass(folder, opening(), newPass());
    const once = contentSha256(folder);
    expect(await addPass(folder, opening(), newPass({ facts: passFacts({ lists: laterLists.toReversed(), examiner: "C" }) }))).toEqual({ state: "same", number: 2 });
    expect(contentSha256(folder)).toBe(once);
    for (const near of ["switched-off", "no-codes-kept", "compared-earlier"] as const) expect(await addPass(folder, opening(), newPass({ facts: passFacts({ near }) }))).toEqual({ state: "same", number: 2 });
    expect(contentSha256(folder)).toBe(once);
    const later = { ...header.versions, blindmatch: "0.2.0" };
    const otherKernel = { ...header.versions, "near kernel": "ab" };
    const others = [{ lists: [laterLists[0]!] }, { options: { nearDistanceBits: 30, leastQuality: 50, nearThresholds: {} } }, { versions: later }, { versions: otherKernel }];
    expect(await addPass(folder, opening(), newPass({ facts: passFacts({ versions: { ...header.versions, node: "99" } }) }))).toEqual({ state: "same", number: 2 });
    for (const [index, facts] of others.map(passFacts).entries())
      expect(await addPass(folder, opening(), newPass({ facts, match: async () => [] }))).toEqual({ state: "added", number: index + 3 });
    expect(verifyRecord(folder)).toEqual([]);
  });

  it("that is interrupted, or that fails, leaves the record as it was", async () => {
    const folder = copyOf(plain);
    const before = contentSha256(folder);
    const controller = new AbortController();
    const pass = newPass({ interrupt: controller.signal });
    const interrupted = addPass(folder, opening(), { ...pass, match: (recorded) => (recorded.finding.no > 150 && controller.abort(), pass.match(recorded)) });
    expect(await interrupted).toEqual({ state: "interrupted" });
    await expect(addPass(folder, opening(), { ...pass, match: async () => { throw new Error("no list"); } })).rejects.toThrow("no list");
    const unknown = newPass({ facts: passFacts({ lists: [laterLists[0]!] }) });
    await expect(addPass(folder, opening(), unknown)).rejects.toThrow(RangeError);
    expect(contentSha256(folder)).toBe(before);
    expect(readdirSync(folder)).toEqual(["record.sqlite"]);
  });

  it("is refused for a scan that has not ended, and while another program reads at its end", async () => {
    const partial = newCase();
    const { writer } = createOrResumeRecord(partial, opening());
    writer.writePlan(sampleEntries(30), () => 1);
    writer.release();
    expect(await failureOf(addPass(partial, opening(), newPass()))).toBe("record-partial");
    const folder = copyOf(plain);
    const reader = openRecord(folder);
    expect(await failureOf(addPass(folder, opening(), newPass()))).toBe("record-locked");
    reader.close();
    expect(await addPass(folder, opening(), newPass())).toEqual({ state: "added", number: 2 });
  }, 30_000);
});

describe("kept codes", () => {
  it("are handed to a pass as they were computed, and to one without near comparison not at all", async () => {
    const folder = copyOf(kept);
    const asked: RecordedFinding[] = [];
    await addPass(folder, opening(), newPass({ facts: passFacts({ near: "compared" }), match: async (recorded) => (asked.push(recorded), []) }));
    const pictures = asked.filter(({ finding }) => finding.picture !== null);
    expect(pictures.length).toBeGreaterThan(50);
    for (const { finding } of pictures) {
      expect(finding.picture!.codes).toEqual(codesOf(finding.no));
      for (const { picture } of finding.embedded) expect(picture.codes).toEqual(codesOf(10_000 + finding.no));
    }
    expect(pictures.some(({ finding }) => finding.embedded.length > 0)).toBe(true);
    const without: RecordedFinding[] = [];
    const further = passFacts({ near: "switched-off", lists: [laterLists[0]!] });
    await addPass(folder, opening(), newPass({ facts: further, match: async (recorded) => (without.push(recorded), []) }));
    // What was left out is made good when it is asked for.
    expect(await addPass(folder, opening(), newPass({ facts: { ...further, near: "compared" }, match: async () => [] }))).toEqual({ state: "added", number: 4 });
    expect(await addPass(folder, opening(), newPass({ facts: further }))).toEqual({ state: "same", number: 3 });
    expect(without.every(({ finding }) => finding.picture === null && finding.embedded.every(({ picture }) => picture.codes.length === 0))).toBe(true);
    expect(verifyRecord(folder)).toEqual([]);
  });

  it("stand nowhere in the record in clear, neither as bytes nor as text (REQ-17)", () => {
    const bytes = readFileSync(join(kept, "record.sqlite"));
    const codes = Array.from({ length: count }, (_, no) => [...codesOf(no), ...codesOf(10_000 + no)]).flat();
    const holds = (content: Buffer): number => codes.filter(({ code }) => [Buffer.from(code), Buffer.from(Buffer.from(code).toString("hex")), Buffer.from(Buffer.from(code).toString("base64").slice(0, 40))].some((sought) => content.includes(sought))).length;
    expect(holds(bytes)).toBe(0);
    expect(holds(Buffer.concat([bytes, codes[7]!.code]))).toBe(1);
    for (const transform of ["mirrored-rotated-90", "nearest-512"]) expect(bytes.includes(transform)).toBe(false);
  });

  it("open only with their key, only for their place, and only as they were sealed", async () => {
    expect(await failureOf(addPass(copyOf(kept), opening(), newPass({ facts: passFacts({ near: "compared" }), codesKey: new Uint8Array(32).fill(7) })))).toBe("key-wrong");
    const seal = newCodesSeal(codesKey);
    const vault = codeVault(codesKey, seal);
    const sealed = vault.seal({ entry: 3, nth: -1 }, codesOf(3));
    expect(vault.seal({ entry: 3, nth: -1 }, codesOf(3))).toEqual(sealed);
    expect(vault.seal({ entry: 4, nth: -1 }, codesOf(3)).subarray(0, 12)).not.toEqual(sealed.subarray(0, 12));
    expect(vault.open({ entry: 3, nth: -1 }, sealed)).toEqual(codesOf(3));
    const altered = Uint8Array.from(sealed);
    altered[20]! ^= 1;
    for (const [place, bytes] of [[{ entry: 4, nth: -1 }, sealed], [{ entry: 3, nth: 0 }, sealed], [{ entry: 3, nth: -1 }, altered], [{ entry: 3, nth: -1 }, sealed.subarray(0, 40)]] as const)
      expect(() => vault.open(place, bytes)).toThrow(/do not open/);
    expect(() => codeVault(codesKey, newCodesSeal(new Uint8Array(32).fill(9)))).toThrow(/another key/);
  });

  it("are asked for again on going on: another choice is another scan, another key is refused with nothing written", () => {
    const folder = newCase();
    const { writer } = createOrResumeRecord(folder, keeping());
    writer.writePlan(sampleEntries(30), () => 1);
    writer.release();
    const codeOf = (work: () => unknown): unknown => {
      try {
        work();
      } catch (thrown) {
        return thrown instanceof Failure ? [thrown.code, thrown.message] : thrown;
      }
      return null;
    };
    expect(codeOf(() => createOrResumeRecord(folder, opening()))).toEqual(["record-other", expect.stringContaining("option keepCodes: found true in the record, expected nothing")]);
    const rows = reading(folder, (view) => view.chain.rows);
    expect(codeOf(() => createOrResumeRecord(folder, keeping({ codesKey: new Uint8Array(32).fill(7) })))).toEqual(["key-wrong", expect.stringContaining("another key")]);
    expect(reading(folder, (view) => view.chain.rows)).toBe(rows);
    const { writer: again, state } = createOrResumeRecord(folder, keeping());
    expect(state).toBe("resumed");
    for (const batch of again.batches()) again.append(batch.map(resultWithCodes));
    again.finish(1);
    expect(verifyRecord(folder)).toEqual([]);
  });

  it("alter no result row: the digest over all results is that of a case without them", () => {
    const headOf = (folder: string): unknown => reading(folder, (view) => [...view.log()].flatMap((row) => (row.kind === "closed" ? [row.body.resultsHead] : [])));
    expect(headOf(kept)).toEqual(headOf(plain));
    expect(header.options.keepCodes).toBeUndefined();
  });
});

/** Alters a copy past its triggers, which are as before afterwards. */
function altered(from: string, statement: string): string {
  const folder = copyOf(from);
  const database = new Database(join(folder, "record.sqlite"));
  database.pragma("foreign_keys = OFF");
  database.pragma("ignore_check_constraints = ON");
  const triggers = database.prepare("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").all() as { name: string; sql: string }[];
  for (const { name } of triggers) database.exec(`DROP TRIGGER ${name}`);
  database.exec(statement);
  for (const { sql } of triggers) database.exec(sql);
  database.close();
  return folder;
}

describe("verifying passes and kept codes", async () => {
  const passed = copyOf(kept);
  await addPass(passed, opening(), newPass());
  await addPass(passed, opening(), newPass({ facts: passFacts({ near: "compared" }) }));
  appendReportRow(passed, { format: "csv", all: false, fileName: "r.csv" }, opening());
  const oneRow = "(pass, entry, nth) = (SELECT pass, entry, nth FROM rematch LIMIT 1 OFFSET 9)";
  const oneCode = "(entry, nth) = (SELECT entry, nth FROM keptCodes LIMIT 1 OFFSET 9)";

  it("finds nothing where nobody touched anything", () => expect(verifyRecord(passed)).toEqual([]));

  it.each([
    ...["list = list + 1", "reference = reference + 1", "recordId = 'x'", "category = NULL", "algorithms = 'md5'", "contradictedBy = 'size'", "transform = 'full'", "embedded = 'thumbnail'", "doubts = 'x'"].map((change): [string, string, RegExp] => [`a row of a pass with ${change}`, `UPDATE rematch SET ${change} WHERE ${oneRow}`, /^pass 2, head/m]),
    ["a row of a pass less", `DELETE FROM rematch WHERE ${oneRow}`, /^pass 2, rows\n^pass 2, head/m],
    ["a row moved to another entry", `UPDATE rematch SET entry = entry + 1 WHERE ${oneRow}`, /^pass 2, head/m],
    ["a row moved to another pass", `UPDATE rematch SET pass = 3, nth = 77 WHERE ${oneRow}`, /^pass 2, rows[\s\S]*^pass 3, rows/m],
    ["a row of a pass that nothing tells of", `INSERT INTO rematch SELECT 4, entry, nth, list, reference, recordId, category, algorithms, contradictedBy, kind, distanceBits, transform, embedded, doubts, nearReferences FROM rematch WHERE ${oneRow}`, /^rows of rematch/m],
    ["a code altered", `UPDATE keptCodes SET sealed = zeroblob(length(sealed)) WHERE ${oneCode}`, /^kept codes of entries 0 to \d+, digest/m],
    ["a code less", `DELETE FROM keptCodes WHERE ${oneCode}`, /^kept codes of entries 0 to \d+, rows/m],
    ["a code moved to another entry", `UPDATE keptCodes SET entry = entry + 1 WHERE ${oneCode}`, /^kept codes of entries 0 to \d+, digest/m],
    ["a code of an entry that has none", "INSERT INTO keptCodes VALUES (298, 5, x'00')", /^kept codes of entries \d+ to 299, rows/m],
    ["the last pass cut off the log", "DELETE FROM log WHERE seq >= (SELECT max(seq) FROM log WHERE kind = 'pass')", /^rows of rematch/m],
  ])("finds %s", (_, statement, where) => {
    const found = verifyRecord(altered(passed, statement));
    expect(found.map((one) => one.where).join("\n")).toMatch(where);
  });

  /** The tables of version 5 dropped, and the record said to be of version 4. */
  function setBack(folder: string): string {
    const database = new Database(join(folder, "record.sqlite"));
    const own = schemaStatements(4);
    const found = database.prepare("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL").all() as { type: string; name: string; sql: string }[];
    const later = found.filter(({ sql }) => !own.includes(sql));
    expect(later.map(({ name }) => name)).toEqual(expect.arrayContaining(["rematch", "keptCodes"]));
    for (const wanted of ["trigger", "index", "table"]) for (const { type, name } of later) if (type === wanted) database.exec(`DROP ${type} ${name}`);
    database.pragma("user_version = 4");
    database.close();
    return folder;
  }

  const ofVersion4 = newCase();
  mkdirSync(ofVersion4);
  copyFileSync(join(import.meta.dirname, "../../fixtures/record/version-4-finished.sqlite"), join(ofVersion4, "record.sqlite"));
  appendReportRow(ofVersion4, { format: "csv", all: false, fileName: "r.csv" }, opening());
  const plainPassed = copyOf(plain);
  await addPass(plainPassed, opening(), newPass());

  it.each([
    ["a pass", plainPassed],
    ["kept codes", kept],
    ["a migration", ofVersion4],
  ])("finds that the tables of %s were dropped and the version set back, and nobody opens such a record", async (_, from) => {
    const folder = setBack(copyOf(from));
    expect(verifyRecord(folder)).toContainEqual({ where: expect.stringMatching(/^log row \d+, schema version$/) as unknown, found: "4", expected: "at least 5" });
    const before = contentSha256(folder);
    const refused = (work: () => unknown): void => expect(work).toThrow(expect.objectContaining({ code: "record-damaged", message: expect.stringContaining("schema version: found 4, expected at least 5") as unknown }));
    refused(() => openRecord(folder));
    refused(() => appendReportRow(folder, { format: "csv", all: false, fileName: "s.csv" }, opening()));
    refused(() => createOrResumeRecord(folder, from === kept ? keeping() : opening()));
    expect(await failureOf(addPass(folder, opening(), newPass()))).toBe("record-damaged");
    expect(contentSha256(folder)).toBe(before);
  });

  it("takes a record of this version that is set back with nothing in its tables for what it says: it held nothing else", () => {
    expect(verifyRecord(setBack(copyOf(plain)))).toEqual([]);
  });

  it("refuses changes through the tables' own triggers", () => {
    const database = new Database(join(copyOf(passed), "record.sqlite"));
    for (const statement of ["UPDATE rematch SET pass = pass", "DELETE FROM rematch", "UPDATE keptCodes SET nth = nth", "DELETE FROM keptCodes"]) expect(() => database.exec(statement)).toThrow("the record is append-only");
    database.close();
  });

  it("finds codes that a record keeps without saying so", () => {
    const folder = newCase();
    const { writer } = createOrResumeRecord(folder, opening());
    writer.writePlan(sampleEntries(5), () => 1);
    writer.append([...writer.batches()].flat().map(resultOf));
    writer.finish(1);
    expect(verifyRecord(altered(folder, "INSERT INTO keptCodes VALUES (0, -1, x'00')")).map(({ where }) => where)).toEqual(["rows of keptCodes"]);
  });
});
