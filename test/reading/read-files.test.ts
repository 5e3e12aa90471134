import { createHash, randomBytes } from "node:crypto";
import { appendFileSync, chmodSync, mkdirSync, renameSync, rmSync, symlinkSync, truncateSync, unlinkSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { blake3 } from "@napi-rs/blake-hash";
import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { directorySource } from "../../src/evidence/directory.ts";
import type { Source } from "../../src/evidence/source.ts";
import { cryptographicAlgorithms, type Embedded, type Finding, type Perceived, type PlannedEntry } from "../../src/model.ts";
import { startArena } from "../../src/reading/arena.ts";
import type { EntryToRead } from "../../src/reading/packed-batch.ts";
import { readBatch } from "../../src/reading/read-batch.ts";
import { readFiles } from "../../src/reading/read-files.ts";
import type { ReadingParts } from "../../src/reading/reading-parts.ts";
import { entryFor } from "../support/entry.ts";
import { temporaryFolder } from "../support/folder.ts";

const root = temporaryFolder();
const file = join(root, "file");

// Small, so that files of a megabyte are large ones.
const arenaBytes = 64 * 1024;
let byLanes = true;

function parts(changed: Partial<ReadingParts> = {}): ReadingParts {
  const digests = changed.digests ?? cryptographicAlgorithms;
  return { source: directorySource(root), digests, arena: startArena(arenaBytes, digests, byLanes), sideBySide: 4, perceive: async () => null, alive: () => undefined, ...changed };
}

async function readEntry(entry: PlannedEntry, changed: ReadingParts): Promise<Finding> {
  const [finding] = await readFiles([entry], changed);
  return finding!;
}

/** A source that does something to the file between opening and reading. */
function afterOpening(act: () => void): Source {
  const source = directorySource(root);
  return {
    ...source,
    open(entry) {
      const opened = source.open(entry);
      act();
      return opened;
    },
  };
}

/** A picture file of random bytes, and what a decoder might say of it that found pictures in these places. */
function pictureWith(sizeBytes: number, places: readonly (readonly [offsetBytes: number, sizeBytes: number])[]): { readonly bytes: Buffer; readonly perceived: Perceived } {
  const bytes = Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), randomBytes(sizeBytes - 4)]);
  const picture = { status: "hashed" as const, widthPixels: 9, heightPixels: 9, codes: [] };
  return { bytes, perceived: { picture, embedded: places.map(([offsetBytes, length]) => ({ name: "thumbnail", offsetBytes, sizeBytes: length, picture })) } };
}

async function embeddedOf(name: string, bytes: Uint8Array, perceived: Perceived): Promise<readonly Embedded[]> {
  writeFileSync(join(root, name), bytes);
  const finding = await readEntry(entryFor(root, name), parts({ perceive: async () => perceived }));
  if (finding.outcome !== "examined") throw new Error(`found ${finding.outcome}, expected it to be examined`);
  expect(sha256Of(finding)).toBe(sha256(bytes));
  return finding.embedded;
}

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
const sha256Of = (finding: Finding): string => (finding.outcome === "examined" ? Buffer.from(finding.digests.sha256!).toString("hex") : finding.outcome);

