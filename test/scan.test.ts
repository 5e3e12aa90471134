import { createHash } from "node:crypto";
import { linkSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { directorySource } from "../src/evidence/directory.ts";
import { triageClass } from "../src/evidence/triage.ts";
import { startReading } from "../src/reading/reader.ts";
import { createOrResumeRecord } from "../src/record/open-record.ts";
import { verifyRecord } from "../src/record/verify-record.ts";
import type { EntryRow } from "../src/record/view.ts";
import { referenceSetOf } from "../src/reference/open-reference-set.ts";
import { scan, type ScanEvent, type ScanParts } from "../src/scan.ts";
import { header, lists, opening, reading } from "./record/sample-case.ts";
import { referenceWith } from "./reference/synthetic-list.ts";
import { temporaryFolder } from "./support/folder.ts";

const folder = temporaryFolder();
const evidence = join(folder, "evidence");
const content = (number: number): Buffer => Buffer.from(`content ${number} `.repeat(20 + (number % 50)));
const places = ["home/anna/Pictures", "Windows/System32", "home/anna", "srv"];
const count = 1300;
for (const place of places) mkdirSync(join(evidence, place), { recursive: true });
// Inodes rise with the number, names do not.
const nameOf = (number: number): string => `${places[number % 4]!}/${createHash("md5").update(String(number)).digest("hex")}${number % 3 === 0 ? ".jpg" : ".txt"}`;
for (let number = 0; number < count; number++) writeFileSync(join(evidence, nameOf(number)), content(number));
linkSync(join(evidence, nameOf(7)), join(evidence, "home/anna/Pictures/link.png"));

const digests = ["md5", "sha256"] as const;
const listed = [0, 7, 1298, 1297].map((number) => referenceWith({ md5: createHash("md5").update(content(number)).digest() }, { recordId: `R-${number}`, category: "1" }));
const references = referenceSetOf([{ description: lists[0]!, references: listed }]);

async function scanned(name: string, changed: Partial<ScanParts> = {}, sideBySide = 16): Promise<"finished" | "interrupted" | "stopped"> {
  const caseFolder = join(folder, name);
  const { writer } = createOrResumeRecord(caseFolder, opening({ header: { ...header, options: { ...header.options, digests } }, lists: [lists[0]!] }));
  const read = startReading(digests, async () => null, () => undefined, sideBySide);
  try {
    return await scan({
      source: directorySource(evidence),
      record: writer,
      references,
      read: (batch) => read(Buffer.from(evidence), batch),
      readers: 1,
      order: { within: "path", classOf: ({ path, sizeBytes, kind }) => triageClass(path, sizeBytes, kind) },
      stopAfter: null,
      interrupt: new AbortController().signal,
      mountState: () => null,
      image: null,
      compareTimes: () => ({ sampled: 0, read: 0, changed: 0, gone: 0, untold: 0 }),
      mayChange: false,
      elapsedMs: () => 1,
      stages: { during: async (_, work) => work(), spent: () => ({ readers: 1, stagesMs: { walk: 1, match: 1, append: 1, read: 1, decode: 0 } }) },
      tell: () => undefined,
      ...changed,
    });
  } finally {
    writer.release();
    expect(verifyRecord(caseFolder)).toEqual([]);
  }
}

const classOf: ScanParts["order"]["classOf"] = ({ path, sizeBytes, kind }) => triageClass(path, sizeBytes, kind);
const text = (path: Uint8Array): string => Buffer.from(path).toString("latin1");
const order = (name: string) => reading(join(folder, name), (view) => [...view.entries()].map(({ path }) => text(path)));

/** What a record holds of each entry, by its path: free of its place in the plan, but for how many names its file has in it. */
function rowsOf(name: string): readonly unknown[] {
  return reading(join(folder, name), (view) => {
    const entries = [...view.entries()];
    const matches = [...view.matches()];
    const fileOf = ({ no, sameAs }: EntryRow): number => sameAs ?? no;
    const names = new Map<number, number>();
    for (const entry of entries) names.set(fileOf(entry), (names.get(fileOf(entry)) ?? 0) + 1);
    const row = (entry: EntryRow) => ({
      ...entry,
      path: text(entry.path),
      no: null,
      sameAs: names.get(fileOf(entry)),
      matches: matches.filter((match) => match.entry.no === entry.no).map(({ recordId, algorithms }) => [recordId, algorithms]),
    });
    return entries.map(row).sort((one, other) => (one.path < other.path ? -1 : 1));
  });
}

describe("the same evidence on another medium", () => {
  it("is read in another order, by inode within a class, and gives each entry the same row", async () => {
    expect(await scanned("by-path")).toBe("finished");
    expect(await scanned("by-inode", { order: { within: "inode", classOf } }, 1)).toBe("finished");
    const inodes = reading(join(folder, "by-inode"), (view) => [...view.entries()].filter(({ links }) => links === 1).map((entry) => ({ class: classOf({ ...entry, device: 0n, mode: 0, unread: null }), inode: entry.inode })));
    expect(inodes.length).toBe(count - 1);
    for (const [at, { class: own, inode }] of inodes.entries()) {
      const before = inodes[at - 1];
      if (before !== undefined && !(before.class < own || (before.class === own && before.inode < inode))) expect.fail(`entry ${at} is out of order`);
    }
    expect(order("by-inode")).not.toEqual(order("by-path"));
    expect(order("by-inode").toSorted()).toEqual(order("by-path").toSorted());
    expect(rowsOf("by-inode")).toEqual(rowsOf("by-path"));
    expect(rowsOf("by-path").filter((row) => (row as { sameAs: number }).sameAs === 2), "the two names of one file").toHaveLength(2);
  });

  it.each([["inode", "path"], ["path", "inode"]] as const)("goes on with the plan by %s that it has, where one by %s would be made now", async (first, then) => {
    const interruption = new AbortController();
    const tell = (event: ScanEvent): void => void (event.event === "progress" && interruption.abort());
    const name = `${first}-then-${then}`;
    expect(await scanned(name, { order: { within: first, classOf }, interrupt: interruption.signal, tell })).toBe("interrupted");
    const planned = order(name);
    expect(await scanned(name, { order: { within: then, classOf: () => 0 }, readers: 2 })).toBe("finished");
    expect(order(name)).toEqual(planned);
    expect(planned).toEqual(order(`by-${first}`));
    expect(rowsOf(name)).toEqual(rowsOf(`by-${first}`));
  });
});

describe("a scan that stops after so many entries", () => {
  it.each([1, 4])("stops at the same border with %i readers, and goes on to the same rows", async (readers) => {
    const name = `stopped-${readers}`;
    const stops: number[] = [];
    for (const stopAfter of [1, 1, 4, null]) {
      const ended = await scanned(name, { stopAfter, readers });
      stops.push(reading(join(folder, name), (view) => [...view.entries()].filter(({ outcome }) => outcome !== "pending").length));
      expect(ended).toBe(stopAfter === null ? "finished" : "stopped");
    }
    // 0 and 7 (by its second name) are pictures of a user, 1298 is another file of theirs, 1297 one of the system: batches are whole.
    expect(stops).toEqual([96, 96, 760, 1301]);
    expect(rowsOf(name)).toEqual(rowsOf("by-path"));
    expect(reading(join(folder, name), (view) => [...view.log()].flatMap((row) => (row.kind === "stopped" ? [[row.body.after, row.body.nextEntry]] : [])))).toEqual([[1, 96], [1, 96], [4, 760]]);
  });
});
