import { createHash } from "node:crypto";
import { closeSync, copyFileSync, existsSync, ftruncateSync, openSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { beforeAll, describe, expect, it } from "vitest";
import { custody } from "../../src/cli/custody.ts";
import { writeReports } from "../../src/cli/scan-outcome.ts";
import { addPass } from "../../src/record/add-pass.ts";
import { appendReportRow, createOrResumeRecord } from "../../src/record/open-record.ts";
import { openRecord } from "../../src/record/open-view.ts";
import { csv } from "../../src/reports/csv.ts";
import { html } from "../../src/reports/html.ts";
import { manifestText, readManifest } from "../../src/sealing/manifest.ts";
import { examined, match, newPass, opening, sampleEntries } from "../record/sample-case.ts";
import { temporaryFolder } from "../support/folder.ts";
import { copied, faults, finishedCase, isFaulty, keyFiles, sealed, withReport } from "./sealed-case.ts";

// VERIFY=all alters every byte of everything; else one in so many of the large files.
const all = process.env["VERIFY"] === "all";
const every = all ? 1 : 41;

const root = temporaryFolder();
const key = keyFiles(root, "key");
const finished = finishedCase(join(root, "finished"));
const once = join(root, "once");
let copies = 0;
const copyOf = (folder: string): string => copied(folder, join(root, `copy-${copies++}`));
const isFound = (folder: string): boolean => isFaulty(folder, [key.publicKey]);

beforeAll(async () => {
  await sealed(copied(finished, once), key);
});

/** Where nobody signed what stands there. */
function isUnsigned(bytes: Buffer, at: number): boolean {
  return at >= "untrusted comment: ".length && at < bytes.indexOf("\n");
}

describe("a sealed case", { timeout: all ? 900_000 : 60_000 }, () => {
  it("holds as it was sealed, with exactly the files that it was sealed with", () => {
    expect(faults(once, [key.publicKey])).toEqual([]);
    expect(readdirSync(once).sort()).toEqual(["manifest.json", "manifest.json.minisig", "record.sqlite", "report.csv", "report.html", "report.jsonl"]);
  });

  it.each([
    ["record.sqlite", every],
    ["report.jsonl", every],
    ["report.csv", every],
    ["report.html", every],
    ["manifest.json", 1],
    ["manifest.json.minisig", 1],
  ])("is found altered when any byte of %s is (one in %i) (REQ-56)", (name, step) => {
    const folder = copyOf(once);
    const bytes = readFileSync(join(folder, name));
    const descriptor = openSync(join(folder, name), "r+");
    const missed: number[] = [];
    let tried = 0;
    try {
      for (let at = 0; at < bytes.length; at += step) {
        if (name.endsWith(".minisig") && isUnsigned(bytes, at)) continue;
        tried += 1;
        writeSync(descriptor, Uint8Array.of(bytes[at]! ^ (1 << at % 8)), 0, 1, at);
        if (!isFound(folder)) missed.push(at);
        writeSync(descriptor, bytes.subarray(at, at + 1), 0, 1, at);
      }
    } finally {
      closeSync(descriptor);
    }
    expect(missed).toEqual([]);
    expect(tried).toBeGreaterThan(200);
    expect(isFound(folder)).toBe(false);
  });

  it("is found altered when any byte of its signature is another one of the same line", () => {
    const folder = copyOf(once);
    const path = join(folder, "manifest.json.minisig");
    const bytes = readFileSync(path);
    for (const other of all ? [0x0a, 0x0d, 0x20, 0x41, 0x2b, 0x3d] : [0x0d])
      for (let at = bytes.indexOf("\n"); at < bytes.length; at++) {
        if (bytes[at] === other) continue;
        const altered = Buffer.from(bytes);
        altered[at] = other;
        writeFileSync(path, altered);
        if (!isFound(folder)) expect.fail(`byte ${at} as ${other}`);
      }
  });

  it.each(["report.jsonl", "report.csv", "report.html", "manifest.json", "manifest.json.minisig", "record.sqlite"])("is found altered when %s is cut off at any length", (name) => {
    const folder = copyOf(once);
    const path = join(folder, name);
    const step = name === "record.sqlite" ? 512 : name.startsWith("report") ? every : 1;
    const missed: number[] = [];
    const descriptor = openSync(path, "r+");
    for (let length = statSync(path).size - 1; length >= 0; length -= length > step ? step : 1) {
      ftruncateSync(descriptor, length);
      if (!isFound(folder)) missed.push(length);
    }
    closeSync(descriptor);
    expect(missed).toEqual([]);
  });

  it("is found altered when a file grows, is gone, is a link to its own copy, or stands in for another", () => {
    for (const name of readdirSync(once)) {
      const grown = copyOf(once);
      writeFileSync(join(grown, name), Buffer.concat([readFileSync(join(grown, name)), Buffer.from("\n")]));
      const without = copyOf(once);
      renameSync(join(without, name), join(root, `moved-${copies}`));
      expect([name, isFound(grown), isFound(without)]).toEqual([name, true, true]);
      for (const other of readdirSync(once)) {
        if (other <= name) continue;
        const exchanged = copyOf(once);
        renameSync(join(exchanged, name), join(exchanged, "aside"));
        renameSync(join(exchanged, other), join(exchanged, name));
        renameSync(join(exchanged, "aside"), join(exchanged, other));
        expect([name, other, isFound(exchanged)]).toEqual([name, other, true]);
      }
    }
  });

  it.each([
    ["a match less", `DELETE FROM "match" WHERE nth = 0`],
    ["a result less", "DELETE FROM examined WHERE entry = 3"],
    ["an entry less", "DELETE FROM plan WHERE no = 3"],
    ["the last log row less", "DELETE FROM log WHERE seq = (SELECT max(seq) FROM log)"],
    ["two results exchanged", "UPDATE examined SET entry = entry + 1000 WHERE entry IN (1, 2); UPDATE examined SET entry = 1003 - entry WHERE entry > 999"],
    ["two log rows exchanged", "UPDATE log SET seq = seq + 1000 WHERE seq IN (2, 3); UPDATE log SET seq = 1005 - seq WHERE seq > 999"],
    ["two plan rows exchanged", "UPDATE plan SET no = no + 1000 WHERE no IN (2, 3); UPDATE plan SET no = 1005 - no WHERE no > 999"],
  ])("and one that nobody sealed are found altered with %s", (_, statement) => {
    for (const folder of [copyOf(once), copyOf(finished)]) {
      const database = new Database(join(folder, "record.sqlite"));
      database.pragma("foreign_keys = OFF");
      const triggers = database.prepare("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").all() as { name: string; sql: string }[];
      for (const { name } of triggers) database.exec(`DROP TRIGGER ${name}`);
      database.exec(statement);
      for (const { sql } of triggers) database.exec(sql);
      database.close();
      // Not only by the digest of its file.
      expect(faults(folder, []).filter((text) => !/^(record\.sqlite|signatures of manifest\.json):/.test(text))).not.toEqual([]);
    }
  });

  it("is found altered by a hot journal, a log of writes, or any file under a name of ours", () => {
    for (const name of ["record.sqlite-journal", "record.sqlite-wal", "record.lock", "report-2.csv", "report.pdf", "manifest-3.json", "manifest.json.sig", "manifest-2.json.minisig"]) {
      const folder = copyOf(once);
      writeFileSync(join(folder, name), "");
      expect([name, isFound(folder)]).toEqual([name, true]);
    }
    const folder = copyOf(once);
    writeFileSync(join(folder, "notes.txt"), "");
    expect(isFound(folder)).toBe(false);
  });

  it("is found altered when a report was made again with another answer, and its digest put into the manifest", () => {
    const folder = copyOf(once);
    const record = openRecord(folder);
    const hiding = { ...record, totals: () => ({ ...record.totals(), entriesMatched: { exact: 0, md5Only: 0, contradicted: 0, near: 1, doubtful: 0, any: 1 } }) };
    const text = [...csv.render(hiding, { all: false, madeAt: "2026-01-01T00:00:00.000+00:00", version: "0.1.0" })].join("");
    record.close();
    writeFileSync(join(folder, "report.csv"), text);
    const manifest = readManifest(readFileSync(join(folder, "manifest.json"), "utf8"))!;
    const stated = { name: "report.csv", sizeBytes: Buffer.byteLength(text), sha256: createHash("sha256").update(text).digest("hex") };
    writeFileSync(join(folder, "manifest.json"), manifestText({ ...manifest, files: manifest.files.map((file) => (file.name === stated.name ? stated : file)) }));
    // The manifest agrees with the file: its signature tells, and without a key the record's own row.
    expect(faults(folder, [key.publicKey])).toEqual([expect.stringContaining("manifest.json.minisig:2: found a signature that does not fit the file"), expect.stringContaining("found none by key"), expect.stringMatching(/^report\.csv: found SHA-256/)]);
    expect(faults(folder, [], { withoutSignature: true })).toEqual([expect.stringMatching(/^report\.csv: found SHA-256/)]);
  });
});

describe("a case that was sealed twice", { timeout: all ? 900_000 : 60_000 }, () => {
  let again = "";
  beforeAll(async () => {
    again = copied(once, join(root, "again"));
    const record = openRecord(again);
    const making = { madeAt: "2026-02-01T00:00:00.000+00:00", version: "0.1.0", ofRows: record.chain.rows };
    const text = [...html.render(record, { all: false, ...making })].join("");
    record.close();
    writeFileSync(join(again, "report-2.html"), text);
    appendReportRow(again, { format: "html", all: false, fileName: "report-2.html", sha256: createHash("sha256").update(text).digest("hex"), ...making }, custody());
    await sealed(again, key);
  });

  it("holds, and its second manifest names the first with its signature", () => {
    expect(faults(again, [key.publicKey])).toEqual([]);
    const { files } = JSON.parse(readFileSync(join(again, "manifest-2.json"), "utf8")) as { files: { name: string }[] };
    expect(files.map(({ name }) => name)).toEqual(["manifest.json", "manifest.json.minisig", "record.sqlite", "report-2.html", "report.csv", "report.html", "report.jsonl"]);
  });

  it.each([
    ["the second manifest", ["manifest-2.json"]],
    ["the second manifest and its signature", ["manifest-2.json", "manifest-2.json.minisig"]],
    ["the first manifest", ["manifest.json"]],
    ["the first signature", ["manifest.json.minisig"]],
    ["both manifests and signatures", ["manifest.json", "manifest.json.minisig", "manifest-2.json", "manifest-2.json.minisig"]],
    ["the second report", ["report-2.html"]],
  ])("is found altered without %s", (_, names) => {
    const folder = copyOf(again);
    for (const name of names) rmSync(join(folder, name));
    expect(isFound(folder)).toBe(true);
    expect(isFaulty(folder, [])).toBe(true);
  });

  it("is found altered with its older record put back, or with its newer record under the older manifest", () => {
    const older = copyOf(again);
    copyFileSync(join(once, "record.sqlite"), join(older, "record.sqlite"));
    expect(isFound(older)).toBe(true);
    expect(faults(older, [key.publicKey]).join("\n")).toMatch(/manifest-2\.json, chain: found a record of \d+ rows/);
    const newer = copyOf(once);
    copyFileSync(join(again, "record.sqlite"), join(newer, "record.sqlite"));
    expect(faults(newer, [key.publicKey]).join("\n")).toMatch(/rows of the record after the \d+ that it covers \(report, sealed\)/);
    expect(existsSync(join(newer, "manifest-2.json"))).toBe(false);
  });

  it.each(["manifest.json", "manifest.json.minisig"])("is found altered when any byte of its first %s is", (name) => {
    const folder = copyOf(again);
    const bytes = readFileSync(join(folder, name));
    for (let at = 0; at < bytes.length; at += all ? 1 : 11) {
      const altered = Buffer.from(bytes);
      altered[at]! ^= 1 << at % 8;
      writeFileSync(join(folder, name), altered);
      // The second manifest covers the whole file, its untrusted comment too.
      if (!isFound(folder)) expect.fail(`byte ${at}`);
    }
  });
});

describe("a case with pages and a later pass, sealed twice with a second signature", { timeout: all ? 900_000 : 60_000 }, () => {
  const second = keyFiles(root, "second");
  const whole = join(root, "whole");
  beforeAll(async () => {
    const { writer } = createOrResumeRecord(whole, opening());
    // Above 2,000 rows of one sort an HTML report goes on on further pages.
    writer.writePlan(sampleEntries(700), () => 1);
    for (const batch of writer.batches()) for (let at = 0; at < batch.length; at += 100) writer.append(batch.slice(at, at + 100).map(({ no }) => ({ finding: examined(no), matches: [0, 1, 2].map((reference) => match({ reference })) })));
    writer.finish(12);
    writeReports(whole);
    await sealed(whole, key);
    await addPass(whole, opening(), newPass());
    withReport(whole, "report-2.csv");
    await sealed(whole, key);
    await sealed(whole, second, true);
  });

  it("holds, and is found altered when any byte of any of its files is (a sample), or when one of them is gone", () => {
    const names = readdirSync(whole);
    expect(names.filter((name) => /^report.*\.exact-2\.html$/.test(name)).length).toBeGreaterThan(0);
    expect(names.filter((name) => name.endsWith(".minisig"))).toHaveLength(3);
    expect(faults(whole, [key.publicKey, second.publicKey])).toEqual([]);
    const folder = copyOf(whole);
    const missed: string[] = [];
    for (const name of names) {
      const bytes = readFileSync(join(folder, name));
      const samples = Math.min(bytes.length, all ? 400 : 9);
      for (let nth = 0; nth < samples; nth++) {
        const at = Math.floor(((nth + 0.5) * bytes.length) / samples);
        const isNewest = name.startsWith("manifest-2.json.") && name.endsWith(".minisig");
        if (isNewest && isUnsigned(bytes, at)) continue;
        const altered = Buffer.from(bytes);
        altered[at]! ^= 1 << at % 8;
        writeFileSync(join(folder, name), altered);
        if (!isFaulty(folder, [key.publicKey, second.publicKey])) missed.push(`${name}, byte ${at}`);
      }
      rmSync(join(folder, name));
      if (!isFaulty(folder, [key.publicKey, second.publicKey])) missed.push(`${name}, gone`);
      writeFileSync(join(folder, name), bytes);
    }
    expect(missed).toEqual([]);
    expect(isFaulty(folder, [key.publicKey, second.publicKey])).toBe(false);
  });
});
