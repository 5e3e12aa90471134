import { afterAll, describe, expect, it } from "vitest";
import type { Perceived, PictureStatus } from "../../src/model.ts";
import { startDecoder } from "../../src/perceptual/decoder.ts";
import { compiledFile } from "../support/decoder-program.ts";
import { drawPhoto } from "../support/draw.ts";
import { everyPicture } from "../support/every-picture.ts";
import { temporaryFolder } from "../support/folder.ts";
import { codedItem, codedPictures, heifFile } from "../support/pictures-heif.ts";
import { maySandbox } from "../support/may-sandbox.ts";
import { describeWith, has } from "../support/tools.ts";

type Seed = readonly [mediaType: string, bytes: Uint8Array];

/** Of the long form: MUTATIONS=10000. */
const mutations = Number(process.env["MUTATIONS"] ?? 800);
const decoders = 2;
/** After so many an unmutated picture is asked for. */
const mutationsBetween = 10;

/** Numbers that follow from a seed (mulberry32). */
function numbersFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const telling = [0, 1, 0x7f, 0x80, 0xfe, 0xff];

/** Half of the damage is done where headers are. */
function mutated(bytes: Uint8Array, below: (most: number) => number): Buffer {
  const file = Buffer.from(bytes);
  const at = (): number => below(below(2) === 0 ? Math.min(file.length, 512) : file.length);
  const kind = below(8);
  if (kind === 0) return file.subarray(0, at());
  if (kind === 1) {
    const from = at();
    return Buffer.concat([file.subarray(0, from), file.subarray(Math.max(0, from - below(2000)))]);
  }
  if (kind === 2) {
    const from = at();
    return Buffer.concat([file.subarray(0, from), file.subarray(from + below(2000))]);
  }
  if (kind === 3) file.fill(telling[below(telling.length)]!, at(), file.length - below(file.length));
  else for (let edits = 1 + below(12); edits > 0; edits--) file[at()] = below(3) === 0 ? telling[below(telling.length)]! : below(256);
  return file;
}

describeWith("bwrap", maySandbox, "mutated pictures in the sandboxed decoder", () => {
  const program = compiledFile("decoder-process.js");
  const running = Array.from({ length: decoders }, () => startDecoder({ program, isolation: "sandbox" }));
  afterAll(() => Promise.all(running.map((decoder) => decoder.close())));

  it(`each come to a status, ${mutations} of them, and the whole ones in between to their own codes`, async () => {
    const heic = async (): Promise<Seed> => ["image/heic", heifFile([codedItem(1, (await codedPictures([drawPhoto(9, 128, 128)], temporaryFolder()))[0]!)], 1)];
    const seeds: readonly Seed[] = [...(await everyPicture()).slice(0, -2), ...(has("heif-enc") ? [await heic()] : [])];
    expect(new Set(seeds.map(([mediaType]) => mediaType)).size).toBeGreaterThanOrEqual(10);
    const right: readonly Perceived[] = await Promise.all(seeds.map(([mediaType, bytes]) => running[0]!.perceive(mediaType, bytes)));
    const counts = new Map<PictureStatus, number>();
    let whole = 0;
    await Promise.all(
      running.map(async (decoder, offset) => {
        for (let number = offset; number < mutations; number += decoders) {
          const below = numbersFrom(number);
          const [mediaType, bytes] = seeds[number % seeds.length]!;
          const { picture } = await decoder.perceive(mediaType, mutated(bytes, below));
          counts.set(picture.status, (counts.get(picture.status) ?? 0) + 1);
          if (["crash", "timeout", "violation"].includes(picture.status)) process.stdout.write(`mutation ${number} of ${mediaType}: ${picture.status}\n`);
          if (Math.floor(number / decoders) % mutationsBetween !== 0) continue;
          const asked = below(seeds.length);
          expect(await decoder.perceive(...seeds[asked]!), `after mutation ${number}`).toEqual(right[asked]);
          whole++;
        }
      }),
    );
    if (process.env["MUTATIONS"] !== undefined) process.stdout.write(`${JSON.stringify(Object.fromEntries(counts))}, whole ones right: ${whole}\n`);
    expect([...counts.values()].reduce((sum, count) => sum + count, 0)).toBe(mutations);
    expect(whole).toBeGreaterThanOrEqual(mutations / mutationsBetween);
    for (const status of ["crash", "violation"] as const) expect(counts.get(status) ?? 0, status).toBe(0);
    // A mutated height makes eight million rows of ten pixels: they are decoded for longer than is waited.
    expect(counts.get("timeout") ?? 0).toBeLessThanOrEqual(Math.max(1, mutations / 1000));
    expect(await Promise.all(running.map((decoder) => decoder.confirm()))).toEqual(running.map(() => true));
  }, 120_000 + 20 * mutations);
});

describe("mutating", () => {
  it("alters nearly every file", () => {
    const file = Buffer.from(Array.from({ length: 5000 }, (_, at) => (at * 7) & 255));
    const altered = Array.from({ length: 400 }, (_, number) => mutated(file, numbersFrom(number))).filter((each) => !each.equals(file));
    expect(altered.length).toBeGreaterThan(380);
  });
});
