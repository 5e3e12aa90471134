/**
 * Decoded pixels.
 *
 * Shape: `data` 8 bits a channel, rows top to bottom, channels interleaved; 1 channel is grey, 3 are red, green, blue as stored
 *        (gamma-encoded, no alpha).
 */
export interface Pixels {
  readonly data: Uint8Array;
  readonly widthPixels: number;
  readonly heightPixels: number;
  readonly channels: 1 | 3;
}

/** Luma of a row is handed on in thousandths, so that it stays a whole number: grey as RGB and grey as one channel then agree to the bit. */
export const lumaScale = 1000;

/** Writes the luma (0..255 times `lumaScale`) of one row, of its columns `columns` in their order. Source: PDQ, step 1. */
export function lumaOfColumns(pixels: Pixels, row: number, columns: Uint32Array, luma: Int32Array): void {
  const { data, widthPixels, channels } = pixels;
  const start = row * widthPixels * channels;
  if (channels === 1) {
    for (let to = 0; to < columns.length; to++) luma[to] = lumaScale * data[start + columns[to]!]!;
    return;
  }
  for (let to = 0; to < columns.length; to++) {
    const at = start + 3 * columns[to]!;
    luma[to] = 299 * data[at]! + 587 * data[at + 1]! + 114 * data[at + 2]!;
  }
}

/** Writes the luma (0..255 times `lumaScale`) of one whole row. */
export function lumaOfRow(pixels: Pixels, row: number, luma: Int32Array): void {
  const { data, widthPixels, channels } = pixels;
  let at = row * widthPixels * channels;
  if (channels === 1) {
    for (let to = 0; to < widthPixels; to++) luma[to] = lumaScale * data[at++]!;
    return;
  }
  for (let to = 0; to < widthPixels; to++, at += 3) luma[to] = 299 * data[at]! + 587 * data[at + 1]! + 114 * data[at + 2]!;
}
