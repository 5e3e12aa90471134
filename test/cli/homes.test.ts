import { chmodSync, chownSync, existsSync, mkdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { blindmatch, type Ended } from "../support/blindmatch.ts";
import { temporaryFolder } from "../support/folder.ts";

const folder = temporaryFolder();
let homes = 0;
const newHome = (): string => join(folder, `home-${homes++}`);
const list = join(folder, "list.csv");
writeFileSync(list, `md5,category\n${"5a".repeat(16)},1\n`);
const imported = (home: string, name = "l"): Ended =>
  blindmatch("list", "import", list, "--agency", "A", "--list-name", name, "--list-version", "1", "--scale", "vic-us", "--accept-unsigned", "synthetic", "--home", home);
const scanned = (home: string): Ended => {
  mkdirSync(join(folder, "evidence"), { recursive: true });
  return blindmatch("scan", join(folder, "evidence"), "--case", join(folder, "case"), "--case-number", "C", "--exhibit", "E", "--examiner", "X", "--home", home, "--allow-writable", "test");
};

describe("a home", () => {
  it("that is not there is not made by what only reads", () => {
    const home = newHome();
    for (const command of [["ls"], ["show", "l"], ["verify"], ["diff", "l", list], ["drop", "l", "--reason", "why"]])
      expect(blindmatch("list", ...command, "--home", home), command.join(" ")).toMatchObject({ status: 4, err: expect.stringContaining("found no home there") });
    expect(scanned(home)).toMatchObject({ status: 2, err: expect.stringContaining("found no home there") });
    expect(existsSync(home)).toBe(false);
  });

  it("that is a file is refused with words", () => {
    for (const ended of [imported(list), blindmatch("list", "ls", "--home", list)]) expect(ended).toMatchObject({ status: 2, err: expect.stringMatching(/folder/) });
  });

  it("that others may write to is refused", () => {
    const home = newHome();
    expect(imported(home)).toMatchObject({ status: 0 });
    expect(statSync(home).mode & 0o777).toBe(0o700);
    chmodSync(home, 0o770);
    expect(blindmatch("list", "verify", "--home", home)).toMatchObject({ status: 2, err: expect.stringContaining("0770") });
    expect(scanned(home).status).toBe(2);
  });

  it.runIf(process.geteuid?.() === 0)("of another user is refused, and so are trusted keys of one", () => {
    const home = newHome();
    expect(blindmatch("list", "trust", "A", "--home", home)).toMatchObject({ status: 0 });
    writeFileSync(join(home, "trust.json"), "{}", { mode: 0o600 });
    chownSync(join(home, "trust.json"), 12345, 12345);
    expect(blindmatch("list", "trust", "A", "--home", home)).toMatchObject({ status: 4, err: expect.stringContaining("another user") });
    chownSync(home, 12345, 12345);
    expect(blindmatch("list", "ls", "--home", home)).toMatchObject({ status: 2, err: expect.stringContaining("another user") });
  });

  it("whose key is gone gets no second one", () => {
    const home = newHome();
    expect(imported(home)).toMatchObject({ status: 0 });
    rmSync(join(home, "key"));
    expect(imported(home, "other").status).toBe(2);
    expect(existsSync(join(home, "key"))).toBe(false);
  });

  it("says of an unsigned list that its name is as stated", () => {
    const home = newHome();
    imported(home);
    expect(blindmatch("list", "show", "l", "--home", home).out).toContain("agency, name, version and kind are as the operator stated them");
  });
});
