import { execFileSync } from "node:child_process";
import { chmodSync, chownSync, closeSync, fstatSync, mkdirSync, mkdtempSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { directorySource } from "../../src/evidence/directory.ts";
import type { Source } from "../../src/evidence/source.ts";
import { temporaryFolder } from "../support/folder.ts";
import { entryFor } from "../support/entry.ts";
import { describeWith, mayMount, run } from "../support/tools.ts";

const folder = temporaryFolder();
const before = process.cwd();
afterEach(() => process.chdir(before));

function rootWith(content: string): { readonly root: string; readonly source: Source } {
  const root = mkdtempSync(join(folder, "root-"));
  mkdirSync(join(root, "a"));
  writeFileSync(join(root, "a/file"), content);
  return { root, source: directorySource(root) };
}

/** Size of what a source opens under a path. */
function openedSize(source: Source, root: string, path: string): number {
  const { descriptor } = source.open({ ...entryFor(root, "a/file"), path: Buffer.from(path) });
  try {
    return fstatSync(descriptor).size;
  } finally {
    closeSync(descriptor);
  }
}

describe("a source whose root is the working folder", () => {
  it("opens the same names, and no other source's", () => {
    const [one, other] = [rootWith("one"), rootWith("the other")];
    const sizes = (): number[] => [one, other].map(({ source, root }) => openedSize(source, root, "a/file"));
    expect(sizes()).toEqual([3, 9]);
    one.source.enter();
    expect(process.cwd()).toBe(one.root);
    expect(sizes()).toEqual([3, 9]);
    other.source.enter();
    expect(process.cwd()).toBe(other.root);
    expect(sizes()).toEqual([3, 9]);
  });

  it("takes a path that begins like an absolute one for one below it", () => {
    const { root, source } = rootWith("one");
    source.enter();
    expect(openedSize(source, root, "/a/file")).toBe(3);
    expect(() => openedSize(source, root, "/etc/passwd")).toThrow(/ENOENT/);
  });

  it("opens a name behind more folders than one path may name", () => {
    const { root, source } = rootWith("one");
    const name = "n".repeat(200);
    process.chdir(root);
    for (let depth = 0; depth < 30; depth++) {
      mkdirSync(name);
      process.chdir(name);
    }
    writeFileSync("deep", "four");
    source.enter();
    expect(openedSize(source, root, `${`${name}/`.repeat(30)}deep`)).toBe(4);
  });
});

describeWith("root, who may mount", mayMount, "who does not own the files", () => {
  const user = 1234;
  const names = ["others 1", "own", "others 2", "others 3"];
  /** By file, in the order in which they are read by that user: whether the kernel was asked to leave its access time alone, at each attempt. */
  function attemptsOn(place: string): Readonly<Record<string, readonly boolean[]>> {
    const text = `
      import fs from "node:fs";
      import { syncBuiltinESMExports } from "node:module";
      const attempts = {};
      const { openSync } = fs;
      fs.openSync = (path, flags, ...more) => {
        const name = ${JSON.stringify(names)}.find((one) => String(path).endsWith("/" + one));
        if (name !== undefined) (attempts[name] ??= []).push((flags & fs.constants.O_NOATIME) !== 0);
        return openSync(path, flags, ...more);
      };
      syncBuiltinESMExports();
      const { directorySource } = await import(${JSON.stringify(resolve(import.meta.dirname, "../../dist/evidence/directory.js"))});
      const source = directorySource(${JSON.stringify(place)});
      for (const name of ${JSON.stringify(names)}) fs.readSync(source.open({ path: Buffer.from(name) }).descriptor, Buffer.alloc(9));
      console.log(JSON.stringify(attempts));`;
    return JSON.parse(execFileSync(process.execPath, ["--input-type=module", "-e", text], { uid: user, gid: user, cwd: "/" }).toString()) as Readonly<Record<string, readonly boolean[]>>;
  }

  it("is refused once on a read-only mount, where no access time changes; on any other every file is asked for untouched, and the own ones are", () => {
    chmodSync(folder, 0o711);
    const place = mkdtempSync(join(folder, "times-"));
    run("mount", ["-t", "tmpfs", "-o", "strictatime,mode=0755", "none", place]);
    try {
      for (const name of names) {
        writeFileSync(join(place, name), "content");
        if (name === "own") chownSync(join(place, name), user, user);
        utimesSync(join(place, name), 1_000, 1_000);
      }
      const times = (): readonly number[] => names.map((name) => statSync(join(place, name)).atimeMs);
      run("mount", ["-o", "remount,bind,ro", place]);
      expect(attemptsOn(place)).toEqual({ "others 1": [true, false], own: [false], "others 2": [false], "others 3": [false] });
      expect(times()).toEqual(names.map(() => 1_000_000));
      run("mount", ["-o", "remount,bind,rw", place]);
      expect(attemptsOn(place)).toEqual({ "others 1": [true, false], own: [true], "others 2": [true, false], "others 3": [true, false] });
      expect(times()[1], "the own one").toBe(1_000_000);
      expect(times()[0], "another's, whose time nothing keeps there").not.toBe(1_000_000);
    } finally {
      run("umount", [place]);
    }
  });
});
