import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { recognise } from "../../src/lists/formats.ts";
import { vics as vicsList } from "../../src/lists/vics.ts";
import type { Match } from "../../src/model.ts";
import { mediaTogether } from "../../src/reports/vics-copies.ts";
import { vics } from "../../src/reports/vics.ts";
import { digestsOf, examined, list, match, pictureEntry, recordView, type StatedRecord } from "../support/record-view.ts";

const folder = "fixtures/reports";
const options = { all: false, madeAt: "2026-04-17T12:00:00+02:00", version: "0.1.0" };

interface Media {
  readonly MediaID: number;
  readonly Category: number | null;
  readonly IsPrecategorized: string;
  readonly IsSuspected: string;
  readonly MD5: string;
  readonly MediaSize: number;
  readonly RelativeFilePath: string;
  readonly Comments: string;
  readonly MediaFiles: readonly Readonly<Record<string, string>>[];
}
interface Document {
  readonly value: readonly { readonly Media: readonly Media[]; readonly TotalMediaFiles: number; readonly TotalPrecategorized: number; readonly CaseMetadata: readonly { readonly PropertyName: string; readonly PropertyValue: string }[] }[];
}
const parsed = (text: string): Document["value"][number] => (JSON.parse(text) as Document).value[0]!;
const rendered = (stated: StatedRecord): string => [...vics.render(recordView(stated), options)].join("");

/** What this program's reader of lists makes of a document. */
async function references(text: string) {
  const content = Buffer.from(text);
  const file = { name: "case.json", head: content.subarray(0, 65_536), bytes: async function* () { yield content; } };
  const rows = [];
  for await (const run of vicsList.read(file, {})) rows.push(...run);
  return rows.map((row) => ("digests" in row ? { recordId: row.recordId, category: row.category, sizeBytes: row.sizeBytes, md5: hex(row.digests.md5), sha1: hex(row.digests.sha1), sha256: hex(row.digests.sha256) } : row));
}
const hex = (bytes: Uint8Array | undefined): string | undefined => (bytes === undefined ? undefined : Buffer.from(bytes).toString("hex"));

/** The flags of a file with these matches. */
function flags(matches: readonly Partial<Match>[], lists = [list(), list({ sha256: "6b".repeat(32), name: "second" })]): readonly unknown[] {
  const stated = matches.map((one) => match(0, one));
  const [media] = parsed(rendered({ entries: [pictureEntry(0, "a/b.png", "hashed")], lists, matches: stated })).Media;
  return [media?.Category, media?.IsPrecategorized, media?.IsSuspected];
}
const near: Partial<Match> = { kind: "near", algorithms: ["pdq"], distanceBits: 9, transform: "full", nearReferences: 1 };
const contradicted: Partial<Match> = { algorithms: ["md5"], contradictedBy: ["sha1"] };

