import { describe, expect, it } from "vitest";
import type { Match } from "../../src/model.ts";
import { createOrResumeRecord } from "../../src/record/open-record.ts";
import type { EntriesMatched } from "../../src/record/record.ts";
import { verifyRecord } from "../../src/record/verify-record.ts";
import type { FirstMatch } from "../../src/record/view.ts";
import { temporaryFolder } from "../support/folder.ts";
import { entry, examined, match, nearMatch, newCases, opening, reading } from "./sample-case.ts";

const newCase = newCases(temporaryFolder());

/** Matches that are not what a scan looks for. */
const others: readonly Match[] = [
  match({ list: 1, category: null }),
  match({ category: "9" }),
  match({ contradictedBy: ["sha1"] }),
  nearMatch({ doubts: ["plain-ground"] }),
];

/** A case of ten files of 100 bytes in batches of two, and where each session ends; gives what the writer counted, batch by batch. */
function caseOf(matchesOf: (no: number) => readonly Match[], sessions: readonly (readonly [until: number, elapsedMs: number])[]): { readonly folder: string; readonly counted: readonly EntriesMatched[] } {
  const folder = newCase();
  const counted: EntriesMatched[] = [];
  for (const [until, tookMs] of sessions) {
    let ms = 0;
    const { writer } = createOrResumeRecord(folder, opening({ elapsedMs: () => ms }));
    if (!writer.planned) writer.writePlan(Array.from({ length: 10 }, (_, no) => entry(`file ${no}`, { inode: BigInt(no), sizeBytes: 100 })), () => 1);
    counted.push(writer.entriesMatched());
    while (writer.nextEntry < until) {
      const first = writer.nextEntry;
      ms += tookMs / 5;
      writer.append([first, first + 1].map((no) => ({ finding: examined(no), matches: matchesOf(no) })));
      counted.push(writer.entriesMatched());
    }
    if (until === 10) writer.finish(tookMs);
    writer.release();
  }
  expect(verifyRecord(folder)).toEqual([]);
  return { folder, counted };
}

const firstIn = (folder: string): FirstMatch | null => reading(folder, (view) => view.firstMatch());

describe("the first match", () => {
  it("is none where all matches are with known files, set aside, contradicted or doubtful", () => {
    const { folder, counted } = caseOf(() => others, [[10, 50]]);
    expect(firstIn(folder)).toBeNull();
    expect(counted).toEqual([0, 2, 4, 6, 8, 10].map((contradicted) => ({ exact: 0, contradicted, near: 0, any: 0 })));
    expect(reading(folder, (view) => view.totals().entriesMatched)).toMatchObject({ exact: 0, near: 0, any: 10 });
  });

  it.each([["exact", match()], ["near", nearMatch()], ["in a category that the scale does not name", match({ category: "no such" })]])("%s, is told with the time of all sessions and what had been examined to the end of its batch", (_, found) => {
    const { folder, counted } = caseOf((no) => (no >= 4 && no !== 5 ? [...others, found, found] : others), [[2, 500], [10, 1000]]);
    // A session of one batch of 100 ms, then two of 200 ms each.
    expect(firstIn(folder)).toEqual({ entry: 4, elapsedMs: 100 + 400, reached: { entries: 6, bytes: 600n } });
    expect(counted.map(({ any }) => any), "entries, not matches; in a session that goes on those of the others, too").toEqual([0, 0, 0, 0, 1, 3, 5]);
    expect(counted.map(({ exact, near }) => (found.kind === "exact" ? [exact, near] : [near, exact])), "of that sort alone").toEqual([0, 0, 0, 0, 1, 3, 5].map((any) => [any, 0]));
  });

  it("is counted the same by a session that goes on as by the one that wrote it", () => {
    const found = [[match()], [nearMatch()], [match(), nearMatch()], [match({ contradictedBy: ["sha1"] })], [match({ contradictedBy: ["sha1"] }), nearMatch()], [nearMatch({ doubts: ["plain-ground"] }), match({ list: 1, category: null })], [match({ list: 1, category: null }), match({ category: null })], [match({ category: "9" })], [], others];
    const { counted } = caseOf((no) => found[no]!, [[2, 5], [4, 5], [6, 5], [8, 5], [10, 5]]);
    const after = (until: number): EntriesMatched => counted[until - 1]!;
    // Each session counts when it begins and behind its batch: what it finds is what the one before had.
    for (let session = 1; session < 5; session++) expect(after(2 * session + 1)).toEqual(after(2 * session));
    expect(after(10)).toEqual({ exact: 3, contradicted: 3, near: 3, any: 5 });
  });

  it("is told of a partial record, and no pass that comes later alters it", () => {
    const { folder } = caseOf((no) => (no === 1 ? [match()] : []), [[4, 50]]);
    expect(firstIn(folder)).toEqual({ entry: 1, elapsedMs: 10, reached: { entries: 2, bytes: 200n } });
  });
});
