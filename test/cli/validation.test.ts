import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { drawCorpus } from "../../src/validation/corpus.ts";
import { type Assertion, type Kit, kitOf } from "../../src/validation/kit.ts";
import { kitLists } from "../../src/validation/lists.ts";
import { requirement, requirementIds } from "../../src/validation/requirements.ts";
import { programRunner } from "../../src/validation/run-program.ts";
import { stockMinisign } from "../../src/validation/stock-minisign.ts";
import { showFormats, showPolicy } from "../../src/validation/show-lists.ts";
import { writeCorpus } from "../../src/validation/validate.ts";
import { blindmatch, jsonLines, startBlindmatch } from "../support/blindmatch.ts";
import { temporaryFolder } from "../support/folder.ts";
import { maySandbox } from "../support/may-sandbox.ts";
import { describeWith, has, mayMount, run } from "../support/tools.ts";

const folder = temporaryFolder();
const key = join(folder, "brandt.key");
const readme = readFileSync("README.md", "utf8");
const reports = ["validation.html", "validation.jsonl", "validation.manifest.json", "validation.manifest.json.minisig"];
const reportsIn = (place: string): string[] => readdirSync(place).filter((name) => name.startsWith("validation"));

beforeAll(() => {
  expect(blindmatch("key", "new", key, "--no-passphrase").status).toBe(0);
});

/** A copy of the program in which something is wrong. Gives the file to start. */
function faulty(name: string, { file, right, wrong }: Fault): string {
  const copy = join(folder, `faulty ${name}`);
  mkdirSync(copy);
  for (const part of ["dist", "bin", "package.json"]) cpSync(resolve(part), join(copy, part), { recursive: true });
  symlinkSync(resolve("node_modules"), join(copy, "node_modules"));
  const path = join(copy, "dist", file);
  const bytes = readFileSync(path);
  if (right === null) bytes[Math.floor(bytes.length * 0.75)]! ^= 1;
  else expect(bytes.toString().split(right)).toHaveLength(2);
  writeFileSync(path, right === null ? bytes : bytes.toString().replace(right, wrong));
  return join(copy, "bin/blindmatch");
}

/** Shape: `right` null turns a bit of a file that is no text. */
interface Fault {
  readonly file: string;
  readonly right: string | null;
  readonly wrong: string;
}

function faultyKit(name: string, fault: Fault): Kit {
  const place = join(folder, `kit ${name}`);
  mkdirSync(place);
  const kit = kitOf({ folder: place, corpus: drawCorpus(2), isolation: "process", asRoot: true, minisign: stockMinisign(place), kernels: resolve("dist/kernels"), run: programRunner(faulty(name, fault), new AbortController().signal) });
  writeCorpus(kit);
  return kit;
}

function commandLine(process: string): string {
  try {
    return readFileSync(`/proc/${process}/cmdline`, "utf8");
  } catch {
    // It ended meanwhile.
    return "";
  }
}

const failed = (assertions: readonly Assertion[]): string[] => [...new Set(assertions.filter(({ expected, actual }) => expected !== actual).map(({ requirement: id }) => id))];

