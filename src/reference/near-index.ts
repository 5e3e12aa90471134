import { codeBits } from "../kernels/near-layout.ts";
import { nearSearch, type NearShard } from "../kernels/near-search.ts";
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
  /** The same for many codes, in their order, by all threads of the index. Errors: those of `find`; Error when a thread ends. */
  findAll(codes: readonly Uint8Array[], withinBits: number): Promise<readonly (readonly Neighbour[])[]>;
  /** Bytes of memory that codes, tables and scratch take. */
  readonly memoryBytes: number;
  /** Ends the threads. None keeps the process from ending while nothing is asked. */
  close(): Promise<void>;
}

/**
 * An index over shards, whose codes follow each other in the order of the list.
 *
 * Shape: `references` the reference of each code, ascending; with one thread, the caller's own searches.
 */
export function nearIndex(shards: readonly NearShard[], references: Uint32Array, threads = threadsFor(references.length)): NearIndex {
  const codes = shards.reduce((sum, shard) => sum + shard.codes, 0);
  if (codes !== references.length) throw new RangeError(`near index: found ${codes} codes, expected ${references.length}`);
  const firstCodes = shards.map((_, number) => shards.slice(0, number).reduce((sum, shard) => sum + shard.codes, 0));
  const searches = shards.map((shard) => nearSearch(shard, 0));
  let others: SearchThreads | null = null;

  const neighbours = (found: readonly Uint32Array[]): Neighbour[] => {
    const all: Neighbour[] = [];
    for (const [number, pairs] of found.entries())
      for (let at = 0; at < pairs.length; at += 2) all.push({ reference: references[firstCodes[number]! + pairs[at]!]!, distanceBits: pairs[at + 1]! });
    return all;
  };

  const find = (code: Uint8Array, withinBits: number): Neighbour[] => {
    requireCode(code);
    requireDistance(withinBits);
    return neighbours(searches.map((search) => search.find(code, withinBits)));
  };

  return {
    find,
    async findAll(sought, withinBits) {
      for (const code of sought) requireCode(code);
      requireDistance(withinBits);
      if (threads === 1) return sought.map((code) => find(code, withinBits));
      others ??= searchThreads(shards, threads);
      return (await others.find(sought, withinBits)).map(neighbours);
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
