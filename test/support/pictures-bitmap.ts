import type { Pixels } from "../../src/perceptual/pixels.ts";
import { le16, le32 } from "./pictures.ts";

/** How a bitmap is to be written. `masks` are of red, green and blue; a palette has as many colours as fit. */
export interface BitmapOptions {
  readonly bits: 1 | 4 | 8 | 16 | 24 | 32;
  readonly headerBytes?: 12 | 16 | 40 | 52 | 56 | 64 | 108 | 124;
  readonly isTopDown?: boolean;
  readonly masks?: readonly [number, number, number];
  readonly runs?: boolean;
  /** Bytes between the header and the pixels. */
  readonly gapBytes?: number;
}

/** A file and the pixels that were written into it, after the colours were reduced to what it can hold. */
export interface WrittenBitmap {
  readonly file: Buffer;
  readonly pixels: Pixels;
}

/** A BMP file of the pixels. Source: Microsoft, "Bitmap storage". */
export function bmp(pixels: Pixels, options: BitmapOptions): WrittenBitmap {
  const { header, body, reduced } = parts(pixels, options, pixels.heightPixels);
  const gap = Buffer.alloc(options.gapBytes ?? 0, 0xaa);
  const pixelsAt = 14 + header.length + gap.length;
  const file = Buffer.concat([Buffer.from("BM"), le32(pixelsAt + body.length), le32(0), le32(pixelsAt), header, gap, body]);
  return { file, pixels: reduced };
}

/** The same as it stands in an icon: without a file header, its height doubled, with a mask of transparent pixels behind it. */
export function iconBitmap(pixels: Pixels, bits: 1 | 4 | 8 | 24 | 32): WrittenBitmap {
  const { header, body, reduced } = parts(pixels, { bits }, 2 * pixels.heightPixels);
  const mask = Buffer.alloc(Math.ceil(pixels.widthPixels / 32) * 4 * pixels.heightPixels, 0x55);
  return { file: Buffer.concat([header, body, mask]), pixels: reduced };
}

function parts(pixels: Pixels, options: BitmapOptions, statedHeight: number): { readonly header: Buffer; readonly body: Buffer; readonly reduced: Pixels } {
  const { widthPixels, heightPixels } = pixels;
  const { bits, headerBytes = 40, isTopDown = false, runs = false, masks } = options;
  const usedMasks = masks ?? (bits === 16 ? ([0x7c00, 0x3e0, 0x1f] as const) : ([0xff0000, 0xff00, 0xff] as const));
  const palette = bits <= 8 ? paletteOf(bits) : [];
  const compression = runs ? (bits === 8 ? 1 : 2) : masks === undefined ? 0 : 3;
  const height = isTopDown ? -statedHeight : statedHeight;
  const colours = Buffer.concat(palette.map(([red, green, blue]) => Buffer.of(blue, green, red, ...(headerBytes === 12 ? [] : [0]))));
  const start =
    headerBytes === 12
      ? Buffer.concat([le32(12), le16(widthPixels, height, 1, bits)])
      : Buffer.concat([le32(headerBytes, widthPixels, height), le16(1, bits), le32(compression, 0, 2835, 2835, 0, 0), le32(...usedMasks, 0)]);
  const inHeader = Buffer.concat([start, Buffer.alloc(124)]).subarray(0, headerBytes);
  const behind = headerBytes === 40 && masks !== undefined ? le32(...masks) : Buffer.alloc(0);
  const data = new Uint8Array(3 * widthPixels * heightPixels);
  const rows: Buffer[] = [];
  for (let row = 0; row < heightPixels; row++) {
    const stored: number[] = [];
    for (let column = 0; column < widthPixels; column++) {
      const at = 3 * (row * widthPixels + column);
      const colour = [...pixels.data.subarray(at, at + 3)];
      const code = bits <= 8 ? nearest(palette, bits, colour) : bits === 24 ? 0 : packed(usedMasks, colour);
      data.set(bits <= 8 ? palette[code]! : bits === 24 ? colour : unpacked(usedMasks, code), at);
      if (bits === 24) stored.push(colour[2]!, colour[1]!, colour[0]!);
      else stored.push(code);
    }
    rows.push(bits === 24 ? padded(Buffer.from(stored)) : runs ? runsOf(stored, bits as 4 | 8, row) : padded(rowOf(stored, bits, usedMasks.some((mask) => mask > 0xffffff) ? 0 : column32(row))));
  }
  if (!isTopDown) rows.reverse();
  const body = Buffer.concat(runs ? [...rows, Buffer.of(0, 1)] : rows);
  return { header: Buffer.concat([inHeader, behind, colours]), body, reduced: { data, widthPixels, heightPixels, channels: 3 } };
}

