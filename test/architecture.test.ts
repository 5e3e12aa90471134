import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import ts from "typescript";
import { describe, expect, it } from "vitest";

const src = resolve(import.meta.dirname, "../src");
const files = readdirSync(src, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts") && !name.startsWith("kernels/assembly/"));
const ground = ["model.ts", "adler32.ts", "isolation.ts", "mount-concerns.ts", "failure.ts", "path-text.ts", "ordered.ts", "picture-facts.ts", "system-programs.ts", "make-folders.ts"];

interface Rule {
  /** Folders, or files of src itself, that may be imported besides the folder itself. */
  readonly may: readonly string[];
  readonly packages: readonly string[];
  readonly because: string;
}

const nodeModules = ["node:buffer", "node:fs", "node:fs/promises", "node:crypto", "node:path", "node:module", "node:zlib", "node:os", "node:url", "node:stream", "node:string_decoder"];

const rules: Readonly<Record<string, Rule>> = {
  "model.ts": { may: [], packages: [], because: "the nouns are data: whatever they would import belongs to the folder that uses it" },
  "adler32.ts": { may: [], packages: [], because: "a checksum is a pure function: whoever needs it hands it bytes" },
  "isolation.ts": { may: [], packages: [], because: "the ways of reading and decoding are words; what they do is the work of reading/ and perceptual/" },
  "mount-concerns.ts": { may: [], packages: [], because: "what stands against a mount are words; finding out is evidence/'s work" },
  "failure.ts": { may: [], packages: [], because: "an error names its code and text; what to print is cli's business" },
  "path-text.ts": { may: [], packages: [], because: "hostile names are rendered without anybody's help" },
  "picture-facts.ts": { may: [], packages: [], because: "facts are values: what they would import belongs to the folder that uses them" },
  "system-programs.ts": { may: [], packages: ["node:fs"], because: "it says where a program of the system lies; what it is started for is its caller's business" },
  "make-folders.ts": { may: ["failure.ts"], packages: ["node:fs", "node:path"], because: "it makes folders; what is laid into them is its caller's business" },
  "ordered.ts": { may: [], packages: ["p-limit"], because: "order is kept by one small function over p-limit" },
  evidence: { may: ground, packages: nodeModules, because: "evidence/ says what is there; it knows no list, no record and no picture. Hand what you need in as an argument from cli/" },
  seccomp: { may: [], packages: [], because: "filters of system calls are numbers: who is confined by which is reading/'s and perceptual/'s business" },
  reading: {
    may: [...ground, "evidence", "kernels", "seccomp"],
    packages: [...nodeModules, "node:child_process", "node:v8", "@napi-rs/blake-hash", "blake3"],
    because: "readers hold content: give them digests and types to compute, never lists, records or reports",
  },
  perceptual: {
    may: [...ground, "kernels", "seccomp"],
    packages: [...nodeModules, "node:child_process", "node:net", "node:v8", "node:vm", "sharp", "libheif-js/libheif-wasm/libheif-bundle.js"],
    because: "the decoder sees bytes and gives codes; it must not know where they come from or what they are compared with",
  },
  kernels: { may: [], packages: ["node:fs"], because: "kernels are pure functions over memory; node:fs is there to load them" },
  minisign: { may: [], packages: ["node:crypto", "@noble/hashes/blake2.js"], because: "keys and signatures are bytes: whoever reads their files words the errors and knows what was signed" },
  sealing: {
    may: [...ground, "minisign", "record", "reports"],
    packages: [...nodeModules, "node:child_process", "age-encryption"],
    because: "sealing/ vouches for what is written down; it sees no evidence, no list and no picture, and cli/ writes its files",
  },
  lists: { may: [...ground, "minisign"], packages: [...nodeModules, "better-sqlite3", "saxes", "age-encryption"], because: "lists/ reads an agency's file into references; storing and looking up is reference/'s work" },
  reference: { may: [...ground, "kernels", "lists"], packages: [...nodeModules, "node:worker_threads", "better-sqlite3"], because: "the imported set sees digests only: no evidence, no record, no report" },
  record: { may: ground, packages: [...nodeModules, "better-sqlite3"], because: "the record writes down what it is given and reads it back; it looks nothing up" },
  reports: { may: [...ground, "record/view.ts"], packages: ["node:crypto"], because: "a report is a pure function over the record's view: no files, no clock, no database; node:crypto is there for digests over what it says" },
  "scan.ts": {
    may: [...ground, "evidence/source.ts", "record/record.ts", "record/view.ts", "reference/reference-set.ts"],
    packages: [],
    because: "the program sees interfaces only; let cli/ hand the implementation in",
  },
  "selftest.ts": {
    may: [...ground, "reference/reference-set.ts"],
    packages: [],
    because: "the self-test sees what it tests through arguments, so that it tests the very parts that the scan will use",
  },
  validation: {
    may: [...ground, "minisign", "perceptual/drawing.ts", "perceptual/pixels.ts", "perceptual/stored-png.ts", "reports/html-markup.ts"],
    packages: [...nodeModules, "node:child_process"],
    because: "the validation runs the program as an examiner does and works out by other means what is right: nothing that it judges may help it to do so",
  },
  cli: { may: [...ground, "scan.ts", "selftest.ts", "validation", "evidence", "reading", "perceptual", "lists", "reference", "record", "reports", "minisign", "sealing"], packages: ["*"], because: "" },
};

const sharpOnlyIn = "perceptual";

function owner(file: string): string {
  return file.includes("/") ? file.slice(0, file.indexOf("/")) : file;
}

function importsOf(file: string): string[] {
  return ts.preProcessFile(readFileSync(join(src, file), "utf8"), true, true).importedFiles.map((imported) => imported.fileName);
}

function offences(file: string, imports: readonly string[] = importsOf(file)): string[] {
  const rule = rules[owner(file)];
  if (rule === undefined) return [`src/${file} lies outside of every folder of the design; put it where its noun lives, or give the folder a rule here`];
  return imports.flatMap((imported) => {
    if (!imported.startsWith(".")) {
      if (imported === "sharp" && owner(file) !== sharpOnlyIn) return [`src/${file} imports sharp: pixels exist in perceptual/ only; send the bytes to a decoder instead`];
      if (imported === "node:child_process" && !["reading", "perceptual", "sealing", "validation"].includes(owner(file)))
        return [`src/${file} imports node:child_process: only reading/ and perceptual/ start processes, sealing/ for tokens and time stamps, and validation/ the program itself; ask one of them for what you need`];
      return rule.packages.includes("*") || rule.packages.includes(imported) ? [] : [`src/${file} imports ${imported}: ${rule.because}`];
    }
    const target = relative(src, resolve(src, dirname(file), imported));
    if (owner(target) === owner(file) || rule.may.includes(target) || rule.may.includes(owner(target))) return [];
    return [`src/${file} imports src/${target}: ${rule.because}`];
  });
}

const globals: readonly { readonly word: RegExp; readonly name: string; readonly advice: string }[] = [
  { word: /\bconsole\s*\./, name: "console", advice: "only cli/ prints: return the text or tell an event" },
  { word: /\bprocess\s*\.\s*(?:stdout|stderr)\b/, name: "process.stdout", advice: "only cli/ prints: return the text or tell an event" },
  { word: /\bprocess\s*\.\s*argv\b/, name: "process.argv", advice: "only cli/ reads the command line: take an argument" },
  { word: /\bprocess\s*\.\s*env\b/, name: "process.env", advice: "only cli/ reads the environment: take an argument" },
  { word: /\bnew Date\b|\bDate\s*\.\s*\w/, name: "Date", advice: "only cli/ reads the clock: take the time, or a function that gives it, as an argument" },
];

// A decoder's own process speaks to its reader over its standard streams, and sets what its decoding library reads from the environment.
const ownProcess = ["perceptual/decoder-process.ts", "perceptual/probe-process.ts"];

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/(^|[^:])\/\/.*$/gm, "$1");
}

