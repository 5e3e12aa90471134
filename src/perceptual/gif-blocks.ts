import { byteView } from "./byte-view.ts";

const trailer = 0x3b;

/**
 * Whether a GIF file ends within a block, or has something else where a block should begin, so that frames of it are missing. The decoding library overlooks
 * both when an earlier frame is whole. A missing mark of the end is common and means nothing, nor do zeros or whatever is behind that mark.
 *
 * Source: GIF 89a specification, sections 18 to 27.
 */
export function isDamagedGif(bytes: Uint8Array): boolean {
  const view = byteView(bytes, true);
  let at = 13 + tableBytes(view.u8(10));
  for (;;) {
    const block = view.u8(at);
    if (block === 0x21) at += 2;
    else if (block === 0x2c) at += 11 + tableBytes(view.u8(at + 9));
    else return at > bytes.length || (block !== null && block !== trailer && bytes.subarray(at).some((byte) => byte !== 0));
    for (let length = view.u8(at); length !== 0; length = view.u8(at)) {
      if (length === null) return true;
      at += 1 + length;
    }
    at++;
  }
}

function tableBytes(flags: number | null): number {
  return flags === null || (flags & 0x80) === 0 ? 0 : 3 * 2 ** ((flags & 7) + 1);
}
