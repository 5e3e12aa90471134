import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, lstatSync, mkdirSync, readFileSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020, type AnySchema } from "ajv/dist/2020.js";
import Sqlite from "better-sqlite3";
import { beforeAll, describe, expect, it } from "vitest";
import { pathText } from "../../src/path-text.ts";
import { formats } from "../../src/reports/formats.ts";
import { blindmatch, jsonLines } from "../support/blindmatch.ts";
import { temporaryFolder } from "../support/folder.ts";
import { describeWith, has, run } from "../support/tools.ts";

// Reports for other programs, made by the real program of a plain folder and read by the programs that they are for.

const md5 = (text: string): string => createHash("md5").update(text).digest("hex");

const folder = temporaryFolder();
const evidence = join(folder, "evidence");
const place = join(folder, "case");
const names = ["a/note 1.txt", "a/note, 2", "b/\u00fc \u05d0.bin", "twice", "b/twice", "empty", ".hidden"];
const hostile = ["c/a|b", "c/two\nlines", "c/back\\slash", "c/bell\u0007 \u001b[31m\u202e", "c/path-text:two"];
const bytesOf = (name: string): string => (name.endsWith("twice") ? "canary content" : name === "empty" ? "" : `canary content of ${name}`);
const unmatched = md5("a file that is not there");
const made = (format: string): string => join(place, `for programs.${formats.find(({ name }) => name === format)!.extension}`);
const forPrograms = formats.filter((format) => format.forPrograms === true);

beforeAll(() => {
  for (const name of [...names, ...hostile]) {
    const path = join(evidence, name);
    mkdirSync(join(path, ".."), { recursive: true });
    writeFileSync(path, bytesOf(name));
    utimesSync(path, 1_700_000_000, 1_700_000_000 + name.length);
  }
  // What no program may open: a FIFO waits for ever, a link leads out of the evidence.
  run("mkfifo", [join(evidence, "fifo")]);
  symlinkSync("/etc/passwd", join(evidence, "link"));
  const list = join(folder, "list.csv");
  writeFileSync(list, `record_id,md5,category\nSYN-1,${md5(bytesOf("a/note 1.txt"))},1\nSYN-2,${unmatched},2\n`);
  const home = join(folder, "home");
  expect(blindmatch("list", "import", list, "--agency", "Synthetic", "--list-name", "l", "--list-version", "1", "--scale", "vic-us", "--accept-unsigned", "synthetic", "--home", home)).toMatchObject({ status: 0 });
  const scanned = blindmatch("scan", evidence, "--case", place, "--case-number", "C", "--exhibit", "E", "--examiner", "X", "--home", home, "--allow-writable", "a test", "--readers", "1", "--digests", "all");
  expect(scanned.status, scanned.err).toBe(1);
  for (const { name, needsUnredacted } of forPrograms) {
    const ended = blindmatch("report", place, "--format", name, "--output", made(name), ...(needsUnredacted === true ? ["--unredacted"] : []));
    expect(ended, ended.err).toMatchObject({ status: 0, out: "", err: "" });
  }
});

