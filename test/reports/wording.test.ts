import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { csv } from "../../src/reports/csv.ts";
import { html } from "../../src/reports/html.ts";
import { jsonl } from "../../src/reports/jsonl.ts";
import { limitsOf } from "../../src/reports/limits.ts";
import { statementText } from "../../src/reports/match-statement.ts";
import { measured } from "../../src/reports/measured.ts";
import { jsonLines } from "../support/blindmatch.ts";
import { digestsOf, examined, list, match, recordView } from "../support/record-view.ts";
import { csvRows } from "../support/report-text.ts";

const options = { all: false, madeAt: "2026-04-17T12:00:00+02:00", version: "0.1.0" };
const near = { kind: "near", algorithms: ["pdq"], distanceBits: 17, transform: "full", nearReferences: 2 } as const;
const thumbnail = { name: "thumbnail", offsetBytes: 540, sizeBytes: 7012, digests: digestsOf(80), picture: { status: "hashed", widthPixels: 160, heightPixels: 120 } } as const;
const record = recordView({
  entries: [0, 1, 2, 3, 4, 5].map((no) => examined(no, `${no}.jpg`, { embedded: [thumbnail] })),
  matches: [
    match(0, { recordId: "R-1" }),
    match(1, { recordId: null, algorithms: ["md5"] }),
    match(2, { recordId: "R-3", algorithms: ["md5"], contradictedBy: ["sha1", "size"] }),
    match(3, { recordId: "R-4", ...near }),
    match(4, { recordId: "R-5", ...near, doubts: ["plain-ground"], nearReferences: 1 }),
    match(5, { recordId: "R-6", ...near, embedded: "thumbnail" }),
  ],
  lists: [list({ agency: "Agency <b>" })],
});
const source = "of list 1, Agency <b>/notable 2026-03";
const compared = "a lead, not an identification; the content was not viewed. Compared from all its pixels; the threshold is 31 bits, and";

describe("what a match says", () => {
  it("is no more than what was found", () => {
    expect([...record.matches()].map((row) => statementText(record, row))).toEqual([
      `The bytes of this file have the same MD5 and SHA-1 as record R-1 (row 42 of those loaded) ${source}; the content was not viewed.`,
      `The bytes of this file have the same MD5 as a record without an id (row 42 of those loaded) ${source}; the content was not viewed. MD5 only: collisions exist, for different files of equal MD5 can be made on purpose; confirm by another digest.`,
      `The MD5 of this file is that of record R-3 (row 42 of those loaded) ${source}, but SHA-1 and size differ; the content was not viewed. Not an identification.`,
      `The picture in this file is within 17 of 256 bits of record R-4 (row 42 of those loaded) ${source}: ${compared} 2 references of the list are within it.`,
      expect.stringMatching(/ 1 reference of the list is within it\. Low confidence: most of the picture is a plain ground: .*\.$/),
      `The thumbnail within this file is within 17 of 256 bits of record R-6 (row 42 of those loaded) ${source}: ${compared} 2 references of the list are within it.`,
    ]);
  });

  const statements = [...record.matches()].map((row) => statementText(record, row)).toSorted();
  const plain = (markup: string): string => markup.replaceAll(/<[^>]+>/g, "").replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&#39;", "'");

  it("is the same in every format", () => {
    expect(jsonLines([...jsonl.render(record, options)].join("")).flatMap(({ type, statement }) => (type === "match" ? [statement] : [])).toSorted()).toEqual(statements);
    const [header, ...rows] = csvRows([...csv.render(record, options)].join("").slice(1));
    expect(rows.flatMap((row) => (row[0] === "match" ? [row[header!.indexOf("detail")]] : [])).toSorted()).toEqual(statements);
    const text = [...html.render(record, options)].join("");
    expect([...text.matchAll(/<tr class="more">.*?<summary>(.*?)<\/summary>/g)].map(([, sentence]) => plain(sentence!)).toSorted()).toEqual(statements);
  });

  it("has its limits beside it in every format", () => {
    const sentences = limitsOf(record).flatMap((limit) => limit.sentences);
    expect(sentences.length).toBeGreaterThan(8);
    const [inJsonl, inCsv] = [[...jsonl.render(record, options)].join(""), [...csv.render(record, options)].join("").replaceAll('""', '"')];
    const inHtml = plain([...html.render(record, options)].join(""));
    for (const sentence of sentences) for (const text of [inJsonl, inCsv, inHtml]) expect(text).toContain(sentence);
  });
});

describe("the error figures of the reports", () => {
  it("are those of the bench, with the version that it measured", () => {
    const section = readFileSync("test/bench/README.md", "utf8").split("## robustness")[1]!.split("\n## ")[0]!;
    const rows = [...section.matchAll(/^\| (.*) \| (\d+)( %)? \|$/gm)].map(([, change, figure]) => [change, Number(figure)]);
    expect(section).toContain(`Measured with version ${measured.version} and ${measured.pictures} pictures`);
    expect(rows).toEqual([...measured.found.map(({ change, percent }) => [change, percent]), [`false matches in ${measured.unrelatedPairs.toLocaleString("en")} pairs of unrelated pictures, each compared both ways (nearest ${measured.nearestUnrelatedBits} bits)`, measured.falseMatches]]);
    expect(measured.unrelatedPairs, "pairs, not comparisons").toBe((measured.pictures * (measured.pictures - 1)) / 2);
    expect(readFileSync("README.md", "utf8")).toContain(`No false match in the ${measured.unrelatedPairs} pairs of unrelated pictures`);
    expect(measured.version).toBe((JSON.parse(readFileSync("package.json", "utf8")) as { version: string }).version);
  });

  it("are left out where no pictures were compared", () => {
    const exactOnly = recordView({ entries: [examined(0, "a")], lists: [list({}, 0)] });
    expect(limitsOf(exactOnly).find(({ subject }) => subject === "error-rates")!.sentences.join(" ")).not.toContain("robustness");
  });
});
