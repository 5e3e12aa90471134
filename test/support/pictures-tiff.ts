import type { Pixels } from "../../src/perceptual/pixels.ts";
import { le16, le32 } from "./pictures.ts";

/** One field of a directory: numbers, text, bytes, the place of bytes that are put elsewhere, or directories below. */
export type TiffField =
  | { readonly tag: number; readonly numbers: readonly number[]; readonly type?: 3 | 4 }
  | { readonly tag: number; readonly text: string }
  | { readonly tag: number; readonly bytes: Uint8Array }
  | { readonly tag: number; readonly placeOf: Uint8Array }
  | { readonly tag: number; readonly directories: readonly (readonly TiffField[])[] };

export interface TiffOptions {
  readonly isLittleEndian?: boolean;
  /** The first four bytes, where they are not TIFF's. */
  readonly head?: string;
  /** What stands between the first eight bytes and the first directory. */
  readonly behindHead?: string;
}

/** A TIFF file of a chain of directories, the first one at its beginning. Source: TIFF 6.0, section 2. */
export function tiffFile(chain: readonly (readonly TiffField[])[], options: TiffOptions = {}): Buffer {
  const { isLittleEndian = true, behindHead = "" } = options;
  const parts: { readonly at: number; readonly bytes: Uint8Array }[] = [];
  let end = 8 + behindHead.length;
  const put = (bytes: Uint8Array): number => {
    const at = end;
    end += bytes.length + (bytes.length & 1);
    parts.push({ at, bytes });
    return at;
  };
  const number = (value: number, bytes: 2 | 4): Buffer => {
    const out = bytes === 2 ? le16(value) : le32(value);
    return isLittleEndian ? out : out.reverse();
  };
  const contentOf = (field: TiffField): { readonly type: number; readonly count: number; readonly bytes: Buffer } => {
    if ("text" in field) return { type: 2, count: field.text.length + 1, bytes: Buffer.from(`${field.text}\0`, "latin1") };
    if ("bytes" in field) return { type: 7, count: field.bytes.length, bytes: Buffer.from(field.bytes) };
    if ("placeOf" in field) return { type: 4, count: 1, bytes: number(put(field.placeOf), 4) };
    if ("directories" in field) {
      const places = field.directories.map((directory) => number(directoryOf([directory]), 4));
      return { type: 4, count: places.length, bytes: Buffer.concat(places) };
    }
    const type = field.type ?? 4;
    return { type, count: field.numbers.length, bytes: Buffer.concat(field.numbers.map((value) => number(value, type === 3 ? 2 : 4))) };
  };
  const directoryOf = (directories: readonly (readonly TiffField[])[]): number => {
    const places = directories.reduce<{ readonly first: number; readonly next: Buffer } | null>((before, fields) => {
      const bytes = Buffer.alloc(2 + 12 * fields.length + 4);
      const at = put(bytes);
      before?.next.set(number(at, 4));
      bytes.set(number(fields.length, 2));
      [...fields].sort((one, other) => one.tag - other.tag).forEach((field, index) => {
        const { type, count, bytes: content } = contentOf(field);
        const value = content.length <= 4 ? content : number(put(content), 4);
        bytes.set(Buffer.concat([number(field.tag, 2), number(type, 2), number(count, 4), value]), 2 + 12 * index);
      });
      return { first: before?.first ?? at, next: bytes.subarray(2 + 12 * fields.length) };
    }, null);
    return places?.first ?? 0;
  };
  const first = directoryOf(chain);
  const head = options.head ?? (isLittleEndian ? "II*\0" : "MM\0*");
  const file = Buffer.alloc(end);
  file.set(Buffer.concat([Buffer.from(head, "latin1"), number(first, 4), Buffer.from(behindHead, "latin1")]));
  for (const { at, bytes } of parts) file.set(bytes, at);
  return file;
}

/** A directory of a picture in full colours without compression. Shape: further fields take the place of its own. */
export function plainPage({ data, widthPixels, heightPixels }: Pixels, further: readonly TiffField[] = []): readonly TiffField[] {
  const own: readonly TiffField[] = [
    { tag: 0x0100, numbers: [widthPixels] },
    { tag: 0x0101, numbers: [heightPixels] },
    { tag: 0x0102, numbers: [8, 8, 8], type: 3 },
    { tag: 0x0103, numbers: [1], type: 3 },
    { tag: 0x0106, numbers: [2], type: 3 },
    { tag: 0x0111, placeOf: data },
    { tag: 0x0115, numbers: [3], type: 3 },
    { tag: 0x0116, numbers: [heightPixels] },
    { tag: 0x0117, numbers: [data.length] },
  ];
  return [...own.filter(({ tag }) => further.every((other) => other.tag !== tag)), ...further];
}