describe("reports for other programs", () => {
  it("are not written by a scan, and are named by the command's help", () => {
    const help = blindmatch("report", "--help").out;
    for (const { name } of formats) expect(help).toMatch(new RegExp(`\\b${name}\\b`));
    expect(formats.filter(({ extension }) => existsSync(join(place, `report.${extension}`))).map(({ name }) => name)).toEqual(["jsonl", "csv", "html"]);
  });

  it("hold no byte of a file and no digest of the list that no file has, and neither do the others", () => {
    const texts = [...forPrograms.map(({ name }) => made(name)), ...["jsonl", "csv", "html"].map((extension) => join(place, `report.${extension}`))].map((path) => readFileSync(path, "utf8"));
    expect(texts).toHaveLength(formats.length);
    for (const text of texts) {
      expect(text).not.toMatch(new RegExp(`canary|${Buffer.from("canary content").toString("base64").slice(0, 18)}|${Buffer.from("canary").toString("hex")}|${unmatched}`, "i"));
      expect(text).toContain("note 1.txt");
    }
  });

  it("are rows of the record, and verify makes each of them anew", () => {
    const { status, out, err } = blindmatch("verify", place);
    expect([status, err]).toEqual([0, ""]);
    for (const { name } of forPrograms) expect(out).toMatch(new RegExp(`${made(name).slice(place.length + 1).replaceAll(".", "\\.")}: its SHA-256 is the one of row \\d+ of the record, and the record gives the same text`));
  });

  it("are wrong for verify when a byte of them was altered", () => {
    const copy = join(folder, "altered");
    cpSync(place, copy, { recursive: true });
    const file = join(copy, made("dfxml").slice(place.length + 1));
    writeFileSync(file, readFileSync(file, "utf8").replace("<alloc>1</alloc>", "<alloc>0</alloc>"));
    const ended = blindmatch("verify", copy);
    expect([ended.status, ended.out]).toEqual([5, expect.stringContaining("WRONG") as string]);
  });

  it.each(["jsonl", "vics", "dfxml"])("%s is none of a record whose log was altered (5)", (name) => {
    const copy = join(folder, `damaged ${name}`);
    cpSync(place, copy, { recursive: true });
    const database = new Sqlite(join(copy, "record.sqlite"));
    database.exec("DROP TRIGGER logRefusesUPDATE; UPDATE log SET at = '2026-01-01T00:00:00.000+00:00' WHERE seq = 2");
    database.close();
    const ended = blindmatch("report", copy, "--format", name, "--output", join(copy, "new"), ...(name === "vics" ? ["--unredacted"] : []));
    expect([ended.status, existsSync(join(copy, "new"))], ended.err).toEqual([5, false]);
  });
});

describe("a report with names and digests for other programs", () => {
  it("must be asked for in so many words (2), and others must not (REQ-66)", () => {
    expect(blindmatch("report", place, "--format", "vics")).toMatchObject({ status: 2, out: "", err: expect.stringContaining("found no --unredacted") as string });
    expect(blindmatch("report", place, "--format", "csv", "--unredacted")).toMatchObject({ status: 2, out: "", err: expect.stringContaining("expected vics") as string });
    expect(blindmatch("report", place, "--format", "vics", "--unredacted", "--all")).toMatchObject({ status: 2, out: "" });
    expect(blindmatch("report", place)).toMatchObject({ status: 2, out: "", err: expect.stringContaining("--format") as string });
    expect(blindmatch("report", place, "--format", "xml")).toMatchObject({ status: 2, out: "", err: expect.stringContaining("found xml, expected one of jsonl") as string });
    expect(blindmatch("report")).toMatchObject({ status: 2, out: "", err: expect.stringContaining("found no case folder") as string });
  });

  it("stands in the record's log with who asked for it, to a file and to standard output, before it is made", () => {
    const copy = join(folder, "asked");
    cpSync(place, copy, { recursive: true });
    const custody = (): Record<string, unknown>[] => (jsonLines(blindmatch("report", copy, "--format", "jsonl").out)[0]!["custody"] as Record<string, unknown>[]).filter(({ kind, format }) => kind === "report" && format === "vics");
    expect(custody()).toEqual([expect.objectContaining({ unredacted: true, user: expect.any(String) as string, host: expect.any(String) as string })]);
    const ended = blindmatch("report", copy, "--format", "vics", "--unredacted");
    expect([ended.status, JSON.parse(ended.out)]).toMatchObject([0, { value: [{ TotalMediaFiles: 1 }] }]);
    expect(custody().map(({ fileName, unredacted }) => [fileName, unredacted])).toEqual([["for programs.vics.json", true], ["standard output", true]]);
    expect(blindmatch("report", copy, "--format", "html").out).toContain("vics, unredacted: ");
  });

  it("is not made where the record cannot note it", () => {
    const copy = join(folder, "locked");
    cpSync(place, copy, { recursive: true });
    writeFileSync(join(copy, "record.lock"), "held by another program");
    for (const more of [[], ["--output", join(copy, "new")]]) {
      const ended = blindmatch("report", copy, "--format", "vics", "--unredacted", ...more);
      expect([ended.status, ended.out, existsSync(join(copy, "new"))], ended.err).toEqual([5, "", false]);
    }
  });
});

