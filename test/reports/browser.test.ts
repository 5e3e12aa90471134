import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { EntryRow, RecordView } from "../../src/record/view.ts";
import { html } from "../../src/reports/html.ts";
import { script, scriptSha256 } from "../../src/reports/html-script.ts";
import { type BrowserPage, headless, openBrowser } from "../support/browser.ts";
import { temporaryFolder } from "../support/folder.ts";
import { digestsOf, examined, list, match, pendingEntry, recordView, unreadEntry } from "../support/record-view.ts";
import { reportFiles } from "../support/report-text.ts";
import { describeWith, has, run } from "../support/tools.ts";

const options = { all: false, madeAt: "2026-04-17T12:00:00+02:00", version: "0.1.0" };
/** The long form opens every page of a report of 100,000 matches as well, and shows axe all rows of a first page and of one other. */
const long = process.env["BROWSER"] === "long";
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const folder = temporaryFolder();
const urlOf = (fileName: string): string => pathToFileURL(join(folder, fileName)).href;

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string }[];
}

/** So many matches of every sort among so many entries and some more, of which a few were not examined. */
function recordOf(matches: number, complete = true): RecordView {
  const entries: EntryRow[] = Array.from({ length: matches }, (_, no) =>
    examined(no, `Users/ann/Pictures/${no}.jpg`, {
      mediaType: no % 9 === 0 ? "image/png" : "image/jpeg",
      extensionFits: no % 9 !== 0,
      picture: { status: no % 50 === 7 ? "undecodable" : "hashed", widthPixels: 640, heightPixels: 480 },
      embedded: no % 4 === 3 ? [{ name: "thumbnail", offsetBytes: 540, sizeBytes: 7012, digests: digestsOf(no), picture: { status: "hashed", widthPixels: 160, heightPixels: 120 } }] : [],
    }),
  );
  const further = matches < 2 ? [] : [unreadEntry(matches, "locked", "permission", "EACCES"), unreadEntry(matches + 1, "bad", "io", "EIO"), ...(complete ? [] : [pendingEntry(matches + 2, "later")])];
  const sorts = [{}, { algorithms: ["md5"], category: "2" }, { algorithms: ["md5"], contradictedBy: ["sha1"] }, { kind: "near", algorithms: ["pdq"], distanceBits: 12, transform: "full", nearReferences: 1 }] as const;
  const rows = entries.map(({ no, embedded }) => match(no, { recordId: `R-${no}`, ...sorts[no % 4], ...(embedded.length > 0 ? { embedded: "thumbnail" } : {}) }));
  const view = recordView({ entries: [...entries, ...further], matches: rows, lists: [list(), list({ name: "stills", sha256: "6b".repeat(32), signature: null, unsignedReason: "handed over" })], complete });
  const totals = view.totals();
  return { ...view, totals: () => totals };
}

function write(stem: string, record: RecordView): readonly string[] {
  const files = reportFiles(html, record, { ...options, fileName: `${stem}.html` });
  for (const { fileName, text } of files) writeFileSync(join(folder, fileName), text);
  return files.map(({ fileName }) => fileName);
}

