import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Failure } from "../../src/failure.ts";
import type { ListFormat, ReadOptions } from "../../src/lists/format.ts";
import { formats, recognise } from "../../src/lists/formats.ts";
import { jsonMembers } from "../../src/lists/json-keys.ts";
import { ownCsv } from "../../src/lists/own-csv.ts";
import { plain } from "../../src/lists/plain.ts";
import { sums } from "../../src/lists/sums.ts";
import { hashdeep } from "../../src/lists/hashdeep.ts";
import { vics } from "../../src/lists/vics.ts";
import type { Reference } from "../../src/model.ts";

async function read(format: ListFormat, content: Buffer, cuts: readonly number[], options: ReadOptions = {}): Promise<readonly Reference[]> {
  const ends = [...cuts.map((cut) => Math.min(cut, content.length)), content.length].sort((a, b) => a - b);
  const file = {
    name: "list",
    head: content.subarray(0, 65536),
    async *bytes() {
      for (const [index, end] of ends.entries()) yield content.subarray(ends[index - 1] ?? 0, end);
    },
  };
  const references: Reference[] = [];
  for await (const run of format.read(file, options)) references.push(...run);
  return references;
}

/** What reading comes to, as a value: references, or the message of the refusal. Anything else is thrown. */
async function outcome(format: ListFormat, content: Buffer, cuts: readonly number[], options: ReadOptions = {}): Promise<readonly Reference[] | string> {
  try {
    return await read(format, content, cuts, options);
  } catch (thrown) {
    if (thrown instanceof Failure && thrown.code === "list-refused") return thrown.message;
    throw thrown;
  }
}

const digest = (bytes: number): fc.Arbitrary<Buffer> => fc.uint8Array({ minLength: bytes, maxLength: bytes }).map((array) => Buffer.from(array));
const cutsIn = fc.array(fc.nat(4000), { maxLength: 12 });
const hexIn = fc.constantFrom("lower", "upper");
const cased = (bytes: Buffer, letters: string): string => (letters === "upper" ? bytes.toString("hex").toUpperCase() : bytes.toString("hex"));
const hexOf = (bytes: Uint8Array | undefined): string | undefined => (bytes === undefined ? undefined : Buffer.from(bytes).toString("hex"));
const identifier = fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 }).filter((text) => text.trim() === text && text !== "" && !/[\r\n\v\f\u0085\u2028\u2029\ufffd\ufeff]/.test(text) && !text.includes("\0") && Buffer.from(text).toString() === text);

const row = fc.record({ id: fc.option(identifier), md5: fc.option(digest(16)), sha1: fc.option(digest(20)), sha256: fc.option(digest(32)), size: fc.option(fc.nat()), category: fc.option(fc.constantFrom("0", "1", "A")), letters: hexIn });
type Row = typeof row extends fc.Arbitrary<infer Value> ? Value : never;

function stated(rows: readonly Row[]): readonly unknown[] {
  return rows.map(({ id, md5, sha1, sha256, size, category }) => ({ id, md5: hexOf(md5 ?? undefined), sha1: hexOf(sha1 ?? undefined), sha256: hexOf(sha256 ?? undefined), size, category }));
}
function found(references: readonly Reference[]): readonly unknown[] {
  return references.map(({ recordId, digests, sizeBytes, category }) => ({ id: recordId, md5: hexOf(digests.md5), sha1: hexOf(digests.sha1), sha256: hexOf(digests.sha256), size: sizeBytes, category }));
}

