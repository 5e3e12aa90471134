/** A span of a file. */
export interface Span {
  readonly offsetBytes: number;
  readonly lengthBytes: number;
}

/** Numbers at offsets of hostile bytes. Shape: null where they do not lie within. */
export interface ByteView {
  readonly bytes: Uint8Array;
  u8(at: number): number | null;
  u16(at: number): number | null;
  u32(at: number): number | null;
  /** Latin-1. */
  text(at: number, lengthBytes: number): string | null;
}

export function byteView(bytes: Uint8Array, isLittleEndian: boolean): ByteView {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const holds = (at: number, lengthBytes: number): boolean => isWithin({ offsetBytes: at, lengthBytes }, bytes.length);
  return {
    bytes,
    u8: (at) => (holds(at, 1) ? view.getUint8(at) : null),
    u16: (at) => (holds(at, 2) ? view.getUint16(at, isLittleEndian) : null),
    u32: (at) => (holds(at, 4) ? view.getUint32(at, isLittleEndian) : null),
    text: (at, lengthBytes) => (holds(at, lengthBytes) ? Buffer.from(bytes.buffer, bytes.byteOffset + at, lengthBytes).toString("latin1") : null),
  };
}

/** Whether a span lies within so many bytes. */
export function isWithin({ offsetBytes, lengthBytes }: Span, sizeBytes: number): boolean {
  return Number.isSafeInteger(offsetBytes) && offsetBytes >= 0 && lengthBytes >= 0 && offsetBytes + lengthBytes <= sizeBytes;
}

export function spanOf(bytes: Uint8Array, { offsetBytes, lengthBytes }: Span): Uint8Array {
  return bytes.subarray(offsetBytes, offsetBytes + lengthBytes);
}
