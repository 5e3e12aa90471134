import type { Entry } from "../model.ts";
import type { CanonicalValue } from "./canonical.ts";
import { keysInOrder } from "./key-order.ts";
import { placeBytes, writePlace } from "./plan-place.ts";
import type { ReadingOrder } from "./record.ts";

/** Entries in memory while they are put in order. A number of one counts from 0, in the order of `add`. */
export interface FoundRows {
  readonly count: number;
  /** What they take, and will take to be put in order. Units: bytes. */
  readonly sizeBytes: number;
  /** Errors: RangeError for what has no place (`writePlace`). */
  add(entry: Entry, order: ReadingOrder | undefined): void;
  /** The numbers in the order of reading. */
  inOrder(): Uint32Array;
  /** Shape: a view, good until the next `add`. */
  place(no: number): Uint8Array;
  /** The values of `foundColumns` behind two others. Shape: the path is a view, good until the next `add`. */
  valuesBehind(one: CanonicalValue, other: CanonicalValue, no: number): readonly CanonicalValue[];
  /** A text that all names of one file have; null for a row that is no file of several names. */
  fileOf(no: number): string | null;
  clear(): void;
}

// Values of a row in columns of plain numbers: as objects, a hundred thousand rows would be moved about by every collection of garbage.
const wideFacts = 6;
const plainFacts = 3;
const texts = 3;
const firstRows = 512;
const firstKeyBytes = 64 * firstRows;
// A row without its key: its facts, where its key ends, which of its facts are texts, and its number and eight bytes of it for putting in order.
const rowBytes = 8 * (wideFacts + plainFacts) + 4 * (texts + 1) + 1 + 12;
// For each, roughly: what is remembered of a file of several names, or of a text that was not there yet.
const rememberedBytes = 256;

/** An empty store of rows. */
export function foundRows(): FoundRows {
  let rows = firstRows;
  let keys = new Uint8Array(firstKeyBytes);
  let keysView = new DataView(keys.buffer);
  let starts = new Uint32Array(rows + 1);
  let wides = new BigInt64Array(wideFacts * rows);
  let plains = new Float64Array(plainFacts * rows);
  let textOf = new Uint32Array(texts * rows);
  // By bits, which of the wide facts 64 bits do not hold: they are decimal texts.
  let asText = new Uint8Array(rows);
  let count = 0;
  let remembered = 0;
  const textNumbers = new Map<string | null, number>();
  const allTexts: (string | null)[] = [];

  const numberOf = (text: string | null): number => {
    const known = textNumbers.get(text);
    if (known !== undefined) return known;
    remembered += rememberedBytes + 2 * (text?.length ?? 0);
    textNumbers.set(text, allTexts.length);
    return allTexts.push(text) - 1;
  };
  const keep = (at: number, value: bigint): void => {
    wides[at] = value;
    if (wides[at] === value) return;
    asText[count]! |= 1 << (at % wideFacts);
    wides[at] = BigInt(numberOf(String(value)));
  };
  const wide = (no: number, fact: number): bigint | string => {
    const value = wides[wideFacts * no + fact]!;
    return (asText[no]! & (1 << fact)) === 0 ? value : allTexts[Number(value)]!;
  };
  const reserve = (keyBytes: number): void => {
    const end = starts[count]! + keyBytes;
    if (end > keys.length) {
      keys = grown(keys, new Uint8Array(Math.max(2 * keys.length, end)));
      keysView = new DataView(keys.buffer);
    }
    if (count < rows) return;
    rows *= 2;
    starts = grown(starts, new Uint32Array(rows + 1));
    wides = grown(wides, new BigInt64Array(wideFacts * rows));
    plains = grown(plains, new Float64Array(plainFacts * rows));
    textOf = grown(textOf, new Uint32Array(texts * rows));
    asText = grown(asText, new Uint8Array(rows));
  };

  return {
    get count() {
      return count;
    },
    get sizeBytes() {
      return starts[count]! + count * rowBytes + remembered;
    },
    add(entry, order) {
      const { path } = entry;
      reserve(placeBytes + path.length);
      const start = starts[count]!;
      writePlace(keysView, start, entry, order);
      keys.set(path, start + placeBytes);
      asText[count] = 0;
      const wideAt = wideFacts * count;
      keep(wideAt, entry.device);
      keep(wideAt + 1, entry.inode);
      keep(wideAt + 2, entry.modifiedNs);
      keep(wideAt + 3, entry.changedNs);
      keep(wideAt + 4, entry.accessedNs);
      keep(wideAt + 5, entry.createdNs);
      const plainAt = plainFacts * count;
      plains[plainAt] = entry.sizeBytes;
      plains[plainAt + 1] = entry.links;
      plains[plainAt + 2] = entry.mode;
      const textAt = texts * count;
      textOf[textAt] = numberOf(entry.kind);
      textOf[textAt + 1] = numberOf(entry.unread);
      textOf[textAt + 2] = numberOf(entry.errorCode);
      if (entry.links > 1) remembered += rememberedBytes;
      count += 1;
      starts[count] = start + placeBytes + path.length;
    },
    inOrder: () => keysInOrder({ bytes: keys, starts, count }),
    place: (no) => keys.subarray(starts[no]!, starts[no]! + placeBytes),
    valuesBehind(one, other, no) {
      const path = keys.subarray(starts[no]! + placeBytes, starts[no + 1]!);
      const [plainAt, textAt] = [plainFacts * no, texts * no];
      return [
        one, other, path, allTexts[textOf[textAt]!]!, BigInt(plains[plainAt]!), wide(no, 0), wide(no, 1), plains[plainAt + 1]!, plains[plainAt + 2]!,
        wide(no, 2), wide(no, 3), wide(no, 4), wide(no, 5), allTexts[textOf[textAt + 1]!]!, allTexts[textOf[textAt + 2]!]!,
      ];
    },
    fileOf(no) {
      const [plainAt, inode] = [plainFacts * no, wide(no, 1)];
      // An inode number of 0 is none: a driver that states it for every file would make them one.
      if (plains[plainAt + 1]! <= 1 || inode === 0n || allTexts[textOf[texts * no]!] !== "file") return null;
      return `${wide(no, 0)} ${inode} ${plains[plainAt]!} ${wide(no, 2)} ${wide(no, 3)}`;
    },
    clear() {
      count = remembered = 0;
      textNumbers.clear();
      allTexts.length = 0;
    },
  };
}

interface Column<Values> {
  readonly length: number;
  set(values: Values): void;
}

function grown<Values extends Column<Values>>(values: Values, into: Values): Values {
  into.set(values);
  return into;
}
