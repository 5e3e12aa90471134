// Facts of pictures on which those who read files and those who decode them have to agree.

/** Pictures up to this size are kept whole for the decoder; a larger one counts as too large. Units: bytes. */
export const largestPictureBytes = 512 * 1024 * 1024;

/** Values of a TIFF directory that only a camera's raw data has: colour filter array and linear raw; Nikon's, Pentax's and Sony's compressions. */
export const rawPhotometrics: readonly number[] = [32803, 34892];
export const rawCompressions: readonly number[] = [32767, 32769, 34713, 65000, 65535];

/** Codes of a lower PDQ quality are not compared, unless a list's own threshold asks for it. Source: the PDQ reference's recommendation. */
export const leastQuality = 50;
