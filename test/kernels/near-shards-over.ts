import { type BuildingOptions, nearBuilding } from "../../src/kernels/near-building.ts";
import { type NearPart, nearShards, type NearShards } from "../../src/kernels/near-shard.ts";

/** Shards over codes that are at hand, made, stored and taken up again as an import and an opening do it. */
export function shardsOver(codes: Iterable<Uint8Array>, options: BuildingOptions = {}): NearShards {
  const stored: Record<NearPart, Buffer[]> = { codes: [], tables: [] };
  const building = nearBuilding({ codes: (bytes) => stored.codes.push(Buffer.from(bytes)), tables: (bytes) => stored.tables.push(Buffer.from(bytes)) }, options);
  for (const code of codes) building.push(code);
  const near = nearShards(building.finish());
  for (const part of ["codes", "tables"] as const) {
    let from = 0;
    for (const bytes of stored[part]) {
      near.write(part, from, bytes);
      from += bytes.length;
    }
  }
  return near;
}

export function turned(code: Uint8Array, bits: Iterable<number>): Uint8Array {
  const other = Uint8Array.from(code);
  for (const bit of bits) other[31 - (bit >> 3)]! ^= 1 << (bit & 7);
  return other;
}
