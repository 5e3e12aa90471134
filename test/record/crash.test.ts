import { type ChildProcess, spawn } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createOrResumeRecord } from "../../src/record/open-record.ts";
import { openRecord } from "../../src/record/open-view.ts";
import { verifyRecord } from "../../src/record/verify-record.ts";
import { temporaryFolder } from "../support/folder.ts";
import { appendAll, newCases, opening, resultOf, sampleEntries } from "./sample-case.ts";

const newCase = newCases(temporaryFolder());
const count = 700;

/** Everything that a report is made of, without times and host facts. */
function contentOf(folder: string): unknown {
  const view = openRecord(folder);
  try {
    const heads = [...view.log()].flatMap((row) => (row.kind === "closed" ? [row.body.resultsHead] : row.kind === "planned" ? [row.body.rowsSha256] : []));
    return { entries: [...view.entries()], matches: [...view.matches()], totals: view.totals(), heads, complete: view.complete };
  } finally {
    view.close();
  }
}

function undisturbed(): unknown {
  const folder = newCase();
  const { writer } = createOrResumeRecord(folder, opening());
  writer.writePlan(sampleEntries(count), () => 14);
  appendAll(writer);
  writer.finish(1);
  return contentOf(folder);
}

/** Runs the appending process and kills it as soon as it has said so many lines after its first. Gives the last line that it said. */
async function appendUntil(folder: string, lines: number): Promise<string> {
  const child: ChildProcess = spawn(process.execPath, ["--import", "tsx", join(import.meta.dirname, "append-in-child.ts"), folder, String(count), "5"], { stdio: ["ignore", "pipe", "inherit"] });
  let said = "";
  child.stdout!.on("data", (bytes: Buffer) => {
    said += bytes.toString();
    if (said.split("\n").length - 2 >= lines) child.kill("SIGKILL");
  });
  await new Promise((resolve) => child.on("close", resolve));
  return said.trimEnd().split("\n").at(-1) ?? "";
}

describe("a record survives", () => {
  it("kill -9 in the middle of appends, again and again: nothing acknowledged is lost, nothing is there twice, the result is that of an undisturbed run (REQ-50)", async () => {
    const folder = newCase();
    let last = "";
    for (let run = 0; last !== "finished"; run++) {
      last = await appendUntil(folder, [0, 1, 2, 14, 30, 47][run] ?? 1_000_000);
      if (!existsSync(join(folder, "record.sqlite"))) continue;
      expect(verifyRecord(folder)).toEqual([]);
      const view = openRecord(folder);
      const recorded = [...view.entries()].filter(({ outcome }) => outcome !== "pending").length;
      if (/^\d+$/.test(last)) expect(recorded).toBeGreaterThanOrEqual(Number(last));
      view.close();
    }
    expect(contentOf(folder)).toEqual(undisturbed());
    const view = openRecord(folder);
    const log = [...view.log()];
    expect(log.filter(({ kind }) => kind === "resumed").length).toBeGreaterThanOrEqual(4);
    expect(log.filter((row) => row.kind === "warning" && row.body.message.includes("not running any more")).length).toBeGreaterThanOrEqual(4);
    view.close();
  });

  it("a torn write-ahead log: what is whole stays, the rest is done again", () => {
    const folder = newCase();
    const { writer } = createOrResumeRecord(folder, opening());
    writer.writePlan(sampleEntries(count), () => 14);
    const batches = [...writer.batches()];
    const states = batches.map((batch) => {
      writer.append(batch.map(resultOf));
      return { record: readFileSync(join(folder, "record.sqlite")), journal: readFileSync(join(folder, "record.sqlite-wal")), next: writer.nextEntry };
    });
    writer.release();
    const expected = undisturbed();
    let torn = 0;
    for (const { record, journal, next } of [states[0]!, states[3]!, states.at(-1)!]) {
      for (const keep of [journal.length, journal.length - 1, journal.length - 9000, Math.floor(journal.length * 0.6), 33]) {
        const crashed = newCase();
        mkdirSync(crashed);
        writeFileSync(join(crashed, "record.sqlite"), record);
        writeFileSync(join(crashed, "record.sqlite-wal"), journal);
        truncateSync(join(crashed, "record.sqlite-wal"), keep);
        const resumed = createOrResumeRecord(crashed, opening());
        if (keep === journal.length) expect(resumed.writer.nextEntry).toBe(next);
        else expect(resumed.writer.nextEntry).toBeLessThanOrEqual(next);
        torn += resumed.writer.nextEntry < next ? 1 : 0;
        if (!resumed.writer.planned) resumed.writer.writePlan(sampleEntries(count), () => 14);
        appendAll(resumed.writer);
        resumed.writer.finish(1);
        expect(verifyRecord(crashed)).toEqual([]);
        expect(contentOf(crashed)).toEqual(expected);
      }
    }
    expect(torn).toBeGreaterThan(0);
  });

  it("a making that was cut off before its first row", () => {
    const folder = newCase();
    mkdirSync(folder);
    writeFileSync(join(folder, "record.sqlite"), "");
    const { writer, state } = createOrResumeRecord(folder, opening());
    expect(state).toBe("new");
    writer.release();
    expect(verifyRecord(folder)).toEqual([]);
  });

  it("a copy of its file alone, once it is finished", () => {
    const folder = newCase();
    const { writer } = createOrResumeRecord(folder, opening());
    writer.writePlan(sampleEntries(count), () => 14);
    appendAll(writer);
    writer.finish(1);
    const copy = newCase();
    mkdirSync(copy);
    copyFileSync(join(folder, "record.sqlite"), join(copy, "record.sqlite"));
    expect(verifyRecord(copy)).toEqual([]);
    expect(contentOf(copy)).toEqual(undisturbed());
  });
});
