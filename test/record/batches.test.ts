import { describe, expect, it } from "vitest";
import type { Entry, PlannedEntry } from "../../src/model.ts";
import { batchBounds } from "../../src/record/batches.ts";
import { createOrResumeRecord } from "../../src/record/open-record.ts";
import { verifyRecord } from "../../src/record/verify-record.ts";
import { temporaryFolder } from "../support/folder.ts";
import { appendAll, entry, examined, newCases, opening, resultOf, sampleEntries } from "./sample-case.ts";

const newCase = newCases(temporaryFolder());

describe("batches", () => {
  it("hold at most 512 names of at most 128 MiB, and all entries in order", () => {
    const { writer } = createOrResumeRecord(newCase(), opening());
    writer.writePlan(sampleEntries(3000), () => 1);
    const batches = [...writer.batches()];
    expect(batches.flat().map(({ no }) => no)).toEqual(Array.from({ length: 3000 }, (_, no) => no));
    for (const batch of batches) {
      const own = batch.filter(({ sameAs }) => sameAs === null);
      expect(own.length).toBeLessThanOrEqual(batchBounds.names);
      expect(own.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)).toBeLessThanOrEqual(batchBounds.bytes);
      for (const { sameAs } of batch) if (sameAs !== null) expect(sameAs).toBeGreaterThanOrEqual(batch[0]!.no);
    }
    expect(batches.length).toBeGreaterThan(3000 / 512);
    writer.release();
  });

  it("are of few names at the beginning; then they end at 512 names however small, at 32 MiB among the first and at 128 MiB later and not before, for reading and for names that are not read", () => {
    const lengths = (entries: readonly Entry[]): number[] => {
      const { writer } = createOrResumeRecord(newCase(), opening());
      writer.writePlan(entries.map((one, index) => ({ ...one, inode: BigInt(index) })), () => 1);
      const batches = [...writer.batches()].map((batch) => batch.length);
      writer.release();
      return batches;
    };
    const many = (count: number, facts: Partial<Entry>): Entry[] => Array.from({ length: count }, (_, index) => entry(`n${String(index).padStart(5, "0")}`, facts));
    expect(lengths(many(700, { sizeBytes: 1 })), "the first ones are small, then a quarter of what came before").toEqual([32, 32, 32, 32, 32, 40, 50, 62, 78, 97, 121, 92]);
    expect(lengths(many(9, { sizeBytes: 8 * 1024 * 1024 })), "in names, not in bytes").toEqual([4, 4, 1]);
    const first = Array.from({ length: 2048 }, (_, index) => entry(`m${String(index).padStart(5, "0")}`, { sizeBytes: 0 }));
    /** What comes behind so many that batches are as large as they get. */
    const behind = (entries: readonly Entry[]): number[] => {
      const { writer } = createOrResumeRecord(newCase(), opening());
      writer.writePlan([...first, ...entries.map((one, index) => ({ ...one, inode: BigInt(index) }))], () => 1);
      writer.append(Array.from({ length: 2048 }, (_, no) => ({ finding: examined(no), matches: [] })));
      const found = [...writer.batches()].map((batch) => batch.length);
      writer.release();
      return found;
    };
    expect(behind(many(1300, { sizeBytes: 1 }))).toEqual([512, 512, 276]);
    expect(behind(many(600, { kind: "link", sizeBytes: 0 }))).toEqual([512, 88]);
    expect(behind(many(33, { sizeBytes: 8 * 1024 * 1024 })), "four times the bytes").toEqual([16, 16, 1]);
    expect(lengths([])).toEqual([]);
  });

  it("hold several large files beside the small ones, the fewer the larger they are, each with its other names", () => {
    const megabyte = 1024 * 1024;
    const batches = (sizes: readonly number[]): number[][] => {
      const { writer } = createOrResumeRecord(newCase(), opening());
      const names = sizes.flatMap((megabytes, index) => [`a${String(index).padStart(3, "0")}`, `b${String(index).padStart(3, "0")}`].map((name) => entry(name, { sizeBytes: megabytes * megabyte, links: 2, inode: BigInt(index + 1) })));
      writer.writePlan(names, () => 1);
      const found = [...writer.batches()];
      writer.release();
      for (const batch of found) expect(new Set(batch.map(({ inode }) => inode)).size * 2, "both names of each").toBe(batch.length);
      return found.map((batch) => batch.filter(({ sameAs }) => sameAs === null).map(({ sizeBytes }) => sizeBytes / megabyte));
    };
    const lengths = (sizes: readonly number[]): number[] => batches(sizes).map(({ length }) => length);
    expect(lengths(Array(33).fill(9)), "sixteen").toEqual([16, 16, 1]);
    expect(lengths(Array(12).fill(256)), "of 2 GiB together").toEqual([8, 4]);
    expect(lengths(Array(8).fill(512)), "four").toEqual([4, 4]);
    expect(lengths(Array(8).fill(2048)), "of 8 GiB together").toEqual([4, 4]);
    expect(lengths(Array(36).fill(512)), "no more than an eighth of those that are left, but four").toEqual([4, 4, 4, 4, 4, 4, 4, 4, 4]);
    expect(lengths([...Array(100).fill(512), ...Array(40).fill(9)]), "of an eighth, of 8 GiB at most").toEqual([16, 15, 13, 12, 10, 9, 8, 7, 6, 5, 16, 16, 7]);
    expect(lengths([...Array(20).fill(1000), ...Array(140).fill(9)]), "of 8 GiB at most").toEqual([8, 8, 16, 16, 16, 16, 16, 16, 16, 16, 16]);
    expect(lengths(Array(3).fill(5000)), "one").toEqual([1, 1, 1]);
    expect(batches([1, 33, 31, 1, 900_000]), "what is last in the order of reading is a batch's only one").toEqual([[1, 33, 31, 1], [900_000]]);
  });

  it.each([
    ["small files", () => sampleEntries(2500)],
    ["large files, of which fewer share a batch the fewer are left", () => sampleEntries(2500).map((one, at) => (one.kind === "file" && at % 10 === 0 ? { ...one, sizeBytes: 600_000_000, links: 1 } : one))],
  ])("are the same when a scan goes on at a border: %s", (_, drawn) => {
    const entries = drawn();
    const borders = (batches: Iterable<readonly PlannedEntry[]>): number[] => [...batches].map((batch) => batch[0]!.no);
    const folder = newCase();
    let { writer } = createOrResumeRecord(folder, opening());
    writer.writePlan(entries, () => 1);
    const expected = borders(writer.batches());
    expect(expected.length).toBeGreaterThan(5);
    const step = 5;
    for (let at = 0; at < expected.length; at += step) {
      expect(borders(writer.batches())).toEqual(expected.slice(at));
      for (const batch of [...writer.batches()].slice(0, step)) writer.append(batch.map(resultOf));
      writer.release();
      ({ writer } = createOrResumeRecord(folder, opening()));
    }
    writer.release();
  });

  it("can be drawn while results are appended", () => {
    const folder = newCase();
    const { writer } = createOrResumeRecord(folder, opening());
    writer.writePlan(sampleEntries(2500), () => 1);
    appendAll(writer);
    writer.finish(1);
    expect(verifyRecord(folder)).toEqual([]);
  });
});
