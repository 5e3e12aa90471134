import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Failure } from "../../src/failure.ts";
import { builtInScales } from "../../src/lists/built-in-scales.ts";
import { loadScale } from "../../src/lists/scales.ts";

let folder = "";
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), "scales-"))));
afterAll(() => rmSync(folder, { recursive: true }));

const own = { scale: "own", version: "3", source: "drawn", entries: [{ code: "x", label: "Label", disposition: "alert" }] };

function write(content: unknown): string {
  const path = join(folder, "scale.json");
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
}

async function failureOf(nameOrPath: string): Promise<Failure> {
  const thrown = await loadScale(nameOrPath).catch((error: unknown) => error);
  expect(thrown).toBeInstanceOf(Failure);
  return thrown as Failure;
}

describe("built-in scales", () => {
  it.each(builtInScales)("$scale is found by its name, with a source and distinct codes", async (scale) => {
    expect((await loadScale(scale.scale)).scale).toBe(scale);
    expect(scale.source.length).toBeGreaterThan(10);
    expect(new Set(scale.entries.map(({ code }) => code)).size).toBe(scale.entries.length);
    expect(scale.entries.every(({ code, label }) => code === code.trim() && code !== "" && label !== "")).toBe(true);
  });

  it("the two scales with the same integers read 0 and 5 in opposite senses (REQ-33)", async () => {
    const sense = async (name: string) => (await loadScale(name)).scale.entries.map(({ code, disposition }) => `${code} ${disposition}`);
    expect(await sense("vic-us")).toEqual(["0 ignore", "1 alert", "2 alert", "3 alert", "4 info", "5 info"]);
    expect(await sense("dhs-autopsy")).toEqual(["0 info", "1 alert", "2 alert", "3 alert", "4 info", "5 ignore"]);
  });

  it("holds the codes of the public scales", () => {
    expect(Object.fromEntries(builtInScales.map(({ scale, entries }) => [scale, entries.map(({ code }) => code).join(" ")]))).toEqual({
      "vic-us": "0 1 2 3 4 5",
      "dhs-autopsy": "0 1 2 3 4 5",
      "uk-sentencing": "A B C",
      "interpol-baseline": "Y N",
      "ncmec-industry": "A1 A2 B1 B2",
      arachnid: "csam harmful-abusive-material no-known-match",
    });
  });
});

describe("a scale from a file", () => {
  it("is read, with the SHA-256 of its canonical text", async () => {
    const { scale, sha256 } = await loadScale(write(own));
    expect(scale).toEqual(own);
    expect(sha256).toBe(createHash("sha256").update('{"entries":[{"code":"x","disposition":"alert","label":"Label"}],"scale":"own","source":"drawn","version":"3"}').digest("hex"));
  });

  it("has the same SHA-256 in another layout and another one in another sense", async () => {
    const { sha256 } = await loadScale(write(own));
    const turned = { entries: own.entries.map(({ code, label, disposition }) => ({ disposition, label, code: ` ${code} ` })), source: "drawn", version: "3", scale: "own" };
    expect((await loadScale(write(`\ufeff${JSON.stringify(turned, null, 4)}`))).sha256).toBe(sha256);
    expect((await loadScale(write({ ...own, entries: [{ ...own.entries[0], disposition: "info" }] }))).sha256).not.toBe(sha256);
  });

  it.each([
    ["text that is not JSON", "{", "found text that is not JSON"],
    ["an array", [], "found an array, expected an object of entries, scale, source, version"],
    ["a missing key", { ...own, source: undefined }, 'found the keys "entries", "scale", "version"'],
    ["an unknown key", { ...own, colour: "red" }, 'found the keys "colour"'],
    ["no entries", { ...own, entries: [] }, "entries: found no entry"],
    ["an empty name", { ...own, scale: " " }, "scale: found"],
    ["a number as version", { ...own, version: 3 }, "version: found a value of type number"],
    ["an unknown disposition", { ...own, entries: [...own.entries, { code: "y", label: "L", disposition: "warn" }] }, 'entries[1].disposition: found "warn", expected one of alert, info, ignore'],
    ["a number as code", { ...own, entries: [{ code: 1, label: "L", disposition: "info" }] }, "entries[0].code: found a value of type number"],
    ["a code that stands twice", { ...own, entries: [...own.entries, { code: "x ", label: "L", disposition: "info" }] }, 'entries[1].code: found "x" a second time'],
    ["an entry that is null", { ...own, entries: [null] }, "entries[0]: found nothing"],
    ["the name of a built-in scale", { ...own, scale: "vic-us" }, "the name of a built-in scale"],
  ])("with %s is refused at its place", async (_, content, message) => {
    const failure = await failureOf(write(content));
    expect(failure.code).toBe("list-refused");
    expect(failure.message).toContain(message);
    expect(failure.message).toContain("scale.json: ");
  });

  it("a list named by mistake does not get into the message", async () => {
    const digits = createHash("md5").update("drawn").digest("hex");
    const failure = await failureOf(write(`${digits}\n`));
    expect(`${failure.message} ${String(failure.cause)}`).not.toMatch(/[0-9a-f]{8}/);
  });
});

it("what is neither a name nor a file is a usage failure that names the scales", async () => {
  for (const name of ["vic-xx", folder]) {
    const failure = await failureOf(name);
    expect(failure.code).toBe("usage");
    expect(failure.message).toContain("vic-us, dhs-autopsy, uk-sentencing");
  }
});
