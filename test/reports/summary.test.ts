import { describe, expect, it } from "vitest";
import { type PictureStatus, pictureStatuses, picturesNotCompared } from "../../src/model.ts";
import type { RecordView } from "../../src/record/view.ts";
import { notSearched } from "../../src/reports/not-searched.ts";
import { answerOf, answerSentence, completenessSentence, exitMeaning, exitStatusOf, outcomeOf } from "../../src/reports/summary.ts";
import { examined, list, match, pendingEntry, pictureEntry, recordView, type StatedRecord, unreadEntry } from "../support/record-view.ts";

const outcome = (record: RecordView) => outcomeOf(record, record.totals());
const subjects = (stated: StatedRecord) => notSearched(recordView(stated)).map(({ subject }) => subject);
const one = [examined(0, "a.bin")];
const lists = [list()];

describe("the outcome", () => {
  it("is complete when everything was examined and nothing matched", () => {
    const record = recordView({ entries: one, lists });
    expect([outcome(record), answerOf(record)]).toEqual(["complete", "no-match"]);
  });

  it.each([
    ["exact", match(0)],
    ["contradicted", match(0, { contradictedBy: ["sha1"] })],
    ["doubtful", match(0, { kind: "near", algorithms: ["pdq"], distanceBits: 0, transform: "full", doubts: ["plain-ground"] })],
    ["near", match(0, { kind: "near", algorithms: ["pdq"], distanceBits: 0, transform: "full" })],
    ["uncategorised", match(0, { category: null })],
    ["of a code that the scale does not name", match(0, { category: "77" })],
  ])("is matches for one match that is %s", (_, only) => {
    const record = recordView({ entries: one, lists, matches: [only] });
    expect([outcome(record), answerOf(record)]).toEqual(["matches", "matches"]);
  });

  it("is not changed by matches with known lists or in a category set aside", () => {
    const record = recordView({ entries: one, lists: [list(), list({ kind: "known" })], matches: [match(0, { list: 1 }), match(0, { category: "9" })] });
    expect([outcome(record), answerOf(record)]).toEqual(["complete", "no-match"]);
  });

  it.each([
    ["an unread entry", { entries: [...one, unreadEntry(1, "b.bin", "io", "EIO")] }],
    ["a pending entry", { entries: [...one, pendingEntry(1, "b.bin")], complete: false }],
    ["a record that was not closed", { entries: one, complete: false }],
  ])("is incomplete for %s, with or without matches", (_, stated: StatedRecord) => {
    const without = recordView({ ...stated, lists });
    const matched = recordView({ ...stated, lists, matches: [match(0)] });
    expect([outcome(without), answerOf(without), outcome(matched), answerOf(matched)]).toEqual(["incomplete", "incomplete", "incomplete", "incomplete-matches"]);
    expect([answerSentence(without), answerSentence(matched)].every((sentence) => sentence.startsWith("The answer is incomplete, for "))).toBe(true);
  });

  it.each(Object.keys(pictureStatuses) as PictureStatus[])("knows whether a picture that is %s was left out of the near comparison", (status) => {
    const entries = [pictureEntry(0, "a.png", status)];
    expect(outcome(recordView({ entries, lists }))).toBe(picturesNotCompared.includes(status) ? "incomplete" : "complete");
    expect(outcome(recordView({ entries, lists, options: { perceptual: false } }))).toBe("complete");
    expect(outcome(recordView({ entries, lists: [list({}, 0)] }))).toBe("complete");
  });
});

describe("an answer without anything to find", () => {
  const inPdqAlone = list({ counts: { ...list().counts, digests: { pdq: 4 } } });

  it.each<[string, StatedRecord, string]>([
    ["no list", { lists: [] }, "No notable list was used"],
    ["known lists only", { lists: [list({ kind: "known" })] }, "No notable list was used"],
    ["a notable list without any digest", { lists: [list({ counts: { ...list().counts, digests: { md5: 0 } } })] }, "No record of the notable lists could be compared"],
    ["perceptual codes alone, and no near matching", { lists: [inPdqAlone], options: { perceptual: false } }, "No record of the notable lists could be compared"],
  ])("is told where there is %s, and is no \"no match\" (REQ-28)", (_, stated, why) => {
    const record = recordView({ entries: one, ...stated });
    expect([outcome(record), answerOf(record), exitStatusOf(record)]).toEqual(["nothing-to-find", "nothing-to-find", 3]);
    expect(answerSentence(record)).toBe(`${why}: nothing could be found, whatever the evidence holds.`);
    const partial = recordView({ ...stated, entries: [...one, pendingEntry(1, "b")], complete: false });
    expect(answerSentence(partial)).toBe(`${why}: nothing could be found, whatever the evidence holds. Besides, 1 entry was not yet reached.`);
  });

  it("is not told where a later pass, or one notable list among others, can find something", () => {
    for (const stated of [{ lists: [list({ kind: "known" }), list()] }, { lists: [list({ kind: "known" }), list()], passes: [{ near: "switched-off" as const }] }, { lists: [inPdqAlone] }])
      expect(answerOf(recordView({ entries: one, ...stated }))).toBe("no-match");
  });
});

