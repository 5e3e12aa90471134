import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Entry, type MatchedFinding, type PlannedEntry, unreadReasons, type UnreadReason } from "../../src/model.ts";
import { createOrResumeRecord } from "../../src/record/open-record.ts";
import { openRecord } from "../../src/record/open-view.ts";
import type { RecordWriter } from "../../src/record/record.ts";
import type { Tally } from "../../src/record/view.ts";
import { verifyRecord } from "../../src/record/verify-record.ts";
import { temporaryFolder } from "../support/folder.ts";
import { appendAll, digestsOf, entry, examined, header, lists, match, nearMatch, newCases, opening, reading, resultOf, sampleEntries } from "./sample-case.ts";

const newCase = newCases(temporaryFolder());

function recorded(entries: readonly Entry[], result: (planned: PlannedEntry) => MatchedFinding, until = entries.length): { folder: string; writer: RecordWriter } {
  const folder = newCase();
  const { writer } = createOrResumeRecord(folder, opening());
  writer.writePlan(entries, () => 5);
  const results = [...writer.batches()].flat().slice(0, until).map(result);
  if (results.length > 0) writer.append(results);
  return { folder, writer };
}

const tallyOf = (rows: readonly { readonly sizeBytes: number }[]): Tally => ({ entries: rows.length, bytes: rows.reduce((sum, { sizeBytes }) => sum + BigInt(sizeBytes), 0n) });

