import { type ByteView, byteView, isWithin, type Span, spanOf } from "./byte-view.ts";
import { boxesOf, type Chunk } from "./chunks.ts";
import { jpegSize } from "./jpeg-segments.ts";
import { chainOf, type Directory, directoriesOf, directoryAt, type Field, numberOf, numbersOf, type Tiff, tiffOf } from "./tiff-directories.ts";
import { thoseOf } from "./walks.ts";
import { rawCompressions, rawPhotometrics } from "../picture-facts.ts";

const tags = {
  width: 0x0100,
  height: 0x0101,
  subfileType: 0x00fe,
  compression: 0x0103,
  photometric: 0x0106,
  stripOffsets: 0x0111,
  stripBytes: 0x0117,
  subDirectories: 0x014a,
  jpegOffset: 0x0201,
  jpegBytes: 0x0202,
  panasonicJpeg: 0x002e,
  makerNote: 0x927c,
  dngVersion: 0xc612,
} as const;

/**
 * Whether a TIFF file is a camera's raw file, which a TIFF decoder opens without an error and gives some small preview of.
 *
 * Source: TIFF/EP (ISO 12234-2); DNG 1.7, chapter 2.
 */
export function isRawTiff(bytes: Uint8Array): boolean {
  const tiff = tiffOf(bytes);
  if (tiff === null) return false;
  if (!["II*\0", "MM\0*"].includes(tiff.view.text(0, 4)!) || tiff.view.text(8, 3) === "CR\x02") return true;
  const fields = directoryAt(tiff.view, tiff.firstDirectoryAt)?.fields;
  if (fields === undefined) return false;
  const value = (tag: number): number => numberOf(tiff.view, fields.get(tag)) ?? 0;
  // In TIFF/EP the first directory is a reduced picture, and the raw data hang below it.
  const isReduced = (value(tags.subfileType) & 1) === 1 && fields.has(tags.subDirectories);
  return fields.has(tags.dngVersion) || rawPhotometrics.includes(value(tags.photometric)) || rawCompressions.includes(value(tags.compression)) || isReduced;
}

/** A page that a viewer of TIFF files shows. Shape: one that is not needed is a preview that a decoder of TIFF files may not read. */
export interface ShownPage {
  readonly page: number;
  readonly widthPixels: number;
  readonly heightPixels: number;
  readonly isNeeded: boolean;
}

/** Compressions of TIFF files by which a whole JPEG file is a page: it is among the previews. */
const jpegCompressions = [6, 7];

/**
 * The main directories of a camera's raw file that hold a picture like that of any other TIFF file, rather than a sensor's data.
 *
 * Shape: `page` counts from 0 in the chain of main directories. None where the file is TIFF but for its first bytes.
 */
export function shownPagesOf(bytes: Uint8Array): readonly ShownPage[] {
  const tiff = tiffOf(bytes);
  if (tiff === null || !["II*\0", "MM\0*"].includes(tiff.view.text(0, 4)!)) return [];
  return chainOf(tiff).flatMap((fields, page) => {
    const value = (tag: number): number | null => numberOf(tiff.view, fields.get(tag));
    const [photometric, widthPixels, heightPixels] = [value(tags.photometric), value(tags.width), value(tags.height)];
    if (widthPixels === null || heightPixels === null || rawPhotometrics.includes(photometric ?? 0)) return [];
    const compression = value(tags.compression) ?? 1;
    if (rawCompressions.includes(compression)) return [];
    return [{ page, widthPixels, heightPixels, isNeeded: photometric !== null && !jpegCompressions.includes(compression) }];
  });
}

/**
 * The JPEG pictures that a camera's raw file holds besides its raw data, the largest first.
 *
 * Shape: spans that begin with a JPEG header and lie within the file; one that states more than the file holds is cut off.
 */
export function rawPreviewsOf(bytes: Uint8Array): readonly Span[] {
  const areas = new Map<number, { readonly span: Span; readonly pixels: number }>();
  for (const { offsetBytes, lengthBytes } of candidatesOf(bytes)) {
    if (!isWithin({ offsetBytes, lengthBytes: 1 }, bytes.length)) continue;
    const span = { offsetBytes, lengthBytes: Math.min(lengthBytes, bytes.length - offsetBytes) };
    const size = jpegSize(spanOf(bytes, span));
    if (size !== null) areas.set(offsetBytes, { span, pixels: size.widthPixels * size.heightPixels });
  }
  return [...areas.values()].sort((one, other) => other.pixels - one.pixels).map(({ span }) => span);
}

