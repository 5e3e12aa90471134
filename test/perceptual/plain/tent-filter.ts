/** Samples a side of the square that PDQ looks at. */
export const blockSide = 64;

/** Where windows that reach beyond the picture are kept: behind the samples. */
export const clippedPart = blockSide;

/**
 * What one axis of a picture contributes to the 64 samples: PDQ's two rounds of box filter and its decimation in one sparse matrix of whole numbers.
 *
 * Shape: part p is the sum over t < count[p] of weights[start[p] + t] * input[first[p] + t]. Parts 0..63 are the samples, times width * width; part 64 is the
 *        last sample's window that the end of the axis cuts off, times (width - 1), which belongs to that sample with a weight of 1 / width.
 */
export interface TentFilter {
  readonly width: number;
  readonly first: Uint32Array;
  readonly count: Uint32Array;
  readonly start: Uint32Array;
  readonly weights: Float64Array;
}

/**
 * The filter of an axis of `length` samples, from the definition of its windows.
 *
 * Errors: when windows are cut off elsewhere than assumed here: then the kernel is wrong too.
 * Source: PDQ, steps 4 and 5; the passes are linear and separable, so they may be taken together.
 */
export function tentFilter(length: number): TentFilter {
  const box = boxOf(length);
  const { width } = box;
  const first = new Uint32Array(blockSide + 1);
  const count = new Uint32Array(blockSide + 1);
  const start = new Uint32Array(blockSide + 1);
  const parts: Float64Array[] = [];
  for (let sample = 0; sample < blockSide; sample++) {
    const outer = box.around(centre(sample, length));
    if (sizeOf(outer) !== width) throw new Error(`tent filter of ${length}: window of ${sizeOf(outer)} around sample ${sample}, expected ${width}`);
    first[sample] = box.around(outer.low).low;
    count[sample] = box.around(outer.high).high - first[sample]! + 1;
    const last = box.around(outer.high);
    const isClipped = sizeOf(last) !== width;
    if (isClipped && (sample !== blockSide - 1 || sizeOf(last) !== width - 1)) throw new Error(`tent filter of ${length}: sample ${sample} has a window of ${sizeOf(last)}, expected ${width}`);
    if (isClipped) {
      first[clippedPart] = last.low;
      count[clippedPart] = width - 1;
    }
    parts.push(taps(count[sample]!, first[sample]!, { low: outer.low, high: outer.high - (isClipped ? 1 : 0) }, box));
  }
  parts.push(new Float64Array(count[clippedPart]!).fill(1));
  const weights = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0));
  let total = 0;
  parts.forEach((part, at) => {
    weights.set(part, total);
    start[at] = total;
    total += part.length;
  });
  return { width, first, count, start, weights };
}

interface Window {
  readonly low: number;
  readonly high: number;
}

interface Box {
  readonly width: number;
  /** The window around a position, both ends inside the axis. An even width leans one sample to the right. */
  around(position: number): Window;
}

function boxOf(length: number): Box {
  const width = Math.floor((length + 127) / 128);
  const half = (width + 2) >> 1;
  return { width, around: (position) => ({ low: Math.max(0, position - (width - half)), high: Math.min(length - 1, position + half - 1) }) };
}

function sizeOf({ low, high }: Window): number {
  return high - low + 1;
}

function centre(sample: number, length: number): number {
  return Math.floor(((sample + 0.5) * length) / blockSide);
}

/** How many of the windows around the positions hold a pixel: their edges first, then the running sum, so that the time is linear. */
function taps(length: number, first: number, positions: Window, box: Box): Float64Array {
  const weights = new Float64Array(length);
  for (let position = positions.low; position <= positions.high; position++) {
    const window = box.around(position);
    if (sizeOf(window) !== box.width) throw new Error(`tent filter: window of ${sizeOf(window)} around ${position}, expected ${box.width}`);
    weights[window.low - first]! += 1;
    if (window.high + 1 - first < length) weights[window.high + 1 - first]! -= 1;
  }
  for (let at = 1; at < length; at++) weights[at]! += weights[at - 1]!;
  return weights;
}
