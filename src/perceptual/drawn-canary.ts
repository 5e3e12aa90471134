import { randomInt } from "node:crypto";
import type { Perceived } from "../model.ts";
import { drawPicture } from "./drawing.ts";
import { pdqCodes } from "./pdq.ts";
import type { Pixels } from "./pixels.ts";
import { isSameAnswer } from "./same-answer.ts";
import { storedPng } from "./stored-png.ts";

/** A picture whose codes are known before a decoder process is asked for them, and that this process never saw. */
export interface Canary {
  readonly mediaType: string;
  readonly file: Uint8Array;
  /** Whether a decoder said of it what there is to say, to the bit. */
  isAnsweredBy(answer: Perceived): boolean;
}

const [leastSide, mostSide] = [48, 96];

/** Draws a canary from chance, so that a decoder that was taken over has no answer ready. It is right whatever came before, but can be told from evidence. */
export function drawCanary(): Canary {
  const [width, height] = [randomInt(leastSide, mostSide), randomInt(leastSide, mostSide)];
  const pixels: Pixels = { data: drawPicture({ width, height, channels: 3, seed: randomInt(2 ** 31), cells: [16, 5] }), widthPixels: width, heightPixels: height, channels: 3 };
  const expected: Perceived = { picture: { status: "hashed", widthPixels: width, heightPixels: height, codes: pdqCodes(pixels) }, embedded: [] };
  return { mediaType: "image/png", file: storedPng(pixels), isAnsweredBy: (answer) => isSameAnswer(answer, expected) };
}
