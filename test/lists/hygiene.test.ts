import { createHash } from "node:crypto";
import { createRequire } from "node:module";
import { describe, expect, it } from "vitest";
import { countedSifting } from "../../src/lists/counts.ts";
import { sift, type SiftReason } from "../../src/lists/hygiene.ts";
import { isRegularCode } from "../../src/lists/regular-code.ts";
import { trivialContents } from "../../src/lists/trivial-content.ts";
import type { AlgorithmName, Reference } from "../../src/model.ts";
import { pdqCodes } from "../../src/perceptual/pdq.ts";
import { photoPixels } from "../support/pictures.ts";

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

/** A PDQ code with that many ones, in no order. */
function codeWithOnes(ones: number, label = "ones"): Uint8Array {
  const order = Array.from({ length: 256 }, (_, bit) => ({ bit, key: createHash("md5").update(`${label} ${bit}`).digest("hex") })).sort((one, other) => (one.key < other.key ? -1 : 1));
  const code = new Uint8Array(32);
  for (const { bit } of order.slice(0, ones)) code[bit >> 3]! |= 1 << (bit & 7);
  return code;
}

const algorithms = ["md5", "sha1", "sha256", "blake3"] as const;

describe("digests that identify nothing", () => {
  it.each([0, 1, 512, 4096, 65536, 1048576].flatMap((sizeBytes) => algorithms.map((algorithm) => ({ sizeBytes, algorithm }))))(
    "the $algorithm of $sizeBytes zero bytes is dropped (REQ-32)",
    ({ sizeBytes, algorithm }) => {
      const trivial = digest(algorithm, Buffer.alloc(sizeBytes));
      const reason: SiftReason = sizeBytes === 0 ? "empty-file" : "zero-content";
      expect(sift(reference({ [algorithm]: trivial }))).toEqual({ outcome: "refused", reason });
      const other = algorithm === "md5" ? "sha1" : "md5";
      const row = reference({ [algorithm]: trivial, [other]: ordinary(other) });
      expect(sift(row)).toEqual({ outcome: "loaded", reference: { ...row, digests: { [other]: ordinary(other) } }, dropped: [reason] });
    },
  );

  it("each trivial content is known by its true digest, of every algorithm", () => {
    expect(trivialContents).toHaveLength(1 + 256 + 1 + 2 * 16);
    for (const { bytes, times } of trivialContents) {
      const content = Buffer.alloc(bytes.length * times, Buffer.from(bytes));
      const reason = times === 0 ? "empty-file" : bytes.every((byte) => byte === 0) ? "zero-content" : "trivial-content";
      for (const algorithm of algorithms) expect([bytes, times, sift(reference({ [algorithm]: digest(algorithm, content) }))]).toEqual([bytes, times, { outcome: "refused", reason }]);
    }
  });

  it.each([
    ["a blank", Buffer.from(" ")],
    ["LF", Buffer.from("\n")],
    ["CR LF", Buffer.from("\r\n")],
    ["16 MiB of FF", Buffer.alloc(1 << 24, 0xff)],
    ["512 bytes of FF", Buffer.alloc(512, 0xff)],
  ])("%s is trivial, two bytes and other sizes are not", (_, content) => {
    for (const algorithm of algorithms) {
      expect(sift(reference({ [algorithm]: digest(algorithm, content) }))).toEqual({ outcome: "refused", reason: "trivial-content" });
      expect(sift(reference({ [algorithm]: digest(algorithm, Buffer.concat([content, content, content])) }))).toMatchObject({ outcome: "loaded" });
    }
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

  it.each(["55", "aa", "0f", "33", "a5", "0ff0", "00ff", "0123456789abcdef", "00112233445566778899aabbccddeeff"].map((unit) => [unit, unit.repeat(64 / unit.length)]).concat([
    ["half zeros, half ones", `${"00".repeat(16)}${"ff".repeat(16)}`],
    ["half ones, half zeros", `${"ff".repeat(16)}${"00".repeat(16)}`],
    ["rows of zeros or ones", "0000ffff0000ffffffff0000ffffffff0000ffff00000000ffff0000ffff0000"],
    ["two columns by turns", "5555aaaa5555000055555555ffffaaaa5555aaaaffff55550000aaaa55555555"],
    ["four different bytes", "1b2b1b3b4b4b3b2b1b1b4b3b2b2b3b4b1b4b2b3b1b2b3b4b4b3b2b1b3b1b2b4b"],
  ]))("a code that repeats itself (%s) is dropped", (_, code) => {
    expect(sift(reference({ pdq: Buffer.from(code!, "hex") }))).toMatchObject({ outcome: "refused", reason: "pdq-regular" });
  });

  it("none of 2,000 random codes repeats itself, nor of those of drawn pictures, turned and as negatives", () => {
    for (let no = 0; no < 2000; no++) expect(isRegularCode(createHash("sha256").update(`random ${no}`).digest())).toBe(false);
    const codes = Array.from({ length: 125 }, (_, seed) => pdqCodes(photoPixels(seed, 96, 64))).flat().map(({ code }) => code);
    expect(codes.length).toBeGreaterThanOrEqual(1000);
    for (const code of codes) expect([isRegularCode(code), isRegularCode(code.map((byte) => byte ^ 0xff))]).toEqual([false, false]);
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

  it("counts add up: rows read = rows loaded + refused (REQ-32)", () => {
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
