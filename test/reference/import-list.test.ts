import { closeSync, openSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { afterEach, describe, expect, it, vi } from "vitest";
import { Failure } from "../../src/failure.ts";
import type { ListDescription, Reference } from "../../src/model.ts";
import { catalogOf } from "../../src/reference/catalog.ts";
import { importList } from "../../src/reference/import-list.ts";
import { openReferenceSet } from "../../src/reference/open-reference-set.ts";
import { temporaryFolder } from "../support/folder.ts";
import { countsOf, digestFor, examined, importOptions, listSha256, readingOf, referenceWith, key } from "./synthetic-list.ts";

const folder = temporaryFolder();
let homes = 0;
const newHome = (): string => join(folder, "homes", String(homes++));

const rowsOf = (seed: string, count = 8): Reference[] =>
  Array.from({ length: count }, (_, number) =>
    referenceWith({ md5: digestFor("md5", `${seed} ${number}`), sha256: digestFor("sha256", `${seed} ${number}`), pdq: digestFor("pdq", `${seed} ${number}`) }, { recordId: `${seed}-${number}`, category: "1" }),
  );

const segmentsOf = (home: string): string[] => readdirSync(join(home, "segments")).sort();

function listsOf(home: string): readonly ListDescription[] {
  return catalogOf(home, null).lists;
}

async function found(home: string, list: ListDescription, seed: string): Promise<(string | null)[]> {
  return (await openReferenceSet(home, [list], key).match(examined({ md5: digestFor("md5", seed) }), 0))
    .map(({ recordId }) => recordId);
}

/** Everything under a home that matters: what the catalog says, and every segment's bytes. */
const stateOf = (home: string): unknown => ({ lists: listsOf(home), segments: segmentsOf(home).map((name) => [name, readFileSync(join(home, "segments", name)).toString("base64")]) });

afterEach(() => vi.restoreAllMocks());

describe("importing a list", () => {
  it("makes every row of it found by a set that is opened afterwards", async () => {
    const home = newHome();
    const rows = rowsOf("a", 40);
    const { description, outcome } = await importList(home, readingOf("a", rows), importOptions);
    expect(outcome).toBe("imported");
    expect(description).toMatchObject({ sha256: listSha256("a"), sizeBytes: 1, agency: "Synthetic Agency", name: "stills", version: "1", format: "synthetic", counts: countsOf(rows) });
    expect(listsOf(home)).toEqual([description]);
    const set = openReferenceSet(home, [description], key);
    expect(set.lists).toEqual([description]);
    expect(set.hasPerceptualCodes).toBe(true);
    for (const [number, { digests }] of rows.entries()) expect(await set.match(examined({ md5: digests.md5!, sha256: digests.sha256! }), 0)).toMatchObject([{ reference: number, recordId: `a-${number}`, algorithms: ["md5", "sha256"], contradictedBy: [] }]);
  });

  it("writes files that only their owner can read, in folders that only they can enter", async () => {
    const home = newHome();
    await importList(home, readingOf("a", rowsOf("a")), importOptions);
    const mode = (...names: string[]): string => (statSync(join(home, ...names)).mode & 0o777).toString(8);
    expect([mode(), mode("segments"), ...segmentsOf(home).map((name) => mode("segments", name))]).toEqual(["700", "700", "600"]);
    for (const name of readdirSync(home).filter((name) => name.startsWith("catalog."))) expect([name, mode(name)]).toEqual([name, "600"]);
  });

  it("leaves no digest of any reference in the catalog", async () => {
    const home = newHome();
    const rows = rowsOf("a", 20);
    await importList(home, readingOf("a", rows), importOptions);
    const catalog = Buffer.concat(readdirSync(home).filter((name) => name.startsWith("catalog.")).map((name) => readFileSync(join(home, name))));
    const segment = readFileSync(join(home, "segments", segmentsOf(home)[0]!));
    for (const digest of rows.flatMap(({ digests }) => Object.values(digests)).map((bytes) => Buffer.from(bytes))) {
      expect(segment.includes(digest)).toBe(false);
      expect(catalog.includes(digest)).toBe(false);
      expect(catalog.toString("latin1").toLowerCase()).not.toContain(digest.toString("hex"));
      expect(catalog.includes(digest.toString("base64"))).toBe(false);
    }
  });

  it("changes nothing when the same file was imported in the same way", async () => {
    const home = newHome();
    const { description } = await importList(home, readingOf("a", rowsOf("a")), importOptions);
    const before = stateOf(home);
    const again = await importList(home, readingOf("a", rowsOf("a")), { ...importOptions, importedAt: "2027-01-01T00:00:00+00:00" });
    expect(again).toEqual({ description, outcome: "already-imported" });
    expect(stateOf(home)).toEqual(before);
  });

  it("replaces another version of the list, and the old one is gone", async () => {
    const home = newHome();
    const first = await importList(home, readingOf("a", rowsOf("a")), importOptions);
    const other = await importList(home, readingOf("other", rowsOf("other")), { ...importOptions, name: "videos" });
    const [old] = segmentsOf(home).filter((name) => name.startsWith(first.description.sha256));
    const second = await importList(home, readingOf("b", rowsOf("b")), { ...importOptions, version: "2" });
    expect(second.outcome).toBe("replaced");
    expect(listsOf(home)).toEqual([other.description, second.description]);
    expect(segmentsOf(home)).toHaveLength(2);
    expect(segmentsOf(home)).not.toContain(old);
    expect([await found(home, second.description, "b 3"), await found(home, second.description, "a 3")]).toEqual([["b-3"], []]);
    expect(await found(home, other.description, "other 3")).toEqual(["other-3"]);
    expect(() => openReferenceSet(home, [first.description], key)).toThrow(expect.objectContaining({ code: "list-unknown" }));
  });

  it("replaces a version by one of the same bytes", async () => {
    const home = newHome();
    await importList(home, readingOf("a", rowsOf("a")), importOptions);
    const { description, outcome } = await importList(home, readingOf("a", rowsOf("a")), { ...importOptions, version: "2" });
    expect([outcome, listsOf(home), segmentsOf(home).length]).toEqual(["replaced", [description], 1]);
    expect(await found(home, description, "a 3")).toEqual(["a-3"]);
  });

  it("keeps a set that was opened before working when its list is replaced", async () => {
    const home = newHome();
    const { description } = await importList(home, readingOf("a", rowsOf("a")), importOptions);
    const set = openReferenceSet(home, [description], key);
    await importList(home, readingOf("b", rowsOf("b")), { ...importOptions, version: "2" });
    expect(await set.match(examined({ md5: digestFor("md5", "a 3") }), 0)).toHaveLength(1);
  });

  it.each([
    ["other bytes under the same version", readingOf("b", rowsOf("b")), {}, "other bytes"],
    ["the same version as another kind", readingOf("a", rowsOf("a")), { kind: "known" }, "another kind"],
    ["the same version with another scale", readingOf("a", rowsOf("a")), { scaleSha256: "6".repeat(64) }, "another scale"],
    ["the same version read to other counts", readingOf("a", rowsOf("a", 7)), {}, "another count of its rows"],
    ["the same file under another name", readingOf("a", rowsOf("a")), { name: "videos" }, "the very file that is imported as Synthetic Agency/stills 1"],
  ] as const)("refuses %s and changes nothing", async (_, reading, options, message) => {
    const home = newHome();
    await importList(home, readingOf("a", rowsOf("a")), importOptions);
    const before = stateOf(home);
    const failure = await importList(home, reading, { ...importOptions, ...options }).catch((thrown: unknown) => thrown);
    expect(failure).toBeInstanceOf(Failure);
    expect(failure).toMatchObject({ code: "list-refused", message: expect.stringContaining(message) });
    expect(stateOf(home)).toEqual(before);
  });

  it.each(["", " blank", "two\nlines", "bell\u0007", "turned\u202e"])("refuses the list name %j", async (name) => {
    await expect(importList(newHome(), readingOf("a", rowsOf("a")), { ...importOptions, name })).rejects.toMatchObject({ code: "usage" });
  });

  it("takes names in any script, and with a backslash", async () => {
    const home = newHome();
    const { description } = await importList(home, readingOf("a", rowsOf("a")), { ...importOptions, agency: "Министерство\\Ä", name: "список 1" });
    expect(listsOf(home)).toEqual([description]);
  });
});

describe("an import that fails", () => {
  const failing = (at: number) => {
    let runs = 0;
    return readingOf("b", rowsOf("b", 12), () => {
      if (runs++ === at) throw new Failure("list-refused", "list.csv:7: found X, expected Y");
    });
  };

  it.each([0, 1, 3])("leaves catalog and segments as they were when the reading throws at run %i", async (at) => {
    const home = newHome();
    await importList(home, readingOf("a", rowsOf("a")), importOptions);
    const before = stateOf(home);
    await expect(importList(home, failing(at), { ...importOptions, version: "2" })).rejects.toThrow("list.csv:7");
    expect(stateOf(home)).toEqual(before);
  });

  it("leaves nothing in a home that was empty", async () => {
    const home = newHome();
    await expect(importList(home, failing(2), importOptions)).rejects.toThrow("list.csv:7");
    expect(listsOf(home)).toEqual([]);
    expect(readdirSync(home)).toEqual(["catalog.sqlite"]);
  });

  it("leaves no segment when the row cannot be committed", async () => {
    const home = newHome();
    await importList(home, readingOf("a", rowsOf("a")), importOptions);
    const before = stateOf(home);
    const exec = Database.prototype.exec;
    vi.spyOn(Database.prototype, "exec").mockImplementation(function (this: Database.Database, sql: string) {
      if (sql === "COMMIT") throw new Error("no space");
      return exec.call(this, sql);
    });
    await expect(importList(home, readingOf("b", rowsOf("b")), { ...importOptions, version: "2" })).rejects.toThrow("no space");
    vi.restoreAllMocks();
    expect(stateOf(home)).toEqual(before);
  });

  it("leaves no segment when a digest has the wrong length or the counts do not agree", async () => {
    const home = newHome();
    await expect(importList(home, readingOf("a", [referenceWith({ md5: digestFor("sha1", 1) })]), importOptions)).rejects.toThrow(RangeError);
    for (const counts of [{ rowsLoaded: 9 }, { digests: { md5: 8, sha256: 7, pdq: 8 } }, { digests: { md5: 8, sha1: 1, sha256: 8, pdq: 8 } }]) {
      const reading = readingOf("a", rowsOf("a"));
      const miscounted = { ...reading, finish: () => ({ ...reading.finish(), counts: { ...countsOf(rowsOf("a")), ...counts } }) };
      await expect(importList(home, miscounted, importOptions)).rejects.toThrow(RangeError);
    }
    expect(readdirSync(home)).toEqual(["catalog.sqlite"]);
  });

  it("is not hindered by what an import that was killed left behind, and removes it", async () => {
    const home = newHome();
    const { description } = await importList(home, readingOf("a", rowsOf("a")), importOptions);
    const kept = segmentsOf(home);
    for (const name of ["killed.part", "killed.segment"]) writeFileSync(join(home, "segments", name), "stray");
    await importList(home, readingOf("a", rowsOf("a")), importOptions);
    expect(segmentsOf(home)).toEqual(kept);
    expect(await found(home, description, "a 0")).toEqual(["a-0"]);
  });
});

describe("two imports at once", () => {
  it("come one after the other, and both stand", async () => {
    const home = newHome();
    const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20));
    const names = ["first", "second", "third"];
    const outcomes = await Promise.all(names.map((name) => importList(home, readingOf(name, rowsOf(name), pause), { ...importOptions, name })));
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(["imported", "imported", "imported"]);
    expect(listsOf(home)).toHaveLength(3);
    expect(segmentsOf(home)).toHaveLength(3);
    for (const [at, name] of names.entries()) expect(await found(home, outcomes[at]!.description, `${name} 3`)).toEqual([`${name}-3`]);
  });

  it("of the same list import it once", async () => {
    const home = newHome();
    const outcomes = await Promise.all([1, 2].map(() => importList(home, readingOf("a", rowsOf("a")), importOptions)));
    expect(outcomes.map(({ outcome }) => outcome).sort()).toEqual(["already-imported", "imported"]);
    expect(segmentsOf(home)).toHaveLength(1);
  });

  it("tell the one that cannot wait any longer, and leave the other be", async () => {
    const home = newHome();
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    const slow = importList(home, readingOf("a", rowsOf("a"), () => released), importOptions);
    await expect(importList(home, readingOf("b", rowsOf("b")), { ...importOptions, name: "videos", waitMs: 100 })).rejects.toMatchObject({ code: "list-refused", message: expect.stringContaining("another import") });
    expect(listsOf(home)).toEqual([]);
    release();
    expect((await slow).outcome).toBe("imported");
  });
});

