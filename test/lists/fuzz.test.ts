import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Failure } from "../../src/failure.ts";
import { countedSifting } from "../../src/lists/counts.ts";
import type { ListFormat, ReadOptions } from "../../src/lists/format.ts";
import { formats } from "../../src/lists/formats.ts";
import type { Reference } from "../../src/model.ts";
import { sampleContent, sampleNames, sampleOptions } from "./samples.ts";

const runs = Number(process.env["FUZZ"] ?? 150);
// What a run drew can be drawn again.
if (process.env["FUZZ_SEED"] !== undefined) fc.configureGlobal({ seed: Number(process.env["FUZZ_SEED"]) });

interface Sample {
  readonly name: string;
  readonly content: Buffer;
  readonly options: ReadOptions;
}
function samplesOf(format: string): readonly Sample[] {
  return sampleNames(format, "valid")
    .map((name) => ({ name, content: sampleContent(format, name), options: sampleOptions(format, name) }))
    .filter(({ content }) => content.length < 200_000);
}

/** References, or the message of the refusal. Whatever else is thrown is a crash. */
async function outcome(format: ListFormat, content: Buffer, options: ReadOptions, chunkBytes = content.length + 1, name = "list"): Promise<readonly Reference[] | string> {
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

// The state files of ThreatExchange state their type in their names.
const nameOf = ({ name, options }: Sample): string => (options.algorithm === undefined ? name : "list");

describe.each(formats)("a damaged $name", (format) => {
  const samples = samplesOf(format.name);

  it.each(samples)("is $name, which is read with rows as it stands", async (sample) => {
    const references = await outcome(format, sample.content, sample.options, sample.content.length + 1, nameOf(sample));
    expect(Array.isArray(references) ? references.length : references).toBeGreaterThan(0);
  });

  it("is read or refused, never a crash; every row read is loaded or refused, and the message tells no digest", () =>
    fc.assert(
      fc.asyncProperty(fc.constantFrom(...samples), fc.array(mutation, { minLength: 1, maxLength: 4 }), fc.constantFrom(1, 7, 64, 4096), async (sample, mutations, chunkBytes) => {
        const { content, options } = sample;
        const name = nameOf(sample);
        const damaged = mutated(content, mutations);
        format.recognises(damaged.subarray(0, 65536));
        const whole = await outcome(format, damaged, options, damaged.length + 1, name);
        const inPieces = await outcome(format, damaged, options, chunkBytes, name);
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
  it.each(samplesOf(name))("$name holds as many runs of 32, 40 or 64 digits as digests are read, or rows say that they have others", async ({ name: sample, content, options }) => {
    // What follows a "*", or has an ending, is a name.
    const digits = content.toString().match(/(?<![0-9a-z*])(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64})(?![0-9a-z.])/gi) ?? [];
    const references = await outcome(format, content, options, content.length + 1, sample);
    // The detailed form of pdq-lines states the code of the picture as it is twice.
    const stated = name === "pdq-lines" ? new Set(digits).size : digits.length;
    expect(typeof references === "string" ? references : references.flatMap(({ digests: read, unmatchable }) => [...Object.keys(read), ...unmatchable.filter((kind) => kind === "other")]).length).toBe(stated);
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