describe("totals", () => {
  it("seen = examined + unread + pending, in entries and in bytes, for any plan and any outcomes (REQ-02)", () => {
    const reasons = Object.keys(unreadReasons) as UnreadReason[];
    const fact = fc.record({ sizeBytes: fc.oneof(fc.maxSafeNat(), fc.integer({ min: 0, max: 5000 })), outcome: fc.constantFrom("examined", "without-content", "unread"), reason: fc.constantFrom(...reasons), inode: fc.nat(3) });
    fc.assert(
      fc.property(fc.array(fact, { maxLength: 40 }), fc.nat(40), (facts, until) => {
        const entries = facts.map(({ sizeBytes, outcome, inode }, index) =>
          entry(`e${String(index).padStart(3, "0")}`, outcome === "without-content" ? { kind: "link", sizeBytes: 0 } : { sizeBytes, links: 2, inode: BigInt(inode) }),
        );
        const result = ({ no, path }: PlannedEntry): MatchedFinding => {
          const { outcome, reason } = facts[Number(Buffer.from(path).toString().slice(1))]!;
          if (outcome === "examined") return { finding: examined(no), matches: [] };
          return { finding: outcome === "unread" ? { outcome, no, reason, errorCode: null } : { outcome: "without-content", no }, matches: [] };
        };
        const { folder, writer } = recorded(entries, result, until);
        reading(folder, (view) => {
          const totals = view.totals();
          const rows = [...view.entries()];
          const by = (...outcomes: string[]): Tally => tallyOf(rows.filter(({ outcome }) => outcomes.includes(outcome)));
          expect(totals.seen).toEqual(tallyOf(entries));
          expect(totals.examined).toEqual(by("examined", "without-content"));
          expect(totals.unread).toEqual(by("unread"));
          expect(totals.pending).toEqual(by("pending"));
          expect(totals.withoutContent).toBe(by("without-content").entries);
          expect(totals.examined.entries + totals.unread.entries + totals.pending.entries).toBe(totals.seen.entries);
          expect(totals.examined.bytes + totals.unread.bytes + totals.pending.bytes).toBe(totals.seen.bytes);
          const byReason = Object.fromEntries(reasons.map((reason) => [reason, tallyOf(rows.filter((row) => row.reason === reason))]).filter(([, tally]) => (tally as Tally).entries > 0));
          expect(totals.unreadByReason).toEqual(byReason);
          expect([...view.unread()]).toEqual(rows.filter(({ outcome }) => outcome === "unread"));
          expect(totals.pending.entries).toBe(entries.length - Math.min(until, entries.length));
        });
        writer.release();
      }),
      { numRuns: 40 },
    );
  });

  it("add sizes whose sum passes 64 bits", () => {
    const many = Array.from({ length: 1100 }, (_, index) => entry(`e${index}`, { sizeBytes: Number.MAX_SAFE_INTEGER, inode: BigInt(index) }));
    const { folder, writer } = recorded(many, ({ no }) => ({ finding: examined(no), matches: [] }));
    const expected = { entries: 1100, bytes: 1100n * BigInt(Number.MAX_SAFE_INTEGER) };
    reading(folder, (view) => expect([view.totals().seen, view.totals().examined]).toEqual([expected, expected]));
    expect(expected.bytes).toBeGreaterThan(2n ** 63n);
    writer.finish(1);
    expect(verifyRecord(folder)).toEqual([]);
  });

  it("count the entries each of whose exact matches rests on MD5 alone, whatever else matches (REQ-29)", () => {
    const md5 = { algorithms: ["md5"] } as const;
    const matches = [
      [match({ ...md5 })],
      [match({ ...md5 }), match({ ...md5, reference: 1 }), nearMatch({ reference: 2 })],
      [match({ ...md5 }), match({ reference: 1, algorithms: ["md5", "sha1"] })],
      [match({ ...md5 }), match({ ...md5, reference: 1, contradictedBy: ["sha1"] })],
      [match({ ...md5, contradictedBy: ["sha1"] })],
      [match({ ...md5, category: "9" })],
      [match({ ...md5, list: 1 })],
      [match({ ...md5 }), match({ list: 1, category: "1" })],
    ];
    const { folder, writer } = recorded(
      matches.map((_, index) => entry(`e${index}`, { inode: BigInt(index) })),
      ({ no }) => ({ finding: examined(no), matches: matches[no]! }),
    );
    writer.finish(1);
    reading(folder, (view) => expect(view.totals().entriesMatched).toMatchObject({ exact: 5, md5Only: 4, any: 6 }));
  });

  it("count matches by list, category and sort, and entries only of notable lists in categories that are not set aside", () => {
    const matches = [
      [match(), match({ reference: 1, category: "2" }), nearMatch({ reference: 2 })],
      [match({ category: "9" }), nearMatch({ category: "9", reference: 1 })],
      [match({ list: 1, category: "1" }), match({ list: 1, reference: 1, category: null })],
      [match({ category: null })],
      [match({ category: "not in the scale" })],
      [match({ contradictedBy: ["sha1"] }), match({ reference: 1, contradictedBy: ["size", "sha1"] })],
      [nearMatch(), nearMatch({ reference: 1 })],
      [nearMatch({ category: "2", doubts: ["plain-ground"] })],
      [],
    ];
    const { folder, writer } = recorded(
      matches.map((_, index) => entry(`e${index}`, { inode: BigInt(index) })),
      ({ no }) => ({ finding: examined(no), matches: matches[no]! }),
    );
    writer.finish(1);
    reading(folder, (view) => {
      const { matches: counts, entriesMatched } = view.totals();
      expect(counts).toEqual([
        { list: 0, kind: "notable", category: null, exact: 1, contradicted: 0, near: 0, doubtful: 0 },
        { list: 0, kind: "notable", category: "1", exact: 1, contradicted: 2, near: 3, doubtful: 0 },
        { list: 0, kind: "notable", category: "2", exact: 1, contradicted: 0, near: 0, doubtful: 1 },
        { list: 0, kind: "notable", category: "9", exact: 1, contradicted: 0, near: 1, doubtful: 0 },
        { list: 0, kind: "notable", category: "not in the scale", exact: 1, contradicted: 0, near: 0, doubtful: 0 },
        { list: 1, kind: "known", category: null, exact: 1, contradicted: 0, near: 0, doubtful: 0 },
        { list: 1, kind: "known", category: "1", exact: 1, contradicted: 0, near: 0, doubtful: 0 },
      ]);
      expect(entriesMatched).toEqual({ exact: 3, md5Only: 0, contradicted: 1, near: 2, doubtful: 1, any: 6 });
    });
  });

  it("count pictures by what became of them", () => {
    const { folder, writer } = recorded(sampleEntries(90), resultOf);
    reading(folder, (view) => {
      const hashed = [...view.entries()].filter(({ picture }) => picture?.status === "hashed").length;
      expect(hashed).toBeGreaterThan(5);
      expect([view.totals().pictures, view.totals().folders]).toEqual([{ hashed }, 5]);
      const within = [...view.entries()].reduce((sum, { embedded }) => sum + embedded.length, 0);
      expect(within).toBeGreaterThan(0);
      expect(Object.values(view.totals().embeddedPictures).reduce((sum, count) => sum + count, 0)).toBe(within);
    });
    writer.release();
  });
});

