import { rawCompressions, rawPhotometrics } from "../picture-facts.ts";

/** Fields of a directory that are looked at, from its beginning. */
const mostFields = 256;

const subfileType = 0x00fe;
const compression = 0x0103;
const photometric = 0x0106;
const maker = 0x010f;
const subDirectories = 0x014a;
const dngVersion = 0xc612;

const makers: readonly (readonly [begins: string, type: string])[] = [
  ["NIKON", "image/x-nikon-nef"],
  ["SONY", "image/x-sony-arw"],
  ["PENTAX", "image/x-pentax-pef"],
  ["RICOH", "image/x-pentax-pef"],
];

/** Every type that `tiffType` gives. */
export const tiffTypes: readonly string[] = ["image/tiff", "image/x-adobe-dng", "image/x-dcraw", ...makers.map(([, type]) => type)];

/**
 * Media type of a file that begins as a TIFF file does, by its first directory: camera originals are TIFF files too, and a TIFF decoder gives of them some
 * small preview, or noise. A picture that merely was taken with such a maker's camera is image/tiff.
 *
 * Shape:  image/tiff where the directory lies beyond the head. `image/x-dcraw` for raw data of other makers.
 * Source: TIFF 6.0, section 2; TIFF/EP (ISO 12234-2); DNG 1.7, chapter 2.
 */
export function tiffType(head: Uint8Array): string {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const isLittleEndian = head[0] === 0x49;
  const u16 = (at: number): number => (at + 2 <= head.length ? view.getUint16(at, isLittleEndian) : 0);
  const u32 = (at: number): number => (at + 4 <= head.length ? view.getUint32(at, isLittleEndian) : 0);
  const directoryAt = u32(4);
  const entries = new Map<number, number>();
  for (let index = 0; index < Math.min(u16(directoryAt), mostFields); index++) entries.set(u16(directoryAt + 2 + 12 * index), directoryAt + 2 + 12 * index);
  const value = (tag: number): number => u16((entries.get(tag) ?? head.length) + 8);
  if (u16(2) !== 42) return "image/tiff";
  if (entries.has(dngVersion)) return "image/x-adobe-dng";
  const reducedAt = entries.get(subfileType);
  const isReduced = reducedAt !== undefined && (u32(reducedAt + 8) & 1) === 1 && entries.has(subDirectories);
  if (!isReduced && !rawPhotometrics.includes(value(photometric)) && !rawCompressions.includes(value(compression))) return "image/tiff";
  const makerAt = u32((entries.get(maker) ?? head.length) + 8);
  const name = Buffer.from(head.buffer, head.byteOffset, head.byteLength).toString("latin1", makerAt, makerAt + 8).toUpperCase();
  return makers.find(([begins]) => name.startsWith(begins))?.[1] ?? "image/x-dcraw";
}
