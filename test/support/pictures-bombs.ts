import { deflateSync } from "node:zlib";
import { drawPhoto, encode } from "./draw.ts";
import { be16, be32, le16, le32, photoPixels } from "./pictures.ts";
import { bmp } from "./pictures-bitmap.ts";
import { withSegment } from "./pictures-jpeg.ts";
import { animatedPng, pngOf, withChunks } from "./pictures-png.ts";
import { plainPage, tiffFile } from "./pictures-tiff.ts";

/** A file that is made to bring a decoder down. Shape: `status` is what it must come to; `isSlow` ones take seconds or much memory. */
export interface Bomb {
  readonly name: string;
  readonly mediaType: string;
  readonly make: () => Buffer | Promise<Buffer>;
  readonly status: string;
  readonly isSlow?: boolean;
}

const zeros = (bytes: number): Buffer => deflateSync(Buffer.alloc(bytes), { level: 1 });
const little = zeros(1000);
const text = zeros(50_000_000);
const half = (file: Buffer): Buffer => file.subarray(0, file.length >> 1);
const photo = drawPhoto(31, 160, 120);
const jpeg = (progressive = false): Promise<Buffer> => encode(photo, "jpeg", { progressive });
const name = (text: string): Buffer => Buffer.from(text, "latin1");

/** A JPEG file of a frame header and nothing that could be decoded. */
export function jpegHeader(width: number, height: number, marker = 0xc0, factors = [0x22, 0x11, 0x11], inScan = factors.length): Buffer {
  const components = Buffer.concat(factors.map((factor, at) => Buffer.of(at + 1, factor, 0)));
  const frame = Buffer.concat([Buffer.of(8), be16(height, width), Buffer.of(factors.length), components]);
  const scan = Buffer.concat([Buffer.of(inScan), ...Array.from({ length: inScan }, (_, at) => Buffer.of(at + 1, 0)), Buffer.of(0, 63, 0)]);
  return withSegment(withSegment(Buffer.of(0xff, 0xd8, 0xff, 0xd9), 0xda, scan), marker, frame);
}

function tiffHeader(width: number, height: number, more: readonly { readonly tag: number; readonly numbers: readonly number[] }[] = []): Buffer {
  return tiffFile([plainPage({ ...photoPixels(1, 8, 8), widthPixels: width, heightPixels: height }, more)]);
}

/** A GIF file of frames of one pixel. */
function gif(width: number, height: number, frames: number): Buffer {
  const frame = Buffer.concat([Buffer.of(0x21, 0xf9, 4, 0, 1, 0, 0, 0, 0x2c), le16(0, 0, 1, 1), Buffer.of(0, 2, 2, 0x44, 1, 0)]);
  return Buffer.concat([name("GIF89a"), le16(width, height), Buffer.of(0x80, 0, 0, 0, 0, 0, 255, 255, 255), ...Array.from({ length: frames }, () => frame), Buffer.of(0x3b)]);
}

function riff(...chunks: readonly (readonly [name: string, content: Buffer])[]): Buffer {
  const parts = chunks.map(([title, content]) => Buffer.concat([name(title), le32(content.length), content, Buffer.alloc(content.length & 1)]));
  const body = Buffer.concat([name("WEBP"), ...parts]);
  return Buffer.concat([name("RIFF"), le32(body.length), body]);
}

function box(title: string, ...content: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(content);
  return Buffer.concat([be32(body.length + 8), name(title), body]);
}

/** The last scan of a progressive JPEG so many times more: each goes over all coefficients. */
async function manyScans(times: number): Promise<Buffer> {
  const file = await jpeg(true);
  const from = file.lastIndexOf(Buffer.of(0xff, 0xda));
  const scan = file.subarray(from, file.length - 2);
  return Buffer.concat([file.subarray(0, file.length - 2), ...Array.from({ length: times }, () => scan), Buffer.of(0xff, 0xd9)]);
}

async function flat(side: number, encoding: "jpeg" | "webp" | "png", options: object): Promise<Buffer> {
  const { default: sharp } = await import("sharp");
  return sharp({ create: { width: side, height: side, channels: 3, background: "#8a4" } })[encoding](options).toBuffer();
}

async function webpFrames(count: number): Promise<Buffer> {
  const still = await encode(photo, "webp");
  const picture = still.subarray(12);
  const u24 = (value: number): Buffer => Buffer.of(value & 255, (value >> 8) & 255, value >> 16);
  const frame = Buffer.concat([u24(0), u24(0), u24(159), u24(119), u24(10), Buffer.of(0), picture]);
  return riff(["VP8X", Buffer.concat([Buffer.of(2, 0, 0, 0), u24(159), u24(119)])], ["ANIM", Buffer.alloc(6)], ...Array.from({ length: count }, () => ["ANMF", frame] as const));
}

