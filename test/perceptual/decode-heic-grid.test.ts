import fc from "fast-check";
import sharp from "sharp";
import { beforeAll, expect, it } from "vitest";
import type { Pixels } from "../../src/perceptual/pixels.ts";
import { drawPhoto, type Photo } from "../support/draw.ts";
import { temporaryFolder } from "../support/folder.ts";
import { be32, decodedWhole, distanceBits } from "../support/pictures.ts";
import { type CodedPicture, codedItem, codedPictures, coloursProperty, cropped, cropProperty, gridItem, type GridParts, type HeifItem, type HeifProperty, heifFile, purposeProperty, sizeProperty, tilesOf, turnProperty } from "../support/pictures-heif.ts";
import { tiffFile } from "../support/pictures-tiff.ts";
import { describeWith, has } from "../support/tools.ts";

const type = "image/heic";

/** Differences that coding makes, in bits. */
const nearBits = 12;

const [tilePixels, columns, rows] = [128, 4, 3];
const [widthPixels, heightPixels] = [480, 350];
const tileIds = Array.from({ length: columns * rows }, (_, at) => at + 1);
const gridId = 100;
const wholeGrid: GridParts = { tiles: tileIds, columns, rows, widthPixels, heightPixels };

function pixelsOf({ data, info }: Photo): Pixels {
  return { data, widthPixels: info.width, heightPixels: info.height, channels: 3 };
}

/** Turned by quarters against the clock. */
async function turned({ data, info }: Photo, quarters: number): Promise<Pixels> {
  const { data: out, info: size } = await sharp(data, { raw: info }).rotate(360 - 90 * quarters).raw().toBuffer({ resolveWithObject: true });
  return { data: out, widthPixels: size.width, heightPixels: size.height, channels: 3 };
}

/** An Exif item, whose picture a viewer that heeds it would turn. Source: ISO/IEC 23008-12, A.2.1. */
function exifItem(id: number, of: number): HeifItem {
  const data = Buffer.concat([be32(6), Buffer.from("Exif\0\0", "latin1"), tiffFile([[{ tag: 0x0112, numbers: [6], type: 3 }]])]);
  return { id, type: "Exif", data, isHidden: true, references: [{ type: "cdsc", to: [of] }] };
}

