import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { blindmatch, blindmatchWith, type Ended } from "../support/blindmatch.ts";
import { temporaryFolder } from "../support/folder.ts";

// What V8 makes of an x86 processor before SSE4.1; it has no such option for others.
const isHere = process.arch === "x64";
const node = ["--no-enable-sse4-1"];

describe.skipIf(!isHere)(`a processor without vectors${isHere ? "" : " (skipped: needs an x86 processor)"}`, () => {
  const folder = temporaryFolder();
  const home = join(folder, "home");
  const without = (...args: readonly string[]): Ended => blindmatchWith({ node }, ...args);
  const importing = (name: string): readonly string[] => ["list", "import", join(folder, `${name}.csv`), "--agency", "A", "--list-name", name, "--list-version", "1", "--scale", "vic-us", "--accept-unsigned", "synthetic", "--home", home];
  const scanning = (name: string, ...more: readonly string[]): readonly string[] => ["scan", join(folder, "evidence"), "--case", join(folder, name), "--case-number", "C", "--exhibit", "E", "--examiner", "X", "--home", home, "--allow-writable", "test", ...more];

  beforeAll(() => {
    mkdirSync(join(folder, "evidence"));
    for (const name of ["known", "other"]) writeFileSync(join(folder, "evidence", name), `content of ${name}`);
    writeFileSync(join(folder, "digests.csv"), `record_id,md5,category\nSYN-1,${createHash("md5").update("content of known").digest("hex")},1\n`);
    writeFileSync(join(folder, "codes.csv"), `record_id,pdq,category\nSYN-2,${createHash("sha256").update("a code").digest("hex")},1\n`);
  });

  it("matches digests all the same, with MD5 made by OpenSSL", () => {
    expect(without(...importing("digests"))).toMatchObject({ status: 0 });
    const ended = without(...scanning("digests"));
    expect(ended, ended.err).toMatchObject({ status: 1 });
    expect(ended.out + ended.err).toContain("The bytes of 1 entry have the same digests");
  });

  it("refuses near matching, and lists that are for it, and says what works", () => {
    const refused = without(...importing("codes"));
    expect(refused).toMatchObject({ status: 70, err: expect.stringContaining("found a processor without the vectors") });
    expect(blindmatch(...importing("codes"))).toMatchObject({ status: 0 });
    expect(without(...scanning("codes"))).toMatchObject({ status: 70, err: expect.stringContaining("with --no-perceptual exact copies are found") });
    expect(without(...scanning("codes", "--no-perceptual"))).toMatchObject({ status: 1 });
  });

  it("refuses to compare the codes that a case kept, and compares its digests", () => {
    expect(blindmatch("list", "drop", "codes", "--reason", "test", "--home", home)).toMatchObject({ status: 0 });
    expect(blindmatch(...scanning("kept", "--keep-codes"))).toMatchObject({ status: 1 });
    expect(blindmatch(...importing("codes"), "--allow-older", "test")).toMatchObject({ status: 0 });
    const rematch = ["rematch", join(folder, "kept"), "--examiner", "X", "--home", home];
    expect(without(...rematch)).toMatchObject({ status: 70, out: "", err: expect.stringMatching(/^blindmatch: rematch: found a processor without the vectors/) });
    expect(without(...rematch, "--no-perceptual")).toMatchObject({ status: 1 });
  });

  it("fails the self-test in this alone", () => {
    const ended = without("selftest");
    expect(ended.status).toBe(70);
    expect(ended.out.split("\n").filter((line) => line.startsWith("FAIL"))).toEqual([expect.stringContaining("processor has the vectors of near matching: found none")]);
    expect(ended.out).toContain("md5: of one file after the other, by OpenSSL");
  });
});
