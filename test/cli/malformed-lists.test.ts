import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { Failure } from "../../src/failure.ts";
import type { ReadOptions } from "../../src/lists/format.ts";
import { formats } from "../../src/lists/formats.ts";
import { openList } from "../../src/lists/read-list.ts";
import { loadScale } from "../../src/lists/scales.ts";
import type { ListKind } from "../../src/model.ts";
import { importList } from "../../src/reference/import-list.ts";
import { readKeyFile } from "../../src/reference/key.ts";
import { blindmatch } from "../support/blindmatch.ts";
import { bytesOf } from "../support/bytes.ts";
import { databaseOf } from "../support/database.ts";
import { temporaryFolder } from "../support/folder.ts";

const fixtures = join(import.meta.dirname, "../../fixtures/lists");
const folder = temporaryFolder();
const home = join(folder, "home");
let before: Readonly<Record<string, string>> = {};
let [listed, verified] = ["", ""];

/** Every file of the home, whole. */
function filesOf(): Record<string, string> {
  const names = readdirSync(home, { recursive: true, encoding: "utf8" }).filter((name) => statSync(join(home, name)).isFile());
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(home, name), "base64")]));
}

interface Malformed {
  readonly format: string;
  readonly name: string;
  readonly kind: ListKind;
}

const malformed = formats.flatMap(({ name: format, onlyKind }) =>
  readdirSync(join(fixtures, format))
    .filter((name) => name.startsWith("malformed-") && !/\.(?:expected\.txt|options\.json)$/.test(name))
    .map((name): Malformed => ({ format, name, kind: onlyKind ?? "notable" })),
);
const oneOfEach = formats.map(({ name }) => malformed.find(({ format }) => format === name)!);

/** The fixture as a file of its own, with what is stated besides when it is read. */
function fixture({ format, name }: Malformed): { readonly path: string; readonly options: ReadOptions } {
  const source = readFileSync(join(fixtures, format, name));
  const path = join(folder, `${format}-${name}`);
  writeFileSync(path, name.endsWith(".bytes.json") ? bytesOf(source.toString()) : name.endsWith(".db.sql") ? databaseOf(source.toString()) : source);
  const isStated = readdirSync(join(fixtures, format)).includes(`${name}.options.json`);
  return { path, options: isStated ? (JSON.parse(readFileSync(join(fixtures, format, `${name}.options.json`), "utf8")) as ReadOptions) : {} };
}

beforeAll(() => {
  const path = join(folder, "good.csv");
  writeFileSync(path, `md5,category\n${"5a".repeat(16)},1\n`);
  expect(blindmatch("list", "import", path, "--agency", "A", "--list-name", "good", "--list-version", "1", "--scale", "vic-us", "--accept-unsigned", "synthetic", "--home", home)).toMatchObject({ status: 0 });
  before = filesOf();
  listed = blindmatch("list", "ls", "--home", home).out;
  verified = blindmatch("list", "verify", "--home", home).out;
  expect(Object.keys(before).sort()).toEqual(["catalog.sqlite", "key", expect.stringMatching(/^segments\/.*\.segment$/)]);
  expect(verified).toBe("ok       A/good 1\n");
});

describe("a malformed list", () => {
  it("is there of every format", () => {
    expect(oneOfEach.every((one) => one !== undefined)).toBe(true);
    expect(malformed.length).toBeGreaterThan(250);
  });

  it.each(malformed)("leaves the lists that are there as they are, byte for byte: $format $name", async (one) => {
    const { path, options } = fixture(one);
    const { scale, sha256: scaleSha256 } = await loadScale(options.scale ?? "vic-us");
    const importing = async (): Promise<unknown> => {
      const reading = await openList(path, { ...options, format: one.format, kind: one.kind, scale });
      return importList(home, reading, { key: readKeyFile(join(home, "key")), agency: "A", name: "bad", version: "1", kind: one.kind, scale, scaleSha256, unsignedReason: "synthetic", importedAt: "2026-01-02T03:04:05+00:00" });
    };
    const thrown = await importing().catch((error: unknown) => error);
    expect(thrown).toBeInstanceOf(Failure);
    expect((thrown as Failure).code).toBe("list-refused");
    expect((thrown as Failure).message).toMatch(/: found .*, expected /s);
    expect(filesOf()).toEqual(before);
  });

  it.each(oneOfEach)("ends list import with 4 and its place, and nothing is changed: $format $name (REQ-31)", (one) => {
    const { path, options } = fixture(one);
    const more = [["--algorithm", options.algorithm], ["--category", options.category]].flatMap(([option, value]) => (value === undefined ? [] : [option!, value]));
    if (options.keepSensitive === true) more.push("--keep-sensitive-fields");
    if (options.partial === true) more.push("--partial");
    const ended = blindmatch("list", "import", path, "--format", one.format, "--kind", one.kind, "--agency", "A", "--list-name", "bad", "--list-version", "1", "--scale", options.scale ?? "vic-us", "--accept-unsigned", "synthetic", "--home", home, ...more);
    expect(ended, ended.err).toMatchObject({ status: 4, out: "" });
    expect(ended.err).toMatch(/^blindmatch: .*malformed-.*:\d+: .*found .*, expected .*\n$/);
    expect(ended.err.replace(path, "")).not.toMatch(/[0-9a-f]{16}/i);
    expect(filesOf()).toEqual(before);
  });

  it("is not there afterwards, and what was is as it was", () => {
    expect(blindmatch("list", "ls", "--home", home).out).toBe(listed);
    expect(blindmatch("list", "verify", "--home", home)).toMatchObject({ status: 0, out: verified });
    expect(filesOf()).toEqual(before);
  });
});
