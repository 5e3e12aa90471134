import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { orientations } from "../../src/perceptual/transforms.ts";
import { blake3Vectors, drawCorpus, pathsOf, roles } from "../../src/validation/corpus.ts";
import { contentsOf } from "../../src/validation/exhibit.ts";
import { kitLists, laterLists, plantedBits } from "../../src/validation/lists.ts";
import { goldenPictures, turnedAway, turningNames, withBitsTurned } from "../../src/validation/pictures.ts";
import { seededRandom } from "../../src/validation/random.ts";
import { plainViews } from "../perceptual/plain/pdq.ts";

// What the kit takes for right has to be right itself.

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const distance = (one: Uint8Array, other: Uint8Array): number => one.reduce((sum, byte, at) => sum + (byte ^ other[at]!).toString(2).replaceAll("0", "").length, 0);

describe("the corpus of the validation kit", () => {
  it("is the same for the same seed, lists included, and another for another", () => {
    const [one, again, other] = [drawCorpus(7), drawCorpus(7), drawCorpus(8)];
    expect(again.sha256).toBe(one.sha256);
    expect(other.sha256).not.toBe(one.sha256);
    const texts = (corpus: typeof one): string[] => [...kitLists(corpus), ...laterLists(corpus)].map(({ text }) => text);
    expect(texts(again)).toEqual(texts(one));
    expect(texts(other)).not.toEqual(texts(one));
  });

  // Another digest means that reports of earlier versions and of this one with the same seed speak of different exhibits.
  it("is the one that was drawn with seed 1 before", () => {
    expect(drawCorpus(1).sha256).toBe("6bb15223565300e4baddccb168ee349d0075f27e0b48f0569ed5aa99ae008b47");
  });

  it("has every name once, and each item that a list knows", () => {
    for (let seed = 0; seed < 3; seed++) {
      const corpus = drawCorpus(seed);
      const names = corpus.exhibits.main.map(({ path }) => path.toString("latin1"));
      expect(new Set(names).size).toBe(names.length);
      // No name is a folder of another one.
      expect(names.filter((name) => names.some((other) => other.startsWith(`${name}/`)))).toEqual([]);
      for (const item of [...roles.plain, ...roles.formats, roles.contradicted, roles.md5Only, roles.known, roles.later, roles.everywhere]) expect(pathsOf(corpus, item).length).toBeGreaterThan(0);
      expect([pathsOf(corpus, 0), pathsOf(corpus, 1)].map((paths) => paths.length)).toEqual([2, 2]);
      expect(pathsOf(corpus, roles.linkedTo)).toEqual([]);
      expect(contentsOf(corpus.exhibits.main).size).toBe(names.length - 3);
    }
  });

  it("holds the published vectors of BLAKE3", () => {
    const { vectors } = JSON.parse(readFileSync("fixtures/digests/vectors.json", "utf8")) as { vectors: { algorithm: string; counting?: number; digest: string }[] };
    for (const [size, digest] of Object.entries(blake3Vectors)) expect(vectors.find(({ algorithm, counting }) => algorithm === "blake3" && counting === Number(size))?.digest).toBe(digest);
  });
});

describe("the pictures of the validation kit", () => {
  it("have the codes that the plain implementation gives, in each of which it would show if one were wrong (REQ-39)", () => {
    const codes = goldenPictures().map(({ pixels, code }) => {
      const { full, squeezed } = plainViews(pixels, 8);
      expect(hex(full.codes[0]!)).toBe(hex(code));
      expect([squeezed, full.quality]).toEqual([null, 100]);
      return code;
    });
    for (const one of codes) for (const other of codes) if (one !== other) expect(distance(one, other)).toBeGreaterThan(80);
  });

  it("are turned so that the code of their turned view is within the limit, and no other's", () => {
    const [{ pixels, code }] = goldenPictures() as [ReturnType<typeof goldenPictures>[number]];
    expect(turningNames).toEqual(orientations.slice(1));
    for (const name of turningNames) {
      const { codes } = plainViews(turnedAway(pixels, name), 8).full;
      expect(codes.map((turned, at) => (distance(turned, code) <= 31 ? orientations[at] : null)).filter((found) => found !== null)).toEqual([name]);
    }
    expect(() => turnedAway(pixels, "sideways")).toThrow("sideways");
  });

  it("are planted at exactly the distances that are stated", () => {
    const random = seededRandom(3);
    for (const bits of plantedBits) expect(distance(withBitsTurned(Buffer.alloc(32, 0x5a), bits, random), Buffer.alloc(32, 0x5a))).toBe(bits);
  });
});
