import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { pathText } from "../../src/path-text.ts";
import { drawCorpus, hostileNames } from "../../src/validation/corpus.ts";
import { type Assertion, type Kit, kitOf, noneOf, sameRows, sameSha256 } from "../../src/validation/kit.ts";
import { requirement, requirementIds } from "../../src/validation/requirements.ts";
import { Interrupted, machineRefusal } from "../../src/validation/run-program.ts";
import { showBlind, showSandbox } from "../../src/validation/show-blind.ts";
import { showFacts } from "../../src/validation/show-matches.ts";
import { signaturesSentence, stockMinisign } from "../../src/validation/stock-minisign.ts";
import { leftOutOf, partsOf, resultsOf, shownBy, writeCorpus } from "../../src/validation/validate.ts";
import { decodingText, readingText, waysOf } from "../../src/validation/ways.ts";
import { temporaryFolder } from "../support/folder.ts";

const folder = temporaryFolder();
const corpus = drawCorpus(1);

/** A kit whose program says what it is told to say. */
function kitSaying(name: string, args: readonly string[], said: { readonly out?: string; readonly err?: string }): Kit {
  const place = join(folder, name);
  mkdirSync(place);
  const kit = kitOf({ folder: place, corpus, isolation: "process", asRoot: true, minisign: null, kernels: place, run: () => Promise.resolve({ args, status: 0, out: "", err: "", ...said }) });
  for (const part of ["cases", "homes"]) mkdirSync(join(place, part));
  return kit;
}

async function failedOf(kit: Kit): Promise<readonly string[]> {
  await kit.run([]);
  return [...new Set(showBlind(kit).filter(({ assertion, expected, actual }) => expected !== actual && !assertion.startsWith("there was much to look through")).map(({ requirement: id }) => id))];
}

const holding = ({ expected, actual }: Assertion): boolean => expected === actual;

describe("parts of the validation kit", () => {
  it("show every requirement that is not shown elsewhere, and look through what came out last (REQ-18)", () => {
    const kit = kitSaying("parts", [], {});
    const drawn = kitOf({ ...kit, folder: join(kit.folder, "drawn") });
    mkdirSync(drawn.folder);
    writeCorpus(drawn);
    const parts = partsOf(drawn);
    expect([...new Set(parts.flatMap(({ shows }) => shows))].sort()).toEqual(requirementIds.filter((id) => requirement(id).shownBy === undefined));
    expect(parts.at(-1)?.name).toBe("what came out");
  });

  it("fail each requirement of theirs when they break off, but for what the machine refused", async () => {
    const thrown = (error: Error) => shownBy({ name: "a part", shows: ["REQ-53", "REQ-54"], show: () => Promise.reject(error) });
    const missing = Object.assign(new Error("ENOENT: no such file or directory, lstat"), { code: "ENOENT" });
    expect(await thrown(missing)).toEqual(["REQ-53", "REQ-54"].map((id) => ({ requirement: id, assertion: 'the part "a part" came to its end', expected: "it did", actual: "it broke off: ENOENT: no such file or directory, lstat" })));
    await expect(thrown(Object.assign(new Error("full"), { code: "ENOSPC" }))).rejects.toThrow("full");
    await expect(thrown(new Interrupted())).rejects.toThrow(Interrupted);
    await expect(shownBy({ name: "a part", shows: ["REQ-53"], show: () => [{ requirement: "REQ-01", assertion: "x", expected: "1", actual: "1" }] })).rejects.toThrow("found an assertion for REQ-01");
  });
});

