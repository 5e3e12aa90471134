import { byteView, type Span } from "./byte-view.ts";

/** Most segments that are looked at ahead of the picture data. */
const mostSegments = 4096;

const startOfScan = 0xda;
const endOfImage = 0xd9;

/** The coding processes that decoders know: baseline, extended sequential, progressive. Lossless ones carry a camera's raw data. */
const decodableFrames = [0xc0, 0xc1, 0xc2];
const lengthless = (marker: number): boolean => marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8);

/** One marker segment of a JPEG file. Shape: the span is of its content, behind marker and length, and lies within the bytes. */
export interface Segment extends Span {
  readonly marker: number;
}

/** The segments of the JPEG file that these bytes begin with, up to its first scan. Source: ITU-T T.81, annex B. */
export function segmentsOf(bytes: Uint8Array): readonly Segment[] {
  const view = byteView(bytes, false);
  const found: Segment[] = [];
  if (view.u16(0) !== 0xffd8) return found;
  for (let at = 2; found.length < mostSegments; ) {
    const marker = view.u8(at + 1);
    if (view.u8(at) !== 0xff || marker === null) break;
    if (marker === 0xff) {
      at++;
      continue;
    }
    if (lengthless(marker)) {
      at += 2;
      continue;
    }
    const lengthBytes = view.u16(at + 2);
    if (marker === endOfImage || lengthBytes === null || lengthBytes < 2 || at + 2 + lengthBytes > bytes.length) break;
    if (marker === startOfScan) break;
    found.push({ marker, offsetBytes: at + 4, lengthBytes: lengthBytes - 2 });
    at += 2 + lengthBytes;
  }
  return found;
}

/** Size of the JPEG picture that these bytes begin with, as its header states it. Null when there is none, or one that no decoder of pictures reads. */
export function jpegSize(bytes: Uint8Array): { readonly widthPixels: number; readonly heightPixels: number } | null {
  const frame = segmentsOf(bytes).find(({ marker }) => marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker));
  if (frame === undefined || !decodableFrames.includes(frame.marker) || frame.lengthBytes < 6) return null;
  const view = byteView(bytes, false);
  const heightPixels = view.u16(frame.offsetBytes + 1)!;
  const widthPixels = view.u16(frame.offsetBytes + 3)!;
  return widthPixels > 0 && heightPixels > 0 ? { widthPixels, heightPixels } : null;
}
