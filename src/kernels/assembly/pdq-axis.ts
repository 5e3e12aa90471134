// One axis of a picture, of `length` pixels: which of them a sample takes, and with which weight.
//
// Two passes of a box of width w, then one sample in every length / 64, make a tent of 2w - 1 whole-numbered weights 1 .. w .. 1 over w * w. Of all windows
// only the very last one reaches beyond the picture, by one pixel, and only when w is even: its mean is that of w - 1 pixels. The last sample is then made of
// two parts, a tent of 2w - 2 weights over w * w, and a clipped box of w - 1 ones over w * (w - 1).

/** Width of the box filter. */
// @ts-ignore: decorator
@inline
export function boxWidth(length: u32): u32 {
  return (length + 127) >> 7;
}

/** The first pixel that a sample takes. An even box leans one pixel to the right. */
// @ts-ignore: decorator
@inline
export function firstOf(sample: u32, length: u32): u32 {
  const width = boxWidth(length);
  return <u32>((<u64>(2 * sample + 1) * <u64>length) >> 7) - 2 * (width - ((width + 2) >> 1));
}

/** How many pixels a sample takes; the clipped box lies among them. */
// @ts-ignore: decorator
@inline
export function tapsOf(sample: u32, length: u32): u32 {
  const width = boxWidth(length);
  return 2 * width - (sample == 63 && isClipped(length) ? 2 : 1);
}

// @ts-ignore: decorator
@inline
export function tentWeight(tap: u32, taps: u32): u32 {
  return min(tap + 1, taps - tap);
}

/** Whether the last sample has a clipped box, which is kept apart as a sample 64. */
// @ts-ignore: decorator
@inline
export function isClipped(length: u32): bool {
  return (boxWidth(length) & 1) == 0;
}

// @ts-ignore: decorator
@inline
export function clippedTaps(length: u32): u32 {
  return boxWidth(length) - 1;
}
