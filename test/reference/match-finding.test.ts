import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type CryptographicAlgorithm, cryptographicAlgorithms, type Digests, type Finding, type Match, type PerceptualCode, type Reference } from "../../src/model.ts";
import { referenceSetOf } from "../../src/reference/open-reference-set.ts";
import { crowdedDigest, crowdedReference, descriptionOf, digestFor, examined, pictureWith, referenceWith } from "./synthetic-list.ts";

const md5 = digestFor("md5", "file");
const sha1 = digestFor("sha1", "file");
const sha256 = digestFor("sha256", "file");
const code = digestFor("pdq", "picture");

function setOf(...lists: (readonly Reference[])[]) {
  return referenceSetOf(lists.map((references, number) => ({ description: descriptionOf(`list ${number}`, references), references })));
}

function turned(original: Uint8Array, bits: number): Uint8Array {
  const other = Uint8Array.from(original);
  for (let bit = 0; bit < bits; bit++) other[(bit * 37) % 256 >> 3]! ^= 1 << ((bit * 37) & 7);
  return other;
}

type StatedCode = Omit<PerceptualCode, "uniformPercent"> & Partial<PerceptualCode>;
const stated = (code: StatedCode): PerceptualCode => ({ uniformPercent: 0, ...code });

const shortened = (matches: readonly Match[]): unknown[] =>
  matches.map(({ kind, list, reference, algorithms, contradictedBy, distanceBits, transform }) =>
    kind === "exact" ? [list, reference, algorithms.join("+"), ...contradictedBy.map((name) => `not ${name}`)] : [list, reference, distanceBits, transform],
  );

