import { readdirSync, readFileSync } from "node:fs";
import sharp from "sharp";
import type { Decoder } from "../../src/perceptual/decoder.ts";
import { type Bench, median, readable, tableRow, type Target, timed } from "./bench.ts";
import { builtDecoder, builtPdq, decoderProgram } from "./built.ts";
import { measureWholeProgram } from "./near-whole.ts";
import { decoded, photoFile } from "./photo-files.ts";

const rounds = Number(process.env["BENCH_ROUNDS"] ?? 9);
const megapixels12 = { width: 4000, height: 3000 } as const;

/** PDQ beside the decoding that it follows, the decoder process beside a loop that decodes and does nothing else, and a whole scan beside that loop. */
export const nearPdq: Bench = {
  name: "near-pdq",
  async run(print) {
    const targets = await measurePdq(print);
    print("");
    return [...targets, ...(await measureWholeProgram(print))];
  },
};

export async function measurePdq(print: (line: string) => void): Promise<readonly Target[]> {
  // As the decoder process sets it: no threads within one picture, nothing kept.
  sharp.concurrency(1);
  sharp.cache(false);
  const large = await photoFile(1, megapixels12.width, megapixels12.height);
  const targets = [await codesBesideDecoding(large, print)];
  const pictures = [large, await photoFile(2, 4000, 3000), await photoFile(3, 2048, 1536), await photoFile(4, 2048, 1536), await photoFile(5, 1600, 1200), await photoFile(6, 1024, 768)];
  print("");
  print(tableRow([`${pictures.length} JPEG pictures of 0.8 to 12 megapixels`, "bare, a s", "decoder, a s", "ratio", "of CPU time"]));
  for (const concurrency of [1, 2]) targets.push(await decoderBesideBareLoop(pictures, concurrency, print));
  return targets;
}

async function codesBesideDecoding(file: Uint8Array, print: (line: string) => void): Promise<Target> {
  const { pdqCodes } = await builtPdq();
  const decodeMs: number[] = [];
  const pdqMs: number[] = [];
  for (let round = 0; round <= rounds; round++) {
    const decoding = await timed(() => decoded(file));
    const hashing = await timed(() => pdqCodes(decoding.result));
    if (hashing.result.length !== 16) throw new Error(`bench: found ${hashing.result.length} codes, expected 16: both preparations, turned each way`);
    // The first round compiles and warms up.
    if (round === 0) continue;
    decodeMs.push(decoding.cpuSeconds * 1000);
    pdqMs.push(hashing.cpuSeconds * 1000);
  }
  print(tableRow([`JPEG of 12 megapixels, ${readable(file.length / 1e6)} MB, ${rounds} rounds`, "CPU ms, median", "least", "most"]));
  for (const [name, ms] of [["decoding it", decodeMs], ["its 16 codes", pdqMs]] as const) print(tableRow([name, readable(median(ms)), readable(Math.min(...ms)), readable(Math.max(...ms))]));
  return { name: "pdq of 12 megapixels against its decode", figure: median(pdqMs) / median(decodeMs), bound: 0.25, unit: "of its CPU time", is: "at most" };
}

async function decoderBesideBareLoop(pictures: readonly Buffer[], concurrency: number, print: (line: string) => void): Promise<Target> {
  const { startDecoder } = await builtDecoder();
  const decoders = Array.from({ length: concurrency }, () => startDecoder({ isolation: "process", program: decoderProgram }));
  const bare: Figures[] = [];
  const whole: Figures[] = [];
  try {
    for (let round = 0; round <= rounds; round++) {
      const ofBare = await withChildren(() => inTurns(pictures, concurrency, async (file) => void (await decoded(file))));
      const ofWhole = await withChildren(() => inTurns(pictures, concurrency, async (file, at) => hashedBy(decoders[at]!, file)));
      if (round === 0) continue;
      bare.push(ofBare);
      whole.push(ofWhole);
    }
  } finally {
    await Promise.all(decoders.map((decoder) => decoder.close()));
  }
  // What else the machine does only ever slows a round down, and slows several processes down more than one: the fastest round of each is compared.
  const perSecond = (figures: readonly Figures[]): number => (pictures.length * concurrency) / Math.min(...figures.map(({ wallSeconds }) => wallSeconds));
  const ratio = perSecond(whole) / perSecond(bare);
  const cpuRatio = median(whole.map(({ cpuSeconds }, round) => bare[round]!.cpuSeconds / cpuSeconds));
  print(tableRow([`${concurrency} at a time, the fastest of ${rounds} rounds`, readable(perSecond(bare)), readable(perSecond(whole)), readable(ratio), readable(cpuRatio)]));
  return { name: `decoder process against a bare decoding loop, ${concurrency} at a time`, figure: ratio, bound: 0.85, unit: "of its pictures a second", is: "at least" };
}

interface Figures {
  readonly cpuSeconds: number;
  readonly wallSeconds: number;
}

/** CPU time includes that of the child processes, to a hundredth of a second: on a busy machine it says what the wall clock cannot. */
async function withChildren(work: () => Promise<void>): Promise<Figures> {
  const before = childrenCpuSeconds();
  const { cpuSeconds, wallSeconds } = await timed(work);
  return { cpuSeconds: cpuSeconds + childrenCpuSeconds() - before, wallSeconds };
}

function childrenCpuSeconds(): number {
  const ticks = readdirSync("/proc").filter((name) => /^\d+$/.test(name)).map((name) => {
    try {
      const text = readFileSync(`/proc/${name}/stat`, "latin1");
      // After the name in parentheses: state, parent ... user time, system time.
      const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
      return fields[1] === String(process.pid) ? Number(fields[11]) + Number(fields[12]) : 0;
    } catch {
      return 0;
    }
  });
  return ticks.reduce((sum, of) => sum + of, 0) / 100;
}

/** Every picture once for each of the workers, which go on by themselves. */
async function inTurns(pictures: readonly Buffer[], workers: number, work: (file: Buffer, worker: number) => Promise<void>): Promise<void> {
  await Promise.all(
    Array.from({ length: workers }, async (_, worker) => {
      for (let at = 0; at < pictures.length; at++) await work(pictures[(at + worker) % pictures.length]!, worker);
    }),
  );
}

async function hashedBy(decoder: Decoder, file: Buffer): Promise<void> {
  const { status, codes } = (await decoder.perceive("image/jpeg", file)).picture;
  // Two of them are negatives, which are made of the reply.
  if (status !== "hashed" || codes.length !== 18) throw new Error(`bench: found ${status} with ${codes.length} codes, expected hashed with 18`);
}
