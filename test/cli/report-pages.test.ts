import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { custody } from "../../src/cli/custody.ts";
import { writeReports } from "../../src/cli/scan-outcome.ts";
import { addPass } from "../../src/record/add-pass.ts";
import { appendReportRow, appendSealedRow } from "../../src/record/open-record.ts";
import { openRecord } from "../../src/record/open-view.ts";
import type { LogBodies } from "../../src/record/view.ts";
import { newPass } from "../record/sample-case.ts";
import { faults } from "../sealing/sealed-case.ts";
import { blindmatch, blindmatchWith, program } from "../support/blindmatch.ts";
import { temporaryFolder } from "../support/folder.ts";
import { caseWith } from "../support/many-matches.ts";
import { describeWith, has, run } from "../support/tools.ts";

const folder = temporaryFolder();
const matches = 50_000;
const large = join(folder, "large");
const out = join(folder, "out");
const first = join(out, "x.html");
/** Bytes of the largest page, and of the heap that may be in use while 60 MB of them are written. */
const largestBytes = 4_000_000;
const heapMegabytes = 48;

function reportRows(caseFolder: string): LogBodies["report"][] {
  const record = openRecord(caseFolder);
  try {
    return [...record.log()].flatMap((row) => (row.kind === "report" ? [row.body] : []));
  } finally {
    record.close();
  }
}

const sha256Of = (path: string): string => createHash("sha256").update(readFileSync(path)).digest("hex");

