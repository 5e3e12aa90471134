import { randomInt } from "node:crypto";
import type { Perceived } from "../model.ts";
import { drawPicture } from "./drawing.ts";
import { pdqCodes } from "./pdq.ts";
import type { Pixels } from "./pixels.ts";
import { storedPng } from "./stored-png.ts";

/** A picture that nobody saw before, and whose codes are known here. */
export interface DrawnCanary {
  readonly mediaType: string;
  readonly file: Uint8Array;
  /** Whether a decoder said of it what there is to say, to the bit. */
  isAnsweredBy(answer: Perceived): boolean;
}

const [leastSide, mostSide] = [48, 96];

/** Draws a canary from chance, so that a decoder that was taken over has no answer ready. */
export function drawCanary(): DrawnCanary {
  const [width, height] = [randomInt(leastSide, mostSide), randomInt(leastSide, mostSide)];
  const pixels: Pixels = { data: drawPicture({ width, height, channels: 3, seed: randomInt(2 ** 31), cells: [16, 5] }), widthPixels: width, heightPixels: height, channels: 3 };
  const expected = textOf({ picture: { status: "hashed", widthPixels: width, heightPixels: height, codes: pdqCodes(pixels) }, embedded: [] });
  return { mediaType: "image/png", file: storedPng(pixels), isAnsweredBy: (answer) => textOf(answer) === expected };
}

/** The same words in the same order for what is the same. */
function textOf({ picture: { status, widthPixels, heightPixels, codes }, embedded }: Perceived): string {
  const coded = codes.map(({ transform, quality, uniformPercent, code }) => [transform, quality, uniformPercent, Buffer.from(code).toString("hex")]);
  return JSON.stringify([status, widthPixels, heightPixels, coded, embedded.length]);
}