it.each([
  [["CASE"], "a case folder"],
  [["--format", "nope"], "--format"],
  [["CASE", "--counts-only", "--annex-to", "a"], "a case folder, --counts-only, --annex-to"],
])("the schema is of no case: %j beside it is a usage error", (more, found) => {
  const { status, out, err } = blindmatch("report", "--schema", ...more);
  expect([status, out]).toEqual([2, ""]);
  expect(err).toContain(`--schema: found ${found} beside it, expected nothing`);
});

it("the published schema of JSON Lines is printed, of no case, and describes a real report", () => {
  const { status, out, err } = blindmatch("report", "--schema");
  expect([status, out, err]).toEqual([0, readFileSync("fixtures/reports/jsonl.schema.json", "utf8"), ""]);
  const validate = new Ajv2020({ strictTypes: false }).compile(JSON.parse(out) as AnySchema);
  const lines = jsonLines(blindmatch("report", place, "--format", "jsonl", "--all").out);
  expect(lines.filter((line) => !validate(line)).map((line) => [line, validate.errors])).toEqual([]);
  expect(lines[0]).toMatchObject({ report: { schema: (JSON.parse(out) as { $id: string }).$id } });
});

describeWith("hashdeep", has("hashdeep"), "the hashdeep report", () => {
  const readme = readFileSync("README.md", "utf8");
  const command = /^\| `hashdeep` \|.*?: `(hashdeep .*?)`/m.exec(readme)?.[1] ?? "no command";

  /** The README's command, in a folder. */
  const audit = (root: string, list: string): { status: number | null; out: string } => {
    const { status, stdout } = spawnSync("sh", ["-c", `cd "$1" && ${command.replace("-k FILE", '-vvv -k "$2"')}`, "sh", root, list], { encoding: "utf8", timeout: 60_000 });
    return { status, out: stdout };
  };

  it("is what hashdeep audits the evidence with, in the README's words, and a name of two lines is the one that it calls moved", () => {
    const text = readFileSync(made("hashdeep"), "utf8");
    expect(text).toMatch(/\n## escaped names: 1, [^\n]*\n$/);
    const { status, out } = audit(evidence, made("hashdeep"));
    expect(out).toMatch(/Audit failed[\s\S]*Files matched: 11\n[\s\S]*Files moved: 1\n\s*New files found: 0\n\s*Known files not found: 0\n/);
    expect([status, out]).toEqual([1, expect.stringContaining("./c/two\nlines: Moved from path-text:c/two\\u{a}lines") as string]);
  });

  it("passes its audit where each name fits in a line, and fails it for other bytes", () => {
    const list = join(folder, "plain.txt");
    writeFileSync(list, readFileSync(made("hashdeep"), "utf8").replace(/^\d.*,path-text:.*\n/m, ""));
    const plain = join(folder, "plain");
    run("cp", ["-a", evidence, plain]);
    rmSync(join(plain, "c/two\nlines"));
    expect(audit(plain, list)).toMatchObject({ status: 0, out: expect.stringMatching(/Audit passed[\s\S]*Files matched: 11/) as string });
    writeFileSync(join(plain, "twice"), "other bytes");
    expect(audit(plain, list)).toMatchObject({ status: 1, out: expect.stringMatching(/Audit failed[\s\S]*New files found: 1/) as string });
  });
});

describeWith("mactime", has("mactime"), "the body file", () => {
  it("is what mactime makes a timeline of, every file at the time of its content", () => {
    const rows = run("mactime", ["-d", "-y", "-b", made("bodyfile")]).toString().split("\n").map((line) => line.split(","));
    for (const name of [...names, ...hostile]) {
      const { ino, mtime } = lstatSync(join(evidence, name));
      const shown = pathText(Buffer.from(name)).replaceAll("|", "\\u{7c}");
      const row = rows.find(([at, , kinds, , , , inode, ...rest]) => at === mtime.toISOString().replace(".000", "") && kinds?.startsWith("m") === true && inode === `${ino}` && rest.join(",").replaceAll('"', "") === shown);
      expect(row?.slice(1, 4), `${name}: ${rows.map((cells) => cells.join()).join("\n")}`).toEqual([`${Buffer.byteLength(bytesOf(name))}`, "m...", "r/rrw-r--r--"]);
    }
  });
});
