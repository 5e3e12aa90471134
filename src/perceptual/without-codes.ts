import type { Perceived, PictureStatus } from "../model.ts";

/** A picture of which nothing is known but why. */
export function withoutCodes(status: PictureStatus): Perceived {
  return { picture: { status, widthPixels: 0, heightPixels: 0, codes: [] }, embedded: [] };
}
