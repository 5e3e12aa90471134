import { createHash } from "node:crypto";
import { blake3 } from "@napi-rs/blake-hash";
import { afterAll, describe, expect, it } from "vitest";
import { canaryAnswers, canaryPng } from "../../src/perceptual/canary.ts";
import { startDecoder } from "../../src/perceptual/decoder.ts";
import { withNegatives } from "../../src/perceptual/negatives.ts";
import { orientations } from "../../src/perceptual/transforms.ts";
import { compiledFile } from "../support/decoder-program.ts";

const decoder = startDecoder({ isolation: "process", program: compiledFile("decoder-process.js") });
afterAll(() => decoder.close());

describe("the canary picture", () => {
  it("has the digests that are known of it", () => {
    const png = Buffer.from(canaryPng());
    const digest = (algorithm: string) => createHash(algorithm).update(png).digest("hex");
    expect(canaryAnswers.digests).toEqual({ md5: digest("md5"), sha1: digest("sha1"), sha256: digest("sha256"), blake3: blake3(png).toString("hex") });
  });

  it("comes out of the decoder process with the codes that are known of it", async () => {
    const { picture, embedded } = await decoder.perceive("image/png", canaryPng());
    expect(embedded).toEqual([]);
    expect(picture).toMatchObject({ status: "hashed", widthPixels: canaryAnswers.widthPixels, heightPixels: canaryAnswers.heightPixels });
    const found = picture.codes.filter(({ transform }) => !transform.endsWith("negative")).map(({ transform, code, ...figures }) => [transform, Buffer.from(code).toString("hex"), figures]);
    const known = (["full", "nearest-512"] as const).flatMap((preparation) =>
      orientations.map((orientation, at) => [
        orientation === "as-is" ? preparation : `${preparation} ${orientation}`,
        canaryAnswers.codes[preparation][at],
        { quality: canaryAnswers.qualities[preparation], uniformPercent: canaryAnswers.uniformPercents[preparation] },
      ]),
    );
    expect(found).toEqual(known);
    expect(picture.codes).toEqual(withNegatives({ ...picture, codes: picture.codes.filter(({ transform }) => !transform.endsWith("negative")) }).codes);
  });

  it("proves both ways of preparing the pixels, turned each way: its sixteen codes differ, all of them good", () => {
    expect(new Set(Object.values(canaryAnswers.codes).flat()).size).toBe(16);
    for (const quality of Object.values(canaryAnswers.qualities)) expect(quality).toBeGreaterThanOrEqual(80);
  });
});
