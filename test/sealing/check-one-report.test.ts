import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { custody } from "../../src/cli/custody.ts";
import { writeReports } from "../../src/cli/scan-outcome.ts";
import { ownVersion } from "../../src/cli/version.ts";
import { appendReportRow, createOrResumeRecord } from "../../src/record/open-record.ts";
import { openRecord } from "../../src/record/open-view.ts";
import { csv } from "../../src/reports/csv.ts";
import { checkOneReport } from "../../src/sealing/check-one-report.ts";
import { temporaryFolder } from "../support/folder.ts";
import { examined, opening, sampleEntries } from "../record/sample-case.ts";

const root = temporaryFolder();

describe("a report that was made before more was known", () => {
  it("is said to be of an earlier state, and one made at the end is not", () => {
    const folder = join(root, "unfinished");
    const { writer } = createOrResumeRecord(folder, opening());
    writer.writePlan(sampleEntries(2), () => 1);
    const early = openRecord(folder);
    const making = { madeAt: "2026-03-01T00:00:00.000+00:00", version: ownVersion(), ofRows: early.chain.rows };
    const text = [...csv.render(early, { all: false, ...making })].join("");
    early.close();
    writer.append([0, 1].map((no) => ({ finding: examined(no), matches: [] })));
    writer.finish(1);
    writeReports(folder);
    writeFileSync(join(folder, "early.csv"), text);
    appendReportRow(folder, { format: "csv", all: false, fileName: "early.csv", sha256: createHash("sha256").update(text).digest("hex"), ...making }, custody());
    const notes = (file: string): string[] => [...checkOneReport(folder, join(folder, file))].filter(({ kind }) => kind === "note").map(({ text }) => text);
    expect(notes("early.csv")).toEqual([expect.stringMatching(/early\.csv: results were added to the case since it was made \(row \d+ of the record, \S+: batch, closed\); a later report has them$/)]);
    expect(notes("report.csv")).toEqual([]);
  });
});
