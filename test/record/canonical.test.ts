import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type CanonicalValue, canonicalBytes, canonicalJson, sha256, wellFormed } from "../../src/record/canonical.ts";

const value: fc.Arbitrary<CanonicalValue> = fc.oneof(fc.constant(null), fc.string({ unit: "binary", maxLength: 4 }), fc.uint8Array({ maxLength: 4 }));
const plain = (values: readonly CanonicalValue[]): string => JSON.stringify(values.map((one) => (one === null ? null : Buffer.from(one as string).toString("hex"))));

describe("the canonical form", () => {
  it("is the length of each value and its bytes, and a mark for null", () => {
    expect(canonicalBytes(["ab", null, 12, 12n, new Uint8Array([255]), ""]).toString("hex")).toBe("00000002" + "6162" + "ffffffff" + "00000002" + "3132" + "00000002" + "3132" + "00000001" + "ff" + "00000000");
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
    expect(canonicalBytes([2 ** 53 - 1])).toEqual(canonicalBytes([9007199254740991n]));
    expect(canonicalBytes([2n ** 70n])).toEqual(canonicalBytes([String(2n ** 70n)]));
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