describe("selftest --kit", () => {
  const place = join(folder, "validation-2026-11");
  const section = readme.slice(readme.indexOf("## Validation"), readme.indexOf("## Near matching"));

  it("shows every requirement that a machine can show, and names the tests that show the others", { timeout: 300_000 }, () => {
    const { status, out, err } = blindmatch("selftest", "--kit", place, "--key", key);
    expect(out).not.toContain("FAIL");
    expect(status, err).toBe(0);
    const printed = out.replaceAll(folder, "").replace(/key [0-9A-F]{16}/, "key 6B7296E5A223ED6C");
    if (maySandbox) expect(section).toContain(`    $ blindmatch selftest --kit validation-2026-11 --key brandt.key\n${printed.replaceAll(/^(?=.)/gm, "    ")}    $ echo $?\n    0\n`);
    const lines = jsonLines(readFileSync(join(place, "validation.jsonl"), "utf8"));
    const results = lines.filter(({ type }) => type === "requirement");
    expect(results.map(({ requirement: id }) => id)).toEqual(requirementIds);
    for (const { requirement: id, outcome, instead } of results) {
      const { shownBy } = requirement(id as (typeof requirementIds)[number]);
      const isHere = shownBy === undefined && (maySandbox || id !== "REQ-20");
      expect([id, outcome]).toEqual([id, isHere ? "pass" : "not-run"]);
      for (const { file, title } of shownBy?.tests ?? []) expect(String(instead)).toContain(`${file}, "${title.replaceAll("%s", "...")}"`);
    }
    expect(lines.filter(({ type }) => type === "assertion").length).toBeGreaterThan(150);
    expect(lines.filter(({ type }) => type === "run").length).toBeGreaterThan(70);
    expect(lines[0]).toMatchObject({ seed: 1, corpusSha256: drawCorpus(1).sha256 });
    const asserted = (id: string): string => lines.filter(({ type, requirement: of }) => type === "assertion" && of === id).map(({ assertion }) => String(assertion)).join("\n");
    for (const form of ["vics of the interrupted scan", "vics of the finished scan", "jsonl of the interrupted scan"]) expect(asserted("REQ-59")).toContain(form);
    if (has("minisign")) {
      for (const words of [/signed by minisign \d\S* with a trusted key it is imported/, /signed by minisign \d\S* and altered it is refused/, /minisign \d\S* verifies that signature/]) expect(asserted("REQ-35")).toMatch(words);
      expect(asserted("REQ-57")).toMatch(/minisign \d\S* verifies the manifest's signature/);
    }
    const { confinements, isolations } = JSON.parse(blindmatch("report", join(place, "cases/main"), "--format", "jsonl").out.split("\n")[0]!) as { confinements: { sentence: string }[]; isolations: { isolation: string }[] };
    expect(lines[0]).toMatchObject({ reading: expect.stringContaining(confinements[0]!.sentence), decoding: expect.stringMatching(maySandbox ? /^sandbox: .*; 31 attempts to leave it were seen to fail\.$/ : /^process: .*WITHOUT a sandbox/), signatures: expect.stringContaining(has("minisign") ? "by the stock program of this machine (minisign " : "no stock minisign") });
    expect(isolations.map(({ isolation }) => isolation)).toEqual([maySandbox ? "sandbox" : "process"]);
    const kernel = createHash("sha256").update(readFileSync("dist/kernels/pdq.wasm")).digest("hex");
    expect(lines[0]?.["versions"]).toMatchObject({ "pdq kernel": kernel, node: process.versions.node, "SHA-256 of the program (bin, dist, package.json)": expect.stringMatching(/^[0-9a-f]{64}$/), bubblewrap: expect.any(String) });
    const { files } = JSON.parse(readFileSync(join(place, "validation.manifest.json"), "utf8")) as { files: { name: string; sizeBytes: number; sha256: string }[] };
    expect(files.map(({ name }) => name).sort()).toEqual(reports.slice(0, 2));
    for (const { name, sizeBytes, sha256 } of files) {
      const bytes = readFileSync(join(place, name));
      expect([bytes.length, createHash("sha256").update(bytes).digest("hex")]).toEqual([sizeBytes, sha256]);
    }
  });

  describeWith("minisign", has("minisign"), "its signature", () => {
    it("is verified by the stock programs, with the README's commands", () => {
      const [inFolder = "", ...commands] = [...section.matchAll(/^ {4}\$ (cd .*|minisign .*|awk .*)$/gm)].map(([, command = ""]) => command);
      expect([inFolder, commands.length]).toEqual(["cd validation-2026-11", 2]);
      const out = run("sh", ["-ec", `cd '${folder}'; ${inFolder}; ${commands.join("; ")}`]).toString();
      expect(out).toMatch(/^Signature and comment signature verified\nTrusted comment: validation of blindmatch .*: \d+ passed, 0 failed, \d+ not run, seed 1, .*\nvalidation.jsonl: OK\nvalidation.html: OK\n$/);
    });
  });

  it("takes a new or an empty folder, somebody who signs, and a seed", () => {
    mkdirSync(join(folder, "full"));
    writeFileSync(join(folder, "full", "a"), "");
    const refused = (...args: string[]) => blindmatch("selftest", ...args);
    expect(refused("--kit", join(folder, "full"), "--key", key)).toMatchObject({ status: 5, err: expect.stringContaining("holds something") });
    expect(refused("--kit", join(folder, "unsigned"))).toMatchObject({ status: 2, err: expect.stringContaining("nobody who signs") });
    expect(refused("--kit", join(folder, "unsigned"), "--key", join(folder, "none"))).toMatchObject({ status: 2 });
    expect(refused("--kit", key, "--key", key)).toMatchObject({ status: 2, err: expect.stringContaining("no folder can be made") });
    for (const seed of ["-1", "x", "2147483648"]) expect(refused("--kit", join(folder, "unsigned"), "--key", key, "--seed", seed).status).toBe(2);
    expect(refused("--seed", "1")).toMatchObject({ status: 2, err: expect.stringContaining("--kit") });
  });

  it("ends with 130 at Ctrl-C, with no report and no process left", async () => {
    const interrupted = join(folder, "interrupted");
    const running = startBlindmatch("selftest", "--kit", interrupted, "--key", key);
    let err = "";
    const status = await new Promise<number | null>((end) => {
      running.stderr!.on("data", (bytes: Buffer) => {
        if (!err.includes("list formats") && (err += bytes.toString()).includes("list formats")) process.kill(running.pid!, "SIGINT");
        else err += bytes.toString();
      });
      running.on("close", end);
    });
    expect([status, reportsIn(interrupted)]).toEqual([130, []]);
    expect(err).toContain("there is no report");
    const left = readdirSync("/proc").filter((name) => /^\d+$/.test(name) && commandLine(name).includes(interrupted));
    expect(left.map(commandLine)).toEqual([]);
  });

  describeWith("root and mount", mayMount, "on a full disk", () => {
    // What the exhibits take, in whole pages; the lists that come after them have no room for all.
    const pages = Object.values(drawCorpus(1).exhibits).flat().reduce((sum, planted) => sum + ("bytes" in planted ? Math.ceil(planted.bytes.length / 4096) : 0), 0);

    it.each([["while it draws", pages - 1000], ["while the program works", pages + 30]])("ends with 70 and leaves no report (%s)", (_, size) => {
      const disk = join(folder, `disk-of-${size}`);
      mkdirSync(disk);
      run("mount", ["-t", "tmpfs", "-o", `size=${4096 * size}`, "tmpfs", disk]);
      const { status, out, err } = blindmatch("selftest", "--kit", join(disk, "kit"), "--key", key, "--isolation", "process");
      expect([status, out], err).toEqual([70, ""]);
      expect(err).toMatch(/this machine refused: ENOSPC.*begin with another folder/);
      expect(reportsIn(join(disk, "kit"))).toEqual([]);
    });
  });
});

describe("a fault of the program", () => {
  const trivial: Fault = { file: "lists/hygiene.js", right: "if (content === null)", wrong: "if (content === null || content.times === 0)" };

  it("in what a list leaves out is found", async () => {
    const kit = faultyKit("hygiene", trivial);
    expect(failed(await showFormats(kit, kitLists(kit.corpus).slice(0, 1)))).toEqual(["REQ-32"]);
  });

  it("in what a signature is held against is found", async () => {
    const kit = faultyKit("signature", { file: "minisign/signature.js", right: "keys.filter(({ key }) => verify(null, hashed, key, ofFile))", wrong: "keys.filter(() => true)" });
    expect(failed(await showPolicy(kit))).toEqual(["REQ-35"]);
  });

  // Takes half a minute of processor time each: VALIDATION=all.
  const faults: readonly (readonly [name: string, requirement: string, fault: Fault])[] = [
    ["trivial digests are kept", "REQ-32", trivial],
    ["near ends a bit too early", "REQ-40", { file: "reference/reference-set.js", right: "nearDistanceBits = 31", wrong: "nearDistanceBits = 30" }],
    ["a record is not looked at", "REQ-53", { file: "record/verify-record.js", right: "return unlessDamaged(() => [...discrepanciesIn(database, version)]);", wrong: "return [];" }],
    ["a report is made of whatever rows there are", "REQ-68", { file: "record/open-view.js", right: "openedView(folder, requireSound)", wrong: "openedView(folder, () => undefined)" }],
    ["names with a dot are passed over", "REQ-01", { file: "evidence/list-folder.js", right: "if (isNew(name, given, before))", wrong: "if (name[0] !== 46 && isNew(name, given, before))" }],
    ["writable evidence is taken", "REQ-11", { file: "cli/evidence-checks.js", right: "if (reason !== undefined || mount?.concerns.length === 0)", wrong: "if (true)" }],
    ["CSV lacks distances", "REQ-58", { file: "reports/csv-rows.js", right: "distance_bits: text(match.distanceBits)", wrong: "distance_bits: text(null)" }],
    ["every scan ends at once", "REQ-53", { file: "cli/scan-command.js", right: "export async function runScan(", wrong: "export async function runScan() { return 70; }\nexport async function unused(" }],
    ["another kernel", "REQ-39", { file: "kernels/pdq.wasm", right: null, wrong: "" }],
  ];
  it.each(process.env["VALIDATION"] === "all" ? faults : [])("fails its requirement by the real program, in a signed report: %s", { timeout: 600_000 }, (name, id, fault) => {
    const place = join(folder, `whole ${name}`);
    const isolation = maySandbox ? [] : ["--isolation", "process"];
    const { status, stderr } = spawnSync(process.execPath, [faulty(name, fault), "selftest", "--kit", place, "--key", key, ...isolation]);
    expect(status, stderr.toString()).toBe(70);
    const lines = jsonLines(readFileSync(join(place, "validation.jsonl"), "utf8"));
    expect(lines.filter(({ type, outcome }) => type === "requirement" && outcome === "fail").map(({ requirement: failing }) => failing)).toContain(id);
    expect(reportsIn(place).sort()).toEqual(reports);
  });
});
