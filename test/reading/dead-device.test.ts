import { mkdirSync, readFileSync, readdirSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { layersBeneath } from "../../src/evidence/layers.ts";
import { mountOf } from "../../src/evidence/mount.ts";
import type { PlannedEntry } from "../../src/model.ts";
import { askBeneath, askLayers } from "../../src/reading/ask-beneath.ts";
import { deviceAnswers, notReadBehind } from "../../src/reading/device-answers.ts";
import { type ReaderPool, startReaders } from "../../src/reading/pool.ts";
import { type Given, startTrying } from "../../src/reading/try-files.ts";
import { entryFor } from "../support/entry.ts";
import { ext4Exhibit, unmount } from "../support/ext4.ts";
import { temporaryFolder } from "../support/folder.ts";
import { contentOf } from "../support/fuse-tree.ts";
import { describeWith, has, mayMount, run } from "../support/tools.ts";

const dist = resolve(import.meta.dirname, "../../dist");
const names = ["a", "b", "c", "d"];

describeWith("root, losetup, mkfs.ext4, ewfmount and ewfacquirestream", mayMount && has("ewfmount") && has("ewfacquirestream"), "a device that stops answering under files that were read", () => {
  const folder = temporaryFolder();
  const [served, mounted] = [join(folder, "served"), join(folder, "mounted")];
  let server = 0;
  const pools: ReaderPool[] = [];

  beforeAll(() => {
    const { image, mounted: first } = ext4Exhibit(folder, 24, (root) => names.forEach((name, at) => writeFileSync(join(root, name), contentOf(at, 0, 2_000_000))));
    unmount(first, image);
    run("ewfacquirestream", ["-q", "-t", join(folder, "image"), "-c", "none", "-f", "encase6", "-b", "64", "-B", `${24 * 1024 * 1024}`, ...["-D", "d", "-e", "e", "-E", "e", "-C", "c", "-N", "n", "-m", "fixed", "-M", "physical"]], readFileSync(image));
    for (const place of [served, mounted]) mkdirSync(place);
    run("ewfmount", [join(folder, "image.E01"), served]);
    server = Number(readdirSync("/proc").find((id) => /^\d+$/.test(id) && commandOf(id).includes(`${folder}/image.E01`)));
    run("mount", ["-o", "ro,loop,noload", join(served, "ewf1"), mounted]);
  });
  afterAll(async () => {
    process.kill(server, "SIGCONT");
    await Promise.all(pools.map((pool) => pool.close()));
    unmount(mounted, join(served, "ewf1"));
    run("umount", [served]);
  });
  const start = (): ReaderPool => {
    const pool = startReaders({ confinement: "plain", roots: [], program: join(dist, "cli/reader-process.js"), decoderProgram: "", count: 1, digests: ["sha256"], isolation: "process", perceptual: false, stallMs: 2000 });
    pools.push(pool);
    return pool;
  };

  it("ends the scan, though a cache gives files that were read as they were; all is read when it answers again (REQ-05)", async () => {
    const root = Buffer.from(mounted);
    const entries = names.map((name, no) => entryFor(mounted, name, no));
    // Before anything is read: who opens the image anew empties its cache.
    expect(await askBeneath(root, 10_000)).toBe("answers");
    const reading = start();
    expect((await reading.read(root, entries.slice(0, 3))).map(({ outcome }) => outcome)).toEqual(["examined", "examined", "examined"]);
    process.kill(server, "SIGSTOP");
    // Nothing else is left to be read.
    await expect(reading.read(root, entries.slice(3))).rejects.toMatchObject({ code: "evidence-stalled" });
    process.kill(server, "SIGCONT");
    expect((await start().read(root, entries.slice(3))).map(({ outcome }) => outcome)).toEqual(["examined"]);
  }, 60_000);

  it("lies beneath as the image that its loop device shows", () => {
    expect(layersBeneath(mountOf(mounted))).toEqual([{ path: join(served, "ewf1"), sizeBytes: 24 * 1024 * 1024 }]);
  });
});

describe("whether a device answers", () => {
  const file = { sizeBytes: 1 } as PlannedEntry;
  const given = { tryFiles: () => Promise.resolve("directly" as const), askBeneath: () => Promise.resolve("none" as const), readWell: [file], notRead: [] };

  it.each([
    ["a file that was read gives a block directly", {}, true],
    ["nothing beneath it answers", { askBeneath: "silent" }, false],
    ["a file that was read gives what a cache may have given, and others give nothing", { well: "perhaps-cached", notRead: [null] }, false],
    ["a file that was read gives what a cache may have given, and another gives something", { well: "perhaps-cached", notRead: ["perhaps-cached"] }, true],
    ["a file that was read gives a block directly, beneath it cannot be asked, and others give nothing", { askBeneath: "unasked", notRead: [null] }, false],
    ["no file gives anything, while beneath it answers", { askBeneath: "answers", well: null, notRead: [null, null] }, false],
    ["a file gives what a cache may have given, while beneath it answers", { askBeneath: "answers", well: "perhaps-cached", notRead: [null] }, true],
    ["all was read, and only a cache's word is to be had", { well: "perhaps-cached" }, true],
  ] as const)("is told where %s", async (_, how: { askBeneath?: "silent" | "unasked" | "answers"; well?: "perhaps-cached" | null; notRead?: readonly ("perhaps-cached" | null)[] }, expected) => {
    const notRead = (how.notRead ?? []).map(() => ({ ...file }));
    const tryFiles = ([one]: readonly PlannedEntry[]): Promise<Given | null> => Promise.resolve(one === file ? (how.well === undefined ? "directly" : how.well) : (how.notRead?.[notRead.indexOf(one!)] ?? null));
    expect(await deviceAnswers({ ...given, tryFiles, askBeneath: () => Promise.resolve(how.askBeneath ?? "none"), notRead })).toBe(expected);
  });

  it("is told by files behind the hung one that were not read: before a small one larger ones were, beside a large one all small ones, unless they are read as they come", () => {
    const [small, large] = [{ ...file, kind: "file", unread: null } as PlannedEntry, { ...file, kind: "file", unread: null, sizeBytes: 8 * 1024 * 1024 } as PlannedEntry];
    const behind = [small, large, { ...small, sizeBytes: 0 }, { ...small, kind: "folder" as const }, { ...small, unread: "io" as const }];
    expect(notReadBehind(small, behind, true)).toEqual([small, large]);
    const larger = { ...small, sizeBytes: small.sizeBytes + 1 };
    expect(notReadBehind(small, [larger, small], true)).toEqual([small]);
    expect(notReadBehind(larger, [larger, small], true)).toEqual([larger, small]);
    expect(notReadBehind(small, [larger, small], false)).toEqual([larger, small]);
    expect(notReadBehind(large, behind, true)).toEqual([large]);
    expect(notReadBehind(large, behind, false)).toEqual([small, large]);
  });

  it("is not told by the beginning of a file that was underway", () => {
    const folder = temporaryFolder();
    const [first, last] = [Buffer.alloc(1_000_000), Buffer.alloc(1_000_000)];
    first.fill(1, 0, 400_000);
    last.fill(1, 500_000);
    writeFileSync(join(folder, "first"), first);
    writeFileSync(join(folder, "last"), last);
    const ask = startTrying();
    const given = (name: string, place: "anywhere" | "last-half"): Given | null => ask(Buffer.from(folder), [entryFor(folder, name, 0)], place);
    for (let time = 0; time < 20; time++) {
      expect(given("first", "anywhere")).not.toBeNull();
      expect(given("first", "last-half")).toBeNull();
      expect(given("last", "last-half")).not.toBeNull();
    }
  });

  it("asks what lies beneath without a trace in its access time", async () => {
    const folder = temporaryFolder();
    const image = join(folder, "image");
    writeFileSync(image, contentOf(1, 0, 40_960));
    const isDirect = startTrying()(Buffer.from(folder), [entryFor(folder, "image", 0)], "anywhere") === "directly";
    utimesSync(image, 1_000_000_000, 1_000_000_000);
    expect(await askLayers([{ path: image, sizeBytes: 40_960 }], 10_000)).toBe(isDirect ? "answers" : "unasked");
    expect(statSync(image).atimeMs).toBe(1_000_000_000_000);
  });

  it("cannot be asked beneath what may not be opened, or has no name in text", async () => {
    expect(await askLayers([{ path: "/nowhere/image", sizeBytes: 4096 }], 10_000)).toBe("unasked");
    expect(await askLayers([{ path: "/tmp/\xff", sizeBytes: 4096 }], 10_000)).toBe("unasked");
  });
});

function commandOf(id: string): string {
  try {
    const command = readFileSync(`/proc/${id}/cmdline`, "latin1");
    return command.startsWith("ewfmount") ? command : "";
  } catch {
    return "";
  }
}
