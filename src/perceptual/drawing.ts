/** A picture that a formula draws. `cells`: spacings of the lattice in pixels, coarse to fine; the coarse ones weigh most. */
export interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  readonly seed: number;
  readonly cells: readonly number[];
}

/** Draws value noise in integer arithmetic: every machine draws the same bytes. Shape: 8 bits a channel, rows top to bottom, interleaved. */
export function drawPicture({ width, height, channels, seed, cells }: Drawing): Uint8Array {
  const data = new Uint8Array(width * height * channels);
  const whole = 2 ** cells.length - 1;
  let at = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let channel = 0; channel < channels; channel++) {
        let sum = 0;
        for (let octave = 0; octave < cells.length; octave++) {
          const weight = 2 ** (cells.length - 1 - octave);
          sum += weight * noise(x, y, cells[octave]!, seed + 101 * octave + 7919 * channel);
        }
        data[at++] = Math.floor(sum / whole);
      }
    }
  }
  return data;
}

/** Noise between the points of a lattice, interpolated in 8-bit fixed point. Units: 0..255. */
export function noise(x: number, y: number, cell: number, seed: number): number {
  const column = Math.floor(x / cell);
  const row = Math.floor(y / cell);
  const right = Math.floor(((x % cell) * 256) / cell);
  const below = Math.floor(((y % cell) * 256) / cell);
  const upper = latticePoint(column, row, seed) * (256 - right) + latticePoint(column + 1, row, seed) * right;
  const lower = latticePoint(column, row + 1, seed) * (256 - right) + latticePoint(column + 1, row + 1, seed) * right;
  return (upper * (256 - below) + lower * below) >>> 16;
}

function latticePoint(column: number, row: number, seed: number): number {
  const mixed = Math.imul(column, 374761393) ^ Math.imul(row, 668265263) ^ Math.imul(seed, 2246822519);
  const stirred = Math.imul(mixed ^ (mixed >>> 13), 1274126177);
  return (stirred ^ (stirred >>> 16)) & 255;
}
