import { createHash } from "node:crypto";
import { createRequire } from "node:module";
import { describe, expect, it } from "vitest";
import { countedSifting } from "../../src/lists/counts.ts";
import { sift, type SiftReason } from "../../src/lists/hygiene.ts";
import { trivialContents } from "../../src/lists/trivial-content.ts";
import type { AlgorithmName, Reference } from "../../src/model.ts";

const { Blake3Hasher } = createRequire(import.meta.url)("@napi-rs/blake-hash") as { Blake3Hasher: new () => { update(bytes: Buffer): void; digestBuffer(): Buffer } };

function digest(algorithm: "md5" | "sha1" | "sha256" | "blake3", content: Buffer): Buffer {
  if (algorithm !== "blake3") return createHash(algorithm).update(content).digest();
  const hasher = new Blake3Hasher();
  hasher.update(content);
  return hasher.digestBuffer();
}

const ordinary = (algorithm: "md5" | "sha1" | "sha256" | "blake3"): Buffer => digest(algorithm, Buffer.from("ordinary content"));

function reference(digests: Partial<Record<AlgorithmName, Uint8Array>>, rest: Partial<Reference> = {}): Reference {
  return { where: "line 1", recordId: null, category: null, digests, pdqQuality: null, sizeBytes: null, unmatchable: [], ...rest };
}

/** A PDQ code with that many ones, not all at one end. */
function codeWithOnes(ones: number): Uint8Array {
  const code = new Uint8Array(32);
  for (let bit = 0; bit < ones; bit++) code[(bit * 7) % 32]! |= 1 << Math.floor(bit / 32);
  return code;
}

const algorithms = ["md5", "sha1", "sha256", "blake3"] as const;

describe("digests that identify nothing", () => {
  it.each([0, 1, 512, 4096, 65536, 1048576].flatMap((sizeBytes) => algorithms.map((algorithm) => ({ sizeBytes, algorithm }))))(
    "the $algorithm of $sizeBytes zero bytes is dropped",
    ({ sizeBytes, algorithm }) => {
      const trivial = digest(algorithm, Buffer.alloc(sizeBytes));
      const reason: SiftReason = sizeBytes === 0 ? "empty-file" : "zero-content";
      expect(sift(reference({ [algorithm]: trivial }))).toEqual({ outcome: "refused", reason });
      const other = algorithm === "md5" ? "sha1" : "md5";
      const row = reference({ [algorithm]: trivial, [other]: ordinary(other) });
      expect(sift(row)).toEqual({ outcome: "loaded", reference: { ...row, digests: { [other]: ordinary(other) } }, dropped: [reason] });
    },
  );

  it("the table holds the true digests of its contents", () => {
    for (const content of trivialContents) for (const algorithm of algorithms) expect(content[algorithm]).toBe(digest(algorithm, Buffer.alloc(content.sizeBytes)).toString("hex"));
  });

  it.each([0x00, 0xff])("a digest of nothing but bytes %i is dropped", (byte) => {
    for (const algorithm of algorithms)
      expect(sift(reference({ [algorithm]: new Uint8Array(ordinary(algorithm).length).fill(byte) }))).toEqual({ outcome: "refused", reason: "constant-digest" });
    expect(sift(reference({ pdq: new Uint8Array(32).fill(byte) }))).toEqual({ outcome: "refused", reason: "pdq-constant" });
  });

  it("a digest that only begins like one of them is kept", () => {
    const near = digest("md5", Buffer.alloc(0));
    near[15]! ^= 1;
    expect(sift(reference({ md5: near }))).toMatchObject({ outcome: "loaded", dropped: [] });
  });

  it("a digest of another algorithm that equals one of them is kept", () => {
    expect(sift(reference({ blake3: digest("sha256", Buffer.alloc(0)) }))).toMatchObject({ outcome: "loaded", dropped: [] });
  });
});

describe("PDQ codes", () => {
  it.each([
    [63, "refused"],
    [64, "loaded"],
    [128, "loaded"],
    [192, "loaded"],
    [193, "refused"],
  ])("a code with %i ones is %s", (ones, outcome) => {
    expect(sift(reference({ pdq: codeWithOnes(ones) }))).toMatchObject(outcome === "loaded" ? { outcome } : { outcome, reason: "pdq-low-entropy" });
  });

  it("a stated quality of 49 drops the code, 50 or none keeps it", () => {
    expect(sift(reference({ pdq: codeWithOnes(128) }, { pdqQuality: 49 }))).toEqual({ outcome: "refused", reason: "pdq-low-quality" });
    expect(sift(reference({ pdq: codeWithOnes(128) }, { pdqQuality: 50 }))).toMatchObject({ outcome: "loaded" });
    expect(sift(reference({ pdq: codeWithOnes(128) }, { pdqQuality: null }))).toMatchObject({ outcome: "loaded" });
  });

  it("a low quality leaves the row's cryptographic digests", () => {
    const row = reference({ md5: ordinary("md5"), pdq: codeWithOnes(128) }, { pdqQuality: 0 });
    expect(sift(row)).toEqual({ outcome: "loaded", reference: { ...row, digests: { md5: ordinary("md5") } }, dropped: ["pdq-low-quality"] });
  });
});

describe("rows", () => {
  it("a row without digests is refused, one with other fingerprints only by its own reason", () => {
    expect(sift(reference({}))).toEqual({ outcome: "refused", reason: "no-digest" });
    expect(sift(reference({}, { unmatchable: ["photodna"] }))).toEqual({ outcome: "refused", reason: "unmatchable-only" });
  });

  it("a stated size of 0 is unstated, for it would contradict every match", () => {
    expect(sift(reference({ md5: ordinary("md5") }, { sizeBytes: 0 }))).toMatchObject({ outcome: "loaded", reference: { sizeBytes: null }, dropped: [] });
    expect(sift(reference({ md5: ordinary("md5") }, { sizeBytes: 1 }))).toMatchObject({ reference: { sizeBytes: 1 } });
  });

  it("counts add up: rows read = rows loaded + refused", () => {
    const sifting = countedSifting();
    const empty = digest("md5", Buffer.alloc(0));
    const rows = [
      reference({ md5: ordinary("md5") }, { category: "1" }),
      reference({ md5: ordinary("md5") }, { category: "1", unmatchable: ["photodna"] }),
      reference({ md5: ordinary("md5"), pdq: codeWithOnes(100) }),
      reference({ md5: empty, sha1: ordinary("sha1") }, { category: "__proto__" }),
      reference({ md5: ordinary("md5"), sha1: ordinary("sha1") }, { category: "2" }),
      reference({ md5: ordinary("md5"), blake3: ordinary("blake3") }, { category: "2" }),
      reference({ md5: ordinary("md5"), sha256: ordinary("sha256") }, { category: "2" }),
      reference({ md5: empty }),
      reference({}, { unmatchable: ["photodna"] }),
    ];
    expect(rows.map((row) => sifting.admit(row) !== null)).toEqual([true, true, true, true, true, true, true, false, false]);
    expect(sifting.counts()).toEqual({
      rowsRead: 9,
      rowsLoaded: 7,
      refused: { "empty-file": 1, "unmatchable-only": 1 },
      dropped: { "empty-file": 1 },
      digests: { md5: 6, pdq: 1, sha1: 2, sha256: 1, blake3: 1 },
      categories: Object.fromEntries([["1", 2], ["2", 3], ["", 1], ["__proto__", 1]]),
      unmatchable: { photodna: 2 },
      md5Only: 3,
    });
  });
});
