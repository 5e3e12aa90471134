import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { blindmatch, type Ended } from "../support/blindmatch.ts";
import { temporaryFolder } from "../support/folder.ts";
import { seedOfRun } from "../support/random.ts";
import { describeWith, mayMount, run } from "../support/tools.ts";

const folder = temporaryFolder();
const pageBytes = 4096;
const content = "what both versions list";
const rows = { 1: 200, 2: 5000 } as const;
type Version = keyof typeof rows;

function listText(count: number): string {
  const digests = (text: string): string => ["md5", "sha1"].map((algorithm) => createHash(algorithm).update(text).digest("hex")).join();
  return `record_id,md5,sha1,category\n${Array.from({ length: count }, (_, row) => `SYN-${row},${digests(row === 0 ? content : `row ${row}`)},1\n`).join("")}`;
}
const imported = (home: string, version: Version): Ended =>
  blindmatch("list", "import", join(folder, `v${version}.csv`), "--agency", "A", "--list-name", "l", "--list-version", `${version}`, "--scale", "vic-us", "--accept-unsigned", "synthetic", "--home", home);
const listed = (home: string): string => blindmatch("list", "ls", "--home", home).out;
const refusal = /^blindmatch: .*: found .*\((?:ENOSPC|SQLITE_FULL|SQLITE_IOERR\w*)\), expected /m;

let cases = 0;
/** What `list ls` prints of a home with the first version. */
let asBefore: string;
function matchesIn(home: string): number | null {
  return blindmatch("scan", join(folder, "evidence"), "--case", join(folder, `case-${cases++}`), "--case-number", "C", "--exhibit", "E", "--examiner", "X", "--home", home, "--allow-writable", "test").status;
}

function fileSystem(kind: string, name: string): string {
  const place = join(folder, name);
  mkdirSync(place);
  if (kind === "tmpfs") run("mount", ["-t", "tmpfs", "-o", "size=6M,mode=700", "tmpfs", place]);
  else {
    run("truncate", ["-s", "6M", `${place}.img`]);
    run("mkfs.ext4", ["-q", "-F", "-m", "0", "-O", "^has_journal", `${place}.img`]);
    run("mount", ["-o", "loop", `${place}.img`, place]);
  }
  return place;
}

/** Takes all room of a file system but so many pages; gives what takes it. */
function fill(place: string, leftPages: number): string {
  const ballast = join(place, "ballast");
  // Ends where the room ends.
  spawnSync("dd", ["if=/dev/zero", `of=${ballast}`, "bs=1024"]);
  truncateSync(ballast, Math.max(0, statSync(ballast).size - leftPages * pageBytes));
  return ballast;
}

beforeAll(() => {
  for (const version of [1, 2] as const) writeFileSync(join(folder, `v${version}.csv`), listText(rows[version]));
  mkdirSync(join(folder, "evidence"));
  writeFileSync(join(folder, "evidence/found"), content);
  expect(imported(join(folder, "template"), 1)).toMatchObject({ status: 0 });
  asBefore = listed(join(folder, "template"));
});

// FULL_DISK=all fills two kinds of file systems up, at many more points.
const every = process.env["FULL_DISK"] === "all";
const filledUp = every ? ["tmpfs", "ext4"] : ["tmpfs"];

