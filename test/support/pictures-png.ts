import { crc32, deflateSync } from "node:zlib";
import { be16, be32 } from "./pictures.ts";

const signature = Buffer.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);

/** A frame of an animated PNG: its pixels (red, green, blue, alpha) and where they go. */
export interface PngFrame {
  readonly data: Uint8Array;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly disposal?: "keep" | "clear" | "restore";
  readonly isBlended?: boolean;
}

/** An animated PNG. `apart`: a picture of the size of the canvas that is not of the animation. Source: APNG 1.0. */
export function animatedPng(width: number, height: number, frames: readonly PngFrame[], apart?: Uint8Array): Buffer {
  let sequence = 0;
  const chunks = [chunk("IHDR", Buffer.concat([be32(width, height), Buffer.of(8, 6, 0, 0, 0)])), chunk("acTL", be32(frames.length, 0))];
  if (apart !== undefined) chunks.push(chunk("IDAT", packed(apart, width)));
  frames.forEach((frame, at) => {
    const disposal = ["keep", "clear", "restore"].indexOf(frame.disposal ?? "keep");
    const place = be32(sequence++, frame.width, frame.height, frame.left, frame.top);
    chunks.push(chunk("fcTL", Buffer.concat([place, be16(1, 10), Buffer.of(disposal, frame.isBlended ? 1 : 0)])));
    const data = packed(frame.data, frame.width);
    // In two pieces, as encoders cut them.
    for (const piece of [data.subarray(0, data.length >> 1), data.subarray(data.length >> 1)]) {
      chunks.push(at === 0 && apart === undefined ? chunk("IDAT", piece) : chunk("fdAT", Buffer.concat([be32(sequence++), piece])));
    }
  });
  return Buffer.concat([signature, ...chunks, chunk("IEND", Buffer.alloc(0))]);
}

/** A PNG file with further chunks right behind its header. */
export function withChunks(png: Uint8Array, ...chunks: readonly (readonly [name: string, content: Uint8Array])[]): Buffer {
  return Buffer.concat([png.subarray(0, 33), ...chunks.map(([name, content]) => chunk(name, content)), png.subarray(33)]);
}

/** A PNG file of a header and chunks. Shape: `colours` 0 grey, 2 colours, 3 palette, 6 colours and alpha. */
export function pngOf(width: number, height: number, { bits = 8, colours = 2, interlaced = false }: { readonly bits?: number; readonly colours?: number; readonly interlaced?: boolean }, ...chunks: readonly (readonly [name: string, content: Uint8Array])[]): Buffer {
  const header = chunk("IHDR", Buffer.concat([be32(width, height), Buffer.of(bits, colours, 0, 0, Number(interlaced))]));
  return Buffer.concat([signature, header, ...chunks.map(([name, content]) => chunk(name, content)), chunk("IEND", Buffer.alloc(0))]);
}

export function chunk(name: string, content: Uint8Array): Buffer {
  const named = Buffer.concat([Buffer.from(name, "latin1"), content]);
  return Buffer.concat([be32(content.length), named, be32(crc32(named))]);
}

function packed(data: Uint8Array, width: number): Buffer {
  const rows: Uint8Array[] = [];
  for (let at = 0; at < data.length; at += 4 * width) rows.push(Buffer.of(0), data.subarray(at, at + 4 * width));
  return deflateSync(Buffer.concat(rows));
}
