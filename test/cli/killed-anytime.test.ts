import { rmSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { blindmatchAsync, startBlindmatch } from "../support/blindmatch.ts";
import { expectWhole, storedRows } from "../support/case-rows.ts";
import { temporaryFolder } from "../support/folder.ts";
import { areGone, killAll, processTree } from "../support/process-tree.ts";
import { type Random, seededRandom, seedOfRun } from "../support/random.ts";
import { disturbedScan } from "../support/sixty-files.ts";

// KILLS=500 (any number) is the long form, which has pictures among the files.
const long = process.env["KILLS"] !== undefined;
const kills = Number.isSafeInteger(Number(process.env["KILLS"])) ? Number(process.env["KILLS"]) : 12;
/** A case that never came to its end would show little. */
const killsOfCase = 6;
const seed = seedOfRun;

const folder = temporaryFolder();

interface Killed {
  readonly isKilled: boolean;
  /** Where the scan went on, and the entries that it said are recorded; null when it did not get so far. */
  readonly from: number | null;
  readonly recorded: number | null;
}

/** Starts a scan and kills all its processes after so long; that main alone is killed is `killed-anywhere`'s. */
async function killedAfter(waitMs: number, args: readonly string[]): Promise<Killed> {
  const running = startBlindmatch(...args, "--json");
  let out = "";
  running.stdout!.on("data", (bytes: Buffer) => (out += bytes.toString()));
  let tree: readonly number[] = [];
  const timer = setTimeout(() => {
    tree = processTree(running.pid!);
    killAll(tree);
  }, waitMs);
  const status = await new Promise<number | null>((resolve) => running.on("close", resolve));
  clearTimeout(timer);
  expect(await areGone(tree), "processes are gone").toBe(true);
  const told = (event: string, count: string): number | null => Number([...out.matchAll(new RegExp(`"event":"${event}".*?"${count}":(\\d+)`, "g"))].at(-1)?.[1] ?? Number.NaN);
  const orNull = (value: number | null): number | null => (Number.isNaN(value) ? null : value);
  return { isKilled: status === null, from: orNull(told("planned", "nextEntry")), recorded: orNull(told("progress", "entries")) };
}

it(`a scan that is killed again and again (${kills} times, seed ${seed}) goes on to the result of the undisturbed run (REQ-50)`, { timeout: 120_000 + kills * 8000 }, async () => {
  const { status, scanInto } = await disturbedScan(folder, 1500, long ? 40 : 0);
  const begin = performance.now();
  expect(await blindmatchAsync(...scanInto(join(folder, "undisturbed")), "--json")).toMatchObject({ status });
  const elapsedMs = performance.now() - begin;
  const undisturbed = storedRows(join(folder, "undisturbed"));
  let [killed, cases] = [0, 0];

  /** One case, killed until it comes to its end, or the last of all kills was made. */
  async function stormedCase(random: Random): Promise<void> {
    const place = join(folder, `case ${cases++}`);
    for (let recorded = 0, isKilled = true, left = killsOfCase; isKilled && left > 0 && killed < kills; left--) {
      const ended = await killedAfter(Math.round(elapsedMs * 0.2) + random(Math.round(elapsedMs)), scanInto(place));
      if (ended.from !== null) expect(ended.from).toBeGreaterThanOrEqual(recorded);
      recorded = Math.max(recorded, ended.from ?? 0, ended.recorded ?? 0);
      isKilled = ended.isKilled;
      killed += isKilled ? 1 : 0;
    }
    const ended = await blindmatchAsync(...scanInto(place), "--json");
    expect(ended, ended.err).toMatchObject({ status });
    expectWhole(place, undisturbed);
    rmSync(place, { recursive: true });
  }

  await Promise.all([seed, seed + 1].map(async (from) => {
    const random = seededRandom(from);
    while (killed < kills) await stormedCase(random);
  }));
  console.info(`${killed} kills, ${cases} cases, seed ${seed}; the undisturbed run took ${Math.round(elapsedMs)} ms`);
});
