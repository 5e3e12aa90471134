import type { Area, Pixels } from "./pixels.ts";

/** How far a channel of a border may lie from its colour: noise of JPEG files, and the ringing beside what is framed. */
const noiseTolerance = 24;

/** Of a thousand pixels of a border's line, how many may differ more. */
const outliersPerThousand = 20;

/** A line is looked at in this many places at most, evenly spread: longer ones are not known any better by more. */
const mostSamples = 512;

/** Less than this part of a side is not worth codes of its own, and less than this part left over is no picture with a border. Units: percent. */
const leastPeeledPercent = 1;
const leastLeftPercent = 25;
const leastLeftPixels = 64;

/** A frame may lie within a frame of another colour, and so on: up to so many. */
const mostNestedFrames = 3;

interface Sides {
  top: number;
  bottom: number;
  left: number;
  right: number;
}

/**
 * What is left of a picture when its plain borders are peeled off, letterbox, pillarbox or frame; null when there is none to speak of.
 *
 * Shape: each of the four borders has a colour of its own, that of most of its outermost line, so that opposite bars may differ. Borders take 1 % of
 *        a side or more together, and leave 25 % of each side, and 64 pixels, or more.
 */
export function withinBorders(pixels: Pixels): Area | null {
  const { widthPixels, heightPixels } = pixels;
  const leastWidth = Math.max(leastLeftPixels, (widthPixels * leastLeftPercent) / 100);
  const leastHeight = Math.max(leastLeftPixels, (heightPixels * leastLeftPercent) / 100);
  const sides: Sides = { top: 0, bottom: heightPixels, left: 0, right: widthPixels };
  for (let frame = 0; frame < mostNestedFrames; frame++) {
    const { top, bottom, left, right } = sides;
    peelRows(pixels, sides, leastHeight);
    peelColumns(pixels, sides, leastWidth);
    if (sides.bottom - sides.top < leastHeight || sides.right - sides.left < leastWidth) return null;
    if (sides.top === top && sides.bottom === bottom && sides.left === left && sides.right === right) break;
  }
  const area = { leftPixels: sides.left, topPixels: sides.top, widthPixels: sides.right - sides.left, heightPixels: sides.bottom - sides.top };
  const isPeeled = (whole: number, rest: number): boolean => (whole - rest) * 100 >= whole * leastPeeledPercent;
  return isPeeled(widthPixels, area.widthPixels) || isPeeled(heightPixels, area.heightPixels) ? area : null;
}

/** Peels until the picture begins, or until less than `least` is left. */
function peelRows(pixels: Pixels, sides: Sides, least: number): void {
  const { left, right } = sides;
  if (right <= left) return;
  const isBorder = (row: number, colour: readonly number[]): boolean => isPlain(pixels, offsetOf(pixels, row, left), pixels.channels, right - left, colour);
  const first = colourOf(pixels, offsetOf(pixels, sides.top, left), pixels.channels, right - left);
  while (sides.bottom - sides.top >= least && isBorder(sides.top, first)) sides.top++;
  const last = colourOf(pixels, offsetOf(pixels, sides.bottom - 1, left), pixels.channels, right - left);
  while (sides.bottom - sides.top >= least && isBorder(sides.bottom - 1, last)) sides.bottom--;
}

function peelColumns(pixels: Pixels, sides: Sides, least: number): void {
  const { top, bottom } = sides;
  if (bottom <= top) return;
  const strideBytes = pixels.widthPixels * pixels.channels;
  const isBorder = (column: number, colour: readonly number[]): boolean => isPlain(pixels, offsetOf(pixels, top, column), strideBytes, bottom - top, colour);
  const first = colourOf(pixels, offsetOf(pixels, top, sides.left), strideBytes, bottom - top);
  while (sides.right - sides.left >= least && isBorder(sides.left, first)) sides.left++;
  const last = colourOf(pixels, offsetOf(pixels, top, sides.right - 1), strideBytes, bottom - top);
  while (sides.right - sides.left >= least && isBorder(sides.right - 1, last)) sides.right--;
}

/** The colour of a line of `count` pixels, `stepBytes` apart: that of its first pixel, or where that one stands out, the median of each channel. */
function colourOf({ data, channels }: Pixels, start: number, stepBytes: number, count: number): readonly number[] {
  const samples = Math.min(count, mostSamples);
  const first = Array.from({ length: channels }, (_, channel) => data[start + channel]!);
  const median = first.map((_, channel) => {
    const values = new Uint8Array(samples);
    for (let sample = 0; sample < samples; sample++) values[sample] = data[start + Math.floor((sample * count) / samples) * stepBytes + channel]!;
    return values.sort()[samples >> 1]!;
  });
  return first.every((value, channel) => Math.abs(value - median[channel]!) <= noiseTolerance) ? first : median;
}

/** Whether a line of `count` pixels, `stepBytes` apart, has a colour all along. */
function isPlain({ data, channels }: Pixels, start: number, stepBytes: number, count: number, colour: readonly number[]): boolean {
  const samples = Math.min(count, mostSamples);
  let allowed = Math.floor((samples * outliersPerThousand) / 1000);
  for (let sample = 0; sample < samples; sample++) {
    const at = start + Math.floor((sample * count) / samples) * stepBytes;
    for (let channel = 0; channel < channels; channel++) {
      if (Math.abs(data[at + channel]! - colour[channel]!) <= noiseTolerance) continue;
      if (allowed-- === 0) return false;
      break;
    }
  }
  return true;
}

function offsetOf({ widthPixels, channels }: Pixels, row: number, column: number): number {
  return (row * widthPixels + column) * channels;
}
