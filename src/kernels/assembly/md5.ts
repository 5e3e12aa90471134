import { constantsAt, freeAt, placesAt, statesAt } from "./md5-memory";

// MD5 of many streams side by side. One by itself cannot be made faster, for each step needs the one before; a lane is one 32-bit part of a vector.

export { blocksOfEight } from "./md5-eight";
export { blocksOfOne } from "./md5-one";
export { blocksOfSixteen } from "./md5-sixteen";
export { blocksOfTwo } from "./md5-two";

/** Where to write where the lanes' next blocks lie: u32[16], left as they are. */
export function places(): usize {
  return placesAt;
}

/** Where the lanes' states lie: u32[4][16], by a, b, c, d, then by lane. */
export function states(): usize {
  return statesAt;
}

/** Where the constants are to be written: u32[64][4], each four times, those of the last sixteen steps less one. */
export function constants(): usize {
  return constantsAt;
}

/** From where on memory is free for the bytes to be hashed. */
export function free(): usize {
  return freeAt;
}