describe("opening imported lists", () => {
  it("refuses a segment that is missing, altered, or another list's", async () => {
    const home = newHome();
    const a = (await importList(home, readingOf("a", rowsOf("a")), importOptions)).description;
    const b = (await importList(home, readingOf("b", rowsOf("b")), { ...importOptions, name: "videos" })).description;
    const path = (list: ListDescription): string => join(home, "segments", segmentsOf(home).find((name) => name.startsWith(list.sha256))!);
    const [pathA, bytesA, bytesB] = [path(a), readFileSync(path(a)), readFileSync(path(b))];
    const damaged = expect.objectContaining({ code: "reference-damaged" });
    writeFileSync(pathA, bytesB);
    expect(() => openReferenceSet(home, [a], key)).toThrow(damaged);
    bytesA[bytesA.length >> 1]! ^= 1;
    writeFileSync(pathA, bytesA);
    expect(() => openReferenceSet(home, [a], key)).toThrow(damaged);
    rmSync(pathA);
    expect(() => openReferenceSet(home, [a], key)).toThrow(damaged);
    expect(openReferenceSet(home, [b], key).lists).toEqual([b]);
  });

  it("refuses an empty catalog beside segments, and removes none of them", async () => {
    const home = newHome();
    mkdirSync(join(home, "segments"), { recursive: true });
    closeSync(openSync(join(home, "segments", "x.segment"), "w"));
    await expect(importList(home, readingOf("a", rowsOf("a")), importOptions)).rejects.toMatchObject({ code: "reference-damaged" });
    expect(segmentsOf(home)).toEqual(["x.segment"]);
  });
});
