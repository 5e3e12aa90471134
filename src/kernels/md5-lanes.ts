import { loadKernel } from "./load-kernel.ts";
import { type Blocks, startMd5Schedule } from "./md5-schedule.ts";

export { md5LaneCount } from "./md5-schedule.ts";

/** How far the MD5 of one stream has come: whole blocks of 64 bytes. */
export interface Md5State {
  readonly words: Uint32Array;
  readonly takenBytes: number;
}

/** Bytes of one stream that lie in the arena. */
export interface Md5Piece {
  readonly state: Md5State;
  readonly offsetBytes: number;
  readonly sizeBytes: number;
}

/** MD5 of many streams side by side, over bytes that lie in a memory of its own. */
export interface Md5Lanes {
  /** Where the bytes are to be put; it stays where it is. */
  readonly arena: Buffer;
  /** The states after the pieces. Shape: the sizes are multiples of 64. */
  take(pieces: readonly Md5Piece[]): Md5State[];
  /** The digests of the streams that end with these pieces. Shape: what lies behind each piece is overwritten, as far as `md5SlotBytes` of its size reaches. */
  finish(pieces: readonly Md5Piece[]): Uint8Array[];
}

/** Source: RFC 1321, 3.3. */
export const md5Start: Md5State = { words: Uint32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476), takenBytes: 0 };

const blockBytes = 64;
const pageBytes = 65_536;
/** As the kernel was built: all that 32-bit addresses reach. */
const maximumPages = 65_536;

/** What a piece and its padding take up: the byte 0x80, zeros, the length in 8 bytes, up to the end of a block. */
export function md5SlotBytes(sizeBytes: number): number {
  return (Math.floor((sizeBytes + 8) / blockBytes) + 1) * blockBytes;
}

/**
 * The MD5 kernel with a memory of its own.
 *
 * Errors: those of `loadKernel`; RangeError where there is not so much memory.
 * Source: RFC 1321; equal to OpenSSL's.
 */
export function startMd5Lanes(arenaBytes: number): Md5Lanes {
  // One page more than the arena: what the kernel keeps for itself is far smaller.
  const memory = new WebAssembly.Memory({ initial: 1 + Math.ceil(md5SlotBytes(arenaBytes) / pageBytes), maximum: maximumPages });
  const { run, freeAt } = startMd5Schedule(loadKernel("md5"), memory);
  const arenaAt = Math.ceil(freeAt / blockBytes) * blockBytes;
  const whole = Buffer.from(memory.buffer as ArrayBuffer);

  const pad = ({ state, offsetBytes, sizeBytes }: Md5Piece): Blocks => {
    const slotBytes = md5SlotBytes(sizeBytes);
    const from = arenaAt + offsetBytes;
    whole.fill(0, from + sizeBytes, from + slotBytes);
    whole[from + sizeBytes] = 0x80;
    whole.writeBigUInt64LE(BigInt(state.takenBytes + sizeBytes) * 8n, from + slotBytes - 8);
    return { words: state.words, place: from, count: slotBytes / blockBytes };
  };

  return {
    arena: whole.subarray(arenaAt, arenaAt + arenaBytes),
    take(pieces) {
      const ended = run(pieces.map(({ state, offsetBytes, sizeBytes }) => ({ words: state.words, place: arenaAt + offsetBytes, count: sizeBytes / blockBytes })));
      return pieces.map(({ state, sizeBytes }, at) => ({ words: ended[at]!, takenBytes: state.takenBytes + sizeBytes }));
    },
    finish: (pieces) => run(pieces.map(pad)).map(littleEndian),
  };
}

function littleEndian(words: Uint32Array): Uint8Array {
  const bytes = Buffer.allocUnsafe(4 * words.length);
  for (let at = 0; at < words.length; at++) bytes.writeUInt32LE(words[at]!, 4 * at);
  return bytes;
}
