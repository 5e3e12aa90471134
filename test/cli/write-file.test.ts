import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { writeNewFile } from "../../src/cli/write-file.ts";
import { temporaryFolder } from "../support/folder.ts";

const folder = temporaryFolder();
const sha256 = createHash("sha256").update("one two").digest("hex");

describe("a new file", () => {
  it("has its name only when it is whole and its digest was told", () => {
    const path = join(folder, "told");
    const told: string[] = [];
    const given = writeNewFile(path, ["one ", "two"], (digest) => {
      expect(existsSync(path)).toBe(false);
      told.push(digest);
    });
    expect([given, ...told]).toEqual([sha256, sha256]);
    expect(readFileSync(path, "utf8")).toBe("one two");
  });

  it("is not there when telling its digest fails, and neither is a part of it", () => {
    const refuse = (): void => {
      throw new Error("refused");
    };
    const before = readdirSync(folder);
    expect(() => writeNewFile(join(folder, "refused"), ["one"], refuse)).toThrow("refused");
    expect(readdirSync(folder)).toEqual(before);
  });

  it("never takes the place of another", () => {
    writeFileSync(join(folder, "there"), "other");
    expect(() => writeNewFile(join(folder, "there"), ["one"])).toThrow(expect.objectContaining({ code: "output-exists" }));
    expect(readFileSync(join(folder, "there"), "utf8")).toBe("other");
  });
});
