import { createHash } from "node:crypto";
import { expect, it } from "vitest";
import { unmatchableName } from "../../src/lists/columns.ts";
import { quotable, refusal } from "../../src/lists/refusal.ts";

it("a refusal names file, line, part, what was found and what was expected", () => {
  const { code, message } = refusal({ file: "a.json", line: 7, part: "value[2]" }, "this", "that");
  expect([code, message]).toEqual(["list-refused", "a.json:7: value[2]: found this, expected that"]);
  expect(refusal({ file: "a.csv", line: 7 }, "this", "that").message).toBe("a.csv:7: found this, expected that");
});

it("a short plain text is quoted, the rest is told by its length alone", () => {
  expect(quotable("vic-us 2.0")).toBe('"vic-us 2.0"');
  expect(quotable("x".repeat(24))).toBe(`"${"x".repeat(24)}"`);
  expect(quotable("x".repeat(25))).toBe("a text of 25 characters");
  expect(quotable("\u001b[31m")).toBe("a text of 5 characters");
  expect(quotable("")).toBe("nothing");
});

it("what may be part of a digest is not quoted, however short", () => {
  expect(quotable("0a1b2c3")).toBe('"0a1b2c3"');
  expect(quotable("0a1B2c3D")).toBe("a text of 8 characters");
  expect(quotable("id-0a1b2c3d4e")).toBe("a text of 13 characters");
});

it("what may be a digest in base64 is not quoted, however its letters fall; words are", () => {
  const digests = Array.from({ length: 20_000 }, (_, no) => createHash("md5").update(String(no)).digest("base64url")).concat(Array.from({ length: 20_000 }, (_, no) => createHash("md5").update(String(no)).digest("base64").slice(0, 22)));
  expect(digests.filter((digest) => quotable(digest).startsWith('"'))).toEqual([]);
  expect(["Non-pertinent", "UnitedStatesOfAmerica", "interpol-baseline", "child-abuse-material", "United States of America"].map((word) => quotable(word).startsWith('"'))).toEqual([true, true, true, true, true]);
});

it("fingerprints nobody can compare are counted under a few names only", () => {
  expect(["PhotoDNA", "PDNA", "SHA-512", "Whirlpool", "drawn", "__proto__"].map(unmatchableName)).toEqual(["photodna", "photodna", "sha512", "whirlpool", "other", "other"]);
});
