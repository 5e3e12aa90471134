import { createHash, randomBytes, randomInt } from "node:crypto";
import { readFileSync, truncateSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { directorySource } from "../../src/evidence/directory.ts";
import type { Source } from "../../src/evidence/source.ts";
import { cryptographicAlgorithms, type Finding, type PlannedEntry } from "../../src/model.ts";
import { startArena } from "../../src/reading/arena.ts";
import { readFiles } from "../../src/reading/read-files.ts";
import { startReading } from "../../src/reading/reader.ts";
import type { ReadingParts } from "../../src/reading/reading-parts.ts";
import { entryFor } from "../support/entry.ts";
import { temporaryFolder } from "../support/folder.ts";
import { mayMountFaults, mountFaults } from "../support/fuse.ts";
import { contentOf, type Faults, treeOf } from "../support/fuse-tree.ts";
import { describeWith, has, run } from "../support/tools.ts";

const long = process.env["LANES"] === "all";
const arenaBytes = 64 * 1024;
const arena = startArena(arenaBytes, cryptographicAlgorithms, true);

function parts(root: string, changed: Partial<ReadingParts> = {}): ReadingParts {
  return { source: directorySource(root), digests: cryptographicAlgorithms, arena, sideBySide: 4, perceive: async () => null, alive: () => undefined, ...changed };
}

const hex = (finding: Finding | undefined, name: "md5" | "sha1" | "sha256"): string => (finding?.outcome === "examined" ? Buffer.from(finding.digests[name]!).toString("hex") : `${finding?.outcome}`);
const of = (name: string, bytes: Uint8Array): string => createHash(name).update(bytes).digest("hex");

describeWith("openssl", has("openssl"), "a reader's digests", () => {
  const root = temporaryFolder();
  const count = long ? 10_000 : 1_000;

  it(`of ${count} files are those that openssl says, in batches as a scan makes them`, async () => {
    const sizes = Array.from({ length: count }, (_, at) => (at % 100 === 0 ? randomInt(4 * 1024 * 1024) : at % 10 === 0 ? 64 * randomInt(40) + randomInt(3) - 1 : randomInt(65_536)));
    const names = sizes.map((sizeBytes, at) => {
      writeFileSync(join(root, String(at)), randomBytes(Math.max(0, sizeBytes)));
      return String(at);
    });
    const entries = names.map((name, no) => entryFor(root, name, no));
    const read = startReading(cryptographicAlgorithms, async () => null, () => undefined);
    const findings: Finding[] = [];
    for (let from = 0; from < count; from += 512) findings.push(...(await read(Buffer.from(root), entries.slice(from, from + 512))));
    for (const algorithm of ["md5", "sha1", "sha256"] as const) {
      const said = run("sh", ["-c", `cd "$1" && ls | xargs openssl dgst -${algorithm} -r`, "sh", root]).toString().trim().split("\n");
      expect(Object.fromEntries(names.map((name, at) => [name, hex(findings[at], algorithm)]))).toEqual(Object.fromEntries(said.map((line) => line.split(" *").reverse() as [string, string])));
    }
  }, 300_000);
});

describe("files side by side", () => {
  const root = temporaryFolder();

  it("are opened in the order in which they are given where a medium wants one at a time, else the small ones first, the largest before the others; findings are the same", async () => {
    const sizes = [5000, 300_000, 10, 20, 400_000, 200_000, 0, 30];
    const entries = sizes.map((sizeBytes, no) => (writeFileSync(join(root, `ordered ${no}`), randomBytes(sizeBytes)), entryFor(root, `ordered ${no}`, no)));
    const source = directorySource(root);
    const opened: number[] = [];
    const noting: Source = { ...source, open: (entry) => (opened.push((entry as PlannedEntry).no), source.open(entry)) };
    const oneAtATime = await readFiles(entries, parts(root, { source: noting, sideBySide: 1 }));
    expect(opened.splice(0)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    const inTurns = await readFiles(entries, parts(root, { source: noting }));
    expect(opened).toEqual([0, 7, 3, 2, 6, 1, 4, 5]);
    expect(inTurns).toEqual(oneAtATime);
    expect(inTurns.map((finding) => hex(finding, "md5"))).toEqual(entries.map((_, no) => of("md5", readFileSync(join(root, `ordered ${no}`)))));
  });

  it("of unequal sizes get their own digests, small and large ones in any order, however many at a time", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(fc.nat(9_000), fc.nat(300_000)), { minLength: 1, maxLength: 12, size: "max" }), fc.integer({ min: 1, max: 16 }), async (sizes, sideBySide) => {
        const contents = sizes.map((sizeBytes) => randomBytes(sizeBytes));
        const entries = contents.map((bytes, no) => (writeFileSync(join(root, `file ${no}`), bytes), entryFor(root, `file ${no}`, no)));
        let came = 0;
        const findings = await readFiles(entries, parts(root, { sideBySide, alive: (bytes) => (came += bytes) }));
        expect(findings.map((finding) => [finding.no, hex(finding, "md5"), hex(finding, "sha256")])).toEqual(contents.map((bytes, no) => [no, of("md5", bytes), of("sha256", bytes)]));
        expect(came, "every byte once").toBe(sizes.reduce((sum, sizeBytes) => sum + sizeBytes, 0));
      }),
      { numRuns: 40 },
    );
  });

  it("are perceived whole where they are pictures, each with its own digests", async () => {
    const contents = [300_000, 20_000, 70_000, 500, 65_000, 120_000, 9_000].map((sizeBytes) => Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), randomBytes(sizeBytes)]));
    const entries = contents.map((bytes, no) => (writeFileSync(join(root, `picture ${no}`), bytes), entryFor(root, `picture ${no}`, no)));
    const seen: string[] = [];
    const perceive: ReadingParts["perceive"] = async (_, whole, digests) => {
      if (whole === "too-large") return null;
      expect([of("md5", whole), of("sha256", whole)]).toEqual([digests.md5, digests.sha256].map((digest) => Buffer.from(digest!).toString("hex")));
      seen.push(of("md5", whole));
      return null;
    };
    await readFiles(entries, parts(root, { perceive }));
    expect(seen.sort()).toEqual(contents.map((bytes) => of("md5", bytes)).sort());
  });

  it("are a sign of life each, also where none of them can be opened", async () => {
    const entries = [0, 1, 2, 3, 4].map((no) => (writeFileSync(join(root, `gone ${no}`), randomBytes(no % 2 === 0 ? 10 : 20_000)), entryFor(root, `gone ${no}`, no)));
    for (const { path } of entries) unlinkSync(join(root, Buffer.from(path).toString()));
    const came: number[] = [];
    const findings = await readFiles(entries, parts(root, { alive: (bytes) => came.push(bytes) }));
    expect(findings).toEqual(entries.map(({ no }) => ({ outcome: "unread", no, reason: "vanished", errorCode: "ENOENT" })));
    expect(came).toEqual([0, 0, 0, 0, 0]);
  });

  it("are closed, all of them, when perceiving one fails", async () => {
    const entries = [0, 1, 2, 3].map((no) => (writeFileSync(join(root, `failing ${no}`), Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), randomBytes(20_000 * (no + 1))])), entryFor(root, `failing ${no}`, no)));
    const opened: number[] = [];
    const source: Source = { ...directorySource(root), open: (entry) => { const file = directorySource(root).open(entry); opened.push(file.descriptor); return file; } };
    await expect(readFiles(entries, parts(root, { source, perceive: () => Promise.reject(new Error("doubted")) }))).rejects.toThrow("doubted");
    expect(new Set(opened).size, "no descriptor was free before its file was closed").toBe(4);
    const again = directorySource(root).open(entries[0]!).descriptor;
    expect(opened).toContain(again);
  });

  // Two pictures of half a gigabyte: the long form only.
  if (long) it("wait where two pictures together would take too much memory", async () => {
    const entries = [0, 1, 2].map((no) => {
      writeFileSync(join(root, `huge ${no}`), Buffer.from([0xff, 0xd8, 0xff, 0xe0, no]));
      truncateSync(join(root, `huge ${no}`), 300 * 1024 * 1024 + no);
      return entryFor(root, `huge ${no}`, no);
    });
    const whole: number[] = [];
    const large = startArena(64 * 1024 * 1024, cryptographicAlgorithms, true);
    const before = process.memoryUsage().arrayBuffers;
    let mostBytes = 0;
    const perceive: ReadingParts["perceive"] = async (_, bytes, digests) => {
      mostBytes = Math.max(mostBytes, process.memoryUsage().arrayBuffers - before);
      expect(of("md5", bytes as Uint8Array)).toBe(Buffer.from(digests.md5!).toString("hex"));
      whole.push(bytes.length);
      return null;
    };
    const findings = await readFiles(entries, parts(root, { arena: large, perceive }));
    // What was let go of may not be collected yet: one more, but never all three at a time.
    expect(mostBytes).toBeLessThan(700 * 1024 * 1024);
    expect(findings.map(({ outcome }) => outcome)).toEqual(["examined", "examined", "examined"]);
    expect(whole.sort()).toEqual([0, 1, 2].map((no) => 300 * 1024 * 1024 + no));
  }, 120_000);
});

