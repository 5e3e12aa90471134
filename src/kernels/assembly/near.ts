// Search for codes of 256 bits by Hamming distance. near-memory.ts says where everything lies; the offsets below are those of its two structures.

const CODE_BYTES: u32 = 32;

// One chunk of a layout.
const CHUNK_BYTES: u32 = 44;
const WORD_AT: u32 = 0;
const SHIFT_AT: u32 = 4;
const MASK_AT: u32 = 8;
const PRINT_WORD_AT: u32 = 12;
const PRINT_SHIFT_AT: u32 = 16;
const LIMIT_AT: u32 = 20;
const FLIPS_AT: u32 = 24;
const FLIP_COUNT_AT: u32 = 28;
const OFFSETS_AT: u32 = 32;
const POSTINGS_AT: u32 = 36;
const PRINTS_AT: u32 = 40;
const PRINT_MASK: u32 = 0xffff;

// The head of a thread's scratch.
const QUERY_AT: u32 = 0;
const NEXT_CODE_AT: u32 = 40;
const RESULT_COUNT_AT: u32 = 44;
const MOST_RESULTS_AT: u32 = 48;
const RESULTS_AT: u32 = 52;
const TOUCHED_AT: u32 = 56;
const SURVIVORS_AT: u32 = 64;
const SURVIVORS: u32 = 1024;
const PROBES_AT: u32 = SURVIVORS_AT + 4 * (SURVIVORS + 8);

/** Deals the bits of codes, in place: each half byte adds the bits that its table has for it. */
export function deal(tables: u32, codes: u32, count: u32): void {
  for (let code = codes, end = codes + count * CODE_BYTES; code != end; code += CODE_BYTES) {
    let low = i64x2.splat(0);
    let high = i64x2.splat(0);
    let table = tables;
    for (let at: u32 = 0; at < CODE_BYTES; at++) {
      const byte = <u32>load<u8>(code + at);
      const first = table + ((byte & 15) << 5);
      const second = table + 512 + ((byte >> 4) << 5);
      low = v128.xor(low, v128.xor(v128.load(first), v128.load(second)));
      high = v128.xor(high, v128.xor(v128.load(first, 16), v128.load(second, 16)));
      table += 1024;
    }
    v128.store(code, low);
    v128.store(code, high, 16);
  }
}

/** The bits of a chunk. The word after a code is read, too; none of its bits remain. */
// @ts-ignore: decorator
@inline
function chunkOf(code: u32, wordAt: u32, shift: u64, mask: u32): u32 {
  const low = load<u64>(code + wordAt) >> shift;
  const high = (load<u64>(code + wordAt, 8) << 1) << (63 - shift);
  return <u32>(low | high) & mask;
}

/** First half of a counting sort: how many codes have each value of a chunk; counts are two places on in `offsets`, which has room for two words more than there are values. */
export function count(chunk: u32, codes: u32, to: u32): void {
  const offsets = load<u32>(chunk, OFFSETS_AT);
  const wordAt = load<u32>(chunk, WORD_AT);
  const shift = <u64>load<u32>(chunk, SHIFT_AT);
  const mask = load<u32>(chunk, MASK_AT);
  for (let code = codes; code != to; code += CODE_BYTES) {
    const at = offsets + (chunkOf(code, wordAt, shift, mask) << 2);
    store<u32>(at, load<u32>(at, 8) + 1, 8);
  }
}

/** Between the halves: counts become beginnings. That of bucket b then stands at b + 1, and moves up to where bucket b + 1 begins while `place` fills it. */
export function begin(chunk: u32): void {
  const offsets = load<u32>(chunk, OFFSETS_AT);
  let start: u32 = 0;
  for (let at = offsets + 8, end = offsets + ((load<u32>(chunk, MASK_AT) + 2) << 2); at <= end; at += 4) {
    start += load<u32>(at);
    store<u32>(at, start);
  }
}

