import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { custody } from "../../src/cli/custody.ts";
import { Failure } from "../../src/failure.ts";
import { writeReports } from "../../src/cli/scan-outcome.ts";
import { sweep } from "../../src/cli/sweep.ts";
import { addPass } from "../../src/record/add-pass.ts";
import { createOrResumeRecord, settleRecord } from "../../src/record/open-record.ts";
import { openRecord } from "../../src/record/open-view.ts";
import { verifyRecord } from "../../src/record/verify-record.ts";
import { expectWhole, storedRows } from "../support/case-rows.ts";
import { diskOperations } from "../support/disk-operations.ts";
import { inMemory, temporaryFolder } from "../support/folder.ts";
import { seedOfRun } from "../support/random.ts";
import { type CutState, cutStates, writeState } from "../support/power-cut.ts";
import { describeWith, has } from "../support/tools.ts";
import { appendAll, newPass, opening, sampleEntries } from "./sample-case.ts";

// POWER=all: many thousand states; without it fewer, and others in each run. One in `restEvery` is gone on with to the end.
const all = process.env["POWER"] === "all";
const [chances, restEvery] = all ? [60, 8] : [1, 12];
const count = 45;

const folder = temporaryFolder(inMemory);

/** A report of what a cut left, before the scan goes on: whoever only reads may be told of what was cut off; once that is undone it is read, or nothing was ever in it. */
function expectTold(place: string, acknowledged: readonly string[]): void {
  const notBegun = (thrown: unknown): void => {
    expect(thrown).toMatchObject({ code: "record-damaged", message: expect.stringContaining("the scan has not begun") });
    expect(acknowledged).toEqual([]);
  };
  const opened = (otherwise: (thrown: unknown) => void): void => {
    try {
      openRecord(place).close();
    } catch (thrown) {
      otherwise(thrown);
    }
  };
  opened((thrown) => (thrown instanceof Failure && thrown.code === "record-locked" ? expect(thrown.message).toContain("a change that was cut off (SQLITE_READONLY_ROLLBACK)") : notBegun(thrown)));
  settleRecord(place, { ...opening(), ...custody(), isAlive: () => false });
  opened(notBegun);
}

/** What must be there after a cut, as the next session of the scan finds it. */
function expectKept(state: CutState, place: string): void {
  const { writer } = createOrResumeRecord(place, { ...opening(), ...custody(), isAlive: () => false });
  try {
    const said = (text: string): boolean => state.acknowledged.includes(text);
    expect(writer.nextEntry).toBeGreaterThanOrEqual(Math.max(0, ...state.acknowledged.map(Number).filter(Number.isFinite)));
    if (said("planned")) expect(writer.planned).toBe(true);
    if (said("finished")) expect(writer.closed).toBe(true);
    if (said("passed")) expect(passesOf(place)).toBe(2);
  } finally {
    writer.release();
  }
  expect(verifyRecord(place)).toEqual([]);
}

function passesOf(place: string): number {
  const view = openRecord(place);
  try {
    return view.passes.length;
  } finally {
    view.close();
  }
}

async function goOn(place: string): Promise<void> {
  const { writer } = createOrResumeRecord(place, { ...opening(), ...custody() });
  sweep(place);
  if (!writer.closed) {
    if (!writer.planned) writer.writePlan(sampleEntries(count), () => 14);
    appendAll(writer);
    writer.finish(1);
  }
  writer.release();
  await addPass(place, { ...opening(), ...custody() }, newPass());
  writeReports(place);
}

describeWith("strace", has("strace"), "after a power cut", () => {
  it(`every acknowledged row is there, the record is sound, reports are whole or absent, and the scan goes on (seed ${seedOfRun}, REQ-51)`, { timeout: all ? 7_200_000 : 180_000 }, async () => {
    const [undisturbed, states] = [join(folder, "undisturbed"), join(folder, "states")];
    for (const made of [undisturbed, states]) mkdirSync(made);
    const operations = diskOperations(undisturbed, join(folder, "log"), process.execPath, ["--import", "tsx", join(import.meta.dirname, "whole-case-in-child.ts"), join(undisturbed, "case"), `${count}`, "5"]);
    const rows = storedRows(join(undisturbed, "case"));
    const reports = readdirSync(join(undisturbed, "case")).filter((name) => name.startsWith("report"));
    const whole = new Map(reports.map((name) => [name, readFileSync(join(undisturbed, "case", name))]));
    const wrong: string[] = [];
    const tally = { operations: operations.length, states: 0, goneOn: 0 };
    let last: CutState | undefined;
    for (const state of cutStates(operations, chances, seedOfRun)) {
      const place = join(states, `${tally.states}`);
      mkdirSync(place);
      writeState(state, place);
      last = state;
      try {
        const there = reports.filter((name) => state.files.has(join("case", name)));
        for (const name of there) expect(state.files.get(join("case", name))!.equals(whole.get(name)!), `${name} is whole`).toBe(true);
        if (state.acknowledged.includes("reported")) expect(there).toEqual(reports);
        if (state.files.has(join("case", "record.sqlite-journal"))) expectTold(join(place, "case"), state.acknowledged);
        expectKept(state, join(place, "case"));
        if (tally.states % restEvery === 0) {
          tally.goneOn += 1;
          await goOn(join(place, "case"));
          expectWhole(join(place, "case"), rows);
        }
      } catch (thrown) {
        wrong.push(`${state.told}, said ${state.acknowledged.at(-1) ?? "nothing"}: ${String(thrown)}`);
      }
      rmSync(place, { recursive: true });
      tally.states += 1;
    }
    console.info(JSON.stringify({ ...tally, wrong: wrong.length }));
    expect(wrong.slice(0, 20)).toEqual([]);
    expect(tally.states).toBeGreaterThanOrEqual(500);
    // What was watched is all that happened: what the operations come to is what lies there.
    const found = new Map(readdirSync(join(undisturbed, "case")).sort().map((name) => [join("case", name), readFileSync(join(undisturbed, "case", name))]));
    expect(new Map([...last!.files].filter(([, bytes]) => bytes !== null))).toEqual(found);
  });
});