describe.each([
  ["MD5 in lanes", true],
  ["MD5 by OpenSSL", false],
])("reading an entry, %s", (_, inLanes) => {
  beforeEach(() => {
    byLanes = inLanes;
    writeFileSync(file, "some bytes");
  });

  it("gives every digest of exactly the file's bytes, below, at and above the size of the arena (REQ-08)", async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.nat(300), fc.integer({ min: 65_530, max: 65_545 }), fc.integer({ min: 1_048_570, max: 1_048_580 }), fc.nat(3_000_000)), async (sizeBytes) => {
        const bytes = randomBytes(sizeBytes);
        writeFileSync(file, bytes);
        const finding = await readEntry(entryFor(root, "file"), parts());
        expect(sha256Of(finding)).toBe(sha256(bytes));
        expect(finding).toMatchObject({ outcome: "examined", digests: { md5: createHash("md5").update(bytes).digest(), sha1: createHash("sha1").update(bytes).digest() } });
      }),
      { numRuns: 40 },
    );
  });

  it.each([0, 1, 4095, 4096, 4097, 8192, 524_288, 524_289, 1_048_577])("tells a file of %s bytes that grew by one from one that did not", async (sizeBytes) => {
    const bytes = randomBytes(sizeBytes);
    writeFileSync(file, bytes);
    expect(sha256Of(await readEntry(entryFor(root, "file"), parts()))).toBe(sha256(bytes));
    const grown = afterOpening(() => appendFileSync(file, "x"));
    expect(await readEntry(entryFor(root, "file"), parts({ source: grown }))).toEqual({ outcome: "unread", no: 0, reason: "changed", errorCode: null });
  });

  it("gives the digests that are asked for and no other, of the file and of the pictures within it, in any order of asking", async () => {
    const { bytes, perceived } = pictureWith(300, [[10, 20]]);
    writeFileSync(file, bytes);
    for (const digests of [["sha256"], ["sha256", "md5"], ["blake3", "sha256", "sha1"]] as const) {
      const finding = await readEntry(entryFor(root, "file"), parts({ digests, perceive: async () => perceived }));
      if (finding.outcome !== "examined") throw new Error(`found ${finding.outcome}, expected it to be examined`);
      expect(sha256Of(finding)).toBe(sha256(bytes));
      for (const found of [finding, finding.embedded[0]!]) expect(Object.keys(found.digests)).toEqual(cryptographicAlgorithms.filter((name) => digests.some((asked) => asked === name)));
    }
    await expect(readEntry(entryFor(root, "file"), parts({ digests: ["md5"] }))).rejects.toThrow(/expected sha256 among them/);
  });

  it("hands a picture's bytes to be perceived whole, larger than the arena or not", async () => {
    for (const sizeBytes of [100, 64 * 1024, 64 * 1024 + 1, 2_500_000]) {
      const bytes = Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), randomBytes(sizeBytes - 4)]);
      writeFileSync(file, bytes);
      let seen = "";
      const perceive: ReadingParts["perceive"] = async (mediaType, whole) => {
        seen = `${mediaType} ${whole === "too-large" ? whole : sha256(whole)}`;
        return null;
      };
      const finding = await readEntry(entryFor(root, "file"), parts({ perceive }));
      expect(seen).toBe(`image/jpeg ${sha256(bytes)}`);
      expect(sha256Of(finding)).toBe(sha256(bytes));
    }
  });

  it.each<[string, string, () => void]>([
    ["grows while it is read", "changed", () => appendFileSync(file, "more")],
    ["shrinks while it is read", "short", () => truncateSync(file, 3)],
    ["is written to while it is read", "changed", () => utimesSync(file, 1, 1)],
  ])("says so when a file %s, and gives no digest", async (_, reason, act) => {
    const finding = await readEntry(entryFor(root, "file"), parts({ source: afterOpening(act) }));
    expect(finding).toEqual({ outcome: "unread", no: 0, reason, errorCode: null });
  });

  it.each<[string, string, string | null, (entry: PlannedEntry) => void]>([
    ["is gone", "vanished", "ENOENT", () => unlinkSync(file)],
    ["became another file of the same size", "changed", null, () => (writeFileSync(`${file}2`, "same bytes"), renameSync(`${file}2`, file))],
    ["became a link", "changed", "ELOOP", () => (unlinkSync(file), symlinkSync("/etc/passwd", file))],
    ["became a folder", "changed", null, () => (unlinkSync(file), mkdirSync(file))],
  ])("says so when a file of the plan %s", async (_, reason, errorCode, act) => {
    const entry = entryFor(root, "file");
    act(entry);
    expect(await readEntry(entry, parts())).toEqual({ outcome: "unread", no: 0, reason, errorCode });
    rmSync(file, { recursive: true, force: true });
  });

  it("gives the operating system's code for a read error", async () => {
    // Reading another process's memory at address 0 is a read error that needs no broken disk.
    const broken: Source = {
      ...directorySource(root),
      open: () => ({ ...directorySource("/proc/self").open({ ...entryFor(root, "file"), path: Buffer.from("mem") }), sizeBytes: 10, inode: entryFor(root, "file").inode, modifiedNs: entryFor(root, "file").modifiedNs, changedNs: entryFor(root, "file").changedNs }),
    };
    expect(await readEntry(entryFor(root, "file"), parts({ source: broken }))).toEqual({ outcome: "unread", no: 0, reason: "io", errorCode: "EIO", failedAtBytes: 0 });
  });

  it("says permission where it is refused", async () => {
    chmodSync(root, 0o755);
    chmodSync(file, 0o000);
    const entry = entryFor(root, "file");
    const asNobody = process.getuid?.() === 0;
    if (asNobody) process.seteuid!(65_534);
    try {
      expect(await readEntry(entry, parts())).toEqual({ outcome: "unread", no: 0, reason: "permission", errorCode: "EACCES" });
    } finally {
      if (asNobody) process.seteuid!(0);
      chmodSync(file, 0o600);
    }
  });
});

