/** Samples a side of the square that PDQ looks at. */
export const blockSide = 64;

/**
 * What one axis of a picture contributes to the 64 samples: PDQ's two rounds of box filter and its decimation in one sparse matrix.
 *
 * Shape: sample s is the sum over t < count[s] of weights[start[s] + t] * input[first[s] + t]; `first` and `first + count` never decrease.
 */
export interface TentFilter {
  readonly first: Uint32Array;
  readonly count: Uint32Array;
  readonly start: Uint32Array;
  readonly weights: Float64Array;
}

/**
 * The filter of an axis of `length` samples.
 *
 * Source: PDQ, steps 4 and 5; the passes are linear and separable, so they may be taken together.
 */
export function tentFilter(length: number): TentFilter {
  const box = boxOf(length);
  const first = new Uint32Array(blockSide);
  const count = new Uint32Array(blockSide);
  const start = new Uint32Array(blockSide);
  let total = 0;
  for (let sample = 0; sample < blockSide; sample++) {
    const outer = box(centre(sample, length));
    first[sample] = box(outer.low).low;
    count[sample] = box(outer.high).high - first[sample]! + 1;
    start[sample] = total;
    total += count[sample]!;
  }
  const weights = new Float64Array(total);
  for (let sample = 0; sample < blockSide; sample++) {
    const taps = weights.subarray(start[sample]!, start[sample]! + count[sample]!);
    writeTaps(taps, first[sample]!, box(centre(sample, length)), box);
  }
  return { first, count, start, weights };
}

interface Window {
  readonly low: number;
  readonly high: number;
}

/** The window of PDQ's box filter around a position, both ends inside the axis. An even width leans one sample to the right. */
function boxOf(length: number): (position: number) => Window {
  const width = Math.floor((length + 127) / 128);
  const half = (width + 2) >> 1;
  return (position) => ({ low: Math.max(0, position - (width - half)), high: Math.min(length - 1, position + half - 1) });
}

function centre(sample: number, length: number): number {
  return Math.floor(((sample + 0.5) * length) / blockSide);
}

/** Adds up the boxes around each position of the outer box: their edges first, then the running sum, so that the time is linear. */
function writeTaps(taps: Float64Array, first: number, outer: Window, box: (position: number) => Window): void {
  for (let position = outer.low; position <= outer.high; position++) {
    const inner = box(position);
    const share = 1 / ((outer.high - outer.low + 1) * (inner.high - inner.low + 1));
    taps[inner.low - first]! += share;
    if (inner.high + 1 - first < taps.length) taps[inner.high + 1 - first]! -= share;
  }
  for (let at = 1; at < taps.length; at++) taps[at]! += taps[at - 1]!;
}
