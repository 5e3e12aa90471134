import { createHash } from "node:crypto";
import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { type Ended, entryOf, program, type ReportLine, wholeReport } from "../support/blindmatch.ts";
import { compiledFile } from "../support/decoder-program.ts";
import { drawPhoto, encode } from "../support/draw.ts";
import { temporaryFolder } from "../support/folder.ts";
import { faultingLibrary } from "../support/native-fault.ts";
import { pdqCodes } from "../../src/perceptual/pdq.ts";
import { maySandbox } from "../support/may-sandbox.ts";
import { describeWith } from "../support/tools.ts";

// The program itself, in a copy whose decoder has a flaw of each kind that a picture may set off, in its own sandbox.

const folder = temporaryFolder();
const clone = join(folder, "clone");
const evidence = join(folder, "evidence");
const home = join(folder, "home");

/** What a picture that holds the text does to its decoder, and what its row says. */
const disasters = {
  "native fault": { does: `process.dlopen({ exports: {} }, "/app/dist/perceptual/fault.node");`, status: "crash" },
  abort: { does: "process.abort();", status: "crash" },
  "busy loop": { does: "for (;;);", status: "timeout" },
  "allocation without end": { does: "const all = []; for (;;) all.push(Buffer.alloc(2 ** 25, 1));", status: "crash" },
} as const;

/** How long a picture may take in the copy, rather than twenty seconds and more. */
const deadlineMs = 5_000;

function altered(name: string, from: string, to: string): void {
  const path = join(clone, "dist/perceptual", name);
  const text = readFileSync(path, "utf8");
  if (!text.includes(from)) throw new Error(`${path}: found no ${from}, expected what is to be altered`);
  writeFileSync(path, text.replace(from, to));
}

function run(...args: readonly string[]): Ended {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(clone, "bin/blindmatch"), ...args, "--home", home], { maxBuffer: 1 << 26 });
  return { status, out: stdout.toString(), err: stderr.toString() };
}

describeWith("bwrap", maySandbox, "a flaw of the decoder that a picture sets off", () => {
  const calm = new Map<string, Buffer>();
  let lines: readonly ReportLine[] = [];
  let ended: Ended;

  beforeAll(async () => {
    mkdirSync(clone);
    cpSync(dirname(dirname(compiledFile("decoder-process.js"))), join(clone, "dist"), { recursive: true, filter: (path) => !path.endsWith("/dist/demo") });
    cpSync(dirname(program), join(clone, "bin"), { recursive: true });
    cpSync(resolve(dirname(program), "../package.json"), join(clone, "package.json"));
    symlinkSync(resolve(dirname(program), "../node_modules"), join(clone, "node_modules"));
    chmodSync(folder, 0o755);
    writeFileSync(join(clone, "dist/perceptual/fault.node"), faultingLibrary(process.arch));
    const flaws = Object.entries(disasters).map(([name, { does }]) => `if (Buffer.from(picture).includes("disaster: ${name}")) { ${does} }`);
    altered("decoder-process.js", "async function answer({ nonce, mediaType, picture }) {", `async function answer({ nonce, mediaType, picture }) { ${flaws.join(" ")}`);
    altered("decoder.js", "Math.min(60_000, 20_000 +", `Math.min(${deadlineMs}, ${deadlineMs} +`);

    mkdirSync(evidence);
    const rows = ["record_id,pdq,pdq_quality,category"];
    for (let seed = 1; seed <= 12; seed++) {
      const photo = drawPhoto(seed, 160 + seed, 120);
      const name = `${String(seed).padStart(2, "0")} calm.png`;
      const file = await encode(photo, "png");
      calm.set(name, file);
      writeFileSync(join(evidence, name), file);
      const [full] = pdqCodes({ data: photo.data, widthPixels: photo.info.width, heightPixels: photo.info.height, channels: 3 });
      rows.push(`R-${seed},${Buffer.from(full!.code).toString("hex")},${full!.quality},1`);
    }
    for (const [at, name] of Object.keys(disasters).entries()) {
      writeFileSync(join(evidence, `${String(3 * at + 2).padStart(2, "0")} ${name}.png`), Buffer.concat([await encode(drawPhoto(50 + at, 160, 120), "png"), Buffer.from(`disaster: ${name}`)]));
    }
    const list = join(folder, "list.csv");
    writeFileSync(list, `${rows.join("\n")}\n`);
    expect(run("list", "import", list, "--agency", "A", "--list-name", "L", "--list-version", "1", "--scale", "vic-us", "--accept-unsigned", "test")).toMatchObject({ status: 0 });
    ended = run("scan", evidence, "--case", join(folder, "case"), "--case-number", "C", "--exhibit", "E", "--examiner", "X", "--readers", "1", "--allow-writable", "test", "--quiet");
    lines = wholeReport(join(folder, "case"));
  });

  it("leaves the scan to its end, which says that something was not compared", () => {
    expect([ended.status, ended.err]).toEqual([3, ""]);
  });

  it.each(Object.entries(disasters))("%s: costs that row its near comparison, and its digest stands (REQ-22)", (name, { status }) => {
    const entry = lines.find((line) => line.type === "entry" && String(line["path"]).includes(name))!;
    expect(entry["outcome"]).toBe("examined");
    expect(entry["picture"]).toMatchObject({ status });
    const bytes = readFileSync(join(evidence, String(entry["path"])));
    expect(entry["digests"]).toMatchObject({ sha256: createHash("sha256").update(bytes).digest("hex") });
  });

  it("costs no other row anything", () => {
    const entries = lines.filter((line) => line.type === "entry" && String(line["path"]).includes("calm"));
    expect(entries.map((entry) => [entry["path"], (entry["picture"] as { status: string }).status, (entry["digests"] as { sha256: string }).sha256])).toEqual(
      [...calm].map(([name, bytes]) => [name, "hashed", createHash("sha256").update(bytes).digest("hex")]),
    );
    const matches = lines.filter((line) => line.type === "match" && line["kind"] === "near").map((line) => [entryOf(line)["path"], line["recordId"]]);
    expect(matches).toEqual([...calm].map(([name], at) => [name, `R-${at + 1}`]));
  });
});
