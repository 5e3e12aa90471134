import { nearKernel, type NearKernel } from "./near-kernel.ts";
import { layoutFor, type NearLayout } from "./near-layout.ts";
import { codeBytes, mostShardCodes, placer, reach, sharedMemory, tablePlaces, writeChunk, writeDeals } from "./near-memory.ts";

/** What a finished shard holds. */
export interface ShardContents {
  readonly codes: number;
  readonly layout: NearLayout;
}

/** Codes on their way into an index. Holds the codes of one shard and one table of it in memory, whatever the number of shards. */
export interface NearBuilding {
  /** Shape: 32 bytes. */
  push(code: Uint8Array): void;
  /** Makes what is not made yet; once, after the last `push`. */
  finish(): readonly ShardContents[];
}

/** Takes what an index consists of, in order. Shape: `codes` are dealt (near-layout.ts); a table's offsets, postings and prints one behind the other; the bytes are written to again. */
export interface NearTarget {
  codes(bytes: Uint8Array): void;
  tables(bytes: Uint8Array): void;
}

export interface BuildingOptions {
  readonly shardCodes?: number;
  readonly layoutFor?: (codes: number) => NearLayout;
}

const dealsAt = 1024;
const chunkAt = 64 * 1024;
const codesAt = 128 * 1024;
const dealtAtOnce = 4096;
// An engine starts with code that is made quickly, and has better code for the next call: no call may last long.
const sortedAtOnce = 1 << 16;
const growthBytes = 16 * 1024 * 1024;

/** Errors: RangeError when the machine has no room for a shard. */
export function nearBuilding(target: NearTarget, { shardCodes = mostShardCodes, layoutFor: layoutOf = layoutFor }: BuildingOptions = {}): NearBuilding {
  const memory = sharedMemory(codesAt + dealtAtOnce * codeBytes);
  const kernel = nearKernel(memory);
  writeDeals(memory, dealsAt);
  const shards: ShardContents[] = [];
  let bytes = new Uint8Array(memory.buffer);
  let codes = 0;
  let dealt = 0;

  const dealRest = (): void => {
    if (codes === dealt) return;
    const at = codesAt + dealt * codeBytes;
    kernel.deal(dealsAt, at, codes - dealt);
    target.codes(bytes.subarray(at, codesAt + codes * codeBytes));
    dealt = codes;
  };

  const endShard = (): void => {
    dealRest();
    const layout = layoutOf(codes);
    for (const number of layout.keys()) bytes = writeTable(memory, kernel, layout, number, codes, target);
    shards.push({ codes, layout });
    codes = 0;
    dealt = 0;
  };

  return {
    push(code) {
      const at = codesAt + codes * codeBytes;
      if (at + codeBytes > bytes.length) {
        reach(memory, at + growthBytes);
        bytes = new Uint8Array(memory.buffer);
      }
      bytes.set(code, at);
      codes += 1;
      if (codes - dealt === dealtAtOnce) dealRest();
      if (codes === shardCodes) endShard();
    },
    finish() {
      if (codes > 0) endShard();
      return shards;
    },
  };
}

/** One table at a time, behind the codes. */
function writeTable(memory: WebAssembly.Memory, kernel: NearKernel, layout: NearLayout, number: number, codes: number, target: NearTarget): Uint8Array<ArrayBuffer | SharedArrayBuffer> {
  const place = placer(codesAt + codes * codeBytes + 64);
  const table = tablePlaces(layout[number]!, codes, place);
  reach(memory, place(0));
  const bytes = new Uint8Array(memory.buffer);
  const { offsets, postings, prints } = table;
  writeChunk(memory, chunkAt, layout, number, table, { at: 0, count: 0 });
  bytes.fill(0, offsets.at, offsets.at + offsets.bytes + 4);
  for (let from = 0; from < codes; from += sortedAtOnce) kernel.count(chunkAt, codesAt + from * codeBytes, codesAt + Math.min(codes, from + sortedAtOnce) * codeBytes);
  kernel.begin(chunkAt);
  for (let from = 0; from < codes; from += sortedAtOnce) kernel.place(chunkAt, codesAt, from, Math.min(codes, from + sortedAtOnce));
  for (const { at, bytes: length } of [offsets, postings, prints]) target.tables(bytes.subarray(at, at + length));
  return bytes;
}
