import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readable, tableRow, type Target } from "./bench.ts";
import { beside } from "./built.ts";
import type { CodeKind } from "./near-codes.ts";
import type { Figures } from "./near-phases.ts";

const records = Number(process.env["BENCH_RECORDS"] ?? 2_000_000);
const fullRecords = 25_000_000;
const kinds: readonly CodeKind[] = ["uniform", "clustered"];

/**
 * The index over PDQ codes: making, opening and searching it, beside comparing every code.
 *
 * Shape: every phase in a process of its own; BENCH_RECORDS says how many codes.
 */
export async function measureNearIndex(print: (line: string) => void): Promise<readonly Target[]> {
  const folder = mkdtempSync(join(tmpdir(), "blindmatch-bench-"));
  try {
    return kinds.flatMap((kind) => targetsOf(kind, measured(folder, kind), print));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function measured(folder: string, kind: CodeKind): Record<string, Figures> {
  mkdirSync(join(folder, kind));
  const phases = ["build", "import", "search", "one-thread", "two-threads"].map((name): [string, Figures] => [name, phase(name, folder, kind)]);
  rmSync(join(folder, kind), { recursive: true });
  return Object.fromEntries(phases);
}

function phase(name: string, folder: string, kind: CodeKind): Figures {
  const output = execFileSync(process.execPath, [...process.execArgv, beside("near-phases.ts"), name, folder, kind, String(records)], { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
  return JSON.parse(output) as Figures;
}

function targetsOf(kind: CodeKind, phases: Record<string, Figures>, print: (line: string) => void): Target[] {
  const of = (name: string, figure: string): number => phases[name]![figure]!;
  if (of("one-thread", "answers") !== of("two-threads", "answers")) throw new Error("bench: found other answers from two threads than from one: figures would mean nothing");
  const speedUp = of("search", "bruteMs") / of("search", "queryMs");
  print(tableRow([`${readable(records)} ${kind} codes`, "figure"]));
  print(tableRow(["query, CPU ms, median (slowest) round", `${readable(of("search", "queryMs"))} (${readable(of("search", "slowestRoundMs"))})`]));
  print(tableRow(["query near a reference, CPU ms", readable(of("search", "plantedMs"))]));
  print(tableRow(["every code compared, CPU ms", readable(of("search", "bruteMs"))]));
  print(tableRow(["a batch, least wall ms a query, 1 / 2 threads", `${readable(of("one-thread", "wallMs"))} / ${readable(of("two-threads", "wallMs"))}`]));
  print(tableRow(["index, GB (held by the process)", `${readable(of("search", "memoryBytes") / 1e9)} (${readable(of("search", "heldBytes") / 1e9)})`]));
  print(tableRow(["recalled", `${of("search", "recalled")} of ${of("search", "planted")}`]));
  print(tableRow(["making the index, CPU s", readable(of("build", "cpuSeconds"))]));
  print(tableRow(["segment with MD5 and SHA-1, CPU s; RSS peak GB", `${readable(of("import", "cpuSeconds"))}; ${readable(of("import", "maxRssBytes") / 1e9)}`]));
  print(tableRow(["opening it, CPU s (wall s)", `${readable(of("search", "openCpuSeconds"))} (${readable(of("search", "openWallSeconds"))})`]));
  print("");
  const recall: Target = { name: `near recall, ${kind}`, figure: (100 * of("search", "recalled")) / of("search", "planted"), bound: 100, unit: "%", is: "at least" };
  if (kind !== "uniform") return [recall, { name: `near query, ${kind}`, figure: of("search", "queryMs"), bound: queryBoundMs(), unit: "CPU ms", is: "at most" }];
  return [
    recall,
    { name: "near query", figure: of("search", "queryMs"), bound: queryBoundMs(), unit: "CPU ms", is: "at most" },
    // Comparing every code takes time in proportion to their number, looking up by its root, about.
    { name: "near speed-up over brute force", figure: speedUp, bound: 150 * Math.sqrt(Math.min(1, records / fullRecords)), unit: "times", is: "at least" },
    // 120 bytes a code come to 3 GB at 25 million; a small index has tables that do not shrink with it.
    { name: "near memory", figure: of("search", "memoryBytes") / 1e9, bound: (120 * records) / 1e9 + (records < fullRecords ? 0.08 : 0), unit: "GB", is: "at most" },
    { name: "near import memory", figure: of("import", "maxRssBytes") / 1e9, bound: 2, unit: "GB", is: "at most" },
  ];
}

/** 0.6 ms at 25 million codes; a tenth of a millisecond up to 2 million. */
function queryBoundMs(): number {
  return Math.max(0.1, (0.6 * Math.min(records, fullRecords)) / fullRecords);
}
