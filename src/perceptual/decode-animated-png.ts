import { type AnimatedPng, type AnimatedPngFrame, animatedPngOf, pngOfFrame } from "./animated-png.ts";
import { mostCanvasPixels } from "./decode-limits.ts";
import { decodedPage, decodedWithAlpha, decodePages } from "./decode-pages.ts";
import { chosenFrames } from "./frame-choice.ts";
import { type DecodedStatus, decodedStatus, type Frames, noLosses } from "./frames.ts";

/** Bytes of a pixel of the canvas: red, green, blue, alpha. */
const pixelBytes = 4;

/** To decode a frame takes as long as composing so many pixels, however small it is. */
const leastPixelsWorth = 2 ** 17;

/**
 * Decodes an animated PNG, of which the decoding library gives the first picture only: each frame alone, composed here.
 *
 * Shape: frames are whole canvases with their alpha dropped; the picture that stands apart from an animation is the first of them. As GIF otherwise.
 */
export async function decodeAnimatedPng(bytes: Uint8Array, frames: Frames): Promise<DecodedStatus> {
  const png = animatedPngOf(bytes);
  if (png === null || png.frames.length === 0) return decodePages(bytes, frames);
  const { widthPixels, heightPixels } = png;
  if (!frames.admits(widthPixels, heightPixels)) return "too-large";
  if (widthPixels * heightPixels > mostCanvasPixels) return onlyFirst(await decodePages(bytes, frames));
  const apart = png.beginsWithPicture ? 0 : 1;
  const of = png.frames.length + apart;
  const choice = chosenFrames(of, Math.max(widthPixels * heightPixels, leastPixelsWorth));
  const losses = noLosses();
  losses.hasMissing = png.statedFrames > png.frames.length;
  losses.isDamaged = png.statedFrames < png.frames.length;
  losses.hasMore = !choice.isSpread;
  if (apart === 1) {
    const first = await decodedPage(bytes);
    losses.hasMissing ||= first === null;
    losses.isDamaged ||= first?.isDamaged === true;
    if (first !== null) frames.take(1, of, first.pixels);
  }
  const canvas = new Uint8Array(pixelBytes * widthPixels * heightPixels);
  const last = choice.frames.at(-1)! - apart;
  for (let at = 0; at <= last; at++) {
    const frame = png.frames[at]!;
    const before = frame.disposal === "restore" ? canvas.slice() : null;
    const decoded = await decodedWithAlpha(pngOfFrame(bytes, png, frame));
    losses.hasMissing ||= decoded === null;
    losses.isDamaged ||= decoded?.isDamaged === true;
    if (decoded !== null) draw(canvas, png, frame, decoded.data);
    if (decoded !== null && choice.frames.includes(at + apart)) {
      if (frames.admits(widthPixels, heightPixels)) frames.take(at + apart + 1, of, { data: withoutAlpha(canvas), widthPixels, heightPixels, channels: 3 });
      else losses.isTooLarge = true;
    }
    if (before !== null) canvas.set(before);
    else if (frame.disposal === "clear") eachRow(png, frame, (from, to) => canvas.fill(0, from, to));
  }
  const status = decodedStatus(frames, losses);
  return status === "hashed" && choice.frames.length < of ? "sampled" : status;
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

function withoutAlpha(canvas: Uint8Array): Uint8Array {
  const data = new Uint8Array((canvas.length / pixelBytes) * 3);
  for (let from = 0, to = 0; from < canvas.length; from += pixelBytes, to += 3) {
    data[to] = canvas[from]!;
    data[to + 1] = canvas[from + 1]!;
    data[to + 2] = canvas[from + 2]!;
  }
  return data;
}
