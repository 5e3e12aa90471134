import { type CryptographicAlgorithm, cryptographicAlgorithms, digestBytes } from "../model.ts";
import type { ReferenceCollection } from "./collect-references.ts";
import { type ExactIndex, exactIndex } from "./exact-index.ts";
import { type NearIndex, nearIndex } from "./near-index.ts";
import { carriesPdq, carriesRecordId, type SegmentContents, unstatedSize } from "./segment-format.ts";

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
  payload(reference: number): ReferencePayload;
}

const algorithmBits: Readonly<Record<CryptographicAlgorithm | "pdq", number>> = {
  ...(Object.fromEntries(cryptographicAlgorithms.map((algorithm, bit) => [algorithm, 1 << bit])) as Record<CryptographicAlgorithm, number>),
  pdq: carriesPdq,
};

/** A segment over its sections. Shape: every section that the contents call for, whole and checked. */
export function segmentOf(contents: SegmentContents, section: (name: string) => ArrayBuffer): Segment {
  const words = (name: string): Uint32Array => new Uint32Array(section(name));
  const masks = new Uint8Array(section("carries"));
  const categoryIndexes = new Uint16Array(section("categories"));
  const sizes = new Float64Array(section("sizes"));
  const recordOffsets = words("record-offsets");
  const recordIds = Buffer.from(section("record-ids"));
  const exact = new Map<CryptographicAlgorithm, ExactIndex>();
  for (const algorithm of cryptographicAlgorithms)
    if ((contents.digests[algorithm] ?? 0) > 0) exact.set(algorithm, exactIndex(digestBytes[algorithm], section(`${algorithm}-digests`), words(`${algorithm}-references`)));
  return {
    rows: contents.rows,
    exact,
    near: (contents.digests.pdq ?? 0) > 0 ? nearIndex(section("pdq-codes"), words("pdq-references")) : null,
    carries: (reference, algorithm) => (masks[reference]! & algorithmBits[algorithm]) !== 0,
    payload(reference) {
      const sizeBytes = sizes[reference]!;
      return {
        recordId: (masks[reference]! & carriesRecordId) === 0 ? null : recordIds.toString("utf8", recordOffsets[reference]!, recordOffsets[reference + 1]!),
        category: contents.categories[categoryIndexes[reference]! - 1] ?? null,
        sizeBytes: sizeBytes === unstatedSize ? null : sizeBytes,
      };
    },
  };
}

/** A segment that never was in a file. */
export function segmentInMemory(collection: ReferenceCollection): Segment {
  const contents = collection.contents();
  const sections = new Map<string, ArrayBuffer>();
  for (const { name, bytes } of collection.sections()) sections.set(name, joined([...bytes]));
  return segmentOf(contents, (name) => {
    const bytes = sections.get(name);
    if (bytes === undefined) throw new RangeError(`segment: found no section ${name}`);
    return bytes;
  });
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
