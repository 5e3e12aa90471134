import type { Decoder } from "../perceptual/decoder.ts";

/** What decoders were asked, together. Units: milliseconds of the clock. */
export interface DecodingTally {
  pictures: number;
  decodingMs: number;
}

/** The same decoder; how many pictures it is asked for, and how long its answers take, canaries included, is added to `tally`. */
export function tallied(decoder: Decoder, tally: DecodingTally): Decoder {
  const timed = async <Result>(work: Promise<Result>): Promise<Result> => {
    const startedMs = performance.now();
    try {
      return await work;
    } finally {
      tally.decodingMs += performance.now() - startedMs;
    }
  };
  return {
    ...decoder,
    perceive(mediaType, bytes) {
      tally.pictures += 1;
      return timed(decoder.perceive(mediaType, bytes));
    },
    confirm: () => timed(decoder.confirm()),
  };
}