describeWith("root, losetup and mkfs.ext4", mayMount, "an import", () => {
  describe.each(filledUp)("onto a %s that fills up", (kind) => {
    let place: string;
    let home: string;
    beforeAll(() => {
      place = fileSystem(kind, kind);
      home = join(place, "home");
    });

    /** Imports while so many pages are free. Leaves the file system as full as it was. */
    function importInto(leftPages: number, first: boolean): { readonly ended: Ended; readonly ballast: string } {
      rmSync(home, { recursive: true, force: true });
      if (!first) cpSync(join(folder, "template"), home, { recursive: true, preserveTimestamps: true });
      const ballast = fill(place, leftPages);
      return { ended: imported(home, first ? 1 : 2), ballast };
    }

    /** The least number of pages that is enough, found by halves. */
    function leastPages(most: number, first: boolean): number {
      let [least, enough] = [0, most];
      while (least < enough) {
        const half = Math.floor((least + enough) / 2);
        const { ended, ballast } = importInto(half, first);
        rmSync(ballast);
        if (ended.status === 0) enough = half;
        else {
          expect(ended, `${half} pages left`).toMatchObject({ status: 2, out: "", err: expect.stringMatching(refusal) });
          least = half + 1;
        }
      }
      return enough;
    }

    /** What must hold when there was no room, while there is none and when there is again. */
    function expectRefused(leftPages: number, first: boolean, matching = false): void {
      const { ended, ballast } = importInto(leftPages, first);
      const told = `${leftPages} pages left: status ${ended.status}, ${ended.err}`;
      expect(ended, told).toMatchObject({ status: 2, out: "", err: expect.stringMatching(refusal) });
      expect(ended.err, told).not.toMatch(/bug|\n\s+at /);
      if (!first) {
        // While the disk is still full.
        expect(listed(home), told).toBe(asBefore);
        expect(readdirSync(join(home, "segments")), told).toHaveLength(1);
        expect(blindmatch("list", "verify", "--home", home), told).toMatchObject({ status: 0, out: "ok       A/l 1\n" });
        if (matching) expect(matchesIn(home), told).toBe(1);
      } else if (existsSync(join(home, "catalog.sqlite"))) expect(listed(home), told).toMatch(/^(?:no list imported\n)?$/);
      rmSync(ballast);
      const version = first ? 1 : 2;
      const again = imported(home, version);
      expect(again.status, `${told}; with room: ${again.err}`).toBe(0);
      expect(again.out, told).toContain(first ? "imported: A/l 1" : "replaced: A/l 2");
      expect(blindmatch("list", "verify", "--home", home), told).toMatchObject({ status: 0, out: `ok       A/l ${version}\n` });
      expect(readdirSync(home).sort(), told).toEqual(["catalog.sqlite", "key", "segments"]);
      expect(readdirSync(join(home, "segments")), told).toHaveLength(1);
    }

    it(`leaves the set as it was, whenever it fills, and is done when there is room (seed ${seedOfRun})`, { timeout: 300_000 }, () => {
      const enough = leastPages(512, false);
      expect(enough).toBeGreaterThan(16);
      // The last pages are those of the commit.
      const inBetween = every ? Array.from({ length: Math.floor(enough / 8) - 1 }, (_, at) => 8 * (at + 1)) : [8 + (seedOfRun % (enough - 14))];
      for (const leftPages of [0, ...inBetween, ...[2, 4, 6].map((less) => enough - less)]) expectRefused(leftPages, false, leftPages === 0 || leftPages === enough - 2);
    });

    it(`for the first time can be done when there is room (seed ${seedOfRun})`, { timeout: 300_000 }, () => {
      const enough = leastPages(128, true);
      const step = every ? 4 : 30;
      for (let leftPages = seedOfRun % Math.min(step, enough); leftPages < enough; leftPages += enough <= 12 ? 1 : step) expectRefused(leftPages, true);
    });
  });

  it.each(["tmpfs", "ext4"])("onto a %s that was remounted read-only is refused, and the lists there can be used", (kind) => {
    const place = fileSystem(kind, `${kind}-read-only`);
    const home = join(place, "home");
    cpSync(join(folder, "template"), home, { recursive: true });
    run("mount", ["-o", "remount,ro", place]);
    expect(imported(home, 2)).toMatchObject({ status: 2, out: "", err: expect.stringMatching(/^blindmatch: .*: found that it cannot be written \((?:EROFS|SQLITE_READONLY)\), expected room and leave to write; nothing was changed\n$/) });
    expect(imported(join(place, "other"), 1)).toMatchObject({ status: 2, out: "", err: expect.stringMatching(/^blindmatch: .*\((?:EROFS|ENOENT)\), expected a folder for imported lists\n$/) });
    expect(listed(home)).toBe(asBefore);
    expect(blindmatch("list", "verify", "--home", home)).toMatchObject({ status: 0, out: "ok       A/l 1\n" });
    expect(matchesIn(home)).toBe(1);
    run("mount", ["-o", "remount,rw", place]);
    expect(imported(home, 2)).toMatchObject({ status: 0, out: expect.stringContaining("replaced: A/l 2") });
    expect(matchesIn(home)).toBe(1);
  });
});
