import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { readingOf, signatureFileOf, smallText } from "../../src/cli/list-reading.ts";
import { builtInScales } from "../../src/lists/built-in-scales.ts";
import { counted } from "../../src/cli/reading-progress.ts";
import { drawSigningKey } from "../lists/signing.ts";
import { readingOf as synthetic, referenceWith } from "../reference/synthetic-list.ts";

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
    const publicKeys = [drawSigningKey("reading").publicText];
    const signatureFile = signatureFileOf(file, undefined);
    expect(signatureFile).toBe(`${file}.minisig`);
    await expect(readingOf(file, { agency: "Synthetic Agency", kind: "notable", scale: builtInScales[0]!, signatureFile, publicKeys }, {})).rejects.toMatchObject({ code: "list-refused", message: expect.stringContaining("list.csv.minisig: ") });
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

it("what a terminal shows of a reading is how many rows there were, once a second, and nothing at the end", async () => {
  const rows = Array.from({ length: 3000 }, (_, at) => referenceWith({ md5: new Uint8Array(16).fill(at) }, { recordId: "SYN" }));
  let shown = "";
  let [nowMs, drawn] = [0, 0];
  // 0.4 seconds for each run of three.
  const reading = counted(synthetic("a", rows), { write: (text) => (shown += text) }, () => (nowMs += 400) - 400);
  for await (const run of reading.references()) drawn += run.length;
  expect(drawn).toBe(rows.length);
  expect(shown).toMatch(/^(?:\r\x1b\[K[\d,]+ rows read)+\r\x1b\[K$/);
  const counts = [...shown.matchAll(/([\d,]+) rows/g)].map(([, count = ""]) => Number(count.replace(",", "")));
  expect(counts.slice(0, 3)).toEqual([9, 18, 27]);
  expect(counts.at(-1)).toBeGreaterThan(2950);
  expect(reading.finish().counts.rowsLoaded).toBe(rows.length);
});

it("what is shown is taken away also when the reading fails", async () => {
  let shown = "";
  const failing = counted(synthetic("a", [referenceWith({ md5: new Uint8Array(16) })], () => Promise.reject(new Error("refused"))), { write: (text) => (shown += text) }, () => 0);
  await expect(failing.references()[Symbol.asyncIterator]().next()).rejects.toThrow("refused");
  expect(shown).toBe("\r\x1b[K");
});
