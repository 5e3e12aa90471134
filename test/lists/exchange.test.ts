import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { Failure } from "../../src/failure.ts";
import { type ListOptions, openList } from "../../src/lists/read-list.ts";
import { loadScale } from "../../src/lists/scales.ts";
import { patternFiles } from "../../src/lists/stix-pattern.ts";
import type { Reference, Scale } from "../../src/model.ts";
import { databaseOf } from "../support/database.ts";

let folder = "";
let scale: Scale;
beforeAll(async () => {
  scale = (await loadScale("vic-us")).scale;
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "exchange-"));
  return () => rmSync(folder, { recursive: true });
});

const digest = (algorithm: string, label: string): string => createHash(algorithm).update(`drawn ${label}`).digest("hex");
const hexOf = (reference: Reference | undefined, algorithm: keyof Reference["digests"]): string => Buffer.from(reference?.digests[algorithm] ?? []).toString("hex");

function write(content: string | Buffer, name: string): string {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
}

async function readWhole(path: string, options: Partial<ListOptions> = {}) {
  const list = await openList(path, { scale, ...options });
  const references: Reference[] = [];
  for await (const run of list.references()) references.push(...run);
  return { format: list.format, references, ...list.finish() };
}

async function refused(path: string, options: Partial<ListOptions> = {}): Promise<string> {
  const thrown = await readWhole(path, options).catch((error: unknown) => error);
  expect(thrown).toBeInstanceOf(Failure);
  const message = (thrown as Failure).message.replaceAll(`${folder}/`, "");
  expect(message).not.toMatch(/[0-9a-f]{8}/i);
  return message;
}

const tool = (name: string): boolean => existsSync(`/usr/bin/${name}`);

describe("what the real tools write", () => {
  const drawn = ["first", "second, with a comma", "third  and blanks"];
  const files = (): string[] => drawn.map((name) => write(`drawn ${name}`, `${name}.bin`));
  const contents = (algorithm: string): string[] => drawn.map((name) => digest(algorithm, name)).sort();

  it.skipIf(!tool("md5deep")).each([
    ["md5deep", ["-z"], "md5deep", "md5"], ["md5deep", ["-c"], "md5deep", "md5"], ["md5deep", ["-zc"], "md5deep", "md5"], ["md5deep", ["-zk"], "md5deep", "md5"], ["md5deep", ["-zt"], "md5deep", "md5"],
    ["md5deep", ["-k"], "sums", "md5"], ["md5deep", ["-t"], "sums", "md5"], ["md5deep", [], "sums", "md5"], ["sha1deep", ["-z"], "md5deep", "sha1"], ["sha256deep", ["-zc"], "md5deep", "sha256"],
  ] as const)("%s %j is read as %s", async (program, flags, format, algorithm) => {
    const output = execFileSync(program, [...flags, ...files()]);
    const read = await readWhole(write(output, "list.txt"), algorithm === "sha256" ? { algorithm } : {});
    expect(read.format).toBe(format);
    expect(read.references.map((reference) => hexOf(reference, algorithm)).sort()).toEqual(contents(algorithm));
    if (flags.some((flag) => flag.includes("z"))) expect(read.references.map(({ sizeBytes }) => sizeBytes).sort()).toEqual(drawn.map((name) => `drawn ${name}`.length).sort());
  });

  it.skipIf(!tool("hashdeep"))("hashdeep's own lists", async () => {
    const read = await readWhole(write(execFileSync("hashdeep", ["-c", "md5,sha1,sha256", ...files()]), "list.txt"));
    expect([read.format, read.references.map((reference) => hexOf(reference, "sha1")).sort()]).toEqual(["hashdeep", contents("sha1")]);
  });

  it.skipIf(!tool("hfind")).each(["md5sum", "hk", "encase"])("hfind's index of a list of type %s", async (type) => {
    const digests = contents("md5");
    const hsh = `"file_id","hashset_id","file_name","directory","hash","file_size","date_modified","time_modified","time_zone","comments","date_accessed","time_accessed"\n${digests.map((md5, no) => `${no},9,"f",,"${md5.toUpperCase()}",1,,,,,,`).join("\n")}\n`;
    const header = Buffer.alloc(1152);
    header.write("HASH\r\n\xff\0", "latin1");
    header.writeUInt32LE(1, 8);
    header.writeUInt32LE(digests.length, 16);
    header.write("drawn", 1032, "utf16le");
    const encase = Buffer.concat([header, ...digests.map((md5) => Buffer.from(`${md5}0000`, "hex"))]);
    const source = write(type === "md5sum" ? digests.map((md5) => `${md5}  f\n`).join("") : type === "hk" ? hsh : encase, "known");
    execFileSync("hfind", ["-i", type, source], { stdio: "ignore" });
    const index = readdirSync(folder).find((name) => name.endsWith("-md5.idx"));
    for (const [path, format] of [[join(folder, index!), "tsk-index"], [source, { md5sum: "sums", hk: "hashkeeper", encase: "encase-hash" }[type]]] as const) {
      const read = await readWhole(path);
      expect([read.format, read.references.map((reference) => hexOf(reference, "md5")).sort()]).toEqual([format, digests]);
    }
  });
});

