import { spawnSync } from "node:child_process";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Entry, PlannedEntry } from "../../src/model.ts";
import { pathBytes, pathText } from "../../src/path-text.ts";
import { createOrResumeRecord } from "../../src/record/open-record.ts";
import { openRecord } from "../../src/record/open-view.ts";
import type { ReadingOrder } from "../../src/record/record.ts";
import { verifyRecord } from "../../src/record/verify-record.ts";
import { temporaryFolder } from "../support/folder.ts";
import { appendAll, entry, newCases, opening, reading, sampleEntries } from "./sample-case.ts";

const newCase = newCases(temporaryFolder());

function planned(entries: readonly Entry[], folder = newCase(), order?: ReadingOrder): PlannedEntry[] {
  const { writer } = createOrResumeRecord(folder, opening());
  try {
    writer.writePlan(entries, () => 1, order);
    return [...writer.batches()].flat();
  } finally {
    writer.release();
  }
}

describe("the plan", () => {
  it("numbers entries without gaps in the order of their paths' bytes, however they come", () => {
    const path = fc.uint8Array({ minLength: 0, maxLength: 12 });
    fc.assert(
      fc.property(fc.uniqueArray(path, { maxLength: 40, selector: (bytes) => Buffer.from(bytes).toString("hex") }), (paths) => {
        const plan = planned(paths.map((bytes, index) => entry(bytes, { inode: BigInt(index) })));
        const expected = paths.map((bytes) => Buffer.from(bytes)).sort(Buffer.compare);
        expect(plan.map(({ no }) => no)).toEqual(expected.map((_, index) => index));
        expect(plan.map((one) => Buffer.from(one.path).toString("hex"))).toEqual(expected.map((bytes) => bytes.toString("hex")));
      }),
      { numRuns: 25 },
    );
  });

  it("is ordered by class, then by inode where that is asked for, then by path; files of 1 GiB and more come last, and nothing is left out", () => {
    const entries = fc.array(fc.record({ path: fc.uint8Array({ maxLength: 3 }), class: fc.nat(4), inode: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), isLarge: fc.boolean() }), { maxLength: 40 });
    fc.assert(
      fc.property(entries, fc.constantFrom("inode" as const, "path" as const), (drawn, within) => {
        const found = drawn.map(({ path, inode, isLarge }) => entry(path, { inode, sizeBytes: isLarge ? 2 ** 30 + Number(inode % 7n) : 5 }));
        const classOf = (one: Entry): number => drawn[found.indexOf(one)]!.class;
        const placeOf = (one: Entry): readonly bigint[] => [one.sizeBytes < 2 ** 30 ? 0n : BigInt(one.sizeBytes), BigInt(classOf(one)), within === "inode" ? BigInt.asIntN(64, one.inode) : 0n];
        const compared = (one: Entry, other: Entry): number => {
          const [places, others] = [placeOf(one), placeOf(other)];
          const at = places.findIndex((place, index) => place !== others[index]);
          return at >= 0 ? (places[at]! < others[at]! ? -1 : 1) : Buffer.compare(one.path, other.path);
        };
        const plan = planned(found, newCase(), { within, classOf });
        const facts = (one: Entry): string => `${Buffer.from(one.path).toString("hex")} ${one.inode} ${one.sizeBytes}`;
        expect(plan.map(facts)).toEqual(found.toSorted(compared).map(facts));
      }),
      { numRuns: 40 },
    );
  });

  it("keeps the names of one file together, where the first of them stands by class and inode", () => {
    const twin = { links: 3, inode: 50n };
    const classes: Readonly<Record<string, number>> = { "late/z": 0, "late/a": 2, b: 1, c: 1, d: 0 };
    const order: ReadingOrder = { within: "inode", classOf: ({ path }) => classes[Buffer.from(path).toString()]! };
    const plan = planned([entry("late/a", twin), entry("late/z", twin), entry("b", { inode: 9n }), entry("c", { inode: 3n }), entry("d", { inode: 60n })], newCase(), order);
    expect(plan.map(({ path, sameAs }) => [Buffer.from(path).toString(), sameAs])).toEqual([["late/z", null], ["late/a", 0], ["d", null], ["c", null], ["b", null]]);
  });

  it("says in its log row what it is ordered by, and stays as it is when the scan goes on, whatever order is asked for then", () => {
    const folder = newCase();
    const entries = sampleEntries(600);
    const byInode: ReadingOrder = { within: "inode", classOf: ({ path }) => path.length % 3 };
    const plan = planned(entries, folder, byInode);
    expect(reading(folder, (view) => [...view.log()].flatMap((row) => (row.kind === "planned" ? [row.body.order] : [])))).toEqual(["inode"]);
    const { writer, state } = createOrResumeRecord(folder, opening());
    expect([state, writer.planned, writer.planDifferences(entries.map((one) => ({ ...one, device: 99n })))]).toEqual(["resumed", true, { appeared: 0, gone: 0 }]);
    expect([...writer.batches()].flat()).toEqual(plan);
    appendAll(writer);
    writer.finish(1);
    expect(verifyRecord(folder)).toEqual([]);
    // The same entries in another order: another plan, whose entries have the same facts.
    const other = planned(entries, newCase(), { ...byInode, within: "path" });
    const facts = (one: PlannedEntry): string => Buffer.from(one.path).toString();
    expect(other.map(facts)).not.toEqual(plan.map(facts));
    expect(other.map(facts).sort()).toEqual(plan.map(facts).sort());
  });

  it("keeps every fact of an entry, hostile names and numbers past 64 bits included", () => {
    const hostile = [
      entry(Buffer.from([0x62, 0x61, 0x64, 0xff, 0xfe, 0x0a, 0x1b, 0x5b]), { inode: 2n ** 64n - 1n, device: 2n ** 63n, sizeBytes: Number.MAX_SAFE_INTEGER }),
      entry("\u202eevil\u0000name", { modifiedNs: -1n, changedNs: 2n ** 80n, accessedNs: -(2n ** 70n), createdNs: 2n ** 63n - 1n, links: 65_000, mode: 0o107777 }),
      entry(new Uint8Array(), { kind: "folder", sizeBytes: 0, unread: "not-listed", errorCode: "EIO" }),
      entry("x".repeat(70_000), { kind: "character-device", sizeBytes: 0 }),
    ];
    const folder = newCase();
    const plan = planned(hostile, folder);
    for (const one of hostile) {
      const found = plan.find(({ path }) => Buffer.compare(path, one.path) === 0)!;
      expect({ ...found, path: Buffer.from(found.path) }).toEqual({ ...one, path: Buffer.from(one.path), no: found.no, sameAs: null });
    }
    const view = openRecord(folder);
    for (const row of view.entries()) expect(Buffer.from(pathBytes(pathText(row.path)))).toEqual(Buffer.from(row.path));
    expect([...view.entries()].map(({ inode }) => inode)).toContain(2n ** 64n - 1n);
    view.close();
    expect(verifyRecord(folder)).toEqual([]);
  });

  it("puts the names of one file directly after the first of them", () => {
    const twin = { links: 3, inode: 50n };
    const plan = planned([entry("z", twin), entry("m", { inode: 1n }), entry("a", { inode: 2n }), entry("b", twin), entry("y", twin), entry("c", { links: 2, inode: 51n })]);
    expect(plan.map(({ path, sameAs }) => [Buffer.from(path).toString(), sameAs])).toEqual([
      ["a", null],
      ["b", null],
      ["y", 1],
      ["z", 1],
      ["c", null],
      ["m", null],
    ]);
  });

  it.each<[string, Partial<Entry>]>([
    ["device", { device: 8n }],
    ["inode", { inode: 51n }],
    ["size", { sizeBytes: 11 }],
    ["modified time", { modifiedNs: 5n }],
    ["changed time", { changedNs: 5n }],
    ["kind", { kind: "link" }],
    ["number of links", { links: 1 }],
  ])("takes names that differ in %s for two files", (_, facts) => {
    expect(planned([entry("a", { links: 2, inode: 50n }), entry("b", { links: 2, inode: 50n, ...facts })]).map(({ sameAs }) => sameAs)).toEqual([null, null]);
    expect(planned([entry("a", { links: 2, inode: 50n, ...facts }), entry("b", { links: 2, inode: 50n })]).map(({ sameAs }) => sameAs)).toEqual([null, null]);
  });

  it("takes no two names for one file where the file system has no inode numbers", () => {
    expect(planned([entry("a", { links: 2, inode: 0n }), entry("b", { links: 2, inode: 0n })]).map(({ sameAs }) => sameAs)).toEqual([null, null]);
  });

  it("holds groups of thousands of names whole", () => {
    const names = Array.from({ length: 3000 }, (_, index) => entry(`n${String(index).padStart(4, "0")}`, { links: 3000, inode: 5n, sizeBytes: 1024 * 1024 }));
    const folder = newCase();
    const { writer } = createOrResumeRecord(folder, opening());
    writer.writePlan([entry("a"), ...names, entry("z")], () => 1);
    expect([...writer.batches()].map((batch) => batch.length)).toEqual([3001, 1]);
    writer.release();
  });

  it("counts entries, files, bytes and folders", () => {
    const { writer } = createOrResumeRecord(newCase(), opening());
    let folders = 0;
    function* walk(): Generator<Entry> {
      yield entry("a", { sizeBytes: Number.MAX_SAFE_INTEGER });
      yield entry("b", { sizeBytes: Number.MAX_SAFE_INTEGER, inode: 2n });
      yield entry("c", { kind: "link", sizeBytes: 0 });
      folders = 4;
    }
    writer.writePlan(walk(), () => folders);
    expect(writer.plan).toMatchObject({ entries: 3, files: 2, bytes: String(2n * BigInt(Number.MAX_SAFE_INTEGER)), folders: 4 });
    expect(writer.plan.rowsSha256).toMatch(/^[0-9a-f]{64}$/);
    writer.release();
  });

  it("is written whole or not at all", () => {
    const folder = newCase();
    const { writer } = createOrResumeRecord(folder, opening());
    function* walk(): Generator<Entry> {
      yield* sampleEntries(5000);
      throw new Error("the walk broke off");
    }
    expect(() => writer.writePlan(walk(), () => 1)).toThrow("the walk broke off");
    expect(writer.planned).toBe(false);
    const seen = openRecord(folder);
    expect(seen.totals().seen.entries).toBe(0);
    seen.close();
    writer.writePlan(sampleEntries(50), () => 1);
    expect(writer.plan.entries).toBe(50);
    writer.release();
    expect(verifyRecord(folder)).toEqual([]);
  });

  it("refuses a size that is no size, and a second plan", () => {
    const { writer } = createOrResumeRecord(newCase(), opening());
    expect(() => writer.writePlan([entry("a", { sizeBytes: -1 })], () => 1)).toThrow();
    expect(() => writer.writePlan([entry("a", { sizeBytes: 0.5 })], () => 1)).toThrow(RangeError);
    writer.writePlan([], () => 1);
    expect(() => writer.writePlan([], () => 1)).toThrow("found a plan");
    writer.release();
  });

  it("gives the same digest for the same entries in any order, and another one when a single fact differs", () => {
    const digestOf = (entries: readonly Entry[]): string => {
      const { writer } = createOrResumeRecord(newCase(), opening());
      writer.writePlan(entries, () => 1);
      writer.release();
      return writer.plan.rowsSha256;
    };
    const entries = sampleEntries(200);
    const digest = digestOf(entries);
    expect(digestOf(entries.toReversed())).toBe(digest);
    expect(digestOf(entries.map((one, index) => (index === 77 ? { ...one, accessedNs: one.accessedNs + 1n } : one)))).not.toBe(digest);
  });

  it("plans 100,000 entries in bounded memory", () => {
    const folder = newCase();
    const child = join(import.meta.dirname, "plan-many.ts");
    const ended = spawnSync(process.execPath, ["--max-old-space-size=32", "--max-semi-space-size=2", "--import", "tsx", child, folder, "100000"], { encoding: "utf8" });
    expect(ended.stderr.replace(/^.*ExperimentalWarning.*$/gm, "")).toBe("");
    const said = JSON.parse(ended.stdout) as { grownMegabytes: number };
    expect(said.grownMegabytes).toBeLessThan(150);
    const view = openRecord(folder);
    let before: Uint8Array = new Uint8Array();
    let count = 0;
    for (const { path, no } of view.entries()) {
      if (no !== count || Buffer.compare(before, path) >= 0) expect.fail(`entry ${no} is out of order`);
      before = path;
      count += 1;
    }
    expect(count).toBe(100_000);
    view.close();
  });
});
