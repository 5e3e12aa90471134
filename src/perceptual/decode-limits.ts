/** Most pixels of one picture, and of all the frames of one file together: 0x3fff squared, the decoding library's own default. As RGB they take 805 MB. */
export const mostPixels = 0x3fff * 0x3fff;

/** Most frames, pages or contained pictures of one file that are decoded, and for which a reply of the decoder has room. */
export const mostFrames = 16;

/**
 * Most canvas pixels that are composed to get at the frames of one animation: a frame can only be had by composing all before it.
 * It is 5 s of processor time for GIF, 17 s for WebP.
 */
export const mostComposedPixels = 2 ** 30;

/**
 * Of these, as many may be composed to look at all frames of an animation, and as many again to get at the chosen ones: both, and the codes of all frames, take
 * half of the time for which a decoder is waited at least. A longer one is sampled evenly.
 */
export const mostSurveyedPixels = mostComposedPixels / 4;
export const mostSurveyedFrames = 2 ** 14;

/** Most pixels of the frames of an animation that are decoded in one go: with alpha 128 MiB. So 100 megapixels can be looked at within `mostSurveyedPixels`. */
export const mostRollPixels = 2 ** 25;
