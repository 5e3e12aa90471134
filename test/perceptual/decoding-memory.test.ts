import { setImmediate } from "node:timers/promises";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { perceivedOf } from "../../src/perceptual/decode.ts";
import { letGo } from "../../src/perceptual/decoding-memory.ts";

const side = 1200;
const decodedBytes = 3 * side * side;

// What the decoding library allocated counts as external only.
const heldBytes = (): number => process.memoryUsage().external;

describe("the memory of pixels", () => {
  it("is given back when the codes of a picture are there, and waits for no collection", async () => {
    for (const format of ["jpeg", "png", "webp", "tiff"] as const) {
      const file = await sharp({ create: { width: side, height: side, channels: 3, background: "#48c" } }).toFormat(format).toBuffer();
      await setImmediate();
      const before = heldBytes();
      for (let time = 0; time < 3; time++) expect((await perceivedOf(file, `image/${format}`)).picture.widthPixels).toBe(side);
      await setImmediate();
      expect(heldBytes() - before, format).toBeLessThan(decodedBytes);
    }
  });

  it("is left alone where it holds something else besides, and where it is not JavaScript's own", () => {
    const whole = Uint8Array.of(1, 2, 3);
    letGo(whole.subarray(1));
    expect([...whole]).toEqual([1, 2, 3]);
    const shared = new Uint8Array(new SharedArrayBuffer(3));
    letGo(shared);
    expect(shared).toHaveLength(3);
    letGo(whole);
    expect(whole).toHaveLength(0);
  });
});
