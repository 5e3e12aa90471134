import { createHash } from "node:crypto";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { median, timed } from "./bench.ts";
import type { NearIndex, Neighbour } from "../../src/reference/near-index.ts";
import type * as NearBuilding from "../../src/kernels/near-building.ts";
import type * as OpenSegment from "../../src/reference/open-segment.ts";
import type * as SegmentFolder from "../../src/reference/segment-folder.ts";
import { type CodeKind, codesOf, turned } from "./near-codes.ts";
import { findAll } from "../reference/find-all.ts";

/** Figures of one phase, which ran in a process of its own. */
export type Figures = Readonly<Record<string, number>>;

interface Phase {
  readonly home: string;
  readonly kind: CodeKind;
  readonly codes: number;
}

const key = Uint8Array.from({ length: 32 }, (_, at) => 3 * at + 5);
const seed = 1;
const radius = 31;
const planted = 2000;
const compared = 24;
const rounds = 9;
const queriesARound = 256;

/** What is measured is what is shipped: the compiled modules. */
async function built(path: string): Promise<unknown> {
  return import(new URL(`../../dist/${path}.js`, import.meta.url).href);
}

const phases: Readonly<Record<string, (phase: Phase) => Promise<Figures>>> = {
  /** The index alone: dealt, sorted and thrown away. */
  async build({ kind, codes }) {
    const { nearBuilding } = (await built("kernels/near-building")) as typeof NearBuilding;
    const codeOf = codesOf(kind, seed);
    const { cpuSeconds: drawing } = await timed(() => {
      for (let number = 0; number < codes; number++) codeOf(number);
    });
    const { cpuSeconds } = await timed(() => {
      const building = nearBuilding({ codes: () => undefined, tables: () => undefined });
      for (let number = 0; number < codes; number++) building.push(codeOf(number));
      building.finish();
    });
    return { cpuSeconds: cpuSeconds - drawing };
  },

  /** A segment of rows that carry a PDQ code, an MD5 and a SHA-1, sealed. */
  async import({ home, kind, codes }) {
    const { beginSegment } = (await built("reference/segment-folder")) as typeof SegmentFolder;
    const codeOf = codesOf(kind, seed);
    const otherOf = codesOf("uniform", seed + 9);
    const { cpuSeconds, wallSeconds } = await timed(() => {
      const building = beginSegment(home, key);
      for (let number = 0; number < codes; number++) {
        const other = otherOf(number);
        building.add({ where: "", recordId: null, category: null, digests: { md5: other.subarray(0, 16), sha1: other.subarray(12, 32), pdq: codeOf(number) }, pdqQuality: 100, sizeBytes: number, unmatchable: [] });
      }
      building.settle();
      building.finish("0".repeat(64), "0".repeat(64));
    });
    return { cpuSeconds, wallSeconds };
  },

  async search({ home, kind, codes }) {
    const before = process.memoryUsage.rss();
    const { near, openWallSeconds, openCpuSeconds } = await opened(home, 1);
    const figures: Record<string, number> = { openWallSeconds, openCpuSeconds, memoryBytes: near.memoryBytes, heldBytes: process.memoryUsage.rss() - before };
    const strangers = codesOf(kind, seed + 1);
    const queries = Array.from({ length: queriesARound }, (_, number) => Uint8Array.from(strangers(number * 50 + 1)));
    for (const query of queries) near.find(query, radius);
    const [quick, plain]: [number[], number[]] = [[], []];
    for (let round = 0; round < rounds; round++) {
      quick.push(await perQuery(queries, (query) => near.find(query, radius)));
      plain.push(await perQuery(queries.slice(0, Math.max(4, Math.min(queriesARound, Math.round(5e7 / codes)))), (query) => comparedAll(near, query)));
    }
    figures["queryMs"] = median(quick) * 1000;
    figures["slowestRoundMs"] = Math.max(...quick) * 1000;
    figures["bruteMs"] = median(plain) * 1000;
    const [members, known] = [codesOf(kind, seed), Array.from({ length: planted }, (_, number) => numberOf(number, codes))];
    const sought = known.map((number, at) => turned(members(number), at % (radius + 1), at));
    figures["plantedMs"] = (await perQuery(sought, (query) => near.find(query, radius))) * 1000;
    figures["recalled"] = sought.filter((query, at) => near.find(query, radius).some(({ reference, distanceBits }) => reference === known[at] && distanceBits === at % (radius + 1))).length;
    figures["planted"] = planted;
    for (const query of [...queries.slice(0, compared / 2), ...sought.slice(0, compared / 2)]) requireSame(near.find(query, radius), comparedAll(near, query));
    return figures;
  },

  "one-thread": (phase) => batch(phase, 1),
  "two-threads": (phase) => batch(phase, 2),
};

/** Wall time of a batch over threads of one index. Shape: `answers` is a number made of them, to be compared. */
async function batch({ home, kind }: Phase, threads: number): Promise<Figures> {
  const strangers = codesOf(kind, seed + 1);
  const queries = Array.from({ length: 4096 }, (_, number) => Uint8Array.from(strangers(number)));
  const { near } = await opened(home, threads);
  const answers = createHash("sha256").update(JSON.stringify(await findAll(near, queries, radius))).digest().readUIntBE(0, 6);
  const walls: number[] = [];
  for (let round = 0; round < 7; round++) walls.push((await timed(() => findAll(near, queries, radius))).wallSeconds);
  await near.close();
  // Of wall times the least is the one that other work on the machine disturbed least.
  return { answers, wallMs: (Math.min(...walls) / queries.length) * 1000 };
}

async function opened(home: string, threads: number) {
  const { openSegment } = (await built("reference/open-segment")) as typeof OpenSegment;
  const { segmentNames, segmentPath } = (await built("reference/segment-folder")) as typeof SegmentFolder;
  const { result, cpuSeconds, wallSeconds } = await timed(() => openSegment(segmentPath(home, segmentNames(home)[0]!), "bench", key, threads));
  return { near: result.segment.near!, openCpuSeconds: cpuSeconds, openWallSeconds: wallSeconds };
}

/** One bit more than the tables reach: every code is compared in the kernel. */
function comparedAll(near: NearIndex, query: Uint8Array): readonly Neighbour[] {
  return near.find(query, radius + 1).filter(({ distanceBits }) => distanceBits <= radius);
}

async function perQuery(queries: readonly Uint8Array[], find: (query: Uint8Array) => unknown): Promise<number> {
  const { cpuSeconds } = await timed(() => queries.forEach(find));
  return cpuSeconds / queries.length;
}

/** Spread over the whole list. */
function numberOf(planting: number, codes: number): number {
  return (planting * 7_919_017 + 13) % codes;
}

function requireSame(found: readonly Neighbour[], expected: readonly Neighbour[]): void {
  if (JSON.stringify(found) !== JSON.stringify(expected)) throw new Error(`bench: found ${found.length} neighbours, expected the ${expected.length} of the other search: figures would mean nothing`);
}

const [, , phase = "", folder = "", kind = "uniform", codes = ""] = process.argv;
const begun = performance.now();
const figures = await phases[phase]!({ home: join(folder, kind), kind: kind as CodeKind, codes: Number(codes) });
process.stdout.write(JSON.stringify({ ...figures, maxRssBytes: process.resourceUsage().maxRSS * 1024, processWallSeconds: (performance.now() - begun) / 1000 }));
