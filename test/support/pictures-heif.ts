import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { boxesOf } from "../../src/perceptual/chunks.ts";
import { type Span, spanOf } from "../../src/perceptual/byte-view.ts";
import { encode, type Photo } from "./draw.ts";
import { be16, be32 } from "./pictures.ts";
import { box } from "./pictures-raw.ts";
import { run } from "./tools.ts";

/** A picture as its coder gave it: what a decoder must be told of it, and its data. */
export interface CodedPicture {
  readonly configuration: HeifProperty;
  readonly data: Buffer;
  readonly widthPixels: number;
  readonly heightPixels: number;
}

/** One property of an item. Shape: the bytes are of the whole box; an essential one must be understood by whoever shows the item. */
export interface HeifProperty {
  readonly bytes: Buffer;
  readonly isEssential: boolean;
}

/** One item of a file. Shape: its references name other items by `id`; what is `within` lies in the box of the items' list, else behind it. */
export interface HeifItem {
  readonly id: number;
  readonly type: "hvc1" | "av01" | "grid" | "Exif";
  readonly data: Buffer;
  readonly within?: boolean;
  readonly isHidden?: boolean;
  readonly properties?: readonly HeifProperty[];
  readonly references?: readonly { readonly type: "dimg" | "thmb" | "auxl" | "cdsc"; readonly to: readonly number[] }[];
}

/** Codes photos as HEVC, each by itself and all with the same settings, so that one configuration serves those of one size. Needs heif-enc. */
export async function codedPictures(photos: readonly Photo[], folder: string): Promise<readonly CodedPicture[]> {
  const own = mkdtempSync(join(folder, "coded-"));
  const coded: CodedPicture[] = [];
  for (const photo of photos) {
    const [from, to] = [join(own, "one.png"), join(own, "one.heic")];
    writeFileSync(from, await encode(photo, "png"));
    run("heif-enc", ["-q", "80", "-p", "preset=ultrafast", "-o", to, from]);
    const { width: widthPixels, height: heightPixels } = photo.info;
    coded.push({ ...partsOf(readFileSync(to)), widthPixels, heightPixels });
  }
  return coded;
}

/** The same as AV1, by the decoding library's own coder. */
export async function codedAsAv1(photos: readonly Photo[]): Promise<readonly CodedPicture[]> {
  const coded: CodedPicture[] = [];
  for (const photo of photos) coded.push({ ...partsOf(await encode(photo, "avif", { quality: 70 }), "av1C"), widthPixels: photo.info.width, heightPixels: photo.info.height });
  return coded;
}

/** The configuration and the data of a file with one coded picture and nothing else. */
function partsOf(heic: Buffer, configuration: "hvcC" | "av1C" = "hvcC"): Pick<CodedPicture, "configuration" | "data"> {
  const only = (name: string, within?: Span): Span => {
    const [found, ...others] = [...boxesOf(heic, within)].filter((each) => each.name === name);
    if (found === undefined || others.length > 0) throw new Error(`heif-enc: found ${others.length + (found ? 1 : 0)} boxes ${name}, expected one`);
    return found;
  };
  const meta = only("meta");
  const properties = only("ipco", only("iprp", { offsetBytes: meta.offsetBytes + 4, lengthBytes: meta.lengthBytes - 4 }));
  return {
    configuration: { bytes: box(configuration, spanOf(heic, only(configuration, properties))), isEssential: true },
    data: Buffer.from(spanOf(heic, only("mdat"))),
  };
}

/** A photo cut into tiles, row by row. Shape: its sides are multiples of the tile's. */
export function tilesOf({ data, info }: Photo, tilePixels: number): readonly Photo[] {
  const columns = info.width / tilePixels;
  return Array.from({ length: columns * (info.height / tilePixels) }, (_, at) => cropped({ data, info }, (at % columns) * tilePixels, Math.floor(at / columns) * tilePixels, tilePixels, tilePixels));
}

/** A part of a photo. */
export function cropped({ data, info }: Photo, left: number, top: number, width: number, height: number): Photo {
  const part = new Uint8Array(3 * width * height);
  for (let y = 0; y < height; y++) part.set(data.subarray(3 * ((top + y) * info.width + left), 3 * ((top + y) * info.width + left + width)), 3 * y * width);
  return { data: part, info: { width, height, channels: 3 } };
}

/** A coded picture as an item. */
export function codedItem(id: number, { configuration, data, widthPixels, heightPixels }: CodedPicture, more: Omit<Partial<HeifItem>, "id" | "type"> = {}): HeifItem {
  return { id, type: configuration.bytes.includes("av1C") ? "av01" : "hvc1", data, ...more, properties: [configuration, sizeProperty(widthPixels, heightPixels), ...(more.properties ?? [])] };
}

/** What a grid is made of: its tiles by `id`, row by row, and the size that is left of them all. `stated` is the size that its own property gives, where it is another one. */
export interface GridParts {
  readonly tiles: readonly number[];
  readonly columns: number;
  readonly rows: number;
  readonly widthPixels: number;
  readonly heightPixels: number;
  readonly stated?: { readonly widthPixels: number; readonly heightPixels: number };
}

