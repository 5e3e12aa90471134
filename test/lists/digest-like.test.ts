import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { beginsWithDigest, holdsDigest, looksLikeDigest, mentionsDigest } from "../../src/lists/digest-like.ts";

const bytes = (length: number, no = 0): Buffer => createHash("sha512").update(`drawn ${no}`).digest().subarray(0, length);
const hex = (length: number, no = 0): string => bytes(length, no).toString("hex");
const base32 = (digest: Buffer): string => {
  const bits = Array.from(digest, (byte) => byte.toString(2).padStart(8, "0")).join("");
  return (bits.match(/.{1,5}/g) ?? []).map((five) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[Number.parseInt(five.padEnd(5, "0"), 2)]).join("");
};
const none: ReadonlySet<string> = new Set();

describe("what looks like a digest", () => {
  it.each([16, 20, 28, 32, 48, 64])("is hex of %i bytes, in any case, with blanks, marks or a prefix", (length) => {
    const digits = hex(length);
    const forms = [digits, digits.toUpperCase(), ` ${digits}\r\n`, digits.replace(/(.{8})(?=.)/g, "$1 "), digits.replace(/(..)(?=.)/g, "$1:"), `0x${digits}`, `md5:${digits}`, `urn:sha1:${digits}`];
    expect(forms.filter((form) => !looksLikeDigest(form))).toEqual([]);
  });

  it("is base32 and base64 of MD5, SHA-1 and 32 bytes, padded or not", () => {
    let missed = 0;
    for (let no = 0; no < 500; no++)
      for (const length of [16, 20, 32]) {
        const [text32, text64] = [base32(bytes(length, no)), bytes(length, no).toString("base64")];
        for (const form of [text32, text32.toLowerCase(), text64, text64.replace(/=+$/, ""), bytes(length, no).toString("base64url")]) if (!looksLikeDigest(form)) missed += 1;
      }
    // One without any digit is not told from a word: fewer than three in a hundred.
    expect(missed / 7500).toBeLessThan(0.03);
  });

  it("is no word, number, time, id, path or sentence", () => {
    const others = ["", "1", "a".repeat(31), "a note of some length, with 32 ch", "2026-01-02T03:04:05+00:00", "00000000-0000-4000-8000-000000000001", "{1F59E0FB-0000-0000-0000-000000000001}", "EXH\\u\\IMG_0001.bin", `${hex(16)}.bin`, "Penetrative-activity-involving", "https://example.invalid/a?b=1", hex(15)];
    expect(others.filter(looksLikeDigest)).toEqual([]);
  });

  it("is found at any depth, in keys too, but not under names that are left out", () => {
    const text = hex(16);
    for (const value of [text, [text], { a: [{ b: text }] }, { [text]: 1 }]) expect(holdsDigest(value, none)).toBe(true);
    for (const value of [null, 5, { a: { Skipped: [text] } }]) expect(holdsDigest(value, new Set(["skipped"]))).toBe(false);
  });

  it("is mentioned within a text, and begins a name, where it stands by itself", () => {
    expect([`[file:hashes.MD5 = '${hex(16)}']`, `f|${hex(20)}`].map(mentionsDigest)).toEqual([true, true]);
    expect([`x${hex(16)}`, "00000000-0000-4000-8000-000000000001"].map(mentionsDigest)).toEqual([false, false]);
    expect([`${hex(20)}  name`, `${hex(20)},name`, hex(20)].map(beginsWithDigest)).toEqual([true, true, true]);
    expect([`${hex(20)}.bin`, `a ${hex(20)}`].map(beginsWithDigest)).toEqual([false, false]);
  });
});
