import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { byteView } from "./byte-view.ts";
import { boxesOf } from "./chunks.ts";
import type { Header } from "./decoding-library.ts";
import { headerSegments, segmentsOf, startOfScan } from "./jpeg-segments.ts";
import { chainOf, numberOf, tiffOf } from "./tiff-directories.ts";
import { firstOf, thoseOf } from "./walks.ts";

/**
 * Most memory that decoding one picture may take, its file included, beside the 70 MiB that a decoder takes for itself: of the 1 GiB that one may take, 54 MiB are
 * left for what cannot be told from a header.
 */
export const mostDecodingBytes = 900 * 2 ** 20;

/** What decoding a page takes, told from its header. Shape: rather too much than too little; without the file itself. */
export function decodingBytes(bytes: Uint8Array, { format, channels, isDeep, hasAlpha, widthPixels, heightPixels }: Header, page: number): number {
  const pixels = widthPixels * heightPixels;
  const decoded = decodedPixelBytes(hasAlpha) * pixels;
  // Measured at 16 to 64 megapixels, and a little more: canvas, frame, what the library puts together, what it gives.
  if (format === "webp") return (hasAlpha ? 24 : 19) * pixels;
  if (format === "gif") return 13 * pixels;
  if (format === "heif") return pixels * (isDeep ? 30 : isSubsampled(bytes) && !hasAlpha ? 20 : 24);
  if (format === "jpeg") return decoded + coefficientBytes(bytes);
  if (format === "png") return decoded + (isInterlaced(bytes) ? channels * (isDeep ? 2 : 1) * pixels : 0);
  // Of more channels than colours and alpha all are decoded ahead of the colours alone.
  return Math.max(decoded, channels > 4 ? (channels + 3) * pixels : 0) + tiffPartBytes(bytes, page, widthPixels, heightPixels);
}

/** Decoded pixels with their alpha, which is put apart where it varies. */
export function decodedPixelBytes(hasAlpha: boolean): number {
  return hasAlpha ? 5 : 3;
}

/** The same of a JPEG file of which its size was read. */
export function jpegDecodingBytes(bytes: Uint8Array, { widthPixels, heightPixels }: { readonly widthPixels: number; readonly heightPixels: number }): number {
  return decodedPixelBytes(false) * widthPixels * heightPixels + coefficientBytes(bytes);
}

/** The same of a PNG file, whose decoder keeps an interlaced picture whole, at most in 16 bits with alpha. */
export function pngDecodingBytes(bytes: Uint8Array, widthPixels: number, heightPixels: number): number {
  const bytesOfChannel = byteView(bytes, false).u8(24) === 16 ? 2 : 1;
  return (decodedPixelBytes(true) + (isInterlaced(bytes) ? 4 * bytesOfChannel : 0)) * widthPixels * heightPixels;
}

/**
 * A tile, or a part of one colour, is decoded whole, and kept beside the ones next to it. Of files whose directories are not read here (BigTIFF) nothing is known.
 *
 * Shape: `page` counts the main directories.
 */
export function tiffPartBytes(bytes: Uint8Array, page: number, widthPixels: number, heightPixels: number): number {
  const tiff = tiffOf(bytes);
  const fields = tiff === null ? undefined : chainOf(tiff)[page];
  const most = 8 * widthPixels * heightPixels;
  if (tiff === null || fields === undefined) return most;
  const value = (tag: number): number => numberOf(tiff.view, fields.get(tag)) ?? 1;
  const [tileRows, stripRows] = [0x0143, 0x0116].map((tag) => (fields.has(tag) ? value(tag) : null));
  if (tileRows === null && value(0x011c) !== 2) return 0;
  const rows = Math.min(heightPixels, tileRows ?? stripRows ?? heightPixels);
  return Math.min(most, 2 * rows * widthPixels * Math.ceil(value(0x0102) / 8) * value(0x0115));
}

