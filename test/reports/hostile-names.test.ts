import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { pathBytes, pathText } from "../../src/path-text.ts";
import type { EntryRow } from "../../src/record/view.ts";
import { csv } from "../../src/reports/csv.ts";
import { html } from "../../src/reports/html.ts";
import { jsonl } from "../../src/reports/jsonl.ts";
import { jsonLines } from "../support/blindmatch.ts";
import { seedOfRun } from "../support/random.ts";
import { list, recordView, unreadEntry } from "../support/record-view.ts";
import { csvRows, foreignElements, openingTags, reportFiles } from "../support/report-text.ts";

// NAMES=100000 (any number) is the long form. Each way of drawing a name around each hostile text comes up more than a hundred times in the short one.
const names = Number(process.env["NAMES"] ?? 30_000);
const options = { all: false, madeAt: "2026-04-17T12:00:00+02:00", version: "0.1.0" };

/** What stands between random bytes: text that some program takes for more than text. */
const hostile = ["\x1b[2J", "\x1b]0;title\x07", "\u202e", "\u2066", "\u200d", "\ufeff", "\r\n", "\t", "=HYPERLINK(\"http://x\")", "+1", "-1", "@x", "<img src=x onerror=alert(1)>", "&lt;", "\"", "'", "--><script>", "..\\..\\", "%2e%2e", "é", "e\u0301", "\u{1f600}", "\u0001", "\\x41", "\\u{41}", ";", "|", "`id`", "$(id)"];

/** Bytes by a formula: random ones, and random ones around something hostile; the first ones begin with each hostile text. No slash and no NUL, as in any name. */
function nameOf(no: number): Buffer {
  if (no < hostile.length) return Buffer.from(hostile[no]!.replaceAll("/", "."));
  const random = createHash("sha512").update(`name ${no} of ${seedOfRun}`).digest();
  const length = 1 + (random[0]! % 60);
  const bytes = random.subarray(1, 1 + length);
  const mixed = no % 2 === 0 ? bytes : Buffer.concat([bytes.subarray(0, length >> 2), Buffer.from(hostile[no % hostile.length]!), bytes.subarray(length >> 2, length >> 1)]);
  // Half of them mostly text, so that what follows a letter is tried as well.
  const text = no % 4 < 2 ? mixed : Buffer.from(mixed.map((byte) => (byte >= 0x80 && byte < 0xf0 ? (byte & 0x3f) + 0x40 : byte)));
  return Buffer.from(text.map((byte) => (byte === 0 || byte === 0x2f ? 0x2e : byte)));
}

const entries: readonly EntryRow[] = Array.from({ length: names }, (_, no) => ({ ...unreadEntry(no, "", "io", "EIO"), path: nameOf(no) }));
const record = recordView({ entries, lists: [list()] });
const textOf = (pieces: Iterable<string>): string => [...pieces].join("");
/** All but line ends must be what is printed: no control character, nothing invisible, nothing that turns a line around. */
const unprintable = /[^\n\r\P{C}]|[\p{Zl}\p{Zp}\p{Bidi_Control}\p{Default_Ignorable_Code_Point}]/u;

/** Gives names back as they were: the text that is found for each entry. */
function expectEach(found: readonly string[]): void {
  expect(found).toHaveLength(names);
  const wrong = found.findIndex((text, no) => Buffer.compare(Buffer.from(pathBytes(text)), nameOf(no)) !== 0);
  expect(wrong, `entry ${wrong}`).toBe(-1);
}

describe(`${names} names of any bytes (seed ${seedOfRun})`, () => {
  it("are printable and reversible in JSON lines (REQ-09)", () => {
    const text = textOf(jsonl.render(record, options));
    expect(unprintable.exec(text)).toBeNull();
    expectEach(jsonLines(text).filter(({ type }) => type === "unread").map((line) => (line["entry"] as { path: string }).path));
  });

  it("are printable and reversible in CSV, and no cell begins as a formula does (REQ-09)", () => {
    const text = textOf(csv.render(record, options));
    expect(unprintable.exec(text.replace(/^\ufeff/, ""))).toBeNull();
    const [header, ...rows] = csvRows(text.replace(/^\ufeff/, ""));
    expect(rows.flat().filter((cell) => /^[=+\-@\t\r]/.test(cell))).toEqual([]);
    const [path, base64] = [header!.indexOf("path"), header!.indexOf("path_base64")];
    const unread = rows.filter(([type]) => type === "unread");
    // A leading apostrophe keeps a spreadsheet from reading a formula; a name may begin with one of its own, so the bytes stand beside it.
    expect(unread.findIndex((row, no) => row[path] !== pathText(nameOf(no)) && row[path] !== `'${pathText(nameOf(no))}`)).toBe(-1);
    expect(unread).toHaveLength(names);
    expect(unread.findIndex((row, no) => !Buffer.from(row[base64]!, "base64").equals(nameOf(no)))).toBe(-1);
  });

  it("are printable and reversible in HTML, and never markup (REQ-09)", () => {
    const files = reportFiles(html, record, { ...options, fileName: "report.html" });
    const text = files.map((file) => file.text).join("");
    expect(unprintable.exec(text)).toBeNull();
    const tags = files.flatMap((file) => openingTags(file.text));
    expect([...new Set(tags.map(({ name }) => name))].filter((name) => foreignElements.includes(name))).toEqual([]);
    expect(tags.filter(({ name }) => name === "script")).toHaveLength(files.length);
    const characters: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" };
    const cells = [...text.matchAll(/<bdi dir="ltr" class="path">([^<]*)<\/bdi>/g)].map(([, cell]) => cell!.replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => characters[name]!));
    expectEach(cells);
  });
});
