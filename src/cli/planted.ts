import { type AlgorithmName, type ListDescription, type Reference, digestBytes } from "../model.ts";
import { canaryAnswers } from "../perceptual/canary.ts";
import type { Asked } from "../selftest.ts";

/** So many further codes that the planted ones are found through the index, not by comparing each. */
const others = 9000;

const scale = { scale: "self-test", version: "1", source: "made by this program", entries: [] };

const description: ListDescription = {
  sha256: "0".repeat(64),
  sizeBytes: 0,
  agency: "self-test",
  name: "planted",
  version: "1",
  kind: "notable",
  format: "none",
  scale,
  scaleSha256: "0".repeat(64),
  counts: { rowsRead: 4 + others, rowsLoaded: 4 + others, refused: {}, dropped: {}, digests: {}, categories: {}, unmatchable: {}, md5Only: 0, duplicates: 0, conflictingCategories: 0 },
  signature: null,
  unsignedReason: "made by this program",
  plaintextSha256: null,
  overrides: [],
  importedAt: "",
};

/** The list that the known picture is matched against (see `matcherChecks`), with what is computed of it. */
export const plantedReferences = { description, references };

function references({ digests, perceptual }: Asked): Reference[] {
  const code = Buffer.from(canaryAnswers.codes.full[0] ?? "", "hex");
  const own = Object.fromEntries(digests.map((name) => [name, Buffer.from(canaryAnswers.digests[name], "hex")]));
  const other = Object.fromEntries(digests.map((name) => [name, Buffer.alloc(digestBytes[name], 0xa5)]));
  if (!perceptual) return [reference(own), reference(other)];
  return [reference(own), reference({ pdq: turned(code, 7) }), reference({ pdq: turned(code, 40) }), reference(other), ...unrelated()];
}

/** Codes that have nothing to do with the picture, the same each time. Source: xorshift32 (G. Marsaglia, "Xorshift RNGs", 2003). */
function unrelated(): Reference[] {
  let state = 2027;
  return Array.from({ length: others }, () => {
    const words = Uint32Array.from({ length: digestBytes.pdq / 4 }, () => {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      return state;
    });
    return reference({ pdq: new Uint8Array(words.buffer) });
  });
}

function reference(digests: Readonly<Partial<Record<AlgorithmName, Uint8Array>>>): Reference {
  return { where: "planted", recordId: null, category: null, digests, pdqQuality: null, sizeBytes: null, unmatchable: [] };
}

/** A code with some of its bits turned, spread over all of it. */
function turned(code: Uint8Array, bits: number): Uint8Array {
  const other = Uint8Array.from(code);
  for (let bit = 0; bit < bits; bit++) {
    const at = (bit * 37) % 256;
    other[at >> 3]! ^= 1 << (at & 7);
  }
  return other;
}
