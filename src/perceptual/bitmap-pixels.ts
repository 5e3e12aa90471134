import type { BitmapHeader } from "./bitmap-header.ts";
import { runLengthIndices } from "./bitmap-runs.ts";
import type { Pixels } from "./pixels.ts";

/** Pixels of a bitmap. Shape: always 3 channels; `isDamaged` when rows are missing, which are then black. */
export interface BitmapPixels {
  readonly pixels: Pixels;
  readonly isDamaged: boolean;
}

/** Pixels that a byte of run-length encoding covers at most; and how many a bitmap may have that its runs cannot cover. */
const longestRun = 255 / 2;
const mostUncoveredPixels = 2 ** 24;

/** What decoding a bitmap takes: its pixels, and the indices of run-length encoding. */
export function bitmapDecodingBytes({ widthPixels, heightPixels, encoding }: BitmapHeader): number {
  return (encoding === "plain" ? 3 : 4) * widthPixels * heightPixels;
}

/** Decodes a bitmap of which the header was read. Null when not one row of it is there. Its pixel count must have been checked. Alpha is dropped. */
export function bitmapPixels(bytes: Uint8Array, header: BitmapHeader): BitmapPixels | null {
  const { widthPixels, heightPixels, bits, encoding, isTopDown } = header;
  const stored = bytes.subarray(header.pixelsAt);
  const palette = header.bits <= 8 ? paletteOf(bytes, header) : null;
  if (encoding !== "plain") {
    if (widthPixels * heightPixels > Math.max(mostUncoveredPixels, longestRun * stored.length)) return null;
    const runs = runLengthIndices(stored, widthPixels, heightPixels, encoding);
    if (runs === null) return null;
    const data = new Uint8Array(3 * widthPixels * heightPixels);
    for (let row = 0; row < heightPixels; row++) colourRow(runs.indices, (heightPixels - 1 - row) * widthPixels, 8, palette!, data, row * widthPixels, widthPixels);
    return { pixels: { data, widthPixels, heightPixels, channels: 3 }, isDamaged: runs.isDamaged };
  }
  const rowBytes = Math.ceil((widthPixels * bits) / 32) * 4;
  // The last row may lack its padding.
  const rows = Math.min(heightPixels, Math.floor((stored.length + rowBytes - Math.ceil((widthPixels * bits) / 8)) / rowBytes));
  if (rows < 1) return null;
  const data = new Uint8Array(3 * widthPixels * heightPixels);
  const view = new DataView(stored.buffer, stored.byteOffset, stored.byteLength);
  for (let at = 0; at < rows; at++) {
    const to = (isTopDown ? at : heightPixels - 1 - at) * widthPixels;
    if (palette !== null) colourRow(stored, at * rowBytes, bits, palette, data, to, widthPixels);
    else if (bits === 24) swapRow(stored, at * rowBytes, data, to, widthPixels);
    else maskRow(view, at * rowBytes, bits === 16 ? 2 : 4, header.masks, data, to, widthPixels);
  }
  return { pixels: { data, widthPixels, heightPixels, channels: 3 }, isDamaged: rows < heightPixels };
}

/** 256 colours as red, green, blue; black where the file states none. */
function paletteOf(bytes: Uint8Array, { palette: { at, colours, colourBytes } }: BitmapHeader): Uint8Array {
  const palette = new Uint8Array(3 * 256);
  for (let index = 0; index < colours; index++) {
    const from = at + index * colourBytes;
    palette.set([bytes[from + 2] ?? 0, bytes[from + 1] ?? 0, bytes[from] ?? 0], 3 * index);
  }
  return palette;
}

function colourRow(stored: Uint8Array, from: number, bits: number, palette: Uint8Array, data: Uint8Array, to: number, widthPixels: number): void {
  const perByte = 8 / bits;
  const mask = 2 ** bits - 1;
  for (let column = 0; column < widthPixels; column++) {
    const byte = stored[from + Math.floor(column / perByte)]!;
    const colour = 3 * ((byte >> (8 - bits - bits * (column % perByte))) & mask);
    const at = 3 * (to + column);
    data[at] = palette[colour]!;
    data[at + 1] = palette[colour + 1]!;
    data[at + 2] = palette[colour + 2]!;
  }
}

function swapRow(stored: Uint8Array, from: number, data: Uint8Array, to: number, widthPixels: number): void {
  for (let column = 0, at = 3 * to; column < widthPixels; column++, from += 3, at += 3) {
    data[at] = stored[from + 2]!;
    data[at + 1] = stored[from + 1]!;
    data[at + 2] = stored[from]!;
  }
}

function maskRow(view: DataView, from: number, pixelBytes: 2 | 4, masks: BitmapHeader["masks"], data: Uint8Array, to: number, widthPixels: number): void {
  masks.forEach((mask, channel) => {
    const shift = 31 - Math.clz32(mask & -mask);
    const most = mask >>> shift;
    for (let column = 0; column < widthPixels; column++) {
      const at = from + column * pixelBytes;
      const value = ((pixelBytes === 2 ? view.getUint16(at, true) : view.getUint32(at, true)) & mask) >>> shift;
      data[3 * (to + column) + channel] = Math.round((value * 255) / most);
    }
  });
}
