import { existsSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { describe, expect, it } from "vitest";
import { makeFolders } from "../src/make-folders.ts";
import { blindmatchWith } from "./support/blindmatch.ts";
import { temporaryFolder } from "./support/folder.ts";

describe("folders", () => {
  const folder = temporaryFolder();

  it("are made with those above them, private, and the topmost new one is told", () => {
    expect(makeFolders(join(folder, "a/b/c"))).toBe(join(folder, "a"));
    expect(["a", "a/b", "a/b/c"].map((name) => statSync(join(folder, name)).mode & 0o777)).toEqual([0o700, 0o700, 0o700]);
    expect(makeFolders(join(folder, "a/b/c"))).toBeNull();
    expect(makeFolders(join(folder, "a/b/d"))).toBe(join(folder, "a/b/d"));
    const fromHere = relative(process.cwd(), folder);
    expect(makeFolders(`${fromHere}/f/g`)).toBe(`${fromHere}/f`);
    expect(statSync(join(folder, "f/g")).isDirectory()).toBe(true);
  });

  it("are those that a link leads to", () => {
    symlinkSync("a", join(folder, "link"));
    expect(makeFolders(join(folder, "link"))).toBeNull();
    expect(makeFolders(join(folder, "link/e"))).toBe(join(folder, "link/e"));
    expect(existsSync(join(folder, "a/e"))).toBe(true);
  });

  it("are not made where a file or a link to nowhere stands", () => {
    writeFileSync(join(folder, "file"), "");
    symlinkSync("nowhere", join(folder, "dangling"));
    expect(() => makeFolders(join(folder, "file"))).toThrow(/EEXIST/);
    expect(() => makeFolders(join(folder, "file/below"))).toThrow(/ENOTDIR/);
    expect(() => makeFolders(join(folder, "dangling"))).toThrow(/ENOENT|EEXIST/);
    expect(() => makeFolders(join(folder, "dangling/below"))).toThrow(/ENOENT|EEXIST/);
  });

  it("of which a file system has none to give end a command, with the name of what it was to make", () => {
    for (const args of [["list", "import", join(folder, "file"), "--agency", "A", "--list-name", "l", "--list-version", "1", "--scale", "vic-us", "--accept-unsigned", "x", "--home", "/proc/none/home"], ["selftest", "--kit", "/proc/none/kit", "--key", "k"]])
      expect(blindmatchWith({ mostMs: 60_000 }, ...args)).toMatchObject({ status: expect.toSatisfy((status: number) => status !== 0 && status !== 70) as number, err: expect.stringContaining("/proc/none") as string });
  });
});
