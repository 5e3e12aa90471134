import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { describe, expect, it } from "vitest";
import { addPass } from "../../src/record/add-pass.ts";
import { appendReportRow, createOrResumeRecord, settleRecord } from "../../src/record/open-record.ts";
import type { LogRow } from "../../src/record/view.ts";
import { verifyRecord } from "../../src/record/verify-record.ts";
import { formats } from "../../src/reports/formats.ts";
import { temporaryFolder } from "../support/folder.ts";
import { describeWith, has } from "../support/tools.ts";
import { appendAll, finishedCase, newCases, newPass, opening, reading } from "./sample-case.ts";

// Records as the program of schema version 4 wrote them; fixtures/record/SOURCE.md says how.

const newCase = newCases(temporaryFolder());

function caseOf(name: "finished" | "partial"): string {
  const folder = newCase();
  mkdirSync(folder);
  copyFileSync(join(import.meta.dirname, `../../fixtures/record/version-4-${name}.sqlite`), join(folder, "record.sqlite"));
  return folder;
}

function versionOf(folder: string): number {
  const database = new Database(join(folder, "record.sqlite"), { readonly: true });
  try {
    return database.pragma("user_version", { simple: true }) as number;
  } finally {
    database.close();
  }
}

/** Every report, without the log's length and head, which grow with each row. */
const reportsOf = (folder: string): string[] =>
  reading(folder, (view) => formats.map((format) => [...format.render({ ...view, chain: { head: "", rows: 0 }, log: () => [...view.log()].filter(({ kind }) => !["migrated", "report", "clock"].includes(kind)) }, { all: format.rowsPerEntry, madeAt: "2026-02-01T00:00:00+00:00", version: "0.1.0" })].join("")));
const logOf = (folder: string): LogRow[] => reading(folder, (view) => [...view.log()]);
const report = { format: "csv", all: false, fileName: "report.csv" };

describe("a record of schema version 4", () => {
  it.each(["finished", "partial"] as const)("that is %s is read and verified as it is, without a byte altered", (name) => {
    const folder = caseOf(name);
    const before = readFileSync(join(folder, "record.sqlite"));
    expect(verifyRecord(folder)).toEqual([]);
    expect(reportsOf(folder)).toHaveLength(formats.length);
    expect(reading(folder, (view) => [view.complete, view.passes.length, [...view.entries()].length, [...view.matches()].length > 3])).toEqual([name === "finished", 1, 60, true]);
    expect(readFileSync(join(folder, "record.sqlite"))).toEqual(before);
  });

  it("is brought up to date by a report's row, which says so, and its reports stay the same", () => {
    const folder = caseOf("finished");
    const before = reportsOf(folder);
    appendReportRow(folder, report, opening());
    expect([versionOf(folder), verifyRecord(folder)]).toEqual([5, []]);
    expect(logOf(folder).slice(-2)).toMatchObject([{ kind: "migrated", body: { from: 4, to: 5, version: "0.1.0" } }, { kind: "report" }]);
    expect(reportsOf(folder)).toEqual(before);
    appendReportRow(folder, report, opening());
    expect(logOf(folder).filter(({ kind }) => kind === "migrated")).toHaveLength(1);
  });

  it("that is partial goes on to the result of an undisturbed scan of this version", () => {
    const folder = caseOf("partial");
    const { writer, state } = createOrResumeRecord(folder, opening());
    expect([state, writer.nextEntry]).toEqual(["resumed", 25]);
    appendAll(writer);
    writer.finish(1);
    expect([versionOf(folder), verifyRecord(folder)]).toEqual([5, []]);
    const undisturbed = finishedCase(newCase(), 60);
    const heads = (of: string): unknown => logOf(of).flatMap((row) => (row.kind === "planned" ? [row.body.rowsSha256] : row.kind === "closed" ? [row.body.resultsHead] : []));
    expect(heads(folder)).toEqual(heads(undisturbed));
    expect(heads(folder)).toHaveLength(2);
  });

  it("takes a pass", async () => {
    const folder = caseOf("finished");
    expect(await addPass(folder, opening(), newPass())).toEqual({ state: "added", number: 2 });
    expect([versionOf(folder), verifyRecord(folder)]).toEqual([5, []]);
    expect(logOf(folder).slice(-2).map(({ kind }) => kind)).toEqual(["migrated", "pass"]);
  });

  it("is opened and left as it is when nothing is to be written to it", () => {
    const folder = caseOf("finished");
    const before = readFileSync(join(folder, "record.sqlite"));
    const { writer, state } = createOrResumeRecord(folder, opening());
    writer.release();
    expect(state).toBe("finished");
    expect(readFileSync(join(folder, "record.sqlite"))).toEqual(before);
  });
});

describeWith("strace", has("strace"), "a migration that is cut off by kill -9", () => {
  it("at any write to the medium leaves version 4 or 5, never something between, and is made good", () => {
    const seen = new Set<number>();
    const calls = ["pwrite64", "fdatasync", "fsync", "unlink", "ftruncate"];
    for (let nth = 1, ended = false; !ended; nth += 5) {
      const folder = caseOf("finished");
      const { signal } = spawnSync("strace", ["-f", "-qq", "-o", "/dev/null", "-e", `trace=${calls.join()}`, ...calls.flatMap((call) => ["-e", `inject=${call}:signal=SIGKILL:when=${call === "pwrite64" ? nth : Math.ceil(nth / 5)}`]), process.execPath, "--import", "tsx", join(import.meta.dirname, "migrate-in-child.ts"), folder]);
      ended = signal === null;
      settleRecord(folder, opening({ isAlive: () => false }));
      expect(verifyRecord(folder)).toEqual([]);
      const version = versionOf(folder);
      seen.add(version);
      expect(logOf(folder).filter(({ kind }) => kind === "migrated")).toHaveLength(version - 4);
      appendReportRow(folder, report, opening({ isAlive: () => false }));
      expect([versionOf(folder), verifyRecord(folder)]).toEqual([5, []]);
    }
    expect([...seen].sort()).toEqual([4, 5]);
  }, 120_000);
});
