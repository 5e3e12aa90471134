import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { program } from "../support/blindmatch.ts";
import { type Bench, median, readable, tableRow, type Target } from "./bench.ts";
import { beside } from "./built.ts";
import { type Corpus, corpora, writeCorpus, writeList } from "./hashing-files.ts";
import { type DigestsByPath, type Hashing, peers, scanning } from "./hashing-programs.ts";
import { costOf, type ProcessCost } from "./process-cost.ts";

const pairs = Number(process.env["BENCH_ROUNDS"] ?? 5);
const listedRecords = Number(process.env["BENCH_RECORDS"] ?? 1_000_000);
const plantedFiles = 100;

/**
 * The whole program beside hashdeep and others: MD5, SHA-1 and SHA-256 of every file, and ours matched against a million records, written down and reported.
 *
 * Shape: a round runs each of them once, one after the other; figures are medians. All must agree on every digest before anything is measured.
 *        BENCH_ROUNDS, BENCH_RECORDS; BENCH_SIZE=full for the sizes of the target, an hour; without it the same targets judge smaller ones, which their names state; BENCH_CORPUS=1, 2 or 3 for one of the three.
 *        The least that any program could take is the sum of the three digests alone ("limit"); where hashdeep is within four times of that, no program meets the target.
 */
export const hashing: Bench = {
  name: "hashing",
  async run(print) {
    const targets: Target[] = [];
    const only = process.env["BENCH_CORPUS"];
    for (const [at, corpus] of corpora().entries()) if (only === undefined || only === String(at + 1)) targets.push(...(await measuredCorpus(corpus, at, print)));
    return [...targets, ...limitTarget(print)];
  },
};