const png: readonly Bomb[] = [
  { name: "PNG of 100,000 x 100,000", mediaType: "image/png", make: () => pngOf(100_000, 100_000, { bits: 1, colours: 0 }, ["IDAT", little]), status: "too-large" },
  { name: "PNG of 2^31-1 on a side", mediaType: "image/png", make: () => pngOf(2 ** 31 - 1, 2 ** 31 - 1, {}, ["IDAT", little]), status: "undecodable" },
  { name: "PNG of no size", mediaType: "image/png", make: () => pngOf(0, 0, {}, ["IDAT", little]), status: "undecodable" },
  { name: "PNG of 16,000 x 16,000 in 16 bits with alpha", mediaType: "image/png", make: () => pngOf(16_000, 16_000, { bits: 16, colours: 6 }, ["IDAT", little]), status: "too-large" },
  { name: "PNG of 16,383 x 16,383, interlaced", mediaType: "image/png", make: () => pngOf(16_383, 16_383, { interlaced: true }, ["IDAT", little]), status: "too-large" },
  { name: "PNG of 16,383 x 16,383 in one bit", mediaType: "image/png", make: () => pngOf(16_383, 16_383, { bits: 1, colours: 0 }, ["IDAT", zeros(2049 * 16_383)]), status: "hashed", isSlow: true },
  { name: "PNG of 9,000 x 9,000, interlaced", mediaType: "image/png", make: () => flat(9_000, "png", { progressive: true, compressionLevel: 1 }), status: "hashed", isSlow: true },
  { name: "PNG of one row of a million", mediaType: "image/png", make: () => pngOf(1_000_000, 1, { colours: 0 }, ["IDAT", zeros(1_000_001)]), status: "too-small" },
  { name: "PNG of a million rows", mediaType: "image/png", make: () => pngOf(1, 1_000_000, { colours: 0 }, ["IDAT", zeros(2_000_000)]), status: "too-small" },
  { name: "PNG of a header", mediaType: "image/png", make: () => pngOf(640, 480, {}), status: "undecodable" },
  { name: "PNG whose data hold a hundred times its pixels", mediaType: "image/png", make: () => pngOf(64, 64, { colours: 0 }, ["IDAT", zeros(65 * 64 * 10_000)]), status: "hashed" },
  { name: "PNG with 20 texts of 50 MB", mediaType: "image/png", make: async () => withChunks(await encode(photo, "png"), ...Array.from({ length: 20 }, (_, at) => ["zTXt", Buffer.concat([name(`text ${at}\0\0`), text])] as const)), status: "hashed" },
  { name: "PNG with a colour profile of 50 MB", mediaType: "image/png", make: async () => withChunks(await encode(photo, "png"), ["iCCP", Buffer.concat([name("profile\0\0"), text])]), status: "hashed" },
  { name: "PNG of 60,000 empty chunks", mediaType: "image/png", make: async () => withChunks(await encode(photo, "png"), ...Array.from({ length: 60_000 }, () => ["teSt", Buffer.alloc(0)] as const)), status: "hashed" },
  { name: "PNG cut in its middle", mediaType: "image/png", make: async () => half(await encode(photo, "png")), status: "partial" },
  { name: "PNG that announces 4 thousand million frames", mediaType: "image/apng", make: async () => withChunks(await encode(photo, "png"), ["acTL", be32(0xffffffff, 0)]), status: "hashed" },
  { name: "animated PNG of 1,500 frames of a pixel on 2,000 x 2,000", mediaType: "image/apng", make: () => animatedPng(2_000, 2_000, Array.from({ length: 1_500 }, () => ({ data: Buffer.alloc(4, 200), left: 0, top: 0, width: 1, height: 1, disposal: "restore" as const }))), status: "first-page", isSlow: true },
  { name: "animated PNG whose frames lie outside", mediaType: "image/apng", make: () => animatedPng(64, 64, [{ data: Buffer.alloc(4 * 64 * 64, 9), left: 0xfffffff0, top: 0xfffffff0, width: 64, height: 64 }]), status: "hashed" },
];

