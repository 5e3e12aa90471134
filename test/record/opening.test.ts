import { createHash } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { describe, expect, it } from "vitest";
import { appendReportRow, createOrResumeRecord, type Opening } from "../../src/record/open-record.ts";
import { openRecord } from "../../src/record/open-view.ts";
import { verifyRecord } from "../../src/record/verify-record.ts";
import { temporaryFolder } from "../support/folder.ts";
import { failureOf, logOf } from "../support/record-log.ts";
import { appendAll, header, lists, newCases, opening, partialCase, sampleEntries } from "./sample-case.ts";

const newCase = newCases(temporaryFolder());

function finished(folder = newCase()): string {
  const { writer } = createOrResumeRecord(folder, opening());
  writer.writePlan(sampleEntries(40), () => 3);
  appendAll(writer);
  writer.finish(12);
  return folder;
}

const contentSha256 = (path: string): string => createHash("sha256").update(readFileSync(path)).digest("hex");

describe("opening a record to write", () => {
  it("makes folder and file for their owner alone, whatever the umask", () => {
    const folder = join(newCase(), "deeper");
    const before = process.umask(0o000);
    try {
      createOrResumeRecord(folder, opening()).writer.release();
      process.umask(0o777);
      const other = newCase();
      mkdirSync(other);
      chmodSync(other, 0o700);
      const { writer } = createOrResumeRecord(other, opening());
      for (const name of readdirSync(other)) expect([name, statSync(join(other, name)).mode & 0o777]).toEqual([name, 0o600]);
      expect(readdirSync(other).toSorted()).toEqual(["record.lock", "record.sqlite", "record.sqlite-shm", "record.sqlite-wal"]);
      writer.release();
    } finally {
      process.umask(before);
    }
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(statSync(join(folder, "record.sqlite")).mode & 0o777).toBe(0o600);
  });

  it("tells a new record from one that goes on and from one that is finished", () => {
    const folder = newCase();
    const states: string[] = [];
    for (let time = 0; time < 4; time++) {
      const { writer, state } = createOrResumeRecord(folder, opening());
      states.push(state);
      if (time === 1) writer.writePlan(sampleEntries(40), () => 1);
      if (time === 2) {
        expect(writer.planned).toBe(true);
        appendAll(writer);
        writer.finish(1);
      }
      writer.release();
    }
    expect(states).toEqual(["new", "resumed", "resumed", "finished"]);
    expect(logOf(folder).map(({ kind }) => kind)).toEqual(["opened", "resumed", "planned", "resumed", "batch", "batch", "closed"]);
    expect(logOf(folder)[0]).toMatchObject({ seq: 1, body: { header, lists } });
  });

  it("writes nothing to one that is finished, and says who may not", () => {
    const folder = finished();
    const before = contentSha256(join(folder, "record.sqlite"));
    const { writer, state } = createOrResumeRecord(folder, opening());
    expect([state, writer.closed, [...writer.batches()]]).toEqual(["finished", true, []]);
    expect(() => writer.log("warning", { message: "late" })).toThrow();
    writer.release();
    expect(readdirSync(folder)).toEqual(["record.sqlite"]);
    expect(contentSha256(join(folder, "record.sqlite"))).toBe(before);
  });

  it("finishes with everything in the one file, and reading adds none", () => {
    const folder = finished();
    expect(readdirSync(folder)).toEqual(["record.sqlite"]);
    expect(logOf(folder).length).toBeGreaterThan(3);
    expect(verifyRecord(folder)).toEqual([]);
    expect(readdirSync(folder)).toEqual(["record.sqlite"]);
  });

  it("finishes while another program has it open without reading", () => {
    const folder = partialCase(newCase());
    const { writer } = createOrResumeRecord(folder, opening());
    const other = new Database(join(folder, "record.sqlite"), { readonly: true });
    expect(other.prepare("SELECT count(*) FROM plan").pluck().get()).toBe(40);
    appendAll(writer);
    writer.finish(1);
    other.close();
    expect(verifyRecord(folder)).toEqual([]);
    expect(createOrResumeRecord(folder, opening()).state).toBe("finished");
  });

  it("says so when another program keeps the journal from being folded in, with nothing lost", () => {
    const folder = newCase();
    const { writer } = createOrResumeRecord(folder, opening());
    writer.writePlan(sampleEntries(40), () => 3);
    const view = openRecord(folder);
    appendAll(writer);
    expect(failureOf(() => writer.finish(1))).toMatchObject({ code: "record-locked" });
    view.close();
    expect(readdirSync(folder)).toContain("record.sqlite-wal");
    // Closed, and still in two files: so a kill right after the last row leaves it, too.
    const again = createOrResumeRecord(folder, opening());
    expect(again.state).toBe("finished");
    again.writer.release();
    expect(readdirSync(folder)).toEqual(["record.sqlite"]);
    // Bytes 18 and 19 are 1 for a file that needs no other. Source: SQLite's file format.
    expect([...readFileSync(join(folder, "record.sqlite")).subarray(18, 20)]).toEqual([1, 1]);
    expect(verifyRecord(folder)).toEqual([]);
  });

  it("removes an emptied write-ahead log that could not be removed when the record was finished", () => {
    const folder = finished();
    for (const name of ["record.sqlite-wal", "record.sqlite-shm"]) writeFileSync(join(folder, name), "");
    const { writer, state } = createOrResumeRecord(folder, opening());
    expect(state).toBe("finished");
    writer.release();
    expect(readdirSync(folder)).toEqual(["record.sqlite"]);
    expect(verifyRecord(folder)).toEqual([]);
  });

  it("refuses evidence whose root was altered as evidence that changed, unless something else differs, too", () => {
    const altered = { ...header, evidenceIdentity: { ...header.evidenceIdentity, rootModifiedNs: "4" } };
    for (const folder of [partialCase(newCase()), finished()]) {
      const before = logOf(folder).length;
      expect(failureOf(() => createOrResumeRecord(folder, opening({ header: altered })))).toMatchObject({ code: "evidence-changed", message: expect.stringContaining("evidence rootModifiedNs: found 1600000000000000000 in the record, expected 4") });
      expect(failureOf(() => createOrResumeRecord(folder, opening({ header: { ...altered, exhibit: "KAJ/4" } }))).code).toBe("record-other");
      expect(logOf(folder).length).toBe(before);
      expect(existsSync(join(folder, "record.lock"))).toBe(false);
    }
  });

  it.each<[string, Partial<Opening>, RegExp]>([
    ["case number", { header: { ...header, caseNumber: "2026-18" } }, /case number: found 2026-17 in the record, expected 2026-18/],
    ["exhibit", { header: { ...header, exhibit: "KAJ/4" } }, /exhibit: found KAJ\/3 in the record, expected KAJ\/4/],
    ["file system", { header: { ...header, evidenceIdentity: { ...header.evidenceIdentity, fileSystem: "xfs" } } }, /evidence fileSystem: found ext4 in the record, expected xfs/],
    ["evidence root", { header: { ...header, evidenceIdentity: { ...header.evidenceIdentity, rootInode: "3" } } }, /evidence rootInode: found 2 .* expected 3/],
    ["perceptual option", { header: { ...header, options: { ...header.options, perceptual: false } } }, /option perceptual: found true .* expected false/],
    ["choice of digests", { header: { ...header, options: { ...header.options, digests: ["md5", "sha256"] } } }, /option digests: found \["md5","sha1","sha256","blake3"\] in the record, expected \["md5","sha256"\]/],
    ["distance option", { header: { ...header, options: { ...header.options, nearDistanceBits: 30 } } }, /option nearDistanceBits: found 31 .* expected 30/],
    ["program version", { header: { ...header, versions: { ...header.versions, blindmatch: "0.2.0" } } }, /program version: found 0\.1\.0 .* expected 0\.2\.0/],
    ["list order", { lists: lists.toReversed() }, /list 1 sha256: found [0-9a-f]{64} .*list 2 sha256/],
    ["a list less", { lists: lists.slice(0, 1) }, /number of lists: found 2 in the record, expected 1;.* list 2 sha256: found [0-9a-f]{64} in the record, expected nothing/],
    ["a list's scale", { lists: [{ ...lists[0]!, scaleSha256: "0".repeat(64) }, lists[1]!] }, /list 1 scaleSha256/],
    ["a list's kind", { lists: [{ ...lists[0]!, kind: "known" }, lists[1]!] }, /list 1 kind: found notable in the record, expected known/],
    ["a list read otherwise", { lists: [{ ...lists[0]!, counts: { ...lists[0]!.counts, digests: { sha256: 9 } } }, lists[1]!] }, /list 1 digests/],
  ])("refuses another %s and names it", (_, change, message) => {
    for (const folder of [partialCase(newCase()), finished()]) {
      const before = logOf(folder).length;
      const failure = failureOf(() => createOrResumeRecord(folder, opening(change)));
      expect(failure.code).toBe("record-other");
      expect(failure.message).toMatch(message);
      expect(logOf(folder).length).toBe(before);
      expect(existsSync(join(folder, "record.lock"))).toBe(false);
    }
  });

  it("names each of several differences, and nothing that is equal", () => {
    const { message } = failureOf(() => createOrResumeRecord(partialCase(newCase()), opening({ header: { ...header, caseNumber: "X\u001b[31m", exhibit: "Y", examiner: "Z" } })));
    expect(message).toBe("record: it is of another scan than this one: case number: found 2026-17 in the record, expected X\\u{1b}[31m; exhibit: found KAJ/3 in the record, expected Y; give another case folder");
  });

  it("says how a case whose lists alone differ goes on: another pass where it is finished, its own lists first where it is not", () => {
    const given = [{ lists: [lists[0]!] }, { lists: [lists[0]!, { ...lists[1]!, sha256: "ab" }] }];
    for (const [make, advice] of [[finished, "this case is finished: blindmatch rematch compares it with further lists; or"], [() => partialCase(newCase()), "go on with the lists that the scan began with (where they were replaced, import their files into a second --home), then"]] as const)
      for (const changes of given) expect(failureOf(() => createOrResumeRecord(make(), opening(changes)))).toMatchObject({ code: "record-other", message: expect.stringContaining(`; ${advice}`) });
    const other = failureOf(() => createOrResumeRecord(finished(), opening({ lists: [lists[0]!], header: { ...header, exhibit: "Y" } })));
    expect(other.message).toMatch(/; give another case folder$/);
  });

  it("goes on under other circumstances and writes them down", () => {
    const folder = partialCase(newCase());
    const { writer, state } = createOrResumeRecord(folder, opening({ header: { ...header, examiner: "B. Examiner", evidence: "/mnt/again", versions: { blindmatch: "0.1.0", node: "22", extra: "1" }, user: "other" } }));
    expect(state).toBe("resumed");
    writer.release();
    const log = logOf(folder);
    expect(log.flatMap((row) => (row.kind === "resumed" ? [row.body] : []))).toEqual([{ nextEntry: 0, commandLine: header.commandLine, host: "lab-1", user: "other" }]);
    expect(log.flatMap((row) => (row.kind === "warning" ? [row.body.message] : []))).toEqual([
      "resumed under other circumstances: examiner: found A. Examiner in the record, expected B. Examiner",
      "resumed under other circumstances: evidence root: found /mnt/exhibit in the record, expected /mnt/again",
      "resumed under other circumstances: version of node: found 20 in the record, expected 22",
      "resumed under other circumstances: version of extra: found nothing in the record, expected 1",
    ]);
  });
});

