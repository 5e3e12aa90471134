import { canaryPng } from "../../src/perceptual/canary.ts";
import { type Isolation, isolations } from "../../src/isolation.ts";
import { drawPhoto, encode } from "../support/draw.ts";
import { type Bench, median, readable, tableRow, type Target } from "./bench.ts";
import { builtDecoder, builtFile, builtProbeSandbox, decoderProgram } from "./built.ts";

const rounds = Number(process.env["BENCH_ROUNDS"] ?? 9);
const picturesPerRound = 20;

/** What the sandbox costs: until the first picture is answered, and for each one after it. */
export const isolation: Bench = { name: "isolation", run: measureIsolation };

async function measureIsolation(print: (line: string) => void): Promise<readonly Target[]> {
  const file = await encode(drawPhoto(3, 800, 600), "jpeg", { quality: 88 });
  print(tableRow([`JPEG of 0.5 megapixels, ${readable(file.length / 1000)} kB, ${rounds} rounds of ${picturesPerRound}`, "first, ms", "each, median", "best quarter"]));
  const figures = new Map((Object.keys(isolations) as Isolation[]).map((mode) => [mode, { firstMs: [] as number[], eachMs: [] as number[] }]));
  // In turns, so that all have the same share of what else the machine does.
  for (let round = 0; round < rounds; round++)
    for (const [mode, { firstMs, eachMs }] of figures) {
      const figure = await measured(mode, file);
      firstMs.push(figure.firstMs);
      eachMs.push(...figure.eachMs);
    }
  for (const [mode, { firstMs, eachMs }] of figures) print(tableRow([mode, readable(median(firstMs)), readable(median(eachMs)), readable(bestQuarter(eachMs))]));
  const { probeSandbox } = await builtProbeSandbox();
  const probesMs: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const before = performance.now();
    const probes = await probeSandbox({ program: builtFile("perceptual/probe-process.ts"), hidden: [] });
    if (probes.some(({ held }) => !held)) throw new Error("bench: a probe did not hold, expected all to");
    probesMs.push(performance.now() - before);
  }
  print(tableRow(["all probes, before a scan", readable(median(probesMs)), "", ""]));
  const each = (mode: Isolation): number => bestQuarter(figures.get(mode)!.eachMs);
  return [{ name: "a picture in the sandbox against one without it", figure: each("sandbox") / each("process"), bound: 1.25, unit: "of its wall time", is: "at most" }];
}

/** What a quarter of them is below: on a busy machine it says what the median cannot. */
function bestQuarter(figures: readonly number[]): number {
  return [...figures].sort((one, other) => one - other)[figures.length >> 2]!;
}

/** Wall time: in which process of the sandbox the work is done is not told apart. */
async function measured(mode: Isolation, file: Uint8Array): Promise<{ readonly firstMs: number; readonly eachMs: readonly number[] }> {
  const { startDecoder } = await builtDecoder();
  const decoder = startDecoder({ program: decoderProgram, isolation: mode });
  const started = performance.now();
  await decoder.perceive("image/png", canaryPng());
  const firstMs = performance.now() - started;
  // The first few compile.
  for (let picture = 0; picture < 3; picture++) await decoder.perceive("image/jpeg", file);
  const eachMs: number[] = [];
  for (let picture = 0; picture < picturesPerRound; picture++) {
    const before = performance.now();
    const { picture: found } = await decoder.perceive("image/jpeg", file);
    if (found.status !== "hashed") throw new Error(`bench: found ${found.status}, expected hashed`);
    eachMs.push(performance.now() - before);
  }
  await decoder.close();
  return { firstMs, eachMs };
}
