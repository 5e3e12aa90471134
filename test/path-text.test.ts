import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { pathBytes, pathText } from "../src/path-text.ts";

describe("path text", () => {
  it("leaves plain names as they are", () => {
    expect(pathText(Buffer.from("Users/ann/holiday (2).jpg"))).toBe("Users/ann/holiday (2).jpg");
    expect(pathText(Buffer.from("Straße/фото/写真.png"))).toBe("Straße/фото/写真.png");
  });

  it("shows what deceives a terminal, a browser or an eye as escapes", () => {
    expect(pathText(Buffer.from("a\nb\tc\x1b[31m\x7f"))).toBe("a\\u{a}b\\u{9}c\\u{1b}[31m\\u{7f}");
    expect(pathText(Buffer.from("gpj\u202etxt.exe"))).toBe("gpj\\u{202e}txt.exe");
    expect(pathText(Buffer.from("zero\u200bwidth\ufeff"))).toBe("zero\\u{200b}width\\u{feff}");
    expect(pathText(Buffer.from([0x62, 0xff, 0xfe]))).toBe("b\\xff\\xfe");
    expect(pathText(Buffer.from("back\\slash"))).toBe("back\\\\slash");
  });

  it("takes overlong forms, surrogates and cut sequences for bytes, not characters", () => {
    for (const bytes of [[0xc0, 0xaf], [0xe0, 0x80, 0xaf], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xe2, 0x82]])
      expect(pathText(Buffer.from(bytes))).toBe(bytes.map((byte) => `\\x${byte.toString(16)}`).join(""));
  });

  it("gives any bytes back, and nothing but printable text on the way (REQ-09)", () => {
    const hostile = fc.oneof(
      fc.uint8Array({ maxLength: 60 }),
      fc.string({ unit: "binary", maxLength: 40 }).map((text) => new Uint8Array(Buffer.from(text, "utf8"))),
      fc.array(fc.constantFrom("\\", "\\x41", "\\u{202e}", "\u202e", "\n", "é", "e\u0301", "x"), { maxLength: 12 }).map((parts) => new Uint8Array(Buffer.from(parts.join("")))),
    );
    fc.assert(
      fc.property(hostile, (bytes) => {
        const text = pathText(bytes);
        expect(Buffer.from(pathBytes(text))).toEqual(Buffer.from(bytes));
        expect(text).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/u);
      }),
      { numRuns: 5000 },
    );
  });

  it("never gives two names the same text", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 6 }), fc.uint8Array({ maxLength: 6 }), (one, other) => {
        expect(pathText(one) === pathText(other)).toBe(Buffer.compare(one, other) === 0);
      }),
      { numRuns: 5000 },
    );
  });

  it("refuses text that it would not have written", () => {
    expect(() => pathBytes("a\\q")).toThrow(RangeError);
  });
});
