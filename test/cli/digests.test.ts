import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { blake3 } from "@napi-rs/blake-hash";
import { beforeAll, describe, expect, it } from "vitest";
import { type CryptographicAlgorithm, cryptographicAlgorithms } from "../../src/model.ts";
import { blindmatch, type Ended, entryOf, type ReportLine, wholeReport, writtenReport } from "../support/blindmatch.ts";
import { temporaryFolder } from "../support/folder.ts";
import { csvRows } from "../support/report-text.ts";

// Which digests a scan computes, told with the real program on a plain folder.

const folder = temporaryFolder();
const home = join(folder, "home");
const evidence = join(folder, "evidence");
const texts = Array.from({ length: 12 }, (_, number) => `synthetic note ${number}`);

const digest = (name: CryptographicAlgorithm, text: string): string => (name === "blake3" ? blake3(text).toString("hex") : createHash(name).update(text).digest("hex"));

function importList(name: string, text: string, ...more: readonly string[]): void {
  const file = join(folder, `${name}.csv`);
  writeFileSync(file, text);
  const ended = blindmatch("list", "import", file, "--agency", "Synthetic", "--list-name", name, "--list-version", "1", "--scale", "vic-us", "--accept-unsigned", "synthetic", "--home", home, ...more);
  expect(ended, ended.err).toMatchObject({ status: 0 });
}

function scan(caseName: string, lists: readonly string[], ...more: readonly string[]): Ended {
  const chosen = lists.length === 0 ? [] : ["--list", ...lists];
  return blindmatch("scan", evidence, "--case", join(folder, caseName), "--case-number", "C", "--exhibit", "E", "--examiner", "X", "--home", home, "--allow-writable", "a test", "--readers", "1", ...chosen, ...more);
}

/** The digests of every file of a report, by the names of those that are there, each proved. */
function computedIn(lines: readonly ReportLine[]): string[] {
  const files = lines.filter(({ type }) => type === "entry").map(entryOf);
  expect(files).toHaveLength(texts.length);
  const computed = files.map((file) => {
    const digests = file["digests"] as Record<string, string | null>;
    expect(Object.keys(digests)).toEqual(cryptographicAlgorithms);
    const text = readFileSync(join(evidence, String(file["path"])), "utf8");
    const names = cryptographicAlgorithms.filter((name) => digests[name] !== null);
    for (const name of names) expect(digests[name]).toBe(digest(name, text));
    return names.join();
  });
  return [...new Set(computed)];
}

const matchesIn = (lines: readonly ReportLine[]): unknown[] => lines.filter(({ type }) => type === "match").map((line) => [line["recordId"], line["algorithms"], line["contradictedBy"]]);

beforeAll(() => {
  mkdirSync(evidence);
  for (const [number, text] of texts.entries()) writeFileSync(join(evidence, `note ${number}`), text);
  const [first, second, third] = texts as [string, string, string];
  importList("both", `record_id,md5,sha1,category\nSYN-1,${digest("md5", first)},${digest("sha1", first)},1\nSYN-2,${digest("md5", second)},,2\nSYN-3,${digest("md5", third)},${"0d".repeat(20)},2\n`);
  importList("newer", `record_id,blake3,category\nSYN-4,${digest("blake3", third)},1\n`);
  importList("codes", `record_id,pdq,category\nSYN-5,${createHash("sha256").update("a code").digest("hex")},1\n`);
  importList("harmless", `record_id,sha1\nSYN-6,${digest("sha1", texts[5]!)}\n`, "--kind", "known");
});

