import type { Pixels } from "./pixels.ts";

/** Pixels as a decoder gives them, their alpha behind the colours of each. */
export interface PixelsWithAlpha {
  readonly data: Uint8Array;
  readonly widthPixels: number;
  readonly heightPixels: number;
  readonly channels: 2 | 4;
}

/** The same with the alpha apart where it varies, and without it where it does not. The colours are moved together within `data`, which must not be used any more. */
export function alphaApart({ data, widthPixels, heightPixels, channels }: PixelsWithAlpha): Pixels {
  const colours = channels === 4 ? 3 : 1;
  const count = widthPixels * heightPixels;
  const alpha = varies(data, channels) ? new Uint8Array(count) : null;
  if (alpha !== null) for (let pixel = 0, from = colours; pixel < count; pixel++, from += channels) alpha[pixel] = data[from]!;
  // Each channel by itself: a loop over the channels of each pixel takes three times as long.
  if (colours === 1) for (let pixel = 1; pixel < count; pixel++) data[pixel] = data[2 * pixel]!;
  else {
    for (let from = 4, to = 3; from < 4 * count; from += 4, to += 3) {
      data[to] = data[from]!;
      data[to + 1] = data[from + 1]!;
      data[to + 2] = data[from + 2]!;
    }
  }
  return { data: data.subarray(0, colours * count), widthPixels, heightPixels, channels: colours, ...(alpha === null ? {} : { alpha }) };
}

/**
 * Turns pixels as stored into those that a viewer with a white ground shows, in place: a second copy of the largest pictures would not fit beside the first.
 *
 * Shape: false when nothing changed: there is no alpha that varies, or only white shows less.
 */
export function composeOverWhite({ data, channels, alpha }: Pixels): boolean {
  if (alpha === undefined) return false;
  let isChanged = false;
  for (let pixel = 0; pixel < alpha.length; pixel++) {
    const shown = alpha[pixel]!;
    if (shown === 255) continue;
    const ground = 255 * (255 - shown);
    for (let at = channels * pixel; at < channels * (pixel + 1); at++) {
      const stored = data[at]!;
      // Rounded: 255 is odd, so that no sum lies in the middle.
      const seen = ((stored * shown + ground + 127) / 255) | 0;
      isChanged ||= seen !== stored;
      data[at] = seen;
    }
  }
  return isChanged;
}

function varies(data: Uint8Array, channels: number): boolean {
  const first = data[channels - 1];
  for (let at = channels - 1; at < data.length; at += channels) if (data[at] !== first) return true;
  return false;
}