describe("64 digits are never guessed", () => {
  const code = digest("sha256", "code");
  it.each([
    ["sums", `${code}  f\n`], ["sums", `${code} f\n`], ["md5deep", `         1  ${code}  f\n`], ["md5deep", `${code},/f\n`], ["plain", `${code}\n`],
    ["pdq-lines", `${code},90,f\n`], ["threatexchange-csv", `${code},3058061737570001,2026-01-02T03:04:05+0000,x\n`], ["own-csv", `FilePath,Hash\nf,${code}\n`],
  ])("%s asks for --algorithm (REQ-34)", async (format, content) => {
    const path = write(content, "list");
    expect(await refused(path)).toMatch(format === "threatexchange-csv" ? /no type in the name of the file, expected simple.<TYPE>.te, or --algorithm/ : /64 digits without a name, expected --algorithm/);
    const { references, ...read } = await readWhole(path, { algorithm: "pdq" });
    expect([read.format, references.map((reference) => hexOf(reference, "pdq"))]).toEqual([format, [code]]);
  });
});

describe("the type of a ThreatExchange state file", () => {
  const content = `${digest("md5", "state")},3058061737570001,2026-01-02T03:04:05+0000,x\n`;
  const within = (...names: readonly string[]): string => {
    mkdirSync(join(folder, ...names.slice(0, -1)), { recursive: true });
    return write(content, join(...names));
  };

  it("is read from the end of its own name, never from a folder's", async () => {
    expect(await refused(within("simple.HASH_MD5.te", "list"))).toContain("no type in the name of the file");
    expect(await refused(within("simple.HASH_MD5.te", "simple.HASH_PDQ.te"))).toContain("found 32 characters as pdq");
    expect(await refused(within("simple.HASH_PDQ.te", "list-simple.HASH_MD5.te.1"))).toContain("no type in the name of the file");
    expect((await readWhole(within("simple.HASH_PDQ.te", "list-simple.HASH_MD5.te"))).references).toHaveLength(1);
  });

  it.each(["simple.HASH_PDQ.te.simple.HASH_MD5.te", "simple.HASH_PDQ.simple.HASH_MD5.te", "HASH_PDQ-simple.HASH_MD5.te", "pdq.simple.HASH_MD5.te", "simple.HASH_MD5.te.simple.HASH_URL_MD5.te"])("is refused where the name has two (%s)", async (name) => {
    expect(await refused(write(content, name))).toContain("two types in the name of the file");
    expect((await readWhole(write(content, "md5 simple.HASH_MD5.te"))).references).toHaveLength(1);
  });
});

describe("rows that the list itself sets aside", () => {
  const record = (hashValue: string, hashStatus: string): object => ({ signalType: "VideoMD5", hashValue, hashStatus, caseNumbers: {} });

  it("a later withdrawal removes an earlier value, and is counted", async () => {
    const hashRecords = [record(digest("md5", "1"), "Active"), record(digest("md5", "2"), "Active"), record(digest("md5", "1").toUpperCase(), "Withdrawn")];
    const { references, counts } = await readWhole(write(JSON.stringify({ count: 3, hasMoreRecords: false, hashRecords }), "stop.json"));
    expect(references.map((reference) => hexOf(reference, "md5"))).toEqual([digest("md5", "2")]);
    expect([counts.rowsRead, counts.rowsLoaded, counts.refused]).toEqual([3, 1, { retracted: 2 }]);
  });

  it("context and poor frames are counted and not loaded", async () => {
    const te = (md5: string, labels: string): string => `${md5},3058061737570001,2026-01-02T03:04:05+0000,${labels}\n`;
    const context = await readWhole(write(te(digest("md5", "1"), "false_positive") + te(digest("md5", "2"), "x"), "simple.HASH_MD5.te"));
    expect([context.counts.rowsLoaded, context.counts.refused]).toEqual([1, { "context-only": 1 }]);
    const frames = await readWhole(write(JSON.stringify([`${digest("sha256", "a")},49,0.0`, `${digest("sha256", "b")},50,1.0`]), "clip.json"));
    expect(frames.references.map(({ recordId, pdqQuality }) => [recordId, pdqQuality])).toEqual([["clip", 50]]);
    expect(frames.counts.refused).toEqual({ "pdq-low-quality": 1 });
  });
});

