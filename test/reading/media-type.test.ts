import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { extensionFits } from "../../src/reading/extensions.ts";
import { pictureSupport } from "../../src/perceptual/picture-types.ts";
import { mediaTypeOf as typeOf, mediaTypes } from "../../src/reading/media-type.ts";
import { tiffFile } from "../support/pictures-tiff.ts";

/** A type that is not among those that main believes would cost its files. */
function mediaTypeOf(head: Uint8Array): string | null {
  const type = typeOf(head);
  if (type !== null) expect(mediaTypes).toContain(type);
  return type;
}

const latin1 = (text: string): Buffer => Buffer.from(text, "latin1");
const iso = (major: string, ...compatible: string[]): Buffer => latin1(`\0\0\0${String.fromCharCode(16 + 4 * compatible.length)}ftyp${major}\0\0\0\0${compatible.join("")}rest`);

const uncompressedTarga = Buffer.concat([latin1("\0\0\x02\0\0\0\0\0\0\0\0\0\x40\0\x40\0\x18\0"), Buffer.alloc(40, 1)]);
const noIcon = Buffer.concat([latin1("\0\0\x01\0\x02\0"), Buffer.alloc(16)]);

describe("media type by content", () => {
  it.each([
    ["image/jpeg", latin1("\xff\xd8\xff\xe0\0\x10JFIF")],
    ["image/png", latin1("\x89PNG\r\n\x1a\n\0\0\0\rIHDR")],
    ["image/gif", latin1("GIF89a....")],
    ["image/webp", latin1("RIFF\x10\0\0\0WEBPVP8 ")],
    ["video/x-msvideo", latin1("RIFF\x10\0\0\0AVI LIST")],
    ["image/tiff", latin1("MM\0*\0\0\0\x08")],
    ["image/x-canon-cr2", latin1("II*\0\x10\0\0\0CR\x02\0")],
    ["image/tiff", latin1("MM\0*\0\0\0\x08......NIKON CORPORATION\0")],
    ["image/tiff", tiffFile([[{ tag: 0x010f, text: "NIKON CORPORATION" }, { tag: 0x0106, numbers: [2], type: 3 }]])],
    ["image/tiff", tiffFile([[{ tag: 0x00fe, numbers: [1] }]])],
    ["image/tiff", latin1("II+\0\x08\0\0\0")],
    ["image/x-adobe-dng", tiffFile([[{ tag: 0xc612, bytes: Buffer.of(1, 7, 0, 0) }]])],
    ["image/x-sony-arw", tiffFile([[{ tag: 0x010f, text: "SONY" }, { tag: 0x0103, numbers: [32767], type: 3 }]])],
    ["image/x-pentax-pef", tiffFile([[{ tag: 0x010f, text: "RICOH IMAGING" }, { tag: 0x0103, numbers: [65535], type: 3 }]], { isLittleEndian: false })],
    ["image/x-dcraw", tiffFile([[{ tag: 0x0106, numbers: [32803], type: 3 }]])],
    ["image/x-olympus-orf", latin1("IIRS\x08\0\0\0")],
    ["image/x-olympus-orf", latin1("MMOR\0\0\0\x08")],
    ["image/x-panasonic-rw2", latin1("IIU\0\x18\0\0\0")],
    ["image/x-fuji-raf", latin1("FUJIFILMCCD-RAW 0201")],
    ["image/x-canon-cr3", iso("crx ", "crx ", "isom")],
    ["image/apng", latin1("\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + "x".repeat(17) + "\0\0\0\x01gAMAx1234\0\0\0\x08acTL")],
    ["image/png", latin1("\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + "x".repeat(17) + "\0\0\0\x01IDATx1234\0\0\0\x08acTL")],
    ["image/png", latin1("\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + "x".repeat(17) + "\xff\xff\xff\xffgAMA")],
    ["image/x-icon", latin1("\0\0\x01\0\x01\0\x20\x20\0\0\x01\0\x20\0\xa8\x10\0\0\x16\0\0\0")],
    ["image/x-icon", latin1("\0\0\x02\0\x01\0\x20\x20\0\0\x05\0\x09\0\xa8\x10\0\0\x16\0\0\0")],
    ["image/jxl", latin1("\0\0\0\x0cJXL \r\n\x87\n")],
    ["image/jxl", latin1("\xff\x0a\x12")],
    ["image/jp2", latin1("\0\0\0\x0cjP  \r\n\x87\n")],
    ["image/vnd.adobe.photoshop", latin1("8BPS\0\x01")],
    ["image/avif", iso("avif", "mif1", "miaf")],
    ["image/avif", iso("mif1", "avif", "miaf")],
    ["image/heic", iso("heic", "mif1", "heic")],
    ["image/heic", iso("mif1", "mif1", "heic")],
    ["image/heif", iso("mif1", "miaf")],
    ["image/avif", iso("M4A ", "avif")],
    ["image/heic", iso("qt  ", "mp42", "heic")],
    ["image/avif", latin1("\0\0\0\x01ftyp\0\0\0\0\0\0\0\x20isom\0\0\0\0avif")],
    ["image/avif", latin1("\0\0\0\0ftypisom\0\0\0\0mp41avif")],
    ["image/avif", latin1(`\0\x01\0\x20ftypisom\0\0\0\0${"mp41".repeat(900)}avif`)],
    ["video/mp4", iso("isom", "iso2", "mp41")],
    ["image/bmp", latin1("BM\x36\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\x01\0")],
    ["image/svg+xml", latin1('<?xml version="1.0"?>\n<svg xmlns="x">')],
    ["application/zip", latin1("PK\x03\x04....")],
    ["application/x-tar", latin1("name".padEnd(257, "\0") + "ustar\0" + "00")],
  ])("%s", (type, bytes) => expect(mediaTypeOf(bytes)).toBe(type));

  it.each([
    ["image/x-portable-anymap", latin1("P6\n9 9\n255\n")],
    ["image/x-portable-anymap", latin1("P7 \nWIDTH 9")],
    ["image/vnd.zbrush.pcx", latin1("\x0a\x05\x01\x08\0\0\0\0")],
    ["image/jxr", latin1("II\xbc\x01\x20\0\0\0")],
    ["image/x-os2-bitmap", Buffer.concat([latin1("CI"), Buffer.alloc(12), Buffer.of(12, 0, 0, 0), Buffer.alloc(20)])],
    ["image/x-os2-bitmap", Buffer.concat([latin1("BA"), Buffer.alloc(26), Buffer.of(40, 0, 0, 0), Buffer.alloc(20)])],
    ["image/vnd.ms-dds", latin1("DDS \x7c\0\0\0")],
    ["image/x-exr", latin1("v/1\x01\x02\0\0\0")],
    ["image/vnd.radiance", latin1("#?RADIANCE\nFORMAT=")],
    ["image/fits", latin1("SIMPLE  =                    T")],
    ["image/x-dpx", latin1("SDPX\0\0")],
    ["image/x-jbig2", latin1("\x97JB2\r\n\x1a\n\x01")],
    ["image/vnd.djvu", latin1("AT&TFORM\0\0\0\x09DJVU")],
    ["image/wmf", latin1("\xd7\xcd\xc6\x9a\0\0\0\0")],
    ["image/emf", latin1("\x01\0\0\0" + "\0".repeat(36) + " EMF")],
    ["image/x-xcf", latin1("gimp xcf v011\0")],
    ["image/x-qoi", latin1("qoif\0\0\0\x09")],
    ["image/x-farbfeld", latin1("farbfeld\0\0")],
    ["image/flif", latin1("FLIF11")],
    ["image/bpg", latin1("BPG\xfb\0")],
    ["image/x-canon-crw", latin1("II\x1a\0\0\0HEAPCCDR\x02\0")],
    ["image/x-sigma-x3f", latin1("FOVb\x03\0\x02\0")],
    ["image/x-minolta-mrw", latin1("\0MRM\0\x01\0\0")],
    ["image/x-paintshoppro", latin1("Paint Shop Pro Image File\n\x1a\0")],
    ["image/x-xpixmap", latin1("/* XPM */\nstatic char * ")],
    ["image/x-mng", latin1("\x8aMNG\r\n\x1a\n")],
    ["image/x-jng", latin1("\x8bJNG\r\n\x1a\n")],
    ["image/x-sun-raster", latin1("\x59\xa6\x6a\x95\0")],
    ["image/x-sgi", latin1("\x01\xda\x01\x01\0\x03")],
    ["image/x-icns", latin1("icns\0\0\x09\0")],
  ])("%s, which is not decoded, so that it is counted", (type, bytes) => {
    expect(mediaTypeOf(bytes)).toBe(type);
    expect(pictureSupport(type)).toBe("unsupported");
  });

  it.each(["1pic", "jpeg", "jpgs", "avci", "avcs", "j2ki", "j2is", "vvic"])("of the HEIF family by the brand %s", (brand) => {
    expect(mediaTypeOf(latin1(`\0\0\0\x10ftyp${brand}\0\0\0\0`))).toBe("image/heif");
  });

  it("of the HEIF family by what follows brands that nobody knows, and of a track by its brand", () => {
    expect(mediaTypeOf(latin1("\0\0\0\x10ftypzzzz\0\0\0\0\0\0\0\x20meta"))).toBe("image/heif");
    expect(mediaTypeOf(latin1("\0\0\0\x10ftypqt  \0\0\0\0\0\0\0\x20meta"))).toBe("video/quicktime");
    expect(mediaTypeOf(latin1("\0\0\0\x10ftypzzzz\0\0\0\0\0\0\0\x20moov"))).toBe("video/mp4");
    expect(mediaTypeOf(latin1("\0\0\0\x10ftypisom\0\0\0\0\0\0\0\x20meta"))).toBe("video/mp4");
  });

  it("of an icon whose first entries are no good", () => {
    const entry = (lengthBytes: number, at: number): Buffer => Buffer.from([16, 16, 0, 0, 1, 0, 32, 0, lengthBytes, 0, 0, 0, at, 0, 0, 0]);
    expect(mediaTypeOf(Buffer.concat([Buffer.of(0, 0, 1, 0, 3, 0), entry(0, 0), entry(99, 2), entry(99, 60)]))).toBe("image/x-icon");
    expect(mediaTypeOf(Buffer.concat([Buffer.of(0, 0, 1, 0, 3, 0), entry(0, 0), entry(99, 2), entry(99, 20)]))).toBeNull();
  });

  it("has none for text, for empty files and for a text that begins with BM", () => {
    for (const bytes of [latin1(""), latin1("hello"), latin1("BMW is a maker of cars"), latin1("\xff\xd8"), uncompressedTarga, noIcon, latin1("P1 is the first of 9 9 "), latin1("CITY of the year 1999 and more")]) expect(mediaTypeOf(bytes)).toBeNull();
  });
});

describe("any bytes", () => {
  it("have a type or none", () => {
    const heads = ["", "II*\0", "MM\0*", "\x89PNG\r\n\x1a\n", "\0\0\x01\0", "BM", "\0\0\0\x20ftyp"].map(latin1);
    fc.assert(
      fc.property(fc.constantFrom(...heads), fc.uint8Array({ maxLength: 200 }), (head, rest) => {
        const type = mediaTypeOf(Buffer.concat([head, rest]));
        expect(type === null || type.includes("/")).toBe(true);
      }),
      { numRuns: 3000 },
    );
  });
});

describe("the extension of a name", () => {
  it.each([
    ["image/jpeg", "holiday.JPG", true],
    ["image/jpeg", "a/b.c/holiday.jpeg", true],
    ["image/jpeg", "letter.docx", false],
    ["image/png", "system.dll", false],
    ["application/zip", "letter.docx", true],
    ["video/quicktime", "clip.MP4", true],
    ["image/x-nikon-nef", "dsc.nef", true],
    ["image/x-nikon-nef", "dsc.jpg", false],
    ["image/tiff", "dsc.nef", true],
    ["image/jpeg", "holiday", null],
    ["image/jpeg", "holiday.", null],
    ["image/jpeg", ".jpg", null],
    ["image/jpeg", "folder.jpg/.png", null],
    ["image/jpeg", "f_00001a.unknownext", null],
    ["image/jpeg", "holiday.jp\xffg", null],
    ["application/x-of-tomorrow", "a.jpg", null],
    ["toString", "a.jpg", null],
    [null, "a.jpg", null],
  ])("fits %s in %j: %j", (type, name, expected) => {
    expect(extensionFits(type, latin1(name))).toBe(expected);
  });
});
