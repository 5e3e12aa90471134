import { deserialize, serialize } from "node:v8";
import type { Perceived } from "../model.ts";

/** Sees to it that pictures of the same bytes are decoded once, whichever reader meets them. Contents go by their SHA-256. */
export interface DecodeOnce {
  /**
   * What decoding these bytes came to; waits while another reader is at it.
   *
   * Shape: "decode" when the one who asks has to do it and to tell, or to `giveUp`.
   */
  ask(sha256: Uint8Array): Promise<Perceived | "decode">;
  /** Whether asking would have to wait. */
  isBusy(sha256: Uint8Array): boolean;
  tell(sha256: Uint8Array, perceived: Perceived): void;
  /** Called when the one who was to decode it is gone: somebody else will be asked to. */
  giveUp(sha256: Uint8Array): void;
}

/** What remembering one picture takes besides its packed bytes: the key, and what keeps both. Measured. Units: bytes. */
const ownBytes = 600;

/** What is remembered of pictures, at most; the oldest goes first. Units: bytes. */
const mostBytes = 96 * 1024 * 1024;

/** Shape: `limitBytes` bounds the memory: a picture that was forgotten is decoded again. */
export function decodeOnce(limitBytes: number = mostBytes): DecodeOnce {
  // Packed: as objects the codes of a picture take several times the room.
  const known = new Map<string, Buffer>();
  const pending = new Map<string, (() => void)[]>();
  let heldBytes = 0;

  const settle = (content: string): void => {
    const waiting = pending.get(content) ?? [];
    pending.delete(content);
    for (const wake of waiting) wake();
  };

  return {
    async ask(sha256) {
      const content = contentOf(sha256);
      for (;;) {
        const packed = known.get(content);
        if (packed !== undefined) return deserialize(packed) as Perceived;
        const waiting = pending.get(content);
        if (waiting === undefined) {
          pending.set(content, []);
          return "decode";
        }
        await new Promise<void>((resolve) => waiting.push(resolve));
      }
    },
    isBusy: (sha256) => pending.has(contentOf(sha256)),
    tell(sha256, perceived) {
      const content = contentOf(sha256);
      const packed = serialize(perceived);
      if (packed.length + ownBytes <= limitBytes && !known.has(content)) {
        known.set(content, packed);
        heldBytes += packed.length + ownBytes;
      }
      for (const [oldest, bytes] of known) {
        if (heldBytes <= limitBytes) break;
        known.delete(oldest);
        heldBytes -= bytes.length + ownBytes;
      }
      settle(content);
    },
    giveUp: (sha256) => settle(contentOf(sha256)),
  };
}

/** What tells contents apart: their SHA-256, as the key of a map. */
export function contentOf(sha256: Uint8Array): string {
  return Buffer.from(sha256.buffer, sha256.byteOffset, sha256.byteLength).toString("latin1");
}
