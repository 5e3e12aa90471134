import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { sameRows } from "../../src/validation/kit.ts";
import { programSha256 } from "../../src/validation/program-facts.ts";
import { type RunFacts, validationHtml, validationJsonl, validationSentence } from "../../src/validation/report.ts";
import { requirement, requirementIds } from "../../src/validation/requirements.ts";
import { signaturesSentence } from "../../src/validation/stock-minisign.ts";
import { resultsOf } from "../../src/validation/validate.ts";
import { temporaryFolder } from "../support/folder.ts";

const here = requirementIds.filter((id) => requirement(id).shownBy === undefined);
const all = here.map((id) => ({ requirement: id, assertion: "x", expected: "1", actual: "1" }));
const facts: RunFacts = { seed: 1, corpusSha256: "0".repeat(64), isolation: "sandbox", reading: "nobody: confined", decoding: "sandbox: apart", signatures: signaturesSentence(null), startedAt: "a", endedAt: "b", by: "somebody", versions: { blindmatch: "9.9" }, machine: { host: "here" }, runs: [{ args: ["selftest"], status: 0 }] };

describe("results of a validation", () => {
  it("are pass where all assertions hold, fail where one does not, and never pass where nothing was run", () => {
    const results = resultsOf([...all, { requirement: "REQ-02", assertion: "y", expected: "5", actual: "4" }], {});
    expect(results.filter(({ outcome }) => outcome === "fail").map(({ id }) => id)).toEqual(["REQ-02"]);
    expect(results.filter(({ outcome }) => outcome === "not-run").map(({ id }) => id)).toEqual(requirementIds.filter((id) => !here.includes(id)));
    for (const { outcome, instead } of results) expect(instead !== null).toBe(outcome === "not-run");
    expect(validationSentence(results)).toBe(`Of ${requirementIds.length} requirements ${here.length - 1} passed, 1 failed, and ${requirementIds.length - here.length} were not run here.`);
  });

  it("are refused where nothing was asserted for a requirement and nothing says why", () => {
    expect(() => resultsOf(all.slice(1), {})).toThrow("REQ-01: found no assertion");
    expect(resultsOf(all.slice(1), { "REQ-01": "somebody asked for it" })[0]).toMatchObject({ outcome: "not-run", instead: "somebody asked for it" });
  });

  it("are told alike by both forms of the report, and hostile text is no markup", () => {
    const results = resultsOf([...all, { requirement: "REQ-02", assertion: "y", expected: "<b>", actual: "\u202e" }], {});
    const lines = validationJsonl(facts, results).trim().split("\n").map((line) => JSON.parse(line) as { type: string; requirement?: string; outcome?: string });
    expect(lines[0]).toMatchObject({ type: "validation", seed: 1 });
    expect(lines[1]).toEqual({ type: "run", number: 1, args: ["selftest"], status: 0 });
    expect(lines.at(-1)).toMatchObject({ type: "totals", pass: here.length - 1, fail: 1 });
    const document = validationHtml(facts, results);
    for (const { type, requirement: id, outcome } of lines)
      if (type === "requirement") expect(document).toContain(`<h2>${id}: <span class="${outcome}">${outcome === "pass" ? "pass" : outcome === "fail" ? "FAIL" : "not run here"}</span></h2>`);
    expect(lines.filter((line) => "asserted" in line).length).toBe(here.length);
    expect(document.match(/<dt>would be asserted<\/dt>/g)).toHaveLength(requirementIds.length - here.length);
    expect(document).toContain('@page { size: A4 landscape; margin: 15mm; @top-left { content: "Validation of blindmatch 9.9, seed 1, begun a, by somebody";');
    for (const words of ["<dt>confinement of the readers, as the scans recorded it</dt><dd>nobody: confined</dd>", "<dt>isolation of the decoder, as the scans recorded it</dt><dd>sandbox: apart</dd>", "This machine has no stock minisign"]) expect(document).toContain(words);
    expect(document).toContain("&lt;b&gt;");
    expect(document).not.toContain("\u202e");
  });

  it("say what is lacking and what is besides", () => {
    expect(sameRows("REQ-01", "x", ["a", "b", "b"], ["b", "c"])).toMatchObject({ expected: "3 rows", actual: "2 rows; lacking a | b; besides c" });
    expect(sameRows("REQ-01", "x", ["a", "b"], ["b", "a"])).toMatchObject({ expected: "2 rows", actual: "2 rows" });
    expect(sameRows("REQ-01", "x", ["a"], ["b"])).not.toMatchObject({ actual: "1 rows" });
  });
});

describe("the program that was validated", () => {
  it("is told by its files: another byte, name or file is another program", () => {
    const place = join(temporaryFolder(), "program");
    for (const part of ["bin", "dist/cli"]) mkdirSync(join(place, part), { recursive: true });
    const write = (name: string, text: string): void => writeFileSync(join(place, name), text);
    write("package.json", "{}");
    write("bin/blindmatch", "a");
    write("dist/cli/main.js", "b");
    write("beside it", "is no part of the program");
    const stated = execFileSync("sh", ["-c", "find bin dist package.json -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum"], { cwd: place, encoding: "utf8" });
    const first = programSha256(place);
    expect(first).toBe(stated.slice(0, 64));
    write("dist/cli/main.js", "c");
    const second = programSha256(place);
    write("dist/a.js", "");
    expect(new Set([first, second, programSha256(place)]).size).toBe(3);
  });
});