describe("matching by bytes", () => {
  it("equals a search through every row of every list (REQ-25)", async () => {
    const digests = fc.record(Object.fromEntries(cryptographicAlgorithms.map((name) => [name, crowdedDigest(name)])) as Record<CryptographicAlgorithm, fc.Arbitrary<Uint8Array>>, { requiredKeys: [] });
    const lists = fc.array(fc.array(crowdedReference, { maxLength: 40 }), { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(lists, fc.array(digests, { minLength: 1, maxLength: 8 }), fc.nat(3), async (all, files, sizeBytes) => {
        const set = setOf(...all);
        for (const file of files.map((stated) => examined(stated as Partial<Digests>))) {
          if (file.outcome === "examined") expect(await set.match(file, sizeBytes)).toEqual(expectedMatches(all, file.digests, sizeBytes));
        }
      }),
      { numRuns: 150 },
    );
  });

  it("names every algorithm that agrees, in one match", async () => {
    const set = setOf([referenceWith({ sha256, md5, sha1 }, { recordId: "SYN-9", category: "1", sizeBytes: 10 })]);
    expect(await set.match(examined({ sha1, md5, sha256, blake3: digestFor("blake3", "file") }), 10)).toEqual([
      { kind: "exact", list: 0, reference: 0, recordId: "SYN-9", category: "1", algorithms: ["md5", "sha1", "sha256"], contradictedBy: [], distanceBits: null, transform: null, embedded: null, doubts: [], nearReferences: null },
    ]);
  });

  it("says when an MD5 agrees and a SHA-1 does not (REQ-26)", async () => {
    const set = setOf([referenceWith({ md5, sha1: digestFor("sha1", "another file") })]);
    expect(shortened(await set.match(examined({ md5, sha1, sha256 }), 10))).toEqual([[0, 0, "md5", "not sha1"]]);
  });

  it("says when the digest agrees and the size does not, and is content with a list that states none", async () => {
    const set = setOf([referenceWith({ md5 }, { sizeBytes: 11 }), referenceWith({ md5 }), referenceWith({ md5 }, { sizeBytes: 10 }), referenceWith({ md5 }, { sizeBytes: 0 })]);
    expect(shortened(await set.match(examined({ md5 }), 10))).toEqual([[0, 0, "md5", "not size"], [0, 1, "md5"], [0, 2, "md5"], [0, 3, "md5", "not size"]]);
  });

  it("takes what is not listed for no contradiction", async () => {
    const set = setOf([referenceWith({ md5, sha256 }), referenceWith({ md5 })]);
    expect(shortened(await set.match(examined({ md5, sha1, sha256 }), 10))).toEqual([[0, 0, "md5+sha256"], [0, 1, "md5"]]);
    expect(shortened(await set.match(examined({ md5, sha1 }), 10))).toEqual([[0, 0, "md5", "not sha256"], [0, 1, "md5"]]);
  });

  it("needs what a list carries and nothing else, and refuses a file without it, for that would be a silent miss (REQ-24)", async () => {
    const finding = (digests: Digests) => ({ ...examined({}), digests }) as Finding;
    const set = setOf([referenceWith({ sha1 })], [referenceWith({ md5 }), referenceWith({ sha1: digestFor("sha1", "other") })]);
    expect(shortened(await set.match(finding({ md5, sha1, sha256 }), 10))).toEqual([[0, 0, "sha1"], [1, 0, "md5"]]);
    await expect(set.match(finding({ sha1, sha256 }), 10)).rejects.toThrow(/found no md5 of a file, expected it: list 2 carries it/);
    await expect(set.match(finding({ md5, sha256 }), 10)).rejects.toThrow(/found no sha1 of a file, expected it: list 1 carries it/);
    expect(() => set.equalsNotable({ sha256 }, 10)).toThrow(/found no sha1/);
    expect(await setOf([referenceWith({ pdq: code })]).match(finding({ sha256 }), 10)).toEqual([]);
  });

  it("tells every row of every list that has the digest, in their order", async () => {
    const other = referenceWith({ md5: digestFor("md5", "other") });
    const set = setOf([other, referenceWith({ md5 }), referenceWith({ md5 })], [other], [referenceWith({ sha1 }), referenceWith({ md5 })]);
    expect(shortened(await set.match(examined({ md5, sha1 }), 10))).toEqual([[0, 1, "md5"], [0, 2, "md5"], [2, 0, "sha1"], [2, 1, "md5"]]);
  });

  it("keeps one algorithm's digests from another's of the same length", async () => {
    expect(await setOf([referenceWith({ sha256 })]).match(examined({ blake3: sha256 }), 10)).toEqual([]);
  });

  it("gives nothing for what was not examined", async () => {
    const set = setOf([referenceWith({ md5 })]);
    expect(await set.match({ outcome: "unread", no: 0, reason: "io", errorCode: "EIO" }, 10)).toEqual([]);
    expect(await set.match({ outcome: "without-content", no: 0 }, 10)).toEqual([]);
  });
});

describe("matching by resemblance", () => {
  const near = async (set: ReturnType<typeof setOf>, ...codes: readonly StatedCode[]) => shortened(await set.match(examined({}, pictureWith(...codes.map(stated))), 10));

  it("keeps the smallest distance over all codes, and of equal ones the first", async () => {
    const set = setOf([referenceWith({ pdq: turned(code, 9) }), referenceWith({ pdq: code }), referenceWith({ pdq: turned(code, 40) })]);
    expect(await near(set, { transform: "full", code: turned(code, 3), quality: 100 }, { transform: "nearest-512", code: turned(code, 5), quality: 100 })).toEqual([
      [0, 0, 4, "nearest-512"],
      [0, 1, 3, "full"],
    ]);
    expect(await near(set, { transform: "first", code, quality: 100 }, { transform: "second", code, quality: 100 })).toEqual([[0, 0, 9, "first"], [0, 1, 0, "first"]]);
  });

  it("finds 31 bits and not 32", async () => {
    const set = setOf([referenceWith({ pdq: turned(code, 31) }), referenceWith({ pdq: turned(code, 32) })]);
    expect(await near(set, { transform: "full", code, quality: 100 })).toEqual([[0, 0, 31, "full"]]);
  });

  it("compares codes of quality 50 and none below", async () => {
    const set = setOf([referenceWith({ pdq: code })]);
    expect(await near(set, { transform: "full", code, quality: 49 })).toEqual([]);
    expect(await near(set, { transform: "full", code, quality: 49 }, { transform: "nearest-512", code: turned(code, 2), quality: 50 })).toEqual([[0, 0, 2, "nearest-512"]]);
  });

  it("tells of a row that is equal only that, and of one whose equality is contradicted both", async () => {
    const set = setOf([referenceWith({ md5, pdq: code }), referenceWith({ md5, sha1: digestFor("sha1", "another file"), pdq: code }), referenceWith({ pdq: code })]);
    const finding = examined({ md5, sha1 }, pictureWith(stated({ transform: "full", code, quality: 100 })));
    expect(shortened(await set.match(finding, 10))).toEqual([[0, 0, "md5"], [0, 1, "md5", "not sha1"], [0, 1, 0, "full"], [0, 2, 0, "full"]]);
    expect((await set.match(finding, 10))[2]).toEqual({ kind: "near", list: 0, reference: 1, recordId: null, category: null, algorithms: ["pdq"], contradictedBy: [], distanceBits: 0, transform: "full", embedded: null, doubts: [], nearReferences: 3 });
  });

  it("goes by list, then row, however the matches came about", async () => {
    const set = setOf([referenceWith({ pdq: code }), referenceWith({ md5 })], [referenceWith({ md5 }), referenceWith({ pdq: code })]);
    const finding = examined({ md5 }, pictureWith(stated({ transform: "full", code, quality: 100 })));
    expect(shortened(await set.match(finding, 10))).toEqual([[0, 0, 0, "full"], [0, 1, "md5"], [1, 0, "md5"], [1, 1, 0, "full"]]);
  });

  it("knows whether any list holds a perceptual code", async () => {
    expect(setOf([referenceWith({ md5 })]).hasPerceptualCodes).toBe(false);
    expect(setOf([referenceWith({ md5 })], [referenceWith({ md5 }), referenceWith({ pdq: code })]).hasPerceptualCodes).toBe(true);
    expect(setOf().hasPerceptualCodes).toBe(false);
  });
});

/** The definition of an exact match, row by row: slow, and with nothing in common with what is tested. */
function expectedMatches(lists: readonly (readonly Reference[])[], digests: Digests, fileBytes: number): Match[] {
  const bytes = (digest: Uint8Array | undefined): string | undefined => digest?.join();
  return lists.flatMap((references, list) =>
    references.flatMap(({ digests: stated, recordId, category, sizeBytes }, reference): Match[] => {
      const shared = cryptographicAlgorithms.filter((name) => digests[name] !== undefined && stated[name] !== undefined);
      const algorithms = shared.filter((name) => bytes(digests[name]) === bytes(stated[name]));
      if (algorithms.length === 0) return [];
      const contradictedBy = [...shared.filter((name) => !algorithms.includes(name)), ...(sizeBytes !== null && sizeBytes !== fileBytes ? (["size"] as const) : [])];
      return [{ kind: "exact", list, reference, recordId, category, algorithms, contradictedBy, distanceBits: null, transform: null, embedded: null, doubts: [], nearReferences: null }];
    }),
  );
}
