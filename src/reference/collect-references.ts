import { Failure } from "../failure.ts";
import { type AlgorithmName, type Reference, cryptographicAlgorithms, digestBytes } from "../model.ts";
import { type DigestColumn, type NumberColumn, digestColumn, numberColumn, textHeap } from "./column.ts";
import { carriesPdq, carriesRecordId, type Section, type SegmentContents, unstatedQuality, unstatedSize } from "./segment-format.ts";
import { sortedOrder } from "./sort-digests.ts";

/** The references of one list on their way into a segment. */
export interface ReferenceCollection {
  /** Errors: RangeError for a digest of the wrong length; Failure("list-refused") for more than a segment can address. */
  add(reference: Reference): void;
  /** Before `sections` is drawn. */
  contents(): SegmentContents;
  /** The sections in their order; each is drawn whole before the next, and all of them once, for what was written is let go. */
  sections(): Generator<Section>;
}

const blockEntries = 1 << 14;
const mostRows = 0xffff_fffe;
const mostHeapBytes = 0xffff_ffff;
const mostCategories = 0xffff;

const words = (entries: number): Uint32Array => new Uint32Array(entries);

export function collectReferences(): ReferenceCollection {
  const columns = new Map<AlgorithmName, { readonly digests: DigestColumn; readonly references: NumberColumn }>();
  const carries = numberColumn((entries) => new Uint8Array(entries));
  const categoryIndexes = numberColumn((entries) => new Uint16Array(entries));
  const sizes = numberColumn((entries) => new Float64Array(entries));
  const recordOffsets = numberColumn(words);
  const recordIds = textHeap();
  const qualities = numberColumn((entries) => new Uint8Array(entries));
  const categories = new Map<string, number>();
  recordOffsets.push(0);

  const append = (algorithm: AlgorithmName, digest: Uint8Array): void => {
    let column = columns.get(algorithm);
    if (column === undefined) {
      column = { digests: digestColumn(digestBytes[algorithm]), references: numberColumn(words) };
      columns.set(algorithm, column);
    }
    column.digests.push(digest);
    column.references.push(carries.count());
  };

  /** Index of a category's code in the segment's table, from 1; 0 is none. */
  const categoryIndex = (code: string | null): number => {
    if (code === null) return 0;
    const known = categories.get(code);
    if (known !== undefined) return known;
    if (categories.size === mostCategories) throw tooMuch("category codes", mostCategories);
    categories.set(code, categories.size + 1);
    return categories.size;
  };

  return {
    add({ recordId, category, digests, pdqQuality, sizeBytes }) {
      if (carries.count() === mostRows) throw tooMuch("rows", mostRows);
      let mask = recordId === null ? 0 : carriesRecordId;
      for (const [bit, algorithm] of cryptographicAlgorithms.entries()) {
        const digest = digests[algorithm];
        if (digest === undefined) continue;
        append(algorithm, digest);
        mask |= 1 << bit;
      }
      if (digests.pdq !== undefined) {
        append("pdq", digests.pdq);
        qualities.push(pdqQuality ?? unstatedQuality);
        mask |= carriesPdq;
      }
      if (recordId !== null) recordIds.push(recordId);
      if (recordIds.lengthBytes() > mostHeapBytes) throw tooMuch("bytes of record ids", mostHeapBytes);
      recordOffsets.push(recordIds.lengthBytes());
      categoryIndexes.push(categoryIndex(category));
      sizes.push(sizeBytes ?? unstatedSize);
      carries.push(mask);
    },
    contents: () => ({
      rows: carries.count(),
      digests: Object.fromEntries([...columns].map(([algorithm, { digests }]) => [algorithm, digests.count()])),
      categories: [...categories.keys()],
    }),
    *sections() {
      yield { name: "carries", bytes: carries.bytes() };
      yield { name: "categories", bytes: categoryIndexes.bytes() };
      yield { name: "sizes", bytes: sizes.bytes() };
      yield { name: "record-offsets", bytes: recordOffsets.bytes() };
      yield { name: "record-ids", bytes: recordIds.bytes() };
      for (const algorithm of cryptographicAlgorithms) {
        const column = columns.get(algorithm);
        if (column === undefined) continue;
        const order = sortedOrder(column.digests);
        yield { name: `${algorithm}-digests`, bytes: digestsInOrder(column.digests, order) };
        yield { name: `${algorithm}-references`, bytes: numbersInOrder(column.references, order) };
        columns.delete(algorithm);
      }
      const codes = columns.get("pdq");
      if (codes === undefined) return;
      yield { name: "pdq-codes", bytes: codes.digests.bytes() };
      yield { name: "pdq-references", bytes: codes.references.bytes() };
      yield { name: "pdq-qualities", bytes: qualities.bytes() };
    },
  };
}

function* digestsInOrder(column: DigestColumn, order: Uint32Array): Generator<Uint8Array> {
  for (let from = 0; from < order.length; from += blockEntries) {
    const part = order.subarray(from, from + blockEntries);
    const block = new Uint8Array(part.length * column.widthBytes);
    for (let index = 0; index < part.length; index++) column.copy(part[index]!, block, index * column.widthBytes);
    yield block;
  }
}

function* numbersInOrder(column: NumberColumn, order: Uint32Array): Generator<Uint8Array> {
  for (let from = 0; from < order.length; from += blockEntries) yield new Uint8Array(order.subarray(from, from + blockEntries).map((index) => column.at(index)).buffer);
}

function tooMuch(what: string, most: number): Failure {
  return new Failure("list-refused", `list: found more than ${most} ${what}, expected at most as many`);
}
