import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { type ReaderFacts, shortfall } from "../../src/reading/reader-facts.ts";
import { readerView } from "../../src/reading/reader-view.ts";

const dist = resolve(import.meta.dirname, "../../dist");
const readerProgram = join(dist, "cli/reader-process.js");

describe("what a confined reader finds of itself", () => {
  const asPromised: ReaderFacts = { seesEvidence: true, isReadOnly: true, seesHidden: false, seesNetwork: false, userNumber: 65_534, groupNumbers: [65_534], rights: ["0000000000000004", "0000000000000004", "0000000000000004"], isFiltered: true, decodes: true, sandboxFault: null };

  it("is what its confinement promises, or says so in words", () => {
    expect(shortfall("nobody", asPromised)).toBeNull();
    expect(shortfall("read-only", { ...asPromised, userNumber: 1000, groupNumbers: [1000, 6], rights: [] })).toBeNull();
  });

  it.each([
    [{ seesEvidence: false }, "could not be listed"],
    [{ isReadOnly: false }, "not read-only"],
    [{ seesHidden: true }, "the case or the lists"],
    [{ seesNetwork: true }, "a network"],
    [{ isFiltered: false }, "no system call was refused"],
    [{ decodes: false }, "no picture could be decoded"],
    [{ sandboxFault: "sandbox of the decoder: found it possible from inside to start a shell" }, "possible from inside to start a shell"],
  ] as const)("%j is a shortfall of every way", (fact, words) => {
    for (const way of ["nobody", "read-only"] as const) expect(shortfall(way, { ...asPromised, ...fact })).toContain(words);
  });

  it.each([[{ userNumber: 0 }], [{ groupNumbers: [65_534, 6] }], [{ rights: ["0000000000000004", "0000000000000006", "0000000000000004"] }]])("%j is one of nobody's", (fact) => {
    expect(shortfall("nobody", { ...asPromised, ...fact })).toContain("inside");
    expect(shortfall("read-only", { ...asPromised, ...fact })).toBeNull();
  });
});

describe("what a confined reader may see", () => {
  it("is the evidence, the program, and folders of the system: outer ones first, none twice", () => {
    const root = "/mnt/some evidence";
    const view = readerView(readerProgram, [Buffer.from(root)]).map((path) => path.toString());
    expect(view).toEqual([...new Set(view)].sort());
    expect(view).toContain(root);
    expect(view).toContain(dist);
    const known = [root, dist, ...["bin", "sbin", "lib", "lib32", "lib64"].flatMap((name) => [`/${name}`, `/usr/${name}`, `/usr/local/${name}`]), "/usr/libexec", "/nix/store", "/gnu/store", "/run/current-system", "/etc/ld.so.cache"];
    const further = view.filter((path) => !known.some((one) => path === one || path.startsWith(`${one}/`)));
    for (const path of further) expect(path).toMatch(/node_modules$|package\.json$|\/node$|\.so|\.node$/);
  });

  it("is all where the evidence is all", () => {
    expect(readerView(readerProgram, [Buffer.from("/")]).map((path) => path.toString())).toEqual(["/"]);
  });
});