/** A picture put together from tiles. Source: ISO/IEC 23008-12, 6.6.2.3. */
export function gridItem(id: number, { tiles, columns, rows, widthPixels, heightPixels, stated }: GridParts, properties: readonly HeifProperty[] = []): HeifItem {
  const isLarge = Math.max(widthPixels, heightPixels) > 0xffff;
  const size = isLarge ? be32(widthPixels, heightPixels) : be16(widthPixels, heightPixels);
  return {
    id,
    type: "grid",
    data: Buffer.concat([Buffer.of(0, Number(isLarge), rows - 1, columns - 1), size]),
    within: true,
    properties: [sizeProperty(stated?.widthPixels ?? widthPixels, stated?.heightPixels ?? heightPixels), ...properties],
    references: [{ type: "dimg", to: tiles }],
  };
}

/** The size of an item ahead of its crop and its turn. */
export function sizeProperty(widthPixels: number, heightPixels: number): HeifProperty {
  return { bytes: box("ispe", be32(0, widthPixels, heightPixels)), isEssential: false };
}

/** A turn by so many quarters, against the clock. */
export function turnProperty(quarters: number): HeifProperty {
  return { bytes: box("irot", Buffer.of(quarters)), isEssential: true };
}

/** A crop to a size around the middle, which must lie on whole pixels. */
export function cropProperty(widthPixels: number, heightPixels: number): HeifProperty {
  return { bytes: box("clap", be32(widthPixels, 1, heightPixels, 1, 0, 1, 0, 1)), isEssential: true };
}

/** What the numbers of colours mean: primaries, transfer and matrix by their numbers in ISO/IEC 23091-2, in full range. */
export function coloursProperty(primaries: number, transfer: number, matrix: number): HeifProperty {
  return { bytes: box("colr", Buffer.concat([Buffer.from("nclx", "latin1"), be16(primaries, transfer, matrix), Buffer.of(0x80)])), isEssential: false };
}

/** What an auxiliary picture is for, as a name. */
export function purposeProperty(name: string): HeifProperty {
  return { bytes: box("auxC", Buffer.concat([be32(0), Buffer.from(`${name}\0`, "latin1")])), isEssential: true };
}

/**
 * A file of items, with equal properties kept once.
 *
 * Shape:  sections of lists in the order in which telephones write them: `hdlr pitm iinf iref iprp idat iloc`, then `mdat`.
 * Source: ISO/IEC 14496-12, 8.11; ISO/IEC 23008-12, 9.3.
 */
export function heifFile(items: readonly HeifItem[], primary: number, brand: "heic" | "avif" = "heic"): Buffer {
  const brands = box("ftyp", Buffer.from(`${brand}\0\0\0\0mif1${brand}`, "latin1"));
  const behind = brands.length + metaOf(items, primary, 0).length + 8;
  return Buffer.concat([brands, metaOf(items, primary, behind), box("mdat", Buffer.concat(items.filter(({ within }) => !within).map(({ data }) => data)))]);
}

function metaOf(items: readonly HeifItem[], primary: number, behind: number): Buffer {
  const references = items.flatMap(({ id, references }) => (references ?? []).map(({ type, to }) => box(type, be16(id, to.length, ...to))));
  return fullBox("meta", [
    fullBox("hdlr", [be32(0), Buffer.from("pict", "latin1"), Buffer.alloc(13)]),
    fullBox("pitm", [be16(primary)]),
    fullBox("iinf", [be16(items.length), ...items.map(entryOf)]),
    fullBox("iref", references),
    propertiesOf(items),
    box("idat", Buffer.concat(items.filter(({ within }) => within).map(({ data }) => data))),
    placesOf(items, behind),
  ]);
}

function entryOf({ id, type, isHidden }: HeifItem): Buffer {
  return fullBox("infe", [be16(id, 0), Buffer.from(`${type}\0`, "latin1")], 2, Number(isHidden ?? false));
}

function propertiesOf(items: readonly HeifItem[]): Buffer {
  const kept = [...new Set(items.flatMap(({ properties }) => (properties ?? []).map(({ bytes }) => bytes.toString("latin1"))))];
  const described = items.filter(({ properties }) => (properties ?? []).length > 0);
  const associations = described.map(({ id, properties }) => {
    const places = properties!.map(({ bytes, isEssential }) => (isEssential ? 0x8000 : 0) + kept.indexOf(bytes.toString("latin1")) + 1);
    return Buffer.concat([be16(id), Buffer.of(places.length), be16(...places)]);
  });
  return box("iprp", Buffer.concat([box("ipco", Buffer.from(kept.join(""), "latin1")), fullBox("ipma", [be32(described.length), ...associations], 0, 1)]));
}

/** Places with 4 bytes each, within the items' list (way 1) or from the file's beginning (way 0). */
function placesOf(items: readonly HeifItem[], behind: number): Buffer {
  const ends = { within: 0, behind };
  const places = items.map(({ id, data, within }) => {
    const at = within ? ends.within : ends.behind;
    ends[within ? "within" : "behind"] += data.length;
    return Buffer.concat([be16(id, within ? 1 : 0, 0, 1), be32(at, data.length)]);
  });
  return fullBox("iloc", [be16(0x4400, items.length), ...places], 1);
}

function fullBox(name: string, content: readonly Uint8Array[], version = 0, flags = 0): Buffer {
  return box(name, Buffer.concat([be32(version * 2 ** 24 + flags), ...content]));
}
