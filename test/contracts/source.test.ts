import { execFileSync } from "node:child_process";
import { closeSync, linkSync, mkdirSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { directorySource } from "../../src/evidence/directory.ts";
import { sources } from "../../src/evidence/sources.ts";
import type { Entry } from "../../src/model.ts";
import { temporaryFolder } from "../support/folder.ts";
import { describeWith, mayMount, run } from "../support/tools.ts";

const badName = Buffer.from([0x62, 0x61, 0x64, 0xff, 0xfe]);
const lineName = Buffer.from("two\nlines\x1b[31m");
const deepParts = Array.from({ length: 25 }, (_, level) => `${String(level).padStart(3, "0")}-${"d".repeat(190)}`);

/** A tree with what a hostile drive holds, as far as a plain folder can hold it. */
function hostileTree(root: string): void {
  mkdirSync(join(root, "a/b/c"), { recursive: true });
  writeFileSync(join(root, "a/plain.txt"), "plain");
  writeFileSync(join(root, "a/b/empty"), "");
  writeFileSync(join(root, "a/b/c/-rf"), "dash");
  for (const name of [badName, lineName]) writeFileSync(Buffer.concat([Buffer.from(`${root}/a/`), name]), name);
  linkSync(join(root, "a/plain.txt"), join(root, "a/b/other-name.txt"));
  symlinkSync("/etc/passwd", join(root, "a/out"));
  symlinkSync("..", join(root, "a/b/up"));
  symlinkSync("self", join(root, "a/self"));
  execFileSync("mkfifo", [join(root, "a/pipe")]);
  writeFileSync(join(root, "a/sparse"), "");
  truncateSync(join(root, "a/sparse"), 3_000_000);
  // Deeper than any path may be long: made folder by folder from inside.
  run("sh", ["-c", `cd "$1" && shift && for part; do mkdir "$part" && cd -P "$part" || exit 1; done; printf deep > bottom`, "sh", root, ...deepParts]);
}

describe.each(Object.entries(sources))("source %s", (kind, openSource) => {
  const root = temporaryFolder();
  let entries: Entry[];
  const at = (path: string | Buffer): Entry => entries.find((entry) => Buffer.compare(Buffer.from(entry.path), Buffer.from(path)) === 0)!;

  beforeAll(() => {
    hostileTree(root);
    const source = openSource(Buffer.from(root));
    entries = [...source.entries()];
  });

  it("names its kind", () => expect(openSource(Buffer.from(root)).kind).toBe(kind));

  it("finds every name once, and no other (REQ-01)", () => {
    const found = run("find", [root, "-mindepth", "1", "!", "-type", "d", "-printf", "%P\\0"]).toString("latin1").split("\0").filter(Boolean).sort();
    expect(entries.map(({ path }) => Buffer.from(path).toString("latin1")).sort()).toEqual(found);
  });

  it("lists no more of long paths than a plan can hold, and says where it stopped", () => {
    const deep = temporaryFolder();
    const parts = Array.from({ length: 300 }, (_, level) => `${String(level).padStart(3, "0")}-${"d".repeat(190)}`);
    run("sh", ["-c", `cd "$1" && shift && for part; do mkdir "$part" && cd -P "$part" || exit 1; done; seq 6000 | xargs touch`, "sh", deep, ...parts]);
    let names = 0;
    const tooDeep: Entry[] = [];
    for (const entry of openSource(Buffer.from(deep)).entries()) {
      if (entry.unread === "too-deep") tooDeep.push(entry);
      else names += 1;
    }
    expect(names).toBeGreaterThan(4000);
    expect(names).toBeLessThan(5000);
    expect(tooDeep.map(({ kind, path }) => [kind, path.length > 58_000])).toEqual([["folder", true]]);
  });

  it("counts the folders it entered", () => {
    const source = openSource(Buffer.from(root));
    expect([...source.entries()]).toHaveLength(entries.length);
    expect(source.foldersListed()).toBe(Number(run("sh", ["-c", `find "$1" -type d | wc -l`, "sh", root]).toString()));
  });

  it("tells files, links and special files apart and follows none (REQ-06)", () => {
    expect(at("a/out").kind).toBe("link");
    expect(at("a/self").kind).toBe("link");
    expect(at("a/b/up").kind).toBe("link");
    expect(at("a/pipe").kind).toBe("fifo");
    expect(at("a/plain.txt")).toMatchObject({ kind: "file", sizeBytes: 5, links: 2, unread: null });
    expect(at("a/plain.txt").inode).toBe(at("a/b/other-name.txt").inode);
    expect(at("a/sparse").sizeBytes).toBe(3_000_000);
  });

  it("opens what it listed: any name, any depth, exactly those bytes", () => {
    const source = openSource(Buffer.from(root));
    const read = (path: string | Buffer): string => {
      const opened = source.open(at(path));
      try {
        expect(opened).toMatchObject({ isFile: true, inode: at(path).inode, sizeBytes: at(path).sizeBytes });
        return readFileSync(opened.descriptor).toString("latin1");
      } finally {
        closeSync(opened.descriptor);
      }
    };
    expect(read("a/plain.txt")).toBe("plain");
    expect(read(Buffer.concat([Buffer.from("a/"), badName]))).toBe(badName.toString("latin1"));
    expect(read(Buffer.concat([Buffer.from("a/"), lineName]))).toBe(lineName.toString("latin1"));
    expect(read([...deepParts, "bottom"].join("/"))).toBe("deep");
  });

  it("does not follow paths above 64 KiB, and says which folder it left", () => {
    const deep = temporaryFolder();
    const part = "d".repeat(250);
    run("sh", ["-c", `cd "$1" && i=0; while [ $i -lt 270 ]; do mkdir ${part} && cd -P ${part} || exit 1; printf x > f; i=$((i+1)); done`, "sh", deep]);
    const found = [...openSource(Buffer.from(deep)).entries()];
    const unread = found.filter(({ unread }) => unread !== null);
    expect(unread.map(({ unread, kind }) => ({ unread, kind }))).toEqual([{ unread: "too-deep", kind: "folder" }]);
    expect(unread[0]!.path.length).toBeGreaterThan(65_536);
    expect(found).toHaveLength(Math.floor(65_536 / 251) + 1);
  });

  it("does not open through a link (REQ-06)", () => {
    expect(() => openSource(Buffer.from(root)).open(at("a/out"))).toThrow(/ELOOP/);
  });

  it("refuses a root that is no folder, and says what was expected", () => {
    expect(() => openSource(Buffer.from(join(root, "a/plain.txt")))).toThrow(/found a file, expected the folder/);
    expect(() => openSource(Buffer.from(join(root, "nowhere")))).toThrow(/cannot be opened \(ENOENT\)/);
  });
});

describeWith("root", mayMount, "source directory, on what only root can make", () => {
  it("does not enter another mounted file system, and says so", () => {
    const root = temporaryFolder();
    mkdirSync(join(root, "a/inner"), { recursive: true });
    run("mount", ["-t", "tmpfs", "tmpfs", join(root, "a/inner")]);
    writeFileSync(join(root, "a/inner/unseen"), "x");
    writeFileSync(join(root, "a/seen"), "x");
    const found = [...directorySource(root).entries()].map(({ path, kind, unread }) => ({ path: Buffer.from(path).toString(), kind, unread }));
    expect(found).toEqual(expect.arrayContaining([{ path: "a/inner", kind: "folder", unread: "other-file-system" }, { path: "a/seen", kind: "file", unread: null }]));
    expect(found).toHaveLength(2);
  });

  it("does not take for evidence what is mounted from elsewhere over a folder or a file of it, be it of the same file system", () => {
    const root = temporaryFolder();
    const elsewhere = temporaryFolder();
    mkdirSync(join(root, "a/inner"), { recursive: true });
    mkdirSync(join(elsewhere, "folder"));
    for (const file of [join(root, "a/over"), join(root, "a/seen"), join(root, "a/inner/hidden"), join(elsewhere, "file"), join(elsewhere, "folder/foreign")]) writeFileSync(file, "text");
    run("mount", ["--bind", join(elsewhere, "folder"), join(root, "a/inner")]);
    run("mount", ["--bind", join(elsewhere, "file"), join(root, "a/over")]);
    const found = [...directorySource(root).entries()].map(({ path, kind, sizeBytes, unread }) => [Buffer.from(path).toString(), kind, sizeBytes, unread]);
    expect(found.sort()).toEqual([["a/inner", "folder", 0, "other-file-system"], ["a/over", "file", 0, "other-file-system"], ["a/seen", "file", 4, null]]);
    const through = temporaryFolder();
    symlinkSync(root, join(through, "link"));
    expect([...directorySource(join(through, "link")).entries()], "whatever name the root was given by").toHaveLength(3);
  });
});
