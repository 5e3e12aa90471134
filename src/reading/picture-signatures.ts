export interface Signature {
  readonly type: string;
  readonly at: number;
  /** Latin-1 text; "?" matches any byte. */
  readonly bytes: string;
}

export const of = (type: string, bytes: string, at = 0): Signature => ({ type, at, bytes });

/**
 * Signatures of pictures that are not decoded, so that they are counted as such. Sources: the formats' specifications.
 *
 * Shape: formats without bytes of their own at a fixed place are not among them: Targa (its mark is at the end of the file), PICT.
 */
export const undecodedPictures: readonly Signature[] = [
  ...[0, 2, 3, 5].flatMap((version) => [1, 2, 4, 8].map((bits) => of("image/vnd.zbrush.pcx", `\x0a${String.fromCharCode(version)}\x01${String.fromCharCode(bits)}`))),
  of("image/jxr", "II\xbc\x01"),
  of("image/jxr", "II\xbc\0"),
  of("image/vnd.ms-dds", "DDS \x7c\0\0\0"),
  of("image/x-exr", "v/1\x01"),
  of("image/vnd.radiance", "#?RADIANCE\n"),
  of("image/vnd.radiance", "#?RGBE\n"),
  of("image/fits", "SIMPLE  ="),
  of("image/x-dpx", "SDPX"),
  of("image/x-dpx", "XPDS"),
  of("image/x-jbig2", "\x97JB2\r\n\x1a\n"),
  of("image/vnd.djvu", "AT&TFORM"),
  of("image/wmf", "\xd7\xcd\xc6\x9a\0\0"),
  of("image/wmf", "\x01\0\x09\0\0\x03"),
  of("image/emf", " EMF", 40),
  of("image/x-xcf", "gimp xcf "),
  of("image/x-qoi", "qoif"),
  of("image/x-farbfeld", "farbfeld"),
  of("image/flif", "FLIF"),
  of("image/bpg", "BPG\xfb"),
  of("image/x-mng", "\x8aMNG\r\n\x1a\n"),
  of("image/x-jng", "\x8bJNG\r\n\x1a\n"),
  of("image/x-sun-raster", "\x59\xa6\x6a\x95"),
  ...[0, 1].flatMap((packing) => [1, 2].map((depth) => of("image/x-sgi", `\x01\xda${String.fromCharCode(packing)}${String.fromCharCode(depth)}\0`))),
  of("image/x-icns", "icns\0"),
  of("image/x-canon-crw", "II\x1a\0\0\0HEAPCCDR"),
  of("image/x-sigma-x3f", "FOVb"),
  of("image/x-minolta-mrw", "\0MRM"),
  of("image/x-paintshoppro", "Paint Shop Pro Image File\n\x1a"),
  of("image/x-xpixmap", "/* XPM */"),
];

/** Portable anymaps begin as texts do: their size must follow. Source: Netpbm's manual pages on PBM, PGM, PPM and PAM. */
export function isAnymap(text: string): boolean {
  return /^(?:P[1-6]\s+(?:#[^\n]{0,1000}\n\s*){0,8}\d{1,9}\s+\d{1,9}\s|P7\s+(?:#[^\n]{0,1000}\n\s*){0,8}(?:WIDTH|HEIGHT|DEPTH|MAXVAL|TUPLTYPE)\s)/.test(text);
}

/** Bitmaps, icons and pointers of OS/2, alone or several in one file: two letters, a size, a place of the pixels, and a header's size that they have. */
export function isOs2Picture(text: string): boolean {
  if (text.length < 26 || !/^(?:BA|CI|CP|IC|PT)/.test(text)) return false;
  const header = Buffer.from(text.slice(0, 32), "latin1");
  // An array begins with a header of its own; the first of its parts follows.
  const headerAt = text.startsWith("BA") ? 28 : 14;
  return headerAt + 4 <= header.length && [12, 16, 40, 64].includes(header.readUInt32LE(headerAt));
}
