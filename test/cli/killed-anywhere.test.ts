import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { ordered } from "../../src/ordered.ts";
import { blindmatchAsync } from "../support/blindmatch.ts";
import { expectWhole, storedRows } from "../support/case-rows.ts";
import { temporaryFolder } from "../support/folder.ts";
import { areGone } from "../support/process-tree.ts";
import { disturbedScan } from "../support/sixty-files.ts";
import { seedOfRun } from "../support/random.ts";
import { runFaulted, spread, writePoints } from "../support/system-calls.ts";
import { describeWith, has } from "../support/tools.ts";

// KILLS=all kills at every point, once more with pictures; without it a sample is killed.
const every = process.env["KILLS"] === "all";

const root = temporaryFolder();

describeWith("strace", has("strace"), "a scan whose main process is killed at a system call that writes", () => {
  it.each(every ? [0, 4] : [0])(`goes on to the result of the undisturbed run, with nothing left behind (%i pictures, seed ${seedOfRun})`, { timeout: every ? 7_200_000 : 120_000 }, async (pictures) => {
    const folder = join(root, `${pictures} pictures`);
    mkdirSync(folder);
    const { status, scanInto } = await disturbedScan(folder, 60, pictures);
    const points = writePoints(join(folder, "log"), status, ...scanInto(join(folder, "undisturbed")));
    const undisturbed = storedRows(join(folder, "undisturbed"));
    expectWhole(join(folder, "undisturbed"), undisturbed);
    const inCase = points.filter(({ about }) => about.includes("/undisturbed"));
    const chosen = every ? points : spread(inCase, 54, seedOfRun);
    const wrong: string[] = [];
    let killed = 0;
    const kills = ordered([...chosen.entries()], 3, async ([index, point]) => {
      const place = join(folder, `case ${index}`);
      const first = await runFaulted(`${place}.log`, point, "signal=SIGKILL", false, ...scanInto(place));
      const told = `killed at ${point.call} no. ${point.nth} (${point.about})`;
      try {
        expect(first.killed || first.status === status, first.err).toBe(true);
        expect(await areGone(first.children), "processes are gone").toBe(true);
        const again = await blindmatchAsync(...scanInto(place));
        expect(again.status, again.err).toBe(status);
        expectWhole(place, undisturbed);
      } catch (thrown) {
        wrong.push(`${told}: ${String(thrown)}`);
      }
      rmSync(place, { recursive: true, force: true });
      return first.killed;
    });
    for await (const { result } of kills) killed += result ? 1 : 0;
    console.info(`killed at ${killed} of ${chosen.length} points; the undisturbed run has ${points.length}, ${inCase.length} of them in the case folder`);
    expect(wrong).toEqual([]);
    // Some writes to pipes are not made in every run.
    expect(killed).toBeGreaterThanOrEqual(chosen.length * 0.75);
  });
});