describe("the sentences", () => {
  it("keep the three sorts of matches apart (REQ-27)", () => {
    const entries = [examined(0, "a"), examined(1, "b"), examined(2, "c"), examined(3, "d")];
    const near = { kind: "near", algorithms: ["pdq"], distanceBits: 9, transform: "full" } as const;
    const matches = [match(0), match(1), match(2, { contradictedBy: ["sha1"] }), match(3, near)];
    expect(answerSentence(recordView({ entries, lists, matches }))).toBe(
      "The bytes of 2 entries have the same digests as a record of a list (exact), 1 entry agrees with a record in one digest that another contradicts (not an identification) and 1 entry resembles a record (near: a lead, not an identification).",
    );
  });

  it("say what was compared when nothing was found", () => {
    expect(answerSentence(recordView({ entries: one, lists }))).toBe("No entry that was examined equals or resembles a record of the notable lists.");
    expect(answerSentence(recordView({ entries: one, lists, options: { perceptual: false } }))).toBe("No entry that was examined equals a record of the notable lists.");
  });

  it("account for every entry and every byte", () => {
    const record = recordView({ entries: [examined(0, "a"), unreadEntry(1, "b", "io"), pendingEntry(2, "c"), examined(3, "l", { kind: "link", outcome: "without-content", sizeBytes: 0 })], complete: false });
    expect(completenessSentence(record.totals())).toBe(
      "Of 4 entries (3,003 bytes) seen in 3 folders, 2 were examined (1,000 bytes), 1 was not examined (1,001 bytes) and 1 was not yet reached (1,002 bytes); the sums agree. Of those examined, 1 is a link or special file, which holds no content.",
    );
  });

  it("name the exit status", () => {
    expect([exitMeaning("complete"), exitMeaning("matches"), exitMeaning("incomplete"), exitMeaning("nothing-to-find"), exitMeaning("evidence-changed")].map((text) => text.slice(0, 14))).toEqual([0, 1, 3, 3, 6].map((status) => `Exit status ${status}:`));
  });
});

describe("what was not searched", () => {
  const always = ["deleted", "containers", "encrypted", "unrecognised-formats", "elsewhere", "streams", "near-limits"];

  it("holds for every scan what no scan searches", () => {
    expect(subjects({ lists: [list({ counts: { ...list().counts, unmatchable: {} } })] })).toEqual(always);
  });

  it.each<[string, StatedRecord]>([
    ["near-off", { lists, options: { perceptual: false } }],
    ["near-no-codes", { lists: [list({}, 0)] }],
    ["pictures-sampled", { lists, entries: [pictureEntry(0, "a", "sampled")] }],
    ["pictures-preview", { lists, entries: [pictureEntry(0, "a", "preview")] }],
    ["near-lists", { lists: [list(), list({}, 0)] }],
    ["pending", { lists, entries: [pendingEntry(0, "a")], complete: false }],
    ["folders-unlisted", { lists, entries: [unreadEntry(0, "a", "not-listed")] }],
    ["folders-mounted", { lists, entries: [unreadEntry(0, "a", "other-file-system")] }],
    ["pictures-crash", { lists, entries: [pictureEntry(0, "a", "crash")] }],
    ["pictures-partial", { lists, entries: [pictureEntry(0, "a", "partial")] }],
    ["fingerprints", { lists }],
    ["nothing-to-find", { lists: [list({ kind: "known" })] }],
    ["lists-empty", { lists: [list({ counts: { ...list().counts, rowsLoaded: 0 } })] }],
  ])("tells of %s when it holds, and only then (REQ-60)", (subject, stated) => {
    expect(subjects(stated)).toContain(subject);
    expect(subjects({ lists: [list({ counts: { ...list().counts, unmatchable: {} } })] })).not.toContain(subject);
  });
});