const jpegs: readonly Bomb[] = [
  { name: "JPEG of 65,500 x 65,500", mediaType: "image/jpeg", make: () => jpegHeader(65_500, 65_500), status: "too-large" },
  { name: "progressive JPEG of 16,383 x 16,383 by its header", mediaType: "image/jpeg", make: () => jpegHeader(16_383, 16_383, 0xc2), status: "too-large" },
  { name: "JPEG of 16,000 x 16,000 with a scan for each colour", mediaType: "image/jpeg", make: () => jpegHeader(16_000, 16_000, 0xc0, [0x11, 0x11, 0x11], 1), status: "too-large" },
  { name: "JPEG of 12,000 x 12,000 that ends behind its header", mediaType: "image/jpeg", make: () => jpegHeader(12_000, 12_000), status: "undecodable" },
  { name: "JPEG of ten colours in 4 x 4", mediaType: "image/jpeg", make: () => jpegHeader(8_000, 8_000, 0xc2, Array.from({ length: 10 }, () => 0x44)), status: "undecodable" },
  { name: "progressive JPEG of 16,383 x 16,383", mediaType: "image/jpeg", make: () => flat(16_383, "jpeg", { progressive: true, quality: 60 }), status: "too-large", isSlow: true },
  { name: "progressive JPEG of 12,500 x 12,500", mediaType: "image/jpeg", make: () => flat(12_500, "jpeg", { progressive: true, quality: 60 }), status: "hashed", isSlow: true },
  { name: "JPEG of 16,383 x 16,383", mediaType: "image/jpeg", make: () => flat(16_383, "jpeg", { quality: 60 }), status: "hashed", isSlow: true },
  { name: "progressive JPEG of 2,000 scans", mediaType: "image/jpeg", make: () => manyScans(2_000), status: "undecodable" },
  { name: "JPEG cut in its middle", mediaType: "image/jpeg", make: async () => half(await jpeg()), status: "partial" },
  { name: "JPEG that is a ZIP file, too", mediaType: "image/jpeg", make: async () => Buffer.concat([await jpeg(), name("PK\x05\x06"), Buffer.alloc(18)]), status: "hashed" },
  { name: "JPEG behind 30 MB of fill bytes", mediaType: "image/jpeg", make: async () => Buffer.concat([Buffer.of(0xff, 0xd8), Buffer.alloc(30_000_000, 0xff), (await jpeg()).subarray(2)]), status: "hashed" },
  { name: "JPEG of 4,000 comments", mediaType: "image/jpeg", make: async () => Buffer.concat([Buffer.of(0xff, 0xd8), ...Array.from({ length: 4_000 }, () => Buffer.concat([Buffer.of(0xff, 0xfe), be16(10_002), Buffer.alloc(10_000)])), (await jpeg()).subarray(2)]), status: "hashed" },
];

const animations: readonly Bomb[] = [
  { name: "GIF of 65,535 x 65,535 in 37 bytes", mediaType: "image/gif", make: () => gif(65_535, 65_535, 1), status: "too-small" },
  { name: "GIF of 50,000 frames", mediaType: "image/gif", make: () => gif(1, 1, 50_000), status: "too-small" },
  { name: "GIF of 50,000 frames on 300 x 300", mediaType: "image/gif", make: () => gif(300, 300, 50_000), status: "first-page", isSlow: true },
  { name: "GIF of 3,000 frames on 2,000 x 2,000", mediaType: "image/gif", make: () => gif(2_000, 2_000, 3_000), status: "first-page", isSlow: true },
  { name: "GIF that is a script, too", mediaType: "image/gif", make: async () => Buffer.concat([await encode(photo, "gif"), name("*/=1;for(;;);")]), status: "hashed" },
  { name: "GIF cut in its middle", mediaType: "image/gif", make: async () => half(await encode(photo, "gif")), status: "partial" },
  { name: "WebP of 16,383 x 16,383 by its header", mediaType: "image/webp", make: () => riff(["VP8L", Buffer.concat([Buffer.of(0x2f), le32(0x3ffe | (0x3ffe << 14)), Buffer.alloc(40)])]), status: "undecodable" },
  { name: "WebP with a canvas of 2^24 on a side", mediaType: "image/webp", make: () => riff(["VP8X", Buffer.from("02000000ffffffffffff".padEnd(20, "0"), "hex")], ["ANIM", Buffer.alloc(6)]), status: "undecodable" },
  { name: "WebP of 7,000 x 7,000 in few bytes", mediaType: "image/webp", make: () => flat(7_000, "webp", { lossless: true, effort: 0 }), status: "hashed", isSlow: true },
  { name: "WebP of 300 frames", mediaType: "image/webp", make: () => webpFrames(300), status: "hashed" },
];

