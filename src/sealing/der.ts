/** One value of DER with what stands within it. Shape: `bytes` all of it, `content` without tag and length. */
export interface Element {
  readonly tag: number;
  readonly bytes: Buffer;
  readonly content: Buffer;
}

/** Tags of the values that are read here; `first`: [0]. */
export const tags = { octets: 0x04, objectIdentifier: 0x06, sequence: 0x30, set: 0x31, first: 0xa0 } as const;

/**
 * The values that follow each other in these bytes, to the last byte; null where they are not in the one form that DER has.
 *
 * Source: ITU-T X.690, 8.1.3 and 10.1: lengths are definite, and in as few bytes as can be.
 */
export function elementsIn(bytes: Buffer): readonly Element[] | null {
  const elements: Element[] = [];
  for (let at = 0; at < bytes.length; ) {
    const [tag = 0, first = 0x80] = bytes.subarray(at, at + 2);
    const lengthBytes = first < 0x80 ? 0 : first - 0x80;
    // Tags of several bytes stand nowhere in a time stamp; 0x80 alone is BER's indefinite length.
    if ((tag & 0x1f) === 0x1f || first === 0x80 || lengthBytes > 4 || at + 2 + lengthBytes > bytes.length) return null;
    const from = at + 2 + lengthBytes;
    const length = lengthBytes === 0 ? first : bytes.readUIntBE(at + 2, lengthBytes);
    const end = from + length;
    if (end > bytes.length || headerOf(tag, length).length !== from - at) return null;
    elements.push({ tag, bytes: bytes.subarray(at, end), content: bytes.subarray(from, end) });
    at = end;
  }
  return elements;
}

/** A value made of others. */
export function encoded(tag: number, parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([headerOf(tag, content.length), content]);
}

function headerOf(tag: number, length: number): Buffer {
  if (length < 0x80) return Buffer.of(tag, length);
  const digits = length.toString(16);
  const bytes = Buffer.from(digits.padStart(digits.length + (digits.length % 2), "0"), "hex");
  return Buffer.concat([Buffer.of(tag, 0x80 + bytes.length), bytes]);
}
