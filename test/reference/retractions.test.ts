import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openList } from "../../src/lists/read-list.ts";
import { loadScale } from "../../src/lists/scales.ts";
import { importList } from "../../src/reference/import-list.ts";
import { openReferenceSet } from "../../src/reference/open-reference-set.ts";
import { temporaryFolder } from "../support/folder.ts";
import { digestFor, examined, importOptions, key } from "./synthetic-list.ts";

const folder = temporaryFolder();
const hex = (seed: string): string => Buffer.from(digestFor("md5", seed)).toString("hex");
const item = (id: string): string => `<image><member id="7">Member</member><id>${id}</id><classification>A1</classification><fingerprints><md5>${hex(id)}</md5></fingerprints></image>`;

const pages = `<?xml version="1.0" encoding="UTF-8"?>
<queryResult xmlns="https://hashsharing.ncmec.org/hashsharing/v2"><images>
${item("kept")}${item("taken-back")}${item("and-listed-again")}
<deletedImage><member id="7">Member</member><id>taken-back</id></deletedImage>
<deletedImage><member id="7">Member</member><id>and-listed-again</id></deletedImage>
${item("and-listed-again")}
</images></queryResult>
`;

describe("a record that its own list takes back further on", () => {
  it("is counted and matches nothing, and what is listed again after it matches once", async () => {
    const file = join(folder, "pages.xml");
    writeFileSync(file, pages);
    const { scale, sha256: scaleSha256 } = await loadScale("ncmec-industry");
    const home = join(folder, "home");
    const { description } = await importList(home, await openList(file, { scale, kind: "notable" }), { ...importOptions, scale, scaleSha256 });
    expect(description.counts).toMatchObject({ rowsRead: 4, rowsLoaded: 2, refused: { retracted: 2 }, digests: { md5: 2 }, duplicates: 0 });
    const set = openReferenceSet(home, [description], key);
    const matches = await Promise.all(["kept", "taken-back", "and-listed-again"].map(async (id) => (await set.match(examined({ md5: digestFor("md5", id) }), 1)).length));
    expect(matches).toEqual([1, 0, 1]);
  });
});
