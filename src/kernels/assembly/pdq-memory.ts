// Where the kernel keeps what, in bytes. Below 1024 nothing, so that a pointer of 0 points at nothing.

/** f64[16][64]: cosines, frequency by frequency. Written by who loads the kernel, so that everybody computes with the same ones. */
export const cosinesAt: usize = 1024;
/** f64[64][16]: the same, sample by sample. */
export const turnedCosinesAt: usize = cosinesAt + 16 * 64 * 8;
/** f64[64][64]: luma. */
export const blockAt: usize = turnedCosinesAt + 16 * 64 * 8;
/** f64[16][64] */
export const halfwayAt: usize = blockAt + 64 * 64 * 8;
/** f64[16][16] */
export const frequenciesAt: usize = halfwayAt + 16 * 64 * 8;
/** f64[256], f64[256]: frequencies of the picture turned one way, and their copy that is put in order. */
export const turnedAt: usize = frequenciesAt + 256 * 8;
export const orderedAt: usize = turnedAt + 256 * 8;
/** u32[256]: how many samples have a luma. */
export const histogramAt: usize = orderedAt + 256 * 8;
/** Quality (1 byte), uniform percent (1 byte), then eight codes of 32 bytes. */
export const resultAt: usize = histogramAt + 256 * 4;
/** f64[66]: one row, reduced. */
export const reducedAt: usize = resultAt + 8 * 64;
/** i32[512], u32[512]: luma of a squeezed row, and from which byte of a row each of its pixels comes. */
export const squeezedAt: usize = reducedAt + 66 * 8;
export const sourcesAt: usize = squeezedAt + 512 * 4;
/** f64[65][66] each: see `pdq-sums.ts`. */
export const fullSumsAt: usize = sourcesAt + 512 * 4;
export const squeezedSumsAt: usize = fullSumsAt + 65 * 66 * 8;
/** i16: weights of the columns, as long as the picture's width asks for. */
export const weightsAt: usize = squeezedSumsAt + 65 * 66 * 8;
