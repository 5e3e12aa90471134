import { byteView, type Span } from "./byte-view.ts";

/** A named part of a file. Shape: the span is of its content and lies within the bytes, cut off at their end where it states more. */
export interface Chunk extends Span {
  readonly name: string;
}

/** The chunks of a PNG file. Source: ISO/IEC 15948, 5.3. */
export function pngChunks(bytes: Uint8Array): Generator<Chunk> {
  const view = byteView(bytes, false);
  return walked(bytes, 8, (at) => {
    const lengthBytes = view.u32(at);
    const name = view.text(at + 4, 4);
    return lengthBytes === null || name === null ? null : { name, offsetBytes: at + 8, lengthBytes, nextAt: at + 12 + lengthBytes };
  });
}

/** The chunks of a RIFF file, those of its one form. Source: WebP container specification. */
export function riffChunks(bytes: Uint8Array): Generator<Chunk> {
  const view = byteView(bytes, true);
  return walked(bytes, 12, (at) => {
    const name = view.text(at, 4);
    const lengthBytes = view.u32(at + 4);
    return lengthBytes === null || name === null ? null : { name, offsetBytes: at + 8, lengthBytes, nextAt: at + 8 + lengthBytes + (lengthBytes & 1) };
  });
}

/** The boxes of an ISO base media file, or of the content of one of its boxes. Source: ISO/IEC 14496-12, 4.2. */
export function boxesOf(bytes: Uint8Array, within: Span = { offsetBytes: 0, lengthBytes: bytes.length }): Generator<Chunk> {
  const end = within.offsetBytes + within.lengthBytes;
  const view = byteView(bytes, false);
  return walked(bytes.subarray(0, end), within.offsetBytes, (at) => {
    const stated = view.u32(at);
    const name = view.text(at + 4, 4);
    if (stated === null || name === null) return null;
    const headBytes = stated === 1 ? 16 : 8;
    const long = stated === 1 ? longSize(view.u32(at + 8), view.u32(at + 12)) : null;
    const sizeBytes = stated === 0 ? end - at : (long ?? stated);
    if (sizeBytes < headBytes) return null;
    return { name, offsetBytes: at + headBytes, lengthBytes: sizeBytes - headBytes, nextAt: at + sizeBytes };
  });
}

function longSize(high: number | null, low: number | null): number {
  return high === null || low === null ? 0 : high * 2 ** 32 + low;
}

/** One after the other, and none kept: however many there are, what lies behind them is found. */
function* walked(bytes: Uint8Array, from: number, read: (at: number) => (Chunk & { readonly nextAt: number }) | null): Generator<Chunk> {
  for (let at = from; at < bytes.length; ) {
    const chunk = read(at);
    if (chunk === null || chunk.offsetBytes > bytes.length) return;
    const { name, offsetBytes, lengthBytes, nextAt } = chunk;
    yield { name, offsetBytes, lengthBytes: Math.min(lengthBytes, bytes.length - offsetBytes) };
    at = nextAt;
  }
}
