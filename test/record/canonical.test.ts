import { createHash } from "node:crypto";
import Database from "better-sqlite3";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type CanonicalValue, canonicalBytes, canonicalHex, canonicalHexSql, canonicalJson, canonicalSha256, sha256, sha256OfHex, wellFormed } from "../../src/record/canonical.ts";

const value: fc.Arbitrary<CanonicalValue> = fc.oneof(fc.constant(null), fc.string({ unit: "binary", maxLength: 4 }), fc.uint8Array({ maxLength: 4 }));
const plain = (values: readonly CanonicalValue[]): string => JSON.stringify(values.map((one) => (one === null ? null : Buffer.from(one as string).toString("hex"))));

describe("the canonical form", () => {
  it("is the length of each value and its bytes, and a mark for null", () => {
    expect(canonicalBytes(["ab", null, 12, 12n, new Uint8Array([255]), ""]).toString("hex")).toBe("00000002" + "6162" + "ffffffff" + "00000002" + "3132" + "00000002" + "3132" + "00000001" + "ff" + "00000000");
  });

  it("is that of a plain implementation for text and bytes of any length", () => {
    const plainForm = (values: readonly CanonicalValue[]): Buffer =>
      Buffer.concat(
        values.flatMap((one) => {
          const length = Buffer.alloc(4, 0xff);
          if (one === null) return [length];
          const bytes = typeof one === "object" ? one : Buffer.from(String(one), "utf8");
          length.writeUInt32BE(bytes.length);
          return [length, bytes];
        }),
      );
    const lengths = fc.oneof(fc.integer({ min: 0, max: 90 }), fc.integer({ min: 60_000, max: 70_000 }));
    const text = fc.tuple(lengths, fc.constantFrom("a", "\u00e4", "\ud83d\ude00", "\ud800")).map(([length, character]) => "b".repeat(length % 45) + character.repeat(length));
    const any = fc.oneof(fc.constant(null), fc.integer(), fc.bigInt(), fc.string({ unit: "binary" }), text, lengths.map((length) => new Uint8Array(length).fill(7)));
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), fc.array(fc.array(any, { maxLength: 3 }), { maxLength: 3 }), (before, runs) => {
        const bytes = plainForm(runs.flat());
        expect(canonicalBytes(runs.flat()).equals(bytes)).toBe(true);
        expect(canonicalSha256(before, runs)).toEqual(sha256(before, bytes));
      }),
      { numRuns: 300 },
    );
  });

  it("differs for any two different sequences of values", () => {
    const values = fc.array(value, { maxLength: 4 });
    fc.assert(
      fc.property(values, values, (one, other) => {
        expect(canonicalBytes(one).equals(canonicalBytes(other))).toBe(plain(one) === plain(other));
      }),
      { numRuns: 2000 },
    );
  });

  it("counts a number, a bigint and its digits as one value", () => {
    const borders = [2n ** 31n, 2n ** 32n, 10n ** 9n, 2n ** 53n, 10n ** 18n, 9n * 10n ** 18n, 2n ** 63n, 2n ** 64n].flatMap((border) => [-2n, -1n, 0n, 1n, 9n].flatMap((more) => [border + more, -border + more]));
    const whole = fc.oneof(fc.constantFrom(...borders), fc.integer({ min: 0, max: 66 }).chain((bits) => fc.bigInt({ min: -(2n ** BigInt(bits)), max: 2n ** BigInt(bits) })));
    fc.assert(
      fc.property(whole, (one) => {
        expect(canonicalBytes([one])).toEqual(canonicalBytes([String(one)]));
        expect(canonicalBytes([Number(one)])).toEqual(canonicalBytes([String(Number(one))]));
      }),
      { numRuns: 2000 },
    );
    expect(canonicalBytes([2 ** 53 - 1])).toEqual(canonicalBytes([9007199254740991n]));
    expect(canonicalBytes([2n ** 70n])).toEqual(canonicalBytes([String(2n ** 70n)]));
  });

  it("is given by SQL in hexadecimal", () => {
    const database = new Database(":memory:");
    database.exec("CREATE TABLE stored (one ANY, other ANY) STRICT");
    const insert = database.prepare("INSERT INTO stored VALUES (?, ?) RETURNING rowid").pluck();
    const inHex = database.prepare<[unknown], string>(`SELECT ${canonicalHexSql(["one", "other"])} FROM stored WHERE rowid = ?`).pluck();
    const text = fc.oneof(fc.string({ unit: "binary", maxLength: 200 }), fc.constantFrom("\0", "a\0b", "12", "\u{10ffff}"));
    const stored: fc.Arbitrary<CanonicalValue> = fc.oneof(fc.constant(null), text.map(wellFormed), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), fc.uint8Array({ maxLength: 200 }));
    fc.assert(
      fc.property(stored, stored, (one, other) => {
        expect(inHex.get(insert.get(one, other))?.toLowerCase()).toBe(canonicalHex([one, other]));
      }),
      { numRuns: 1000 },
    );
    database.close();
  });

  it("has the SHA-256 of what its hexadecimal form says", () => {
    const lengths = fc.oneof(fc.integer({ min: 0, max: 90 }), fc.integer({ min: 30_000, max: 150_000 }));
    fc.assert(
      fc.property(lengths, fc.boolean(), fc.nat(150_000), (length, upper, cut) => {
        const hex = "1f".repeat(length);
        const cased = upper ? hex.toUpperCase() : hex;
        expect(sha256OfHex([cased.slice(0, 2 * cut), cased.slice(2 * cut)])).toBe(sha256(Buffer.alloc(length, 0x1f)).toString("hex"));
      }),
      { numRuns: 50 },
    );
  });

  it("sorts the keys of JSON at every depth and writes a bigint as digits", () => {
    expect(canonicalJson({ b: [{ d: 1, c: 2n ** 64n }], a: null })).toBe('{"a":null,"b":[{"c":"18446744073709551616","d":1}]}');
  });

  it("hashes parts as if they were one", () => {
    const expected = createHash("sha256").update("abc").digest();
    expect(sha256(Buffer.from("abc"))).toEqual(expected);
    expect(sha256(Buffer.from("a"), Buffer.from("bc"))).toEqual(expected);
  });

  it("makes text of what UTF-8 can hold, and leaves all other text alone", () => {
    expect(wellFormed("a\ud800b")).toBe("a\ufffdb");
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(wellFormed(text)).toBe(text);
      }),
    );
  });
});