describe("reading a record", () => {
  it("gives back every result as it was written", () => {
    const results = new Map<number, MatchedFinding>();
    const { folder, writer } = recorded(sampleEntries(2500), (planned) => {
      results.set(planned.no, resultOf(planned));
      return resultOf(planned);
    });
    writer.finish(7);
    const bytes = (digests: object): unknown => Object.fromEntries(Object.entries(digests as Record<string, Uint8Array>).map(([name, digest]) => [name, Buffer.from(digest).toString("hex")]));
    reading(folder, (view) => {
      let next = 0;
      for (const row of view.entries()) {
        const { finding } = results.get(row.no)!;
        expect([row.no, row.outcome]).toEqual([next++, finding.outcome]);
        if (finding.outcome === "unread") expect([row.reason, row.errorCode, row.failedAtBytes]).toEqual([finding.reason, finding.errorCode, finding.failedAtBytes ?? null]);
        if (finding.outcome !== "examined") expect([row.digests, row.mediaType, row.picture]).toEqual([{}, null, null]);
        else {
          const embedded = row.embedded.map((part) => ({ ...part, digests: bytes(part.digests), picture: { ...part.picture, codes: [] } }));
          expect([bytes(row.digests), row.mediaType, row.extensionFits, row.picture === null ? null : { ...row.picture, codes: [] }]).toEqual([bytes(finding.digests), finding.mediaType, finding.extensionFits, finding.picture]);
          expect(embedded).toEqual(finding.embedded.map((part) => ({ ...part, digests: bytes(part.digests) })));
        }
      }
      expect(next).toBe(2500);
      const written = [...results].sort(([one], [other]) => one - other).flatMap(([no, { matches }]) => matches.map((one) => ({ ...one, no })));
      expect(written.length).toBeGreaterThan(250);
      expect([...view.matches()].map(({ number, entry: row, filesNear, ...rest }) => ({ number, ...rest, filesNear, no: row.no }))).toEqual(written.map((one, index) => ({ number: index + 1, pass: 1, filesNear: null, ...one })));
      expect([view.complete, view.header, view.lists]).toEqual([true, header, lists]);
      expect(view.chain).toEqual({ head: [...view.log()].at(-1)!.hash, rows: [...view.log()].length });
    });
  });

  it("says which references resemble more than 50 different files, and doubts their matches, near ones only", () => {
    const near = (no: number): MatchedFinding => {
      // Names of the same content count once: entries 60 to 79 hold what entry 0 holds.
      const digests = { ...digestsOf("", no), sha256: Buffer.alloc(32, no < 60 ? no + 1 : 1) };
      return { finding: examined(no, { digests }), matches: [nearMatch({ reference: 7, distanceBits: no === 3 ? 10 : 11 }), ...(no < 50 || no >= 60 ? [nearMatch({ reference: 8 })] : []), match({ reference: 9 })] };
    };
    const { folder, writer } = recorded(Array.from({ length: 80 }, (_, index) => entry(`e${String(index).padStart(2, "0")}`, { inode: BigInt(index) })), ({ no }) => near(no));
    writer.finish(1);
    reading(folder, (view) => {
      const rows = [...view.matches()];
      // At 10 bits or fewer it is the same picture, however many copies of it there are.
      expect(rows.filter(({ reference }) => reference === 7).every(({ filesNear, doubts, distanceBits }) => filesNear === 60 && doubts.join() === (distanceBits === 10 ? "" : "many-files"))).toBe(true);
      expect(rows.filter(({ reference }) => reference !== 7).every(({ filesNear, doubts }) => filesNear === null && doubts.length === 0)).toBe(true);
      const [counts] = view.totals().matches;
      expect(counts).toMatchObject({ exact: 80, near: 71, doubtful: 79 });
      expect(view.totals().entriesMatched).toMatchObject({ near: 70, doubtful: 79, any: 80 });
    });
    expect(verifyRecord(folder)).toEqual([]);
  });

  it("works while a writer has it open, and stays at the moment it was opened", () => {
    const { folder, writer } = recorded(sampleEntries(100), resultOf, 30);
    const view = openRecord(folder);
    expect([view.complete, view.totals().pending.entries]).toEqual([false, 70]);
    appendAll(writer);
    expect(view.totals().pending.entries).toBe(70);
    expect([...view.entries()].filter(({ outcome }) => outcome === "pending").length).toBe(70);
    reading(folder, (later) => expect([later.complete, later.totals().pending.entries]).toEqual([false, 0]));
    view.close();
    writer.finish(1);
    reading(folder, (later) => expect(later.complete).toBe(true));
  });

  it("can be done by several iterations at the same time, and be left in the middle of one", () => {
    const { folder, writer } = recorded(sampleEntries(2500), resultOf);
    reading(folder, (view) => {
      for (const { no } of view.entries()) {
        const [first] = view.matches();
        expect(first?.number).toBe(1);
        view.totals();
        if (no === 3) break;
      }
      expect(view.entries()[Symbol.iterator]().next().done).toBe(false);
    });
    writer.release();
  });
});
