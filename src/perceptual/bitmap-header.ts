import { byteView, type ByteView } from "./byte-view.ts";

/** How a device-independent bitmap (BMP, or one within an icon) is stored. */
export interface BitmapHeader {
  readonly widthPixels: number;
  readonly heightPixels: number;
  readonly isTopDown: boolean;
  readonly bits: number;
  readonly encoding: "plain" | "rle8" | "rle4";
  /** Bits of red, green and blue in a pixel of 16 or 32 bits. */
  readonly masks: readonly [number, number, number];
  readonly palette: { readonly at: number; readonly colours: number; readonly colourBytes: 3 | 4 };
  readonly pixelsAt: number;
}

const fileHeaderBytes = 14;
const oldHeaderBytes = 12;

/** Windows 3 to 98, two of Adobe's, and OS/2 2.x in its short and its full form. */
const headerSizes = [16, 40, 52, 56, 64, 108, 124];

const compressions = { plain: 0, rle8: 1, rle4: 2, masks: 3, masksWithAlpha: 6 } as const;
const masksOf16: BitmapHeader["masks"] = [0x7c00, 0x03e0, 0x001f];
const masksOf32: BitmapHeader["masks"] = [0xff0000, 0x00ff00, 0x0000ff];

/** The header of a BMP file, or null when it is none that can be trusted. Source: Microsoft, "Bitmap storage"; OS/2 2.x Presentation Manager reference. */
export function bitmapHeader(bytes: Uint8Array): BitmapHeader | null {
  const view = byteView(bytes, true);
  const pixelsAt = view.u32(10);
  if (view.text(0, 2) !== "BM" || pixelsAt === null) return null;
  const header = headerAt(view, fileHeaderBytes);
  if (header === null || pixelsAt < header.palette.at) return null;
  // Some writers state more colours than they leave room for.
  const { palette } = header;
  const colours = Math.min(palette.colours, Math.floor((pixelsAt - palette.at) / palette.colourBytes));
  return { ...header, palette: { ...palette, colours }, pixelsAt };
}

/** The header of a bitmap within an icon: its height counts the mask below the picture, too. Null when it is none that can be trusted. */
export function iconBitmapHeader(bytes: Uint8Array): BitmapHeader | null {
  const header = headerAt(byteView(bytes, true), 0);
  if (header === null || header.isTopDown || header.encoding !== "plain" || header.heightPixels < 2) return null;
  return { ...header, heightPixels: header.heightPixels >> 1 };
}

function headerAt(view: ByteView, at: number): BitmapHeader | null {
  const sizeBytes = view.u32(at);
  const header = sizeBytes === oldHeaderBytes ? oldHeader(view, at) : headerSizes.includes(sizeBytes ?? 0) ? newHeader(view, at, sizeBytes!) : null;
  return header === null || header.widthPixels <= 0 || header.heightPixels === 0 || !isKnown(header) ? null : header;
}

function oldHeader(view: ByteView, at: number): BitmapHeader | null {
  const [widthPixels, heightPixels, planes, bits] = [view.u16(at + 4), view.u16(at + 6), view.u16(at + 8), view.u16(at + 10)];
  if (widthPixels === null || heightPixels === null || bits === null || planes !== 1 || ![1, 4, 8, 24].includes(bits)) return null;
  const palette = { at: at + oldHeaderBytes, colours: bits <= 8 ? 2 ** bits : 0, colourBytes: 3 } as const;
  return { widthPixels, heightPixels, isTopDown: false, bits, encoding: "plain", masks: masksOf32, palette, pixelsAt: palette.at + 3 * palette.colours };
}

function newHeader(view: ByteView, at: number, sizeBytes: number): BitmapHeader | null {
  const isShort = sizeBytes < 40;
  const [width, height, planes, bits] = [view.u32(at + 4), view.u32(at + 8), view.u16(at + 12), view.u16(at + 14)];
  const compression = isShort ? compressions.plain : view.u32(at + 16);
  const stated = isShort ? 0 : view.u32(at + 32);
  if (width === null || height === null || bits === null || compression === null || stated === null || planes !== 1) return null;
  const isMasked = compression === compressions.masks || compression === compressions.masksWithAlpha;
  // OS/2 gives the numbers from 3 on another meaning.
  if (isMasked && (sizeBytes === 64 || ![16, 32].includes(bits))) return null;
  const encoding = compression === compressions.rle8 ? "rle8" : compression === compressions.rle4 ? "rle4" : compression === compressions.plain || isMasked ? "plain" : null;
  if (encoding === null) return null;
  const masks = isMasked ? ([view.u32(at + 40), view.u32(at + 44), view.u32(at + 48)] as const) : bits === 16 ? masksOf16 : masksOf32;
  if (masks.some((mask) => mask === null)) return null;
  const followingMasks = sizeBytes !== 40 || !isMasked ? 0 : compression === compressions.masks ? 12 : 16;
  const paletteAt = at + sizeBytes + followingMasks;
  const colours = bits <= 8 ? (stated === 0 ? 2 ** bits : stated) : 0;
  return {
    widthPixels: width | 0,
    heightPixels: Math.abs(height | 0),
    isTopDown: (height | 0) < 0,
    bits,
    encoding,
    masks: masks as BitmapHeader["masks"],
    palette: { at: paletteAt, colours: Math.min(colours, 256), colourBytes: 4 },
    pixelsAt: paletteAt + 4 * (bits <= 8 ? colours : stated),
  };
}

function isKnown({ bits, encoding, isTopDown, masks }: BitmapHeader): boolean {
  if (encoding !== "plain") return bits === (encoding === "rle8" ? 8 : 4) && !isTopDown;
  return [1, 2, 4, 8, 16, 24, 32].includes(bits) && masks.every(isContiguous);
}

function isContiguous(mask: number): boolean {
  const low = mask / ((mask & -mask) >>> 0);
  return mask !== 0 && Number.isInteger(Math.log2(low + 1));
}
