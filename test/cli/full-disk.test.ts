import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { closeSync, existsSync, openSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { ordered } from "../../src/ordered.ts";
import { openRecord } from "../../src/record/open-view.ts";
import { verifyRecord } from "../../src/record/verify-record.ts";
import { blindmatchAsync, program } from "../support/blindmatch.ts";
import { expectWhole, storedRows } from "../support/case-rows.ts";
import { temporaryFolder } from "../support/folder.ts";
import { seedOfRun } from "../support/random.ts";
import { type Disturbed, disturbedScan } from "../support/sixty-files.ts";
import { type Faulted, runFaulted, spread, type WritePoint, writePoints } from "../support/system-calls.ts";
import { describeWith, has } from "../support/tools.ts";

// FAULTS=all fails every point with both errors; without it a sample, each with one.
const every = process.env["FAULTS"] === "all";
const errors = ["ENOSPC", "EIO"] as const;

const folder = temporaryFolder();
let disturbed: Disturbed;
beforeAll(async () => {
  disturbed = await disturbedScan(folder);
});

interface Fault {
  readonly point: WritePoint;
  readonly error: string;
  /** A disk that stays full or broken, not one call that fails. */
  readonly onwards: boolean;
}

function chosenFaults(points: readonly WritePoint[]): Fault[] {
  const once = every ? points.flatMap((point) => errors.map((error) => ({ point, error, onwards: false }))) : spread(points, 90, seedOfRun).map((point, index) => ({ point, error: errors[index % 2]!, onwards: false }));
  // `write` goes to Node's own pipes as well, which stay whole when a disk does not.
  const onwards = spread(points.filter(({ call }) => call !== "write"), every ? 12 : 180, seedOfRun).map((point, index) => ({ point, error: errors[index % 2]!, onwards: true }));
  return [...once, ...onwards];
}

/** SHA-256 of what stands under the final name of a report. */
function reportsIn(caseFolder: string): string[] {
  const reports = existsSync(caseFolder) ? readdirSync(caseFolder).filter((name) => /^report.*\.(?:jsonl|csv|html)$/.test(name)) : [];
  return reports.map((name) => createHash("sha256").update(readFileSync(join(caseFolder, name))).digest("hex"));
}

/** SHA-256 of the reports that the record knows. */
function notedIn(caseFolder: string): string[] {
  const record = openRecord(caseFolder);
  const noted = [...record.log()].flatMap((row) => (row.kind === "report" ? [row.body.sha256 ?? ""] : []));
  record.close();
  return noted;
}

/** Runs a scan with the fault; null when it never came where it was meant to. */
async function faultedAt(place: string, { point, error, onwards }: Fault, isMeant: (about: string) => boolean, args: readonly string[]): Promise<Faulted | null> {
  for (let tries = 0; tries < 8; tries++) {
    const ended = await runFaulted(`${place}.log`, point, `error=${error}`, onwards, ...args);
    if (ended.failed.length > 0 && ended.failed.every(isMeant)) return ended;
    rmSync(place, { recursive: true, force: true });
  }
  return null;
}

describeWith("strace", has("strace"), "a scan whose disk is full or broken at a system call that writes", () => {
  it(`says so or is whole all the same, leaves no half-written report, and goes on to the result of the undisturbed run (seed ${seedOfRun}, REQ-51)`, { timeout: every ? 7_200_000 : 120_000 }, async () => {
    const { status, scanInto } = disturbed;
    const points = writePoints(join(folder, "log"), status, ...scanInto(join(folder, "undisturbed")));
    const undisturbed = storedRows(join(folder, "undisturbed"));
    // What main says to its readers goes to no disk.
    const isToDisk = ({ call, about }: Pick<WritePoint, "call" | "about">): boolean => about.includes(folder) || (call === "write" && /^[12]</.test(about));
    const toDisk = points.filter(isToDisk);
    const faults = chosenFaults(toDisk);
    const wrong: string[] = [];
    const missed: string[] = [];
    const ends = new Map<string, number>();
    const runs = ordered([...faults.entries()], 3, async ([index, { point, error, onwards }]) => {
      const place = join(folder, `case ${index}`);
      const first = await faultedAt(place, { point, error, onwards }, (about) => isToDisk({ call: point.call, about }), scanInto(place));
      if (first === null) {
        missed.push(`${point.call} no. ${point.nth} (${point.about})${onwards ? " onwards" : ""}`);
        return "missed";
      }
      try {
        expect(first.err).not.toMatch(/a bug|\n\s+at /);
        if (first.status === status) {
          expect(verifyRecord(place)).toEqual([]);
          expect(storedRows(place)).toEqual(undisturbed);
        } else {
          expect(first.status).toBeGreaterThan(status);
          expect(first.err).toMatch(/^blindmatch: .+/m);
        }
        const reports = reportsIn(place);
        const again = await blindmatchAsync(...scanInto(place));
        expect(again.status, again.err).toBe(status);
        expectWhole(place, undisturbed);
        // A report is whole when it is the one that the record holds the digest of.
        expect(notedIn(place)).toEqual(expect.arrayContaining([...reports, ...reportsIn(place)]));
      } catch (thrown) {
        wrong.push(`${error}${onwards ? " from then on" : ""} at ${point.call} no. ${point.nth} (${point.about}), status ${first.status}, ${first.err.trim().split("\n").at(-1) ?? ""}: ${String(thrown)}`);
      }
      rmSync(place, { recursive: true, force: true });
      return first.status === status ? "whole all the same" : `status ${first.status}`;
    });
    for await (const { result } of runs) ends.set(result, (ends.get(result) ?? 0) + 1);
    console.info(`${faults.length} faults at ${every ? "all" : "some"} of ${toDisk.length} points: ${[...ends].map(([end, times]) => `${times} ${end}`).join(", ")}`);
    expect(wrong).toEqual([]);
    expect(missed.length, missed.join()).toBeLessThanOrEqual(Math.max(2, faults.length / 20));
    // That faults are felt at all: which points are drawn is chance.
    expect(ends.get("status 70") ?? 0).toBeGreaterThan(0);
  });
});

it("a full disk under standard output is told, and what was not printed is no success", () => {
  const { status, scanInto } = disturbed;
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
