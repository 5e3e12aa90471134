/** Entries of one width, appended one by one, without an object each. */
export interface DigestColumn {
  readonly widthBytes: number;
  count(): number;
  /** Errors: RangeError when the value has another length than `widthBytes`. */
  push(value: Uint8Array): void;
  /** The first 32 bits of an entry as a number, most significant byte first. */
  prefix(index: number): number;
  /** Order of two entries as bytes: negative, 0 or positive. */
  compare(left: number, right: number): number;
  copy(index: number, target: Uint8Array, at: number): void;
  /** Everything in the order of appending. */
  bytes(): Iterable<Uint8Array>;
}

/** Numbers of one machine type, appended one by one. */
export interface NumberColumn {
  count(): number;
  push(value: number): void;
  at(index: number): number;
  bytes(): Iterable<Uint8Array>;
}

/** Texts one after the other as UTF-8. */
export interface TextHeap {
  lengthBytes(): number;
  push(text: string): void;
  bytes(): Iterable<Uint8Array>;
}

type NumberArray = Uint8Array | Uint16Array | Uint32Array | Float64Array;

const blockShift = 14;
const blockEntries = 1 << blockShift;
const blockMask = blockEntries - 1;
const heapBlockBytes = 1 << 20;

export function digestColumn(widthBytes: number): DigestColumn {
  const blocks: Uint8Array[] = [];
  let count = 0;
  return {
    widthBytes,
    count: () => count,
    push(value) {
      if (value.length !== widthBytes) throw new RangeError(`digest column: found ${value.length} bytes, expected ${widthBytes}`);
      if ((count & blockMask) === 0) blocks.push(new Uint8Array(blockEntries * widthBytes));
      blocks[blocks.length - 1]!.set(value, (count & blockMask) * widthBytes);
      count += 1;
    },
    prefix(index) {
      const block = blocks[index >>> blockShift]!;
      const at = (index & blockMask) * widthBytes;
      return ((block[at]! << 24) | (block[at + 1]! << 16) | (block[at + 2]! << 8) | block[at + 3]!) >>> 0;
    },
    compare(left, right) {
      const [leftBlock, rightBlock] = [blocks[left >>> blockShift]!, blocks[right >>> blockShift]!];
      const [leftAt, rightAt] = [(left & blockMask) * widthBytes, (right & blockMask) * widthBytes];
      for (let byte = 0; byte < widthBytes; byte++) {
        const difference = leftBlock[leftAt + byte]! - rightBlock[rightAt + byte]!;
        if (difference !== 0) return difference;
      }
      return 0;
    },
    copy(index, target, at) {
      const block = blocks[index >>> blockShift]!;
      const from = (index & blockMask) * widthBytes;
      for (let byte = 0; byte < widthBytes; byte++) target[at + byte] = block[from + byte]!;
    },
    bytes: () => filled(blocks, count, widthBytes),
  };
}

export function numberColumn(allocate: (entries: number) => NumberArray): NumberColumn {
  const blocks: NumberArray[] = [];
  let count = 0;
  return {
    count: () => count,
    push(value) {
      if ((count & blockMask) === 0) blocks.push(allocate(blockEntries));
      blocks[blocks.length - 1]![count & blockMask] = value;
      count += 1;
    },
    at: (index) => blocks[index >>> blockShift]![index & blockMask]!,
    bytes: () => filled(blocks, count, blocks[0]?.BYTES_PER_ELEMENT ?? 1),
  };
}

export function textHeap(): TextHeap {
  const encoder = new TextEncoder();
  const blocks: { readonly bytes: Uint8Array; used: number }[] = [];
  let lengthBytes = 0;
  return {
    lengthBytes: () => lengthBytes,
    push(text) {
      // UTF-8 never needs more than three bytes for a UTF-16 unit.
      const mostBytes = 3 * text.length;
      let block = blocks[blocks.length - 1];
      if (block === undefined || block.used + mostBytes > block.bytes.length) {
        block = { bytes: new Uint8Array(Math.max(heapBlockBytes, mostBytes)), used: 0 };
        blocks.push(block);
      }
      const { written } = encoder.encodeInto(text, block.bytes.subarray(block.used));
      block.used += written;
      lengthBytes += written;
    },
    *bytes() {
      for (const { bytes, used } of blocks) if (used > 0) yield bytes.subarray(0, used);
    },
  };
}

function* filled(blocks: readonly NumberArray[], count: number, widthBytes: number): Generator<Uint8Array> {
  for (const [index, block] of blocks.entries()) {
    const entries = Math.min(blockEntries, count - index * blockEntries);
    yield new Uint8Array(block.buffer, block.byteOffset, entries * widthBytes);
  }
}