describe("an Autopsy database", () => {
  const sql = (rows: number): string =>
    `CREATE TABLE hashes (id INTEGER PRIMARY KEY AUTOINCREMENT, md5 BINARY(16) UNIQUE, sha1 BINARY(20), sha2_256 BINARY(32));${Array.from({ length: rows }, (_, no) => `INSERT INTO hashes(md5) VALUES(X'${digest("md5", String(no))}');`).join("")}`;

  it("of many pages is read whole from its path, and nothing is written beside it", async () => {
    const path = write(databaseOf(sql(5000)), "set.kdb");
    const { references, sha256 } = await readWhole(path);
    expect(references.map((reference) => hexOf(reference, "md5"))).toEqual(Array.from({ length: 5000 }, (_, no) => digest("md5", String(no))));
    expect(sha256).toBe(createHash("sha256").update(readFileSync(path)).digest("hex"));
    expect(readdirSync(folder)).toEqual(["set.kdb"]);
  });

  it("that is cut or has a journal is refused", async () => {
    const path = write(databaseOf(sql(5000)), "set.kdb");
    const whole = readFileSync(path);
    truncateSync(path, whole.length - 4096);
    expect(await refused(path)).toContain("set.kdb:1: found the end of the file");
    writeFileSync(path, whole);
    write("journal", "set.kdb-journal");
    expect(await refused(path)).toContain("found a journal file beside it");
  });
});

it.each([0x00, 0xa5])("an Autopsy database with a page of nothing but %i is refused, or gives every row: none is lost in silence", async (filling) => {
  const whole = databaseOf(`CREATE TABLE hashes (id INTEGER PRIMARY KEY, md5 BLOB UNIQUE, sha1 BLOB, sha2_256 BLOB);${Array.from({ length: 1500 }, (_, no) => `INSERT INTO hashes(md5) VALUES(X'${digest("md5", String(no))}');`).join("")}`);
  const outcomes = new Set<string>();
  for (let page = 4096; page < whole.length; page += 4096) {
    const path = write(Buffer.from(whole).fill(filling, page, page + 4096), "set.kdb");
    const result = await readWhole(path).catch((thrown: unknown) => (thrown instanceof Failure ? thrown : Promise.reject(thrown as Error)));
    if (!(result instanceof Failure)) expect(result.references.length).toBe(1500);
    outcomes.add(result instanceof Failure ? result.code : "whole");
  }
  expect(outcomes).toEqual(new Set(["list-refused", "whole"]));
});

it("a MISP event of many megabytes is read in pieces", async () => {
  const attributes = Array.from({ length: 12_000 }, (_, no) => ({ uuid: `u-${no}`, type: "sha1", value: digest("sha1", String(no)), comment: "x".repeat(100) }));
  const { references } = await readWhole(write(JSON.stringify({ Event: { info: "drawn", Attribute: attributes } }), "event.json"));
  expect(references.map((reference) => hexOf(reference, "sha1"))).toEqual(attributes.map(({ value }) => value));
});

it("a STIX pattern states the same files however its brackets and blanks stand", () =>
  fc.assert(
    fc.property(fc.array(fc.array(fc.constantFrom("aa", "it", "0f", "x y"), { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 5 }), fc.boolean(), fc.constantFrom(" ", "\n\t"), (files, brackets, blank) => {
      const all = files.map((hashes) => hashes.map((value, no) => `file:hashes.'N-${no}'${blank}=${blank}'${value}'`).join(`${blank}AND${blank}`));
      const pattern = `[${all.map((file) => (brackets ? `(${file})` : file)).join(`${blank}OR${blank}`)}]`;
      expect(patternFiles(pattern, { file: "f", line: 1 }).map(({ hashes }) => hashes.map(([, value]) => value))).toEqual(files);
    }),
  ));
