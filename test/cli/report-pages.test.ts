import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { writeReports } from "../../src/cli/scan-outcome.ts";
import { openRecord } from "../../src/record/open-view.ts";
import { verifyRecord } from "../../src/record/verify-record.ts";
import type { LogBodies } from "../../src/record/view.ts";
import { blindmatch, blindmatchWith, program } from "../support/blindmatch.ts";
import { temporaryFolder } from "../support/folder.ts";
import { caseWith } from "../support/many-matches.ts";
import { describeWith, has, run } from "../support/tools.ts";

const folder = temporaryFolder();
const matches = 100_000;
const large = join(folder, "large");
const out = join(folder, "out");
const first = join(out, "x.html");
/** Bytes of the largest page, and of the heap that may be in use while 120 MB of them are written. */
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

describe("an HTML report of 100,000 matches", () => {
  beforeAll(() => {
    mkdirSync(out);
    caseWith(large, { exact: 93_001, near: 6_999, io: 1_500, permission: 3, undecodable: 2 });
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
      for (const [, sort, number] of text.matchAll(/<span id="(match|unread|picture)-(\d+)">\2<\/span>/g)) {
        found[sort as "match"].add(Number(number));
        rows += 1;
      }
      ids.set(name, new Set([...text.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id!)));
      // Thousands of rows name the same list: each reference is followed once.
      for (const href of new Set([...text.matchAll(/ href="([^"]+)"/g)].map(([, href]) => href!))) hrefs.push([name, href]);
      expect(text, name).toContain("Match report: case <bdi>2026-17</bdi>, exhibit <bdi>KAJ/3</bdi>");
      expect(text, name).toMatch(new RegExp(`age ${name === "x.html" ? 1 : /-(\d+)\.html$/.exec(name)![1]} of ${names.length}\\b`));
    }
    expect([found.match.size, Math.min(...found.match), Math.max(...found.match), found.unread.size, found.picture.size, rows]).toEqual([matches, 1, matches, 1503, 2, 101_505]);
    const broken = hrefs.filter(([name, href]) => {
      const [file = "", id] = href.split("#");
      const target = ids.get(file === "" ? name : file);
      return target === undefined || (id !== undefined && !target.has(id));
    });
    expect(broken).toEqual([]);
    for (const name of names.filter((other) => other !== "x.html")) expect(hrefs, name).toContainEqual(["x.html", name]);
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
      expect([...ended.stdout.toString().matchAll(/<th scope="row" class="number"><span id="(?:match|unread|picture)-/g)]).toHaveLength(rows);
    }, 120_000);
  });
});

describe("the pages of a report", () => {
  const folderOf = (name: string): string => join(folder, name);
  const htmlFiles = (caseFolder: string): string[] => readdirSync(caseFolder).filter((name) => name.includes(".html")).toSorted();
  const newCase = (name: string, exact = 2100): string => {
    caseWith(folderOf(name), { exact });
    return folderOf(name);
  };
  const pagesOf = (stem: string): string[] => [`${stem}.exact-2.html`, `${stem}.html`];

  it("are written by a scan's end once, and anew under the next name when one of them is gone or altered", () => {
    const folder = newCase("again");
    const written = writeReports(folder);
    expect(htmlFiles(folder)).toEqual(pagesOf("report"));
    expect(writeReports(folder)).toEqual(written);
    expect(htmlFiles(folder)).toEqual(pagesOf("report"));
    writeFileSync(join(folder, "report.exact-2.html"), "altered");
    expect(writeReports(folder).at(-1)).toBe(join(folder, "report-2.html"));
    expect(htmlFiles(folder)).toEqual([...pagesOf("report"), ...pagesOf("report-2")].toSorted());
    expect(readFileSync(join(folder, "report.exact-2.html"), "utf8")).toBe("altered");
    expect(readFileSync(join(folder, "report-2.html"), "utf8")).toContain('href="report-2.exact-2.html"');
    renameSync(join(folder, "report-2.exact-2.html"), join(folder, "elsewhere"));
    expect(writeReports(folder).at(-1)).toBe(join(folder, "report-3.html"));
    expect(verifyRecord(folder)).toEqual([]);
  });

  it("are never written over another file: where one has its name, none is left", () => {
    const folder = newCase("taken", 4100);
    writeFileSync(join(folder, "x.exact-3.html"), "of somebody else");
    const ended = blindmatch("report", folder, "--format", "html", "--output", join(folder, "x.html"));
    expect(ended.status).toBe(5);
    expect(ended.err).toContain("x.exact-3.html: found a file of that name, expected none");
    expect(htmlFiles(folder)).toEqual(["x.exact-3.html"]);
    expect(readFileSync(join(folder, "x.exact-3.html"), "utf8")).toBe("of somebody else");
    expect(reportRows(folder)).toEqual([]);
  });

  describeWith("strace", has("strace"), "after kill -9", () => {
    it("lack their first page, and hinder no later report", () => {
      const folder = newCase("killed");
      const killing = ["-f", "-o", "/dev/null", "-e", "trace=link,linkat", "-e", "inject=link,linkat:signal=SIGKILL:when=2", process.execPath, program];
      spawnSync("strace", [...killing, "report", folder, "--format", "html", "--output", join(folder, "report.html")]);
      const left = htmlFiles(folder);
      expect(left).toContain("report.exact-2.html");
      expect(left).not.toContain("report.html");
      expect(writeReports(folder).at(-1)).toBe(join(folder, "report-2.html"));
      expect(existsSync(join(folder, "report.html"))).toBe(false);
      expect(htmlFiles(folder)).toEqual([...left, ...pagesOf("report-2")].toSorted());
      expect(statSync(join(folder, "report-2.html")).mode & 0o777).toBe(0o600);
      expect(reportRows(folder).at(-1)).toMatchObject({ fileName: "report-2.html", pages: [{ fileName: "report-2.exact-2.html" }] });
    });
  });
});
