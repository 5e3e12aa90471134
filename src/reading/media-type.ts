import { isAnymap, isOs2Picture, of, type Signature, undecodedPictures } from "./picture-signatures.ts";
import { tiffType, tiffTypes } from "./tiff-type.ts";

// Ordered: the more particular first. Sources: the formats' specifications and the IANA media type registry.
const signatures: readonly Signature[] = [
  of("image/jpeg", "\xff\xd8\xff"),
  of("image/png", "\x89PNG\r\n\x1a\n"),
  of("image/gif", "GIF87a"),
  of("image/gif", "GIF89a"),
  of("image/webp", "RIFF????WEBP"),
  of("video/x-msvideo", "RIFF????AVI "),
  of("audio/wav", "RIFF????WAVE"),
  of("image/x-canon-cr2", "II*\0????CR\x02"),
  of("image/x-olympus-orf", "IIRO"),
  of("image/x-olympus-orf", "IIRS"),
  of("image/x-olympus-orf", "MMOR"),
  of("image/x-panasonic-rw2", "IIU\0"),
  of("image/x-fuji-raf", "FUJIFILMCCD-RAW"),
  of("image/tiff", "II*\0"),
  of("image/tiff", "MM\0*"),
  of("image/tiff", "II+\0"),
  of("image/tiff", "MM\0+"),
  of("image/jxl", "\0\0\0\x0cJXL \r\n\x87\n"),
  of("image/jxl", "\xff\x0a"),
  of("image/jp2", "\0\0\0\x0cjP  \r\n\x87\n"),
  of("image/jp2", "\xff\x4f\xff\x51"),
  of("image/vnd.adobe.photoshop", "8BPS"),
  of("video/x-matroska", "\x1aE\xdf\xa3"),
  of("video/x-flv", "FLV\x01"),
  of("video/x-ms-asf", "0&\xb2u\x8ef\xcf\x11"),
  of("video/mpeg", "\0\0\x01\xba"),
  of("video/mpeg", "\0\0\x01\xb3"),
  of("application/pdf", "%PDF-"),
  of("application/zip", "PK\x03\x04"),
  of("application/zip", "PK\x05\x06"),
  of("application/x-7z-compressed", "7z\xbc\xaf\x27\x1c"),
  of("application/vnd.rar", "Rar!\x1a\x07"),
  of("application/gzip", "\x1f\x8b\x08"),
  of("application/x-bzip2", "BZh"),
  of("application/x-xz", "\xfd7zXZ\0"),
  of("application/zstd", "\x28\xb5\x2f\xfd"),
  of("application/x-tar", "ustar", 257),
  of("application/x-ole-storage", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
  of("application/vnd.sqlite3", "SQLite format 3\0"),
  of("application/x-elf", "\x7fELF"),
  of("application/x-msdownload", "MZ"),
  of("audio/mpeg", "ID3"),
  of("audio/ogg", "OggS"),
  of("audio/flac", "fLaC"),
  ...undecodedPictures,
];

/** Those that a file with that first byte may have, in their order. */
const byFirstByte: readonly (readonly Signature[])[] = Array.from({ length: 256 }, (_, byte) => signatures.filter(({ at, bytes }) => at > 0 || bytes.charCodeAt(0) === byte));

/** All that signatures look at lies within so many bytes; icons look as far. */
const signatureBytes = 512;

const brands: Readonly<Record<string, string>> = {
  avif: "image/avif",
  avis: "image/avif",
  heic: "image/heic",
  heix: "image/heic",
  hevc: "image/heic",
  hevx: "image/heic",
  heim: "image/heic",
  heis: "image/heic",
  ...Object.fromEntries(["mif1", "msf1", "mif2", "1pic", "jpeg", "jpgs", "avci", "avcs", "j2ki", "j2is", "vvic", "vvis"].map((brand) => [brand, "image/heif"])),
  "qt  ": "video/quicktime",
  "M4A ": "audio/mp4",
};

const rawBrand = "crx ";
const trackBrand = /^(?:iso|mp4|avc|3g|M4|F4|dash|msd|MSNV|mmp4)/;

/** Entries of an icon of which one must be plausible. */
const mostIconEntries = 16;

/** Every type that `mediaTypeOf` gives. */
export const mediaTypes: ReadonlySet<string> = new Set([
  ...signatures.map(({ type }) => type), ...Object.values(brands), ...tiffTypes,
  ...["image/apng", "image/bmp", "image/x-icon", "image/x-portable-anymap", "image/x-os2-bitmap", "image/svg+xml", "image/x-canon-cr3", "image/heif", "video/mp4"],
]);

/** How much of a file decides its type. Units: bytes. */
export const mediaTypeBytes = 4096;

/**
 * Media type by content, null where no signature fits. The extension plays no part.
 *
 * Only fixed offsets are compared, and the names of the first directory's fields (TIFF) and of the first chunks (PNG): the bytes are hostile, and nothing
 * may parse them outside of the decoder.
 */
export function mediaTypeOf(head: Uint8Array): string | null {
  // Most files show by their first bytes that they are none of these: what lies further on is made text of only where it decides.
  const text = latin1(head, signatureBytes);
  const whole = (): string => latin1(head, mediaTypeBytes);
  if (text.startsWith("ftyp", 4)) return isoMediaType(whole());
  const found = (byFirstByte[head[0] ?? 0] ?? []).find(({ at, bytes }) => fits(text, at, bytes));
  if (found?.type === "image/tiff") return tiffType(head.subarray(0, mediaTypeBytes));
  if (found?.type === "image/png") return isAnimated(whole()) ? "image/apng" : "image/png";
  if (found !== undefined) return found.type;
  if (isBitmap(text)) return "image/bmp";
  if (isIcon(text)) return "image/x-icon";
  if (text.startsWith("P") && isAnymap(whole())) return "image/x-portable-anymap";
  if (isOs2Picture(text)) return "image/x-os2-bitmap";
  if (/^[\xef\s<]/.test(text) && /^(\xef\xbb\xbf)?\s*(<\?xml[^>]*>\s*)?(<!--[\s\S]{0,1000}?-->\s*)?(<!DOCTYPE svg[^>]*>\s*)?<svg[\s>]/i.test(whole())) return "image/svg+xml";
  return null;
}

function latin1(head: Uint8Array, mostBytes: number): string {
  return Buffer.from(head.buffer, head.byteOffset, Math.min(head.byteLength, mostBytes)).toString("latin1");
}

function fits(text: string, at: number, bytes: string): boolean {
  if (text.length < at + bytes.length) return false;
  for (let index = 0; index < bytes.length; index++) if (bytes[index] !== "?" && bytes[index] !== text[at + index]) return false;
  return true;
}

/** ISO base media files (AVIF, HEIC, MP4 ...): a picture's brand anywhere among them decides, for a decoder would find the picture, too. */
function isoMediaType(text: string): string {
  const stated = Buffer.from(text.slice(0, 4), "latin1").readUInt32BE();
  // 1 says that the size follows in 64 bits, 0 that the box is the rest of the file.
  const long = stated === 1;
  const end = stated < 16 ? text.length : Math.min(text.length, stated);
  const found = [text.slice(long ? 16 : 8, long ? 20 : 12)];
  for (let at = long ? 24 : 16; at + 4 <= end; at += 4) found.push(text.slice(at, at + 4));
  // A camera's raw file by a brand behind the first is a picture like any other: what a viewer shows of it is not the camera's preview.
  if (found[0] === rawBrand) return "image/x-canon-cr3";
  const known = found.map((brand) => brands[brand]).filter((type) => type !== undefined);
  const pictures = known.filter((type) => type.startsWith("image/"));
  if (pictures.length === 0 && found.includes(rawBrand)) return "image/x-canon-cr3";
  // Without a brand of a track, pictures are described ahead of all else.
  if (known.length === 0 && !found.some((brand) => trackBrand.test(brand)) && text.startsWith("meta", stated + 4)) return "image/heif";
  const named = pictures.length > 0 ? pictures : known;
  // mif1 and msf1 only say "some image": a codec's own brand among the compatible ones says more.
  return named.find((type) => type !== "image/heif") ?? named[0] ?? "video/mp4";
}

/** Whether the chunk that announces an animation stands ahead of the picture data, as it must. */
function isAnimated(text: string): boolean {
  for (let at = 33; at + 8 <= text.length; ) {
    const name = text.slice(at + 4, at + 8);
    if (name === "acTL") return true;
    if (name === "IDAT") return false;
    at += 12 + Buffer.from(text.slice(at, at + 4), "latin1").readUInt32BE();
  }
  return false;
}

/** "BM" alone begins many texts: the header's own size must be one that bitmaps have. */
function isBitmap(text: string): boolean {
  if (!text.startsWith("BM") || text.length < 18) return false;
  const headerBytes = text.charCodeAt(14) + text.charCodeAt(15) * 256;
  return [12, 16, 40, 52, 56, 64, 108, 124].includes(headerBytes) && text.charCodeAt(16) === 0 && text.charCodeAt(17) === 0;
}

/** Icons and cursors begin with few and common bytes: one of their first entries must lie behind the list of entries, and be of a size that a bitmap has. */
function isIcon(text: string): boolean {
  if (!/^\0\0[\x01\x02]\0/.test(text) || text.length < 22) return false;
  const header = Buffer.from(text.slice(0, 6 + 16 * mostIconEntries), "latin1");
  const pictures = header.readUInt16LE(4);
  for (let at = 6; at + 16 <= header.length && at < 6 + 16 * pictures; at += 16) {
    if (header.readUInt32LE(at + 8) >= 12 && header.readUInt32LE(at + 12) >= 6 + 16 * pictures) return true;
  }
  return false;
}
