import { availableParallelism } from "node:os";
import sharp, { type Sharp } from "sharp";
import type { PerceptualCode } from "../../src/model.ts";
import { type Decoder, startDecoder } from "../../src/perceptual/decoder.ts";
import { leastQuality, nearDistanceBits } from "../../src/reference/reference-set.ts";
import { drawPhoto } from "../support/draw.ts";
import { type Bench, type Target, tableRow } from "./bench.ts";
import { decoderProgram } from "./built.ts";

const pictures = Number(process.env["BENCH_PICTURES"] ?? 40);
const [width, height] = [1000, 750];

type Change = (photo: Sharp) => Sharp | Promise<Sharp>;

interface Row {
  readonly name: string;
  /** Rows of one group are judged together by a target; null: PDQ is known to find these in part, or not. */
  readonly group: "altered" | "turned" | "bordered" | "negative" | null;
  readonly change: Change;
}

const white = { r: 255, g: 255, b: 255 };
const black = { r: 0, g: 0, b: 0 };
const jpeg = (photo: Sharp, quality = 88): Sharp => photo.jpeg({ quality });
/** Pixels as they are after the steps so far: sharp orders the steps of one chain by itself. */
const settled = async (photo: Sharp): Promise<Sharp> => {
  const { data, info } = await photo.raw().toBuffer({ resolveWithObject: true });
  return sharp(data, { raw: info });
};
const scaled = (percent: number): Change => (photo) => jpeg(photo.resize(Math.round((width * percent) / 100)));
const bars = (sides: { readonly top?: number; readonly bottom?: number; readonly left?: number; readonly right?: number }, background = black): Change => (photo) => jpeg(photo.extend({ ...sides, background }));
const cropped = (percent: number): Change => (photo) => {
  const [left, top] = [Math.round((width * percent) / 100), Math.round((height * percent) / 100)];
  return jpeg(photo.extract({ left, top, width: width - 2 * left, height: height - 2 * top }));
};
const turned = (degrees: number): Change => async (photo) => jpeg(await settled(photo.rotate(degrees, { background: black })));
const letterbox = (percent: number): Change => bars({ top: Math.round((height * percent) / 100), bottom: Math.round((height * percent) / 100) });
const frame = (percent: number): Change => {
  const side = Math.round((height * percent) / 100);
  return bars({ top: side, bottom: side, left: side, right: side }, white);
};

