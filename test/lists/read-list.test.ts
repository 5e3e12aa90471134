import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { appendFileSync, mkdtempSync, readdirSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { Failure } from "../../src/failure.ts";
import { formats } from "../../src/lists/formats.ts";
import { type ListOptions, openList } from "../../src/lists/read-list.ts";
import { loadScale } from "../../src/lists/scales.ts";
import type { Reference, Scale } from "../../src/model.ts";

let folder = "";
let scale: Scale;
beforeAll(async () => {
  scale = (await loadScale("vic-us")).scale;
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lists-"));
  return () => rmSync(folder, { recursive: true });
});
afterAll(() => expect(openDescriptors("lists-")).toBe(0));

const md5 = (label: string): string => createHash("md5").update(`drawn ${label}`).digest("hex");

function write(content: string | Buffer, name = "list.csv"): string {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
}

async function readWhole(path: string, options: Partial<ListOptions> = {}) {
  const list = await openList(path, { scale, ...options });
  const references: Reference[] = [];
  for await (const run of list.references()) references.push(...run);
  return { list, references, ...list.finish() };
}

async function failureOf(work: Promise<unknown>): Promise<Failure> {
  const thrown = await work.catch((error: unknown) => error);
  expect(thrown).toBeInstanceOf(Failure);
  return thrown as Failure;
}

function openDescriptors(part: string): number {
  const targets = readdirSync("/proc/self/fd").map((descriptor) => {
    try {
      return readlinkSync(`/proc/self/fd/${descriptor}`);
    } catch {
      // Closed since it was listed.
      return "";
    }
  });
  return targets.filter((target) => target.includes(part)).length;
}

describe("a list that is read whole", () => {
  it("is recognised, hashed, sifted and counted", async () => {
    const content = `id,md5,category\na,${md5("1")},1\nb,${md5("2")}, 2 \nc,d41d8cd98f00b204e9800998ecf8427e,1\nd,${md5("1")},\n`;
    const { list, references, sha256, sizeBytes, counts } = await readWhole(write(content));
    expect(list.format).toBe("own-csv");
    expect(references.map(({ recordId, category, where }) => [recordId, category, where])).toEqual([["a", "1", "line 2"], ["b", "2", "line 3"], ["d", null, "line 5"]]);
    expect(sha256).toBe(createHash("sha256").update(content).digest("hex"));
    expect(sizeBytes).toBe(content.length);
    expect(counts).toEqual({ rowsRead: 4, rowsLoaded: 3, refused: { "empty-file": 1 }, dropped: {}, digests: { md5: 3 }, categories: { "1": 1, "2": 1, "": 1 }, unmatchable: {}, md5Only: 3 });
    expect(openDescriptors(folder)).toBe(0);
  });

  it("keeps every row of a digest that stands with several categories", async () => {
    const { references } = await readWhole(write(`md5,category\n${md5("1")},1\n${md5("1")},2\n`));
    expect(references.map(({ category }) => category)).toEqual(["1", "2"]);
  });

  it("gives rows without a category the one that was stated, and leaves the others", async () => {
    const { references, counts } = await readWhole(write(`md5,category\n${md5("1")},\n${md5("2")},2\n`), { category: "1" });
    expect(references.map(({ category }) => category)).toEqual(["1", "2"]);
    expect(counts.categories).toEqual({ "1": 1, "2": 1 });
  });

  it("larger than its head and many chunks is read and hashed whole", async () => {
    const rows = Array.from({ length: 30_000 }, (_, no) => `${no},${md5(String(no))},1`);
    const content = `id,md5,category\n${rows.join("\n")}\n`;
    const { references, sha256, sizeBytes } = await readWhole(write(content));
    expect(references.map(({ recordId, digests }) => `${recordId},${Buffer.from(digests.md5!).toString("hex")},1`)).toEqual(rows);
    expect([sha256, sizeBytes]).toEqual([createHash("sha256").update(content).digest("hex"), content.length]);
  });

  it.each([["hashdeep", `%%%% HASHDEEP-1.0\n%%%% md5,filename\n${md5("1")},f\n`], ["misp-csv", `uuid,type,value\n00000000-0000-4000-8000-000000000001,md5,${md5("1")}\n`]])("of format %s is not read with an algorithm that it has no use for", async (format, content) => {
    expect((await readWhole(write(content))).list.format).toBe(format);
    const { code, message } = await failureOf(readWhole(write(content), { algorithm: "sha256" }));
    expect([code, message]).toEqual(["usage", `--algorithm: found sha256 for a list of format ${format}, expected none: its rows name their algorithms`]);
  });

  it.each([["partial", "--partial"], ["keepSensitive", "--keep-sensitive-fields"]] as const)("is not read with %s where its format has no use for it", async (option, flag) => {
    const { code, message } = await failureOf(readWhole(write(`${md5("1")}\n`), { [option]: true }));
    expect([code, message.slice(0, message.indexOf(","))]).toEqual(["usage", `${flag}: found it for a list of format plain`]);
    expect((await readWhole(write(`${md5("1")}\n`), { [option]: false })).references).toHaveLength(1);
    const document = JSON.stringify({ "@odata.context": "http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml/US/$metadata#Media", "@odata.nextLink": "https://example.invalid/", value: [{ MediaID: 1, MD5: md5("1"), Series: "drawn" }] });
    const { references } = await readWhole(write(document), { partial: true, [option]: true });
    expect(references.map(({ series }) => series)).toEqual([option === "keepSensitive" ? ["drawn"] : undefined]);
  });

  it("with cases without any media says how many there are", async () => {
    const context = { "@odata.context": "http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml/US/$metadata#Cases" };
    const value = [{ CaseID: "a", Media: [{ MediaID: 1, MD5: md5("1") }] }, { CaseID: "b" }, { CaseID: "c", Media: [] }];
    expect((await readWhole(write(JSON.stringify({ ...context, value })))).counts).toMatchObject({ rowsRead: 3, rowsLoaded: 1, refused: { "empty-case": 2 } });
    expect((await failureOf(readWhole(write(JSON.stringify({ ...context, value: value.slice(1) }))))).message).toContain("no usable row (2 empty-case)");
  });

  it("with a column of categories under another name needs --category", async () => {
    const path = write(`md5,grade\n${md5("1")},1\n`);
    expect((await failureOf(readWhole(path))).message).toMatch(/:1: found "grade" as a column, and no column category, expected the name "category"/);
    expect((await readWhole(path, { category: "1" })).counts.categories).toEqual({ "1": 1 });
  });

  it("may be named through a link", async () => {
    const path = write(`${md5("1")}\n`, "plain.txt");
    symlinkSync(path, join(folder, "link"));
    expect((await readWhole(join(folder, "link"))).references).toHaveLength(1);
  });

  it("takes the format that is stated", async () => {
    const path = write(`${md5("1")}\n`);
    expect((await readWhole(path, { format: "plain" })).list.format).toBe("plain");
    expect((await failureOf(readWhole(path, { format: "hashdeep" }))).message).toContain("list.csv:1: found another first line");
  });

  it("takes the algorithm that is stated", async () => {
    const digits = createHash("sha256").update("drawn").digest("hex");
    const { references } = await readWhole(write(`${digits}  a\n`), { algorithm: "blake3" });
    expect(references.map(({ digests }) => Object.keys(digests))).toEqual([["blake3"]]);
  });
});

describe("a list that is refused", () => {
  it("for a category that the scale does not have, with the line and the codes (REQ-33)", async () => {
    const path = write(`md5,category\n${md5("1")},1\n${md5("2")},9\n`);
    const failure = await failureOf(readWhole(path));
    expect(failure.code).toBe("list-refused");
    expect(failure.message).toBe(`${path}:3: found category "9", expected one of the codes of scale vic-us: 0, 1, 2, 3, 4, 5`);
    expect(openDescriptors(folder)).toBe(0);
  });

  it("for the category of a row that would be sifted out anyway", async () => {
    const failure = await failureOf(readWhole(write(`md5,category\n${md5("1")},1\nd41d8cd98f00b204e9800998ecf8427e,9\n`)));
    expect(failure.message).toContain(":3: found category");
  });

  it("for a category in another case than the scale's, and for 01 instead of 1", async () => {
    const uk = (await loadScale("uk-sentencing")).scale;
    expect((await failureOf(readWhole(write(`md5,category\n${md5("1")},a\n`), { scale: uk }))).message).toContain('found category "a", expected one of the codes of scale uk-sentencing: A, B, C');
    expect((await failureOf(readWhole(write(`md5,category\n${md5("1")},01\n`)))).message).toContain('found category "01"');
  });

  it("and does not quote a digest that stands in the place of the category", async () => {
    const failure = await failureOf(readWhole(write(`md5,category\n${md5("1")},${md5("2")}\n`)));
    expect(failure.message).toContain("found category a text of 32 characters");
  });

  it("names the element for JSON, an integer category compared as text", async () => {
    const vics = (category: unknown) =>
      write(JSON.stringify({ "@odata.context": "http://x/DataModels/2.0.xml/US/$metadata#Media", value: [{ MediaID: 1, Category: 1, MD5: md5("1") }, { MediaID: 2, Category: category, MD5: md5("2") }] }), "set.json");
    expect((await readWhole(vics(2))).references.map(({ category }) => category)).toEqual(["1", "2"]);
    expect((await failureOf(readWhole(vics(7)))).message).toContain('set.json: value[1]: found category "7"');
  });

  it("for a row of another scale than the chosen one", async () => {
    expect((await failureOf(readWhole(write(`md5,category,scale\n${md5("1")},1,dhs-autopsy\n`)))).message).toContain('found a row of the scale "dhs-autopsy", expected the scale "vic-us"');
  });

  it("when it has no rows, or none that can be used", async () => {
    expect((await failureOf(readWhole(write("md5,category\n")))).message).toContain("found no rows");
    expect((await failureOf(readWhole(write("md5,category\nd41d8cd98f00b204e9800998ecf8427e,1\n")))).message).toContain("found no usable row (1 empty-file)");
    expect((await failureOf(readWhole(write(""), { format: "plain" }))).message).toContain("found no rows");
  });

  it("when no format recognises it", async () => {
    const failure = await failureOf(readWhole(write("")));
    expect(failure.code).toBe("list-refused");
    expect(failure.message).toContain(`list.csv: found no known format, expected one of ${formats.map(({ name }) => name).join(", ")}; --format states which`);
    expect(openDescriptors(folder)).toBe(0);
  });

  it("when UTF-16 ends inside a character", async () => {
    const whole = Buffer.from(`\ufeffMD5\n${md5("1")}\n`, "utf16le");
    expect((await readWhole(write(whole))).references).toHaveLength(1);
    expect((await failureOf(readWhole(write(whole.subarray(0, whole.length - 1))))).message).toContain("found bytes that are no UTF-16LE");
  });

  it.each([
    ["a line", (bytes: number) => `MD5\n${"a".repeat(bytes)}`, "plain", "list.csv:2: found a line of more than 1 MiB"],
    ["a line among others", (bytes: number) => `MD5\n${"a".repeat(bytes)}\n${md5("1")}\n`, "plain", "list.csv:2: found a line of more than 1 MiB"],
    ["a JSON object", (bytes: number) => `{"value":[\n{"x":"${"a".repeat(bytes)}"}]}`, "vics", "list.csv:2: value[0]: found an item of more than 1 MiB"],
    ["a quoted field", (bytes: number) => `md5,x\n"${"a\n".repeat(bytes / 2)}`, "own-csv", "list.csv:2: found a row of more than 1 MiB"],
  ])("for %s above 1 MiB, with its place", async (_, content, format, message) => {
    expect((await failureOf(readWhole(write(content(3 << 20)), { format }))).message).toContain(message);
    expect((await failureOf(readWhole(write(content((1 << 20) + 2)), { format }))).message).toContain(message);
    expect((await failureOf(readWhole(write(content(1 << 19)), { format }))).message).not.toContain("1 MiB");
  });

  it("when another text of the same length is written into it while it is read", async () => {
    const content = `MD5\n${`${md5("1")}\n`.repeat(20_000)}`;
    const path = write(content);
    const list = await openList(path, { scale });
    let written = false;
    const failure = await failureOf(
      (async () => {
        for await (const run of list.references()) {
          if (run.length > 0 && !written) write(content.replaceAll(md5("1"), md5("2")));
          written = true;
        }
      })(),
    );
    expect(failure.message).toContain("found it changed while it was read");
  });

  it("when it grows while it is read", async () => {
    const path = write(`MD5\n${`${md5("1")}\n`.repeat(20_000)}`);
    const list = await openList(path, { scale });
    const failure = await failureOf(
      (async () => {
        for await (const run of list.references()) if (run.length > 0) appendFileSync(path, `${md5("2")}\n`);
      })(),
    );
    expect(failure.message).toContain("found it changed while it was read");
    expect(() => list.finish()).toThrow(RangeError);
  });
});

describe("a command that is wrong", () => {
  it("for a file that is missing, a folder or a fifo", async () => {
    execFileSync("mkfifo", [join(folder, "fifo")]);
    for (const [name, message] of [["missing", "cannot be opened (ENOENT)"], ["", "found no regular file"], ["fifo", "found no regular file"]]) {
      const failure = await failureOf(openList(join(folder, name!), { scale }));
      expect([failure.code, failure.message]).toEqual(["usage", expect.stringContaining(message!)]);
    }
    expect(readdirSync(folder)).toEqual(["fifo"]);
  });

  it("for an unknown format, naming the known ones", async () => {
    const failure = await failureOf(openList(write("x"), { scale, format: "xml" }));
    expect([failure.code, failure.message]).toEqual(["usage", `--format: found "xml", expected one of ${formats.map(({ name }) => name).join(", ")}`]);
  });

  it("for a category that the scale does not have", async () => {
    const failure = await failureOf(openList(write("x"), { scale, category: "A" }));
    expect([failure.code, failure.message]).toEqual(["usage", '--category: found "A", expected one of the codes of scale vic-us: 0, 1, 2, 3, 4, 5']);
  });
});

it("finishing before the last run is a mistake of the caller", async () => {
  const list = await openList(write(`MD5\n${md5("1")}\n`), { scale });
  expect(() => list.finish()).toThrow(RangeError);
  for await (const run of list.references()) expect(run).toHaveLength(1);
  expect(list.finish().counts.rowsLoaded).toBe(1);
});

it("a reading that is abandoned lets the file go", async () => {
  const list = await openList(write(`MD5\n${`${md5("1")}\n`.repeat(20_000)}`), { scale });
  for await (const run of list.references()) if (run.length > 0) break;
  expect(openDescriptors(folder)).toBe(0);
  expect(() => list.finish()).toThrow(RangeError);
});
