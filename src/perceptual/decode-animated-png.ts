import { type Animation, takeAnimation } from "./animation-frames.ts";
import { type AnimatedPng, type AnimatedPngFrame, animatedPngOf, pngOfFrame } from "./animated-png.ts";
import { mostSurveyedPixels } from "./decode-limits.ts";
import { decodePages } from "./decode-pages.ts";
import { decodedPage, decodedWithAlpha } from "./decoding-library.ts";
import { pngDecodingBytes } from "./decoding-memory.ts";
import { type DecodedStatus, type Frames, type Losses, noLosses } from "./frames.ts";
import { alphaApart } from "./transparency.ts";

/** Bytes of a pixel of the canvas: red, green, blue, alpha. */
const pixelBytes = 4;

/** Bytes a pixel that composing takes beside the frame at hand: the canvas, what it was before, and what is handed out, with its alpha apart. */
const canvasBytes = 3 * pixelBytes + 1;

/** To decode a frame takes as long as composing so many pixels, however small it is. */
const leastPixelsWorth = 2 ** 17;

/**
 * Decodes an animated PNG, of which the decoding library gives the first picture only: each frame alone, composed here.
 *
 * Shape: frames are whole canvases; the picture that stands apart from an animation is the first of them. As GIF otherwise.
 */
export async function decodeAnimatedPng(bytes: Uint8Array, frames: Frames): Promise<DecodedStatus> {
  const png = animatedPngOf(bytes);
  if (png === null || png.frames.length === 0) return decodePages(bytes, frames);
  const { widthPixels, heightPixels } = png;
  const ofCanvases = canvasBytes * widthPixels * heightPixels + pngDecodingBytes(bytes, widthPixels, heightPixels);
  if (!(await frames.admits(widthPixels, heightPixels, ofCanvases))) return onlyFirst(await decodePages(bytes, frames));
  const apart = png.beginsWithPicture ? 0 : 1;
  const of = png.frames.length + apart;
  const losses = noLosses();
  losses.hasMissing = png.statedFrames > png.frames.length;
  losses.isDamaged = png.statedFrames < png.frames.length;
  const canvas = canvasesOf(bytes, png, losses);
  const stepPixels = Math.max(widthPixels * heightPixels, leastPixelsWorth);
  const isInReach = of * stepPixels <= mostSurveyedPixels;
  return takeAnimation({ frames: of, widthPixels, heightPixels, stepPixels, decodingBytes: pngDecodingBytes(bytes, widthPixels, heightPixels), isInReach, frame: (at) => (at < apart ? decodedPage(bytes) : canvas(at - apart)) }, frames, losses);
}

/** The canvas after each frame; from the first one again where a frame ahead of the last is asked for. A frame that cannot be decoded leaves the canvas as it was. */
function canvasesOf(bytes: Uint8Array, png: AnimatedPng, losses: Losses): Animation["frame"] {
  const canvas = new Uint8Array(pixelBytes * png.widthPixels * png.heightPixels);
  let drawn = -1;
  let wasDecoded = false;
  let dispose = (): void => {};
  const drawNext = async (): Promise<void> => {
    dispose();
    const frame = png.frames[++drawn]!;
    const before = frame.disposal === "restore" ? canvas.slice() : null;
    const decoded = await decodedWithAlpha(pngOfFrame(bytes, png, frame));
    wasDecoded = decoded !== null;
    losses.hasMissing ||= decoded === null;
    losses.isDamaged ||= decoded?.isDamaged === true;
    if (decoded !== null) draw(canvas, png, frame, decoded.data);
    dispose = () => {
      if (before !== null) canvas.set(before);
      else if (frame.disposal === "clear") eachRow(png, frame, (from, to) => canvas.fill(0, from, to));
    };
  };
  return async (frame) => {
    if (frame < drawn) {
      canvas.fill(0);
      drawn = -1;
      dispose = () => {};
    }
    while (drawn < frame) await drawNext();
    const { widthPixels, heightPixels } = png;
    return wasDecoded ? { pixels: alphaApart({ data: canvas.slice(), widthPixels, heightPixels, channels: pixelBytes }), isDamaged: losses.isDamaged } : null;
  };
}

function onlyFirst(status: DecodedStatus): DecodedStatus {
  return status === "hashed" || status === "partial" ? "first-page" : status;
}

/** Source: APNG 1.0, "blend_op"; PNG specification, "Alpha channel processing". */
function draw(canvas: Uint8Array, png: AnimatedPng, frame: AnimatedPngFrame, drawn: Uint8Array): void {
  let from = 0;
  eachRow(png, frame, (start, end) => {
    if (!frame.isBlended) canvas.set(drawn.subarray(from, from + end - start), start);
    else for (let at = start; at < end; at += pixelBytes) blend(canvas, at, drawn, from + at - start);
    from += end - start;
  });
}

function blend(canvas: Uint8Array, at: number, drawn: Uint8Array, from: number): void {
  const above = drawn[from + 3]!;
  const below = canvas[at + 3]!;
  if (above === 255 || below === 0) return canvas.set(drawn.subarray(from, from + pixelBytes), at);
  if (above === 0) return;
  const seenBelow = (below * (255 - above)) / 255;
  for (let channel = 0; channel < 3; channel++) {
    canvas[at + channel] = Math.round((drawn[from + channel]! * above + canvas[at + channel]! * seenBelow) / (above + seenBelow));
  }
  canvas[at + 3] = Math.round(above + seenBelow);
}

/** Calls with where each row of a frame begins and ends in the canvas. */
function eachRow(png: AnimatedPng, frame: AnimatedPngFrame, row: (from: number, to: number) => void): void {
  for (let y = frame.topPixels; y < frame.topPixels + frame.heightPixels; y++) {
    const from = pixelBytes * (y * png.widthPixels + frame.leftPixels);
    row(from, from + pixelBytes * frame.widthPixels);
  }
}
