import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { openRecord } from "../../src/record/open-view.ts";
import type { RecordView } from "../../src/record/view.ts";
import { program } from "../support/blindmatch.ts";
import { type Bench, median, readable, tableRow, type Target } from "./bench.ts";
import { beside } from "./built.ts";
import { drawTree, type DrawnTree } from "./order-tree.ts";

type Figures = Readonly<Record<string, number>>;

const entries = Number(process.env["BENCH_ENTRIES"] ?? 1_000_000);
const files = Number(process.env["BENCH_FILES"] ?? 50_000);
const rounds = Number(process.env["BENCH_ROUNDS"] ?? 3);

/**
 * How long listing takes, and how early the first match comes.
 *
 * Shape: the walk in a mounted ext4 image where this user may mount one, else in the temporary folder; the scan by the real program, over a tree that is drawn.
 *        BENCH_ENTRIES, BENCH_FILES and BENCH_ROUNDS (of the walk) say how many; 0 leaves that part out.
 */
export const order: Bench = {
  name: "order",
  async run(print) {
    const folder = mkdtempSync(join(tmpdir(), "blindmatch-bench-order-"));
    try {
      return [...(entries > 0 ? measureWalk(folder, print) : []), ...(files > 0 ? await measureFirstMatch(folder, print) : [])];
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

function measureWalk(folder: string, print: (line: string) => void): readonly Target[] {
  const root = join(folder, "walked");
  mkdirSync(root);
  const image = join(folder, "image");
  const isMounted = process.getuid?.() === 0 && mounted(image, root, () => phase("fill", root));
  try {
    if (!isMounted) phase("fill", root);
    const walks = Array.from({ length: rounds }, () => phase("walk", root));
    const classes = phase("classes", root);
    mkdirSync(join(folder, "plan"), { mode: 0o700 });
    const plan = phase("plan", root, join(folder, "plan"));
    const us = (seconds: number): number => (seconds / entries) * 1e6;
    const of = (figure: string): number => us(median(walks.map((walk) => walk[figure]!)));
    print(tableRow([`${readable(entries)} entries, ${isMounted ? "ext4 image" : "temporary folder"}, load ${loadavg()[0]!.toFixed(0)}`, "CPU us an entry", "wall us an entry", "RSS peak MiB"]));
    print(tableRow(["walk: listing and status", readable(of("cpuSeconds")), readable(of("wallSeconds")), readable(median(walks.map((walk) => walk["maxRssBytes"]!)) / 2 ** 20)]));
    print(tableRow(["  the first time", readable(us(walks[0]!["firstCpuSeconds"]!)), readable(us(walks[0]!["firstWallSeconds"]!))]));
    print(tableRow(["class of triage", readable(us(classes["cpuSeconds"]!))]));
    print(tableRow(["walk and plan in order", readable(us(plan["cpuSeconds"]!)), readable(us(plan["wallSeconds"]!)), readable(plan["maxRssBytes"]! / 2 ** 20)]));
    return [{ name: `walk of ${readable(entries)} entries`, figure: of("cpuSeconds"), bound: 12, unit: "CPU us an entry", is: "at most" }];
  } finally {
    if (isMounted) execFileSync("umount", [root]);
    rmSync(image, { force: true });
  }
}

/** Fills an image and mounts it as evidence is; false where this machine does not let it. */
function mounted(image: string, root: string, fill: () => void): boolean {
  const did = (command: string, ...args: readonly string[]): boolean => spawnSync(command, args).status === 0;
  if (!did("truncate", "-s", String(entries * 4096 + 2 ** 30), image) || !did("mkfs.ext4", "-q", "-F", "-N", String(Math.round(entries * 1.2) + 1000), image) || !did("mount", "-o", "loop", image, root)) return false;
  try {
    fill();
  } finally {
    execFileSync("umount", [root]);
  }
  return did("mount", "-o", "ro,loop,noload", image, root);
}

function phase(name: string, root: string, ...more: readonly string[]): Figures {
  const output = execFileSync(process.execPath, [...process.execArgv, beside("order-phases.ts"), name, root, String(entries), ...more], { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
  return JSON.parse(output) as Figures;
}

async function measureFirstMatch(folder: string, print: (line: string) => void): Promise<readonly Target[]> {
  const [evidence, home, place] = [join(folder, "evidence"), join(folder, "home"), join(folder, "case")];
  mkdirSync(evidence);
  const tree = await drawTree(evidence, files);
  const list = join(folder, "list.csv");
  const unrelated = Array.from({ length: 1000 }, (_, row) => `,${createHash("sha256").update(`${row}`).digest("hex")},1\n`);
  writeFileSync(list, `md5,pdq,category\n${createHash("md5").update(tree.planted.content).digest("hex")},,1\n${unrelated.join("")}`);
  run(0, "list", "import", list, "--agency", "A", "--list-name", "l", "--list-version", "1", "--scale", "vic-us", "--accept-unsigned", "synthetic", "--home", home);
  run(1, "scan", evidence, "--case", place, "--case-number", "C", "--exhibit", "E", "--examiner", "X", "--home", home, "--allow-writable", "bench", "--quiet");
  const record = openRecord(place);
  try {
    return [told(record, tree, print)];
  } finally {
    record.close();
  }
}

function told(record: RecordView, tree: DrawnTree, print: (line: string) => void): Target {
  const log = [...record.log()];
  const rowAt = (kind: string): number => Date.parse(log.find((row) => row.kind === kind)!.at);
  const first = record.firstMatch()!;
  const totalMs = log.flatMap((row) => (row.kind === "closed" ? [row.body.elapsedMs] : []))[0]!;
  const share = (part: number, whole: number): string => `${readable((100 * part) / whole)} %`;
  const rows = [...record.entries()];
  if (Buffer.from(rows[first.entry]!.path).toString() !== tree.planted.path) throw new Error("bench: found another first match than the planted one");
  const before = rows.filter(({ path }) => Buffer.compare(path, Buffer.from(tree.planted.path)) < 0);
  const sizeOf = (some: typeof rows): number => some.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  print("");
  print(tableRow([`${readable(tree.files)} files, ${readable(tree.pictures)} pictures, ${readable(tree.bytes / 1e9)} GB, load ${loadavg()[0]!.toFixed(0)}`, "s", "of the scan"]));
  print(tableRow(["until the plan is there (start, self-test, walk, plan)", readable((rowAt("planned") - rowAt("opened")) / 1000), share(rowAt("planned") - rowAt("opened"), totalMs)]));
  print(tableRow(["until the first match is recorded", readable(first.elapsedMs! / 1000), share(first.elapsedMs!, totalMs)]));
  print(tableRow(["  entries behind it", readable(first.reached.entries), share(first.reached.entries, rows.length)]));
  print(tableRow(["  GB behind it", readable(Number(first.reached.bytes) / 1e9), share(Number(first.reached.bytes), tree.bytes)]));
  print(tableRow(["  by path alone: GB that would be", readable(sizeOf(before) / 1e9), share(sizeOf(before), tree.bytes)]));
  print(tableRow(["the whole scan", readable(totalMs / 1000)]));
  return { name: "time to the first match", figure: (100 * first.elapsedMs!) / totalMs, bound: 5, unit: "% of the scan's", is: "at most" };
}

function run(expected: number, ...args: readonly string[]): void {
  const { status, stderr } = spawnSync(process.execPath, [program, ...args], { maxBuffer: 1 << 28 });
  if (status !== expected) throw new Error(`bench: blindmatch ${args[0] ?? ""}: found status ${String(status)}, expected ${expected}: ${stderr.toString()}`);
}