describe("a written list reads back", () => {
  it("as delimited text, however it is quoted and cut", () =>
    fc.assert(
      fc.asyncProperty(fc.array(row), fc.constantFrom(",", ";", "\t"), fc.boolean(), fc.constantFrom("\n", "\r\n"), cutsIn, async (rows, delimiter, quoteAll, lineEnd, cuts) => {
        const field = (text: string): string => (quoteAll || /[",;\t]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
        const lines = rows.map(({ id, md5, sha1, sha256, size, category, letters }) =>
          [id ?? "", ...[md5, sha1, sha256].map((bytes) => (bytes === null ? "" : cased(bytes, letters))), size === null ? "" : String(size), category ?? ""].map(field).join(delimiter),
        );
        const content = Buffer.from([["record_id", "md5", "SHA-1", "sha256", "size_bytes", "Category"].join(delimiter), ...lines].join(lineEnd));
        expect(recognise(content)).toBe(ownCsv);
        expect(found(await read(ownCsv, content, cuts))).toEqual(stated(rows));
      }),
    ));

  it("as a VICS hash set, with any other fields, indented or not", () =>
    fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(row, fc.dictionary(fc.string().map((key) => `x${key}`), fc.jsonValue()))), fc.constantFrom(0, 1, 4), fc.boolean(), cutsIn, async (items, indent, preambleLast, cuts) => {
        const value = items.map(([{ id, md5, sha1, sha256, size, category, letters }, more]) => ({
          ...more,
          MediaID: id,
          MD5: md5 === null ? null : cased(md5, letters),
          SHA1: sha1 === null ? "" : cased(sha1, letters),
          ...(sha256 === null ? {} : { AlternativeHashes: [{ HashName: "SHA256", HashValue: cased(sha256, letters) }] }),
          MediaSize: size,
          Category: category,
        }));
        const preamble = { "@odata.context": "http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml/Default/$metadata#Media" };
        const content = Buffer.from(JSON.stringify(preambleLast ? { value, ...preamble } : { ...preamble, value }, null, indent));
        expect(found(await read(vics, content, cuts))).toEqual(stated(items.map(([item]) => item)));
      }),
    ));

  it("as bare digests, checksum lines and hashdeep rows, whatever the names", () =>
    fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(digest(20), hexIn, identifier), { minLength: 1 }), cutsIn, async (items, cuts) => {
        const expected = items.map(([bytes]) => hexOf(bytes));
        const sha1s = async (format: ListFormat, lines: readonly string[]) => {
          const content = Buffer.from(`${lines.join("\n")}\n`);
          expect(recognise(content)).toBe(format);
          return (await read(format, content, cuts)).map(({ digests }) => hexOf(digests.sha1));
        };
        expect(await sha1s(plain, items.map(([bytes, letters]) => cased(bytes, letters)))).toEqual(expected);
        expect(await sha1s(sums, items.map(([bytes, letters, name]) => `${cased(bytes, letters)}  ${name}`))).toEqual(expected);
        expect(await sha1s(sums, items.map(([bytes, letters, name]) => `SHA1 (${name}) = ${cased(bytes, letters)}`))).toEqual(expected);
        expect(await sha1s(hashdeep, ["%%%% HASHDEEP-1.0", "%%%% sha1,filename", ...items.map(([bytes, letters, name]) => `${cased(bytes, letters)},${name}`)])).toEqual(expected);
      }),
    ));
});

const fragments = fc.constantFrom(
  ..."{}[]\":,;\t\r\n\\ #=()*".split(""),
  "value", "@odata.context", "http://x/DataModels/2.0.xml/US/$metadata#Media", "MD5", "md5,sha1", "hash,category", "Category", "AlternativeHashes", "HashName", "HashValue", "null", "1e400", "-0",
  "__proto__", "%%%% HASHDEEP-1.0", "%%%% size,md5,filename", "MD5 (x) = ", "a".repeat(32), "b".repeat(40), "c".repeat(64), "\ufeff", "\u0130",
);
const hostile = fc.oneof(
  fc.uint8Array({ maxLength: 400 }).map((array) => Buffer.from(array)),
  fc.array(fragments, { maxLength: 60 }).map((parts) => Buffer.from(parts.join(""))),
  fc.array(fragments, { maxLength: 60 }).map((parts) => Buffer.from(`\ufeff${parts.join("")}`, "utf16le")),
  fc.array(fragments, { maxLength: 30 }).map((parts) => Buffer.from(`{"@odata.context":"http://x/DataModels/2.0.xml/US/$metadata#Media","value":[{${parts.join("")}}]}`)),
);

