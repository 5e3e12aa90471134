import { noise } from "../perceptual/drawing.ts";
import type { Pixels } from "../perceptual/pixels.ts";

/**
 * A picture with what a photograph has: large shapes with edges, shading, a little texture. Drawn by a formula; the seed decides all of it.
 * Its PDQ quality is well above 50, and different seeds are far apart.
 */
export function drawPhotoPixels(seed: number, widthPixels: number, heightPixels: number): Pixels {
  const data = new Uint8Array(widthPixels * heightPixels * 3);
  const shortest = Math.min(widthPixels, heightPixels);
  const shape = Math.max(2, Math.round(shortest / 4));
  const shade = Math.max(2, Math.round(shortest / 7));
  let at = 0;
  for (let y = 0; y < heightPixels; y++) {
    for (let x = 0; x < widthPixels; x++) {
      const inside = noise(x, y, shape, seed) > 128;
      const light = 90 + (noise(x, y, shade, seed + 1) - 128) * 0.9 + (noise(x, y, 3, seed + 2) - 128) * 0.05;
      const warm = (noise(x, y, shape, seed + 3) - 128) * 0.2;
      const value = inside ? light + 80 : light;
      data[at++] = clamped(value + warm);
      data[at++] = clamped(value);
      data[at++] = clamped(value - warm);
    }
  }
  return { data, widthPixels, heightPixels, channels: 3 };
}

function clamped(value: number): number {
  return Math.max(0, Math.min(255, Math.round(value)));
}
