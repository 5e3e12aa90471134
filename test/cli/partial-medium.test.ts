import { cpSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { createOrResumeRecord } from "../../src/record/open-record.ts";
import { opening, sampleEntries } from "../record/sample-case.ts";
import { blindmatch } from "../support/blindmatch.ts";
import { temporaryFolder } from "../support/folder.ts";
import { describeWith, mayMount, run } from "../support/tools.ts";

const folder = temporaryFolder();
const place = (name: string): string => join(folder, name);

describeWith("root and mount", mayMount, "a case whose scan had not ended, on a medium that cannot be written to", () => {
  it("is told from a fault of the program: SQLite has to write beside it", () => {
    const medium = place("partial-medium");
    const { writer } = createOrResumeRecord(place("partial"), opening());
    writer.writePlan(sampleEntries(2), () => 1);
    cpSync(place("partial"), medium, { recursive: true });
    writer.release();
    for (const name of readdirSync(medium)) if (name.endsWith("-shm") || name.endsWith("lock")) rmSync(join(medium, name));
    expect(readdirSync(medium)).toContain("record.sqlite-wal");
    run("mount", ["--bind", medium, medium]);
    run("mount", ["-o", "remount,ro,bind", medium]);
    try {
      expect(blindmatch("verify", medium)).toMatchObject({ status: 5, err: expect.stringContaining("copy the case folder to such a place") });
    } finally {
      run("umount", [medium]);
    }
    expect(blindmatch("verify", medium)).toMatchObject({ status: 0, out: expect.stringContaining("PARTIAL") });
  });
});