const others: readonly Bomb[] = [
  { name: "TIFF whose directory follows itself", mediaType: "image/tiff", make: () => { const file = tiffHeader(8, 8); file.writeUInt32LE(file.readUInt32LE(4), file.readUInt32LE(4) + 2 + 12 * 9); return file; }, status: "hashed" },
  { name: "TIFF of 2^31 on a side", mediaType: "image/tiff", make: () => tiffHeader(2 ** 31 - 1, 2 ** 31 - 1), status: "undecodable" },
  { name: "TIFF of 16,000 x 16,000 without its strip", mediaType: "image/tiff", make: () => tiffHeader(16_000, 16_000), status: "undecodable" },
  { name: "TIFF of one tile of 16,000 x 16,000", mediaType: "image/tiff", make: () => tiffHeader(16_000, 16_000, [{ tag: 0x142, numbers: [16_000] }, { tag: 0x143, numbers: [16_000] }, { tag: 0x144, numbers: [8] }, { tag: 0x145, numbers: [192] }]), status: "undecodable" },
  { name: "TIFF whose strip lies 4 GB away", mediaType: "image/tiff", make: () => tiffHeader(8, 8, [{ tag: 0x111, numbers: [0xfffffff0] }]), status: "undecodable" },
  { name: "TIFF of 3,000 pages", mediaType: "image/tiff", make: () => tiffFile(Array.from({ length: 3_000 }, () => plainPage(photoPixels(1, 8, 8)))), status: "first-page" },
  { name: "BMP of 2^31-1 on a side", mediaType: "image/bmp", make: () => bitmap(2 ** 31 - 1, 2 ** 31 - 1), status: "too-large" },
  { name: "BMP of 14,000 x 14,000 in few runs", mediaType: "image/bmp", make: () => { const { file } = bmp(photoPixels(1, 40, 30), { bits: 8, runs: true }); file.set(le32(14_000, 14_000), 18); return file; }, status: "undecodable" },
  { name: "BMP of a row of 16,000 x 16,000", mediaType: "image/bmp", make: () => bitmap(16_000, 16_000), status: "undecodable" },
  { name: "icon of 65,535 pictures at one place", mediaType: "image/x-icon", make: () => Buffer.concat([le16(0, 1, 65_535), ...Array.from({ length: 65_535 }, () => Buffer.concat([Buffer.alloc(8), le32(400, 0)]))]), status: "undecodable" },
  { name: "HEIC of boxes within boxes", mediaType: "image/heic", make: () => Array.from({ length: 5_000 }).reduce<Buffer>((inner) => box("meta", Buffer.alloc(4), inner), Buffer.alloc(0)), status: "undecodable" },
  { name: "HEIC that states 65,535 items", mediaType: "image/heic", make: () => Buffer.concat([box("ftyp", name("heic\0\0\0\0mif1heic")), box("meta", Buffer.alloc(4), box("pitm", be32(0), be16(1)), box("iinf", be32(0), be16(65_535)), box("iloc", be32(0), Buffer.of(0x44, 0), be16(65_535)))]), status: "undecodable" },
  { name: "AVIF cut in its middle", mediaType: "image/avif", make: async () => half(await encode(photo, "avif")), status: "undecodable" },
  { name: "drawing of entities within entities", mediaType: "image/png", make: () => name(`<?xml version="1.0"?><!DOCTYPE s [<!ENTITY a "aaaaaaaaaa">${Array.from({ length: 20 }, (_, at) => `<!ENTITY ${String.fromCharCode(98 + at)} "${`&${String.fromCharCode(97 + at)};`.repeat(10)}">`).join("")}]><svg xmlns="http://www.w3.org/2000/svg"><text>&u;</text></svg>`), status: "undecodable" },
  { name: "camera file of previews at one place", mediaType: "image/x-sony-arw", make: () => tiffFile(Array.from({ length: 60 }, () => [{ tag: 0x0201, numbers: [8] }, { tag: 0x0202, numbers: [4_000_000_000] }]), { behindHead: jpegHeader(12_000, 12_000).toString("latin1") }), status: "undecodable" },
];

function bitmap(width: number, height: number): Buffer {
  const { file } = bmp(photoPixels(1, 40, 30), { bits: 24 });
  file.set(le32(width, height), 18);
  return file;
}

/** All of them. */
export const bombs: readonly Bomb[] = [...png, ...jpegs, ...animations, ...others];
