import { codeBits, dealtPlaces, flipsOf, type NearChunk, type NearLayout } from "./near-layout.ts";

// The memory of one shard: what half bytes are dealt to, the chunks, their flips, the codes, for each chunk offsets, postings and prints, then the threads' scratch.
// Everything begins at a multiple of 64 bytes, and 64 bytes behind each are free: the kernel reads and writes ahead.
const dealsAt = 1024;
const dealBytes = (codeBits / 4) * 16 * 32;
const wordsOfChunk = 11;
const pageBytes = 65_536;
const mostPages = 65_536;
const mostThreads = 16;

export const codeBytes = codeBits / 8;

/** Units: codes. 110 bytes each and 63 MB fit into the 4 GB that a shard may have. */
export const mostShardCodes = 2 ** 25;

/** Where the parts of a chunk's table are. Units: bytes. */
export interface TablePlaces {
  readonly offsets: { readonly at: number; readonly bytes: number };
  readonly postings: { readonly at: number; readonly bytes: number };
  readonly prints: { readonly at: number; readonly bytes: number };
}

/** Addresses in the memory of a shard. Units: bytes. */
export interface ShardPlaces {
  readonly deals: number;
  readonly chunks: number;
  readonly chunksEnd: number;
  readonly flips: readonly number[];
  readonly codes: number;
  readonly tables: readonly TablePlaces[];
  readonly scratch: number;
  readonly scratchBytes: number;
  /** Results that a scratch has room for; when looking up leads to more, comparing every code is no slower. */
  readonly mostResults: number;
}

// The head of a scratch, as the kernel has it.
export const scratchWords = { resultCount: 11, mostResults: 12, results: 13 } as const;
const survivorsAt = 64;
const probesAt = survivorsAt + 4 * (1024 + 8);
const leastResults = 4096;

export function shardPlaces(layout: NearLayout, codes: number): ShardPlaces {
  const place = placer(dealsAt);
  const deals = place(dealBytes);
  const chunks = place(4 * wordsOfChunk * layout.length);
  const flips = layout.map((chunk) => place(4 * flipsOf(chunk).length));
  const codesAt = place(codes * codeBytes);
  const tables = layout.map((chunk) => tablePlaces(chunk, codes, place));
  const mostResults = Math.max(leastResults, codes >>> 5);
  const probes = layout.reduce((sum, chunk) => sum + flipsOf(chunk).length, 0);
  return { deals, chunks, chunksEnd: chunks + 4 * wordsOfChunk * layout.length, flips, codes: codesAt, tables, scratch: place(0), scratchBytes: aligned(probesAt + 8 * probes + 8 * mostResults), mostResults };
}

/** Where one table goes that is made behind codes. Shape: of its offsets, a word more is used meanwhile. */
export function tablePlaces({ bits }: NearChunk, codes: number, place: (bytes: number) => number): TablePlaces {
  const part = (bytes: number) => ({ at: place(bytes), bytes });
  return { offsets: part(4 * (2 ** bits + 1)), postings: part(4 * codes), prints: part(2 * codes) };
}

/** Gives out places one behind the other. */
export function placer(from: number): (bytes: number) => number {
  let next = aligned(from);
  return (bytes) => {
    const at = next;
    next = aligned(at + bytes + 64);
    return at;
  };
}

/** A memory of so many bytes that can grow. Errors: RangeError beyond 4 GB, or when the machine has no room. */
export function sharedMemory(bytes: number, mostBytes = Infinity): WebAssembly.Memory {
  return new WebAssembly.Memory({ initial: Math.ceil(bytes / pageBytes), maximum: Math.min(mostPages, Math.ceil(mostBytes / pageBytes)), shared: true });
}

/** The memory of a shard, ready for its codes and tables. */
export function shardMemory(layout: NearLayout, places: ShardPlaces): WebAssembly.Memory {
  const memory = sharedMemory(places.scratch + places.scratchBytes, places.scratch + mostThreads * places.scratchBytes);
  writeDeals(memory, places.deals);
  for (const [number, chunk] of layout.entries()) {
    const flips = flipsOf(chunk);
    new Uint32Array(memory.buffer, places.flips[number]!, flips.length).set(flips);
    writeChunk(memory, places.chunks + 4 * wordsOfChunk * number, layout, number, places.tables[number]!, { at: places.flips[number]!, count: flips.length });
  }
  return memory;
}

/** A thread's scratch; each has its own. Errors: RangeError for more than 16 threads. */
export function scratchOf(memory: WebAssembly.Memory, { scratch, scratchBytes, mostResults }: ShardPlaces, thread: number): number {
  if (thread >= mostThreads) throw new RangeError(`near index: found thread ${thread}, expected fewer than ${mostThreads}`);
  const at = scratch + thread * scratchBytes;
  reach(memory, at + scratchBytes);
  const words = new Uint32Array(memory.buffer, at, 16);
  words[scratchWords.mostResults] = mostResults;
  words[scratchWords.results] = at + scratchBytes - 8 * mostResults;
  return at;
}

/** Lets the memory grow up to an address, at least. */
export function reach(memory: WebAssembly.Memory, end: number): void {
  const missing = end - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / pageBytes));
}

/** What the kernel has to know of a chunk. Shape: `flips` is of no use while its table is made. */
export function writeChunk(memory: WebAssembly.Memory, at: number, layout: NearLayout, number: number, { offsets, postings, prints }: TablePlaces, flips: { readonly at: number; readonly count: number }): void {
  const { bits, radius } = layout[number]!;
  const next = layout[(number + 1) % layout.length]!;
  const from = layout.slice(0, number).reduce((sum, chunk) => sum + chunk.bits, 0);
  const printFrom = (from + bits) % codeBits;
  const words = [(from >>> 6) * 8, from & 63, 2 ** bits - 1, (printFrom >>> 6) * 8, printFrom & 63, radius + next.radius + 1, flips.at, flips.count, offsets.at, postings.at, prints.at];
  new Uint32Array(memory.buffer, at, wordsOfChunk).set(words);
}

/** For each half byte of a code and each of its values, the code that its bits are dealt to. */
export function writeDeals(memory: WebAssembly.Memory, at: number): void {
  const deals = new Uint8Array(memory.buffer, at, dealBytes);
  const places = dealtPlaces();
  for (let half = 0; half < codeBits / 4; half++)
    for (let value = 1; value < 16; value++)
      for (let bit = 0; bit < 4; bit++) {
        if (((value >>> bit) & 1) === 0) continue;
        const place = places[8 * (codeBytes - 1 - (half >>> 1)) + 4 * (half & 1) + bit]!;
        deals[(half * 16 + value) * codeBytes + (place >>> 3)]! |= 1 << (place & 7);
      }
}

function aligned(at: number): number {
  return Math.ceil(at / 64) * 64;
}

