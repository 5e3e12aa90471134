import type { ShardContents } from "./near-building.ts";
import { codeBytes, shardMemory, shardPlaces, type TablePlaces } from "./near-memory.ts";
import type { NearShard } from "./near-search.ts";

export type NearPart = "codes" | "tables";

/** Length of what `NearBuilding` gives for a shard. */
export function partBytes({ layout, codes }: ShardContents, part: NearPart): number {
  if (part === "codes") return codes * codeBytes;
  return layout.reduce((sum, { bits }) => sum + 4 * (2 ** bits + 1) + 6 * codes, 0);
}

/** Shards whose memories are there, and take what is written as one row of bytes for each part. */
export interface NearShards {
  readonly shards: readonly NearShard[];
  /** Shape: `from` counts from the beginning of the first shard's; all of it is written before anybody searches. Errors: RangeError beyond the end. */
  write(part: NearPart, from: number, bytes: Uint8Array): void;
}

/** Errors: RangeError when the machine has no room. */
export function nearShards(contents: readonly ShardContents[]): NearShards {
  const shards = contents.map(({ codes, layout }): NearShard => {
    const places = shardPlaces(layout, codes);
    return { memory: shardMemory(layout, places), places, layout, codes };
  });
  const regions: Readonly<Record<NearPart, readonly Region[]>> = { codes: regionsOf(shards, codesOf), tables: regionsOf(shards, tablesOf) };
  return {
    shards,
    write(part, from, bytes) {
      let left = bytes;
      let to = from;
      for (const { begin, target } of regions[part]) {
        if (left.length === 0) return;
        if (to >= begin + target.length) continue;
        const taken = Math.min(left.length, begin + target.length - to);
        target.set(left.subarray(0, taken), to - begin);
        left = left.subarray(taken);
        to += taken;
      }
      if (left.length > 0) throw new RangeError(`near shards: found ${left.length} bytes more of ${part} than there is room for`);
    },
  };
}

interface Region {
  readonly begin: number;
  readonly target: Uint8Array;
}

interface Extent {
  readonly at: number;
  readonly bytes: number;
}

function regionsOf(shards: readonly NearShard[], extentsOf: (shard: NearShard) => readonly Extent[]): Region[] {
  let begin = 0;
  return shards.flatMap((shard) =>
    extentsOf(shard).map(({ at, bytes }): Region => {
      const region = { begin, target: new Uint8Array(shard.memory.buffer, at, bytes) };
      begin += bytes;
      return region;
    }),
  );
}

function codesOf({ places, codes }: NearShard): Extent[] {
  return [{ at: places.codes, bytes: codes * codeBytes }];
}

function tablesOf({ places }: NearShard): Extent[] {
  return places.tables.flatMap(({ offsets, postings, prints }: TablePlaces) => [offsets, postings, prints]);
}

