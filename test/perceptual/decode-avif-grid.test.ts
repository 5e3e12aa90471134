import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { hasAllTiles } from "../../src/perceptual/avif-tiles.ts";
import type { Pixels } from "../../src/perceptual/pixels.ts";
import { drawPhoto, encode } from "../support/draw.ts";
import { temporaryFolder } from "../support/folder.ts";
import { decodedWhole, distanceBits, photoPixels } from "../support/pictures.ts";
import { box } from "../support/pictures-raw.ts";
import { codedAsAv1, codedItem, codedPictures, type CodedPicture, cropped, gridItem, type HeifItem, heifFile, tilesOf } from "../support/pictures-heif.ts";
import { describeWith, has } from "../support/tools.ts";

const type = "image/avif";
const gridId = 100;
const [widthPixels, heightPixels] = [480, 350];

describe("an AVIF file whose picture is a grid of tiles", () => {
  const drawn = drawPhoto(3, 512, 384);
  let tiles: readonly HeifItem[];
  let expected: Pixels;

  beforeAll(async () => {
    tiles = (await codedAsAv1(tilesOf(drawn, 128))).map((each, at) => codedItem(at + 1, each, { isHidden: true }));
    const { data } = cropped(drawn, 0, 0, widthPixels, heightPixels);
    expected = { data, widthPixels, heightPixels, channels: 3 };
  });

  const grid = (): HeifItem => gridItem(gridId, { tiles: tiles.map(({ id }) => id), columns: 4, rows: 3, widthPixels, heightPixels });
  const gridOf = (items: readonly HeifItem[]): Buffer => heifFile([...items, grid()], gridId, "avif");

  it("is put together from its tiles, each of which is there", async () => {
    const { status, frames } = await decodedWhole(gridOf(tiles), type);
    expect([status, frames.length]).toEqual(["hashed", 1]);
    expect(distanceBits(frames[0]!.pixels, expected)).toBeLessThan(12);
    // In whatever order their data lie, hidden or not.
    for (const file of [gridOf([...tiles].reverse()), heifFile([grid(), ...tiles], gridId, "avif")]) expect((await decodedWhole(file, type)).status).toBe("hashed");
    expect(await hasAllTiles(gridOf(tiles.map((tile) => ({ ...tile, isHidden: false }))))).toBe(true);
  });

  it.each<[string, (tile: HeifItem) => HeifItem]>([
    ["without data", (tile) => ({ ...tile, data: Buffer.alloc(0) })],
    ["cut off", (tile) => ({ ...tile, data: tile.data.subarray(0, tile.data.length - 30) })],
    ["of zeros", (tile) => ({ ...tile, data: Buffer.alloc(tile.data.length) })],
    ["of noise", (tile) => ({ ...tile, data: Buffer.alloc(tile.data.length, 0x5a) })],
    ["without its configuration", (tile) => (tile.id === 1 ? { ...tile, data: Buffer.alloc(0) } : { ...tile, properties: tile.properties!.slice(1) })],
  ])("with a tile %s is partial: what remains is compared", async (_, alter) => {
    for (const id of [1, 6, 12]) {
      const altered = tiles.map((tile) => (tile.id === id ? alter(tile) : tile));
      for (const file of [gridOf(altered), heifFile([grid(), ...altered], gridId, "avif")]) {
        const { status, frames } = await decodedWhole(file, type);
        expect([id, status, frames.length]).toEqual([id, "partial", 1]);
      }
    }
    expect((await decodedWhole(gridOf(tiles), type)).status).toBe("hashed");
  });

  it("cut off among its tiles is partial, and with all of them damaged undecodable", async () => {
    const file = gridOf(tiles);
    for (const missing of [1, 30, 3000]) expect([missing, (await decodedWhole(file.subarray(0, file.length - missing), type)).status]).toEqual([missing, "partial"]);
    expect((await decodedWhole(gridOf(tiles.map((tile) => ({ ...tile, data: tile.data.subarray(0, 20) }))), type)).status).toBe("undecodable");
  });

  it("is not whole behind another description of its pictures, nor when its own is not as the standard says", async () => {
    const file = gridOf(tiles);
    const damaged = gridOf(tiles.map((tile) => (tile.id === 6 ? { ...tile, data: Buffer.alloc(tile.data.length, 0x5a) } : tile)));
    const brandsBytes = file.readUInt32BE(0);
    const single = await encode(drawn, "avif");
    const ofSingle = single.subarray(single.readUInt32BE(0), single.readUInt32BE(0) + single.readUInt32BE(single.readUInt32BE(0)));
    expect(ofSingle.toString("latin1", 4, 8)).toBe("meta");
    for (const decoy of [box("meta", Buffer.alloc(4)), ofSingle]) {
      for (const whole of [file, damaged]) {
        const decoyed = Buffer.concat([whole.subarray(0, brandsBytes), decoy, whole.subarray(brandsBytes)]);
        expect(await hasAllTiles(decoyed)).toBe(false);
        expect((await decodedWhole(decoyed, type)).status).not.toBe("hashed");
      }
    }
    const padded = Buffer.concat([damaged.subarray(0, brandsBytes), ...Array.from({ length: 66_000 }, () => box("free", Buffer.alloc(0))), damaged.subarray(brandsBytes)]);
    expect(await hasAllTiles(padded)).toBe(false);
    for (const name of ["pitm", "iinf", "iref", "infe"]) {
      const renamed = Buffer.from(file);
      renamed.write("free", renamed.indexOf(name, 0, "latin1"), "latin1");
      expect([name, await hasAllTiles(renamed)]).toEqual([name, false]);
    }
  });

  it("with any bytes in its structures ends in a status", async () => {
    const file = gridOf(tiles);
    const structures = file.indexOf("mdat", 0, "latin1");
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.nat(structures - 1), fc.nat(255)), { minLength: 1, maxLength: 6 }), async (edits) => {
        const damaged = Buffer.from(file);
        for (const [at, value] of edits) damaged[at] = value;
        const before = Buffer.from(damaged);
        expect(["hashed", "partial", "undecodable", "too-large", "first-page"]).toContain((await decodedWhole(damaged, type)).status);
        expect(typeof (await hasAllTiles(damaged))).toBe("boolean");
        expect(damaged.equals(before)).toBe(true);
      }),
      { numRuns: 60 },
    );
  }, 60_000);

  it("is none where there is one coded picture: nothing is decoded twice", async () => {
    expect(await hasAllTiles(await encode(drawn, "avif"))).toBe(true);
    expect(await hasAllTiles(Buffer.alloc(0))).toBe(true);
  });
});

