import { crc32 } from "node:zlib";
import { byteView, type Span, spanOf } from "./byte-view.ts";
import { type Chunk, pngChunks } from "./chunks.ts";
import { firstOf } from "./walks.ts";

/** One frame of an animated PNG: a part of the canvas, and what becomes of it before and after it is drawn. */
export interface AnimatedPngFrame {
  readonly leftPixels: number;
  readonly topPixels: number;
  readonly widthPixels: number;
  readonly heightPixels: number;
  readonly disposal: "keep" | "clear" | "restore";
  readonly isBlended: boolean;
  /** Where its compressed pixels lie. */
  readonly data: readonly Span[];
}

export interface AnimatedPng {
  readonly widthPixels: number;
  readonly heightPixels: number;
  /** False when the picture that other programs show stands apart from the animation. */
  readonly beginsWithPicture: boolean;
  readonly statedFrames: number;
  readonly frames: readonly AnimatedPngFrame[];
  /** What all frames share: the header, and the palette and transparency where there are some. */
  readonly shared: readonly Chunk[];
}

const disposals = ["keep", "clear", "restore"] as const;
const sharedNames = ["IHDR", "PLTE", "tRNS"];
const signature = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);

/**
 * The frames of an animated PNG; null when its header or its announcement is none. Frames that lie outside of the canvas are left out.
 *
 * Shape:  `beginsWithPicture` only where everything is as the standard asks for: a viewer that finds anything else, or knows no animations, shows the picture itself.
 * Source: APNG 1.0.
 */
export function animatedPngOf(bytes: Uint8Array): AnimatedPng | null {
  const view = byteView(bytes, false);
  const header = firstOf(pngChunks(bytes), () => true);
  if (header?.name !== "IHDR" || header.lengthBytes !== 13) return null;
  const widthPixels = view.u32(header.offsetBytes)!;
  const heightPixels = view.u32(header.offsetBytes + 4)!;
  const frames: (AnimatedPngFrame & { readonly data: Span[]; readonly isSound: boolean })[] = [];
  const shared = new Map<string, Chunk>([["IHDR", header]]);
  let announced: { readonly frames: number; readonly isSound: boolean } | null = null;
  let picturePieces = 0;
  for (const chunk of pngChunks(bytes)) {
    const { name, offsetBytes, lengthBytes } = chunk;
    const current = frames.at(-1);
    if (sharedNames.includes(name) && !shared.has(name)) shared.set(name, chunk);
    else if (name === "acTL") announced ??= { frames: view.u32(offsetBytes) ?? 0, isSound: lengthBytes === 8 && picturePieces === 0 && isUnaltered(bytes, chunk) };
    else if (name === "fcTL" && lengthBytes >= 26) {
      const [width, height, left, top] = [4, 8, 12, 16].map((at) => view.u32(offsetBytes + at)!) as [number, number, number, number];
      const disposal = disposals[view.u8(offsetBytes + 24)!] ?? "keep";
      const isSound = lengthBytes === 26 && isUnaltered(bytes, chunk);
      frames.push({ leftPixels: left, topPixels: top, widthPixels: width, heightPixels: height, disposal, isBlended: view.u8(offsetBytes + 25) === 1, data: [], isSound });
    } else if (name === "IDAT") {
      picturePieces++;
      current?.data.push({ offsetBytes, lengthBytes });
    } else if (name === "fdAT" && lengthBytes > 4) {
      current?.data.push({ offsetBytes: offsetBytes + 4, lengthBytes: lengthBytes - 4 });
    }
  }
  if (announced === null) return null;
  const isWithin = (frame: AnimatedPngFrame): boolean =>
    frame.widthPixels > 0 && frame.heightPixels > 0 && frame.leftPixels + frame.widthPixels <= widthPixels && frame.topPixels + frame.heightPixels <= heightPixels;
  const [first] = frames;
  const isPicture = first?.isSound === true && first.data.length === picturePieces && first.widthPixels === widthPixels && first.heightPixels === heightPixels && isWithin(first);
  return {
    widthPixels,
    heightPixels,
    beginsWithPicture: announced.isSound && isPicture,
    statedFrames: announced.frames,
    frames: frames.filter((frame) => frame.data.length > 0 && isWithin(frame)),
    shared: sharedNames.flatMap((name) => shared.get(name) ?? []),
  };
}

/** Whether a chunk has the check value that its name and content come to. */
function isUnaltered(bytes: Uint8Array, { offsetBytes, lengthBytes }: Chunk): boolean {
  return crc32(bytes.subarray(offsetBytes - 4, offsetBytes + lengthBytes)) === byteView(bytes, false).u32(offsetBytes + lengthBytes);
}

/** A PNG file of one frame alone. */
export function pngOfFrame(bytes: Uint8Array, { shared }: AnimatedPng, frame: AnimatedPngFrame): Uint8Array {
  const chunks = shared.map((chunk) => {
    const content = Uint8Array.from(spanOf(bytes, chunk));
    if (chunk.name !== "IHDR") return [chunk.name, content] as const;
    const view = new DataView(content.buffer);
    view.setUint32(0, frame.widthPixels);
    view.setUint32(4, frame.heightPixels);
    return [chunk.name, content] as const;
  });
  const data = frame.data.map((span) => ["IDAT", spanOf(bytes, span)] as const);
  return Buffer.concat([signature, ...[...chunks, ...data, ["IEND", new Uint8Array(0)] as const].map(([name, content]) => chunkOf(name, content))]);
}

function chunkOf(name: string, content: Uint8Array): Uint8Array {
  const named = Buffer.concat([Buffer.from(name, "latin1"), content]);
  const framed = Buffer.alloc(named.length + 8);
  framed.writeUInt32BE(content.length);
  framed.set(named, 4);
  framed.writeUInt32BE(crc32(named), named.length + 4);
  return framed;
}
