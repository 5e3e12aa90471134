import { Ajv2020, type AnySchema } from "ajv/dist/2020.js";
import { expect, it } from "vitest";
import { formats } from "../../src/reports/formats.ts";
import { jsonlSchema } from "../../src/reports/jsonl-schema.ts";
import { jsonLines } from "../support/blindmatch.ts";
import { csvRows } from "../support/report-text.ts";
import { examined, list, match, recordView, unreadEntry } from "../support/record-view.ts";

const options = { all: true, madeAt: "2026-04-17T12:00:00+02:00", version: "0.1.0" };
const record = recordView({
  entries: [
    examined(0, "without a time of creation", { createdNs: 0n, modifiedNs: 0n }),
    examined(1, "with one", { createdNs: 1_767_225_600_000_000_000n }),
    // What is recorded of a name whose status could not be read.
    { ...unreadEntry(2, "without any time", "io", "EIO"), mode: 0, modifiedNs: 0n, changedNs: 0n, accessedNs: 0n, createdNs: 0n },
  ],
  matches: [match(0), match(1)],
  lists: [list()],
});
const texts = new Map(formats.map((format) => [format.name, [...format.render(record, options)].join("")]));
const textOf = (name: string): string => texts.get(name)!;

it("a time that no file system stated is none in every form, and not the year 1970", () => {
  expect(textOf("html")).toContain("UTC: modified 1970-01-01T00:00:00.000000000Z, changed 2026-01-01T00:00:01.000000001Z, accessed 1969-12-31T23:59:59.999999999Z, created none recorded<");
  expect(textOf("html")).toContain("created 2026-01-01T00:00:00.000000000Z<");
  const lines = jsonLines(textOf("jsonl"));
  const validate = new Ajv2020({ strictTypes: false }).compile(jsonlSchema as AnySchema);
  expect(lines.filter((line) => !validate(line))).toEqual([]);
  expect(lines.filter(({ type }) => type === "entry").map(({ modified, changed, accessed, created }) => [modified, changed, accessed, created])).toEqual([
    ["1970-01-01T00:00:00.000000000Z", "2026-01-01T00:00:01.000000001Z", "1969-12-31T23:59:59.999999999Z", null],
    ["2026-01-01T00:00:00.123456789Z", "2026-01-01T00:00:01.000000001Z", "1969-12-31T23:59:59.999999999Z", "2026-01-01T00:00:00.000000000Z"],
    [null, null, null, null],
  ]);
  const [header, ...rows] = csvRows(textOf("csv").slice(1));
  const cells = rows.filter(([type]) => type === "entry").map((row) => ["modified", "created"].map((name) => row[header!.indexOf(name)]));
  expect(cells).toEqual([["1970-01-01T00:00:00.000000000Z", ""], ["2026-01-01T00:00:00.123456789Z", "2026-01-01T00:00:00.000000000Z"], ["", ""]]);
  expect(textOf("bodyfile").split("\n").flatMap((line) => (line.startsWith("#") || line === "" ? [] : [line.split("|").slice(7).join("|")]))).toEqual(["-1|0|1767225601|0", "-1|1767225600|1767225601|1767225600", "0|0|0|0"]);
  expect([textOf("dfxml").match(/<crtime>/g)?.length, textOf("case-uco").match(/observableCreatedTime/g)?.length, textOf("vics").match(/"Created"/g)?.length]).toEqual([1, 1, 1]);
  for (const [name, text] of texts) expect(text, name).not.toContain("A time of creation of");
  for (const name of ["jsonl", "csv"]) expect(textOf(name)).toContain("Where it states no time of creation, none is recorded.");
});
