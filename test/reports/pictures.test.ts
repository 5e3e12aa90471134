import { describe, expect, it } from "vitest";
import { type Match, type PictureStatus, picturesNotCompared, pictureStatuses } from "../../src/model.ts";
import type { RecordView } from "../../src/record/view.ts";
import { csv } from "../../src/reports/csv.ts";
import { formats } from "../../src/reports/formats.ts";
import { html } from "../../src/reports/html.ts";
import { jsonl } from "../../src/reports/jsonl.ts";
import { transformWords } from "../../src/reports/transform-words.ts";
import { jsonLines } from "../support/blindmatch.ts";
import { digestsOf, list, match, pictureEntry, recordView, type StatedRecord } from "../support/record-view.ts";
import { csvRows } from "../support/report-text.ts";

const options = { all: false, madeAt: "2026-04-17T12:00:00+02:00", version: "0.1.0" };
const statuses = Object.keys(pictureStatuses) as PictureStatus[];
const everyStatus = recordView({ entries: statuses.map((status, no) => pictureEntry(no, `${status}.jpg`, status)), lists: [list()] });
const notCompared = ["undecodable", "unsupported", "too-large", "timeout", "crash", "violation"];
const inPart = ["partial", "preview", "sampled", "first-page", "low-quality"];

describe("pictures that were not compared, or in part", () => {
  it("stand in tables of their own, each picture once", () => {
    const text = [...html.render(everyStatus, options)].join("");
    const table = (caption: string): string => text.slice(text.indexOf(`<caption>${caption}`), text.indexOf("</table>", text.indexOf(`<caption>${caption}`)));
    const named = (part: string): string[] => [...part.matchAll(/>([a-z-]+)\.jpg</g)].map(([, name]) => name!);
    expect(named(table("Pictures not compared")).sort()).toEqual([...notCompared].sort());
    expect(named(table("Pictures compared in part")).sort()).toEqual([...inPart].sort());
    for (const status of [...notCompared, ...inPart]) {
      const row = text.slice(text.indexOf(`>${status}.jpg<`)).split("</tr>")[0]!;
      expect(row).toContain(`<td>${picturesNotCompared.includes(status as PictureStatus) ? "yes" : "no"}</td>`);
    }
  });

  it("are rows of the other formats, which tell one kind from the other", () => {
    const lines = jsonLines([...jsonl.render(everyStatus, options)].join("")).filter(({ type }) => type === "picture");
    const [header, ...rows] = csvRows([...csv.render(everyStatus, options)].join("").slice(1));
    const compared = rows.filter(([type]) => type === "picture").map((row) => [row[header!.indexOf("picture")], row[header!.indexOf("compared")]]);
    const expected = statuses.flatMap((status) => (notCompared.includes(status) ? [[status, "none"]] : inPart.includes(status) ? [[status, "in-part"]] : []));
    expect(compared).toEqual(expected);
    expect(lines.map(({ entry, compared }) => [(entry as { picture: { status: string } }).picture.status, compared])).toEqual(expected);
    expect(lines.filter(({ leavesIncomplete }) => leavesIncomplete === true)).toHaveLength(picturesNotCompared.length);
  });

  it.each(formats)("are not listed by $name where no near comparison was due", (format) => {
    const without = recordView({ entries: [pictureEntry(0, "a.jpg", "crash"), pictureEntry(1, "b.jpg", "preview")], lists: [list({}, 0)] });
    expect([...format.render(without, options)].join("")).not.toMatch(/"type":"picture"|^"picture"|<caption>Pictures /m);
  });

  it.each(formats.flatMap((format) => (["crash", "preview"] as const).map((status) => ({ format, name: format.name, status }))))("are rows that must add up: $name, $status", ({ format, status }) => {
    const sound = recordView({ entries: [pictureEntry(0, "a.jpg", status)], lists: [list()] });
    const uncounted: RecordView = { ...sound, totals: () => ({ ...sound.totals(), pictures: { [status]: 2 } }) };
    expect(() => [...format.render(sound, options)]).not.toThrow();
    expect(() => [...format.render(uncounted, options)]).toThrow(expect.objectContaining({ code: "record-damaged" }));
  });
});

describe("a match of a picture within a file", () => {
  const near: Partial<Match> = { kind: "near", algorithms: ["pdq"], distanceBits: 4, transform: "full", nearReferences: 1, embedded: "thumbnail" };
  const exact: Partial<Match> = { embedded: "thumbnail" };
  const said = (status: PictureStatus, found: Partial<Match>, stated: StatedRecord = {}): string => {
    const picture = pictureEntry(0, "a.jpg", status);
    const entry = { ...picture, embedded: [{ name: "thumbnail" as const, offsetBytes: 540, sizeBytes: 7012, digests: digestsOf(80), picture: { status: "hashed" as const, widthPixels: 160, heightPixels: 120 } }] };
    const text = [...html.render(recordView({ entries: [entry], lists: [list()], matches: [match(0, found)], ...stated }), options)].join("");
    return text.slice(text.indexOf("<strong>//thumbnail")).split("</tbody>")[0]!;
  };

  it("speaks of an altered picture only where the file's own was compared as a whole", () => {
    expect(said("hashed", near)).toContain("was compared and does not match: it may have been altered");
    for (const status of statuses.filter((status) => status !== "hashed")) expect(said(status, near)).not.toMatch(/altered|was compared and/);
    expect(said("hashed", near, { options: { leastQuality: 80 } })).not.toContain("altered");
    expect(said("hashed", near, { options: { nearThresholds: { ["5a".repeat(32)]: { nearDistanceBits: 31, leastQuality: 80 } } } })).toContain("below the 80 that this list asks for");
  });

  it.each(["undecodable", "unsupported", "too-small", "too-large", "timeout", "crash", "skipped", "off"] as const)("says that the file's own was not compared, being %s", (status) => {
    for (const found of [near, exact]) expect(said(status, found)).toContain(`own picture was not compared for resemblance (${status}: `.replaceAll("'", "&#39;"));
  });

  it.each(["partial", "preview", "sampled", "first-page"] as const)("says that of the file's own only a part was compared, being %s", (status) => {
    expect(said(status, near)).toContain(`only a part was compared (${status}: `);
  });

  it("by its bytes says nothing of resemblance that was not looked for", () => {
    for (const status of statuses) expect(said(status, exact)).toContain("the bytes of a picture within this file match, those of the whole file do not.");
    expect(said("hashed", exact)).not.toMatch(/altered|does not match/);
  });
});

describe("what was done to a picture", () => {
  it("is said in words, part by part", () => {
    expect(transformWords("over-white full")).toBe("as it shows on a white ground, from all its pixels");
    expect(transformWords("frame-3 trimmed full rotated-90")).toBe("frame or page 3, without its border, from all its pixels, turned by 90 degrees to the left");
  });
});