describe("pictures within a file", () => {
  it("get every digest of exactly their bytes, wherever they lie, in a file larger than the arena or not", async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(300, 64 * 1024, 64 * 1024 + 1, 1_200_000), fc.array(fc.tuple(fc.nat(), fc.nat()), { minLength: 1, maxLength: 3 }), async (sizeBytes, drawn) => {
        const places = drawn.map(([offset, length]) => [offset % sizeBytes, 1 + (length % (sizeBytes - (offset % sizeBytes)))] as const);
        const { bytes, perceived } = pictureWith(sizeBytes, places);
        const expected = perceived.embedded.map((part) => {
          const own = bytes.subarray(part.offsetBytes, part.offsetBytes + part.sizeBytes);
          const of = (algorithm: string): Buffer => createHash(algorithm).update(own).digest();
          return { ...part, digests: { md5: of("md5"), sha1: of("sha1"), sha256: of("sha256"), blake3: Uint8Array.from(blake3(own)) } };
        });
        expect(await embeddedOf("file", bytes, perceived)).toEqual(expected);
      }),
      { numRuns: 40 },
    );
  });

  it("are left out where they lie outside of the file, in part or whole, and where they hold no byte", async () => {
    const { bytes, perceived } = pictureWith(300, [[299, 2], [300, 1], [1000, 5], [0, 301], [50, 0], [300, 0], [0xffffffff, 0xffffffff]]);
    expect(await embeddedOf("file", bytes, perceived)).toEqual([]);
    const mixed = pictureWith(300, [[200, 101], [200, 100], [0, 300]]);
    expect((await embeddedOf("file", mixed.bytes, mixed.perceived)).map(({ offsetBytes, sizeBytes }) => [offsetBytes, sizeBytes])).toEqual([[200, 100], [0, 300]]);
  });

  it("are never found in the bytes of another file that still lie in the arena", async () => {
    const { perceived } = pictureWith(300, [[10, 20]]);
    const long = Buffer.concat([Buffer.from("%PDF-1.7"), randomBytes(100_000)]);
    expect(await embeddedOf("file", long, perceived), "not kept whole").toEqual([]);
    const short = Buffer.concat([Buffer.from([0xff, 0xd8, 0xff]), randomBytes(20)]);
    expect(await embeddedOf("file", short, perceived), "shorter than the file before it").toEqual([]);
  });

  it("are none where nothing perceives", async () => {
    writeFileSync(file, pictureWith(300, []).bytes);
    expect(await readEntry(entryFor(root, "file"), parts())).toMatchObject({ picture: null, embedded: [] });
  });
});

describe("the extension of a name", () => {
  const jpeg = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 0]);
  it.each<[string, Buffer, boolean | null]>([
    ["picture.jpg", jpeg, true],
    ["picture.JPEG", jpeg, true],
    ["letter.txt", jpeg, false],
    ["letter.jpg.txt", jpeg, false],
    ["picture.of mine", jpeg, null],
    ["picture", jpeg, null],
    [".jpg", jpeg, null],
    ["picture.jpg", Buffer.from("a text"), null],
    ["document.pdf", Buffer.from("%PDF-1.7"), true],
    ["document.png", Buffer.from("%PDF-1.7"), false],
  ])("of %s is told to fit its content or not, and nothing where either is unknown", async (name, bytes, fits) => {
    writeFileSync(join(root, name), bytes);
    expect(await readEntry(entryFor(root, name), parts())).toMatchObject({ outcome: "examined", extensionFits: fits });
  });
});

describe("reading a batch", () => {
  it("reads a file once for all its names, and never opens a link or a special file (REQ-06, REQ-07)", async () => {
    writeFileSync(file, "bytes");
    const plain = entryFor(root, "file");
    const batch: PlannedEntry[] = [
      { ...plain, no: 7 },
      { ...plain, no: 8, sameAs: 7, path: Buffer.from("second name") },
      { ...plain, no: 9, kind: "link" },
      { ...plain, no: 10, kind: "fifo" },
      { ...plain, no: 11, unread: "permission", errorCode: "EACCES" },
      { ...plain, no: 12, kind: "folder", unread: "not-listed", errorCode: "EIO" },
    ];
    const read: number[] = [];
    const reading = async (entries: readonly EntryToRead[]): Promise<Finding[]> => {
      read.push(...entries.map(({ no }) => no));
      return readFiles(entries, parts());
    };
    const findings = await readBatch(batch, reading);
    expect(read).toEqual([7]);
    expect(await readBatch([{ ...plain, no: 70_001, sameAs: 7 }, { ...plain, no: 70_002, sameAs: 7 }], reading)).toHaveLength(2);
    expect(read, "names of a file that is not in their batch are read once for all of them").toEqual([7, 70_001]);
    expect(findings.map(({ no }) => no)).toEqual([7, 8, 9, 10, 11, 12]);
    expect(sha256Of(findings[1]!)).toBe(sha256(Buffer.from("bytes")));
    expect(findings.slice(2)).toEqual([
      { outcome: "without-content", no: 9 },
      { outcome: "without-content", no: 10 },
      { outcome: "unread", no: 11, reason: "permission", errorCode: "EACCES" },
      { outcome: "unread", no: 12, reason: "not-listed", errorCode: "EIO" },
    ]);
  });
});
