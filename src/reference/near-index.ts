import { codeBits } from "../kernels/near-layout.ts";
import { type NearSearch, nearSearch, type NearShard } from "../kernels/near-search.ts";
import { digestBytes } from "../model.ts";
import { searchThreads, type SearchThreads, threadsFor } from "./near-threads.ts";

/** A code within the distance that was asked for. Units: bits that differ, of 256. */
export interface Neighbour {
  readonly reference: number;
  readonly distanceBits: number;
}

/** Search for codes that resemble a code, in one list. Every code at most `withinBits` away is found, in the order of the list; none is missed. */
export interface NearIndex {
  /** Errors: RangeError for a code of another length, a distance that no two codes have, and a damaged index. */
  find(code: Uint8Array, withinBits: number): readonly Neighbour[];
  /**
   * The same for many codes, by all threads of the index: `take` is called for every code (by its place) and each of its neighbours, code by code, and nothing
   * is kept. What else the process has to do gets its turn meanwhile.
   *
   * Errors: those of `find`; Error when a thread ends.
   */
  each(codes: readonly Uint8Array[], withinBits: number, take: (code: number, reference: number, distanceBits: number) => void): Promise<void>;
  /** The shards that are searched, and the reference of each of their codes in turn. */
  readonly shards: readonly NearShard[];
  readonly references: Uint32Array;
  /** Bytes of memory that codes, tables and scratch take. */
  readonly memoryBytes: number;
  /** Ends the threads. None keeps the process from ending while nothing is asked. */
  close(): Promise<void>;
}

/** What one call of the threads is asked at most, so that their answers stay small. */
const codesAtOnce = 64;

/** After so long what else waits gets its turn: readers must be heard while a crowded list is searched. */
const longestTurnMs = 20;

/**
 * An index over shards, whose codes follow each other in the order of the list.
 *
 * Shape: `references` the reference of each code, ascending; with one thread, the caller's own searches. The kernel is loaded when something is sought for the first time.
 */
export function nearIndex(shards: readonly NearShard[], references: Uint32Array, threads = threadsFor(references.length)): NearIndex {
  const codes = shards.reduce((sum, shard) => sum + shard.codes, 0);
  if (codes !== references.length) throw new RangeError(`near index: found ${codes} codes, expected ${references.length}`);
  const firstCodes = shards.map((_, number) => shards.slice(0, number).reduce((sum, shard) => sum + shard.codes, 0));
  let begun: readonly NearSearch[] | null = null;
  const searches = (): readonly NearSearch[] => (begun ??= shards.map((shard) => nearSearch(shard, 0)));
  let others: SearchThreads | null = null;

  /** Shape: `found` of each shard, entry and distance in turn. */
  const hand = (found: readonly Uint32Array[], take: (reference: number, distanceBits: number) => void): void => {
    for (const [number, pairs] of found.entries()) for (let at = 0; at < pairs.length; at += 2) take(references[firstCodes[number]! + pairs[at]!]!, pairs[at + 1]!);
  };
  const foundBy = (code: Uint8Array, withinBits: number): Uint32Array[] => searches().map((search) => search.find(code, withinBits));

  return {
    shards,
    references,
    find(code, withinBits) {
      requireCode(code);
      requireDistance(withinBits);
      const neighbours: Neighbour[] = [];
      hand(foundBy(code, withinBits), (reference, distanceBits) => neighbours.push({ reference, distanceBits }));
      return neighbours;
    },
    async each(sought, withinBits, take) {
      for (const code of sought) requireCode(code);
      requireDistance(withinBits);
      let turnBegan = performance.now();
      for (let from = 0; from < sought.length; from += codesAtOnce) {
        const part = sought.slice(from, from + codesAtOnce);
        if (threads > 1) others ??= searchThreads(shards, threads);
        const answers = others === null ? null : await others.find(part, withinBits);
        for (const [index, code] of part.entries()) {
          hand(answers?.[index] ?? foundBy(code, withinBits), (reference, distanceBits) => take(from + index, reference, distanceBits));
          if (performance.now() - turnBegan < longestTurnMs) continue;
          await new Promise((resolve) => setImmediate(resolve));
          turnBegan = performance.now();
        }
      }
    },
    get memoryBytes() {
      return shards.reduce((sum, { memory }) => sum + memory.buffer.byteLength, 0);
    },
    async close() {
      await others?.close();
      others = null;
    },
  };
}

function requireCode(code: Uint8Array): void {
  if (code.length !== digestBytes.pdq) throw new RangeError(`near index: found a code of ${code.length} bytes, expected ${digestBytes.pdq}`);
}

function requireDistance(withinBits: number): void {
  if (!Number.isInteger(withinBits) || withinBits < 0 || withinBits > codeBits) throw new RangeError(`near index: found a distance of ${withinBits} bits, expected 0 to ${codeBits}`);
}
