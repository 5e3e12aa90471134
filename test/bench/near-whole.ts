import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { program } from "../support/blindmatch.ts";
import { median, readable, tableRow, type Target, timed } from "./bench.ts";
import { environment } from "../../src/perceptual/sandbox-command.ts";
import { beside } from "./built.ts";
import { bareLoop, photoFile } from "./photo-files.ts";
import { costOf } from "./process-cost.ts";

const pictures = Number(process.env["BENCH_SCAN_PICTURES"] ?? 240);
const rounds = Number(process.env["BENCH_SCAN_ROUNDS"] ?? 3);
const listed = 1000;
const sizes = [[4000, 3000], [4000, 3000], [2048, 1536], [2048, 1536], [1600, 1200], [1024, 768]] as const;

/** What is timed, in the order of a round; a scan stands with the one whose cost is its start, its self-test and its reports. */
const works = ["bare loop", "bare loop, memory as a decoder has it", "scan", "scan, nothing there", "digests only", "digests only, nothing there"] as const;
type Work = (typeof works)[number];
const fixed: Readonly<Partial<Record<Work, Work>>> = { scan: "scan, nothing there", "digests only": "digests only, nothing there" };

interface Figures {
  readonly cpuSeconds: number;
  readonly wallSeconds: number;
}

/**
 * A whole scan by the real program beside a loop that reads and decodes the same files and does nothing else, as many at a time as the scan has readers.
 *
 * Shape: a scan's figures without those of a scan over an empty folder, which are the start of the program, its self-test and the reports.
 *        BENCH_SCAN_PICTURES and BENCH_SCAN_ROUNDS say how many.
 */
export async function measureWholeProgram(print: (line: string) => void): Promise<readonly Target[]> {
  const folder = mkdtempSync(join(tmpdir(), "bench-near-whole-"));
  try {
    const [evidence, nothing, home] = [join(folder, "evidence"), join(folder, "nothing"), join(folder, "home")];
    mkdirSync(evidence);
    mkdirSync(nothing);
    const files: string[] = [];
    for (let number = 0; number < pictures; number++) {
      const path = join(evidence, `${number}.jpg`);
      const [width, height] = sizes[number % sizes.length]!;
      writeFileSync(path, await photoFile(100 + number, width, height));
      files.push(path);
    }
    writeFileSync(join(folder, "codes.csv"), `record_id,pdq,sha256,category\n${Array.from({ length: listed }, (_, row) => `${row},${drawn(`code ${row}`)},${drawn(`file ${row}`)},1\n`).join("")}`);
    await run(0, "list", "import", join(folder, "codes.csv"), "--agency", "A", "--list-name", "codes", "--list-version", "1", "--scale", "vic-us", "--accept-unsigned", "synthetic", "--home", home);
    let cases = 0;
    const scan = (place: string, readers: number, ...more: readonly string[]): Promise<Figures> =>
      run(0, "scan", place, "--case", join(folder, `case-${cases++}`), "--case-number", "C", "--exhibit", "E", "--examiner", "X", "--home", home, "--allow-writable", "bench", "--quiet", "--readers", String(readers), ...more);
    const targets: Target[] = [];
    print(tableRow([`${pictures} JPEG pictures of 0.8 to 12 megapixels, ${listed} codes`, "CPU s", "wall s", "bare / it, CPU", "bare / it, wall"]));
    for (const readers of [1, 2]) {
      const measured = new Map<Work, Figures[]>(works.map((work) => [work, []]));
      for (let round = 0; round < rounds; round++) {
        measured.get("bare loop")!.push(await timed(() => bareLoop(files, readers)));
        measured.get("bare loop, memory as a decoder has it")!.push(await bareLoopApart(evidence, readers));
        measured.get("scan")!.push(await scan(evidence, readers));
        measured.get("scan, nothing there")!.push(await scan(nothing, readers));
        measured.get("digests only")!.push(await scan(evidence, readers, "--no-perceptual"));
        measured.get("digests only, nothing there")!.push(await scan(nothing, readers, "--no-perceptual"));
      }
      targets.push(compared(measured, readers, print));
    }
    return targets;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** 256 bits: a code that no picture is near to, or the digest of no file. With codes alone a scan without near matching could find nothing, and would say so by its status. */
function drawn(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function compared(measured: ReadonlyMap<Work, readonly Figures[]>, readers: number, print: (line: string) => void): Target {
  const of = (work: Work, unit: keyof Figures): readonly number[] => measured.get(work)!.map((figures) => figures[unit]);
  // Work of others only ever adds to the wall clock: its least is compared. It adds to CPU time too, by cold caches, but evenly.
  const figure = (work: Work, unit: keyof Figures): number => (unit === "cpuSeconds" ? median(of(work, unit)) : Math.min(...of(work, unit)));
  const net = (work: Work, unit: keyof Figures): number => figure(work, unit) - (fixed[work] === undefined ? 0 : figure(fixed[work], unit));
  const ratio = (work: Work, unit: keyof Figures): number => figure("bare loop", unit) / net(work, unit);
  print(tableRow([`${readers} at a time, ${rounds} rounds, load ${loadavg().map((load) => load.toFixed(0)).join(", ")}`]));
  for (const work of works) {
    const ratios = work in fixed ? [readable(ratio(work, "cpuSeconds")), readable(ratio(work, "wallSeconds"))] : [];
    print(tableRow([`  ${work}${work in fixed ? " (without the line below)" : ""}`, readable(net(work, "cpuSeconds")), readable(net(work, "wallSeconds")), ...ratios]));
  }
  return { name: `whole scan against a bare decoding loop, ${readers} at a time, CPU time`, figure: ratio("scan", "cpuSeconds"), bound: 0.85, unit: "of its pictures a CPU second", is: "at least" };
}

/** Part of what a scan gains is how a decoder keeps its memory, which a loop can have as well: this one has it, and is timed by itself, without its start. */
async function bareLoopApart(folder: string, workers: number): Promise<Figures> {
  const { stdout } = await promisify(execFile)(process.execPath, ["--import", "tsx", beside("bare-loop.ts"), folder, String(workers)], { env: { ...process.env, ...environment } });
  return JSON.parse(stdout) as Figures;
}

/** Runs the real program and adds up what it and all its processes cost. */
function run(expected: number, ...args: readonly string[]): Promise<Figures> {
  return costOf([process.execPath, program, ...args], { statuses: [expected] });
}
