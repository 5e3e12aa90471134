// Where the kernel keeps what, in bytes. Below 1024 nothing, so that a pointer of 0 points at nothing.

/** u32[16]: where the next block of each lane lies. */
export const placesAt: usize = 1024;
/** u32[4][16]: the lanes' states, by a, b, c, d, then by lane. */
export const statesAt: usize = placesAt + 16 * 4;
/** Bytes from one of a, b, c, d to the next. */
export const stateBytes: usize = 16 * 4;
/** v128[64]: the constant of each step in every part. Of the last sixteen it is one less (see `fourth`). */
export const constantsAt: usize = statesAt + 4 * stateBytes;
/** v128[4][16]: the words of a block, turned so that each vector holds one word of four lanes. */
export const wordsAt: usize = constantsAt + 64 * 16;
/** Bytes from the words of four lanes to those of the next four. */
export const wordsBytes: usize = 16 * 16;
/** From here on memory is free for the bytes to be hashed. */
export const freeAt: usize = wordsAt + 4 * wordsBytes;