describe("an HTML report of 50,000 matches", () => {
  beforeAll(() => {
    mkdirSync(out);
    caseWith(large, { exact: 43_001, near: 6_999, io: 1_500, permission: 3, undecodable: 2 });
    const ended = blindmatchWith({ env: { NODE_OPTIONS: `--max-old-space-size=${heapMegabytes}` } }, "report", large, "--format", "html", "--output", first);
    expect(ended, ended.err).toMatchObject({ status: 0, err: "" });
  });

  it("is split into pages that hold every row once, link to each other and stay small", () => {
    const names = readdirSync(out);
    const found = { match: new Set<number>(), unread: new Set<number>(), picture: new Set<number>() };
    const ids = new Map<string, ReadonlySet<string>>();
    const hrefs: (readonly [string, string])[] = [];
    let rows = 0;
    for (const name of names) {
      const text = readFileSync(join(out, name), "utf8");
      expect(text.length, name).toBeLessThan(largestBytes);
      for (const [, sort, number] of text.matchAll(/<tbody id="(match|unread|picture)-(\d+)"><tr><th scope="row" class="number"><a href="#\1-\2">\2<\/a>/g)) {
        found[sort as "match"].add(Number(number));
        rows += 1;
      }
      ids.set(name, new Set([...text.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id!)));
      // Thousands of rows name the same list: each reference is followed once.
      for (const href of new Set([...text.matchAll(/ href="([^"]+)"/g)].map(([, href]) => href!))) hrefs.push([name, href]);
      expect(text, name).toContain("Match report: case <bdi>2026-17</bdi>, exhibit <bdi>KAJ/3</bdi>");
      expect(text, name).toMatch(new RegExp(`age ${name === "x.html" ? 1 : /-(\d+)\.html$/.exec(name)![1]} of ${names.length}\\b`));
    }
    expect([found.match.size, Math.min(...found.match), Math.max(...found.match), found.unread.size, found.picture.size, rows]).toEqual([matches, 1, matches, 1503, 2, matches + 1505]);
    const broken = hrefs.filter(([name, href]) => {
      const [file = "", id] = href.split("#");
      const target = ids.get(file === "" ? name : file);
      return target === undefined || (id !== undefined && !target.has(id));
    });
    expect(broken).toEqual([]);
    for (const name of names.filter((other) => other !== "x.html")) expect(hrefs, name).toContainEqual(["x.html", name]);
    const listed = [...readFileSync(first, "utf8").matchAll(/<li><a href="([^"]+)">Rows [\d,]+ to [\d,]+<\/a> \((?:matches|entries) (\d+) to (\d+); page/g)].map(([, name, ...range]) => [name, ...range.map(Number)]);
    const numbersIn = (name: string): number[] => [...ids.get(name)!].flatMap((id) => (/^(?:match|unread|picture)-\d+$/.test(id) ? [Number(id.replace(/\D+/, ""))] : []));
    expect(listed, "the numbers that stand on each page").toEqual(listed.map(([name]) => [name, Math.min(...numbersIn(String(name))), Math.max(...numbersIn(String(name)))]));
    expect(listed.map(([name]) => name).toSorted()).toEqual(names.filter((name) => name !== "x.html").toSorted());
  });

  it("stands in the record with the SHA-256 of each of its files", () => {
    const [row] = reportRows(large);
    expect([row!.fileName, row!.sha256]).toEqual(["x.html", sha256Of(first)]);
    expect(row!.pages!.map(({ fileName }) => fileName).toSorted()).toEqual(readdirSync(out).filter((name) => name !== "x.html").toSorted());
    for (const { fileName, sha256 } of row!.pages!) expect(sha256Of(join(out, fileName)), fileName).toBe(sha256);
  });

  it("is refused for standard output, with the number of its pages, and noted nowhere", () => {
    const before = reportRows(large).length;
    const ended = blindmatch("report", large, "--format", "html");
    expect([ended.status, ended.out]).toEqual([2, ""]);
    expect(ended.err).toContain(`found ${readdirSync(out).length} pages for standard output, expected one`);
    expect(ended.err).toContain("--output FILE");
    expect(reportRows(large)).toHaveLength(before);
  });

  describeWith("xmllint", has("xmllint"), "by xmllint", () => {
    it("is well-formed, page by page", () => {
      expect(run("xmllint", ["--noout", "--nonet", "--huge", ...readdirSync(out).map((name) => join(out, name))]).toString()).toBe("");
    });
  });

  describeWith("chromium", has("chromium"), "in a browser", () => {
    it.each([
      ["its first page", () => "x.html", 400 * 3 + 3 + 2],
      ["a page from its middle", () => "x.exact-20.html", 2000],
    ])("opens %s, with its rows", (_, name, rows) => {
      const options = ["--headless", "--disable-gpu", `--user-data-dir=${join(folder, "browser")}`, ...(process.getuid?.() === 0 ? ["--no-sandbox"] : [])];
      const ended = spawnSync("chromium", [...options, "--dump-dom", pathToFileURL(join(out, name())).href], { maxBuffer: 1 << 28, timeout: 110_000, stdio: ["ignore", "pipe", "ignore"] });
      expect(ended.status).toBe(0);
      expect([...ended.stdout.toString().matchAll(/<tbody id="(?:match|unread|picture)-/g)]).toHaveLength(rows);
    }, 120_000);
  });
});

describe("the pages of a report", () => {
  const base = join(folder, "base");
  const htmlFiles = (caseFolder: string): string[] => readdirSync(caseFolder).filter((name) => name.includes(".html")).toSorted();
  const pagesOf = (stem: string): string[] => [`${stem}.exact-2.html`, `${stem}.html`];
  const wrongIn = (caseFolder: string): string[] => faults(caseFolder, [], { withoutSignature: true });
  const sealedAs = { manifest: "manifest.json", keyId: "0123456789ABCDEF", by: "somebody", host: "here" };
  let cases = 0;
  const newCase = (): string => {
    const copy = join(folder, `case ${cases++}`);
    cpSync(base, copy, { recursive: true });
    return copy;
  };

  beforeAll(() => {
    caseWith(base, { exact: 2100 });
    writeReports(base);
  });

  it("are written by a scan's end once, and under the next name when one of them was altered", () => {
    const folder = newCase();
    expect(htmlFiles(folder)).toEqual(pagesOf("report"));
    expect(writeReports(folder)).toEqual(["report.jsonl", "report.csv", "report.html"].map((name) => join(folder, name)));
    expect(htmlFiles(folder)).toEqual(pagesOf("report"));
    writeFileSync(join(folder, "report.exact-2.html"), "altered");
    expect(writeReports(folder).at(-1)).toBe(join(folder, "report-2.html"));
    expect(htmlFiles(folder)).toEqual([...pagesOf("report"), ...pagesOf("report-2")].toSorted());
    expect(readFileSync(join(folder, "report.exact-2.html"), "utf8")).toBe("altered");
    expect(readFileSync(join(folder, "report-2.html"), "utf8")).toContain('href="report-2.exact-2.html"');
  });

  it("are made anew under their name where some of them are gone, and the case verifies", () => {
    const folder = newCase();
    for (const gone of ["report.html", "report.exact-2.html"]) {
      rmSync(join(folder, gone));
      expect(writeReports(folder).at(-1), gone).toBe(join(folder, "report.html"));
      expect(htmlFiles(folder), gone).toEqual(pagesOf("report"));
    }
    expect(wrongIn(folder)).toEqual([]);
  });

  it("that were cut off before a further pass are made anew by it, and whole ones are left to stand beside", async () => {
    const folder = newCase();
    rmSync(join(folder, "report.html"));
    expect(await addPass(folder, custody(), newPass())).toMatchObject({ state: "added" });
    expect(writeReports(folder)).toEqual(["report-2.jsonl", "report-2.csv", "report.html"].map((name) => join(folder, name)));
    expect(htmlFiles(folder)).toEqual(expect.arrayContaining(pagesOf("report")));
    expect(wrongIn(folder)).toEqual([]);
  });

  it("are neither removed nor replaced once they were sealed", () => {
    const folder = newCase();
    appendSealedRow(folder, sealedAs, custody());
    rmSync(join(folder, "report.html"));
    rmSync(join(folder, "report.csv"));
    const page = readFileSync(join(folder, "report.exact-2.html"));
    expect(writeReports(folder)).toEqual(["report.jsonl", "report-2.csv", "report-2.html"].map((name) => join(folder, name)));
    expect(htmlFiles(folder)).toEqual(["report.exact-2.html", ...pagesOf("report-2")].toSorted());
    expect(readFileSync(join(folder, "report.exact-2.html"))).toEqual(page);
  });

  it("have nothing to do with a report of their name elsewhere, or with a folder of it", () => {
    const folder = newCase();
    appendReportRow(folder, { format: "html", all: false, fileName: "report.html", sha256: "0".repeat(64), elsewhere: true }, custody());
    expect(writeReports(folder).at(-1)).toBe(join(folder, "report.html"));
    rmSync(join(folder, "report.csv"));
    mkdirSync(join(folder, "report.csv"));
    expect(writeReports(folder)[1]).toBe(join(folder, "report-2.csv"));
  });

  it("are never written over another file: where one has its name, none is left, and it is said what to do", () => {
    const folder = newCase();
    writeFileSync(join(folder, "x.exact-2.html"), "of somebody else");
    const [before, rows] = [readdirSync(folder), reportRows(folder)];
    const ended = blindmatch("report", folder, "--format", "html", "--output", join(folder, "x.html"));
    expect(ended.status).toBe(5);
    expect(ended.err).toContain("x.exact-2.html: found a file of that name, expected none; it is not replaced. It may be a page of an earlier x.html: give another name, or move all pages of that report elsewhere");
    expect(readdirSync(folder)).toEqual(before);
    expect(readFileSync(join(folder, "x.exact-2.html"), "utf8")).toBe("of somebody else");
    expect(reportRows(folder)).toEqual(rows);
  });

  describeWith("strace", has("strace"), "after kill -9 of `report --output`", () => {
    it("lack their first page, and hinder no later report", () => {
      const folder = newCase();
      const first = join(folder, "report-2.html");
      const killing = ["-f", "-o", "/dev/null", "-P", first, "-e", "trace=link,linkat", "-e", "inject=link,linkat:signal=SIGKILL", process.execPath, program];
      spawnSync("strace", [...killing, "report", folder, "--format", "html", "--output", first]);
      expect(htmlFiles(folder)).toContain("report-2.exact-2.html");
      expect(existsSync(first)).toBe(false);
      expect(readdirSync(folder).filter((name) => name.endsWith(".part"))).toHaveLength(2);
      writeFileSync(join(folder, "report.exact-2.html"), "altered");
      expect(writeReports(folder).at(-1)).toBe(join(folder, "report-3.html"));
      expect(existsSync(first)).toBe(false);
      expect(htmlFiles(folder)).toEqual([...pagesOf("report"), "report-2.exact-2.html", ...pagesOf("report-3")].toSorted());
      expect(statSync(join(folder, "report-3.html")).mode & 0o777).toBe(0o600);
      expect(reportRows(folder).at(-1)).toMatchObject({ fileName: "report-3.html", pages: [{ fileName: "report-3.exact-2.html" }] });
    });
  });
});
