import type { NearShard } from "../kernels/near-search.ts";
import { nearShards } from "../kernels/near-shard.ts";
import { type CryptographicAlgorithm, cryptographicAlgorithms, digestBytes, type Reference } from "../model.ts";
import { collectReferences } from "./collect-references.ts";
import { textAt } from "./column.ts";
import { sortLimits } from "./digest-sorter.ts";
import { type ExactIndex, exactIndex } from "./exact-index.ts";
import { type NearIndex, nearIndex } from "./near-index.ts";
import { carriesPdq, carriesRecordId, largeSize, recordIdsPerOffset, type SectionName, type SegmentContents, unstatedQuality, unstatedSize } from "./segment-format.ts";

/** What a row carries besides its digests. */
export interface ReferencePayload {
  readonly recordId: string | null;
  readonly category: string | null;
  readonly sizeBytes: number | null;
}

/** One list version in memory, ready for look-ups. References are numbered from 0 in the order of the list. */
export interface Segment {
  readonly rows: number;
  readonly exact: ReadonlyMap<CryptographicAlgorithm, ExactIndex>;
  /** Null when the list holds no perceptual code. */
  readonly near: NearIndex | null;
  carries(reference: number, algorithm: CryptographicAlgorithm | "pdq"): boolean;
  category(reference: number): string | null;
  /** The PDQ quality that the list states of a reference's code; null where it states none, or the reference has no code. */
  pdqQuality(reference: number): number | null;
  payload(reference: number): ReferencePayload;
  /** What rows keep besides, because the operator asked for it at import; nothing prints it. In the order of the list. */
  sensitive(): Iterable<SensitiveFields>;
}

export interface SensitiveFields {
  readonly reference: number;
  readonly series: readonly string[];
  readonly tags: readonly string[];
}

const algorithmBits: Readonly<Record<CryptographicAlgorithm | "pdq", number>> = {
  ...(Object.fromEntries(cryptographicAlgorithms.map((algorithm, bit) => [algorithm, 1 << bit])) as Record<CryptographicAlgorithm, number>),
  pdq: carriesPdq,
};

/** A segment over its sections. Shape: every section that the contents call for, whole and checked; one that is absent is empty; `shards` hold PDQ codes and their tables. */
export function segmentOf(contents: SegmentContents, shards: readonly NearShard[], section: (name: SectionName) => ArrayBuffer, threads?: number): Segment {
  const words = (name: SectionName): Uint32Array => new Uint32Array(section(name));
  const masks = new Uint8Array(section("carries"));
  const categoryIndexes = new Uint16Array(section("categories"));
  const sizeOf = sizesOver(words("sizes"), words("large-size-rows"), new Float64Array(section("large-sizes")));
  const recordOffsets = words("record-offsets");
  const recordIds = Buffer.from(section("record-ids"));
  const sensitiveRows = words("sensitive-rows");
  const sensitiveTexts = Buffer.from(section("sensitive-texts"));
  const exact = new Map<CryptographicAlgorithm, ExactIndex>();
  for (const algorithm of cryptographicAlgorithms)
    if ((contents.digests[algorithm] ?? 0) > 0) exact.set(algorithm, exactIndex(digestBytes[algorithm], section(`${algorithm}-digests`), words(`${algorithm}-references`)));

  const recordId = (reference: number): string => {
    let { from, to } = textAt(recordIds, recordOffsets[Math.floor(reference / recordIdsPerOffset)]!);
    for (let passed = reference % recordIdsPerOffset; passed > 0; passed--) ({ from, to } = textAt(recordIds, to));
    return recordIds.toString("utf8", from, to);
  };

  const category = (reference: number): string | null => contents.categories[categoryIndexes[reference]! - 1] ?? null;

  return {
    rows: contents.rows,
    exact,
    near: (contents.digests.pdq ?? 0) > 0 ? nearIndex(shards, words("pdq-references"), threads) : null,
    carries: (reference, algorithm) => (masks[reference]! & algorithmBits[algorithm]) !== 0,
    category,
    pdqQuality: qualitiesOver(words("pdq-references"), new Uint8Array(section("pdq-qualities"))),
    payload: (reference) => ({
      recordId: (masks[reference]! & carriesRecordId) === 0 ? null : recordId(reference),
      category: category(reference),
      sizeBytes: sizeOf(reference),
    }),
    *sensitive() {
      let next = 0;
      for (const reference of sensitiveRows) {
        const { from, to } = textAt(sensitiveTexts, next);
        next = to;
        const [series, tags] = JSON.parse(sensitiveTexts.toString("utf8", from, to)) as [string[], string[]];
        yield { reference, series, tags };
      }
    },
  };
}

/** A segment that never was in a file. Errors: RangeError for a digest of the wrong length. */
export function segmentInMemory(references: Iterable<Reference>): Segment {
  const sections = new Map<SectionName, Uint8Array[]>();
  const append = (name: SectionName, bytes: Uint8Array): void => {
    const blocks = sections.get(name) ?? [];
    sections.set(name, blocks);
    blocks.push(Uint8Array.from(bytes));
  };
  const collection = collectReferences({ append }, null, sortLimits);
  for (const reference of references) collection.add(reference);
  collection.settle();
  const contents = collection.contents();
  const near = nearShards(contents.nearShards);
  near.write("codes", 0, new Uint8Array(joined(sections.get("pdq-codes") ?? [])));
  near.write("tables", 0, new Uint8Array(joined(sections.get("pdq-tables") ?? [])));
  return segmentOf(contents, near.shards, (name) => joined(sections.get(name) ?? []));
}

/** Shape: `references` ascending. */
function qualitiesOver(references: Uint32Array, qualities: Uint8Array): (reference: number) => number | null {
  return (reference) => {
    let [from, to] = [0, references.length];
    while (from < to) {
      const middle = (from + to) >>> 1;
      if (references[middle]! < reference) from = middle + 1;
      else to = middle;
    }
    const quality = references[from] === reference ? qualities[from]! : unstatedQuality;
    return quality === unstatedQuality ? null : quality;
  };
}

function sizesOver(sizes: Uint32Array, largeRows: Uint32Array, largeSizes: Float64Array): (reference: number) => number | null {
  return (reference) => {
    const size = sizes[reference]!;
    if (size === unstatedSize) return null;
    if (size !== largeSize) return size;
    let [from, to] = [0, largeRows.length];
    while (to - from > 1) {
      const middle = (from + to) >>> 1;
      if (largeRows[middle]! <= reference) from = middle;
      else to = middle;
    }
    return largeSizes[from]!;
  };
}

function joined(blocks: readonly Uint8Array[]): ArrayBuffer {
  const bytes = new Uint8Array(blocks.reduce((sum, block) => sum + block.length, 0));
  let at = 0;
  for (const block of blocks) {
    bytes.set(block, at);
    at += block.length;
  }
  return bytes.buffer;
}