const rows: readonly Row[] = [
  ...[10, 30, 50, 70, 90].map((quality): Row => ({ name: `JPEG quality ${quality}`, group: "altered", change: (photo) => jpeg(photo, quality) })),
  ...[15, 25, 50, 75, 150, 200].map((percent): Row => ({ name: `scaled to ${percent} %`, group: "altered", change: scaled(percent) })),
  { name: "squashed to 16:9", group: "altered", change: (photo) => jpeg(photo.resize(1024, 576, { fit: "fill" })) },
  { name: "blurred (sigma 3)", group: "altered", change: (photo) => jpeg(photo.blur(3)) },
  { name: "grey", group: "altered", change: (photo) => jpeg(photo.greyscale()) },
  { name: "gamma 1.3", group: "altered", change: (photo) => jpeg(photo.gamma(1.3, 1)) },
  { name: "darker by a quarter", group: "altered", change: (photo) => jpeg(photo.modulate({ brightness: 0.75 })) },
  { name: "less contrast", group: "altered", change: (photo) => jpeg(photo.linear(0.6, 50)) },
  { name: "as PNG", group: "altered", change: (photo) => photo.png() },
  { name: "as WebP", group: "altered", change: (photo) => photo.webp() },
  { name: "as GIF", group: "altered", change: (photo) => photo.gif() },
  { name: "as TIFF", group: "altered", change: (photo) => photo.tiff({ compression: "lzw" }) },
  { name: "as AVIF", group: "altered", change: (photo) => photo.avif({ effort: 2 }) },
  ...[90, 180, 270].map((degrees): Row => ({ name: `turned by ${degrees} degrees`, group: "turned", change: turned(degrees) })),
  { name: "mirrored", group: "turned", change: (photo) => jpeg(photo.flop()) },
  { name: "flipped", group: "turned", change: (photo) => jpeg(photo.flip()) },
  { name: "mirrored and turned by 90 degrees", group: "turned", change: async (photo) => jpeg((await settled(photo.flop())).rotate(90)) },
  ...[5, 10, 20, 30].map((percent): Row => ({ name: `letterbox of ${percent} %`, group: "bordered", change: letterbox(percent) })),
  { name: "pillarbox of 20 %", group: "bordered", change: bars({ left: width / 5, right: width / 5 }) },
  ...[2, 5].map((percent): Row => ({ name: `white frame of ${percent} %`, group: "bordered", change: frame(percent) })),
  { name: "letterbox of 10 %, turned by 90 degrees", group: "bordered", change: async (photo) => jpeg((await settled(photo.extend({ top: 75, bottom: 75, background: black }))).rotate(90)) },
  { name: "negative", group: "negative", change: (photo) => jpeg(photo.negate()) },
  // What was bright becomes white without detail: part of what PDQ compares is gone.
  { name: "brighter by a quarter (bright parts become white)", group: null, change: (photo) => jpeg(photo.modulate({ brightness: 1.25 })) },
  { name: "more contrast (both ends clipped)", group: null, change: (photo) => jpeg(photo.linear(1.5, -64)) },
  { name: "gamma 1.8", group: null, change: (photo) => jpeg(photo.gamma(1.8, 1)) },
  ...[1, 2, 5].map((percent): Row => ({ name: `cropped by ${percent} % a side`, group: null, change: cropped(percent) })),
  ...[1, 3, 10].map((degrees): Row => ({ name: `turned by ${degrees} degrees`, group: null, change: turned(degrees) })),
  { name: "caption strip of 10 %", group: null, change: async (photo) => jpeg((await settled(photo.extend({ bottom: 75, background: white }))).composite([{ input: caption(), left: 40, top: height + 15 }])) },
  { name: "in a collage of two", group: null, change: (photo) => jpeg(photo.extend({ right: width, background: { r: 90, g: 120, b: 60 } }).composite([{ input: neighbour(), raw: { width, height, channels: 3 }, left: width, top: 0 }])) },
];

/** Dark letters' worth of bars: text is not what matters, contrast is. */
function caption(): Buffer {
  return Buffer.from(`<svg width="600" height="45">${Array.from({ length: 40 }, (_, at) => `<rect x="${at * 15}" y="${(at * 7) % 9}" width="${6 + (at % 5)}" height="${22 + (at % 13)}"/>`).join("")}</svg>`);
}

function neighbour(): Buffer {
  return Buffer.from(drawPhoto(99_991, width, height).data);
}

/**
 * Which changes of a picture near matching survives, on drawn photo-like pictures: plain PDQ beside all the ways in which this program compares.
 *
 * Shape: BENCH_PICTURES says how many pictures; each is a list's reference by its plain full-resolution code, as agencies' lists have it.
 */
