import { describe, expect, it } from "vitest";
import type { PerceptualCode, Picture } from "../../src/model.ts";
import { withNegatives } from "../../src/perceptual/negatives.ts";
import { pdqCodes } from "../../src/perceptual/pdq.ts";
import { placeOf } from "../../src/perceptual/transforms.ts";
import { photoPixels } from "../support/pictures.ts";

const pixels = photoPixels(7, 640, 420);
const pictureOf = (codes: readonly PerceptualCode[]): Picture => ({ status: "hashed", widthPixels: 640, heightPixels: 420, codes });
const added = (codes: readonly PerceptualCode[]): readonly PerceptualCode[] => withNegatives(pictureOf(codes)).codes.filter((code) => !codes.includes(code));

describe("the codes of a picture's negative", () => {
  it("stand behind the code of each upright view, and are made of no other", () => {
    const codes = [...pdqCodes(pixels, 1), ...pdqCodes(pixels, 12).map((code) => ({ ...code, transform: code.transform.replace("frame-12 ", "frame-12 trimmed ") }))];
    expect(added(codes).map(({ transform }) => transform)).toEqual(["frame-1 full negative", "frame-1 nearest-512 negative", "frame-12 trimmed full negative", "frame-12 trimmed nearest-512 negative"]);
    const together = withNegatives(pictureOf(codes)).codes;
    expect(together.filter((code) => codes.includes(code))).toEqual(codes);
    for (const [at, { transform }] of together.entries()) if (transform.endsWith(" negative")) expect(together[at - 1]!.transform).toBe(transform.slice(0, -" negative".length));
  });

  it("are the complement to the bit, with the figures of the picture's own", () => {
    for (const [at, { transform, code, ...figures }] of added(pdqCodes(pixels)).entries()) {
      const { transform: ofOwn, code: own, ...ownFigures } = pdqCodes(pixels).filter((each) => placeOf(each.transform)?.orientation === 0)[at]!;
      expect([transform, figures]).toEqual([`${ofOwn} negative`, ownFigures]);
      expect(code).toHaveLength(32);
      expect(code.every((byte, place) => byte + own[place]! === 255)).toBe(true);
    }
  });

  it("are those that the picture has when every pixel is turned to its opposite (REQ-43)", () => {
    const turned = pdqCodes({ ...pixels, data: pixels.data.map((value) => 255 - value) });
    for (const { transform, code } of added(pdqCodes(pixels))) {
      const own = turned.find((each) => `${each.transform} negative` === transform)!;
      const distanceBits = code.reduce((sum, byte, at) => sum + (byte ^ own.code[at]!).toString(2).replaceAll("0", "").length, 0);
      // PDQ quantises against a median: what equals it is 0 in both.
      expect(distanceBits, transform).toBeLessThanOrEqual(4);
    }
  });

  it("leave the rest of the picture, and its own codes, as they were", () => {
    const codes = pdqCodes(pixels);
    const before = structuredClone(codes);
    expect(withNegatives(pictureOf(codes))).toMatchObject({ status: "hashed", widthPixels: 640, heightPixels: 420 });
    expect(codes).toEqual(before);
    const none: Picture = { status: "undecodable", widthPixels: 0, heightPixels: 0, codes: [] };
    expect(withNegatives(none)).toEqual(none);
  });

  it("have no place in a reply: no decoder can send them", () => {
    for (const { transform } of added(pdqCodes(pixels))) expect(placeOf(transform)).toBeNull();
  });
});
