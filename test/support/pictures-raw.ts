import { be16, be32, le32 } from "./pictures.ts";
import { tiffFile, type TiffField } from "./pictures-tiff.ts";

/** What a camera's raw file is made of in these tests: two JPEG previews, and noise in place of raw data. */
export interface RawParts {
  readonly large: Uint8Array;
  readonly small: Uint8Array;
}

const noise = Buffer.alloc(4000, 0x5a);
const byPlace = (jpeg: Uint8Array): readonly TiffField[] => [{ tag: 0x0201, placeOf: jpeg }, { tag: 0x0202, numbers: [jpeg.length] }];
const byStrip = (jpeg: Uint8Array, compression: number): readonly TiffField[] => [
  { tag: 0x0103, numbers: [compression], type: 3 },
  { tag: 0x0111, placeOf: jpeg },
  { tag: 0x0117, numbers: [jpeg.length] },
];
const rawData: readonly TiffField[] = [
  { tag: 0x0100, numbers: [100] },
  { tag: 0x0101, numbers: [40] },
  { tag: 0x0102, numbers: [8], type: 3 },
  { tag: 0x0103, numbers: [1], type: 3 },
  { tag: 0x0106, numbers: [32803], type: 3 },
  { tag: 0x0111, placeOf: noise },
  { tag: 0x0115, numbers: [1], type: 3 },
  { tag: 0x0116, numbers: [40] },
  { tag: 0x0117, numbers: [noise.length] },
];

const make = (text: string): TiffField => ({ tag: 0x010f, text });
const reduced: TiffField = { tag: 0x00fe, numbers: [1] };

/** Containers as the makers' cameras write them, by media type. Sources: TIFF/EP, DNG 1.7, ExifTool's tag tables, public notes on CR2, CR3 and RAF. */
export const rawFiles: Readonly<Record<string, (parts: RawParts) => Buffer>> = {
  "image/x-canon-cr2": ({ large, small }) =>
    tiffFile([[make("Canon"), ...byStrip(large, 6)], [...byPlace(small)], [...byStrip(noise, 6)]], { behindHead: "CR\x02\0\0\0\0\0" }),
  "image/x-nikon-nef": ({ large, small }) =>
    tiffFile([[reduced, make("NIKON CORPORATION"), ...tinyPicture, { tag: 0x014a, directories: [[...byPlace(small)], [...rawData], [...byPlace(large)]] }]], { isLittleEndian: false }),
  "image/x-sony-arw": ({ large, small }) =>
    tiffFile([[reduced, make("SONY"), { tag: 0x0103, numbers: [6], type: 3 }, ...byPlace(large), { tag: 0x014a, directories: [rawData] }], [...byPlace(small)]]),
  "image/x-pentax-pef": ({ large, small }) =>
    tiffFile([[make("PENTAX Corporation"), { tag: 0x0103, numbers: [65535], type: 3 }], [...byPlace(small)], [...byPlace(large)]], { isLittleEndian: false }),
  "image/x-adobe-dng": ({ large, small }) =>
    tiffFile([[make("Maker"), { tag: 0xc612, bytes: Buffer.of(1, 4, 0, 0) }, ...tinyPicture, { tag: 0x014a, directories: [rawData, byStrip(small, 7), byStrip(large, 7)] }]]),
  "image/x-dcraw": ({ large, small }) => tiffFile([[make("Some Maker"), ...rawData], byPlace(small), byPlace(large)]),
  "image/x-olympus-orf": ({ large, small }) => {
    const note = olympusNote(large);
    return tiffFile([[make("OLYMPUS CORPORATION"), { tag: 0x8769, directories: [[{ tag: 0x927c, bytes: note }]] }], byPlace(small)], { head: "IIRO" });
  },
  "image/x-panasonic-rw2": ({ large }) => tiffFile([[make("Panasonic"), { tag: 0x002e, bytes: large }, { tag: 0x0118, numbers: [5] }]], { head: "IIU\0" }),
  "image/x-fuji-raf": ({ large }) => {
    const head = Buffer.alloc(108);
    head.write("FUJIFILMCCD-RAW 0201FF389501X-T1", "latin1");
    head.set(be32(108, large.length), 84);
    return Buffer.concat([head, large, noise]);
  },
  "image/x-canon-cr3": ({ large, small }) => {
    const brand = box("ftyp", Buffer.from("crx \0\0\0\x01crx isom", "latin1"));
    const preview = box("PRVW", Buffer.concat([be32(0), be16(1, 100, 100, 1), be32(small.length), small]));
    const previews = box("uuid", Buffer.concat([Buffer.from("eaf42b5e1c984b88b9fbb7dc406e4d16", "hex"), be32(0, 1), preview]));
    const moovBytes = movie(0, large.length).length;
    return Buffer.concat([brand, movie(brand.length + moovBytes + previews.length + 8, large.length), previews, box("mdat", large)]);
  },
};

const tinyPicture: readonly TiffField[] = [
  { tag: 0x0100, numbers: [10] },
  { tag: 0x0101, numbers: [10] },
  { tag: 0x0102, numbers: [8], type: 3 },
  { tag: 0x0103, numbers: [1], type: 3 },
  { tag: 0x0106, numbers: [1], type: 3 },
  { tag: 0x0111, placeOf: Buffer.alloc(100, 0x33) },
  { tag: 0x0115, numbers: [1], type: 3 },
  { tag: 0x0116, numbers: [10] },
  { tag: 0x0117, numbers: [100] },
];

/** A box of an ISO base media file. */
export function box(name: string, content: Uint8Array): Buffer {
  return Buffer.concat([be32(8 + content.length), Buffer.from(name, "latin1"), content]);
}

/** An ISO base media file with other brands: the major one, its version, the compatible ones. They are filled up to the room of the old ones, so that places stay. */
export function withBrands(file: Buffer, brands: string): Buffer {
  const oldBytes = file.readUInt32BE(0);
  const room = oldBytes - 8 - brands.length;
  if (room < 0 || room % 4 !== 0) throw new Error(`brands: ${brands.length} bytes, expected at most ${oldBytes - 8}`);
  return Buffer.concat([box("ftyp", Buffer.from(brands + "none".repeat(room / 4), "latin1")), file.subarray(oldBytes)]);
}

function movie(at: number, sizeBytes: number): Buffer {
  const table = box("stbl", Buffer.concat([box("stsd", be32(0, 0)), box("stsz", be32(0, 0, 1, sizeBytes)), box("co64", be32(0, 1, 0, at))]));
  return box("moov", box("trak", box("mdia", box("minf", table))));
}

/** A maker's note with the preview in it, its offsets counted from the note. */
function olympusNote(jpeg: Uint8Array): Buffer {
  const entry = (tag: number, value: number): Buffer => Buffer.concat([Buffer.of(tag & 255, tag >> 8, 4, 0), le32(1, value)]);
  const settingsAt = 12 + 2 + 12 + 4;
  const jpegAt = settingsAt + 2 + 24 + 4;
  return Buffer.concat([
    Buffer.from("OLYMPUS\0II\x03\0", "latin1"), Buffer.of(1, 0), entry(0x2020, settingsAt), le32(0),
    Buffer.of(2, 0), entry(0x0101, jpegAt), entry(0x0102, jpeg.length), le32(0), jpeg,
  ]);
}