describe("the VICS report", () => {
  it.each(readdirSync(folder).filter((name) => name.endsWith(".vics.json")))("%s is read by the reader of such lists, each media with its digests and category (REQ-66)", async (name) => {
    const text = readFileSync(join(folder, name), "utf8");
    const { Media: media, TotalMediaFiles, TotalPrecategorized } = parsed(text);
    expect(recognise(Buffer.from(text).subarray(0, 65_536))).toBe(vicsList);
    const places = (counted: readonly Media[]): number => counted.flatMap(({ MediaFiles }) => MediaFiles).length;
    expect([TotalMediaFiles, TotalPrecategorized]).toEqual([places(media), places(media.filter(({ IsPrecategorized }) => IsPrecategorized === "true"))]);
    if (media.length === 0) return;
    const read = await references(text);
    expect(read).toEqual(media.map(({ MediaID, Category, MD5, MediaSize }) => expect.objectContaining({ recordId: `${MediaID}`, category: Category === null ? null : `${Category}`, sizeBytes: MediaSize, md5: MD5.toLowerCase(), sha1: expect.stringMatching(/^[0-9a-f]{40}$/) as string, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string }) as unknown));
  });

  it("gives a category to exact matches only, and a suspicion to near ones", () => {
    expect(flags([{}])).toEqual([1, "true", "false"]);
    expect(flags([near])).toEqual([null, "false", "true"]);
    expect(flags([{ ...near, doubts: ["plain-ground"] }])).toEqual([null, "false", "true"]);
    expect(flags([contradicted])).toEqual([null, "false", "false"]);
    expect(flags([contradicted, near])).toEqual([null, "false", "true"]);
    expect(flags([near, {}])).toEqual([1, "true", "false"]);
  });

  it("gives none to a match by MD5 alone, which is a suspicion that names no source of a category (REQ-29)", () => {
    const md5Only: Partial<Match> = { algorithms: ["md5"] };
    expect(flags([md5Only])).toEqual([null, "false", "true"]);
    expect(flags([md5Only, { list: 1, algorithms: ["md5"] }])).toEqual([null, "false", "true"]);
    expect(flags([md5Only, { list: 1 }])).toEqual([1, "true", "false"]);
    expect(flags([md5Only, { list: 1, category: "2" }])).toEqual([null, "false", "true"]);
    expect(flags([md5Only, { list: 1, category: null }])).toEqual([null, "false", "true"]);
    const document = parsed(rendered({ entries: [examined(0, "a")], lists: [list()], matches: [match(0, md5Only)] }));
    expect(document).toMatchObject({ TotalPrecategorized: 0, Media: [{ PrecategorizationSource: "", Comments: expect.stringContaining("MD5 only") as string }] });
  });

  it("gives none where exact matches disagree, name no number, or are of another scale: then a person looks", () => {
    expect(flags([{ category: "1" }, { list: 1, category: "2" }])).toEqual([null, "false", "true"]);
    expect(flags([{ category: "1" }, { list: 1, category: "1" }])).toEqual([1, "true", "false"]);
    expect(flags([{ category: null }])).toEqual([null, "false", "true"]);
    expect(flags([{ category: "A" }])).toEqual([null, "false", "true"]);
    const otherScale = list({ sha256: "6b".repeat(32), scale: { scale: "other", version: "1", source: "", entries: [] } });
    expect(flags([{}, { list: 1, category: "2" }], [list(), otherScale])).toEqual([1, "true", "false"]);
  });

  it("has the scale of most matches that establish a category, in whatever order the lists were imported", () => {
    const [uk, us] = [list({ scale: { scale: "uk-sentencing", version: "1", source: "", entries: [] } }), list({ sha256: "6b".repeat(32) })];
    const entries = [examined(0, "a"), examined(1, "b"), examined(2, "c")];
    const metadataAndCategories = (matches: readonly ReturnType<typeof match>[], lists: readonly ReturnType<typeof list>[]): readonly unknown[] => {
      const { Media: media, CaseMetadata, TotalPrecategorized } = parsed(rendered({ entries, lists, matches }));
      return [CaseMetadata[0]!.PropertyValue.includes("uk-sentencing"), media.map(({ Category }) => Category), TotalPrecategorized, CaseMetadata[0]!.PropertyValue.split("besides")[0]!.match(/have (\d+) exact/)?.[1]];
    };
    expect(metadataAndCategories([match(0, { algorithms: ["md5"] }), match(1, { list: 1 }), match(2, { list: 1 })], [uk, us])).toEqual([false, [null, 1, 1], 2, undefined]);
    expect(metadataAndCategories([match(0), match(1, { list: 1 }), match(2, { list: 1 })], [uk, us])).toEqual([false, [null, 1, 1], 2, "1"]);
    expect(metadataAndCategories([match(0), match(1, { list: 1 })], [uk, us])).toEqual([true, [1, null], 1, "1"]);
    expect(metadataAndCategories([match(0, { list: 1 })], [uk, us])).toEqual([false, [1], 1, undefined]);
  });

  it("leaves out lists of known files and categories that are set aside, and exports no content", () => {
    const text = rendered({ entries: [examined(0, "a"), examined(1, "b")], lists: [list({ kind: "known" }), list({ sha256: "6b".repeat(32) })], matches: [match(0), match(1, { list: 1, category: "9" })] });
    expect(parsed(text)).toMatchObject({ Media: [], TotalMediaFiles: 0 });
    expect(parsed(readFileSync(join(folder, "mixed.vics.json"), "utf8")).Media.map(({ RelativeFilePath }) => RelativeFilePath)).toEqual(Array(6).fill(""));
  });

  it("has copies of a file as one media with a place for each, and what differs in anything else by itself", () => {
    const copy = (no: number, path: string): ReturnType<typeof examined> => examined(no, path, { digests: digestsOf(0), sizeBytes: 1000 });
    const forged = examined(3, "c/forged.jpg", { digests: { ...digestsOf(3), md5: digestsOf(0).md5 }, sizeBytes: 1000 });
    const { Media: media, TotalMediaFiles, TotalPrecategorized } = parsed(rendered({ entries: [copy(0, "a/1.jpg"), examined(1, "b.jpg"), copy(2, "c/1 (2).jpg"), forged, copy(4, "d.jpg")], lists: [list()], matches: [0, 1, 2, 3, 4].map((no) => match(no)) }));
    expect(media.map(({ MD5, MediaFiles }) => [MD5.toLowerCase(), MediaFiles.map(({ FileName, FilePath }) => [FileName, FilePath])])).toEqual([
      [hex(digestsOf(1).md5), [["b.jpg", "b.jpg"]]],
      [hex(digestsOf(0).md5), [["forged.jpg", "c/forged.jpg"]]],
      [hex(digestsOf(0).md5), [["1.jpg", "a/1.jpg"], ["1 (2).jpg", "c/1 (2).jpg"], ["d.jpg", "d.jpg"]]],
    ]);
    expect([media.map(({ MediaID }) => MediaID), TotalMediaFiles, TotalPrecategorized]).toEqual([[1, 2, 3], 5, 5]);
  });

  it("loses no place where more copies are to come than are held", () => {
    const pairs = Array.from({ length: 40 }, (_, no) => examined(no, `${no}.jpg`, { digests: digestsOf(no % 20), sizeBytes: 1000 }));
    const record = recordView({ entries: pairs, lists: [list()], matches: pairs.map(({ no }) => match(no)) });
    const [together, apart] = [Infinity, 5_000].map((heldCharacters) => [...mediaTogether(record, list().scale, heldCharacters)]);
    expect(together!.map(({ MediaFiles }) => MediaFiles.length)).toEqual(Array(20).fill(2));
    expect(apart!.length).toBeGreaterThan(20);
    expect(apart!.flatMap(({ MediaFiles }) => MediaFiles.map(({ FileName }) => FileName)).sort()).toEqual(pairs.map(({ no }) => `${no}.jpg`).sort());
  });

  it("names the file around a picture that matches, and is of that picture", () => {
    const { Media: media } = parsed(readFileSync(join(folder, "mixed.vics.json"), "utf8"));
    const thumbnail = media.at(-1)!;
    expect(thumbnail.MD5.toLowerCase()).toBe(hex(digestsOf(80).md5));
    expect(thumbnail.MediaFiles[0]).toMatchObject({ FilePath: "DCIM/0008.jpg//thumbnail", ParentFilePath: "DCIM/0008.jpg", ParentMD5: hex(digestsOf(8).md5)!.toUpperCase() });
  });

  it("states the region of the scale that its codes are of, and the scale itself", () => {
    const ofScale = (scale: string): string => rendered({ entries: [examined(0, "a")], lists: [list({ scale: { ...list().scale, scale } })], matches: [match(0)] });
    expect(ofScale("vic-us")).toContain("2.0.xml/US/$metadata#Cases");
    expect(ofScale("uk-sentencing")).toContain("2.0.xml/CUSTOM/$metadata#Cases");
    expect(parsed(ofScale("vic-us")).CaseMetadata[0]).toMatchObject({ PropertyName: "category-scale", PropertyValue: expect.stringContaining("vic-us 1") as string });
  });

  it("is none of a case without MD5", () => {
    const without = recordView({ entries: [examined(0, "a", { digests: { sha256: digestsOf(0).sha256 } })], lists: [list()], options: { digests: ["sha256"] } });
    expect(() => [...vics.render(without, options)]).toThrow(expect.objectContaining({ code: "usage", message: expect.stringContaining("expected md5") as string }) as Error);
  });
});
