import { nearKernel } from "./near-kernel.ts";
import { type NearLayout, reachOf } from "./near-layout.ts";
import { codeBytes, scratchOf, scratchWords, type ShardPlaces } from "./near-memory.ts";

/** Codes of one shard in a memory that every thread may look into. */
export interface NearShard {
  readonly memory: WebAssembly.Memory;
  readonly places: ShardPlaces;
  readonly layout: NearLayout;
  readonly codes: number;
}

/** Search in one shard, by one thread. */
export interface NearSearch {
  /** Every code at most `withinBits` away. Shape: entry and distance in turn, entries ascending. Errors: RangeError for a table that names an entry that is not there; WebAssembly.RuntimeError. */
  find(code: Uint8Array, withinBits: number): Uint32Array;
  /** The same, by comparing every code. */
  compareAll(code: Uint8Array, withinBits: number): Uint32Array;
}

/** Candidates cost about what codes cost that are compared one after the other; a few are worth no thought. */
const fewCandidates = 4096;
const keyScale = 512;

/** Shape: `thread` counts from 0; no two threads that search at the same time have the same. */
export function nearSearch({ memory, places, layout, codes }: NearShard, thread: number): NearSearch {
  const kernel = nearKernel(memory);
  const scratch = scratchOf(memory, places, thread);
  const query = new Uint8Array(memory.buffer, scratch, codeBytes);
  const head = new Uint32Array(memory.buffer, scratch, 16);
  const results = new Uint32Array(memory.buffer, head[scratchWords.results]!, 2 * places.mostResults);
  const reach = reachOf(layout);
  const mostCandidates = codes + fewCandidates;

  const found = (): Uint32Array => results.slice(0, 2 * head[scratchWords.resultCount]!);

  const scanned = (withinBits: number): Uint32Array => {
    const parts: Uint32Array[] = [];
    for (let isDone = 0; isDone === 0; ) {
      isDone = kernel.scan(places.codes, codes, scratch, withinBits);
      parts.push(found());
    }
    return parts.length === 1 ? parts[0]! : joined(parts);
  };

  const compareAll = (code: Uint8Array, withinBits: number): Uint32Array => {
    query.set(code);
    kernel.prepare(places.deals, scratch);
    return scanned(withinBits);
  };

  return {
    compareAll,
    find(code, withinBits) {
      if (withinBits > reach) return compareAll(code, withinBits);
      query.set(code);
      const isFound = kernel.find(places.deals, places.chunks, places.chunksEnd, places.codes, scratch, withinBits, mostCandidates);
      return isFound === 1 ? eachOnce(found(), codes) : scanned(withinBits);
    },
  };
}

/** In order, without the repetitions of codes that several chunks led to. */
function eachOnce(pairs: Uint32Array, codes: number): Uint32Array {
  if (pairs.length === 0) return pairs;
  const keys = new Float64Array(pairs.length / 2);
  for (let at = 0; at < keys.length; at++) keys[at] = pairs[2 * at]! * keyScale + pairs[2 * at + 1]!;
  keys.sort();
  let count = 0;
  for (let at = 0; at < keys.length; at++) {
    if (at > 0 && keys[at] === keys[at - 1]) continue;
    const entry = Math.floor(keys[at]! / keyScale);
    if (entry >= codes) throw new RangeError(`near index: found entry ${entry} in a table, expected one below ${codes}`);
    pairs[count++] = entry;
    pairs[count++] = keys[at]! % keyScale;
  }
  return pairs.subarray(0, count);
}

function joined(parts: readonly Uint32Array[]): Uint32Array {
  const whole = new Uint32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