describe.each(formats)("arbitrary bytes given to $name", (format) => {
  it("are read or refused, never a crash, and the same however they are cut", () =>
    fc.assert(
      fc.asyncProperty(hostile, cutsIn, fc.constantFrom<ReadOptions>({}, { algorithm: "pdq" }), async (content, cuts, options) => {
        expect(typeof format.recognises(content)).toBe("boolean");
        const whole = await outcome(format, content, [], options);
        const cut = await outcome(format, content, cuts, options);
        // Of two faults either may be met first, as the bytes are cut; that the list is refused may not depend on it.
        if (typeof whole === "string") expect(typeof cut).toBe("string");
        else expect(cut).toEqual(whole);
        for (const said of [whole, cut]) if (typeof said === "string") expect(said).not.toMatch(/[0-9a-f]{8}/i);
      }),
      { numRuns: 1500 },
    ));

  it("that are a valid list cut short never give a digest that the list does not hold", () =>
    fc.assert(
      fc.asyncProperty(fc.nat(600), async (length) => {
        const digests = ["11".repeat(16), "22".repeat(16), "33".repeat(16)];
        const samples: Readonly<Record<string, string>> = {
          vics: JSON.stringify({ "@odata.context": "http://x/DataModels/2.0.xml/US/$metadata#Media", value: digests.map((md5) => ({ MediaID: 1, MD5: md5 })) }),
          "own-csv": ["md5,category", ...digests.map((md5) => `${md5},1`)].join("\n"),
          plain: digests.join("\n"),
          sums: digests.map((md5) => `${md5}  name`).join("\n"),
          hashdeep: ["%%%% HASHDEEP-1.0", "%%%% md5,filename", ...digests.map((md5) => `${md5},name`)].join("\n"),
        };
        // Other formats: fuzz.test.ts cuts their fixtures.
        if (samples[format.name] === undefined) return;
        const sample = Buffer.from(samples[format.name]!);
        const result = await outcome(format, sample.subarray(0, length), []);
        if (typeof result !== "string") for (const { digests: stated } of result) expect(digests).toContain(hexOf(stated.md5));
        if (format === vics && length < sample.length) expect(typeof result).toBe("string");
      }),
    ));
});

describe("rows whose digests are counted without the reader", () => {
  const header: Readonly<Record<string, string>> = { hashdeep: "%%%% HASHDEEP-1.0\n%%%% md5,filename\n", "own-csv": "md5,name,category\n" };
  const rowOf: Readonly<Record<string, (md5: string) => string>> = {
    plain: (md5) => md5,
    sums: (md5) => `${md5}  name`,
    md5deep: (md5) => `${md5},/drawn/name`,
    hashdeep: (md5) => `${md5},name`,
    "own-csv": (md5) => `${md5},name,1`,
  };
  const stray = fc.constantFrom("\r", "\0", "\0".repeat(50), "\ufeff", '"');

  it.each(Object.keys(rowOf))("are all read or the %s is refused, whatever stands in them or ends them", (name) =>
    fc.assert(
      fc.asyncProperty(fc.array(digest(16), { minLength: 1, maxLength: 6 }), fc.array(fc.tuple(fc.nat(), stray), { maxLength: 3 }), fc.constantFrom("\n", "\r\n", "\r"), cutsIn, async (items, insertions, end, cuts) => {
        const sound = `${header[name] ?? ""}${items.map((bytes) => `${rowOf[name]!(bytes.toString("hex"))}\n`).join("")}`;
        const text = insertions.reduce((whole, [at, what]) => whole.slice(0, at % (whole.length + 1)) + what + whole.slice(at % (whole.length + 1)), sound).replaceAll("\n", end);
        const result = await outcome(formats.find((format) => format.name === name)!, Buffer.from(text), cuts);
        if (typeof result !== "string") expect(result.flatMap(({ digests }) => Object.keys(digests))).toHaveLength(items.length);
        else if (insertions.length === 0) expect(end).toBe("\r");
      }),
      { numRuns: 1500 },
    ));
});

describe("members of a JSON text", () => {
  it("are as many as the parsed value has, when no key stands twice", () =>
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const count = (item: unknown): number => (typeof item !== "object" || item === null ? 0 : Object.values(item).reduce<number>((sum, inner) => sum + count(inner), Array.isArray(item) ? 0 : Object.keys(item).length));
        expect(jsonMembers(JSON.stringify(value, null, 1))).toHaveLength(count(value));
      }),
    ));

  it("tell repeated keys apart by the object they stand in, and numbers as written", () => {
    expect(jsonMembers('{"a":1,"A":[{"b":12345678901234567890},{"b":null}],"a":"x:{"}')).toEqual([
      { path: ["a"], token: "1", container: 0 },
      { path: ["a"], token: null, container: 0 },
      { path: ["a", "b"], token: "12345678901234567890", container: 2 },
      { path: ["a", "b"], token: "null", container: 3 },
      { path: ["a"], token: null, container: 0 },
    ]);
  });
});
