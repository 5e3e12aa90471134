import { Ajv2020, type AnySchema } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { doubtSentence } from "../../src/reports/counts-only.ts";
import { formats } from "../../src/reports/formats.ts";
import { jsonlSchema } from "../../src/reports/jsonl-schema.ts";
import { jsonLines } from "../support/blindmatch.ts";
import { examined, list, match, recordView, unreadEntry } from "../support/record-view.ts";

const options = { all: false, madeAt: "2026-04-17T12:00:00+02:00", version: "0.1.0" };

// Whatever tells where something lies in the plan begins with 777.
const record = recordView({
  entries: [examined(77_701, "a"), examined(77_702, "b"), unreadEntry(77_703, "c", "io")],
  matches: [match(77_701)],
  lists: [list()],
  complete: false,
  firstMatch: { entry: 77_701, elapsedMs: 2000, reached: { entries: 77_704, bytes: 77_705n } },
  log: [
    { kind: "interrupted", body: { nextEntry: 77_706 } },
    { kind: "resumed", body: { nextEntry: 77_707, commandLine: ["blindmatch", "scan"], host: "bench-3", user: "kbrandt" } },
    { kind: "warning", body: { message: doubtSentence(77_708, 77_709) } },
    { kind: "stopped", body: { after: 1, matched: 1, nextEntry: 77_710, elapsedMs: 900 } },
  ],
});

describe.each(formats.filter(({ restrictable }) => restrictable === true))("a report $name of counts", ({ name, render }) => {
  const shown = [...render(record, { ...options, all: name === "csv" })].join("");
  const text = [...render(record, { ...options, countsOnly: true })].join("");

  it("points at no entry, not by its number and not by its place in a plan of few, where one with rows does", () => {
    const places = (of: string): number => new Set(of.replaceAll(/(?<=\d),(?=\d)/g, "").match(/777\d\d/g)).size;
    expect([places(shown) > 5, places(text), text.includes("Where in the plan")]).toEqual([true, 0, false]);
  });

  it("says the rest of it all the same", () => {
    expect(text).toMatch(/a process that had decoded pictures was lost, or answered wrongly/);
    expect(text).toMatch(/after 2 seconds|"elapsedMs":2000/);
    if (name !== "jsonl") return;
    const validate = new Ajv2020({ strictTypes: false }).compile(jsonlSchema as AnySchema);
    expect(jsonLines(text).filter((line) => !validate(line))).toEqual([]);
    expect(jsonLines(text)[0]).toMatchObject({ custody: expect.arrayContaining([expect.objectContaining({ kind: "stopped", matched: 1, nextEntry: null })]) });
  });
});
