import { crc32 } from "node:zlib";
import { adler32 } from "../adler32.ts";
import type { Pixels } from "./pixels.ts";

/** Most bytes that one uncompressed block of a deflate stream holds. */
const storedBlockBytes = 0xffff;

/**
 * A PNG file of the pixels, uncompressed, so that its bytes do not hang on a version of a compressor.
 *
 * Source: PNG specification (ISO/IEC 15948); RFC 1950 and 1951.
 */
export function storedPng({ data, widthPixels, heightPixels, channels }: Pixels): Uint8Array {
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, widthPixels);
  view.setUint32(4, heightPixels);
  header.set([8, channels === 3 ? 2 : 0, 0, 0, 0], 8);
  const rowBytes = widthPixels * channels;
  const rows = new Uint8Array(heightPixels * (1 + rowBytes));
  for (let row = 0; row < heightPixels; row++) rows.set(data.subarray(row * rowBytes, (row + 1) * rowBytes), row * (1 + rowBytes) + 1);
  return joined([
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
    chunk("IHDR", header),
    chunk("IDAT", storedStream(rows)),
    chunk("IEND", new Uint8Array(0)),
  ]);
}

function storedStream(bytes: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [Uint8Array.of(0x78, 0x01)];
  for (let at = 0; at < bytes.length; at += storedBlockBytes) {
    const block = bytes.subarray(at, at + storedBlockBytes);
    const isLast = at + block.length === bytes.length;
    const size = block.length;
    parts.push(Uint8Array.of(isLast ? 1 : 0, size & 255, size >> 8, ~size & 255, (~size >> 8) & 255), block);
  }
  return joined([...parts, bigEndian(adler32(bytes))]);
}

function chunk(name: string, content: Uint8Array): Uint8Array {
  const named = joined([new TextEncoder().encode(name), content]);
  return joined([bigEndian(content.length), named, bigEndian(crc32(named))]);
}

function bigEndian(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