describe("a scan computes SHA-256 and what its lists carry", () => {
  it.each<[string, readonly string[], string]>([
    ["codes", ["codes"], "sha256"],
    ["harmless", ["harmless", "codes"], "sha1,sha256"],
    ["newer", ["newer"], "sha256,blake3"],
    ["both", ["both", "codes"], "md5,sha1,sha256"],
    ["every list", [], "md5,sha1,sha256,blake3"],
  ])("of %s (REQ-24)", (name, lists, expected) => {
    const ended = scan(`by ${name}`, lists);
    expect(ended.status, ended.err).toBe(lists.length === 0 || name === "both" || name === "newer" ? 1 : 0);
    const lines = wholeReport(join(folder, `by ${name}`));
    expect(computedIn(lines)).toEqual([expected]);
    expect(lines[0]).toMatchObject({ header: { options: { digests: expected.split(",") } } });
    const selftests = (lines[0]!["selftests"] as string[]).filter((check) => / of the known picture$/.test(check) && !check.startsWith("media"));
    expect(selftests).toEqual(expected.split(",").map((algorithm) => `${algorithm} of the known picture`));
  });

  it("and finds the same with all of them, each match with the algorithms of its reference", () => {
    expect(scan("all of both", ["both", "codes"], "--digests", "all").status).toBe(1);
    const lines = wholeReport(join(folder, "all of both"));
    expect(computedIn(lines)).toEqual(["md5,sha1,sha256,blake3"]);
    expect(matchesIn(lines)).toEqual(matchesIn(wholeReport(join(folder, "by both"))));
    expect(matchesIn(lines)).toEqual([["SYN-1", ["md5", "sha1"], []], ["SYN-2", ["md5"], []], ["SYN-3", ["md5"], ["sha1"]]]);
  });

  it("and more where that is asked for, in any order", () => {
    expect(scan("more", ["newer"], "--digests", "blake3,sha256,md5").status).toBe(1);
    expect(computedIn(wholeReport(join(folder, "more")))).toEqual(["md5,sha256,blake3"]);
  });

  it("and every report says which, with empty cells for the others", () => {
    const place = join(folder, "by codes");
    expect(readFileSync(join(place, "report.html"), "utf8")).toContain("Digests computed: SHA-256. Not computed: MD5, SHA-1 and BLAKE3, for no list that was used carries them.");
    expect(readFileSync(join(folder, "all of both/report.html"), "utf8")).toContain("Digests computed: MD5, SHA-1, SHA-256 and BLAKE3. No content");
    const rows = csvRows(blindmatch("report", place, "--format", "csv", "--all").out.slice(1));
    const column = (name: string): number => rows[0]!.indexOf(name);
    const cells = (rowType: string, ...names: readonly string[]): string[][] => rows.filter((row) => row[column("row_type")] === rowType).map((row) => names.map((name) => row[column(name)]!));
    expect(cells("entry", "md5", "sha1", "sha256", "blake3")).toEqual(cells("entry", "path").map(([path]) => ["", "", digest("sha256", readFileSync(join(evidence, path!), "utf8")), ""]));
    expect(cells("total", "status", "algorithms").filter(([status]) => status === "digests")).toEqual([["digests", "sha256"]]);
    expect(writtenReport(place)[0]).toMatchObject({ header: { options: { digests: ["sha256"] } } });
  });
});

describe("--digests is refused with status 2 and nothing is begun", () => {
  it.each<[string, readonly string[], RegExp]>([
    ["of unknown names", ["--digests", "sha256,sha512"], /found "sha512", expected md5,sha1,sha256,blake3 \(one or more of them\), or all/],
    ["of a perceptual one", ["--digests", "sha256,pdq"], /found "pdq"/],
    ["of other spellings", ["--digests", "SHA-256"], /found "SHA-256"/],
    ["without a name", ["--digests", ""], /found "", expected md5/],
    ["with a name missing", ["--digests", "sha256,"], /found "", expected md5/],
    ["with a name twice", ["--digests", "sha256,md5,sha256"], /found sha256 twice, expected it once/],
    ["with a name beside all", ["--digests", "all,md5"], /found "all"/],
    ["given twice", ["--digests", "sha256", "--digests", "md5,sha256"], /found the option twice, expected it once/],
    ["without SHA-256", ["--digests", "md5,sha1"], /found no sha256, expected it among them/],
    ["without what a list carries", ["--digests", "sha1,sha256"], /--digests: found sha1,sha256, expected also md5, which Synthetic\/both carries;/],
    ["without what several lists carry", ["--list", "newer", "--digests", "sha256"], /expected also md5 and sha1, which Synthetic\/both carries; blake3, which Synthetic\/newer carries;/],
  ])("%s", (name, more, message) => {
    const ended = scan(`refused ${name}`, ["both"], ...more);
    expect([ended.status, ended.out]).toEqual([2, ""]);
    expect(ended.err).toMatch(message);
    expect(existsSync(join(folder, `refused ${name}`))).toBe(false);
  });
});

it("a case is not gone on with under other digests", () => {
  const before = readFileSync(join(folder, "by both/record.sqlite"));
  const other = scan("by both", ["both", "codes"], "--digests", "all");
  expect(other.status).toBe(5);
  expect(other.err).toMatch(/option digests: found \["md5","sha1","sha256"\] in the record, expected \["md5","sha1","sha256","blake3"\]/);
  expect(scan("by both", ["both", "codes"], "--digests", "md5,sha1,sha256")).toMatchObject({ status: 1, err: expect.stringMatching(/finished/) as string });
  expect(readFileSync(join(folder, "by both/record.sqlite")).equals(before)).toBe(true);
});
