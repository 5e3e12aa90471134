import { byteView, type Span } from "./byte-view.ts";
import { firstOf } from "./walks.ts";

export const startOfScan = 0xda;
const endOfImage = 0xd9;

/** The coding processes that decoders know: baseline, extended sequential, progressive. Lossless ones carry a camera's raw data. */
const decodableFrames = [0xc0, 0xc1, 0xc2];
const lengthless = (marker: number): boolean => marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8);

/** One marker segment of a JPEG file. Shape: the span is of its content, behind marker and length, and lies within the bytes. */
export interface Segment extends Span {
  readonly marker: number;
}

/**
 * The segments of the JPEG file that these bytes begin with, up to its first scan, however many there are. Bytes between them are passed over, as decoders do.
 *
 * Source: ITU-T T.81, annex B.
 */
export function* segmentsOf(bytes: Uint8Array): Generator<Segment> {
  for (const segment of headerSegments(bytes)) if (segment.marker !== startOfScan) yield segment;
}

/** The same with the header of the first scan behind them. */
export function* headerSegments(bytes: Uint8Array): Generator<Segment> {
  const view = byteView(bytes, false);
  if (view.u16(0) !== 0xffd8) return;
  for (let at = 2; at < bytes.length; ) {
    const marker = view.u8(at + 1);
    if (marker === null) return;
    if (bytes[at] !== 0xff || marker === 0xff || marker === 0) {
      at++;
      continue;
    }
    if (lengthless(marker)) {
      at += 2;
      continue;
    }
    const lengthBytes = view.u16(at + 2);
    if (marker === endOfImage || lengthBytes === null || lengthBytes < 2 || at + 2 + lengthBytes > bytes.length) return;
    yield { marker, offsetBytes: at + 4, lengthBytes: lengthBytes - 2 };
    if (marker === startOfScan) return;
    at += 2 + lengthBytes;
  }
}

/** Size of the JPEG picture that these bytes begin with, as its header states it. Null when there is none, or one that no decoder of pictures reads. */
export function jpegSize(bytes: Uint8Array): { readonly widthPixels: number; readonly heightPixels: number } | null {
  const frame = frameOf(bytes);
  if (frame === undefined || !decodableFrames.includes(frame.marker) || frame.lengthBytes < 6) return null;
  const view = byteView(bytes, false);
  const heightPixels = view.u16(frame.offsetBytes + 1)!;
  const widthPixels = view.u16(frame.offsetBytes + 3)!;
  return widthPixels > 0 && heightPixels > 0 ? { widthPixels, heightPixels } : null;
}

function frameOf(bytes: Uint8Array): Segment | undefined {
  return firstOf(segmentsOf(bytes), ({ marker }) => marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker));
}

/**
 * The same picture without what decoders warn of ahead of its data and what alters none of it: bytes between the segments, a version of JFIF other than 1, and
 * in a scan that is not progressive the numbers that only progressive ones use (some phones write other ones than the standard's). Null when there is nothing
 * of the kind.
 *
 * Source: ITU-T T.81, B.2.3; JFIF 1.02, "JFIF APP0 marker segment".
 */
export function withPlainHeader(bytes: Uint8Array): Uint8Array | null {
  const segments = [...headerSegments(bytes)];
  const scan = segments.at(-1);
  if (scan?.marker !== startOfScan) return null;
  const isProgressive = frameOf(bytes)?.marker === 0xc2;
  const kept = segments.map((segment) => plainSegment(bytes, segment, isProgressive));
  const plain = Buffer.concat([bytes.subarray(0, 2), ...kept, bytes.subarray(scan.offsetBytes + scan.lengthBytes)]);
  return plain.equals(bytes) ? null : plain;
}

/** With its marker and its length. */
function plainSegment(bytes: Uint8Array, { marker, offsetBytes: at, lengthBytes }: Segment, isProgressive: boolean): Uint8Array {
  const whole = bytes.subarray(at - 4, at + lengthBytes);
  if (marker === startOfScan && !isProgressive && lengthBytes >= 3) return Buffer.concat([whole.subarray(0, -3), Buffer.of(0, 63, 0)]);
  if (marker === 0xe0 && lengthBytes > 5 && byteView(bytes, false).text(at, 5) === "JFIF\0") return Buffer.concat([whole.subarray(0, 9), Buffer.of(1), whole.subarray(10)]);
  return whole;
}
