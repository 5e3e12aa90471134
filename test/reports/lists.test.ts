import { describe, expect, it } from "vitest";
import type { ListDescription } from "../../src/model.ts";
import { formats } from "../../src/reports/formats.ts";
import { html } from "../../src/reports/html.ts";
import { examined, list, match, recordView } from "../support/record-view.ts";

const options = { all: false, madeAt: "2026-04-17T12:00:00+02:00", version: "0.1.0" };

it("html notices once what several lists have in common, with their numbers", () => {
  const unsigned = (sha256: string, unsignedReason: string): ListDescription => list({ sha256, signature: null, unsignedReason });
  const lists = [unsigned("1a".repeat(32), "handed over"), list({ sha256: "2b".repeat(32) }), unsigned("3c".repeat(32), "handed over"), unsigned("4d".repeat(32), "by post"), unsigned("5e".repeat(32), "handed over")];
  const text = [...html.render(recordView({ entries: [examined(0, "a")], lists }), options)].join("");
  expect([...text.matchAll(/<li class="notice">(Lists? \d.*?no signature.*?)<\/li>/g)].map(([, notice]) => notice!.replaceAll(/<.?bdi>/g, ""))).toEqual([
    "Lists 1, 3 and 5: each has no signature that was verified. Reason given: handed over",
    "List 4 has no signature that was verified. Reason given: by post",
  ]);
});

describe.each(formats)("$name", (format) => {
  const textWith = (stated: Partial<ListDescription>): string => [...format.render(recordView({ entries: [examined(0, "a")], lists: [list(stated)], matches: [match(0)] }), options)].join("");

  it("says which key signed a list, and what the signed comment says", () => {
    const text = textWith({ signature: { keyId: "FEDCBA9876543210", trustedComment: "stills, version 7" } });
    expect(text).toContain("FEDCBA9876543210");
    expect(text).toContain("stills, version 7");
    expect(text).not.toContain("no verified signature");
  });

  it("says why a list without a signature was taken", () => {
    expect(textWith({ signature: null, unsignedReason: "handed over in person" })).toContain("handed over in person");
  });

  it("says that what a list is was stated by the operator, unless its signer states each of it", () => {
    const told = (stated: Partial<ListDescription>): boolean => /agency, name, version and kind are as the operator stated them|"statedBySigner":false/.test(textWith(stated));
    const comment = (trustedComment: string): Partial<ListDescription> => ({ signature: { keyId: "FEDCBA9876543210", trustedComment } });
    const whole = "Example Agency/notable 2026-03, notable";
    expect(told(comment(whole))).toBe(false);
    expect(textWith(comment(whole))).not.toMatch(/operator stated|"statedBySigner":false/);
    for (const lacking of ["", "notable, version 2026-03", whole.replace("Agency", "agency"), `${whole}1`, whole.replace("2026-03", "2026-03-04"), whole.replace(/notable$/, "unnotable"), whole.replace(/, notable$/, "")]) expect(told(comment(lacking)), lacking).toBe(true);
    expect(told({ signature: null, unsignedReason: whole })).toBe(true);
    expect(told({ ...comment("A+B (C)/x.[1] v1.0. notable"), agency: "A+B (C)", name: "x.[1]", version: "v1.0" })).toBe(false);
    expect(told({ ...comment("A+B (C)/xy1 v1.0 notable"), agency: "A+B (C)", name: "x.1", version: "v1.0" })).toBe(true);
  });

  it("says why an older version, or the same one with other bytes, was taken", () => {
    const text = textWith({ overrides: [{ option: "older-version", reason: "the later one was withdrawn" }, { option: "same-version", reason: "delivered anew" }] });
    for (const words of ["the later one was withdrawn", "delivered anew"]) expect(text).toContain(words);
  });

  it("names the digest of what was encrypted, when the list was", () => {
    const plaintextSha256 = "8d".repeat(32);
    expect([textWith({}).includes(plaintextSha256), textWith({ plaintextSha256 }).includes(plaintextSha256)]).toEqual([false, true]);
  });

  it("counts rows that share a digest and rows that contradict each other, unless nobody counted them", () => {
    const counts = { ...list().counts, duplicates: 70_123, conflictingCategories: 60_456 };
    const text = textWith({ counts });
    for (const count of ["70123", "60456"]) expect(text.replaceAll(",", "")).toContain(count);
    expect(textWith({ counts: { ...counts, duplicates: null, conflictingCategories: null } })).toMatch(/duplicates not counted|"duplicates":null/);
  });
});
