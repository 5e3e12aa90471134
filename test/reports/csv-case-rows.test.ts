import { expect, it } from "vitest";
import { csv } from "../../src/reports/csv.ts";
import { csvRows } from "../support/report-text.ts";
import { examined, list, recordView } from "../support/record-view.ts";

const options = { all: false, madeAt: "2026-04-17T12:00:00+02:00", version: "0.1.0" };

it.each([{ all: false }, { all: true }, { all: false, countsOnly: true }])("csv alone says who examined what, when, with what and by which command, in one pass too: %j", (how) => {
  const record = recordView({ entries: [examined(0, "a")], lists: [list()], header: { clock: { source: "tsc", synchronised: true } } });
  const [header, ...rows] = csvRows([...csv.render(record, { ...options, ...how })].join("").slice(1));
  const cell = (row: readonly string[], name: string): string => row[header!.indexOf(name)]!;
  expect(rows.filter(([type]) => type === "case").map((row) => `${cell(row, "status")}: ${cell(row, "detail")}`)).toEqual([
    "examiner: K. Brandt",
    "organisation: Example Police, Unit 4",
    "evidence: /mnt/exhibit-7",
    "file-system: ext4 (directory), root inode 2",
    "started: 2026-04-17T10:00:00+02:00",
    "ended: 2026-04-17T10:00:05+02:00",
    "took: 61 seconds",
    "time-zone: Europe/Berlin",
    "clock: clock source tsc, synchronised",
    "run-on: bench-2 as kbrandt",
    "command: blindmatch scan /mnt/exhibit-7",
    "version: blindmatch 0.1.0",
    "version: node 20.20.2",
    "self-test: digests agree with the published vectors",
    `results-digest: ${"22".repeat(32)}`,
  ]);
  expect(rows.filter(([type]) => type === "pass").map((row) => [cell(row, "pass"), cell(row, "count")])).toEqual([["1", "1"]]);
});
