import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { closeBits, type Match, mostNear, type PerceptualCode, plainGroundPercent, type Reference } from "../../src/model.ts";
import { importList } from "../../src/reference/import-list.ts";
import { openReferenceSet, referenceSetOf } from "../../src/reference/open-reference-set.ts";
import { temporaryFolder } from "../support/folder.ts";
import { descriptionOf, digestFor, examined, importOptions, key, pictureWith, readingOf, referenceWith } from "./synthetic-list.ts";

const base = digestFor("pdq", "near matches");

/** The code with that many bits turned, one in each of its bytes from a given one on. */
function turned(bits: number, from = 0, code: Uint8Array = base): Uint8Array {
  const other = Uint8Array.from(code);
  for (let at = 0; at < bits; at++) other[(from + at) % other.length]! ^= 1 << ((from + at) % 8);
  return other;
}

const seen = (stated: Partial<PerceptualCode> = {}): PerceptualCode => ({ transform: "full", quality: 100, uniformPercent: 0, code: base, ...stated });
const row = (pdq: Uint8Array, rest: Partial<Reference> = {}): Reference => referenceWith({ pdq }, rest);

async function matchesIn(references: readonly Reference[], ...codes: readonly PerceptualCode[]): Promise<readonly Match[]> {
  const set = referenceSetOf([{ description: descriptionOf("near matches", references), references }]);
  try {
    return await set.match(examined({}, pictureWith(...codes)), 10);
  } finally {
    await set.close();
  }
}

const doubtsOf = (matches: readonly Match[]): unknown[] => matches.map(({ reference, doubts }) => [reference, ...doubts]);

describe("the doubts of a near match", () => {
  it("are none for a good picture, a good reference and few that are near", async () => {
    expect(doubtsOf(await matchesIn([row(turned(31), { pdqQuality: 50 }), row(turned(3))], seen({ quality: 50, uniformPercent: plainGroundPercent - 1 })))).toEqual([[0], [1]]);
  });

  it("name a reference whose list states a PDQ quality below 50, and no other of that list", async () => {
    expect(doubtsOf(await matchesIn([row(turned(1), { pdqQuality: 49 }), row(turned(2), { pdqQuality: 50 }), row(turned(3), { pdqQuality: 0 }), row(turned(4))], seen()))).toEqual([[0, "poor-reference"], [1], [2, "poor-reference"], [3]]);
  });

  it("name a picture of quality below 50 where a threshold lets it in, and only the matches of that code", async () => {
    const home = join(temporaryFolder(), "home");
    const references = [row(turned(2)), row(digestFor("pdq", "elsewhere"))];
    const { description } = await importList(home, readingOf("near matches", references), importOptions);
    const codes = [seen({ quality: 49 }), seen({ code: turned(5, 0, digestFor("pdq", "elsewhere")), quality: 90, transform: "nearest-512" })];
    const usual = openReferenceSet(home, [description], key);
    const wide = openReferenceSet(home, [description], key, { all: { nearDistanceBits: 31, leastQuality: 50 }, byList: { [description.sha256]: { nearDistanceBits: 31, leastQuality: 20 } } });
    expect(doubtsOf(await usual.match(examined({}, pictureWith(...codes)), 10))).toEqual([[1]]);
    expect(doubtsOf(await wide.match(examined({}, pictureWith(...codes)), 10))).toEqual([[0, "poor-quality"], [1]]);
    expect(doubtsOf(await wide.match(examined({}, pictureWith(seen({ quality: 19 }))), 10))).toEqual([]);
    await Promise.all([usual.close(), wide.close()]);
  });

  it("name a picture that is mostly plain ground", async () => {
    expect(doubtsOf(await matchesIn([row(base)], seen({ uniformPercent: plainGroundPercent })))).toEqual([[0, "plain-ground"]]);
  });

  it("name more than 50 references that are near, but not of those within 10 bits (REQ-46)", async () => {
    const distances = Array.from({ length: mostNear + 1 }, (_, at) => (at < 3 ? closeBits - at : closeBits + 1 + (at % 8)));
    const crowd = distances.map((bits, at) => row(turned(bits, at)));
    const crowded = await matchesIn(crowd, seen());
    expect(crowded).toHaveLength(mostNear);
    expect(crowded.every(({ nearReferences }) => nearReferences === mostNear + 1)).toBe(true);
    expect(doubtsOf(crowded)).toEqual(crowded.map(({ reference }) => (reference < 3 ? [reference] : [reference, "many-references"])));
    const few = await matchesIn(crowd.slice(0, mostNear), seen());
    expect([few.length, few.every(({ doubts, nearReferences }) => doubts.length === 0 && nearReferences === mostNear)]).toEqual([mostNear, true]);
  });

  it("count a reference once, however many codes of the picture are near it", async () => {
    const crowd = Array.from({ length: mostNear }, (_, at) => row(turned(12, at)));
    const matches = await matchesIn(crowd, seen(), seen({ transform: "nearest-512", code: turned(1) }), seen({ transform: "full negative", code: turned(2) }));
    expect(matches.every(({ doubts, nearReferences }) => doubts.length === 0 && nearReferences === mostNear)).toBe(true);
  });

  it("are given together, in one order", async () => {
    expect(doubtsOf(await matchesIn([row(base, { pdqQuality: 10 })], seen({ uniformPercent: 100 })))).toEqual([[0, "poor-reference", "plain-ground"]]);
  });
});

describe("of more than 50 references that are near", () => {
  const near = Array.from({ length: 2 * mostNear }, (_, at) => row(turned(11 + (at % 3), at), { category: "1" }));

  it("the nearest 50 are told, and the nearest of each further category", async () => {
    const references = [...near, row(turned(31, 3), { category: "2" }), row(turned(29, 5), { category: "2" }), row(turned(30, 7), { category: "3" }), row(turned(28, 9)), row(turned(27, 11))];
    const matches = await matchesIn(references, seen());
    const expected = near.map((_, reference) => ({ reference, bits: 11 + (reference % 3) })).sort((one, other) => one.bits - other.bits || one.reference - other.reference).slice(0, mostNear);
    expect(matches.filter(({ category }) => category === "1").map(({ reference }) => reference)).toEqual(expected.map(({ reference }) => reference).sort((one, other) => one - other));
    expect(matches.filter(({ category }) => category !== "1").map(({ reference, category, distanceBits }) => [reference, category, distanceBits])).toEqual([[101, "2", 29], [102, "3", 30], [104, null, 27]]);
    expect(matches.every(({ nearReferences }) => nearReferences === references.length)).toBe(true);
  });

  it("no second of a category is told that is among the nearest", async () => {
    const matches = await matchesIn([...near, row(turned(1), { category: "2" }), row(turned(31), { category: "2" })], seen());
    expect(matches).toHaveLength(mostNear);
    expect(matches.filter(({ category }) => category === "2").map(({ reference }) => reference)).toEqual([100]);
  });
});