describe("a file that is no record of this program", () => {
  const place = (write: (path: string) => void): string => {
    const folder = newCase();
    mkdirSync(folder);
    write(join(folder, "record.sqlite"));
    return folder;
  };
  const altered = (statement: string): string => {
    const folder = partialCase(newCase());
    const database = new Database(join(folder, "record.sqlite"));
    database.exec(statement);
    database.close();
    return folder;
  };

  it.each<[string, () => string, string, RegExp]>([
    ["text", () => place((path) => writeFileSync(path, "no database ".repeat(1000))), "record-damaged", /SQLITE_NOTADB/],
    ["another program's database", () => place((path) => new Database(path).exec("CREATE TABLE t (a); PRAGMA application_id = 7").close()), "record-damaged", /application id 7/],
    ["a nameless database with tables", () => place((path) => new Database(path).exec("CREATE TABLE t (a)").close()), "record-damaged", /application id 0/],
    ["a later schema", () => altered("PRAGMA user_version = 6"), "record-newer", /schema version 6, expected at most 5/],
    ["an earlier schema", () => altered("PRAGMA user_version = 3"), "record-damaged", /schema version 3, expected 4 or 5/],
    ["a trigger less", () => altered("DROP TRIGGER examinedRefusesDELETE"), "record-damaged", /1 of its own missing/],
    ["a trigger altered", () => altered("DROP TRIGGER examinedRefusesDELETE; CREATE TRIGGER examinedRefusesDELETE BEFORE DELETE ON examined BEGIN SELECT 1; END"), "record-damaged", /1 of its own missing or altered/],
    ["a table more", () => altered("CREATE TABLE t (a)"), "record-damaged", /expected its own/],
    ["a cut file", () => place((path) => writeFileSync(path, readFileSync(join(finished(), "record.sqlite")).subarray(0, 9000))), "record-damaged", /SQLITE_CORRUPT/],
  ])("%s is refused by all who open it, and stays as it was", (_, make, code, message) => {
    const folder = make();
    for (const open of [() => createOrResumeRecord(folder, opening()), () => openRecord(folder), () => verifyRecord(folder), () => appendReportRow(folder, report, opening())]) {
      const failure = failureOf(open);
      expect([failure.code, failure.message]).toEqual([code, expect.stringMatching(message)]);
      expect(existsSync(join(folder, "record.lock"))).toBe(false);
    }
  });

  it.each(["at = at || 'Z'", "kind = 'resumed'", `body = replace(body, '"folders":3', '"folders":4')`, "hash = zeroblob(32)", "prev = zeroblob(32)", "seq = 3"])("a log row with %s breaks the chain", (change) => {
    const folder = partialCase(newCase());
    const database = new Database(join(folder, "record.sqlite"));
    const trigger = database.prepare("SELECT sql FROM sqlite_master WHERE name = 'logRefusesUPDATE'").pluck().get() as string;
    database.exec(`DROP TRIGGER logRefusesUPDATE; UPDATE log SET ${change} WHERE seq = 2; ${trigger}`);
    database.close();
    for (const open of [() => createOrResumeRecord(folder, opening()), () => openRecord(folder)]) expect(failureOf(open)).toMatchObject({ code: "record-damaged", message: expect.stringMatching(/log/) });
    expect(verifyRecord(folder)).not.toEqual([]);
  });

  it("no record at all is said to be none", () => {
    const folder = newCase();
    for (const open of [() => openRecord(folder), () => verifyRecord(folder), () => appendReportRow(folder, report, opening())]) expect(failureOf(open)).toMatchObject({ code: "record-damaged", message: expect.stringContaining("no record there") });
    expect(existsSync(folder)).toBe(false);
  });
});

const report = { format: "csv", all: false, fileName: "report.csv" };

describe("a report that was made", () => {
  it("is written down, after the end of the scan too, and the scan's result stays", () => {
    const folder = finished();
    appendReportRow(folder, report, opening());
    appendReportRow(folder, { ...report, format: "html" }, opening());
    expect(logOf(folder).slice(-3).map(({ kind, body }) => [kind, "format" in body ? body.format : null])).toEqual([["closed", null], ["report", "csv"], ["report", "html"]]);
    expect(verifyRecord(folder)).toEqual([]);
    expect(readdirSync(folder)).toEqual(["record.sqlite"]);
    expect(createOrResumeRecord(folder, opening()).state).toBe("finished");
  });

  it("is written down for a partial record, which still can be gone on with", () => {
    const folder = partialCase(newCase());
    appendReportRow(folder, report, opening());
    const { writer } = createOrResumeRecord(folder, opening());
    appendAll(writer);
    writer.finish(1);
    expect(verifyRecord(folder)).toEqual([]);
  });
});