describeWith("chromium", has("chromium"), "the html report in a browser", () => {
  let page: BrowserPage;
  beforeAll(async () => {
    page = await openBrowser(join(folder, "profile"));
  });
  afterAll(() => page.close());

  const shownAs = (scheme: "light" | "dark"): Promise<unknown> => page.send("Emulation.setEmulatedMedia", { features: [{ name: "prefers-color-scheme", value: scheme }] });
  /** `rules`: all that axe knows, or some. Rows are alike: unless all are asked for, the first ten of each table stand for them. Shape: each violation with where it first is. */
  const violations = async (allRows: boolean, rules: readonly string[] = []): Promise<readonly string[]> => {
    await page.evaluate(axe);
    const run = rules.length === 0 ? "{}" : JSON.stringify({ runOnly: { type: "rule", values: rules } });
    if (!allRows) await page.evaluate(`document.querySelectorAll(".listing tbody:nth-of-type(n+11)").forEach((row) => row.remove())`);
    const found = await page.evaluate<readonly Violation[]>(`axe.run(document, { resultTypes: ["violations"], ...${run} }).then(({ violations }) => violations)`);
    return found.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
  };

  it.each([0, 1, 1000, ...(long ? [100_000] : [])])("has nothing for axe to find with %i matches, in light and in dark, and asks for nothing", async (matches) => {
    const files = write(`of-${matches}`, recordOf(matches));
    expect(files.length > 50).toBe(matches > 2000);
    for (const [at, fileName] of files.entries()) {
      const allRows = long && at < 2;
      await shownAs("light");
      await page.open(urlOf(fileName));
      // What is folded away is as much the report's as what is not.
      await page.evaluate(`document.querySelectorAll("details").forEach((details, nth) => { details.open = nth % 5 === 0; })`);
      expect(await violations(allRows), fileName).toEqual([]);
      await shownAs("dark");
      expect(await violations(allRows, ["color-contrast", "link-in-text-block"]), fileName).toEqual([]);
      expect(page.requests()).toEqual([urlOf(fileName)]);
    }
  }, long ? 3_600_000 : 60_000);

  it("is reached by the keyboard alone: the way past the parts, every link, row, heading and control, each to be seen", async () => {
    write("keys", recordOf(12));
    await shownAs("light");
    await page.open(urlOf("keys.html"));
    const reachable = await page.evaluate<number>(`[...document.querySelectorAll("a[href], button, input, select, summary, [tabindex='0']")].filter((element) => element.checkVisibility() && element.closest("details:not([open]) > :not(summary)") === null).length`);
    const seen = new Set<number>();
    await page.evaluate(`window.order = [];`);
    for (let tabs = 0; tabs < reachable; tabs++) {
      await page.send("Input.dispatchKeyEvent", { type: "keyDown", key: "Tab", code: "Tab", windowsVirtualKeyCode: 9 });
      await page.send("Input.dispatchKeyEvent", { type: "keyUp", key: "Tab", code: "Tab", windowsVirtualKeyCode: 9 });
      const { at, first, outlined } = await page.evaluate<{ at: number; first: string; outlined: boolean }>(`(() => {
        const element = document.activeElement;
        if (!order.includes(element)) order.push(element);
        return { at: order.indexOf(element), first: order[0].textContent, outlined: getComputedStyle(element).outlineStyle !== "none" };
      })()`);
      seen.add(at);
      expect([first, outlined]).toEqual(["Skip to the report", true]);
    }
    expect(seen.size).toBe(reachable);
    expect(reachable).toBeGreaterThan(60);
    const before = await page.evaluate<boolean>(`(() => { document.querySelector("#match-1 summary").focus(); return document.querySelector("#match-1 details").open; })()`);
    await page.send("Input.dispatchKeyEvent", { type: "keyDown", key: "Enter", code: "Enter", windowsVirtualKeyCode: 13, text: "\r" });
    await page.send("Input.dispatchKeyEvent", { type: "keyUp", key: "Enter", code: "Enter", windowsVirtualKeyCode: 13 });
    expect([before, await page.evaluate(`document.querySelector("#match-1 details").open`)]).toEqual([false, true]);
  });

  const shownRows = (table: string): Promise<readonly string[]> => page.evaluate(`[...document.querySelectorAll("#${table} .listing tbody")].filter((row) => row.checkVisibility()).map(({ id }) => id)`);

  it("sorts by a heading, both ways, and shows only the rows that a reader asks for, with how many these are", async () => {
    write("sorted", recordOf(40));
    await page.open(urlOf("sorted.html"));
    const press = (heading: string): Promise<unknown> => page.evaluate(`[...document.querySelectorAll("#exact .headings button")].find(({ textContent }) => textContent === "${heading}").click()`);
    const all = await shownRows("exact");
    expect([all.length, all[0], all.at(-1)]).toEqual([20, "match-1", "match-38"]);
    await press("Match");
    await press("Match");
    expect(await shownRows("exact")).toEqual(all.toReversed());
    expect(await page.evaluate(`[...document.querySelectorAll("#exact [aria-sort]")].map((heading) => heading.textContent + " " + heading.ariaSort)`)).toEqual(["Match descending"]);
    // By size, which grows with the entries; as numbers, for 1,009 comes before 1,010.
    await press("Size, bytes");
    expect(await shownRows("exact")).toEqual(all);
    await page.evaluate(`(() => { const box = document.querySelector("#exact .tools input"); box.value = "PICTURES/1"; box.dispatchEvent(new Event("input", { bubbles: true })); })()`);
    expect(await shownRows("exact")).toEqual(["match-2", "match-13", "match-14", "match-17", "match-18"]);
    expect(await page.evaluate(`document.querySelector("#exact [role=status]").textContent`)).toBe("5 of 20 rows of this table are shown; on paper all of them.");
    await page.evaluate(`(() => { const choice = document.querySelectorAll("#exact .tools select")[1]; choice.value = "2: second category"; choice.dispatchEvent(new Event("input", { bubbles: true })); })()`);
    expect(await shownRows("exact")).toEqual(["match-2", "match-14", "match-18"]);
    await page.send("Emulation.setEmulatedMedia", { media: "print" });
    expect(await shownRows("exact")).toHaveLength(20);
    await page.send("Emulation.setEmulatedMedia", { media: "" });
  });

  it("opens the row that a link points at", async () => {
    const openRows = `["match-5", "match-6"].filter((id) => document.getElementById(id).querySelector("details").open)`;
    await page.open("about:blank");
    await page.open(`${urlOf("sorted.html")}#match-6`);
    expect(await page.evaluate(`[document.querySelector(":target").id, ...${openRows}]`)).toEqual(["match-6", "match-6"]);
    // From within the page nothing is loaded: the browser tells the page a moment later.
    await page.open(`${urlOf("sorted.html")}#match-5`);
    await page.evaluate(`new Promise((resolve) => { const look = () => (document.querySelector("#match-5 details").open ? resolve() : setTimeout(look, 10)); look(); })`);
    expect(await page.evaluate(`[document.querySelector(":target").id, ...${openRows}]`)).toEqual(["match-5", "match-5", "match-6"]);
  });

  it("is whole without its script, in the order of the entries", async () => {
    await page.send("Emulation.setScriptExecutionDisabled", { value: true });
    await page.open(urlOf("sorted.html"));
    await page.send("Emulation.setScriptExecutionDisabled", { value: false });
    expect([(await shownRows("exact")).length, await page.evaluate(`document.querySelectorAll(".tools, button").length`)]).toEqual([20, 0]);
  });

  it("loads no picture, runs no other script and sends nothing, whatever stands in it", async () => {
    expect(scriptSha256).toBe(createHash("sha256").update(script.markup).digest("base64"));
    await page.open(urlOf("sorted.html"));
    const refused = await page.evaluate<readonly string[]>(`new Promise((resolve) => {
      const found = [];
      document.addEventListener("securitypolicyviolation", ({ effectiveDirective }) => {
        found.push(effectiveDirective);
        if (found.length === 5) resolve(found.sort());
      });
      for (const [name, properties] of [["img", { src: "data:image/gif;base64,R0lGODlhAQABAAAAACw=" }], ["img", { src: "http://127.0.0.1:9/x.png" }], ["script", { textContent: "window.ran = true" }], ["link", { rel: "stylesheet", href: "http://127.0.0.1:9/x.css" }]])
        document.body.append(Object.assign(document.createElement(name), properties));
      fetch("http://127.0.0.1:9/").catch(() => undefined);
    })`);
    expect(refused).toEqual(["connect-src", "img-src", "img-src", "script-src-elem", "style-src-elem"]);
    expect([await page.evaluate("window.ran"), page.requests().filter((url) => url.startsWith("http"))]).toEqual([undefined, []]);
  });

  describeWith("pdftotext", has("pdftotext"), "printed by the command of the README", () => {
    it.each([["partial", false], ["whole", true]] as const)("has its number on every page, every match, and PARTIAL on each page of a partial scan (%s)", (stem, complete) => {
      const record = recordOf(30, complete);
      const caseNumber = `OP <1> "\u00e4\\ url(`;
      write(stem, { ...record, header: { ...record.header, caseNumber } });
      const pdf = join(folder, `${stem}.pdf`);
      const command = /^ {4}\$ chromium (.*)$/m.exec(readFileSync("README.md", "utf8"))![1]!.replace("report.pdf", pdf).replace("report.html", join(folder, `${stem}.html`));
      run("chromium", [...headless.filter((option) => option !== "--headless"), `--user-data-dir=${join(folder, "printing")}`, ...command.split(" ")]);
      const pages = run("pdftotext", ["-layout", pdf, "-"]).toString().split("\f").slice(0, -1);
      expect(pages.length).toBeGreaterThan(4);
      for (const [at, text] of pages.entries()) {
        expect(text).toContain(`page ${at + 1} of ${pages.length}`);
        expect(text).toContain(`Match report: case ${caseNumber}, exhibit KB/7; made ${options.madeAt} by blindmatch 0.1.0`);
        expect(text.includes("PARTIAL: the scan has not ended"), `page ${at + 1}`).toBe(!complete);
      }
      expect(pages[0]).toContain("Not searched");
      const text = pages.join("").replaceAll(/\s+/g, " ");
      for (let no = 0; no < 30; no++) expect(text).toContain(`Users/ann/Pictures/${no}.jpg`);
      // What is folded away on the screen: every match with a digest of its file.
      expect(text.match(/Digests of the file: MD5 [0-9a-f]{32}/g)).toHaveLength(30);
    });
  });
});