function candidatesOf(bytes: Uint8Array): readonly Span[] {
  const view = byteView(bytes, false);
  if (view.text(0, 15) === "FUJIFILMCCD-RAW") return spanAt(view.u32(84), view.u32(88));
  if (view.text(4, 4) === "ftyp") return candidatesInBoxes(bytes);
  const tiff = tiffOf(bytes);
  return tiff === null ? [] : directoriesOf(tiff).flatMap((directory) => candidatesIn(tiff, directory));
}

function candidatesIn({ view }: Tiff, { fields }: Directory): readonly Span[] {
  const embedded = fields.get(tags.panasonicJpeg);
  const isJpeg = [6, 7].includes(numberOf(view, fields.get(tags.compression)) ?? 0);
  const strips = numbersOf(view, fields.get(tags.stripOffsets));
  return [
    ...spanAt(numberOf(view, fields.get(tags.jpegOffset)), numberOf(view, fields.get(tags.jpegBytes))),
    ...(isJpeg && strips.length === 1 ? spanAt(strips[0]!, numberOf(view, fields.get(tags.stripBytes))) : []),
    ...(embedded === undefined ? [] : [{ offsetBytes: embedded.at, lengthBytes: embedded.count }]),
    ...olympusPreview(view, fields.get(tags.makerNote)),
  ];
}

/** First bytes of Olympus' notes, and whether offsets in them count from the note rather than from the file. Source: ExifTool's tables of Olympus tags. */
const olympusNotes = [
  { head: "OLYMPUS\0", directoryAt: 12, isRelative: true },
  { head: "OM SYSTEM\0", directoryAt: 16, isRelative: true },
  { head: "OLYMP\0", directoryAt: 8, isRelative: false },
] as const;

function olympusPreview(view: ByteView, note: Field | undefined): readonly Span[] {
  const kind = note === undefined ? undefined : olympusNotes.find(({ head }) => view.text(note.at, head.length) === head);
  if (note === undefined || kind === undefined) return [];
  const base = kind.isRelative ? note.at : 0;
  const settingsAt = numberOf(view, directoryAt(view, note.at + kind.directoryAt, base)?.fields.get(0x2020));
  const settings = settingsAt === null ? undefined : directoryAt(view, base + settingsAt, base)?.fields;
  const offset = numberOf(view, settings?.get(0x0101));
  return offset === null ? [] : spanAt(base + offset, numberOf(view, settings?.get(0x0102)));
}

const canonPreview = "\xea\xf4\x2b\x5e\x1c\x98\x4b\x88\xb9\xfb\xb7\xdc\x40\x6e\x4d\x16";

/** The preview box of a CR3 file, and the first sample of each of its tracks, of which one is a JPEG of full size. Source: public notes on the CR3 format. */
function candidatesInBoxes(bytes: Uint8Array): readonly Span[] {
  const view = byteView(bytes, false);
  return thoseOf(boxesOf(bytes), ({ name }) => ["uuid", "moov"].includes(name)).flatMap((box) => {
    if (box.name === "uuid" && view.text(box.offsetBytes, 16) === canonPreview) {
      const within = boxesOf(bytes, { offsetBytes: box.offsetBytes + 24, lengthBytes: Math.max(0, box.lengthBytes - 24) });
      return thoseOf(within, ({ name }) => name === "PRVW").flatMap(({ offsetBytes }) => spanAt(offsetBytes + 16, view.u32(offsetBytes + 12)));
    }
    return box.name === "moov" ? inside(bytes, [box], ["trak", "mdia", "minf", "stbl"]).flatMap((table) => firstSample(view, [...boxesOf(bytes, table)])) : [];
  });
}

function inside(bytes: Uint8Array, boxes: readonly Chunk[], path: readonly string[]): readonly Chunk[] {
  return path.reduce((found, name) => found.flatMap((box) => thoseOf(boxesOf(bytes, box), (inner) => inner.name === name)), boxes);
}

function firstSample(view: ByteView, table: readonly Chunk[]): readonly Span[] {
  const at = (name: string): number | null => table.find((box) => box.name === name)?.offsetBytes ?? null;
  const [sizes, offsets, longOffsets] = [at("stsz"), at("stco"), at("co64")];
  if (sizes === null) return [];
  const same = view.u32(sizes + 4);
  const lengthBytes = same === 0 ? view.u32(sizes + 12) : same;
  if (offsets !== null) return spanAt(view.u32(offsets + 8), lengthBytes);
  if (longOffsets === null) return [];
  const [high, low] = [view.u32(longOffsets + 8), view.u32(longOffsets + 12)];
  return high === null || low === null ? [] : spanAt(high * 2 ** 32 + low, lengthBytes);
}

function spanAt(offsetBytes: number | null, lengthBytes: number | null): readonly Span[] {
  return offsetBytes === null || lengthBytes === null ? [] : [{ offsetBytes, lengthBytes }];
}