/** A JPEG file that is not coded in one scan is decoded from all of its coefficients. Source: ITU-T T.81, A.1.1 and A.2. */
function coefficientBytes(bytes: Uint8Array): number {
  const view = byteView(bytes, false);
  const frame = firstOf(segmentsOf(bytes), ({ marker, lengthBytes }) => [0xc0, 0xc1, 0xc2].includes(marker) && lengthBytes >= 6);
  if (frame === undefined) return 0;
  const { offsetBytes: at } = frame;
  const components = Math.min(view.u8(at + 5)!, Math.floor((frame.lengthBytes - 6) / 3));
  const scan = firstOf(headerSegments(bytes), ({ marker }) => marker === startOfScan);
  const inFirstScan = scan === undefined ? 0 : view.u8(scan.offsetBytes)!;
  if (frame.marker !== 0xc2 && inFirstScan >= components) return 0;
  const factors = Array.from({ length: components }, (_, component) => view.u8(at + 7 + 3 * component)!).map((factor) => [factor >> 4, factor & 15] as const);
  const [across, down] = [Math.max(1, ...factors.map(([wide]) => wide)), Math.max(1, ...factors.map(([, high]) => high))];
  const blocks = factors.reduce((sum, [wide, high]) => sum + wide * high, 0);
  const units = Math.ceil(view.u16(at + 3)! / (8 * across)) * Math.ceil(view.u16(at + 1)! / (8 * down));
  return 64 * 2 * blocks * units;
}

function isInterlaced(bytes: Uint8Array): boolean {
  return byteView(bytes, false).u8(28) !== 0;
}

/** Whether all AV1 pictures of a file are stated to have their colours at half the width and height, or none. Source: AV1 in ISOBMFF, 2.3.3. */
function isSubsampled(bytes: Uint8Array): boolean {
  const within = (name: string, span: { readonly offsetBytes: number; readonly lengthBytes: number }) => thoseOf(boxesOf(bytes, span), (box) => box.name === name);
  const meta = firstOf(boxesOf(bytes), ({ name }) => name === "meta");
  if (meta === undefined) return false;
  const configurations = within("iprp", { offsetBytes: meta.offsetBytes + 4, lengthBytes: Math.max(0, meta.lengthBytes - 4) }).flatMap((box) => within("ipco", box)).flatMap((box) => within("av1C", box));
  return configurations.length > 0 && configurations.every(({ offsetBytes }) => (byteView(bytes, false).u8(offsetBytes + 2)! & 0x1c) >= 0x0c);
}

// Memory that is let go of is there again when it was collected, which only JavaScript's own allocations wait for, not those of the decoding library.
setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

/** Node 20 has it, but shows it to new contexts only, and these when asked. */
const transfer = transferOf(ArrayBuffer.prototype) ?? hiddenTransfer();

function transferOf(prototype: ArrayBuffer & { readonly transfer?: Transfer }): Transfer | undefined {
  return prototype.transfer;
}

type Transfer = (this: ArrayBuffer, newLengthBytes: number) => ArrayBuffer;

function hiddenTransfer(): Transfer {
  setFlagsFromString("--harmony-rab-gsab-transfer");
  return runInNewContext("ArrayBuffer.prototype.transfer") as Transfer;
}

/** So much may be let go of and not collected; less ahead of a picture that is large itself. Collecting after each ordinary picture would be a tenth of its time. */
const mostUncollectedBytes = 256 * 2 ** 20;
const largeBytes = 64 * 2 ** 20;

let uncollectedBytes = 0;
let taken = 0;

/** What the pictures of this process took together: from one that decoded little, no memory is missing. */
export function takenBytes(): number {
  return taken;
}

/** Call ahead of decoding what takes so much memory: what was taken before and let go of since is collected then. */
export async function makeRoom(bytes: number): Promise<void> {
  if (uncollectedBytes > mostUncollectedBytes || bytes > largeBytes) {
    collect();
    // The library's buffers are given back behind the collection, one turn later.
    await new Promise((resolve) => setImmediate(resolve));
    uncollectedBytes = 0;
  }
  uncollectedBytes += bytes;
  taken += bytes;
}

/**
 * Gives back the memory of bytes that nobody will look at any more, without waiting until it is collected: the next picture then takes the same memory, which is
 * still in the processor's cache, and nothing is left to collect. Memory that holds more than these bytes is left alone.
 */
export function letGo({ buffer, byteLength }: Uint8Array): void {
  if (!(buffer instanceof ArrayBuffer) || byteLength < buffer.byteLength) return;
  transfer.call(buffer, 0);
  uncollectedBytes = Math.max(0, uncollectedBytes - byteLength);
}

/** Whether an error says that there was no memory left. Its text may quote the content and goes no further. libheif calls it so, too, when a file states more parts than it believes. */
export function isOutOfMemory(error: unknown): boolean {
  return error instanceof Error && /memory|bad_alloc|allocation failed/i.test(error.message) && !/security limit/i.test(error.message);
}
