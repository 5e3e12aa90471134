/**
 * What the project's own bench `robustness` measured of near matching, with the version that it measured.
 *
 * Source: `npm run bench -- robustness`, test/bench/README.md; to be renewed with every change of src/perceptual or src/reference/near-*.
 */
export const measured = {
  version: "0.1.0",
  bench: "robustness",
  pictures: 40,
  /** Each compared both ways: one's picture with the other's code, and the other way round. */
  unrelatedPairs: 780,
  falseMatches: 0,
  nearestUnrelatedBits: 96,
  /** Of each kind of change the least share that was found, in per cent. */
  found: [
    { change: "saved again, scaled to 15 to 200 %, squashed, blurred, made grey, darker or of less contrast, converted to another format", percent: 100 },
    { change: "turned by quarters, mirrored, or both", percent: 100 },
    { change: "framed or letterboxed by a plain border", percent: 100 },
    { change: "made negative", percent: 100 },
    { change: "made of more contrast, with both ends clipped", percent: 93 },
    { change: "made brighter by a quarter", percent: 85 },
    { change: "of gamma 1.8", percent: 70 },
    { change: "cropped by 1 % a side", percent: 95 },
    { change: "cropped by 2 % a side", percent: 10 },
    { change: "turned by 1 degree", percent: 10 },
    { change: "cropped by 5 % a side, turned by 3 degrees or more, captioned, set into a collage", percent: 0 },
  ],
} as const;
