import sharp from "sharp";
import { drawPicture, noise } from "../../src/perceptual/drawing.ts";

export { drawPicture };

/** Raw pixels as sharp takes and gives them: 8 bits a channel, interleaved. */
export interface Photo {
  readonly data: Uint8Array;
  readonly info: { readonly width: number; readonly height: number; readonly channels: 3 };
}

/**
 * A picture with what a photograph has: large shapes with edges, shading, a little texture. Drawn by a formula; the seed decides all of it.
 * Its PDQ quality is well above 50, and different seeds are far apart.
 */
export function drawPhoto(seed: number, width: number, height: number): Photo {
  const data = new Uint8Array(width * height * 3);
  const shortest = Math.min(width, height);
  const shape = Math.max(2, Math.round(shortest / 4));
  const shade = Math.max(2, Math.round(shortest / 7));
  let at = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const inside = noise(x, y, shape, seed) > 128;
      const light = 90 + (noise(x, y, shade, seed + 1) - 128) * 0.9 + (noise(x, y, 3, seed + 2) - 128) * 0.05;
      const warm = (noise(x, y, shape, seed + 3) - 128) * 0.2;
      const value = inside ? light + 80 : light;
      data[at++] = clamped(value + warm);
      data[at++] = clamped(value);
      data[at++] = clamped(value - warm);
    }
  }
  return { data, info: { width, height, channels: 3 } };
}

/** Options of the encoders, as sharp names them. `grey` and `alpha` alter the pixels first; `bits` is of PNG and TIFF: of 16 the upper 8 are the photo. TIFF is "lzw" unless said otherwise. */
export interface EncodeOptions {
  readonly quality?: number;
  readonly lossless?: boolean;
  readonly palette?: boolean;
  readonly progressive?: boolean;
  readonly grey?: boolean;
  readonly alpha?: number;
  readonly cmyk?: boolean;
  readonly bits?: 8 | 16;
  readonly compression?: "lzw" | "jpeg" | "none";
}

export type Encoding = "jpeg" | "png" | "webp" | "gif" | "tiff" | "avif";

/** The photo as a file of a picture format. */
export async function encode({ data, info }: Photo, encoding: Encoding, options: EncodeOptions = {}): Promise<Buffer> {
  const { quality, lossless, palette, progressive } = options;
  const compression = options.compression ?? (encoding === "tiff" ? "lzw" : undefined);
  const given = Object.fromEntries(Object.entries({ quality, lossless, palette, progressive, compression }).filter(([, value]) => value !== undefined));
  let picture = options.bits === 16 ? sharp(Uint16Array.from(data, (value) => value * 256 + 200), { raw: info }).toColourspace("rgb16") : sharp(data, { raw: info });
  if (options.grey) picture = picture.grayscale();
  if (options.alpha !== undefined) picture = picture.ensureAlpha(options.alpha);
  if (options.cmyk) picture = picture.toColourspace("cmyk");
  return picture.toFormat(encoding, given).toBuffer();
}

function clamped(value: number): number {
  return Math.max(0, Math.min(255, Math.round(value)));
}