describeWith("heif-enc", has("heif-enc"), "a HEIC file whose picture is a grid of tiles", () => {
  const folder = temporaryFolder();
  const drawn = drawPhoto(3, columns * tilePixels, rows * tilePixels);
  const shown = cropped(drawn, 0, 0, widthPixels, heightPixels);
  let coded: readonly CodedPicture[];
  let small: CodedPicture;

  beforeAll(async () => {
    coded = await codedPictures(tilesOf(drawn, tilePixels), folder);
    [small] = (await codedPictures([drawPhoto(40, 160, 120)], folder)) as [CodedPicture];
  });

  function tiles(alter: (tile: HeifItem) => HeifItem = (tile) => tile): readonly HeifItem[] {
    return coded.map((each, at) => alter(codedItem(tileIds[at]!, each, { isHidden: true })));
  }

  /** The grid of hidden tiles and nothing else, its tile of that number altered. */
  function gridFile(parts: Partial<GridParts> = {}, properties: readonly HeifProperty[] = [], alter: (tile: HeifItem) => HeifItem = (tile) => tile): Buffer {
    return heifFile([...tiles(alter), gridItem(gridId, { ...wholeGrid, ...parts }, properties)], gridId);
  }

  const ofTile = (id: number, alter: (tile: HeifItem) => HeifItem) => (tile: HeifItem): HeifItem => (tile.id === id ? alter(tile) : tile);

  async function expectShown(file: Buffer, expected: Pixels = pixelsOf(shown)): Promise<void> {
    const { status, frames } = await decodedWhole(file, type);
    expect({ status, frames: frames.map(({ frame, of }) => [frame, of]) }).toEqual({ status: "hashed", frames: [[1, 1]] });
    expect(frames[0]!.pixels).toMatchObject({ widthPixels: expected.widthPixels, heightPixels: expected.heightPixels });
    expect(distanceBits(frames[0]!.pixels, expected)).toBeLessThan(nearBits);
  }

  it("is put together from tiles with one configuration, the last ones cut to the stated size", async () => {
    expect(new Set(coded.map(({ configuration }) => configuration.bytes.toString("hex"))).size).toBe(1);
    await expectShown(gridFile());
    await expectShown(gridFile({ widthPixels: 512, heightPixels: 384 }), pixelsOf(drawn));
    await expectShown(gridFile({ widthPixels: 391, heightPixels: 257 }), pixelsOf(cropped(drawn, 0, 0, 391, 257)));
  });

  it("has its tiles in the order of the references, not of the items", async () => {
    const [swapped] = (await decodedWhole(gridFile({ tiles: [12, ...tileIds.slice(1, 11), 1] }), type)).frames;
    expect(distanceBits(swapped!.pixels, pixelsOf(shown))).toBeGreaterThanOrEqual(nearBits);
    const renumbered = tiles((tile) => ({ ...tile, id: 50 - tile.id }));
    await expectShown(heifFile([...renumbered, gridItem(gridId, { ...wholeGrid, tiles: tileIds.map((id) => 50 - id) })], gridId));
  });

  it.each([0, 1, 2, 3])("is turned by the %i quarters against the clock that the file makes part of it", async (quarters) => {
    await expectShown(gridFile({}, [turnProperty(quarters)]), await turned(shown, quarters));
  });

  it("is cropped as the file says, then turned", async () => {
    const middle = cropped(shown, 40, 25, 400, 300);
    await expectShown(gridFile({}, [cropProperty(400, 300)]), pixelsOf(middle));
    await expectShown(gridFile({}, [cropProperty(400, 300), turnProperty(3)]), await turned(middle, 3));
  });

  it("as a telephone writes it is one picture: tiles, thumbnail, depth, gain map and Exif are none, and Exif turns nothing", async () => {
    const items = (gainMapHidden: boolean): readonly HeifItem[] => [
      ...tiles(),
      gridItem(gridId, wholeGrid, [turnProperty(3)]),
      codedItem(101, small, { references: [{ type: "thmb", to: [gridId] }] }),
      codedItem(102, small, { properties: [purposeProperty("urn:mpeg:hevc:2015:auxid:2")], references: [{ type: "auxl", to: [gridId] }] }),
      codedItem(103, small, { isHidden: gainMapHidden, properties: [purposeProperty("urn:com:apple:photo:2020:aux:hdrgainmap")], references: [{ type: "auxl", to: [gridId] }] }),
      exifItem(104, gridId),
    ];
    const expected = await turned(shown, 3);
    await expectShown(heifFile(items(true), gridId), expected);
    await expectShown(heifFile(items(false), gridId), expected);
    await expectShown(heifFile([...tiles(), gridItem(gridId, wholeGrid), exifItem(104, gridId)], gridId));
  });

  it("beside a hidden picture is one, beside a picture that is not hidden the first of two", async () => {
    await expectShown(heifFile([...tiles(), gridItem(gridId, wholeGrid), codedItem(101, small, { isHidden: true })], gridId));
    const { status, frames } = await decodedWhole(heifFile([codedItem(50, small), ...tiles(), gridItem(gridId, wholeGrid)], gridId), type);
    expect([status, frames.map(({ frame, of, pixels }) => [frame, of, pixels.widthPixels])]).toEqual(["hashed", [[2, 2, widthPixels], [1, 2, 160]]]);
  });

  it("of tiles that are not hidden comes first, and the tiles count as pictures", async () => {
    const { status, frames } = await decodedWhole(heifFile([...tiles((tile) => ({ ...tile, isHidden: false })), gridItem(gridId, wholeGrid)], gridId), type);
    expect([status, frames.length, frames[0]!.of]).toEqual(["hashed", 13, 13]);
    expect(distanceBits(frames[0]!.pixels, pixelsOf(shown))).toBeLessThan(nearBits);
    expect(frames.slice(1).every(({ pixels }) => pixels.widthPixels === tilePixels)).toBe(true);
  });

  it.each<[string, (tile: HeifItem) => HeifItem]>([
    ["without data", (tile) => ({ ...tile, data: Buffer.alloc(0) })],
    ["cut off", (tile) => ({ ...tile, data: tile.data.subarray(0, tile.data.length / 2) })],
    ["of zeros", (tile) => ({ ...tile, data: Buffer.alloc(tile.data.length) })],
    ["of noise", (tile) => ({ ...tile, data: Buffer.alloc(tile.data.length, 0x5a) })],
    ["without its configuration", (tile) => ({ ...tile, properties: tile.properties!.slice(1) })],
  ])("with a tile %s is partial: what remains is compared", async (_, alter) => {
    for (const properties of [[], [turnProperty(1)], [cropProperty(400, 300)], [cropProperty(400, 300), turnProperty(2)]]) {
      const { status, frames } = await decodedWhole(gridFile({}, properties, ofTile(6, alter)), type);
      expect([status, frames.length]).toEqual(["partial", 1]);
    }
    await expectShown(gridFile());
  });

  it("whose colours are stated otherwise than its tiles state them lacks nothing", async () => {
    for (const colours of [coloursProperty(1, 13, 6), coloursProperty(1, 13, 5), coloursProperty(9, 16, 9), coloursProperty(1, 13, 99)]) {
      expect((await decodedWhole(gridFile({}, [colours]), type)).status).toBe("hashed");
      const damaged = gridFile({}, [colours], ofTile(12, (tile) => ({ ...tile, data: tile.data.subarray(0, 40) })));
      expect((await decodedWhole(damaged, type)).status).toBe("partial");
    }
  });

  it("with all its tiles damaged is undecodable", async () => {
    expect((await decodedWhole(gridFile({}, [], (tile) => ({ ...tile, data: tile.data.subarray(0, 40) })), type)).status).toBe("undecodable");
  });

  it("cut off among its tiles is partial, ahead of them undecodable", async () => {
    const file = gridFile();
    const behind = file.indexOf("mdat", 0, "latin1") + 4;
    for (const length of [file.length - 30, file.length - 3000, Math.round((behind + file.length) / 2)]) {
      const { status, frames } = await decodedWhole(file.subarray(0, length), type);
      expect([status, frames.length]).toEqual(["partial", 1]);
      expect(frames[0]!.pixels).toMatchObject({ widthPixels, heightPixels });
    }
    for (const length of [behind, behind - 40, 60]) expect((await decodedWhole(file.subarray(0, length), type)).status).toBe("undecodable");
  });

  it.each<[string, () => Buffer]>([
    ["refers to a tile that is not there", () => heifFile([...tiles().slice(0, 11), gridItem(gridId, wholeGrid)], gridId)],
    ["refers to fewer tiles than it has places", () => gridFile({ tiles: tileIds.slice(0, 11) })],
    ["refers to one tile twice", () => gridFile({ tiles: [1, ...tileIds.slice(0, 11)] })],
    ["refers to no tile", () => gridFile({ tiles: [] })],
    ["refers to itself", () => gridFile({ tiles: [gridId, ...tileIds.slice(1)] })],
    ["refers to a grid that refers to it", () => heifFile([...tiles(), gridItem(gridId, { ...wholeGrid, tiles: [101, ...tileIds.slice(1)] }), gridItem(101, { ...wholeGrid, tiles: [gridId, ...tileIds.slice(1)] })], gridId)],
    ["has tiles that do not cover it", () => gridFile({ widthPixels: 5_000, heightPixels: 5_000 })],
    ["has no size", () => gridFile({ widthPixels: 0, heightPixels: 0 })],
  ])("that %s is undecodable, and the next one is decoded all the same", async (_, file) => {
    expect(await decodedWhole(file(), type)).toEqual({ status: "undecodable", thumbnails: [], frames: [] });
    await expectShown(gridFile());
  });

  it.each<[string, Partial<GridParts>]>([
    ["of 60,000 x 60,000", { widthPixels: 60_000, heightPixels: 60_000 }],
    ["of 20,000 x 20,000", { widthPixels: 20_000, heightPixels: 20_000 }],
    ["of 20,000 x 20,000 in its data only", { widthPixels: 20_000, heightPixels: 20_000, stated: { widthPixels, heightPixels } }],
    ["of 60,000 x 60,000 in its data only", { widthPixels: 60_000, heightPixels: 60_000, stated: { widthPixels, heightPixels } }],
    ["of 60,000 x 60,000 in its properties only", { stated: { widthPixels: 60_000, heightPixels: 60_000 } }],
    ["of 2^32 - 1 on each side", { widthPixels: 2 ** 32 - 1, heightPixels: 2 ** 32 - 1, stated: { widthPixels, heightPixels } }],
  ])("%s is too large, and nothing is allocated for it", async (_, parts) => {
    await expectShown(gridFile());
    const before = process.memoryUsage.rss();
    expect(await decodedWhole(gridFile(parts), type)).toEqual({ status: "too-large", thumbnails: [], frames: [] });
    expect(process.memoryUsage.rss() - before).toBeLessThan(2 ** 27);
  });

  it("with a tile that states 60,000 x 60,000 gives no picture", async () => {
    const { frames } = await decodedWhole(gridFile({}, [], ofTile(1, (tile) => ({ ...tile, properties: [tile.properties![0]!, sizeProperty(60_000, 60_000)] }))), type);
    expect(frames).toEqual([]);
  });

  it("of 12 megapixels in 48 tiles is decoded whole, within seconds, and partial when it is cut off", async () => {
    const [width, height] = [4096, 3072];
    const large: Photo = { data: await sharp(drawPhoto(7, 1024, 768).data, { raw: { width: 1024, height: 768, channels: 3 } }).resize(width, height, { kernel: "nearest" }).raw().toBuffer(), info: { width, height, channels: 3 } };
    const parts = await codedPictures(tilesOf(large, 512), folder);
    const grid = gridItem(gridId, { tiles: parts.map((_, at) => at + 1), columns: 8, rows: 6, widthPixels: 4032, heightPixels: 3024 }, [turnProperty(3)]);
    const file = heifFile([...parts.map((each, at) => codedItem(at + 1, each, { isHidden: true })), grid], gridId);
    const startedMs = performance.now();
    await decodedWhole(file, type);
    expect(performance.now() - startedMs).toBeLessThan(20_000);
    await expectShown(file, await turned(cropped(large, 0, 0, 4032, 3024), 3));
    expect((await decodedWhole(file.subarray(0, file.length / 2), type)).status).toBe("partial");
  });

  it("with any bytes in its structures ends in a status", async () => {
    const file = gridFile({}, [turnProperty(1)]);
    const structures = file.indexOf("mdat", 0, "latin1");
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.nat(structures - 1), fc.nat(255)), { minLength: 1, maxLength: 6 }), async (edits) => {
        const damaged = Buffer.from(file);
        for (const [at, value] of edits) damaged[at] = value;
        const { status, frames } = await decodedWhole(damaged, type);
        expect(["hashed", "partial", "undecodable", "too-large", "first-page"]).toContain(status);
        expect(frames.length > 0).toBe(!["undecodable", "too-large"].includes(status));
      }),
      { numRuns: 150 },
    );
    await expectShown(gridFile());
  });
});
