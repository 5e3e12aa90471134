import { describe, expect, it } from "vitest";
import type { LogKind, MountState } from "../../src/record/view.ts";
import { evidenceWrites } from "../../src/reports/evidence-writes.ts";
import { historyOf } from "../../src/reports/history.ts";
import { mount, recordView, type StatedRecord } from "../support/record-view.ts";

const writes = (stated: StatedRecord) => evidenceWrites(historyOf(recordView(stated)));
const device = (writesCompleted: string, number = "7:7") => mount({ device: { number, readOnly: true, writesCompleted, sectorsWritten: "297964" } });
const row = (when: "before" | "after", state: MountState | null): { kind: LogKind; body: object } => ({ kind: "mount-state", body: { when, mount: state } });

describe("writes to the evidence", () => {
  it("are none when the counters are the same before and after", () => {
    expect(writes({}).verdict).toBe("none");
  });

  it("are recorded when either counter differs, and the sentence does not say that nothing was written", () => {
    const states = [device("516"), mount({ device: { number: "7:7", readOnly: true, writesCompleted: "515", sectorsWritten: "297965" } })];
    for (const mountAfter of states) {
      const told = writes({ mountAfter });
      expect(told.verdict).toBe("recorded");
      expect(told.sentence).not.toContain("Nothing was written");
    }
  });

  it.each<[string, StatedRecord]>([
    ["the scan has not ended", { complete: false }],
    ["no state was taken afterwards", { mountAfter: null }],
    ["the device is another one afterwards", { mountAfter: device("515", "7:8") }],
    ["there is no block device", { mountAfter: mount({ device: null }) }],
  ])("cannot be told when %s", (_, stated) => {
    const told = writes(stated);
    expect([told.verdict, told.sentence.startsWith("It cannot be told from write counters")]).toEqual(["unknown", true]);
  });

  it("are none over a session that was cut off, when the counters at both ends are the same", () => {
    expect(writes({ log: [row("before", device("515"))] }).verdict).toBe("none");
  });

  it("are recorded when they fall into one of several sessions", () => {
    expect(writes({ log: [row("after", device("520")), row("before", device("515"))] }).verdict).toBe("recorded");
  });

  it("are judged session by session when the device was attached anew", () => {
    const log = [row("after", device("515")), row("before", device("9", "7:3"))];
    expect(writes({ log, mountAfter: device("9", "7:3") }).verdict).toBe("none");
    expect(writes({ log, mountAfter: device("10", "7:3") }).verdict).toBe("recorded");
  });

  it("cannot be told over a session that was cut off before the device was attached anew", () => {
    expect(writes({ log: [row("before", device("9", "7:3"))], mountAfter: device("9", "7:3") }).verdict).toBe("unknown");
  });

  it("stand beside how it was mounted, in every state", () => {
    expect(writes({}).mountSentence).toBe("It was mounted read-only; the device itself was read-only for the operating system.");
    expect(writes({ mountAfter: mount({ readOnly: false }) }).mountSentence).toContain("NOT mounted read-only");
  });
});
