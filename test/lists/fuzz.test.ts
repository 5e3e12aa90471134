import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Failure } from "../../src/failure.ts";
import { countedSifting } from "../../src/lists/counts.ts";
import type { ListFormat, ReadOptions } from "../../src/lists/format.ts";
import { formats } from "../../src/lists/formats.ts";
import { mostBytesInMemory } from "../../src/lists/sqlite-file.ts";
import type { Reference } from "../../src/model.ts";
import { databaseOf } from "../support/database.ts";

const runs = Number(process.env["FUZZ"] ?? 150);
// What a run drew can be drawn again.
if (process.env["FUZZ_SEED"] !== undefined) fc.configureGlobal({ seed: Number(process.env["FUZZ_SEED"]) });
const root = new URL("../../fixtures/lists/", import.meta.url).pathname;

interface Sample {
  readonly name: string;
  readonly content: Buffer;
  readonly options: ReadOptions;
}
function samplesOf(format: string): readonly Sample[] {
  // A format without fixtures fails in the contract suite.
  if (!existsSync(join(root, format))) return [];
  const names = readdirSync(join(root, format));
  return names
    .filter((name) => name.startsWith("valid-") && !/\.(?:expected\.json|options\.json)$/.test(name))
    .map((name) => {
      const content = readFileSync(join(root, format, name));
      const options = names.includes(`${name}.options.json`) ? (JSON.parse(readFileSync(join(root, format, `${name}.options.json`), "utf8")) as ReadOptions) : {};
      return { name, content: name.endsWith(".db.sql") ? databaseOf(content.toString()) : content, options };
    })
    .filter(({ content }) => content.length < 200_000);
}

/** References, or the message of the refusal. Whatever else is thrown is a crash. */
async function outcome(format: ListFormat, content: Buffer, options: ReadOptions, chunkBytes = content.length + 1, name = "simple.HASH_MD5.te"): Promise<readonly Reference[] | string> {
  const references: Reference[] = [];
  const file = {
    name,
    head: content.subarray(0, 65536),
    async *bytes() {
      for (let at = 0; at < content.length; at += chunkBytes) yield content.subarray(at, at + chunkBytes);
    },
  };
  try {
    for await (const run of format.read(file, options)) references.push(...run);
    return references;
  } catch (thrown) {
    if (thrown instanceof Failure && thrown.code === "list-refused") return thrown.message;
    throw thrown;
  }
}

interface Mutation {
  readonly at: number;
  readonly remove: number;
  readonly insert: Buffer;
}
const tokens = fc.constantFrom('"', "{", "}", "[", "]", ",", ";", ":", "\n", "\r", "\0", "\ufeff", "<", ">", "&a;", "<!DOCTYPE a>", "<?xml ", "]]>", "__proto__", "Media", '"Media":[', "null", "'", "\u0130").map((text) => Buffer.from(text));
const mutation: fc.Arbitrary<Mutation> = fc.record({ at: fc.nat(1 << 20), remove: fc.oneof(fc.constant(0), fc.nat(40)), insert: fc.oneof(tokens, fc.uint8Array({ maxLength: 8 }).map((bytes) => Buffer.from(bytes)), fc.constant(Buffer.alloc(0))) });
const mutated = (content: Buffer, mutations: readonly Mutation[]): Buffer =>
  mutations.reduce((text, { at, remove, insert }) => {
    const from = at % (text.length + 1);
    return Buffer.concat([text.subarray(0, from), insert, text.subarray(from + remove)]);
  }, content);

describe.each(formats.filter(({ name }) => samplesOf(name).length > 0))("a damaged $name", (format) => {
  const samples = samplesOf(format.name);

  it("is read or refused, never a crash; every row read is loaded or refused, and the message tells no digest", () =>
    fc.assert(
      fc.asyncProperty(fc.constantFrom(...samples), fc.array(mutation, { minLength: 1, maxLength: 4 }), fc.constantFrom(1, 7, 64, 4096), async ({ content, options }, mutations, chunkBytes) => {
        const damaged = mutated(content, mutations);
        format.recognises(damaged.subarray(0, 65536));
        const whole = await outcome(format, damaged, options);
        const inPieces = await outcome(format, damaged, options, chunkBytes);
        // Of several faults another one may be met first.
        expect(typeof inPieces === "string" ? "refused" : inPieces).toEqual(typeof whole === "string" ? "refused" : whole);
        if (typeof whole === "string") {
          expect(`${whole} ${String(inPieces)}`).not.toMatch(/[0-9a-f]{8}/i);
          return;
        }
        const sifting = countedSifting();
        for (const reference of whole) sifting.admit(reference);
        const { rowsRead, rowsLoaded, refused } = sifting.counts();
        expect(rowsRead).toBe(whole.length);
        expect(rowsRead).toBe(rowsLoaded + Object.values(refused).reduce((sum, count) => sum + count, 0));
      }),
      { numRuns: runs },
    ));
});

describe.each(["plain", "sums", "md5deep", "hashdeep", "pdq-lines", "nsrl-rds2", "threatexchange-csv"])("fixtures of %s", (name) => {
  const format = formats.find((known) => known.name === name)!;
  it.each(samplesOf(name))("$name holds as many runs of 32, 40 or 64 digits as digests are read", async ({ name: sample, content, options }) => {
    // What follows a "*" is a name.
    const digits = content.toString().match(/(?<![0-9a-z*])(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64})(?![0-9a-z])/gi) ?? [];
    const references = await outcome(format, content, options, content.length + 1, sample);
    // The detailed form of pdq-lines states the code of the picture as it is twice.
    const stated = name === "pdq-lines" ? new Set(digits).size : digits.length;
    expect(typeof references === "string" ? references : references.flatMap((reference) => Object.keys(reference.digests)).length).toBe(stated);
    expect(stated).toBeGreaterThan(0);
  });
});

