import { loadKernel } from "./load-kernel.ts";

/**
 * Pixels of a picture, or of a part of one.
 *
 * Shape: 8 bits a channel, channels interleaved, grey or red, green, blue; the part begins `leftPixels`, `topPixels` into the whole, whose rows lie one
 *        behind the other without gaps; 5 pixels a side or more.
 */
export interface PixelArea {
  readonly data: Uint8Array;
  readonly channels: 1 | 3;
  readonly wholeWidthPixels: number;
  readonly leftPixels: number;
  readonly topPixels: number;
  readonly widthPixels: number;
  readonly heightPixels: number;
}

/**
 * What the kernel makes of one way of looking at a picture.
 *
 * Shape: `codes` of the picture as it is, turned by 90, 180 and 270 degrees counter-clockwise, mirrored (left and right swapped), flipped (top and bottom
 *        swapped), transposed, anti-transposed; 32 bytes each, byte 0 holds bits 255..248.
 * Units: `quality` 0..100; `uniformPercent` of the 64x64 samples lie within the tolerance of the most common luma, rounded down.
 */
export interface PdqView {
  readonly quality: number;
  readonly uniformPercent: number;
  readonly codes: readonly Uint8Array[];
}

/** Both ways in which implementations of PDQ look at a picture. `squeezed`, to 512x512, is null for a picture that is no larger than that on a side. */
export interface PdqViews {
  readonly full: PdqView;
  readonly squeezed: PdqView | null;
}

interface Exports {
  cosines(): number;
  result(): number;
  rowsFrom(width: number, channels: number): number;
  begin(width: number, height: number, channels: number): void;
  addRows(rows: number, count: number, strideBytes: number): void;
  finish(ofSqueezed: number, tolerance: number): void;
}

export const orientationCount = 8;

const pageBytes = 65_536;
/** As the kernel was built: all that 32-bit addresses reach. */
const maximumPages = 65_536;
const codeBytes = 32;
const squeezedSide = 512;

/** Rows are handed over in bands of this size, so that memory does not grow with the picture and a band stays in the cache; of wider rows one by one. */
const bandBytes = 256 * 1024;

/** What the kernel may read behind the last row. */
const slackBytes = 16;

/**
 * The PDQ kernel with a memory of its own, for one picture at a time.
 *
 * Shape:  the function takes an area of a picture and how far from the most common luma a sample counts as uniform.
 * Source: PDQ hashing algorithm (facebook/ThreatExchange, pdq); equal to the plain implementation in test/perceptual/plain to the bit.
 */
export function startPdqKernel(): (area: PixelArea, uniformTolerance: number) => PdqViews {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: maximumPages });
  const kernel = new WebAssembly.Instance(loadKernel("pdq"), { env: { memory } }).exports as unknown as Exports;
  const reachTo = (endBytes: number): void => {
    const missing = endBytes - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / pageBytes));
  };
  reachTo(kernel.rowsFrom(squeezedSide, 3));
  new Float64Array(memory.buffer, kernel.cosines(), 2 * cosineCount).set(cosines());

  const view = (ofSqueezed: boolean, uniformTolerance: number): PdqView => {
    kernel.finish(ofSqueezed ? 1 : 0, uniformTolerance);
    const result = new Uint8Array(memory.buffer, kernel.result(), 2 + orientationCount * codeBytes);
    const codes = Array.from({ length: orientationCount }, (_, at) => result.slice(2 + at * codeBytes, 2 + (at + 1) * codeBytes));
    return { quality: result[0]!, uniformPercent: result[1]!, codes };
  };

  return ({ data, channels, wholeWidthPixels, leftPixels, topPixels, widthPixels, heightPixels }, uniformTolerance) => {
    const strideBytes = wholeWidthPixels * channels;
    const bandRows = Math.max(1, Math.floor(bandBytes / strideBytes));
    const rowsAt = kernel.rowsFrom(widthPixels, channels);
    reachTo(rowsAt + bandRows * strideBytes + slackBytes);
    const bytes = new Uint8Array(memory.buffer);
    kernel.begin(widthPixels, heightPixels, channels);
    for (let row = 0; row < heightPixels; row += bandRows) {
      const count = Math.min(bandRows, heightPixels - row);
      const from = (topPixels + row) * strideBytes + leftPixels * channels;
      // The last row of an area ends before its whole row does, perhaps at the end of the data.
      bytes.set(data.subarray(from, from + (count - 1) * strideBytes + widthPixels * channels), rowsAt);
      kernel.addRows(rowsAt, count, strideBytes);
    }
    const full = view(false, uniformTolerance);
    const isSqueezed = widthPixels > squeezedSide || heightPixels > squeezedSide;
    return { full, squeezed: isSqueezed ? view(true, uniformTolerance) : null };
  };
}

const frequencies = 16;
const samples = 64;
const cosineCount = frequencies * samples;

/** Cosines of PDQ's transform (step 7), frequency by frequency, then the same ones sample by sample. */
function cosines(): Float64Array {
  const table = new Float64Array(2 * cosineCount);
  for (let frequency = 0; frequency < frequencies; frequency++) {
    for (let sample = 0; sample < samples; sample++) {
      const cosine = Math.sqrt(2 / samples) * Math.cos((Math.PI / (2 * samples)) * (frequency + 1) * (2 * sample + 1));
      table[frequency * samples + sample] = cosine;
      table[cosineCount + sample * frequencies + frequency] = cosine;
    }
  }
  return table;
}
