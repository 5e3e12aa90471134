import { createHash } from "node:crypto";
import { blake3 } from "@napi-rs/blake-hash";
import { afterAll, describe, expect, it } from "vitest";
import { canaryAnswers, canaryPng } from "../../src/perceptual/canary.ts";
import { startDecoder } from "../../src/perceptual/decoder.ts";
import { compiledFile } from "../support/decoder-program.ts";

const decoder = startDecoder({ program: compiledFile("decoder-process.js") });
afterAll(() => decoder.close());

describe("the canary picture", () => {
  it("has the digests that are known of it", () => {
    const png = Buffer.from(canaryPng());
    const digest = (algorithm: string) => createHash(algorithm).update(png).digest("hex");
    expect(canaryAnswers.digests).toEqual({ md5: digest("md5"), sha1: digest("sha1"), sha256: digest("sha256"), blake3: blake3(png).toString("hex") });
  });

  it("comes out of the decoder process with the codes that are known of it", async () => {
    const picture = await decoder.perceive(canaryPng());
    expect(picture).toMatchObject({ status: "hashed", widthPixels: canaryAnswers.widthPixels, heightPixels: canaryAnswers.heightPixels });
    expect(Object.fromEntries(picture.codes.map(({ transform, code }) => [transform, Buffer.from(code).toString("hex")]))).toEqual(canaryAnswers.codes);
    expect(Object.fromEntries(picture.codes.map(({ transform, quality }) => [transform, quality]))).toEqual(canaryAnswers.qualities);
  });

  it("proves both ways of preparing the pixels: its two codes differ, both of them good", () => {
    expect(canaryAnswers.codes.full).not.toBe(canaryAnswers.codes["nearest-512"]);
    for (const quality of Object.values(canaryAnswers.qualities)) expect(quality).toBeGreaterThanOrEqual(80);
  });
});
