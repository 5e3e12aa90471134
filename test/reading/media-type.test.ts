import { describe, expect, it } from "vitest";
import { mediaTypeOf } from "../../src/reading/media-type.ts";

const latin1 = (text: string): Buffer => Buffer.from(text, "latin1");
const iso = (major: string, ...compatible: string[]): Buffer => latin1(`\0\0\0${String.fromCharCode(16 + 4 * compatible.length)}ftyp${major}\0\0\0\0${compatible.join("")}rest`);

describe("media type by content", () => {
  it.each([
    ["image/jpeg", latin1("\xff\xd8\xff\xe0\0\x10JFIF")],
    ["image/png", latin1("\x89PNG\r\n\x1a\n\0\0\0\rIHDR")],
    ["image/gif", latin1("GIF89a....")],
    ["image/webp", latin1("RIFF\x10\0\0\0WEBPVP8 ")],
    ["video/x-msvideo", latin1("RIFF\x10\0\0\0AVI LIST")],
    ["image/tiff", latin1("MM\0*\0\0\0\x08")],
    ["image/x-canon-cr2", latin1("II*\0\x10\0\0\0CR\x02\0")],
    ["image/x-nikon-nef", latin1("MM\0*\0\0\0\x08......NIKON CORPORATION\0")],
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

  it("has none for text, for empty files and for a text that begins with BM", () => {
    for (const bytes of [latin1(""), latin1("hello"), latin1("BMW is a maker of cars"), latin1("\xff\xd8")]) expect(mediaTypeOf(bytes)).toBeNull();
  });
});
