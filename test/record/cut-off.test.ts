import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { describe, expect, it } from "vitest";
import { Failure } from "../../src/failure.ts";
import { addPass } from "../../src/record/add-pass.ts";
import { appendReportRow, appendSealedRow, createOrResumeRecord, settleRecord } from "../../src/record/open-record.ts";
import { openRecord } from "../../src/record/open-view.ts";
import { verifyRecord } from "../../src/record/verify-record.ts";
import { temporaryFolder } from "../support/folder.ts";
import { finishedCase, newCases, newPass, opening } from "./sample-case.ts";

const newCase = newCases(temporaryFolder());
const names = ["record.sqlite", "record.sqlite-journal"] as const;
const whole = finishedCase(newCase(), 300);

/** The record in the middle of a change that alters pages all over it, with the journal that takes it back. */
function cutOff(): string {
  const folder = newCase();
  mkdirSync(folder);
  const from = newCase();
  mkdirSync(from);
  copyFileSync(join(whole, names[0]), join(from, names[0]));
  const database = new Database(join(from, names[0]));
  database.pragma("cache_size = 1");
  database.exec("BEGIN IMMEDIATE; DROP TRIGGER planRefusesUPDATE; UPDATE plan SET inode = inode + 1");
  for (const name of names) copyFileSync(join(from, name), join(folder, name));
  database.exec("ROLLBACK");
  database.close();
  return folder;
}

const bytesOf = (folder: string): (Buffer | null)[] => names.map((name) => (existsSync(join(folder, name)) ? readFileSync(join(folder, name)) : null));
const untouched = bytesOf(whole);
const stale = JSON.stringify({ processId: 4711, host: "lab-1", startedAt: "2026-01-01T00:00:00.000+00:00" });
const report = { format: "csv", all: false, fileName: "report.csv" };
const sealed = { manifest: "manifest.json", keyId: "0123456789ABCDEF", by: "examiner", host: "lab-1" };

function failureOf(work: () => unknown): unknown {
  try {
    work();
  } catch (thrown) {
    return thrown instanceof Failure ? [thrown.code, thrown.message] : thrown;
  }
  return null;
}

function warningsOf(folder: string): string[] {
  const view = openRecord(folder);
  try {
    return [...view.log()].flatMap((row) => (row.kind === "warning" ? [row.body.message] : []));
  } finally {
    view.close();
  }
}

describe("a change of a finished record that was cut off", () => {
  it("is played back by nobody who only reads: they say which command mends it, and leave every byte", () => {
    const folder = cutOff();
    const before = bytesOf(folder);
    expect(before[0]).not.toEqual(untouched[0]);
    for (const read of [() => openRecord(folder), () => verifyRecord(folder)])
      expect(failureOf(read)).toEqual(["record-locked", expect.stringMatching(/SQLITE_READONLY_ROLLBACK.*give the command that was interrupted again, or blindmatch report/)]);
    expect(bytesOf(folder)).toEqual(before);
    expect(readdirSync(folder).sort()).toEqual([...names]);
  });

  it("is taken back under the lock", () => {
    const folder = cutOff();
    writeFileSync(join(folder, "record.lock"), stale);
    expect(failureOf(() => settleRecord(folder, opening({ isAlive: () => true })))).toEqual(["record-locked", expect.stringContaining("process 4711")]);
    expect(bytesOf(folder)[1]).not.toBeNull();
    settleRecord(folder, opening());
    expect(verifyRecord(folder)).toEqual([]);
    expect(readdirSync(folder)).toEqual(["record.sqlite"]);
    expect(warningsOf(folder)).toEqual([expect.stringContaining("process 4711")]);
    const quiet = cutOff();
    settleRecord(quiet, opening());
    expect(bytesOf(quiet)).toEqual(untouched);
    settleRecord(quiet, opening());
    expect(bytesOf(quiet)).toEqual(untouched);
  });

  it.each<[string, (folder: string) => unknown]>([
    ["a report's row", (folder) => appendReportRow(folder, report, opening())],
    ["a seal's row", (folder) => appendSealedRow(folder, sealed, opening())],
    ["a pass", (folder) => addPass(folder, opening(), newPass())],
  ])("is taken back by %s, which tells of the lock that was left", async (_, write) => {
    const folder = cutOff();
    writeFileSync(join(folder, "record.lock"), stale);
    await write(folder);
    expect(verifyRecord(folder)).toEqual([]);
    expect(readdirSync(folder)).toEqual(["record.sqlite"]);
    expect(warningsOf(folder)).toEqual([expect.stringContaining("found the lock of process 4711 on lab-1")]);
  });

  it("is taken back by the scan's command, given again", () => {
    const folder = cutOff();
    const { writer, state } = createOrResumeRecord(folder, opening());
    writer.release();
    expect(state).toBe("finished");
    expect(bytesOf(folder)).toEqual(untouched);
  });

  it("is not looked for where no record lies", () => {
    const folder = newCase();
    expect(failureOf(() => settleRecord(folder, opening()))).toEqual(["record-damaged", expect.stringContaining("no record there")]);
    expect(existsSync(folder)).toBe(false);
  });
});

describe("a row that is to be added while somebody reads", () => {
  it("is refused in words, with nothing written", () => {
    const folder = newCase();
    mkdirSync(folder);
    copyFileSync(join(whole, names[0]), join(folder, names[0]));
    const reader = openRecord(folder);
    expect(failureOf(() => appendReportRow(folder, report, opening()))).toEqual(["record-locked", expect.stringMatching(/another program at work on it.*give the same command again/)]);
    reader.close();
    expect(bytesOf(folder)).toEqual(untouched);
    appendReportRow(folder, report, opening());
    expect(verifyRecord(folder)).toEqual([]);
  }, 20_000);
});
