import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fillExhibit } from "../support/exhibit.ts";
import { maySandbox } from "../support/may-sandbox.ts";

// The main job on a synthetic exhibit, with the commands an examiner would type: import, scan, read the report.

const place = resolve(process.argv[2] ?? "dist/demo");
const evidence = join(place, "evidence");
const caseFolder = join(place, "case");
const program = resolve("bin/blindmatch");

function blindmatch(...args: readonly string[]): { status: number; output: string } {
  process.stdout.write(`\n$ blindmatch ${args.map((word) => (/[^\w./:-]/.test(word) ? `"${word}"` : word)).join(" ")}\n`);
  const ended = spawnSync(process.execPath, [program, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  process.stdout.write(ended.stdout);
  return { status: ended.status ?? 70, output: ended.stdout.toString() };
}

interface Line {
  readonly type: string;
  readonly kind?: string;
  readonly recordId?: string;
  readonly entry?: { readonly path: string };
}

const problems: string[] = [];
const must = (holds: boolean, sentence: string): void => {
  process.stdout.write(`${holds ? "ok  " : "FAIL"}  ${sentence}\n`);
  if (!holds) problems.push(sentence);
};

if (existsSync(evidence)) for (const old of [evidence, caseFolder, join(place, "home")]) rmSync(old, { recursive: true, force: true });
mkdirSync(evidence, { recursive: true, mode: 0o700 });
process.stdout.write(`drawing a synthetic exhibit in ${evidence} ...\n`);
const planted = await fillExhibit(evidence);
const vicsFile = join(place, "synthetic-agency.json");
const pdqFile = join(place, "synthetic-agency-pdq.csv");
writeFileSync(vicsFile, planted.vicsList);
writeFileSync(pdqFile, planted.pdqList);

const home = join(place, "home");
const agency = ["--agency", "Synthetic Agency", "--list-version", "2026-11", "--scale", "vic-us", "--accept-unsigned", "synthetic", "--home", home];
const imports = [blindmatch("list", "import", vicsFile, "--list-name", "pictures", ...agency), blindmatch("list", "import", pdqFile, "--list-name", "pictures-pdq", ...agency)];
must(imports.every(({ status }) => status === 0), "both lists were imported");

if (!maySandbox) process.stdout.write("\nthis machine has no sandbox for decoders (apt install bubblewrap); an exhibit would be refused. The demo's own pictures are decoded without one, as its reports warn.\n");
const scanned = blindmatch("scan", evidence, "--case", caseFolder, "--case-number", "DEMO-1", "--exhibit", "EX-1", "--examiner", "demo",
  "--home", home, "--allow-writable", "synthetic demo exhibit, no drive", ...(maySandbox ? [] : ["--isolation", "process"]));

const lines = readFileSync(join(caseFolder, "report.jsonl"), "utf8").split("\n").filter(Boolean).map((line) => JSON.parse(line) as Line);
const found = (kind: string): string[] => lines.filter((line) => line.type === "match" && line.kind === kind).map(({ entry, recordId }) => `${entry?.path} = ${recordId}`).sort();
const expected = (paths: ReadonlyMap<string, string>): string[] => [...paths].map(([path, record]) => `${path} = ${record}`).sort();

process.stdout.write("\nwhat was planted against what was found:\n");
must(JSON.stringify(found("exact")) === JSON.stringify(expected(planted.exact)), `exact: all ${planted.exact.size} copies (renamed, moved, hidden behind another extension, hard link), and nothing else`);
must(planted.near.size > 0 && [...expected(planted.near)].every((line) => found("near").includes(line)), `near: all ${planted.near.size} altered pictures (re-encoded, resized, other format, rotated, mirrored, letterboxed)`);
const relatives = new Set([...planted.near.keys(), ...planted.exact.keys()]);
must(lines.filter((line) => line.type === "match").every(({ entry }) => relatives.has(entry?.path ?? "")), "no picture that is no relative of a listed one matched");
const asRoot = process.getuid?.() === 0;
const unread = lines.filter((line) => line.type === "unread").map(({ entry }) => entry?.path);
if (asRoot) process.stdout.write("left out: the unreadable file (you are root, who may read everything)\n");
else must(JSON.stringify(unread) === JSON.stringify(planted.unreadable), "the unreadable file is reported as unread");
must(scanned.status === (asRoot ? 1 : 3), `exit status ${asRoot ? "1: matches" : "3: something was not examined"}`);
process.stdout.write(`left out: a read-only mount (needs root; see the README for a real image)\n`);
process.stdout.write(`\nreport: ${join(caseFolder, "report.html")}\n`);
process.exit(problems.length === 0 ? 0 : 1);
