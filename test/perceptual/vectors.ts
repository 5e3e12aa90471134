import type { Pixels } from "../../src/perceptual/pixels.ts";
import { drawPicture } from "../support/draw.ts";

/** A picture with the answers that the public reference gave for it: see fixtures/pdq/SOURCE.md. */
export interface Vector {
  readonly name: string;
  readonly drawing: Parameters<typeof drawPicture>[0];
  readonly codes: Readonly<Record<"full" | "nearest-512", { readonly code: string; readonly quality: number }>>;
  readonly turned?: Readonly<Record<string, string>>;
}

export function drawn(drawing: Vector["drawing"]): Pixels {
  return { data: drawPicture(drawing), widthPixels: drawing.width, heightPixels: drawing.height, channels: drawing.channels };
}

export function hex(code: Uint8Array | undefined): string {
  return code === undefined ? "none" : Buffer.from(code).toString("hex");
}

export function distanceBits(one: Uint8Array, other: Uint8Array): number {
  return one.reduce((sum, byte, at) => sum + (byte ^ other[at]!).toString(2).replaceAll("0", "").length, 0);
}
