import { describe, expect, it } from "vitest";
import { createOrResumeRecord, type Opening } from "../../src/record/open-record.ts";
import { clockMovement } from "../../src/record/log-clock.ts";
import { openRecord } from "../../src/record/open-view.ts";
import type { LogRow } from "../../src/record/view.ts";
import { verifyRecord } from "../../src/record/verify-record.ts";
import { historyOf, elapsedSentence, type History } from "../../src/reports/history.ts";
import { temporaryFolder } from "../support/folder.ts";
import { appendAll, examined, newCases, opening, sampleEntries } from "./sample-case.ts";

const newCase = newCases(temporaryFolder());

/** Two clocks that a test sets. Units: milliseconds. */
interface Clocks {
  wall: number;
  monotonic: number;
}
const noon = Date.UTC(2026, 5, 1, 12);
const timed = (clocks: Clocks): Opening => opening({ now: () => new Date(clocks.wall).toISOString().replace("Z", "+00:00"), elapsedMs: () => clocks.monotonic });

function read(folder: string): { readonly log: LogRow[]; readonly history: History } {
  const view = openRecord(folder);
  try {
    return { log: [...view.log()], history: historyOf(view) };
  } finally {
    view.close();
  }
}

describe("the clocks of a record", () => {
  it.each([
    ["together", { wallMs: 5000, elapsedMs: 5000 }, null],
    ["two seconds apart", { wallMs: 7000, elapsedMs: 5000 }, null],
    ["more than that", { wallMs: 7001, elapsedMs: 5000 }, { wallMs: 7001, monotonicMs: 5000 }],
    ["the wall's backwards", { wallMs: -3600_000, elapsedMs: 10 }, { wallMs: -3600_000, monotonicMs: 10 }],
  ])("that went on %s", (_, reading, told) => {
    expect(clockMovement(reading, { wallMs: 0, elapsedMs: 0 }, null)).toEqual(told);
  });

  it("write down when the wall's was set, just before the row that noticed, and again only when it is set again", () => {
    const folder = newCase();
    const clocks = { wall: noon, monotonic: 0 };
    const { writer } = createOrResumeRecord(folder, timed(clocks));
    const pass = (ms: number): void => void ((clocks.wall += ms), (clocks.monotonic += ms));
    pass(60_000);
    writer.writePlan(sampleEntries(40), () => 3);
    clocks.wall -= 7200_000;
    pass(500);
    appendAll(writer);
    pass(1000);
    // Twice what one step may differ, in small steps.
    for (let step = 0; step < 4; step++) {
      clocks.wall += 1000;
      writer.log("warning", { message: `step ${step}` });
    }
    writer.finish(clocks.monotonic);
    const { log } = read(folder);
    expect(log.map(({ kind }) => kind)).toEqual(["opened", "planned", "clock", "batch", "batch", "warning", "warning", "clock", "warning", "warning", "closed"]);
    expect(log.flatMap((row) => (row.kind === "clock" ? [row.body] : []))).toEqual([
      { wallMs: -7139_500, monotonicMs: 60_500 },
      { wallMs: 4000, monotonicMs: 1000 },
    ]);
    expect(log.flatMap((row) => (row.kind === "closed" ? [row.body.elapsedMs] : []))).toEqual([61_500]);
    expect(verifyRecord(folder)).toEqual([]);
  });

  it("write down on going on when the wall's is behind the last row, whatever the zones", () => {
    const folder = newCase();
    const before = createOrResumeRecord(folder, timed({ wall: noon, monotonic: 5 })).writer;
    before.release();
    const later = timed({ wall: noon + 1, monotonic: 0 });
    createOrResumeRecord(folder, { ...later, now: () => new Date(noon + 1 - 5 * 3600_000).toISOString().replace("Z", "-05:00") }).writer.release();
    createOrResumeRecord(folder, timed({ wall: noon - 3600_000, monotonic: 0 })).writer.release();
    const { log } = read(folder);
    expect(log.map(({ kind }) => kind)).toEqual(["opened", "resumed", "clock", "resumed"]);
    expect(log[2]).toMatchObject({ body: { wallMs: -3600_001, monotonicMs: null } });
    expect(verifyRecord(folder)).toEqual([]);
  });

  it("add up over sessions, those that were killed included, as far as a row tells; reports say how many there were", () => {
    const folder = newCase();
    const session = (until: number, ms: number, end: "killed" | "interrupted" | "finished"): void => {
      const clocks = { wall: noon, monotonic: 0 };
      const { writer } = createOrResumeRecord(folder, timed(clocks));
      if (!writer.planned) writer.writePlan(sampleEntries(30), () => 3);
      const numbers = [...writer.batches()].flat().map(({ no }) => no).filter((no) => no < until);
      [clocks.wall, clocks.monotonic] = [noon + ms, ms];
      if (numbers.length > 0) writer.append(numbers.map((no) => ({ finding: examined(no), matches: [] })));
      if (end === "interrupted") writer.log("interrupted", { nextEntry: until, elapsedMs: ms + 50 });
      if (end === "finished") writer.finish(ms + 7);
      writer.release();
    };
    session(10, 1000, "killed");
    session(10, 400, "killed");
    session(20, 2000, "interrupted");
    session(30, 3000, "finished");
    const { log, history } = read(folder);
    expect(log.flatMap((row) => (row.kind === "closed" ? [row.body.elapsedMs] : []))).toEqual([1000 + 2050 + 3007]);
    expect(history.scanSessions).toEqual({ count: 4, untimed: 1 });
    expect(elapsedSentence(history)).toBe("6 seconds in 4 sessions, and the time of 1 session that nothing tells");
    // The last row of a session that began where another ended later.
    expect(log.filter(({ kind }) => kind === "clock").length).toBeGreaterThan(0);
    expect(verifyRecord(folder)).toEqual([]);
  });
});
