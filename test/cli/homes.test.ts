import { randomBytes } from "node:crypto";
import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
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

  it("that others may look into is closed to them, unless it holds other things", () => {
    const home = newHome();
    mkdirSync(home);
    chmodSync(home, 0o755);
    expect(imported(home)).toMatchObject({ status: 0 });
    expect(statSync(home).mode & 0o777).toBe(0o700);
    for (const mode of [0o755, 0o711, 0o750]) {
      chmodSync(home, mode);
      expect(blindmatch("list", "ls", "--home", home)).toMatchObject({ status: 0 });
      expect(statSync(home).mode & 0o777).toBe(0o700);
    }
    const shared = newHome();
    mkdirSync(join(shared, "other"), { recursive: true });
    chmodSync(shared, 0o755);
    expect(imported(shared)).toMatchObject({ status: 2, err: expect.stringMatching(/mode 0755\) and that holds other things than lists, expected a folder of its own, mode 0700/) });
    expect([statSync(shared).mode & 0o777, readdirSync(shared)]).toEqual([0o755, ["other"]]);
  });

  it("is not made by asking for trusted keys, or taking one away", () => {
    const home = newHome();
    for (const more of [[], ["--remove", "0123456789ABCDEF"]]) expect(blindmatch("list", "trust", "A", ...more, "--home", home)).toMatchObject({ status: 4, err: expect.stringContaining("found no home there") });
    expect(existsSync(home)).toBe(false);
  });

  it.runIf(process.geteuid?.() === 0)("of another user is refused", () => {
    const home = newHome();
    mkdirSync(home, { mode: 0o700 });
    chownSync(home, 12345, 12345);
    expect(blindmatch("list", "ls", "--home", home)).toMatchObject({ status: 2, err: expect.stringContaining("another user") });
  });

  it("whose key is gone gets no second one", () => {
    const home = newHome();
    expect(imported(home)).toMatchObject({ status: 0 });
    rmSync(join(home, "key"));
    const refused = { status: 2, err: expect.stringMatching(/key: found no key there, expected the one that the lists of this home are sealed with; --key-file names it/) };
    expect(imported(home, "other")).toMatchObject(refused);
    expect(blindmatch("list", "verify", "--home", home)).toMatchObject(refused);
    // Also when every list was dropped, or its segment lost.
    rmSync(join(home, "segments"), { recursive: true });
    expect(imported(home, "other")).toMatchObject(refused);
    expect(existsSync(join(home, "key"))).toBe(false);
  });

  it("whose key had not got its name when the import was killed gets it from the next one", () => {
    const home = newHome();
    expect(imported(home)).toMatchObject({ status: 0 });
    const key = readFileSync(join(home, "key"));
    renameSync(join(home, "key"), join(home, "key.0123456789abcdef.part"));
    writeFileSync(join(home, "key.fedcba9876543210.part"), randomBytes(32), { mode: 0o600 });
    expect(imported(home)).toMatchObject({ status: 0, out: expect.stringContaining("already-imported") });
    expect(readFileSync(join(home, "key"))).toEqual(key);
    expect(readdirSync(home).sort()).toEqual(["catalog.sqlite", "key", "segments"]);
  });

  it("without a catalog beside a key or segments is refused by everything", () => {
    const home = newHome();
    expect(imported(home)).toMatchObject({ status: 0 });
    rmSync(join(home, "catalog.sqlite"));
    for (const ended of [imported(home), blindmatch("list", "ls", "--home", home), blindmatch("list", "verify", "--home", home), scanned(home)])
      expect(ended).toMatchObject({ status: 4, err: expect.stringContaining("found no catalog beside segments, key") });
    rmSync(join(home, "segments"), { recursive: true });
    expect(imported(home)).toMatchObject({ status: 4, err: expect.stringContaining("found no catalog beside key") });
  });

  it("whose seal was taken off with all lists is refused by what would find none imported", () => {
    const home = newHome();
    expect(imported(home)).toMatchObject({ status: 0 });
    const database = new Database(join(home, "catalog.sqlite"));
    database.exec("DELETE FROM list; DELETE FROM history; DELETE FROM imported");
    database.close();
    for (const ended of [blindmatch("list", "verify", "--home", home), blindmatch("list", "ls", "--home", home), scanned(home)])
      expect(ended).toMatchObject({ status: 4, out: "", err: expect.stringContaining("other than they were written") });
  });

  it("without a list is verified all the same, and says that there is none", () => {
    const home = newHome();
    mkdirSync(home, { mode: 0o700 });
    const none = { status: 0, out: "no list imported\n", err: "" };
    for (const command of ["verify", "ls"]) expect(blindmatch("list", command, "--home", home)).toMatchObject(none);
    expect(scanned(home)).toMatchObject({ status: 2, err: expect.stringContaining("found none imported") });
    expect(imported(home)).toMatchObject({ status: 0 });
    expect(blindmatch("list", "drop", "l", "--reason", "retention ended", "--home", home)).toMatchObject({ status: 0 });
    expect(blindmatch("list", "verify", "--home", home)).toMatchObject(none);
    expect(blindmatch("list", "ls", "--home", home).out).toBe("no list imported\ndropped       A/l 1: retention ended\n");
  });

  it("is shown with a note where its key is not at hand", () => {
    const home = newHome();
    expect(imported(home)).toMatchObject({ status: 0 });
    const elsewhere = join(folder, `elsewhere-${homes++}`);
    renameSync(join(home, "key"), elsewhere);
    const note = "not verified: that needs the key; see blindmatch list verify --help\n";
    for (const command of [["ls"], ["show", "l"]]) {
      expect(blindmatch("list", ...command, "--home", home)).toMatchObject({ status: 0, out: expect.stringContaining(note) });
      const verified = blindmatch("list", ...command, "--home", home, "--key-file", elsewhere);
      expect(verified.status).toBe(0);
      expect(verified.out).not.toContain("not verified");
    }
  });

  it("says of an unsigned list that its name is as stated", () => {
    const home = newHome();
    imported(home);
    expect(blindmatch("list", "show", "l", "--home", home).out).toContain("agency, name, version and kind are as the operator stated them");
  });
});
