import { execFileSync, spawnSync } from "node:child_process";
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Bench, median, readable, tableRow } from "./bench.ts";
import { beside } from "./built.ts";
import { recordDigests } from "./vics-records.ts";

type Figures = Readonly<Record<string, number>>;

const records = Number(process.env["BENCH_RECORDS"] ?? 2_000_000);
const seed = 1;
// Long forms run once; what a short one says is the median of three, interleaved.
const rounds = records > 5_000_000 ? 1 : 3;
// What is compared with grows linearly at best: it is measured on no more than this.
const comparedRecords = Math.min(records, 2_000_000);
const streamedRecords = Math.min(records, 300_000);

/**
 * Import, opening and look-up of a list at scale, beside SQLite, a general JSON parser and hfind.
 *
 * Shape: every phase in a process of its own, so that its CPU seconds and its peak of memory are its own; BENCH_RECORDS says how many records.
 */
export const lists: Bench = {
  name: "lists",
  async run(print) {
    const folder = mkdtempSync(join(tmpdir(), "blindmatch-bench-"));
    try {
      const all = Array.from({ length: rounds }, (_, round) => measuredRound(join(folder, String(round))));
      const of = (phase: string, figure: string): number => median(all.map((measured) => measured[phase]![figure]!));
      print(tableRow([`${readable(records)} VICS records, ${rounds} round(s)`, "CPU s", "wall s", "RSS peak MiB"]));
      for (const phase of ["parse", "import"]) print(tableRow([phase, readable(of(phase, "cpuSeconds")), readable(of(phase, "wallSeconds")), readable(of(phase, "maxRssBytes") / 2 ** 20)]));
      print(tableRow(["open", readable(of("look-up", "openCpuSeconds")), readable(of("look-up", "openWallSeconds")), readable(of("look-up", "heldBytes") / 2 ** 20)]));
      print(tableRow(["segment, MiB", readable(of("import", "segmentBytes") / 2 ** 20)]));
      print("");
      print(tableRow(["look-up, CPU us a digest", "hit", "miss"]));
      for (const name of ["md5", "sha1"]) print(tableRow([name, readable(of("look-up", `${name}HitUs`)), readable(of("look-up", `${name}MissUs`))]));
      compare(print, folder, of);
      const worstUs = Math.max(...["md5Hit", "md5Miss", "sha1Hit", "sha1Miss"].map((name) => of("look-up", `${name}Us`)));
      const importSecondsFor25Million = (of("import", "cpuSeconds") / records) * 25e6;
      return [
        { name: "parse", figure: records / of("parse", "cpuSeconds"), bound: 150_000, unit: "records a CPU second", is: "at least" },
        { name: "import of 25 million", figure: importSecondsFor25Million, bound: 360, unit: "CPU s", is: "at most" },
        { name: "import memory", figure: of("import", "maxRssBytes") / 1e9, bound: 2, unit: "GB", is: "at most" },
        // Start-up and noise do not grow with the list: wall time is only judged where 25 million were really opened.
        records >= 25_000_000
          ? { name: "opening 25 million from the page cache", figure: (of("look-up", "openWallSeconds") / records) * 25e6, bound: 5, unit: "s", is: "at most" }
          : { name: "opening 25 million from the page cache, extrapolated", figure: (of("look-up", "openCpuSeconds") / records) * 25e6, bound: 5, unit: "CPU s", is: "at most" },
        // The directory takes up to eight bytes a record for two algorithms; the rest is what Node takes for itself.
        { name: "memory of an opened list beyond its sections", figure: (of("look-up", "heldBytes") - of("import", "segmentBytes")) / 2 ** 20, bound: 32 + (8 * records) / 2 ** 20, unit: "MiB", is: "at most" },
        { name: "exact look-up", figure: worstUs, bound: 1.5, unit: "us", is: "at most" },
      ];
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
};

function measuredRound(home: string): Record<string, Figures> {
  mkdirSync(home);
  const measured: Record<string, Figures> = { parse: phase("parse", home, records) };
  const imported = phase("import", home, records);
  // A long form tells what it knows: hours may lie between.
  if (records > 5_000_000) for (const [name, figures] of Object.entries({ ...measured, import: imported })) process.stderr.write(`${name}: ${JSON.stringify(figures)}\n`);
  const segmentBytes = Number(execFileSync("du", ["-sb", join(home, "segments")], { encoding: "utf8" }).split("\t")[0]);
  measured["import"] = { ...imported, segmentBytes };
  measured["look-up"] = phase("look-up", home, records);
  measured["sqlite"] = phase("sqlite", home, comparedRecords);
  measured["stream-json"] = phase("stream-json", home, streamedRecords);
  rmSync(home, { recursive: true });
  return measured;
}

function phase(name: string, home: string, count: number): Figures {
  const output = execFileSync(process.execPath, [...process.execArgv, beside("list-phases.ts"), name, home, String(count), String(seed)], { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
  return JSON.parse(output) as Figures;
}

function compare(print: (line: string) => void, folder: string, of: (phase: string, figure: string) => number): void {
  const perRecordUs = (of("import", "cpuSeconds") / records) * 1e6;
  print("");
  print(tableRow([`compared (${readable(comparedRecords)}; ours: look-up, whole import)`, "theirs", "ours", "ratio"]));
  const row = (name: string, theirs: number, ours: number): void => print(tableRow([name, readable(theirs), readable(ours), `${readable(theirs / ours)} x`]));
  row("SQLite primary key, MD5 hit, us", of("sqlite", "hitUs"), of("look-up", "md5HitUs"));
  row("SQLite primary key, MD5 miss, us", of("sqlite", "missUs"), of("look-up", "md5MissUs"));
  row("SQLite insert of sorted MD5, us a record", (of("sqlite", "insertCpuSeconds") / comparedRecords) * 1e6, perRecordUs);
  row(`stream-json into SQLite (${readable(streamedRecords)}), us a record`, (of("stream-json", "cpuSeconds") / streamedRecords) * 1e6, perRecordUs);
  const hfindUs = hfindIndexUs(folder);
  if (hfindUs === null) print("hfind: skipped, it is not installed");
  else row("hfind -i md5sum, us a record", hfindUs, perRecordUs);
}

/** CPU time of hfind's index over an md5sum file, a record; its look-up of one record is checked. */
function hfindIndexUs(folder: string): number | null {
  if (spawnSync("hfind", ["-V"]).error !== undefined) return null;
  const file = join(folder, "md5sum.txt");
  const digests = recordDigests(seed);
  const md5 = (record: number): string => Buffer.from(digests(record).subarray(0, 16)).toString("hex");
  const descriptor = openSync(file, "wx", 0o600);
  for (let record = 0; record < comparedRecords; ) {
    const lines: string[] = [];
    for (; record < comparedRecords && lines.length < 10_000; record++) lines.push(`${md5(record)}  ${record}.synthetic\n`);
    writeSync(descriptor, lines.join(""));
  }
  closeSync(descriptor);
  const timing = spawnSync("bash", ["-c", 'TIMEFORMAT="%U %S"; time hfind -i md5sum "$0" > /dev/null', file], { encoding: "utf8" });
  const [user = Number.NaN, system = Number.NaN] = timing.stderr.trim().split("\n").at(-1)!.split(" ").map(Number);
  const found = spawnSync("hfind", [file, md5(comparedRecords >> 1)], { encoding: "utf8" }).stdout;
  if (timing.status !== 0 || !found.includes(`${comparedRecords >> 1}.synthetic`) || statSync(file).size === 0) throw new Error(`hfind: found ${JSON.stringify(found)}, expected the record that was planted`);
  return ((user + system) / comparedRecords) * 1e6;
}
