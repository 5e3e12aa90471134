import { execFile } from "node:child_process";
import { closeSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { directorySource } from "../../src/evidence/directory.ts";
import type { Entry } from "../../src/model.ts";
import { temporaryFolder } from "../support/folder.ts";
import { mayMountFaults, mountFaults, type MountedFaults } from "../support/fuse.ts";
import { contentOf, type Faults, type FuseFile, type FuseFolder, type FuseNode, type FuseTree, treeOf } from "../support/fuse-tree.ts";
import { describeWith } from "../support/tools.ts";

const latin1 = (path: Uint8Array): string => Buffer.from(path).toString("latin1");
const file = (seed: number, faults: Faults = {}): FuseFile => ({ kind: "file", sizeBytes: 100 + seed, seed, ...faults });
const folder = (names: FuseFolder["names"], faults: Faults = {}): FuseFolder => ({ kind: "folder", names, ...faults });

/** What was said of each name, in the order of paths: its kind, or why it is unread. */
function said(entries: readonly Entry[]): Record<string, string> {
  const rows = entries.map(({ path, kind, unread, errorCode }) => [latin1(path), unread === null ? kind : `${kind}: ${unread} ${errorCode ?? ""}`.trim()] as const);
  expect(new Set(rows.map(([path]) => path)).size, "each name once").toBe(rows.length);
  return Object.fromEntries(rows.sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** Names "00", "01" ... of that many plain files. */
function plainFiles(add: (node: FuseNode) => number, count: number): FuseFolder["names"] {
  return Array.from({ length: count }, (_, at) => ({ name: String(at).padStart(2, "0"), node: add(file(at)) }));
}

describeWith("root and /dev/fuse", mayMountFaults, "the walk of a broken file system", () => {
  const place = temporaryFolder();
  let mounts = 0;
  let mounted: MountedFaults | undefined;
  afterEach(() => mounted?.unmount());

  async function walk(tree: FuseTree): Promise<{ readonly entries: readonly Entry[]; readonly folders: number }> {
    mounted = await mountFaults(join(place, `mount ${mounts++}`), tree);
    const source = directorySource(mounted.root);
    return { entries: [...source.entries()], folders: source.foldersListed() };
  }

  it("keeps every name as its bytes, and opens it by them, up to 1,000 bytes long", async () => {
    const bytes = Array.from({ length: 255 }, (_, at) => at + 1).filter((byte) => byte !== 0x2f);
    const names = [...bytes.filter((byte) => byte !== 0x2e).map((byte) => String.fromCharCode(byte)), "...", "\xff\xfe", "\xed\xa0\x80", "x\n", String.fromCharCode(...bytes), "\u00fc".repeat(255), "y".repeat(1000)];
    const { entries } = await walk(treeOf((add) => folder(names.map((name, at) => ({ name, node: add(file(at)) })))));
    expect(entries.map(({ path }) => latin1(path)).sort()).toEqual(names.toSorted());
    const source = directorySource(mounted!.root);
    for (const entry of entries) {
      const seed = names.indexOf(latin1(entry.path));
      const { descriptor } = source.open(entry);
      expect(readFileSync(descriptor).equals(contentOf(seed, 0, 100 + seed)), `file ${seed}`).toBe(true);
      closeSync(descriptor);
    }
  });

  it.each([0, 1, 31, 32, 33, 255, 256, 257, 600, 700])("keeps the %s names before an error in a listing, and says that it was not listed whole", async (atEntry) => {
    const { entries, folders } = await walk(
      treeOf((add) => folder([{ name: "before", node: add(file(1)) }, { name: "broken", node: add(folder(plainFiles(add, 700), { listingError: { code: "EIO", atEntry } })) }, { name: "later", node: add(folder(plainFiles(add, 2))) }])),
    );
    const kept = Array.from({ length: atEntry }, (_, at) => [`broken/${String(at).padStart(2, "0")}`, "file"]);
    expect(said(entries)).toEqual({ before: "file", broken: "folder: not-listed EIO", ...Object.fromEntries(kept), "later/00": "file", "later/01": "file" });
    expect(folders).toBe(3);
  });

  it("lists a folder whole when its error goes away", async () => {
    const { entries } = await walk(treeOf((add) => folder([{ name: "shaky", node: add(folder(plainFiles(add, 700), { listingError: { code: "EIO", atEntry: 400, once: true } })) }])));
    expect(Object.values(said(entries))).toEqual(Array.from({ length: 700 }, () => "file"));
  });

  it("does not take a second listing for the rest of the first when its names are others: what was listed stays, nothing is there twice, and the folder was not listed whole", async () => {
    const { entries } = await walk(treeOf((add) => folder([{ name: "shaky", node: add(folder(plainFiles(add, 700), { listingError: { code: "EIO", atEntry: 400, once: true, thenReversed: true } })) }])));
    const paths = entries.map(({ path }) => latin1(path));
    expect(paths.toSorted().at(0)).toBe("shaky");
    expect(said(entries)).toMatchObject({ shaky: "folder: not-listed EIO" });
    expect(new Set(paths).size).toBe(paths.length);
    expect(paths.length).toBeGreaterThan(256);
    expect(paths.filter((path) => path !== "shaky").sort()).toEqual(plainFiles(() => 0, 700).map(({ name }) => `shaky/${name}`).slice(0, paths.length - 1).sort());
  });

  it("says so when the root itself cannot be listed", async () => {
    const { entries } = await walk(treeOf((add) => folder(plainFiles(add, 9), { listingError: { code: "EUCLEAN", atEntry: 0 } })));
    expect(said(entries)).toEqual({ "": "folder: not-listed EUCLEAN" });
  });

  it("records what has no status as unread, and goes on", async () => {
    const { entries } = await walk(
      treeOf((add) =>
        folder([
          ...(["EIO", "EACCES", "ENOENT", "EUCLEAN", "ESTALE"] as const).map((code) => ({ name: code, node: add(file(1, { lookError: { afterLooks: 0, code } })) })),
          { name: "folder", node: add(folder(plainFiles(add, 2), { lookError: { afterLooks: 0, code: "EIO" } })) },
          { name: "last", node: add(file(2)) },
        ]),
      ),
    );
    expect(said(entries)).toEqual({
      EACCES: "file: permission EACCES",
      EIO: "file: io EIO",
      ENOENT: "file: vanished ENOENT",
      ESTALE: "file: vanished ESTALE",
      EUCLEAN: "file: io EUCLEAN",
      folder: "file: io EIO",
      last: "file",
    });
  });

  it("records folders that cannot be entered: refused, gone, broken when opened or when looked at afterwards", async () => {
    const broken = (faults: Faults) => (add: (node: FuseNode) => number) => add(folder(plainFiles(add, 2), faults));
    const folders: Record<string, (add: (node: FuseNode) => number) => number> = {
      broken: broken({ openError: "EIO" }),
      gone: broken({ lookError: { afterLooks: 1, code: "ENOENT" } }),
      refused: broken({ openError: "EACCES" }),
      statusless: broken({ openedStatusError: "EIO" }),
    };
    const { entries } = await walk(treeOf((add) => folder([...Object.entries(folders).map(([name, build]) => ({ name, node: build(add) })), { name: "last", node: add(file(2)) }])));
    expect(said(entries)).toEqual({
      broken: "folder: not-listed EIO",
      gone: "folder: not-listed ENOENT",
      last: "file",
      refused: "folder: permission EACCES",
      statusless: "folder: not-listed EIO",
    });
  });

  it.each(["ENOENT", "EIO", "EACCES"] as const)("lists every name where the file system does not say kinds, and one name's status is %s", async (code) => {
    const { entries } = await walk(
      treeOf((add) => {
        const names = plainFiles(add, 300);
        const bad = { name: "bad", node: add(file(1, { lookError: { afterLooks: 0, code } })) };
        const inner = { name: "inner", node: add(folder(plainFiles(add, 1))) };
        return folder([...names.slice(0, 100), bad, ...names.slice(100), inner, { name: "link", node: add({ kind: "link", target: "inner" }) }], { kindsUnknown: true });
      }),
    );
    const reason = { ENOENT: "vanished", EIO: "io", EACCES: "permission" }[code];
    expect(said(entries)).toEqual({ ...Object.fromEntries(plainFiles(() => 0, 300).map(({ name }) => [name, "file"])), bad: `file: ${reason} ${code}`, "inner/00": "file", link: "link" });
  });

  it("gives a file with several names once for each of them, with one identity (REQ-07)", async () => {
    const { entries } = await walk(
      treeOf((add) => {
        const shared = add(file(7));
        return folder([{ name: "one", node: shared }, { name: "sub", node: add(folder([{ name: "two", node: shared }])) }, { name: "three", node: shared }, { name: "single", node: add(file(8)) }]);
      }),
    );
    expect(said(entries)).toEqual({ one: "file", single: "file", "sub/two": "file", three: "file" });
    const names = entries.filter(({ links }) => links > 1);
    expect(names.map(({ links, sizeBytes }) => ({ links, sizeBytes }))).toEqual([1, 2, 3].map(() => ({ links: 3, sizeBytes: 107 })));
    expect(new Set(names.map(({ inode }) => inode)).size).toBe(1);
  });

  it("records special files and links and opens none of them", async () => {
    const kinds = ["link", "fifo", "socket", "character-device", "block-device"] as const;
    const { entries } = await walk(treeOf((add) => folder(kinds.map((kind) => ({ name: kind, node: add({ kind, target: "/etc/passwd", openError: "EIO", hangs: "opening" }) })))));
    expect(said(entries)).toEqual(Object.fromEntries(kinds.map((kind) => [kind, kind])));
  });

  it("ends where a folder is its own ancestor, by itself or by its inode", async () => {
    const tree: FuseTree = [
      folder([{ name: "own", node: 1 }, { name: "stated", node: 2 }]),
      folder([{ name: "again", node: 1 }, { name: "file", node: 3 }]),
      folder([{ name: "same", node: 4 }]),
      file(1),
      folder([{ name: "unseen", node: 3 }], { statedInode: { afterLooks: 0, inode: 3 } }),
    ];
    expect(said((await walk(tree)).entries)).toEqual({ "own/again": "file: changed ELOOP", "own/file": "file", "stated/same": "folder: folder-loop" });
  });

  it("goes down far beyond PATH_MAX and opens what lies there", async () => {
    const depth = 200;
    const { entries, folders } = await walk(
      treeOf((add) => {
        let inner = add(folder([{ name: "bottom", node: add(file(9)) }]));
        for (let level = 1; level < depth; level++) inner = add(folder([{ name: String(level).padEnd(200, "d"), node: inner }]));
        return folder([{ name: "top", node: inner }]);
      }),
    );
    expect(folders).toBe(depth + 1);
    expect(entries.map(({ path, unread }) => [path.length > 39_000, unread])).toEqual([[true, null]]);
    const { descriptor } = directorySource(mounted!.root).open(entries[0]!);
    expect(readFileSync(descriptor).equals(contentOf(9, 0, 109))).toBe(true);
    closeSync(descriptor);
  });

  it("takes sizes and times as they are stated, however absurd", async () => {
    const { entries } = await walk(
      treeOf((add) =>
        folder([
          { name: "terabyte", node: add({ kind: "file", sizeBytes: 2 ** 40, seed: 1 }) },
          { name: "impossible", node: add({ kind: "file", sizeBytes: 2 ** 60, seed: 1 }) },
          { name: "far future", node: add(file(1, { modifiedSeconds: 2 ** 50 })) },
          { name: "far past", node: add(file(1, { modifiedSeconds: -(2 ** 50) })) },
        ]),
      ),
    );
    expect(said(entries)).toEqual({ "far future": "file", "far past": "file", impossible: "file: implausible-size", terabyte: "file" });
    const of = (name: string): Entry => entries.find(({ path }) => latin1(path) === name)!;
    expect(of("terabyte").sizeBytes).toBe(2 ** 40);
    expect([of("far future"), of("far past")].map(({ modifiedNs }) => modifiedNs)).toEqual([2n ** 50n * 1_000_000_000n, -(2n ** 50n) * 1_000_000_000n]);
  });

  it("does not take for a name what is none: a slash within it ends the listing as damaged", async () => {
    const { entries } = await walk(treeOf((add) => folder([{ name: "damaged", node: add(folder([{ name: "fine", node: add(file(1)) }, { name: "../../etc/passwd", node: add(file(2)) }, { name: "unreached", node: add(file(3)) }])) }])));
    expect(said(entries)).toEqual({ damaged: "folder: not-listed EIO", "damaged/fine": "file" });
  });

  it("holds no more for 300,000 files in one folder than for a thousand and 40 MB", async () => {
    const peakOf = async (count: number): Promise<number> => {
      mounted = await mountFaults(join(place, `mount ${mounts++}`), treeOf((add) => folder([{ name: "crowded", node: add({ kind: "many", count, prefix: "entry ", of: "file", sizeBytes: 1000 }) }])));
      const { found, folders, peakMegabytes } = JSON.parse(await walkInChild(mounted.root)) as { found: object; folders: number; peakMegabytes: number };
      expect({ found, folders }).toEqual({ found: { file: count }, folders: 2 });
      await mounted.unmount();
      return peakMegabytes;
    };
    // Their names alone would take 65 MB.
    expect((await peakOf(300_000)) - (await peakOf(1000))).toBeLessThan(40);
  }, 300_000);
});

/** Not synchronous: this process reads what the server says. */
function walkInChild(root: string): Promise<string> {
  return new Promise((resolve, reject) =>
    execFile(process.execPath, ["--import", "tsx", join(import.meta.dirname, "walk-in-child.ts"), root], (error, said) => (error === null ? resolve(said) : reject(error))),
  );
}
