import { closeSync, fstatSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { directorySource } from "../../src/evidence/directory.ts";
import type { Source } from "../../src/evidence/source.ts";
import { temporaryFolder } from "../support/folder.ts";
import { entryFor } from "../support/entry.ts";

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
