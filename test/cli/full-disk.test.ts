import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { closeSync, existsSync, openSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import Sqlite from "better-sqlite3";
import { expect, it } from "vitest";
import { ordered } from "../../src/ordered.ts";
import { verifyRecord } from "../../src/record/verify-record.ts";
import { blindmatchAsync, program } from "../support/blindmatch.ts";
import { expectWhole, storedRows } from "../support/case-rows.ts";
import { temporaryFolder } from "../support/folder.ts";
import { disturbedScan } from "../support/sixty-files.ts";
import { runFaulted, spread, type WritePoint, writePoints } from "../support/system-calls.ts";
import { describeWith, has } from "../support/tools.ts";

// FAULTS=all fails every point with both errors; without it a sample, each with one.
const every = process.env["FAULTS"] === "all";
const errors = ["ENOSPC", "EIO"] as const;

interface Fault {
  readonly point: WritePoint;
  readonly error: string;
  /** A disk that stays full or broken, not one call that fails. */
  readonly onwards: boolean;
}

function chosenFaults(points: readonly WritePoint[]): Fault[] {
  const once = every ? points.flatMap((point) => errors.map((error) => ({ point, error, onwards: false }))) : spread(points, 42).map((point, index) => ({ point, error: errors[index % 2]!, onwards: false }));
  const onwards = spread(points, every ? 12 : 90).map((point, index) => ({ point, error: errors[index % 2]!, onwards: true }));
  return [...once, ...onwards];
}

/** Reports under their final names are those that the record knows, whole. */
function expectNoHalfReport(caseFolder: string): void {
  const reports = existsSync(caseFolder) ? readdirSync(caseFolder).filter((name) => /^report.*\.(?:jsonl|csv|html)$/.test(name)) : [];
  if (reports.length === 0) return;
  const database = new Sqlite(join(caseFolder, "record.sqlite"));
  const noted = database.prepare<[], { body: string }>("SELECT body FROM log WHERE kind = 'report'").all().map(({ body }) => (JSON.parse(body) as { readonly sha256: string }).sha256);
  database.close();
  for (const name of reports) expect(noted, name).toContain(createHash("sha256").update(readFileSync(join(caseFolder, name))).digest("hex"));
}

it("a full disk under standard output is told, and what was not printed is no success", async () => {
  const folder = temporaryFolder();
  const { status, scanInto } = await disturbedScan(folder);
  const ontoFull = (...args: readonly string[]) => {
    const full = openSync("/dev/full", "w");
    const ended = spawnSync(process.execPath, [program, ...args], { stdio: ["ignore", full, "pipe"] });
    closeSync(full);
    return { status: ended.status, err: ended.stderr.toString() };
  };
  const told = /^blindmatch: standard output: found that it did not take all that was printed \(ENOSPC\), expected that it does; what is recorded stays$/m;
  expect(ontoFull(...scanInto(join(folder, "case")))).toMatchObject({ status, err: expect.stringMatching(told) });
  expect(ontoFull("list", "ls", "--home", join(folder, "home"))).toMatchObject({ status: 70, err: expect.stringMatching(told) });
});

describeWith("strace", has("strace"), "a scan whose disk is full or broken at a system call that writes", () => {
  it("says so or is whole all the same, leaves no half-written report, and goes on to the result of the undisturbed run", { timeout: every ? 7_200_000 : 120_000 }, async () => {
    const folder = temporaryFolder();
    const { status, scanInto } = await disturbedScan(folder);
    const points = writePoints(join(folder, "log"), status, ...scanInto(join(folder, "undisturbed")));
    const undisturbed = storedRows(join(folder, "undisturbed"));
    // What main says to its readers goes to no disk.
    const toDisk = points.filter(({ call, about }) => about.includes("/undisturbed") || (call === "write" && /^[12]</.test(about)));
    const faults = chosenFaults(toDisk);
    const wrong: string[] = [];
    const ends = new Map<string, number>();
    const runs = ordered([...faults.entries()], 3, async ([index, { point, error, onwards }]) => {
      const place = join(folder, `case ${index}`);
      const first = await runFaulted(`${place}.log`, point, `error=${error}`, onwards, ...scanInto(place));
      try {
        expect(first.err).not.toMatch(/a bug|\n\s+at /);
        if (first.status === status) {
          expect(verifyRecord(place)).toEqual([]);
          expect(storedRows(place)).toEqual(undisturbed);
        } else {
          expect(first.status).toBeGreaterThan(status);
          expect(first.err).toMatch(/^blindmatch: .+/m);
        }
        expectNoHalfReport(place);
        const again = await blindmatchAsync(...scanInto(place));
        expect(again.status, again.err).toBe(status);
        expectWhole(place, undisturbed);
      } catch (thrown) {
        wrong.push(`${error}${onwards ? " from then on" : ""} at ${point.call} no. ${point.nth} (${point.about}), status ${first.status}, ${first.err.trim().split("\n").at(-1) ?? ""}: ${String(thrown)}`);
      }
      rmSync(place, { recursive: true, force: true });
      return first.status === status ? "whole all the same" : `status ${first.status}`;
    });
    for await (const { result } of runs) ends.set(result, (ends.get(result) ?? 0) + 1);
    console.info(`${faults.length} faults at ${every ? "all" : "some"} of ${toDisk.length} points: ${[...ends].map(([end, times]) => `${times} ${end}`).join(", ")}`);
    expect(wrong).toEqual([]);
    expect(ends.get("status 70") ?? 0).toBeGreaterThan(faults.length / 4);
  });
});
