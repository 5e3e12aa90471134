import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { readingOf, smallText } from "../../src/cli/list-reading.ts";
import { builtInScales } from "../../src/lists/built-in-scales.ts";
import { trustKey } from "../../src/lists/trust.ts";
import { drawSigningKey } from "../lists/signing.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "list-reading-"));
  return () => rmSync(folder, { recursive: true });
});

const places: readonly (readonly [string, (path: string) => void])[] = [
  ["a link to nothing", (path) => symlinkSync("nowhere", path)],
  ["a fifo", (path) => execFileSync("mkfifo", [path])],
  ["a folder", (path) => mkdirSync(path)],
  ["a device without end", (path) => symlinkSync("/dev/zero", path)],
  ["three gigabytes", (path) => (writeFileSync(path, ""), truncateSync(path, 3 * 2 ** 30))],
];

describe.each(places)("where a small text is expected, %s", (_, make) => {
  it("beside a list is refused as its signature, never taken for none", async () => {
    const file = join(folder, "list.csv");
    writeFileSync(file, "MD5\n");
    make(`${file}.minisig`);
    trustKey(folder, "Synthetic Agency", drawSigningKey("reading").publicText, null);
    await expect(readingOf(file, { agency: "Synthetic Agency", kind: "notable", scale: builtInScales[0]!, home: folder, signature: undefined }, {})).rejects.toMatchObject({ code: "list-refused", message: expect.stringContaining("list.csv.minisig: ") });
  });

  it("as a key is a mistake of use", () => {
    make(join(folder, "key.pub"));
    expect(() => smallText(join(folder, "key.pub"), "usage")).toThrow(expect.objectContaining({ code: "usage" }) as Error);
  });
});

it("a small text is read whole, and one byte above 64 KiB is refused", () => {
  const path = join(folder, "text");
  writeFileSync(path, "a".repeat(64 * 1024));
  expect(smallText(path, "usage")).toHaveLength(64 * 1024);
  writeFileSync(path, "a".repeat(64 * 1024 + 1));
  expect(() => smallText(path, "usage")).toThrow(/found more than 65536 bytes/);
});
