import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { spawnSync } from "node:child_process";
import { expect, it } from "vitest";
import { fileObject } from "../../src/reports/dfxml-object.ts";
import { temporaryFolder } from "../support/folder.ts";
import { examined, recordView } from "../support/record-view.ts";
import { describeWith, has } from "../support/tools.ts";

const reports = "fixtures/reports";
// The working group's own schema is not ours to hand on: whoever has it, with the files that it imports beside it, names it.
const schemas = [join(reports, "dfxml.xsd"), ...(process.env["DFXML_XSD"] === undefined ? [] : [process.env["DFXML_XSD"]])];
const mixed = readFileSync(join(reports, "mixed.dfxml"), "utf8");

it("the DFXML report names an image where one was hashed, and else none: where the evidence was mounted is no image", () => {
  expect(mixed).toContain("<source></source>");
  expect(mixed).toContain("<bm:evidence>/mnt/exhibit-7</bm:evidence>");
  expect(readFileSync(join(reports, "overrides.dfxml"), "utf8")).toContain("<source><image_filename>/images/exhibit-7.dd</image_filename></source>");
});

it("the DFXML report gives no inode number where the file system has none that holds (FAT)", () => {
  expect(fileObject(recordView(), { ...examined(0, "a.jpg"), inode: 0n }, [])).not.toContain("inode");
  expect(fileObject(recordView(), { ...examined(0, "a.jpg"), inode: 7n }, [])).toContain("<alloc>1</alloc><inode>7</inode><meta_type>");
});

describeWith("xmllint", has("xmllint"), "the DFXML report", () => {
  const folder = temporaryFolder();

  /** What the schema has against a document: nothing, or the lines that xmllint prints. */
  function faults(schema: string, text: string): string {
    const file = join(folder, "report.dfxml");
    writeFileSync(file, text);
    const { status, stderr } = spawnSync("xmllint", ["--noout", "--nonet", "--schema", schema, file], { encoding: "utf8" });
    expect([0, 3], stderr).toContain(status);
    return status === 0 ? "" : stderr;
  }

  it.each(schemas.flatMap((schema) => readdirSync(reports).filter((name) => name.endsWith(".dfxml")).map((name) => [schema, name] as const)))("agrees with %s: %s (REQ-66)", (schema, name) => {
    expect(faults(schema, readFileSync(join(reports, name), "utf8"))).toBe("");
  });

  it.each(schemas.flatMap((schema) =>
    ([
      ["elements change places", (text) => text.replace(/(<id>0<\/id>)(<name_type>r<\/name_type>)/, "$2$1")],
      ["BLAKE3 stands among the digests that the schema knows", (text) => text.replace('<hashdigest type="md5">', '<hashdigest type="blake3">')],
      ["a flag is neither 0 nor 1", (text) => text.replace("<alloc>1</alloc>", "<alloc>2</alloc>")],
      ["a time is none", (text) => text.replace(/<mtime>[^<]*/, "<mtime>yesterday")],
      ["an inode is negative", (text) => text.replace(/<inode>/, "<inode>-")],
      ["a kind of name is unknown", (text) => text.replace("<name_type>r<", "<name_type>x<")],
      ["there is no metadata", (text) => text.replace(/<metadata>[\s\S]*<\/metadata>/, "")],
      ["a name of our own stands in the schema's name space", (text) => text.replaceAll("bm:media_type", "media_type")],
    ] satisfies [string, (text: string) => string][]).map(([what, alter]) => [schema, what, alter] as const),
  ))("does not agree with %s where %s", (schema, _, alter) => {
    const broken = alter(mixed);
    expect(broken).not.toBe(mixed);
    expect(faults(schema, broken)).toContain("Schemas validity error");
  });
});
