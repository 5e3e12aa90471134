import { spawnSync } from "node:child_process";
import { chmodSync, chownSync, closeSync, linkSync, mkdirSync, openSync, readdirSync, readFileSync, readlinkSync, renameSync, rmSync, rmdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { directorySource } from "../../src/evidence/directory.ts";
import { leavingWorkingFolder } from "../../src/evidence/within-folder.ts";
import { Failure } from "../../src/failure.ts";
import type { Entry } from "../../src/model.ts";
import { temporaryFolder } from "../support/folder.ts";
import { describeWith, has, mayMount, run } from "../support/tools.ts";

const before = process.cwd();
afterEach(() => {
  vi.restoreAllMocks();
  process.seteuid?.(process.getuid?.() ?? 0);
  process.chdir(before);
});

/** The entries of a walk that goes into folders, or of one that does not; the working folder is looked at behind each. */
function walk(root: string, mayEnter: boolean, behind: (entry: Entry, nth: number) => void = () => undefined): readonly Entry[] {
  const home = process.cwd();
  const entries: Entry[] = [];
  for (const entry of directorySource(root, { alternate: null, largestFileBytes: null, mayEnter }).entries()) {
    if (process.cwd() !== home) throw new Error(`given out in ${process.cwd()}`);
    behind(entry, entries.push(entry));
  }
  return entries;
}

/** Which folders are gone into, while the real calls are made. */
function watched(): { readonly places: readonly string[] } {
  const chdir = process.chdir.bind(process);
  const places: string[] = [];
  vi.spyOn(process, "chdir").mockImplementation((place) => {
    chdir(place);
    places.push(readlinkSync("/proc/self/cwd"));
  });
  return { places };
}

function many(folder: string, count: number, prefix = "name "): void {
  mkdirSync(folder, { recursive: true });
  for (let no = 0; no < count; no++) writeFileSync(join(folder, `${prefix}${no}`), "x".repeat(no % 7));
}

describe("a walk that goes into the folders whose names it looks at", () => {
  it("finds the same of any names, in the same order, and is where it was behind each", () => {
    const root = temporaryFolder();
    for (const count of [7, 8, 255, 256, 257, 600]) many(join(root, `with ${count}`), count);
    many(join(root, "with 600/further"), 20);
    const odd = join(root, "odd");
    mkdirSync(odd);
    for (const name of ["-x", "--", "...", " ", "~", "new\nline", "*", "\\", "proc", "self"]) writeFileSync(join(odd, name), name);
    writeFileSync(Buffer.concat([Buffer.from(`${odd}/`), Buffer.from([0x62, 0xff, 0xfe])]), "bytes");
    symlinkSync("/etc", join(odd, "out"));
    symlinkSync("nowhere", join(odd, "to nothing"));
    linkSync(join(odd, "-x"), join(odd, "other"));
    run("mkfifo", [join(odd, "pipe")]);
    const descriptors = (): number => readdirSync("/proc/self/fd").length;
    const plain = walk(root, false);
    const { places } = watched();
    const open = descriptors();
    expect(walk(root, true)).toEqual(plain);
    expect(plain.length).toBeGreaterThan(1400);
    expect(new Set(places)).toEqual(new Set([before, odd, ...[8, 255, 256, 257, 600].map((count) => join(root, `with ${count}`)), join(root, "with 600/further")]));
    expect(descriptors() - open, "the root stays open, and nothing else").toBe(1);
  });

  it("goes by the folder that was opened, be it renamed, replaced or removed meanwhile", () => {
    const meanwhile = (mayEnter: boolean): unknown => {
      const root = temporaryFolder();
      const [folder, elsewhere] = [join(root, "folder"), temporaryFolder()];
      many(folder, 600);
      symlinkSync(elsewhere, join(elsewhere, "link"));
      return walk(root, mayEnter, (_, nth) => {
        if (nth !== 1) return;
        renameSync(folder, join(elsewhere, "moved"));
        symlinkSync(elsewhere, folder);
        for (const name of readdirSync(join(elsewhere, "moved"))) rmSync(join(elsewhere, "moved", name));
        rmdirSync(join(elsewhere, "moved"));
      }).map(({ path, unread, errorCode, sizeBytes }) => [Buffer.from(path).toString(), unread, errorCode, sizeBytes]);
    };
    const plain = meanwhile(false) as unknown[][];
    expect(plain.filter(([, unread]) => unread === "vanished").length).toBeGreaterThan(300);
    const { places } = watched();
    expect(meanwhile(true)).toEqual(plain);
    expect(places.some((place) => place.endsWith("(deleted)"))).toBe(true);
  });

  it("stays where it is unless it is told that it may go", () => {
    const root = temporaryFolder();
    many(root, 20);
    const { places } = watched();
    expect(walk(root, false)).toHaveLength(20);
    expect([...directorySource(root).entries()]).toHaveLength(20);
    expect(places).toEqual([]);
  });

  it("goes back when what it did in there failed", () => {
    const working = leavingWorkingFolder()!;
    const file = openSync(import.meta.filename, "r");
    expect(working.within(file, () => expect.unreachable("no folder"))).toBe(null);
    closeSync(file);
    const folder = temporaryFolder();
    const descriptor = openSync(folder, "r");
    const fails = (): never => {
      expect(process.cwd()).toBe(folder);
      throw new RangeError("of the work");
    };
    expect(() => working.within(descriptor, fails)).toThrow(RangeError);
    expect(process.cwd()).toBe(before);
    closeSync(descriptor);
    working.close();
  });
});

describeWith("root, to be somebody else", process.getuid?.() === 0, "who may not do everything", () => {
  const user = 1234;

  it("learns the same of a folder that lets nobody in any more", () => {
    process.chdir("/");
    const closing = (mayEnter: boolean): unknown => {
      process.seteuid!(0);
      const root = temporaryFolder();
      chmodSync(root, 0o755);
      many(join(root, "closed"), 600);
      chownSync(join(root, "closed"), user, user);
      process.seteuid!(user);
      return walk(root, mayEnter, (_, nth) => (nth === 1 ? chmodSync(join(root, "closed"), 0o400) : undefined)).map(({ path, unread, errorCode }) => [Buffer.from(path).toString(), unread, errorCode]);
    };
    const plain = closing(false) as unknown[][];
    expect(plain.filter(([, unread, errorCode]) => unread === "permission" && errorCode === "EACCES")).toHaveLength(600 - 256);
    const { places } = watched();
    expect(closing(true)).toEqual(plain);
    expect(places.filter((place) => place !== "/"), "once, while it let in").toHaveLength(1);
  });

  it("stops in a folder that is none of the evidence when the way back is barred, and does not start where it is", () => {
    const [root, home] = [temporaryFolder(), temporaryFolder()];
    chmodSync(root, 0o755);
    many(root, 600);
    chownSync(home, user, user);
    process.chdir(home);
    process.seteuid!(user);
    const bars = (_: Entry, nth: number): void => {
      if (nth === 1) chmodSync(home, 0);
    };
    expect(() => walk(root, true, bars)).toThrow(Failure);
    expect(readlinkSync("/proc/self/cwd")).toBe("/");
    process.seteuid!(0);
    process.chdir(home);
    process.seteuid!(user);
    expect(leavingWorkingFolder()).toBe(null);
    const entries = directorySource(root, { alternate: null, largestFileBytes: null, mayEnter: true }).entries()[Symbol.iterator]();
    expect(entries.next().done).toBe(false);
    expect(readlinkSync("/proc/self/cwd")).toBe(home);
    entries.return?.();
  });
});

describeWith("root, losetup and mkfs.ext4", mayMount, "evidence with something mounted within", () => {
  it("has the same entries", () => {
    const root = temporaryFolder();
    for (const name of ["a", "a/inner", "elsewhere"]) many(join(root, name), 20, "name-");
    run("mount", ["-t", "tmpfs", "tmpfs", join(root, "a/inner")]);
    run("mount", ["--bind", join(root, "elsewhere/name-0"), join(root, "a/name-5")]);
    const plain = walk(root, false);
    expect(walk(root, true)).toEqual(plain);
    expect(plain.filter(({ unread }) => unread === "other-file-system")).toHaveLength(2);
  });
});

describeWith("strace", has("strace"), "as the kernel sees it", () => {
  const source = resolve(import.meta.dirname, "../../dist/evidence/directory.js");

  it("takes the status of names while it is in there, and does nothing else", () => {
    const root = temporaryFolder();
    for (const name of ["one", "two"]) many(join(root, name), 300);
    const [script, trace] = [join(temporaryFolder(), "walk.mjs"), join(temporaryFolder(), "trace")];
    writeFileSync(script, `import { directorySource } from ${JSON.stringify(source)}; console.log([...directorySource(process.argv[2], { alternate: null, largestFileBytes: null, mayEnter: true }).entries()].length);`);
    const ended = spawnSync("strace", ["-f", "-o", trace, "-e", "trace=%file,fchdir", process.execPath, script, root]);
    expect(ended.stdout.toString()).toBe("600\n");
    const inside: string[] = [];
    let entered = 0;
    let isInside = false;
    const lines = readFileSync(trace, "utf8").split("\n").map((line) => line.replace(/^\d+ +/, ""));
    for (const line of lines) {
      if (!line.startsWith("chdir(")) {
        if (isInside && line !== "") inside.push(line);
        continue;
      }
      // The first one goes to where the process is.
      if (entered > 0) isInside = !isInside;
      entered += 1;
    }
    expect([entered, isInside]).toEqual([9, false]);
    expect(inside.length).toBeGreaterThan(599);
    const isStatus = /^(statx\(AT_FDCWD, "\.\/name \d+", AT_STATX_SYNC_AS_STAT\|AT_SYMLINK_NOFOLLOW|newfstatat\(AT_FDCWD, "\.\/name \d+",.*AT_SYMLINK_NOFOLLOW|lstat\("\.\/name \d+",)/;
    // What the runtime looks up of its own (the kernel's settings for memory) goes by absolute paths.
    const isElsewhere = (line: string): boolean => /^openat\(AT_FDCWD, "\/(proc|sys)\/.*O_RDONLY/.test(line) && !line.includes("/fd/");
    expect(inside.filter((line) => !isStatus.test(line) && !isElsewhere(line))).toEqual([]);
  });
});