const faulty: readonly (readonly [faults: Faults, reason: string, failedAtBytes: number | undefined])[] = [
  [{ openError: "EIO" }, "io", undefined],
  [{ readError: { code: "EIO", fromByte: 12_288, toByte: 16_384 } }, "io", 12_288],
  [{ endsAtByte: 5_000 }, "short", undefined],
  [{ grows: true }, "changed", undefined],
  [{ touchedByRead: true }, "changed", undefined],
  [{ openedStatusError: "EIO" }, "io", undefined],
  [{ lookError: { afterLooks: 1, code: "ENOENT" } }, "vanished", undefined],
];

describeWith("root and /dev/fuse", mayMountFaults, "a file that fails among others that are read with it", () => {
  const place = temporaryFolder();

  it.each([
    ["small", 60_000],
    ["large", 150_000],
  ])("costs no other, %s ones", async (name, sizeBytes) => {
    const mounted = await mountFaults(
      join(place, name),
      treeOf((add) => ({ kind: "folder", names: Array.from({ length: 28 }, (_, at) => ({ name: String(at), node: add({ kind: "file", seed: at, sizeBytes: sizeBytes + 10 * at, ...(at % 4 === 1 ? faulty[(at - 1) / 4]![0] : {}) }) })) })),
    );
    try {
      const entries: PlannedEntry[] = Array.from({ length: 28 }, (_, at) => entryFor(mounted.root, String(at), at));
      const room = name === "small" ? startArena(1024 * 1024, cryptographicAlgorithms, true) : arena;
      const findings = await readFiles(entries, parts(mounted.root, { arena: room }));
      for (const [at, finding] of findings.entries()) {
        if (at % 4 !== 1) expect([at, hex(finding, "md5"), hex(finding, "sha1")]).toEqual([at, of("md5", contentOf(at, 0, sizeBytes + 10 * at)), of("sha1", contentOf(at, 0, sizeBytes + 10 * at))]);
        else expect([at, finding]).toMatchObject([at, { outcome: "unread", reason: faulty[(at - 1) / 4]![1], ...(faulty[(at - 1) / 4]![2] === undefined ? {} : { failedAtBytes: faulty[(at - 1) / 4]![2] }) }]);
      }
    } finally {
      await mounted.unmount();
    }
  });
});
