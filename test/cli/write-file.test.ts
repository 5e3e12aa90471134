import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { sweep, sweepParts } from "../../src/cli/sweep.ts";
import { partOwner, writeNewFile, writeUnnamed } from "../../src/cli/write-file.ts";
import { temporaryFolder } from "../support/folder.ts";

const folder = temporaryFolder();
const sha256 = createHash("sha256").update("one two").digest("hex");

describe("a new file", () => {
  it("has its name only when it is whole and its digest is known", () => {
    const path = join(folder, "told");
    const file = writeUnnamed(path, ["one ", "two"]);
    expect(existsSync(path)).toBe(false);
    expect(file.sha256).toBe(sha256);
    file.giveName();
    file.abandon();
    expect(readFileSync(path, "utf8")).toBe("one two");
  });

  it("is not there when its text fails, or when its name is taken back, and neither is a part of it", () => {
    const before = readdirSync(folder);
    const failing = function* (): Generator<string> {
      yield "one";
      throw new Error("refused");
    };
    expect(() => writeNewFile(join(folder, "refused"), failing())).toThrow("refused");
    const file = writeUnnamed(join(folder, "refused"), ["one"]);
    file.giveName();
    file.withdraw();
    file.abandon();
    expect(readdirSync(folder)).toEqual(before);
  });

  it("never takes the place of another (REQ-62)", () => {
    writeFileSync(join(folder, "there"), "other");
    expect(() => writeNewFile(join(folder, "there"), ["one"])).toThrow(expect.objectContaining({ code: "output-exists" }));
    expect(readFileSync(join(folder, "there"), "utf8")).toBe("other");
  });

  it("is not hindered by what an earlier process of the same number left", () => {
    const left = writeUnnamed(join(folder, "again"), ["left"]);
    expect(writeNewFile(join(folder, "again"), ["one two"])).toBe(sha256);
    left.abandon();
    expect(readFileSync(join(folder, "again"), "utf8")).toBe("one two");
  });
});

describe("what killed processes left unfinished", () => {
  const ended = spawnSync("true").pid;
  const kept = [`report.html.${process.ppid}-0123456789ab.part`, "download.77.part", `notes.${ended}-0123.part`, `a${ended}-0123456789ab.part`];
  const stale = [`report.html.${ended}-0123456789ab.part`, `court.exact-2.html.${ended}-0123456789ab.part`, `report.html.${process.pid}-0123456789ab.part`, `report.jsonl.${ended}.part`, `manifest.json.${ended}.part`];

  it.each([["a rematch or a seal", sweepParts], ["a scan", sweep]])("is removed by %s, and nothing of a process that runs or of anybody else", (_, sweeping) => {
    const place = mkdtempSync(join(folder, "case "));
    for (const name of [...kept, ...stale]) writeFileSync(join(place, name), "");
    sweeping(place);
    expect(readdirSync(place).toSorted()).toEqual(kept.toSorted());
  });

  it("is known by its name", () => {
    expect([...kept, ...stale].map(partOwner)).toEqual([process.ppid, null, null, null, ended, ended, process.pid, ended, ended]);
  });
});
