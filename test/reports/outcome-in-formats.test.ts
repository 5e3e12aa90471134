import { describe, expect, it } from "vitest";
import type { LogKind } from "../../src/record/view.ts";
import { formats } from "../../src/reports/formats.ts";
import { redactedView } from "../../src/reports/redacted-view.ts";
import { jsonLines } from "../support/blindmatch.ts";
import { csvRows } from "../support/report-text.ts";
import { examined, list, match, mount, pictureEntry, recordView, type StatedRecord, unreadEntry } from "../support/record-view.ts";

const options = { all: false, madeAt: "2026-04-17T12:00:00+02:00", version: "0.1.0" };
const found: StatedRecord = { entries: [examined(0, "a.bin"), examined(1, "b.bin")], lists: [list()], matches: [match(0)] };
const textOf = (name: string, stated: StatedRecord): string => [...formats.find((format) => format.name === name)!.render(recordView(stated), options)].join("");
const image = (when: "before" | "after", sha256: string): { kind: LogKind; body: object } => ({ kind: "image", body: { when, image: "/images/7.dd", sizeBytes: "4096", digests: { sha256 }, stated: [] } });

/** The cells of CSV rows of a type, by the names in the first row. */
function cellsOf(text: string, type: string): Readonly<Record<string, string>>[] {
  const [header, ...rows] = csvRows(text.slice(1));
  return rows.filter(([rowType]) => rowType === type).map((row) => Object.fromEntries(header!.map((name, at) => [name, row[at]!])));
}

const changes: readonly [string, StatedRecord, string][] = [
  ["its device recorded writes", { mountAfter: mount({ device: { number: "7:7", readOnly: true, writesCompleted: "516", sectorsWritten: "297964" } }) }, "recorded"],
  ["it was not mounted as before", { mountAfter: mount({ mountOptions: "ro,noexec,nodev" }) }, "changed"],
  ["some of its entries were changed or gone", { log: [{ kind: "times", body: { sampled: 2, read: 0, changed: 1, gone: 0, untold: 0 } }] }, "changed"],
  ["its image or device has another SHA-256", { log: [image("before", "aa"), image("after", "ab")] }, "changed"],
];

describe.each(changes)("evidence of which is to be said: %s", (what, stated, verdict) => {
  const record = { ...found, ...stated };
  const sentence = `The evidence did not stay as it was: ${what}. What was found cannot stand.`;

  it.each(formats.map(({ name }) => name))("is told in %s before the answer, which is no plain one (REQ-14)", (name) => {
    const text = textOf(name, record);
    expect(text).toContain(`${sentence} The bytes of 1 entry have the same digests`);
    expect(text).toMatch(/Exit status 6: [^.]*cannot stand/);
    expect(text).not.toContain("Nothing was written");
    expect(text).not.toMatch(/"(answer|outcome)":"(matches|no-match|complete)"/);
    expect(textOf(name, found)).not.toMatch(/cannot stand|did not stay/);
  });

  it("is a word for programs", () => {
    const lines = jsonLines(textOf("jsonl", record));
    expect(lines[0]).toMatchObject({ status: "ended", outcome: "evidence-changed", evidenceWrites: { verdict }, warnings: [sentence] });
    expect(lines.at(-1)).toMatchObject({ answer: "evidence-changed-matches", outcome: "evidence-changed", exitStatus: 6 });
    expect(jsonLines(textOf("jsonl", { ...record, matches: [] })).at(-1)).toMatchObject({ answer: "evidence-changed" });
    const csv = textOf("csv", record);
    expect([...cellsOf(csv, "run"), ...cellsOf(csv, "end")].map(({ status, reason }) => [status, reason])).toEqual([["ended", "evidence-changed"], ["ended", "evidence-changed"]]);
    expect(cellsOf(csv, "total").filter(({ status }) => status === "evidence-writes").map(({ reason }) => reason)).toEqual([verdict]);
  });

  it("stands out on the page: in the answer, among the warnings, and where it is asked whether anything was written", () => {
    const page = textOf("html", record);
    expect(page).toContain(`<p class="answer">${sentence}`);
    expect(page).toContain(`<li class="notice"><bdi>${sentence}</bdi></li>`);
    expect(page).toMatch(/<h3>Was anything written to the evidence\?<\/h3>\n<p class="notice">The (evidence did not stay as it was|device that holds the evidence recorded writes)/);
  });
});

it("what the mount was and is stands in a report without names only as what stands for it", () => {
  const record = recordView({ ...found, mountAfter: mount({ mountPoint: "/mnt/other", mountOptions: "ro" }) });
  const redacted = redactedView(record, (bytes) => Buffer.from(bytes).toString("hex").padEnd(64, "0"));
  for (const name of ["jsonl", "csv", "html"]) {
    const text = [...formats.find((format) => format.name === name)!.render(redacted, options)].join("");
    expect(text).toMatch(/mount point redacted-[0-9a-f]{16} before, redacted-[0-9a-f]{16} after; options of the mount ro,noexec,nosuid,nodev before, ro after/);
    expect(text).not.toContain("/mnt/");
  }
});

describe("a scan with known lists only", () => {
  const known = { ...found, lists: [list({ kind: "known" })] };

  it.each(formats.map(({ name }) => name))("is said in %s to have had nothing to find (REQ-28)", (name) => {
    const text = textOf(name, known);
    expect(text).toContain("No notable list was used: nothing could be found, whatever the evidence holds.");
    expect(text).toContain("Exit status 3: no record of a notable list was compared");
    expect(text).not.toMatch(/[Nn]o entry that was examined/);
    expect(textOf(name, found)).not.toContain("nothing could be found");
  });

  it("has a word of its own for programs", () => {
    expect(jsonLines(textOf("jsonl", known)).at(-1)).toMatchObject({ answer: "nothing-to-find", outcome: "nothing-to-find", exitStatus: 3 });
    expect(cellsOf(textOf("csv", known), "run")[0]).toMatchObject({ status: "ended", reason: "nothing-to-find" });
  });
});

describe("a scan that ended and left something out", () => {
  const gaps: readonly [string, StatedRecord][] = [
    ["an entry that was not examined", { ...found, entries: [...found.entries!, unreadEntry(2, "c.bin", "io", "EIO")] }],
    ["a picture that was not compared", { ...found, entries: [...found.entries!, pictureEntry(2, "c.png", "undecodable")] }],
  ];

  it.each(gaps)("(%s) is nowhere called complete", (_, record) => {
    for (const { name } of formats) {
      const text = textOf(name, record);
      expect(text, name).toContain("Exit status 3: something was not examined");
      expect(text, name).not.toMatch(/status[^a-z]{1,8}complete\b|"run","complete"|PropertyValue":"complete"/);
    }
    const lines = jsonLines(textOf("jsonl", record));
    for (const line of [lines[0], lines.at(-1)]) expect(line).toMatchObject({ status: "ended", outcome: "incomplete" });
    const csv = textOf("csv", record);
    for (const type of ["run", "end"]) expect(cellsOf(csv, type)[0]).toMatchObject({ status: "ended", reason: "incomplete" });
    expect(textOf("hashdeep", record)).toContain("## status: The scan has ended.\n## outcome: incomplete\n## exit-status: Exit status 3: something was not examined");
  });

  it("has limits that say of which match they speak", () => {
    for (const name of ["hashdeep", "bodyfile", "csv", "jsonl", "dfxml"]) expect(textOf(name, { ...found, matches: [] }), name).not.toMatch(/(?<!says: )[Tt]he bytes of this file/);
  });
});