describe.each(["vics", "ncmec-xml", "nsrl-rds3"])("a %s that is cut short", (name) => {
  const format = formats.find((known) => known.name === name)!;
  it("is refused, wherever it is cut", () =>
    fc.assert(
      fc.asyncProperty(fc.constantFrom(...samplesOf(name)), fc.nat(1 << 20), async ({ content, options }, at) => {
        // Blanks after the end of a document may be missing.
        const least = content.toString("latin1").trimEnd().length;
        const cut = content.subarray(0, at % (name === "nsrl-rds3" ? content.length : least));
        const pagesEnd = name === "ncmec-xml" && /<\/queryResult>\s*(?:<\?xm?)?$/.test(cut.toString("latin1")) && !/<\?xm?$/.test(cut.toString("latin1"));
        if (!pagesEnd) expect(typeof (await outcome(format, cut, options))).toBe("string");
      }),
      { numRuns: runs },
    ));
});

describe.each([
  ["own-csv", "record_id,md5,note,category", (no: number, digest: string) => `${no},${digest},a note,1`],
  ["own-csv", "md5,note", (_: number, digest: string) => `${digest},a note`],
  ["misp-csv", "uuid,type,value,comment", (no: number, digest: string) => `00000000-0000-4000-8000-${String(no).padStart(12, "0")},md5,${digest},a note`],
  ["misp-csv", "type,value,comment,uuid", (no: number, digest: string) => `md5,${digest},a note,00000000-0000-4000-8000-${String(no).padStart(12, "0")}`],
] as const)("rows of %s under %s", (name, header, row) => {
  const format = formats.find((known) => known.name === name)!;
  const count = 12;
  const text = `${header}\n${Array.from({ length: count }, (_, no) => `${row(no, (no + 1).toString(16).padStart(2, "0").repeat(16))}\n`).join("")}`;
  // Where a field begins or ends, for elsewhere a quote is refused at once.
  const borders = [...text].flatMap((character, at) => (/[,\n]/.test(character) ? [at, at + 1] : [])).filter((at) => at > header.length);

  it("are all read, or refused, wherever quotes stray", () =>
    fc.assert(
      fc.asyncProperty(fc.array(fc.nat(borders.length - 1), { minLength: 1, maxLength: 4 }), async (chosen) => {
        const places = [...new Set(chosen)].sort((one, other) => borders[other]! - borders[one]!).map((index) => borders[index]!);
        const strayed = places.reduce((sofar, at) => `${sofar.slice(0, at)}"${sofar.slice(at)}`, text);
        const references = await outcome(format, Buffer.from(strayed), {});
        if (typeof references !== "string") expect(references.filter(({ digests }) => digests.md5 !== undefined)).toHaveLength(count);
      }),
      { numRuns: 4 * runs },
    ));
});

describe("ten gigabytes without an end of line", () => {
  const begins: Readonly<Record<string, readonly string[]>> = {
    vics: ['{"@odata.context":"', '{"value":[{"MD5":"', '{"value":[{"CaseID":"a","x":"', '{"value":[{"Media":[{"MD5":"'],
    "icse-csv": ["MD5;SHA1;Image ID;Baseline\n"],
    "ncmec-xml": ["<queryResult>", '<queryResult xmlns="https://hashsharing.ncmec.org/hashsharing/v2"><images><image><id>', '<queryResult xmlns="https://hashsharing.ncmec.org/hashsharing/v2" a="', "<!--", "<!DOCTYPE a [", "<a", "<?a "],
    "nsrl-rds2": ['"SHA-1","FileName","ProductCode","OpSystemCode"\n"', '"SHA-1","FileName","ProductCode","OpSystemCode"\n'],
    "nsrl-rds3": ["x", "SQLite format 3\0"],
  };
  it.each(Object.entries(begins).flatMap(([name, texts]) => texts.map((text) => [name, text] as const)))("in %s after %s are refused after a few", async (name, text) => {
    const format = formats.find((known) => known.name === name)!;
    const chunk = Buffer.alloc(1 << 20, "a");
    const head = Buffer.concat([Buffer.from(text), chunk.subarray(0, 65536)]);
    if (text.startsWith("SQLite")) {
      head.writeUInt16BE(4096, 16);
      head.writeUInt32BE(10 * 2 ** 18, 28);
      head.copyWithin(92, 24, 28);
    }
    let drawnBytes = 0;
    const file = {
      name: "list",
      head: head.subarray(0, 65536),
      async *bytes() {
        yield head;
        for (drawnBytes = head.length; drawnBytes < 10 * 2 ** 30; drawnBytes += chunk.length) yield chunk;
      },
    };
    const reading = (async () => {
      for await (const run of format.read(file, {})) expect(run.length).toBeLessThan(2);
    })();
    await expect(reading).rejects.toBeInstanceOf(Failure);
    expect(drawnBytes).toBeLessThan(4 * 2 ** 20);
    expect(mostBytesInMemory).toBeLessThan(2 ** 30);
  });
});
