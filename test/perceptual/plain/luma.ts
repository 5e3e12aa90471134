import type { Pixels } from "../../../src/perceptual/pixels.ts";

/** Luma is handed on in thousandths, so that it stays a whole number: grey as RGB and grey as one channel then agree to the bit. */
export const lumaScale = 1000;

/** The luma (0..255 times `lumaScale`) of one row, of its columns `columns` in their order. Source: PDQ, step 1. */
export function lumaOf({ data, widthPixels, channels }: Pixels, row: number, columns: Uint32Array): Float64Array {
  const start = row * widthPixels * channels;
  if (channels === 1) return Float64Array.from(columns, (column) => lumaScale * data[start + column]!);
  return Float64Array.from(columns, (column) => {
    const at = start + 3 * column;
    return 299 * data[at]! + 587 * data[at + 1]! + 114 * data[at + 2]!;
  });
}
