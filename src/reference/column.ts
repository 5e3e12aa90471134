/** Numbers of one machine type on their way into a section. */
export interface NumberColumn {
  push(value: number): void;
  /** Hands out what is held back. */
  flush(): void;
}

/** Texts on their way into a section, each as its length (LEB128) and its UTF-8. */
export interface TextColumn {
  push(text: string): void;
  lengthBytes(): number;
  flush(): void;
}

type NumberArray = Uint8Array | Uint16Array | Uint32Array | Float64Array;
type Take = (bytes: Uint8Array) => void;

export const blockEntries = 1 << 14;
const textBlockBytes = 1 << 16;
const shortTextUnits = 64;

/** Shape: `block` is written to again after `take` returned. */
export function numberColumn(block: NumberArray, take: Take): NumberColumn {
  const bytes = new Uint8Array(block.buffer, block.byteOffset, block.byteLength);
  let used = 0;
  const flush = (): void => {
    if (used > 0) take(bytes.subarray(0, used * block.BYTES_PER_ELEMENT));
    used = 0;
  };
  return {
    push(value) {
      if (used === block.length) flush();
      block[used] = value;
      used += 1;
    },
    flush,
  };
}

export function textColumn(take: Take): TextColumn {
  const block = new Uint8Array(textBlockBytes);
  let used = 0;
  let flushedBytes = 0;
  const flush = (): void => {
    if (used > 0) take(block.subarray(0, used));
    flushedBytes += used;
    used = 0;
  };
  const pushLong = (text: string): void => {
    flush();
    const encoded = Buffer.from(text, "utf8");
    let length = encoded.length;
    for (; length > 0x7f; length >>>= 7) block[used++] = (length & 0x7f) | 0x80;
    block[used++] = length;
    flush();
    take(encoded);
    flushedBytes += encoded.length;
  };
  return {
    push(text) {
      const units = text.length;
      if (units > shortTextUnits) return pushLong(text);
      if (used + 1 + units > textBlockBytes) flush();
      for (let index = 0; index < units; index++) {
        const unit = text.charCodeAt(index);
        if (unit > 0x7f) return pushLong(text);
        block[used + 1 + index] = unit;
      }
      block[used] = units;
      used += 1 + units;
    },
    lengthBytes: () => flushedBytes + used,
    flush,
  };
}

/** The text that begins at `at`, and where the next one begins. */
export function textAt(bytes: Buffer, at: number): { readonly from: number; readonly to: number } {
  let length = 0;
  let from = at;
  for (let scale = 1; ; scale *= 0x80) {
    const byte = bytes[from]!;
    from += 1;
    length += (byte & 0x7f) * scale;
    if (byte < 0x80) return { from, to: from + length };
  }
}

/** A growing row of numbers below 2^16 that can be asked again. */
export function smallNumbers(): { push(value: number): void; at(index: number): number; all(): Generator<Uint16Array> } {
  const blocks: Uint16Array[] = [];
  let count = 0;
  return {
    push(value) {
      const index = count % blockEntries;
      if (index === 0) blocks.push(new Uint16Array(blockEntries));
      blocks[blocks.length - 1]![index] = value;
      count += 1;
    },
    at: (index) => blocks[Math.floor(index / blockEntries)]![index % blockEntries]!,
    *all() {
      for (const [index, block] of blocks.entries()) yield block.subarray(0, Math.min(blockEntries, count - index * blockEntries));
    },
  };
}
