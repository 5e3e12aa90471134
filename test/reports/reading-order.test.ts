import { describe, expect, it } from "vitest";
import type { LogKind, Totals } from "../../src/record/view.ts";
import { firstMatchText, firstMatchValue } from "../../src/reports/first-match.ts";
import { historyOf } from "../../src/reports/history.ts";
import { readingOrderSentence, stoppedSentence } from "../../src/reports/reading-order.ts";
import { recordView } from "../support/record-view.ts";

type Row = { readonly kind: LogKind; readonly body: object };
const history = (...log: Row[]) => historyOf(recordView({ log }));
const planned = (order?: "inode" | "path"): Row => ({ kind: "planned", body: { entries: 1, files: 1, bytes: "1", folders: 1, rowsSha256: "", ...(order === undefined ? {} : { order }) } });
const medium = (stated: string, device: string | null, readers: number): Row => ({ kind: "medium", body: { medium: stated, device, readers } });
const stopped: Row = { kind: "stopped", body: { after: 2, matched: 3, nextEntry: 512, elapsedMs: 10 } };
const resumed: Row = { kind: "resumed", body: { nextEntry: 512 } };
const batch: Row = { kind: "batch", body: { firstEntry: 512, lastEntry: 600, matches: 0, resultsHead: "", elapsedMs: 20 } };

describe("the order of reading in words", () => {
  it("says by what the plan is ordered, and nothing of triage where it is not", () => {
    expect(readingOrderSentence(history(planned("path")))).toMatch(/^Likely places and types were read first .*by path\.$/);
    expect(readingOrderSentence(history(planned("inode")))).toMatch(/^Likely places.*by inode number, for the medium rotated when the plan was made\.$/);
    expect(readingOrderSentence(history(planned()))).toBe("Entries were read in the order of their paths, files of 1 GiB and more after all others.");
  });

  it("says of each session's medium what the system told and how many readers there were, the same once", () => {
    const told = readingOrderSentence(history(planned("path"), medium("untold", null, 2), medium("rotating", "8:1", 1), medium("untold", null, 2), medium("not-rotating", "8:16", 4)));
    expect(told).toMatch(/by path\. Whether .* cannot be told, and was taken for no: 2 readers\. The .* disk that rotates \(device 8:1\): 1 reader\. The .* does not rotate \(device 8:16\): 4 readers\.$/);
  });

  it("says that a scan was stopped until it goes on", () => {
    expect(stoppedSentence(history(batch, stopped))).toMatch(/to stop after 2 entries with an exact or near match, and 3 were found\./);
    // Gone on with, it may be broken off before the first batch.
    expect(stoppedSentence(history(stopped, resumed))).toBeNull();
    expect(stoppedSentence(history(stopped, resumed, batch))).toBeNull();
    expect(stoppedSentence(history(batch))).toBeNull();
  });
});

describe("the first match in words", () => {
  const totals = { seen: { entries: 3000, bytes: 2n ** 63n } } as Totals;
  it("has the time, and shares that are rounded down", () => {
    const first = { entry: 700, elapsedMs: 2499, reached: { entries: 1024, bytes: 2n ** 61n - 1n } };
    expect(firstMatchText(first, totals, {})).toBe("after 2 seconds, with 1,024 of 3,000 entries (34.1 %) and 2,305,843,009,213,693,951 of 9,223,372,036,854,775,808 bytes (24.9 %) behind it");
    expect([firstMatchText(first, totals, { countsOnly: true }), firstMatchValue(first, totals, { countsOnly: true })]).toEqual(["after 2 seconds", { entry: null, elapsedMs: 2499, entries: null, bytes: null, entriesPercent: null, bytesPercent: null }]);
    expect(firstMatchValue(first, totals, {})).toEqual({ entry: 700, elapsedMs: 2499, entries: 1024, bytes: "2305843009213693951", entriesPercent: 34.1, bytesPercent: 24.9 });
  });

  it("says where no time was recorded, and divides nothing by nothing", () => {
    expect(firstMatchText({ entry: 0, elapsedMs: null, reached: { entries: 1, bytes: 0n } }, { seen: { entries: 1, bytes: 0n } } as Totals, {})).toBe("after a time that is not recorded, with 1 of 1 entry (100 %) and 0 of 0 bytes (0 %) behind it");
  });
});
