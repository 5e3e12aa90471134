import decodeIco from "decode-ico";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encode, drawPhoto } from "../support/draw.ts";
import { decodedWhole, le32, photoPixels } from "../support/pictures.ts";
import { icon, iconBitmap } from "../support/pictures-bitmap.ts";

const type = "image/x-icon";

describe("an icon", () => {
  it.each([1, 4, 8, 24, 32] as const)("with a bitmap of %i bits gives the pixels that were written, whatever its mask", async (bits) => {
    const { file, pixels } = iconBitmap(photoPixels(5, 40, 24), bits);
    for (const kind of [1, 2] as const) {
      const { status, frames } = await decodedWhole(icon([file], kind), type);
      expect(status).toBe("hashed");
      expect(frames).toHaveLength(1);
      expect(frames[0]).toMatchObject({ frame: 1, of: 1, pixels: { widthPixels: 40, heightPixels: 24 } });
      expect(Buffer.compare(frames[0]!.pixels.data, pixels.data)).toBe(0);
    }
    const [witness] = decodeIco(icon([file]));
    const colours = witness!.data.filter((_, at) => at % 4 !== 3);
    expect(Buffer.compare(Buffer.from(colours), pixels.data)).toBe(0);
  });

  it("gives its pictures the largest first, PNG files too, with their places in the file", async () => {
    const png = await encode(drawPhoto(2, 256, 256), "png", { alpha: 0.3 });
    const small = iconBitmap(photoPixels(1, 16, 16), 32);
    const middle = iconBitmap(photoPixels(3, 48, 48), 24);
    const { status, frames } = await decodedWhole(icon([small.file, middle.file, png]), type);
    expect(status).toBe("hashed");
    expect(frames.map(({ frame, of, pixels }) => [frame, of, pixels.widthPixels])).toEqual([[3, 3, 256], [2, 3, 48], [1, 3, 16]]);
    expect(Buffer.compare(frames[0]!.pixels.data, drawPhoto(2, 256, 256).data)).toBe(0);
  });

  it("with more pictures than are decoded says so", async () => {
    const many = Array.from({ length: 17 }, (_, at) => iconBitmap(photoPixels(at, 16 + at, 16), 24).file);
    const { status, frames } = await decodedWhole(icon(many), type);
    expect(status).toBe("first-page");
    expect(frames.map(({ pixels }) => pixels.widthPixels)).toEqual(Array.from({ length: 16 }, (_, at) => 32 - at));
  });

  it("that is damaged gives what can be decoded, and says that a picture is missing", async () => {
    const good = iconBitmap(photoPixels(1, 32, 32), 24).file;
    const file = icon([good, good]);
    file.set(le32(0xfffffff0), 6 + 16 + 12);
    expect(await decodedWhole(file, type)).toMatchObject({ status: "first-page", frames: [{ frame: 1, of: 2 }] });
    const bad = Buffer.from(good);
    bad.set(le32(99), 0);
    expect((await decodedWhole(icon([bad]), type)).status).toBe("undecodable");
    const huge = Buffer.from(good);
    huge.set(le32(30_000, 60_000), 4);
    expect((await decodedWhole(icon([huge]), type)).status).toBe("too-large");
    expect((await decodedWhole(icon([]), type)).status).toBe("undecodable");
  });

  it("of any bytes ends in a status", async () => {
    const file = icon([iconBitmap(photoPixels(1, 8, 8), 8).file, await encode(drawPhoto(2, 9, 9), "png")]);
    // FUZZ=5000 (any number) is the long form. The short one leaves the upper half of the PNG file's height as it is: millions of empty rows take many seconds, and pictures with such a size are those of bombs.test.ts.
    const long = process.env["FUZZ"];
    const heightAt = file.indexOf("IHDR") + 8;
    const isHuge = (at: number): boolean => at === heightAt || at === heightAt + 1;
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.nat(file.length - 1), fc.nat(255)), { maxLength: 8 }), fc.nat(file.length), async (edits, cut) => {
        const damaged = Buffer.from(file.subarray(0, file.length - cut));
        for (const [at, value] of edits) if (long !== undefined || !isHuge(at)) damaged[at] = value;
        expect(["hashed", "partial", "undecodable", "too-large", "first-page"]).toContain((await decodedWhole(damaged, type)).status);
      }),
      { numRuns: Number(long ?? 300) },
    );
  });
});
