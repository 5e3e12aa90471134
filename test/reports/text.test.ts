import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { pathText } from "../../src/path-text.ts";
import { html } from "../../src/reports/html-markup.ts";
import { hexText, plainText, recordIdText, withheldRecordId } from "../../src/reports/plain-text.ts";
import { counted, grouped, joined } from "../../src/reports/quantity.ts";
import { timeText } from "../../src/reports/time-text.ts";
import { digestsOf } from "../support/record-view.ts";

describe("plain text", () => {
  it("leaves printable text as it is, and so may be applied twice", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(plainText(plainText(text))).toBe(plainText(text));
      }),
    );
    expect(plainText("C:\\Müller 日本 עברית")).toBe("C:\\Müller 日本 עברית");
  });

  it("leaves the text of any path as it is", () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(plainText(pathText(bytes))).toBe(pathText(bytes));
      }),
    );
  });

  it("holds no control and no invisible character", () => {
    expect(plainText("a\u001b[31m\n\u202e\u200b\\")).toBe("a\\u{1b}[31m\\u{a}\\u{202e}\\u{200b}\\");
  });
});

describe("markup", () => {
  it("escapes whatever is put in, so that no text can open a tag or end an attribute", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(html`${text}`.markup).not.toMatch(/[<>"']|&(?!amp;|lt;|gt;|quot;|#39;)/);
      }),
    );
  });

  it("escapes once", () => {
    expect(html`<b>${html`<i>${"&<"}</i>`}</b>${[html`${1}`, html`${2}`]}`.markup).toBe("<b><i>&amp;&lt;</i></b>12");
  });
});

describe("a record id", () => {
  const own = digestsOf(3);

  it("is shown when it is a name", () => {
    for (const id of ["4711", "MediaID 12", "6f1c0f6e-8a0e-4f2e-9d55-0a4d3b6f7c11", "R/1"]) expect(recordIdText(id, own)).toBe(id);
    expect(recordIdText(null, own)).toBeNull();
  });

  it("is withheld when it has the form of a digest that is not the file's own", () => {
    const other = digestsOf(4);
    const base32 = "MFRGGZDFMZTWQ2LKNNWG23TPOBYXE43U";
    for (const id of [hexText(other.md5!), hexText(other.sha1!).toUpperCase(), `sha256:${hexText(other.sha256!)}`, Buffer.from(other.sha256!).toString("base64"), base32, "x".repeat(192)]) {
      expect(recordIdText(id, own)).toBe(withheldRecordId);
    }
  });

  it("is shown when it is a digest of the file itself", () => {
    expect(recordIdText(hexText(own.sha1!).toUpperCase(), own)).toBe(hexText(own.sha1!).toUpperCase());
  });
});

describe("times and quantities", () => {
  it("are those of the calendar, for every time that a file system can state", () => {
    fc.assert(
      fc.property(fc.date({ noInvalidDate: true }), fc.integer({ min: 0, max: 999_999 }), (date, ns) => {
        expect(timeText(BigInt(date.getTime()) * 1_000_000n + BigInt(ns))).toBe(date.toISOString().replace("Z", `${String(ns).padStart(6, "0")}Z`));
      }),
      { numRuns: 2000 },
    );
    for (const day of ["1600-02-29", "1900-02-28", "2000-02-29", "2000-03-01", "2100-02-28", "2100-03-01", "1969-12-31", "0000-01-01", "9999-12-31"]) {
      expect(timeText(BigInt(Date.parse(`${day}T23:59:59Z`)) * 1_000_000n)).toBe(`${day}T23:59:59.000000000Z`);
    }
  });

  it("are read at a glance", () => {
    expect([grouped(999), grouped(1000), grouped(12_345_678_901n)]).toEqual(["999", "1,000", "12,345,678,901"]);
    expect([counted(1, "entry", "entries"), counted(1n, "byte", "bytes"), counted(0, "entry", "entries")]).toEqual(["1 entry", "1 byte", "0 entries"]);
    expect([joined([]), joined(["a"]), joined(["a", "b"]), joined(["a", "b", "c"])]).toEqual(["", "a", "a and b", "a, b and c"]);
  });
});
