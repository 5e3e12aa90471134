import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Bench, median, readable, tableRow } from "./bench.ts";
import { beside } from "./built.ts";

type Figures = Readonly<Record<string, number>>;

const rows = Number(process.env["BENCH_ROWS"] ?? 1_000_000);
const fewRows = rows / 10;
const rounds = Number(process.env["BENCH_ROUNDS"] ?? 3);

/**
 * The record at a million rows: its plan, appending in the batches of a scan, verifying.
 *
 * Shape: every phase in a process of its own, so that its CPU seconds and its peak of memory are its own; BENCH_ROWS says how many rows, BENCH_ROUNDS how many rounds.
 */
export const record: Bench = {
  name: "record",
  async run(print) {
    const folder = mkdtempSync(join(tmpdir(), "blindmatch-bench-"));
    try {
      const all = Array.from({ length: rounds }, () => measuredRound(folder));
      const of = (phase: string, figure: string): number => median(all.map((measured) => measured[phase]![figure]!));
      const us = (phase: string, figure: string, count = rows): number => (of(phase, figure) / count) * 1e6;
      const mebibytes = (phase: string): number => of(phase, "maxRssBytes") / 2 ** 20;
      print(tableRow([`${readable(rows)} rows, median of ${rounds} round(s)`, "CPU us a row", "wall us a row", "RSS peak MiB"]));
      print(tableRow(["plan, an entry", readable(us("append", "planCpuSeconds"))]));
      print(tableRow(["append", readable(us("append", "cpuSeconds")), readable(us("append", "wallSeconds")), readable(mebibytes("append"))]));
      print(tableRow(["  least: bare INSERT of the examined rows", readable(us("least", "insertCpuSeconds"))]));
      print(tableRow(["  least: SHA-256 of their canonical bytes", readable(us("least", "digestCpuSeconds"))]));
      print(tableRow(["verify", readable(us("verify", "cpuSeconds")), readable(us("verify", "wallSeconds")), readable(mebibytes("verify"))]));
      print(tableRow([`verify, ${readable(fewRows)} rows`, readable(us("verify few", "cpuSeconds", fewRows)), readable(us("verify few", "wallSeconds", fewRows)), readable(mebibytes("verify few"))]));
      const leastUs = us("least", "insertCpuSeconds") + us("least", "digestCpuSeconds");
      print("");
      print(tableRow(["append by the least", `${readable(us("append", "cpuSeconds") / leastUs)} x`]));
      return [
        { name: "append", figure: us("append", "cpuSeconds"), bound: 12, unit: "CPU us a row", is: "at most" },
        { name: "memory that verifying ten times the rows takes more", figure: mebibytes("verify") - mebibytes("verify few"), bound: 32, unit: "MiB", is: "at most" },
      ];
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
};

function measuredRound(folder: string): Record<string, Figures> {
  const measured: Record<string, Figures> = {};
  for (const [name, count] of [["few", fewRows], ["many", rows]] as const) {
    const place = join(folder, name);
    mkdirSync(place, { mode: 0o700 });
    measured["append"] = phase("append", place, count);
    measured[name === "few" ? "verify few" : "verify"] = phase("verify", place, count);
    if (name === "many") measured["least"] = phase("least", place, count);
    rmSync(place, { recursive: true });
  }
  return measured;
}

function phase(name: string, folder: string, count: number): Figures {
  const output = execFileSync(process.execPath, [...process.execArgv, beside("record-phases.ts"), name, folder, String(count)], { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
  return JSON.parse(output) as Figures;
}