describeWith("heif-enc", has("heif-enc"), "a file of brand AVIF with HEVC pictures", () => {
  const folder = temporaryFolder();
  let hevc: CodedPicture;
  let av1: CodedPicture;

  beforeAll(async () => {
    [hevc] = (await codedPictures([drawPhoto(5, 160, 120)], folder)) as [CodedPicture];
    [av1] = (await codedAsAv1([drawPhoto(6, 160, 120)])) as [CodedPicture];
  });

  it("is decoded all the same", async () => {
    const { status, frames } = await decodedWhole(heifFile([codedItem(1, hevc)], 1, "avif"), type);
    expect([status, frames.length]).toEqual(["hashed", 1]);
    expect(distanceBits(frames[0]!.pixels, photoPixels(5, 160, 120))).toBeLessThan(12);
  });

  it("beside one of AV1, under either brand, gives what one decoder reads and says that there is another", async () => {
    for (const brand of ["avif", "heic"] as const) {
      for (const primary of [1, 2]) {
        const { status, frames } = await decodedWhole(heifFile([codedItem(1, hevc), codedItem(2, av1)], primary, brand), `image/${brand}`);
        expect([status, frames.length]).toEqual(["first-page", 1]);
      }
    }
  });

  it("that cannot be decoded is undecodable", async () => {
    expect((await decodedWhole(heifFile([codedItem(1, { ...hevc, data: hevc.data.subarray(0, 40) })], 1, "avif"), type)).status).toBe("undecodable");
  });
});