/** Second half: every code's entry and print to its place in its bucket. */
export function place(chunk: u32, codes: u32, from: u32, to: u32): void {
  const offsets = load<u32>(chunk, OFFSETS_AT);
  const postings = load<u32>(chunk, POSTINGS_AT);
  const prints = load<u32>(chunk, PRINTS_AT);
  const wordAt = load<u32>(chunk, WORD_AT);
  const shift = <u64>load<u32>(chunk, SHIFT_AT);
  const mask = load<u32>(chunk, MASK_AT);
  const printWordAt = load<u32>(chunk, PRINT_WORD_AT);
  const printShift = <u64>load<u32>(chunk, PRINT_SHIFT_AT);
  for (let entry = from; entry != to; entry++) {
    const code = codes + (entry << 5);
    const at = offsets + (chunkOf(code, wordAt, shift, mask) << 2);
    const into = load<u32>(at, 4);
    store<u32>(at, into + 1, 4);
    store<u32>(postings + (into << 2), entry);
    store<u16>(prints + (into << 1), <u16>chunkOf(code, printWordAt, printShift, PRINT_MASK));
  }
}

/** Looks the query up in every bucket within the radius of each chunk. Gives 0, and no results, when comparing every code costs less: then `scan` is to be called. */
export function find(deals: u32, chunks: u32, chunksEnd: u32, codes: u32, scratch: u32, within: u32, mostCandidates: u32): u32 {
  deal(deals, scratch + QUERY_AT, 1);
  store<u32>(scratch, 0, RESULT_COUNT_AT);
  store<u32>(scratch, 0, NEXT_CODE_AT);
  return probe(chunks, chunksEnd, scratch, mostCandidates) && sift(chunks, chunksEnd, codes, scratch, within) ? 1 : 0;
}

/** First phase: where the buckets lie, without a branch that depends on data, so that the processor waits for many of them at once. */
function probe(chunks: u32, chunksEnd: u32, scratch: u32, mostCandidates: u32): bool {
  let out = scratch + PROBES_AT;
  let candidates: u64 = 0;
  for (let chunk = chunks; chunk != chunksEnd; chunk += CHUNK_BYTES) {
    const sought = chunkOf(scratch + QUERY_AT, load<u32>(chunk, WORD_AT), load<u32>(chunk, SHIFT_AT), load<u32>(chunk, MASK_AT));
    const offsets = load<u32>(chunk, OFFSETS_AT);
    const flips = load<u32>(chunk, FLIPS_AT);
    for (let at = flips, end = flips + (load<u32>(chunk, FLIP_COUNT_AT) << 2); at != end; at += 4, out += 8) {
      const bounds = load<u64>(offsets + ((sought ^ load<u32>(at)) << 2));
      candidates += <u32>(bounds >> 32) - <u32>bounds;
      store<u64>(out, bounds);
    }
  }
  if (candidates > mostCandidates) return false;
  touch(chunks, chunksEnd, scratch);
  return true;
}

/** Brings the prints of the buckets near: the next phase branches, and would wait for one bucket after the other. */
function touch(chunks: u32, chunksEnd: u32, scratch: u32): void {
  let out = scratch + PROBES_AT;
  let sum: u32 = 0;
  for (let chunk = chunks; chunk != chunksEnd; chunk += CHUNK_BYTES) {
    const prints = load<u32>(chunk, PRINTS_AT);
    for (let end = out + (load<u32>(chunk, FLIP_COUNT_AT) << 3); out != end; out += 8)
      sum += load<u8>(prints + (load<u32>(out) << 1)) + load<u8>(prints + (load<u32>(out, 4) << 1));
  }
  // The sum is worth nothing, but loads without a use are left out.
  store<u32>(scratch, sum, TOUCHED_AT);
}

/**
 * Second phase: a candidate goes on when chunk and print together differ in no more bits than both chunks' radii and 1. None is lost that is within the distance: go round the
 * ring of chunks, one step where a chunk is outside of its radius, two where it is within, but together with the next beyond both radii and 1. If every chunk
 * were one or the other, each round would count a radius and 1 for every chunk, which is more than the distance. So some chunk is neither, and leads to the code.
 */
