import { describe, expect, it } from "vitest";
import { formats } from "../../src/reports/formats.ts";
import { isMd5Only } from "../../src/reports/match-terms.ts";
import { examined, list, match, recordView } from "../support/record-view.ts";

const options = { all: false, madeAt: "2026-04-17T12:00:00+02:00", version: "0.1.0" };

describe("a match that rests on MD5", () => {
  it("alone is marked, and no other is (REQ-29)", () => {
    expect(isMd5Only(match(0, { algorithms: ["md5"] }))).toBe(true);
    for (const stated of [{ algorithms: ["md5", "sha1"] }, { algorithms: ["sha256"] }, { algorithms: ["md5"], contradictedBy: ["sha1"] }] as const) expect(isMd5Only(match(0, stated))).toBe(false);
  });

  // The other two have rows of files, and none of matches.
  it.each(formats.filter(({ name }) => !["hashdeep", "bodyfile"].includes(name)).map((format) => [format.name, format] as const))("%s: tells it from one by MD5 and SHA-1 (REQ-29)", (_, format) => {
    const text = (algorithms: readonly ("md5" | "sha1")[]): string => [...format.render(recordView({ entries: [examined(0, "a")], lists: [list({})], matches: [match(0, { algorithms })] }), options)].join("");
    expect(text(["md5"])).toMatch(/"md5Only":true|MD5 only/);
    expect(text(["md5", "sha1"])).not.toMatch(/"md5Only":true|MD5 only:/);
  });
});
