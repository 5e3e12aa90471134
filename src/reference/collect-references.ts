import { Failure } from "../failure.ts";
import { type BuildingOptions, type NearBuilding, nearBuilding, type ShardContents } from "../kernels/near-building.ts";
import { type AlgorithmName, type CryptographicAlgorithm, type Reference, cryptographicAlgorithms, digestBytes } from "../model.ts";
import { blockEntries, numberColumn, smallNumbers, textColumn } from "./column.ts";
import { countDuplicates, type DuplicateCounts } from "./count-duplicates.ts";
import { type DigestSorter, digestSorter, type SortLimits } from "./digest-sorter.ts";
import { requireVectors } from "./near-vectors.ts";
import { carriesPdq, carriesRecordId, largeSize, recordIdsPerOffset, type SectionName, type SegmentContents, unstatedQuality, unstatedSize } from "./segment-format.ts";
import type { SectionTarget } from "./segment-writer.ts";
import type { SpillFile } from "./spill-file.ts";

/** The references of one list on their way into the sections of a segment; what they hold in memory is bounded but for 2 bytes a row, and the PDQ codes of one shard with one table. */
export interface ReferenceCollection {
  /** Errors: RangeError for a digest of the wrong length; Failure("list-refused") for more than a segment can address. */
  add(reference: Reference): void;
  /** What was added so far. */
  contents(): SegmentContents;
  /** Sorts, and hands the rest over; once, after the last `add`. */
  settle(): DuplicateCounts;
}

const mostRows = 0xffff_fffe;
const mostTextBytes = 0xffff_ffff;
const mostCategories = 0xffff;

/** Shape: `spill` null keeps in memory what is to be sorted; `near` says how the index over PDQ codes is cut, when not as usual. */
export function collectReferences(target: SectionTarget, spill: SpillFile | null, limits: SortLimits, near: BuildingOptions = {}): ReferenceCollection {
  const into = (name: SectionName) => (bytes: Uint8Array): void => target.append(name, bytes);
  const words = (name: SectionName) => numberColumn(new Uint32Array(blockEntries), into(name));
  const carries = numberColumn(new Uint8Array(blockEntries), into("carries"));
  const sizes = words("sizes");
  const largeSizeRows = words("large-size-rows");
  const largeSizes = numberColumn(new Float64Array(blockEntries), into("large-sizes"));
  const recordOffsets = words("record-offsets");
  const recordIds = textColumn(into("record-ids"));
  const codeReferences = words("pdq-references");
  const sensitiveRows = words("sensitive-rows");
  const sensitiveTexts = textColumn(into("sensitive-texts"));
  const qualities = numberColumn(new Uint8Array(blockEntries), into("pdq-qualities"));
  const columns = [carries, sizes, largeSizeRows, largeSizes, recordOffsets, recordIds, codeReferences, qualities, sensitiveRows, sensitiveTexts];
  const sorters = new Map<CryptographicAlgorithm, DigestSorter>();
  // Sorted only to be counted: the index has its own order.
  let codeSorter: DigestSorter | null = null;
  const categories = new Map<string, number>();
  // Kept besides, for the count of duplicates asks for them in the order of the digests.
  const categoryIndexes = smallNumbers();
  let rows = 0;
  let codes = 0;
  // Most lists hold no codes: the index takes its memory when the first one comes.
  let building: NearBuilding | null = null;
  let nearShards: readonly ShardContents[] = [];

  const sorterOf = (algorithm: CryptographicAlgorithm): DigestSorter => {
    const sorter = sorters.get(algorithm) ?? digestSorter(digestBytes[algorithm], spill, limits);
    sorters.set(algorithm, sorter);
    return sorter;
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

  const addSize = (sizeBytes: number | null): void => {
    if (sizeBytes === null) return sizes.push(unstatedSize);
    if (sizeBytes < largeSize) return sizes.push(sizeBytes);
    sizes.push(largeSize);
    largeSizeRows.push(rows);
    largeSizes.push(sizeBytes);
  };

  const addCode = (code: Uint8Array, quality: number | null): void => {
    if (code.length !== digestBytes.pdq) throw new RangeError(`collect references: found ${code.length} bytes of a code, expected ${digestBytes.pdq}`);
    if (building === null) requireVectors("list", "without them a list with perceptual codes cannot be imported");
    building ??= nearBuilding({ codes: into("pdq-codes"), tables: into("pdq-tables") }, near);
    building.push(code);
    codeSorter ??= digestSorter(digestBytes.pdq, spill, limits);
    codeSorter.push(code, rows);
    codeReferences.push(rows);
    qualities.push(quality ?? unstatedQuality);
    codes += 1;
  };

  const contents = (): SegmentContents => {
    const digests: Partial<Record<AlgorithmName, number>> = {};
    for (const [algorithm, sorter] of sorters) digests[algorithm] = sorter.count();
    if (codes > 0) digests.pdq = codes;
    return { rows, digests, categories: [...categories.keys()], nearShards };
  };

  return {
    contents,
    add({ recordId, category, digests, pdqQuality, sizeBytes, series, tags }) {
      if (rows === mostRows) throw tooMuch("rows", mostRows);
      let mask = recordId === null ? 0 : carriesRecordId;
      for (let bit = 0; bit < cryptographicAlgorithms.length; bit++) {
        const algorithm = cryptographicAlgorithms[bit]!;
        const digest = digests[algorithm];
        if (digest === undefined) continue;
        sorterOf(algorithm).push(digest, rows);
        mask |= 1 << bit;
      }
      if (digests.pdq !== undefined) {
        addCode(digests.pdq, pdqQuality);
        mask |= carriesPdq;
      }
      if (rows % recordIdsPerOffset === 0) recordOffsets.push(recordIds.lengthBytes());
      recordIds.push(recordId ?? "");
      if (recordIds.lengthBytes() > mostTextBytes) throw tooMuch("bytes of record ids", mostTextBytes);
      categoryIndexes.push(categoryIndex(category));
      addSize(sizeBytes);
      if (series !== undefined || tags !== undefined) {
        sensitiveRows.push(rows);
        sensitiveTexts.push(JSON.stringify([series ?? [], tags ?? []]));
      }
      carries.push(mask);
      rows += 1;
    },
    settle() {
      for (const column of columns) column.flush();
      nearShards = building?.finish() ?? [];
      building = null;
      for (const block of categoryIndexes.all()) target.append("categories", new Uint8Array(block.buffer, block.byteOffset, block.byteLength));
      const counting = countDuplicates(rows, categoryIndexes.at);
      for (const [algorithm, sorter] of sorters) {
        const count = counting.column();
        for (const { digests, references, startsAnew } of sorter.sorted()) {
          target.append(`${algorithm}-digests`, digests);
          target.append(`${algorithm}-references`, new Uint8Array(references.buffer));
          for (let at = 0; at < references.length; at++) count(references[at]!, startsAnew[at] === 0);
        }
      }
      const count = counting.column();
      for (const { references, startsAnew } of codeSorter?.sorted() ?? []) for (let at = 0; at < references.length; at++) count(references[at]!, startsAnew[at] === 0);
      codeSorter = null;
      return counting.counts();
    },
  };
}

function tooMuch(what: string, most: number): Failure {
  return new Failure("list-refused", `list: found more than ${most} ${what}, expected at most as many`);
}
