import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { canaryAnswers, canaryPng } from "../../src/perceptual/canary.ts";
import { pictureOf } from "../../src/perceptual/decode.ts";

// Here the decoding library runs in the test's own process, without the environment that the decoder process gets besides.

describe("the decoding library, once it is set up", () => {
  it("decodes from memory", async () => {
    const { status, codes } = await pictureOf(canaryPng());
    expect(status).toBe("hashed");
    expect(codes.map(({ code }) => Buffer.from(code).toString("hex"))).toEqual(Object.values(canaryAnswers.codes));
  });

  it("opens no path", async () => {
    const folder = mkdtempSync(join(tmpdir(), "blindmatch-decode-"));
    const path = join(folder, "canary.png");
    writeFileSync(path, canaryPng());
    await expect(sharp(path).metadata()).rejects.toThrow();
    rmSync(folder, { recursive: true });
  });

  it("renders no SVG, whatever the environment says", async () => {
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="99" height="99"><rect width="50" height="50"/></svg>`;
    expect((await pictureOf(Buffer.from(svg))).status).toBe("undecodable");
  });
});
