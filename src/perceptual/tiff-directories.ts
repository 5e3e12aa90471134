import { type ByteView, byteView, isWithin } from "./byte-view.ts";

/** Most directories that are followed in one file, most fields of one, and most numbers of one field: bounds for loops that hostile files tie. */
const mostDirectories = 64;
const mostFields = 512;
const mostNumbers = 64;

/** Bytes of one value of each field type, by its number; 0 where there is no such type. */
const valueBytes = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4];

/** First four bytes of a TIFF file, and of the camera formats that are TIFF but for these. */
const heads: ReadonlySet<string> = new Set(["II*\0", "MM\0*", "IIRO", "IIRS", "MMOR", "IIU\0"]);

const subDirectories = 0x014a;
const exifDirectory = 0x8769;

/** Values of one field. Shape: `at` is their offset in the view. */
export interface Field {
  readonly type: number;
  readonly count: number;
  readonly at: number;
}

/** `inChain`: its place in the chain of main directories from 0; null for one that hangs below another. */
export interface Directory {
  readonly fields: ReadonlyMap<number, Field>;
  readonly inChain: number | null;
}

/** A TIFF structure. Shape: offsets count from its first byte, which `view` begins with. */
export interface Tiff {
  readonly view: ByteView;
  readonly firstDirectoryAt: number;
}

/** The TIFF structure that these bytes begin with, or null. BigTIFF is none. Source: TIFF 6.0, section 2. */
export function tiffOf(bytes: Uint8Array): Tiff | null {
  const view = byteView(bytes, bytes[0] === 0x49);
  const firstDirectoryAt = view.u32(4);
  return firstDirectoryAt !== null && heads.has(view.text(0, 4) ?? "") ? { view, firstDirectoryAt } : null;
}

/** The main directories and those below them, each once, as far as the bounds allow. Source: TIFF 6.0, section 2; TIFF/EP; Exif 2.32, 4.6.3. */
export function directoriesOf(tiff: Tiff): readonly Directory[] {
  return walkedDirectories(tiff).found;
}

/** Whether there are directories beyond the bounds. */
export function hasFurtherDirectories(tiff: Tiff): boolean {
  return walkedDirectories(tiff).isCutOff;
}

function walkedDirectories({ view, firstDirectoryAt }: Tiff): { readonly found: readonly Directory[]; readonly isCutOff: boolean } {
  const found: Directory[] = [];
  const seen = new Set<number>();
  const open: { readonly at: number; readonly inChain: number | null }[] = [{ at: firstDirectoryAt, inChain: 0 }];
  let isCutOff = false;
  for (let next = open.shift(); next !== undefined; next = open.shift()) {
    if (seen.has(next.at)) continue;
    if (seen.size === mostDirectories) return { found, isCutOff: true };
    seen.add(next.at);
    const directory = directoryAt(view, next.at);
    if (directory === null) continue;
    found.push({ fields: directory.fields, inChain: next.inChain });
    if (next.inChain !== null && directory.nextAt !== 0) open.push({ at: directory.nextAt, inChain: next.inChain + 1 });
    for (const tag of [subDirectories, exifDirectory]) {
      const field = directory.fields.get(tag);
      isCutOff ||= field !== undefined && field.count > mostNumbers;
      for (const at of numbersOf(view, field)) open.push({ at, inChain: null });
    }
  }
  return { found, isCutOff };
}

/** The main directories alone, so that none hanging below them uses up the bounds. */
export function chainOf({ view, firstDirectoryAt }: Tiff): readonly Directory["fields"][] {
  const found: Directory["fields"][] = [];
  const seen = new Set<number>();
  for (let at = firstDirectoryAt; at !== 0 && !seen.has(at) && found.length < mostDirectories; ) {
    seen.add(at);
    const directory = directoryAt(view, at);
    if (directory === null) break;
    found.push(directory.fields);
    at = directory.nextAt;
  }
  return found;
}

/** One directory: its fields that lie within, and where the next of the chain begins (0: nowhere). `base` is added to the offsets of values. */
export function directoryAt(view: ByteView, at: number, base = 0): { readonly fields: ReadonlyMap<number, Field>; readonly nextAt: number } | null {
  const count = view.u16(at);
  if (count === null) return null;
  const fields = new Map<number, Field>();
  for (let index = 0; index < Math.min(count, mostFields); index++) {
    const entry = at + 2 + 12 * index;
    const tag = view.u16(entry);
    const type = view.u16(entry + 2);
    const values = view.u32(entry + 4);
    const offset = view.u32(entry + 8);
    if (tag === null || type === null || values === null || offset === null) break;
    const lengthBytes = values * (valueBytes[type] ?? 0);
    const field: Field = { type, count: values, at: lengthBytes <= 4 ? entry + 8 : base + offset };
    if (lengthBytes > 0 && isWithin({ offsetBytes: field.at, lengthBytes }, view.bytes.length) && !fields.has(tag)) fields.set(tag, field);
  }
  return { fields, nextAt: view.u32(at + 2 + 12 * count) ?? 0 };
}

/** A field's values, the first 64 at most. Shape: none when there is no such field, or when its values are no whole numbers of 1, 2 or 4 bytes. */
export function numbersOf(view: ByteView, field: Field | undefined): readonly number[] {
  if (field === undefined) return [];
  const width = valueBytes[field.type]!;
  if (![1, 3, 4, 7, 13].includes(field.type)) return [];
  const read = width === 1 ? view.u8 : width === 2 ? view.u16 : view.u32;
  return Array.from({ length: Math.min(field.count, mostNumbers) }, (_, index) => read(field.at + index * width)).filter((value) => value !== null);
}

/** The first value of a field, or null. */
export function numberOf(view: ByteView, field: Field | undefined): number | null {
  return numbersOf(view, field)[0] ?? null;
}
