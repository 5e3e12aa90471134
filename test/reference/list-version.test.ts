import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compareVersions } from "../../src/reference/list-version.ts";

const order = (left: string, right: string): number | null => {
  const compared = compareVersions(left, right);
  return compared === null ? null : Math.sign(compared);
};

describe("the order of list versions", () => {
  it.each([
    ["1", "2"],
    ["9", "10"],
    ["1.9", "1.10"],
    ["1.2", "1.2.1"],
    ["2025-12", "2026-01"],
    ["2026-9-30", "2026-11-03"],
    ["2026-11", "2026-11-02"],
    ["20260930", "20261103"],
    ["Q1 2025", "q1 2026"],
    ["v9", "V10"],
    ["2026-11a", "2026-11b"],
    ["03.11.2025", "03.11.2026"],
    ["99999999999999999998", "99999999999999999999"],
    ["9".repeat(400), `1${"0".repeat(400)}`],
    ["2026-11-03T10:00", "2026-11-03T10:01"],
  ])("has %s before %s", (earlier, later) => {
    expect([order(earlier, later), order(later, earlier)]).toEqual([-1, 1]);
  });

  it.each([
    ["2026-03", "2026.3"],
    ["V1", "v1"],
    ["1", "01"],
    ["２０２６", "2026"],
  ])("takes %s and %s for the same", (one, other) => {
    expect([order(one, other), order(other, one)]).toEqual([0, 0]);
  });

  it.each([
    ["a date with the day first and another", "03.11.2026", "01.12.2026"],
    ["a month before its year and another", "12/2025", "03/2026"],
    ["month names", "Nov 2025", "Mar 2026"],
    ["a date with separators and one without", "2026-11-03", "20261104"],
    ["a date without separators and one with a time", "20261103", "20261104120000"],
    ["a release and its draft", "1.0", "1.0-beta"],
    ["a number and a word", "2026", "spring"],
    ["a date and a time besides", "2026-11-03", "2026-11-03T10:00"],
  ])("does not guess between %s", (_, one, other) => {
    expect([order(one, other), order(other, one)]).toEqual([null, null]);
  });

  it("is the same whichever version comes first, and says so of every version and itself", () => {
    const version = fc.stringMatching(/^[0-9a-c.\- ]{1,8}$/);
    fc.assert(
      fc.property(version, version, (one, other) => {
        const [there, back] = [order(one, other), order(other, one)];
        expect(back).toBe(there === null ? null : 0 - there);
        expect(order(one, one)).toBe(0);
      }),
      { numRuns: 500 },
    );
  });

  it("never leads in a circle", () => {
    const version = fc.array(fc.constantFrom("1", "2", "10", "2026", "1999", "202611", "a", "b", "word"), { maxLength: 4 }).map((parts) => parts.join("-"));
    fc.assert(
      fc.property(version, version, version, (first, second, third) => {
        if (order(first, second) === -1 && order(second, third) === -1) expect([-1, null]).toContain(order(first, third));
      }),
      { numRuns: 2000 },
    );
  });
});
