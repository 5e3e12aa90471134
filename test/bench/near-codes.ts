/** How codes are drawn: every bit for itself; or neighbouring bits equal three times out of four, and one code of fifty in a cluster of near duplicates. */
export type CodeKind = "uniform" | "clustered";

const clusterShare = 50;
const clusterCodes = 500;

/** Code of a number: the same whenever it is asked for, so that nothing has to be held. Shape: written to again by the next call. */
export function codesOf(kind: CodeKind, seed: number): (number: number) => Uint8Array {
  const words = new Uint32Array(8);
  const code = new Uint8Array(words.buffer);
  const draw = (number: number, stream: number): void => {
    let state = (Math.imul(number, 0x9e37_79b1) ^ Math.imul(seed + 1, 0x85eb_ca77) ^ Math.imul(stream, 0xc2b2_ae3d)) >>> 0;
    let other = number >>> 0;
    for (let word = 0; word < 8; word++) {
      state = (state + 0x6d2b_79f5) >>> 0;
      other = mixed(other ^ state);
      words[word] = mixed(other + Math.imul(state, 0x2c1b_3c6d));
    }
  };
  if (kind === "uniform")
    return (number) => {
      draw(number, 0);
      return code;
    };
  const flips = new Uint32Array(8);
  const correlated = (number: number): void => {
    draw(number, 1);
    flips.set(words);
    draw(number, 2);
    let carried = 0;
    for (let word = 0; word < 8; word++) {
      // A bit differs from the one before it where both draws have a one.
      let bits = flips[word]! & words[word]!;
      for (const distance of [1, 2, 4, 8, 16]) bits ^= bits << distance;
      words[word] = bits ^ carried;
      carried = -(words[word]! >>> 31);
    }
  };
  return (number) => {
    if (number % clusterShare !== 0) correlated(number);
    else {
      correlated(-1 - Math.floor(number / clusterShare / clusterCodes));
      for (let turn = number % 7, bit = mixed(number); turn > 0; turn--, bit = mixed(bit)) words[(bit >>> 5) & 7]! ^= 1 << (bit & 31);
    }
    return code;
  };
}

/** A copy with so many bits turned, seeded by a number. */
export function turned(code: Uint8Array, bits: number, number: number): Uint8Array {
  const other = Uint8Array.from(code);
  const done = new Set<number>();
  for (let state = mixed(number + 17); done.size < bits; state = mixed(state + 0x6d2b_79f5)) {
    const bit = state & 255;
    if (done.has(bit)) continue;
    done.add(bit);
    other[bit >>> 3]! ^= 1 << (bit & 7);
  }
  return other;
}

function mixed(value: number): number {
  let state = Math.imul(value ^ (value >>> 16), 0x7feb_352d);
  state = Math.imul(state ^ (state >>> 15), 0x846c_a68b);
  return (state ^ (state >>> 16)) >>> 0;
}
