import { expect, it } from "vitest";
import { countedEntries, progressIn } from "../../src/cli/progress.ts";
import { noWork } from "../../src/reading/readers-work.ts";
import { entry } from "../record/sample-case.ts";
import { jsonLines } from "../support/blindmatch.ts";

const [planned, batch] = [{ entries: 10, bytes: 1_000_000 }, { event: "progress", entries: 1, bytes: 0, rows: 1, unread: 0, unreadBytes: 0, matched: { exact: 0, contradicted: 0, near: 0, any: 0 } }] as const;

/** What is told at moments of a scan of 1 MB, a byte a millisecond: so many milliseconds in, so many bytes in flight. */
function toldAt(style: "json" | "lines", moments: readonly (readonly [atMs: number, bytesInFlight: number])[]): string {
  let [elapsedMs, bytesInFlight, said] = [0, 0, ""];
  const say = (text: string): void => void (said += text);
  const progress = progressIn(style, { err: say, out: say, columns: () => 80, elapsedMs: () => elapsedMs, bytesInFlight: () => bytesInFlight, readers: 1, stageTimes: () => ({ elapsedMs, own: { walk: 0, match: 0, append: 0 }, readers: noWork }) });
  progress.tell({ event: "planned", ...planned, files: 10, bytes: String(planned.bytes), nextEntry: 0 });
  said = "";
  for (const moment of moments) {
    [elapsedMs, bytesInFlight] = moment;
    progress.tell({ ...batch, entries: 0, rows: 0 });
  }
  const told = said;
  progress.done();
  return told;
}

it("bytes that were not read are no part of the speed, and those that will not be none of the time left", () => {
  let [elapsedMs, said] = [0, ""];
  const say = (text: string): void => void (said += text);
  const progress = progressIn("json", { err: say, out: say, columns: () => 80, elapsedMs: () => elapsedMs, bytesInFlight: () => 0, readers: 1, stageTimes: () => ({ elapsedMs, own: { walk: 0, match: 0, append: 0 }, readers: noWork }) });
  const [small, huge] = [entry("small", { sizeBytes: 1000 }), entry("huge", { sizeBytes: 1_000_000, unread: "over-limit" })];
  expect([...countedEntries([small, huge, small], progress)]).toEqual([small, huge, small]);
  progress.tell({ event: "planned", entries: 3, files: 3, bytes: "1002000", nextEntry: 0 });
  said = "";
  elapsedMs = 1000;
  progress.tell({ ...batch, bytes: 1000 });
  elapsedMs = 2000;
  progress.tell({ ...batch, bytes: 1_000_000, unread: 1, unreadBytes: 1_000_000 });
  elapsedMs = 3000;
  progress.tell({ ...batch, bytes: 1000, matched: { exact: 1, contradicted: 0, near: 2, any: 2 } });
  progress.done();
  expect(jsonLines(said).filter(({ event }) => event === "progress").slice(0, 3)).toMatchObject([
    { bytes: 1000, unreadBytes: 0, bytesPerSecond: 1000, secondsLeft: 2, exact: 0, near: 0 },
    { bytes: 1_001_000, unread: 1, unreadBytes: 1_000_000, bytesPerSecond: 500, secondsLeft: 2 },
    { bytes: 1_002_000, ofBytes: 1_002_000, bytesPerSecond: 667, secondsLeft: 0, exact: 1, near: 2 },
  ]);
});

it("no speed and no time left are told of a scan that lost most of what it had read, until that is read again", () => {
  const events = jsonLines(toldAt("json", [[100_000, 100_000], [200_000, 2], [300_000, 40_000], [400_000, 90_000], [500_000, 200_000]]));
  expect(events.map(({ bytes, bytesPerSecond, secondsLeft }) => [bytes, bytesPerSecond, secondsLeft])).toEqual([
    [100_000, 1000, 900],
    [2, null, null],
    [40_000, null, null],
    [90_000, 225, 4044],
    [200_000, 400, 2000],
  ]);
  expect(toldAt("lines", [[100_000, 100_000], [200_000, 2]]).split("\n")[1]).toMatch(/2 B\/1\.00 MB {2}speed unknown {2}time left unknown/);
});
