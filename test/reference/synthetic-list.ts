import { createHash } from "node:crypto";
import fc from "fast-check";
import { scaleText } from "../../src/lists/scales.ts";
import type { ListReading } from "../../src/lists/read-list.ts";
import { type AlgorithmName, cryptographicAlgorithms, type Digests, digestBytes, type Finding, type ListDescription, type Picture, type Reference, type RowCounts } from "../../src/model.ts";
import type { ImportOptions } from "../../src/reference/import-list.ts";

const scale = { scale: "synthetic", version: "1", source: "made for tests", entries: [{ code: "1", label: "first", disposition: "alert" as const }] };

/** Of no worth: what it seals is synthetic. */
export const key = Uint8Array.from({ length: 32 }, (_, at) => 7 * at + 1);

export const importOptions: ImportOptions = {
  key,
  agency: "Synthetic Agency",
  name: "stills",
  version: "1",
  kind: "notable",
  scale,
  scaleSha256: createHash("sha256").update(scaleText(scale), "utf8").digest("hex"),
  unsignedReason: "synthetic",
  importedAt: "2026-01-02T03:04:05+00:00",
};

/** A digest that starts with the given bytes and goes on with what a seed gives. */
export function digestFor(algorithm: AlgorithmName, seed: string | number, start: readonly number[] = []): Uint8Array {
  const digest = Uint8Array.from(createHash("sha512").update(`${algorithm} ${seed}`).digest().subarray(0, digestBytes[algorithm]));
  digest.set(start);
  return digest;
}

export function referenceWith(digests: Reference["digests"], rest: Partial<Reference> = {}): Reference {
  return { where: "line 1", recordId: null, category: null, digests, pdqQuality: null, sizeBytes: null, unmatchable: [], ...rest };
}

export function countsOf(references: readonly Reference[]): RowCounts {
  const digests: Partial<Record<AlgorithmName, number>> = {};
  for (const reference of references) for (const name of Object.keys(reference.digests) as AlgorithmName[]) digests[name] = (digests[name] ?? 0) + 1;
  return { rowsRead: references.length, rowsLoaded: references.length, refused: {}, dropped: {}, digests, categories: {}, unmatchable: {}, md5Only: 0 };
}

/** SHA-256 that the bytes of a list file of this content would have. */
export function listSha256(content: string): string {
  return createHash("sha256").update(content).digest("hex");
}

/** A reading as lists/ gives it, of references that are at hand, in runs of three. */
export function readingOf(content: string, references: readonly Reference[], between: () => Promise<void> | void = () => undefined): ListReading {
  return {
    format: "synthetic",
    async *references() {
      for (let from = 0; from < references.length; from += 3) {
        await between();
        yield references.slice(from, from + 3);
      }
    },
    finish: () => ({ sha256: listSha256(content), sizeBytes: content.length, counts: countsOf(references), signature: null, plaintextSha256: null }),
  };
}

export function descriptionOf(content: string, references: readonly Reference[]): ListDescription {
  const { agency, name, version, kind, scaleSha256, importedAt } = importOptions;
  return { sha256: listSha256(content), sizeBytes: content.length, agency, name, version, kind, format: "synthetic", scale, scaleSha256, counts: { ...countsOf(references), duplicates: 0, conflictingCategories: 0 }, signature: null, unsignedReason: "synthetic", plaintextSha256: null, overrides: [], importedAt };
}

let files = 0;

/** A file with these digests; its others are those of no other file and of no list. */
export function examined(stated: Partial<Digests>, picture: Picture | null = null): Finding {
  files += 1;
  const own = Object.fromEntries(cryptographicAlgorithms.map((name) => [name, digestFor(name, `file ${files} of no list`)])) as Required<Digests>;
  return { outcome: "examined", no: 0, digests: { ...own, ...stated }, mediaType: null, extensionFits: null, picture, embedded: [] };
}

export function pictureWith(...codes: Picture["codes"]): Picture {
  return { status: "hashed", widthPixels: 100, heightPixels: 100, codes };
}

/** Few different digests, many of which agree in their first bytes or in all but the last. */
export function crowdedDigest(algorithm: AlgorithmName): fc.Arbitrary<Uint8Array> {
  return fc
    .record({ start: fc.constantFrom(0x00, 0x01, 0x7f, 0x80, 0xff), middle: fc.constantFrom(0, 0xff), end: fc.integer({ min: 0, max: 3 }) })
    .map(({ start, middle, end }) => {
      const digest = new Uint8Array(digestBytes[algorithm]).fill(middle);
      digest[0] = start;
      digest[digest.length - 1] = end;
      return digest;
    });
}

/** A row of random algorithms, its digests crowded. */
export const crowdedReference: fc.Arbitrary<Reference> = fc
  .record(Object.fromEntries(cryptographicAlgorithms.map((name) => [name, crowdedDigest(name)])) as Record<string, fc.Arbitrary<Uint8Array>>, { requiredKeys: [] })
  .chain((digests) =>
    fc.record({ recordId: fc.option(fc.string({ unit: "grapheme", maxLength: 12 })), category: fc.option(fc.constantFrom("1", "2", "A")), sizeBytes: fc.option(fc.nat()) }).map((rest) => referenceWith(digests, rest)),
  );