describe("the import table of the design", () => {
  it.each(files)("src/%s imports only what its folder may", (file) => {
    expect(offences(file)).toEqual([]);
  });

  it.each(files.filter((file) => owner(file) !== "cli" && !ownProcess.includes(file)))("src/%s leaves the terminal, the environment and the clock to cli/", (file) => {
    const text = withoutComments(readFileSync(join(src, file), "utf8"));
    expect(globals.filter(({ word }) => word.test(text)).map(({ name, advice }) => `src/${file} uses ${name}: ${advice}`)).toEqual([]);
  });

  it("tests are files of 300 lines at most", () => {
    const tests = readdirSync(import.meta.dirname, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"));
    expect(tests.filter((name) => readFileSync(join(import.meta.dirname, name), "utf8").split("\n").length > 301)).toEqual([]);
  });

  it.each(files)("src/%s stays under 300 lines and knows no `any`", (file) => {
    const text = readFileSync(join(src, file), "utf8");
    expect(text.split("\n").length, "a file above 300 lines holds more than one concept: cut it").toBeLessThanOrEqual(301);
    expect(withoutComments(text)).not.toMatch(/(?::|as|<)\s*any\b/);
  });

  it.each([
    ["perceptual/decode.ts", "../reference/reference-set.ts"],
    ["evidence/directory.ts", "../record/record.ts"],
    ["cli/main.ts", "sharp"],
    ["record/writer.ts", "node:child_process"],
    ["reports/html.ts", "node:fs"],
    ["reports/html.ts", "../record/open-view.ts"],
    ["lists/vics.ts", "../reference/catalog.ts"],
    ["minisign/signature.ts", "../failure.ts"],
    ["sealing/verify-case.ts", "../evidence/source.ts"],
    ["scan.ts", "./reading/pool.ts"],
    ["model.ts", "./failure.ts"],
    ["elsewhere/new.ts", "../model.ts"],
  ])("tells src/%s what to do when it imports %s", (file, imported) => {
    const [offence] = offences(file, [imported]);
    expect(offence).toContain(`src/${file}`);
    expect(offence?.length).toBeGreaterThan(60);
  });

  it("holds no picture, video or archive in fixtures", () => {
    const kept = readdirSync(resolve(src, "../fixtures"), { recursive: true, encoding: "utf8" });
    expect(kept.filter((name) => /\.(jpe?g|png|gif|webp|avif|heic|bmp|tiff?|mp4|mov|avi|mkv|zip|7z|rar|tar|gz)$/i.test(name))).toEqual([]);
  });
});