/** Alpha of a row's pixels of 32 bits: anything, for nobody looks at it. */
const column32 = (row: number): number => (row * 37) & 255;

function paletteOf(bits: number): readonly (readonly [number, number, number])[] {
  if (bits === 1) return [[20, 30, 60], [220, 210, 190]];
  return Array.from({ length: 2 ** bits }, (_, index) => {
    const grey = Math.round((index * 255) / (2 ** bits - 1));
    return [grey, grey, Math.max(0, grey - 5)] as const;
  });
}

function nearest(palette: readonly (readonly [number, number, number])[], bits: number, [red, green, blue]: readonly number[]): number {
  const luma = (299 * red! + 587 * green! + 114 * blue!) / 1000;
  return bits === 1 ? Number(luma > 110) : Math.min(palette.length - 1, Math.round((luma * (palette.length - 1)) / 255));
}

const shiftOf = (mask: number): number => 31 - Math.clz32(mask & -mask);

function packed(masks: readonly number[], colour: readonly number[]): number {
  return masks.reduce((sum, mask, channel) => sum + Math.round((colour[channel]! * (mask >>> shiftOf(mask))) / 255) * 2 ** shiftOf(mask), 0);
}

function unpacked(masks: readonly number[], code: number): number[] {
  return masks.map((mask) => Math.round((((code & mask) >>> shiftOf(mask)) * 255) / (mask >>> shiftOf(mask))));
}

function rowOf(codes: readonly number[], bits: number, alpha: number): Buffer {
  if (bits === 32) return Buffer.concat(codes.map((code) => le32(code + alpha * 2 ** 24)));
  if (bits === 16) return le16(...codes);
  const perByte = 8 / bits;
  const row = Buffer.alloc(Math.ceil(codes.length / perByte));
  codes.forEach((code, column) => (row[Math.floor(column / perByte)]! |= code << (8 - bits - bits * (column % perByte))));
  return row;
}

function padded(row: Buffer): Buffer {
  return Buffer.concat([row, Buffer.alloc((4 - (row.length % 4)) % 4)]);
}

/** Rows by turns as encoded runs and as absolute ones, so that both kinds are there. */
function runsOf(codes: readonly number[], bits: 4 | 8, row: number): Buffer {
  const out: number[] = [];
  if (row % 2 === 0) {
    for (let at = 0; at < codes.length; ) {
      let length = 1;
      while (length < 255 && codes[at + length] === codes[at]) length++;
      out.push(length, bits === 8 ? codes[at]! : codes[at]! * 17);
      at += length;
    }
  } else {
    for (let at = 0; at < codes.length; at += 97) {
      const part = codes.slice(at, at + 97);
      if (part.length < 3) {
        for (const code of part) out.push(1, bits === 8 ? code : code * 17);
        continue;
      }
      const stored = rowOf(part, bits, 0);
      out.push(0, part.length, ...stored, ...(stored.length % 2 === 1 ? [0] : []));
    }
  }
  return Buffer.from([...out, 0, 0]);
}

/** An icon (1) or a cursor (2) of files, each a PNG or what `iconBitmap` writes. */
export function icon(files: readonly Uint8Array[], kind: 1 | 2 = 1): Buffer {
  let at = 6 + 16 * files.length;
  const entries = files.map((file) => {
    const entry = Buffer.concat([Buffer.of(32, 32, 0, 0), le16(1, 32), le32(file.length, at)]);
    at += file.length;
    return entry;
  });
  return Buffer.concat([le16(0, kind, files.length), ...entries, ...files]);
}
