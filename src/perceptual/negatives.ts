import type { PerceptualCode, Picture } from "../model.ts";
import { placeOf } from "./transforms.ts";

/** The picture with the codes of its negative, upright: every bit of the picture's own code turned. Their transforms end in `negative`. */
export function withNegatives(picture: Picture): Picture {
  return { ...picture, codes: picture.codes.flatMap((code) => (placeOf(code.transform)?.orientation === 0 ? [code, negativeOf(code)] : [code])) };
}

function negativeOf({ transform, code, ...rest }: PerceptualCode): PerceptualCode {
  return { transform: `${transform} negative`, ...rest, code: code.map((byte) => byte ^ 0xff) };
}
