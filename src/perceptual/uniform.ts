/**
 * How far from the most common luma of a picture's 64x64 samples a sample still counts as plain ground. Units: luma, 0..255.
 *
 * Source: with it the share of plain ground was measured on 900 drawn pictures, JPEG quality 85, least and largest percent found: photo-like scenes 9 to 16,
 *         with a shaded sky in their upper half 14 to 24; textured objects in the middle of plain or shaded ground that reach over 30 % of the shorter side 89
 *         to 95, over 50 % 78 to 87, over 70 % 61 to 74, over 90 % 41 to 56. Of pairs of different objects only those over 30 % came within 31 bits of one
 *         another (4 of 5310), at a quality of 62. The model's `plainGroundPercent` follows from it.
 */
export const uniformToleranceLuma = 8;