describe("what is not there to be tried", () => {
  let waysTried = 0;
  const ranWith = (...ways: readonly string[]): Kit => {
    const kit = kitSaying(`ways ${++waysTried}`, [], {});
    const confinements = ways.map((confinement) => ({ confinement, sentence: `Files were read so (${confinement}).`, refused: confinement === "plain" ? [{ confinement: "nobody", found: "no bwrap" }] : [] }));
    const out = `${JSON.stringify({ type: "run", confinements, isolations: [{ isolation: "process", sentence: "In a process. And more.", probes: [] }] })}\n{"type":"totals"}\n`;
    return { ...kit, isolation: "sandbox", printed: [{ args: ["report", "x", "--format", "jsonl"], status: 0, out, err: "" }, { args: ["report", "x", "--format", "jsonl"], status: 5, out: "", err: "" }] };
  };

  it("is not run and says what it needs, be it the sandbox or a way to confine readers (REQ-15, REQ-20)", () => {
    expect(leftOutOf(ranWith("plain"))).toEqual({ "REQ-15": "needs bubblewrap, in which readers can be confined: Files were read so (plain)." });
    expect(leftOutOf({ ...ranWith("nobody"), isolation: "process" })).toEqual({ "REQ-20": expect.stringMatching(/^needs a sandbox/) });
    for (const kit of [ranWith("nobody", "plain"), ranWith("read-only"), ranWith()]) expect(leftOutOf(kit)).toEqual({});
    const others = requirementIds.filter((id) => requirement(id).shownBy === undefined && id !== "REQ-15").map((id): Assertion => ({ requirement: id, assertion: "x", expected: "1", actual: "1" }));
    expect(resultsOf(others, leftOutOf(ranWith("plain"))).find(({ id }) => id === "REQ-15")).toMatchObject({ outcome: "not-run", instead: expect.stringContaining("needs bubblewrap") });
  });

  it("is asserted of confined readers alone, and a weaker way without a reason fails (REQ-15)", () => {
    const facts = (asRoot: boolean, ...confinements: readonly object[]): string => showFacts({ ...ranWith(), asRoot }, [{ type: "run", confinements }]).filter(({ requirement: id }) => id === "REQ-15").map((one) => (holding(one) ? "holds" : "fails")).join(" ");
    expect([facts(true, { confinement: "nobody", refused: [] }), facts(false, { confinement: "read-only", refused: [] }), facts(true, { confinement: "read-only", refused: ["why"] }), facts(true, { confinement: "plain", refused: ["why"] })]).toEqual(["holds holds", "holds holds", "holds holds", ""]);
    expect([facts(true, { confinement: "read-only", refused: [] }), facts(true), facts(true, { confinement: "as ever", refused: [] })]).toEqual(["holds fails", "fails holds", "fails fails"]);
  });

  it("ends the kit where a sandbox was asked for and is not there: nothing was validated", async () => {
    const out = "FAIL  sandbox: found bubblewrap: found none, expected it, expected one\n";
    const kit = { ...kitSaying("no sandbox", ["selftest"], { out }), isolation: "sandbox" as const };
    await expect(shownBy({ name: "sandbox", shows: ["REQ-20", "REQ-63"], show: () => showSandbox(kit) })).rejects.toMatchObject({ code: "sandbox-unavailable", message: expect.stringMatching(/bubblewrap: found none.*nothing was validated/) });
  });

  it("is told of reading and decoding, each way once", () => {
    const ways = waysOf(ranWith("nobody", "read-only").printed);
    expect([readingText(ways), decodingText(ways)]).toEqual(["nobody: Files were read so (nobody). read-only: Files were read so (read-only).", "process: In a process; 0 attempts to leave it were seen to fail."]);
    expect([readingText(waysOf([])), decodingText(waysOf([]))]).toEqual(["not recorded: no scan came to a report", "not recorded: no scan came to a report"]);
  });

  it("is no stock minisign where none can be used, and that is said", () => {
    expect([stockMinisign(folder, null), stockMinisign(folder, "/bin/false")]).toEqual([null, null]);
    expect(signaturesSentence(null)).toMatch(/^This machine has no stock minisign/);
  });
});

describe("what equals for want of anything", () => {
  const here = requirementIds.filter((id) => requirement(id).shownBy === undefined).map((id): Assertion => ({ requirement: id, assertion: "x", expected: "1", actual: "1" }));

  it.each(["", "undefined", "undefined bits, quality NaN"])("does not pass as a value (%s)", (nothing) => {
    const results = resultsOf([...here, { requirement: "REQ-52", assertion: "y", expected: nothing, actual: nothing }], {});
    expect(results.filter(({ outcome }) => outcome === "fail").map(({ id }) => id)).toEqual(["REQ-52"]);
  });

  it("does not pass as rows or digests", () => {
    expect([sameRows("REQ-52", "x", [], []), noneOf("REQ-06", "x", [], []), sameSha256("REQ-52", "x", undefined, undefined), sameSha256("REQ-52", "x", "ab", "ab")].filter(holding)).toEqual([]);
    expect([noneOf("REQ-06", "x", ["a"], []), sameSha256("REQ-52", "x", "ab".repeat(32), "ab".repeat(32))].filter(holding)).toHaveLength(2);
    expect(noneOf("REQ-06", "x", ["a", "b"], ["b"])).toMatchObject({ actual: "b" });
  });
});

describe("names of the exhibits on the terminal", () => {
  // Bytes that are no text arrive as marks of replacement.
  it.each([...new Set(hostileNames.flatMap((name) => [name.toString(), pathText(name), JSON.stringify(name.toString()), JSON.stringify(pathText(name))]))])("are found as %j (REQ-18)", async (text) => {
    expect(await failedOf(kitSaying(Buffer.from(text).toString("hex"), ["scan", "x"], { err: `at ${text} now` }))).toEqual(["REQ-18"]);
  });

  it("may stand in a report, and not beside it (REQ-18)", async () => {
    expect(await failedOf(kitSaying("report", ["report", "x"], { out: "damaged.png" }))).toEqual([]);
    expect(await failedOf(kitSaying("beside", ["report", "x"], { err: "damaged.png" }))).toEqual(["REQ-18"]);
  });
});

describe("what the machine refused", () => {
  it.each([
    ["blindmatch: this machine refused: ENOSPC: no space left on device, write (what is recorded stays; the same command goes on)\n", "ENOSPC"],
    ["warning: x\nblindmatch: this machine refused: database or disk is full (what is recorded stays)\n", "ENOSPC"],
    ["blindmatch: /kit/homes/main: found that it cannot be written (SQLITE_FULL), expected room and leave to write\n", "ENOSPC"],
    ["blindmatch: /ENOSPC-kit/lists/a.csv:3: found 63 digits, expected 64\n", null],
    ["blindmatch: this machine refused: ENOENT: no such file or directory, lstat '/ENOSPC-kit'\n", null],
    ["blindmatch: a.csv: found 'this machine refused: ENOSPC', expected a digest\n", null],
  ])("is told by the program's own phrase: %j", (err, code) => {
    expect(machineRefusal(err)).toBe(code);
  });
});
