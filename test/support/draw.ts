import sharp from "sharp";
import { drawPicture } from "../../src/perceptual/drawing.ts";
import { drawPhotoPixels } from "../../src/validation/draw-photo.ts";

export { drawPicture };

/** Raw pixels as sharp takes and gives them: 8 bits a channel, interleaved. */
export interface Photo {
  readonly data: Uint8Array;
  readonly info: { readonly width: number; readonly height: number; readonly channels: 3 };
}

/** The photo of a seed, as sharp takes it. */
export function drawPhoto(seed: number, width: number, height: number): Photo {
  return { data: drawPhotoPixels(seed, width, height).data, info: { width, height, channels: 3 } };
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
