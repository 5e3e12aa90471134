import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { startDecoder } from "../../src/perceptual/decoder.ts";
import { answeringProgram } from "../support/decoder-program.ts";
import { drawPhoto, encode } from "../support/draw.ts";
import { temporaryFolder } from "../support/folder.ts";

const tooLarge = `({ picture: { status: "too-large", widthPixels: 0, heightPixels: 0, codes: [] }, embedded: [] })`;

describe("a picture that a decoder calls too large", () => {
  it("after it decoded others is asked of a fresh one, whose word stands", async () => {
    const decoder = startDecoder({ canary: null, isolation: "process", program: answeringProgram(`return request > 1 ? ${tooLarge} : perceivedOf(picture, "image/png");`) });
    for (let seed = 1; seed <= 3; seed++) expect((await decoder.perceive("image/png", await encode(drawPhoto(seed, 64, 48), "png"))).picture.status).toBe("hashed");
    expect(await decoder.confirm()).toBe(true);
    await decoder.close();
  });

  it("is asked of one more when the fresh one was lost once", async () => {
    const lost = join(temporaryFolder(), "lost");
    const text = `if (request > 1) return ${tooLarge}; if (picture.length % 2 === 1 && sizeOf(${JSON.stringify(lost)}) === 0) { appendFileSync(${JSON.stringify(lost)}, "."); process.exit(); } return perceivedOf(picture, "image/png");`;
    const decoder = startDecoder({ canary: null, isolation: "process", program: answeringProgram(text) });
    const picture = await encode(drawPhoto(1, 64, 48), "png");
    const [even, odd] = [0, 1].map((rest) => Buffer.concat([picture, Buffer.alloc((picture.length + rest) % 2)]));
    expect((await decoder.perceive("image/png", even!)).picture.status).toBe("hashed");
    expect((await decoder.perceive("image/png", odd!)).picture.status).toBe("hashed");
    expect(existsSync(lost)).toBe(true);
    await decoder.close();
  });

  it("in a fresh one, too, is too large", async () => {
    const decoder = startDecoder({ canary: null, isolation: "process", program: answeringProgram(`return ${tooLarge};`) });
    for (let seed = 1; seed <= 2; seed++) expect((await decoder.perceive("image/png", await encode(drawPhoto(seed, 64, 48), "png"))).picture.status).toBe("too-large");
    await decoder.close();
  });
});
