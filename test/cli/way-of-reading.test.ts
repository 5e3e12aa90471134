import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { wayOfReading } from "../../src/cli/way-of-reading.ts";
import { temporaryFolder } from "../support/folder.ts";
import { describeWith, has, run } from "../support/tools.ts";

describe("the way of reading", () => {
  it("is one reader and one file at a time on a disk that rotates, unless more readers are asked for", () => {
    expect(wayOfReading("rotating", undefined, 8)).toEqual({ readers: 1, sideBySide: 1, byInode: true });
    expect(wayOfReading("rotating", 3, 8)).toEqual({ readers: 3, sideBySide: 1, byInode: true });
  });

  it.each(["not-rotating", "untold"] as const)("is a reader for each core on what is %s, unless others are asked for", (medium) => {
    expect(wayOfReading(medium, undefined, 8)).toEqual({ readers: 8, byInode: false });
    expect(wayOfReading(medium, 1, 8)).toEqual({ readers: 1, byInode: false });
  });
});

describeWith("strace", has("strace"), "a reader process", () => {
  const folder = temporaryFolder();
  const root = join(folder, "root");
  const dist = resolve(import.meta.dirname, "../../dist");

  it.each([["each as it comes where it is told to read one file at a time", { sideBySide: 1 }, ["a large", "b small"]], ["small ones first otherwise", {}, ["b small", "a large"]]])("opens files, %s", (_, more, expected) => {
    mkdirSync(root, { recursive: true });
    writeFileSync(join(root, "a large"), Buffer.alloc(12_000_000));
    writeFileSync(join(root, "b small"), "small");
    const program = `
      import { startReaders } from ${JSON.stringify(join(dist, "reading/pool.js"))};
      import { directorySource } from ${JSON.stringify(join(dist, "evidence/directory.js"))};
      const pool = startReaders({ confinement: "plain", roots: [], program: ${JSON.stringify(join(dist, "cli/reader-process.js"))}, decoderProgram: "", count: 1, digests: ["sha256", "md5"], isolation: "process", perceptual: false, stallMs: 60000, ...${JSON.stringify(more)} });
      const entries = [...directorySource(${JSON.stringify(root)}).entries()].sort((one, other) => Buffer.compare(one.path, other.path));
      await pool.read(Buffer.from(${JSON.stringify(root)}), entries.map((entry, no) => ({ ...entry, no, sameAs: null })));
      await pool.close();
    `;
    const trace = join(folder, "trace");
    run("strace", ["-f", "-qq", "-e", "trace=openat", "-o", trace, process.execPath, "--input-type=module", "-e", program]);
    expect(readFileSync(trace, "utf8").match(/(?:a large|b small)(?=")/g)).toEqual(expected);
  });
});