export const robustness: Bench = {
  name: "robustness",
  async run(print) {
    const decoders = Array.from({ length: availableParallelism() }, () => startDecoder({ isolation: "process", program: decoderProgram }));
    try {
      const originals = await spread(decoders, pictures, (decoder, seed) => codesOf(decoder, photo(seed).png()));
      const references = originals.map((codes) => codes.find(({ transform }) => transform === "full")!.code);
      print(tableRow([`found of ${pictures} drawn pictures, ${width}x${height}, within ${nearDistanceBits} bits`, "plain PDQ", "here", "median bits"]));
      const shares = new Map<string, number[]>();
      for (const { name, group, change } of rows) {
        const distances = await spread(decoders, pictures, async (decoder, seed) => {
          const codes = await codesOf(decoder, await change(photo(seed)));
          return { plain: nearest(codes.filter(({ transform }) => transform === "full"), references[seed]!), here: nearest(codes, references[seed]!) };
        });
        const share = (of: "plain" | "here"): number => (100 * distances.filter((distance) => distance[of] <= nearDistanceBits).length) / pictures;
        if (group !== null) shares.set(group, [...(shares.get(group) ?? []), share("here")]);
        const middle = distances.map(({ here }) => here).sort((one, other) => one - other)[pictures >> 1]!;
        print(tableRow([name, `${Math.round(share("plain"))} %`, `${Math.round(share("here"))} %`, String(middle)]));
      }
      const plainOriginals = originals.map((codes) => codes.filter(({ transform }) => transform === "full"));
      const falseMatches = { plain: 0, here: 0 };
      let unrelatedPairs = 0;
      let nearestBits = 256;
      for (let one = 0; one < pictures; one++)
        for (let other = one + 1; other < pictures; other++) {
          const bits = (of: readonly (readonly PerceptualCode[])[]): number => Math.min(nearest(of[one]!, references[other]!), nearest(of[other]!, references[one]!));
          const here = bits(originals);
          unrelatedPairs += 1;
          nearestBits = Math.min(nearestBits, here);
          if (here <= nearDistanceBits) falseMatches.here += 1;
          if (bits(plainOriginals) <= nearDistanceBits) falseMatches.plain += 1;
        }
      print(tableRow([`false matches in ${unrelatedPairs.toLocaleString("en")} pairs of unrelated pictures, each compared both ways (nearest ${nearestBits} bits)`, String(falseMatches.plain), String(falseMatches.here)]));
      const least = (group: string): number => Math.min(...(shares.get(group) ?? []));
      const target = (name: string, group: string, bound: number): Target => ({ name, figure: least(group), bound, unit: "% found", is: "at least" });
      return [
        target("re-saved, scaled, converted", "altered", 95),
        target("turned by quarters and mirrored", "turned", 100),
        target("letterbox, pillarbox, frame", "bordered", 99),
        target("negative", "negative", 100),
        { name: "false matches", figure: falseMatches.here, bound: 0, unit: "pairs", is: "at most" },
      ];
    } finally {
      await Promise.all(decoders.map((decoder) => decoder.close()));
    }
  },
};

const drawn = new Map<number, Buffer>();

function photo(seed: number): Sharp {
  const data = drawn.get(seed) ?? Buffer.from(drawPhoto(1000 + 17 * seed, width, height).data);
  drawn.set(seed, data);
  return sharp(data, { raw: { width, height, channels: 3 } });
}

async function codesOf(decoder: Decoder, picture: Sharp): Promise<readonly PerceptualCode[]> {
  const { data, info } = await picture.toBuffer({ resolveWithObject: true });
  const { picture: perceived } = await decoder.perceive(info.format === "heif" ? "image/avif" : `image/${info.format}`, data);
  return perceived.codes.filter(({ quality }) => quality >= leastQuality);
}

/** Every number below `count`, shared out among the decoders, results in order. */
async function spread<Result>(decoders: readonly Decoder[], count: number, work: (decoder: Decoder, seed: number) => Promise<Result>): Promise<Result[]> {
  const results: Result[] = [];
  let next = 0;
  const go = async (decoder: Decoder): Promise<void> => {
    for (let seed = next++; seed < count; seed = next++) results[seed] = await work(decoder, seed);
  };
  await Promise.all(decoders.map(go));
  return results;
}

function nearest(codes: readonly PerceptualCode[], reference: Uint8Array): number {
  return codes.reduce((least, { code }) => Math.min(least, distanceBits(code, reference)), 256);
}

function distanceBits(one: Uint8Array, other: Uint8Array): number {
  let bits = 0;
  for (let at = 0; at < one.length; at++) for (let rest = one[at]! ^ other[at]!; rest !== 0; rest &= rest - 1) bits++;
  return bits;
}