async function measuredCorpus(corpus: Corpus, at: number, print: (line: string) => void): Promise<readonly Target[]> {
  const scratch = mkdtempSync(join(tmpdir(), "bench-hashing-"));
  try {
    const [evidence, nothing, home] = [join(scratch, "evidence"), join(scratch, "nothing"), join(scratch, "home")];
    mkdirSync(nothing);
    writeCorpus(evidence, corpus);
    const others = peers(evidence, scratch);
    const first: ProcessCost[] = [];
    for (const other of others) first.push(await other.costs());
    const expected = others[0]!.digests();
    for (const other of others) requireSame(other.name, other.digests(), expected, corpus);
    const planted = [...expected.values()].slice(0, plantedFiles);
    await importList(scratch, home, planted);
    const ours = scanning(evidence, scratch, home, { readers: 2, matched: planted.length, memory: true });
    const alone = scanning(evidence, scratch, home, { readers: 1, matched: planted.length });
    for (const one of [ours, alone]) {
      await one.costs();
      requireSame(one.name, one.digests(), expected, corpus);
    }

    const all: readonly Hashing[] = [ours, alone, scanning(nothing, scratch, home, { readers: 2, matched: 0, memory: true }), ...others];
    const costs = new Map<Hashing, ProcessCost[]>(all.map((one) => [one, []]));
    const readingSeconds = new Map<Hashing, number[]>(all.map((one) => [one, []]));
    for (let round = 0; round < pairs; round++)
      for (const one of all) {
        costs.get(one)!.push(await one.costs());
        if ("readingSeconds" in one) readingSeconds.get(one)!.push((one as typeof ours).readingSeconds());
      }
    const figure = (one: Hashing, of: keyof ProcessCost): number => median(costs.get(one)!.map((cost) => cost[of]));
    const bytes = corpus.sizes.reduce((sum, size) => sum + size, 0);
    print(tableRow([`${corpus.name}, median of ${pairs} rounds, load ${loadavg()[0]!.toFixed(0)}`, "CPU s", "wall s", "CPU, by ours", "wall, by ours", "GB a CPU s"]));
    for (const [nth, one] of all.entries()) {
      const ratios = (["cpuSeconds", "wallSeconds"] as const).map((of) => readable(figure(one, of) / figure(ours, of)));
      print(tableRow([nth === 2 ? "  blindmatch scan of an empty folder" : `  ${one.name}`, readable(figure(one, "cpuSeconds")), readable(figure(one, "wallSeconds")), ...ratios, nth === 2 ? "" : readable(bytes / 1e9 / figure(one, "cpuSeconds"))]));
    }
    const [, single, empty, hashdeep] = all as readonly [Hashing, Hashing, Hashing, Hashing];
    const twoReaders = median(readingSeconds.get(single)!) / median(readingSeconds.get(ours)!);
    const besides = (figure(ours, "peakBytes") - referenceBytes(home)) / 2 ** 20;
    print(`  ${readable(bytes / 1e9)} GB; from the plan to the last row ${readable(median(readingSeconds.get(ours)!))} s with two readers, ${readable(median(readingSeconds.get(single)!))} s with one; memory ${readable(figure(ours, "peakBytes") / 2 ** 20)} MiB, of it the list ${readable(referenceBytes(home) / 2 ** 20)} MiB`);
    const name = `${at + 1}, ${corpus.name}`;
    return [
      { name: `${name}: CPU time of hashdeep by ours`, figure: figure(hashdeep, "cpuSeconds") / figure(ours, "cpuSeconds"), bound: 4, unit: "times", is: "at least" },
      { name: `${name}: wall time of hashdeep by ours`, figure: figure(hashdeep, "wallSeconds") / figure(ours, "wallSeconds"), bound: 3.5, unit: "times", is: "at least" },
      { name: `${name}: two readers by one, wall time of reading`, figure: twoReaders, bound: 1.8, unit: "times", is: "at least" },
      { name: `${name}: memory besides the list`, figure: besides, bound: 400, unit: "MiB", is: "at most" },
      ...(at === 0 ? [stagesTarget(evidence, corpus, figure(single, "cpuSeconds") - figure(empty, "cpuSeconds"), print)] : []),
    ];
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** What a scan costs a file besides reading and hashing it: the scan's CPU time, but that of an empty one, less that of a loop which only reads. */
function stagesTarget(evidence: string, { name, sizes }: Corpus, scanSeconds: number, print: (line: string) => void): Target {
  const bare = parted("bare", evidence);
  const us = (seconds: number): number => (seconds / sizes.length) * 1e6;
  print(`  a scan ${readable(us(scanSeconds))} CPU us a file, reading and hashing alone ${readable(us(bare["cpuSeconds"]!))}`);
  return { name: `stages besides reading (walk, processes, matching, record), 1 reader, ${name}`, figure: us(scanSeconds - bare["cpuSeconds"]!), bound: 25, unit: "CPU us a file", is: "at most" };
}

/** Reading sixteen files in turns beside the three digests over memory, in the same run. */
function limitTarget(print: (line: string) => void): readonly Target[] {
  const scratch = mkdtempSync(join(tmpdir(), "bench-hashing-"));
  try {
    const evidence = join(scratch, "evidence");
    writeCorpus(evidence, { name: "limit", sizes: Array<number>(16).fill(32 * 2 ** 20) });
    const { md5, sha1, sha256, bytes, cpuSeconds } = parted("limit", evidence) as Record<"md5" | "sha1" | "sha256" | "bytes" | "cpuSeconds", number>;
    const limit = 1 / (1 / md5 + 1 / sha1 + 1 / sha256);
    const reached = bytes / 1e9 / cpuSeconds;
    print(`limit, GB a CPU second: MD5 in lanes ${readable(md5)}, SHA-1 ${readable(sha1)}, SHA-256 ${readable(sha256)}, together ${readable(limit)}; a reader, 16 files of 32 MiB ${readable(reached)}`);
    return [{ name: "reader by the limit of the three digests, 16 files of 32 MiB", figure: reached / limit, bound: 0.85, unit: "of it", is: "at least" }];
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function parted(phase: string, folder: string): Readonly<Record<string, number>> {
  const output = execFileSync(process.execPath, [...process.execArgv, beside("hashing-parts.ts"), phase, folder, String(Math.max(pairs, 3))], { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
  return JSON.parse(output) as Record<string, number>;
}

async function importList(scratch: string, home: string, planted: readonly string[]): Promise<void> {
  const path = join(scratch, "list.csv");
  await writeList(path, listedRecords, planted);
  const words = ["--agency", "A", "--list-name", "bench", "--list-version", "1", "--scale", "vic-us", "--accept-unsigned", "synthetic", "--home", home];
  await costOf([process.execPath, program, "list", "import", path, ...words], { statuses: [0] });
  rmSync(path);
}

/** What the list takes in memory: its segment's sections are held as they lie in the file. */
function referenceBytes(home: string): number {
  const segments = readdirSync(home, { recursive: true, encoding: "utf8" }).map((name) => statSync(join(home, name)));
  return segments.reduce((sum, status) => sum + (status.isFile() ? status.size : 0), 0);
}

function requireSame(name: string, found: DigestsByPath, expected: DigestsByPath, { sizes }: Corpus): void {
  if (expected.size !== sizes.length) throw new Error(`bench: found ${expected.size} digests, expected ${sizes.length}`);
  if (found.size !== expected.size) throw new Error(`bench: ${name}: found ${found.size} digests, expected ${expected.size}`);
  for (const [path, digests] of expected) if (found.get(path) !== digests) throw new Error(`bench: ${name}: found other digests of a file than the others did, expected the same`);
}
