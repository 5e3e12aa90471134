import { fork } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, openSync, readdirSync, readFileSync, readlinkSync, readSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type CryptographicAlgorithm, cryptographicAlgorithms, type Digests, type Reference } from "../../src/model.ts";
import { importList } from "../../src/reference/import-list.ts";
import { openReferenceSet } from "../../src/reference/open-reference-set.ts";
import { beginSegment, segmentNames } from "../../src/reference/segment-folder.ts";
import { temporaryFolder } from "../support/folder.ts";
import { listsOf } from "./list-home.ts";
import { crowdedDigest, crowdedReference, digestFor, examined, importOptions, key, listSha256, readingOf, referenceWith } from "./synthetic-list.ts";

const folder = temporaryFolder();
let homes = 0;
const newHome = (): string => join(folder, String(homes++));

const planted = (seed: number): Reference => referenceWith({ md5: digestFor("md5", seed), sha1: digestFor("sha1", seed), pdq: digestFor("pdq", seed) }, { recordId: `SYN-${seed}`, category: "1" });

/** Every file below a home, and every file that a process holds open below it, whether it has a name still or not. */
function everyFile(home: string, processNumber = process.pid): Buffer[] {
  const named = readdirSync(home, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map(({ parentPath, name }) => readFileSync(join(parentPath, name)));
  const descriptors = `/proc/${processNumber}/fd`;
  const unnamed = readdirSync(descriptors).flatMap((descriptor): Buffer[] => {
    const target = linkTarget(join(descriptors, descriptor));
    return target.startsWith(home) && target.endsWith("(deleted)") ? [contentOf(join(descriptors, descriptor))] : [];
  });
  return [...named, ...unnamed];
}

function linkTarget(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return "";
  }
}

function contentOf(path: string): Buffer {
  const descriptor = openSync(path, "r");
  const blocks: Buffer[] = [];
  for (let at = 0; ; ) {
    const block = Buffer.alloc(1 << 20);
    const got = readSync(descriptor, block, 0, block.length, at);
    if (got === 0) break;
    blocks.push(block.subarray(0, got));
    at += got;
  }
  closeSync(descriptor);
  return Buffer.concat(blocks);
}

function expectNoDigest(files: readonly Buffer[], seeds: readonly number[]): void {
  for (const file of files) {
    const lower = Buffer.from(file.toString("latin1").toLowerCase(), "latin1");
    for (const digest of seeds.flatMap((seed) => Object.values(planted(seed).digests)).map((bytes) => Buffer.from(bytes)))
      // The first bytes alone would tell: whoever has them needs no more.
      for (const [text, where] of [[digest.subarray(0, 8), file], [digest.subarray(8, 16), file], [Buffer.from(digest.toString("hex").slice(0, 16), "latin1"), lower]] as const) expect(where.includes(text)).toBe(false);
  }
}

describe("references at rest", () => {
  it("stand in no file of a home in plain, while they are sorted and after (REQ-19)", async () => {
    const home = newHome();
    const building = beginSegment(home, key, { bucketBytes: 400, sortedBytes: 4000 });
    const seeds = [0, 1, 999, 5000, 9999];
    for (let seed = 0; seed < 10_000; seed++) building.add(planted(seed));
    const during = everyFile(home);
    expect(during.reduce((sum, { length }) => sum + length, 0)).toBeGreaterThan(10_000 * 30);
    expectNoDigest(during, seeds);
    building.settle();
    expectNoDigest(everyFile(home), seeds);
    building.finish(listSha256("a"), "d".repeat(64));
    building.abandon();
    const after = everyFile(home);
    expect(after).toHaveLength(1);
    expectNoDigest(after, seeds);
  });

  it("are refused to another key, by a whole reference set", async () => {
    const home = newHome();
    const { description } = await importList(home, readingOf("a", [planted(1)]), importOptions);
    const other = Uint8Array.from(key).fill(9, 0, 1);
    expect(() => openReferenceSet(home, [description], other)).toThrow(expect.objectContaining({ code: "key-wrong" }));
    expect(await openReferenceSet(home, [description], key).match(examined({ md5: digestFor("md5", 1) }), 0)).toHaveLength(1);
  });

  it("are found as a plain search finds them, across lists, however they were sorted", async () => {
    const digests = fc.record(Object.fromEntries(cryptographicAlgorithms.map((name) => [name, crowdedDigest(name)])) as Record<CryptographicAlgorithm, fc.Arbitrary<Uint8Array>>, { requiredKeys: [] });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(crowdedReference, { minLength: 1, maxLength: 30 }), { minLength: 1, maxLength: 3 }), fc.array(digests, { minLength: 1, maxLength: 5 }), async (lists, files) => {
        const home = newHome();
        const descriptions = [];
        for (const [number, references] of lists.entries()) descriptions.push((await importList(home, readingOf(`list ${number}`, references), { ...importOptions, name: `list ${number}` })).description);
        const set = openReferenceSet(home, descriptions, key);
        for (const file of files as Partial<Digests>[]) {
          const found = (await set.match(examined(file), 0)).map(({ list, reference }) => `${list} ${reference}`);
          const agree = ({ digests: stated }: Reference): boolean => cryptographicAlgorithms.some((name) => file[name] !== undefined && stated[name] !== undefined && Buffer.compare(file[name], stated[name]) === 0);
          expect(found).toEqual(lists.flatMap((references, list) => references.flatMap((reference, at) => (agree(reference) ? [`${list} ${at}`] : []))));
        }
      }),
      { numRuns: 15 },
    );
  });
});

describe("an import that is killed", () => {
  it.each([0.1, 0.9, 1])("after %d of its rows leaves no list and no digest, and the next import removes what it left", async (part) => {
    const home = newHome();
    await importList(home, readingOf("first", [planted(-1)]), { ...importOptions, name: "first" });
    const [kept] = segmentNames(home);
    const rows = 20_000;
    const child = fork(new URL("./import-in-child.ts", import.meta.url), [home, String(rows), String(Math.floor(rows * part))], { execArgv: ["--import", "tsx"] });
    const ended = once(child, "exit");
    const seeds = [0, 1, Math.floor(rows * part) - 1];
    try {
      await once(child, "message");
      expect(segmentNames(home).filter((name) => name !== kept)).toHaveLength(1);
      const during = everyFile(home, child.pid);
      expect(during).toHaveLength(3 + readdirSync(home).filter((name) => name.startsWith("catalog.")).length);
      expectNoDigest(during, seeds);
    } finally {
      child.kill("SIGKILL");
      await ended;
    }
    expectNoDigest(everyFile(home), seeds);
    const left = segmentNames(home).filter((name) => name !== kept);
    expect(left).toEqual([expect.stringMatching(/^[0-9a-f]{16}\.part$/)]);
    expect(listsOf(home).map(({ name }) => name)).toEqual(["first"]);
    const { description } = await importList(home, readingOf("second", [planted(7)]), { ...importOptions, name: "second" });
    expect(existsSync(join(home, "segments", left[0]!))).toBe(false);
    expect(await openReferenceSet(home, [description], key).match(examined({ md5: digestFor("md5", 7) }), 0)).toHaveLength(1);
  });
});