function sift(chunks: u32, chunksEnd: u32, codes: u32, scratch: u32, within: u32): bool {
  const survivors = scratch + SURVIVORS_AT;
  let out = scratch + PROBES_AT;
  let used: u32 = 0;
  let room = load<u32>(scratch, MOST_RESULTS_AT);
  for (let chunk = chunks; chunk != chunksEnd; chunk += CHUNK_BYTES) {
    const print = i16x8.splat(<i16>chunkOf(scratch + QUERY_AT, load<u32>(chunk, PRINT_WORD_AT), load<u32>(chunk, PRINT_SHIFT_AT), PRINT_MASK));
    const prints = load<u32>(chunk, PRINTS_AT);
    const postings = load<u32>(chunk, POSTINGS_AT);
    const limit = load<u32>(chunk, LIMIT_AT);
    const flips = load<u32>(chunk, FLIPS_AT);
    for (let at = flips, end = flips + (load<u32>(chunk, FLIP_COUNT_AT) << 2); at != end; at += 4, out += 8) {
      const most = i16x8.splat(<i16>(limit - popcnt<u32>(load<u32>(at))));
      const to = load<u32>(out, 4);
      for (let from = load<u32>(out); from < to; from += 8) {
        const differing = v128.xor(v128.load(prints + (from << 1)), print);
        const distances = i16x8.extadd_pairwise_i8x16_u(i8x16.popcnt(differing));
        let near = <u32>i16x8.bitmask(i16x8.le_s(distances, most));
        if (near == 0) continue;
        if (to - from < 8) near &= (1 << (to - from)) - 1;
        for (; near != 0; near &= near - 1) {
          store<u32>(survivors + (used << 2), postings + ((from + ctz(near)) << 2));
          used += 1;
        }
        if (used < SURVIVORS) continue;
        if (used > room) return false;
        room -= used;
        verify(codes, scratch, within, used);
        used = 0;
      }
    }
  }
  if (used > room) return false;
  verify(codes, scratch, within, used);
  return true;
}

/** Third phase: which of the survivors are within the distance. */
function verify(codes: u32, scratch: u32, within: u32, count: u32): void {
  const survivors = scratch + SURVIVORS_AT;
  const end = survivors + (count << 2);
  for (let at = survivors; at != end; at += 4) store<u32>(at, load<u32>(load<u32>(at)));
  const sought0 = load<u64>(scratch, QUERY_AT);
  const sought1 = load<u64>(scratch, QUERY_AT + 8);
  const results = load<u32>(scratch, RESULTS_AT);
  let found = load<u32>(scratch, RESULT_COUNT_AT);
  for (let at = survivors; at != end; at += 4) {
    const entry = load<u32>(at);
    const code = codes + (entry << 5);
    const half = <u32>(popcnt<u64>(load<u64>(code) ^ sought0) + popcnt<u64>(load<u64>(code, 8) ^ sought1));
    if (half > within) continue;
    const distance = half + rest(code, scratch);
    if (distance > within) continue;
    store<u64>(results + (found << 3), (<u64>distance << 32) | <u64>entry);
    found += 1;
  }
  store<u32>(scratch, found, RESULT_COUNT_AT);
}

/** Bits that differ in the second half of a code. */
function rest(code: u32, scratch: u32): u32 {
  return <u32>(popcnt<u64>(load<u64>(code, 16) ^ load<u64>(scratch, QUERY_AT + 16)) + popcnt<u64>(load<u64>(code, 24) ^ load<u64>(scratch, QUERY_AT + 24)));
}

/** Compares every code, from where it stopped, after `find` or `prepare`. Gives 0 when there is no room for more results: it is to be called again when they were taken. */
export function scan(codes: u32, count: u32, scratch: u32, within: u32): u32 {
  const sought0 = load<u64>(scratch, QUERY_AT);
  const sought1 = load<u64>(scratch, QUERY_AT + 8);
  const results = load<u32>(scratch, RESULTS_AT);
  const mostResults = load<u32>(scratch, MOST_RESULTS_AT);
  let found: u32 = 0;
  let entry = load<u32>(scratch, NEXT_CODE_AT);
  for (; entry < count; entry++) {
    const code = codes + (entry << 5);
    // Codes that have nothing to do with each other differ in about 64 of the first 128 bits: nearly all of them end here.
    const half = <u32>(popcnt<u64>(load<u64>(code) ^ sought0) + popcnt<u64>(load<u64>(code, 8) ^ sought1));
    if (half > within) continue;
    const distance = half + rest(code, scratch);
    if (distance > within) continue;
    if (found == mostResults) break;
    store<u64>(results + (found << 3), (<u64>distance << 32) | <u64>entry);
    found += 1;
  }
  store<u32>(scratch, found, RESULT_COUNT_AT);
  store<u32>(scratch, entry, NEXT_CODE_AT);
  return entry == count ? 1 : 0;
}

/** Readies a query for `scan`. */
export function prepare(deals: u32, scratch: u32): void {
  deal(deals, scratch + QUERY_AT, 1);
  store<u32>(scratch, 0, NEXT_CODE_AT);
}
