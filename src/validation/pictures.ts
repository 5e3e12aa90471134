import type { Pixels } from "../perceptual/pixels.ts";
import { drawPhotoPixels } from "./draw-photo.ts";

/** A drawn picture whose PDQ code is known before this program is asked for it. */
export interface GoldenPicture {
  readonly pixels: Pixels;
  /** 32 bytes. Known beforehand, and never to be printed. */
  readonly code: Buffer;
}

const [widthPixels, heightPixels] = [320, 240];

// Codes as the plain implementation of the project's tests gives them, which answers to vectors of the reference implementation.
const golden: readonly (readonly [seed: number, code: string])[] = [
  [701, "b5b04a772e50ede49a1fa5abbe7074f066096c4c74b138716cb4468f0fd11be1"],
  [702, "f55a43db30661ac9a6549619e3ec7b4a48ef3326e70b2f584b6858dc23da9331"],
  [703, "23cc0894a85d3b0821629e81e7c31df0811a794e4fe17ef11b834f717b7e47fb"],
  [704, "ac529f1146d5d20297a3b9b2a8646e4966b914bc6129086dbcb61be497adb79f"],
];

export function goldenPictures(): readonly GoldenPicture[] {
  return golden.map(([seed, code]) => ({ pixels: drawPhotoPixels(seed, widthPixels, heightPixels), code: Buffer.from(code, "hex") }));
}

/** The pixel of a picture (`right` and `bottom` are its last ones) that comes to a place, so that turning the result as the name says gives the picture back. */
const turnings: Readonly<Record<string, (x: number, y: number, right: number, bottom: number) => readonly [number, number]>> = {
  "rotated-90": (x, y, _, bottom) => [y, bottom - x],
  "rotated-180": (x, y, right, bottom) => [right - x, bottom - y],
  "rotated-270": (x, y, right) => [right - y, x],
  mirrored: (x, y, right) => [right - x, y],
  flipped: (x, y, _, bottom) => [x, bottom - y],
  transposed: (x, y) => [y, x],
  "anti-transposed": (x, y, right, bottom) => [right - y, bottom - x],
};

/** Ways of turning a picture, by what has to be done to it to undo that. */
export const turningNames: readonly string[] = Object.keys(turnings);

/** The picture turned so that doing what the name says gives it back. Errors: RangeError for another name. */
export function turnedAway({ data, widthPixels: width, heightPixels: height }: Pixels, name: string): Pixels {
  const from = turnings[name];
  if (from === undefined) throw new RangeError(`turning: found ${name}, expected one of ${turningNames.join(", ")}`);
  const isOnSide = /90|270|transposed/.test(name);
  const [widthPixels, heightPixels] = isOnSide ? [height, width] : [width, height];
  const turned = new Uint8Array(data.length);
  for (let y = 0; y < heightPixels; y++)
    for (let x = 0; x < widthPixels; x++) {
      const [fromX, fromY] = from(x, y, width - 1, height - 1);
      const at = 3 * (fromY * width + fromX);
      turned.set(data.subarray(at, at + 3), 3 * (y * widthPixels + x));
    }
  return { data: turned, widthPixels, heightPixels, channels: 3 };
}

/** The picture with a black bar above and below. */
export function betweenBars({ data, widthPixels, heightPixels }: Pixels, barPixels: number): Pixels {
  const bar = new Uint8Array(3 * widthPixels * barPixels);
  return { data: Buffer.concat([bar, data, bar]), widthPixels, heightPixels: heightPixels + 2 * barPixels, channels: 3 };
}

/** Every pixel turned to its opposite. */
export function negativeOf(pixels: Pixels): Pixels {
  return { ...pixels, data: pixels.data.map((value) => 255 - value) };
}

/** A BMP file of 24 bits a pixel. Source: BITMAPINFOHEADER of the Windows API. */
export function bitmapFile({ data, widthPixels, heightPixels }: Pixels): Buffer {
  const rowBytes = Math.ceil((3 * widthPixels) / 4) * 4;
  const file = Buffer.alloc(54 + rowBytes * heightPixels);
  file.write("BM", "latin1");
  file.writeUInt32LE(file.length, 2);
  file.writeUInt32LE(54, 10);
  file.writeUInt32LE(40, 14);
  file.writeInt32LE(widthPixels, 18);
  file.writeInt32LE(heightPixels, 22);
  file.writeUInt16LE(1, 26);
  file.writeUInt16LE(24, 28);
  for (let y = 0; y < heightPixels; y++)
    for (let x = 0; x < widthPixels; x++) {
      const from = 3 * (y * widthPixels + x);
      // Rows from the bottom up, blue first.
      const to = 54 + (heightPixels - 1 - y) * rowBytes + 3 * x;
      for (let channel = 0; channel < 3; channel++) file[to + channel] = data[from + 2 - channel]!;
    }
  return file;
}

/** The code with so many of its bits turned, which ones the seed says. */
export function withBitsTurned(code: Uint8Array, bits: number, choose: (bound: number) => number): Buffer {
  const other = Buffer.from(code);
  const left = Array.from({ length: 256 }, (_, bit) => bit);
  for (let turned = 0; turned < bits; turned++) {
    const [bit = 0] = left.splice(choose(left.length), 1);
    other[bit >> 3]! ^= 1 << (bit & 7);
  }
  return other;
}
