import { spawn, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, it } from "vitest";
import { custody } from "../../src/cli/custody.ts";
import { writeReports } from "../../src/cli/scan-outcome.ts";
import { ordered } from "../../src/ordered.ts";
import { inMemory, temporaryFolder } from "../support/folder.ts";
import { caseWith, reopened } from "../support/many-matches.ts";
import { seedOfRun } from "../support/random.ts";
import { describeWith, has } from "../support/tools.ts";
import { faults } from "../sealing/sealed-case.ts";

// KILLS=all kills at every point; without it a sample is killed.
const every = process.env["KILLS"] === "all";

const root = temporaryFolder(inMemory);
const calls = ["link", "linkat", "rename", "renameat", "renameat2", "fsync", "fdatasync", "unlink", "unlinkat"];
const traced = calls.map((call) => `?${call}`).join();
// The compiled program: a process of it starts in a tenth of the time.
const program = pathToFileURL(join(import.meta.dirname, "../../dist/cli/scan-outcome.js")).href;
const writing = (folder: string): readonly string[] => [process.execPath, "--input-type=module", "-e", `import { writeReports } from ${JSON.stringify(program)}; writeReports(${JSON.stringify(folder)});`];

interface Point {
  readonly call: string;
  readonly nth: number;
  readonly about: string;
}

function pointsOf(folder: string, log: string): Point[] {
  const [file = "", ...args] = writing(folder);
  const ended = spawnSync("strace", ["-o", log, "-y", "-e", `trace=${traced}`, "-e", "signal=none", file, ...args]);
  if (ended.status !== 0) throw new Error(ended.stderr.toString());
  const counts = new Map<string, number>();
  return readFileSync(log, "utf8").split("\n").flatMap((line): Point[] => {
    const [, call, about] = /^(\w+)\((.*)$/.exec(line) ?? [];
    if (call === undefined || about === undefined) return [];
    const nth = (counts.get(call) ?? 0) + 1;
    counts.set(call, nth);
    return [{ call, nth, about: about.replaceAll(root, "") }];
  });
}

/** Gives the signal that it ended by. */
async function killedAt({ call, nth }: Point, folder: string): Promise<string | null> {
  const running = spawn("strace", ["-o", "/dev/null", "-e", `trace=${call}`, "-e", `inject=${call}:signal=SIGKILL:when=${nth}`, ...writing(folder)], { stdio: "ignore" });
  return await new Promise((resolve) => running.on("close", (_, signal) => resolve(signal)));
}

describeWith("strace", has("strace"), "making a report of several pages that is killed", () => {
  it(`is made good by the same call, and the case verifies (seed ${seedOfRun})`, { timeout: every ? 600_000 : 60_000 }, async () => {
    const finished = join(root, "finished");
    caseWith(finished, { exact: 2100 });
    const undisturbed = join(root, "undisturbed");
    cpSync(finished, undisturbed, { recursive: true });
    const points = pointsOf(undisturbed, join(root, "log"));
    const names = readdirSync(undisturbed).toSorted();
    expect(names).toEqual(["record.sqlite", "report.csv", "report.exact-2.html", "report.html", "report.jsonl"]);
    // The sample: at every other call about the report that has pages, and between its row and its names.
    const rowWritten = points.findLast(({ call }) => call.startsWith("rename"));
    const ofPages = points.filter(({ about }) => about.includes(".html"));
    const chosen = points.filter((point) => every || point === rowWritten || ofPages.indexOf(point) % 2 === seedOfRun % 2);
    const wrong: string[] = [];
    let killed = 0;
    const kills = ordered(chosen.entries(), 2, async ([index, point]) => {
      const folder = join(root, `case ${index}`);
      mkdirSync(folder);
      cpSync(finished, folder, { recursive: true });
      const signal = await killedAt(point, folder);
      try {
        if (existsSync(join(folder, "report.html"))) expect(existsSync(join(folder, "report.exact-2.html")), "pages of the first page").toBe(true);
        reopened(folder, custody());
        writeReports(folder);
        expect(readdirSync(folder).toSorted()).toEqual(names);
        expect(faults(folder, [], { withoutSignature: true })).toEqual([]);
      } catch (thrown) {
        wrong.push(`killed at ${point.call} no. ${point.nth} (${point.about}): ${String(thrown)}`);
      }
      rmSync(folder, { recursive: true });
      return signal === "SIGKILL";
    });
    for await (const { result } of kills) killed += result ? 1 : 0;
    console.info(`killed at ${killed} of ${chosen.length} points; the undisturbed call has ${points.length}`);
    expect(wrong).toEqual([]);
    expect(killed).toBe(chosen.length);
  });
});
