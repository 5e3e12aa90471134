// Writes the fixtures of lists in which rows could be lost in silence: other ends of line, holes, joined files, stray quotes, digests under other names.
// Run by draw-fixtures.ts, or by itself with tsx. All values are drawn from a seed.
import { drawnValues, expected, malformed, valid } from "./fixture-files.ts";

const { hex, pick } = drawnValues("blindmatch damaged fixture");

interface Sample {
  readonly header?: readonly string[];
  row(label: string, name: string): string;
  readonly options?: object;
}
const samples: Readonly<Record<string, Sample>> = {
  plain: { row: (label) => hex("md5", label) },
  sums: { row: (label, name) => `${hex("md5", label)}  ${name}` },
  md5deep: { row: (label, name) => `${hex("md5", label)},/drawn/${name}` },
  hashdeep: { header: ["%%%% HASHDEEP-1.0", "%%%% size,md5,filename"], row: (label, name) => `1,${hex("md5", label)},${name}` },
  "pdq-lines": { row: (label, name) => `${hex("pdq", label)},80,SYN ${name}`, options: { algorithm: "pdq" } },
  "own-csv": { header: ["md5,name"], row: (label, name) => `${hex("md5", label)},${name}` },
  "icse-csv": { header: ["MD5;Image ID;Baseline;Note"], row: (label, name) => `${hex("md5", label)};1;y;${name}` },
  "nsrl-rds2": { header: ['"SHA-1","FileName","ProductCode","OpSystemCode"'], row: (label, name) => `"${hex("sha1", label)}","${name}",1,"WIN"` },
};
const faults = [
  ["end-of-line-cr", "a carriage return that no line feed follows", "\r"],
  ["nul-in-a-name", "a NUL character", "\0".repeat(40)],
  ["mark-in-the-middle", "a byte order mark that is not at the start of the file", "\n\ufeff"],
] as const;
for (const [format, { header = [], row, options }] of Object.entries(samples))
  for (const [name, found, between] of faults) {
    // The end of the second row is what the fault is put in place of; a hole lies in a name, and the rest of one row and the beginning of another with it.
    const second = name === "nul-in-a-name" ? `${row("2", `na${between}me`)}\n` : `${row("2", "name")}${between}`;
    const line = header.length + (name === "mark-in-the-middle" ? 3 : 2);
    // Without a name, a hole in a bare digest is refused for what it does to the digest.
    if (format === "plain" && name === "nul-in-a-name") continue;
    malformed(format, `${name}.txt`, `${[...header, row("1", "name")].join("\n")}\n${second}${row("3", "name")}\n`, `:${line}: found ${found}`, options);
  }

// Two stray quotes, in the first and the last name, make one row of three.
const strayHeader = "md5,name,category";
const joined = (first: string, second: string): string => [strayHeader, `${hex("md5", "0")},name,1`, first, `${hex("md5", "2")},name,1`, second, ""].join("\n");
malformed("own-csv", "rows-in-quotes.csv", joined(`${hex("md5", "1")},"name,1`, `${hex("md5", "3")},name",1`), ":3: found a quoted field of several lines with a digest in it");
malformed("own-csv", "rows-in-quotes-digest-first-line.csv", `name,md5\na,${hex("md5", "0")}\n"na,${hex("md5", "1")}\nme",${hex("md5", "2")}\n`, ":3: found a quoted field of several lines with a digest in it");
valid("own-csv", "digest-in-a-note.csv", `md5,note,category\n${hex("md5", "1")},"see\n${hex("md5", "2")},",1\n${hex("md5", "3")},,2\n`, [expected("line 2", pick("1", "md5"), { category: "1" }), expected("line 4", pick("3", "md5"), { category: "2" })]);
malformed("nsrl-rds2", "rows-in-quotes.txt", `"SHA-1","FileName","ProductCode","OpSystemCode"\n"${hex("sha1", "1")}","name,1,WIN\n${hex("sha1", "2")},name",1,"WIN"\n`, ":2: found a quoted field of several lines with a digest in it");

// own-csv: a column of categories under another name
malformed("own-csv", "grade.csv", `md5,grade\n${hex("md5", "1")},1\n`, ':1: found "grade" as a column, and no column category');
malformed("own-csv", "category-name.csv", `md5;Image-Category\n${hex("md5", "1")};1\n`, ':1: found "Image-Category" as a column, and no column category');
valid("own-csv", "grade-with-category-stated.csv", `md5,grade\n${hex("md5", "1")},1\n`, [expected("line 2", pick("1", "md5"))], { category: "1" });
valid("own-csv", "grade-beside-category.csv", `md5,grade,category\n${hex("md5", "1")},1,2\n`, [expected("line 2", pick("1", "md5"), { category: "2" })]);

// ilook: types whose digests are as long as those of MD5
const v1 = "V1Hash,HashType,SetDescription,FileName,FilePath,FileSize";
const ilookRow = (label: string, type: string): string => `${hex("md5", label)},${type},SYNTHETIC,f,/drawn,1`;
valid("ilook", "other-types.hsh", [v1, ilookRow("1", "MD4"), ilookRow("2", "RIPEMD128"), ilookRow("3", "md5"), ilookRow("4", ""), ilookRow("5", "1"), ""].join("\n"), [
  expected("line 2", {}, { sizeBytes: 1, unmatchable: ["other"] }),
  expected("line 3", {}, { sizeBytes: 1, unmatchable: ["other"] }),
  expected("line 4", pick("3", "md5"), { sizeBytes: 1 }),
  expected("line 5", pick("4", "md5"), { sizeBytes: 1 }),
  expected("line 6", {}, { sizeBytes: 1, unmatchable: ["other"] }),
]);

// threatexchange-csv: the type in the name of the file
const signal = (digits: string): string => `${digits},3058061737570001,2026-01-02T03:04:05+0000,synthetic\n`;
malformed("threatexchange-csv", "simple.HASH_URL_MD5.te", signal(hex("md5", "1")), ':1: found "HASH_URL_MD5" as the type in the name of the file');
malformed("threatexchange-csv", "md5-without-a-type.te", signal(hex("md5", "1")), ":1: found no type in the name of the file");
malformed("threatexchange-csv", "simple.HASH_PDQ.te", signal(hex("pdq", "1")), ":1: found pdq as the type in the name of the file, expected sha256", { algorithm: "sha256" });
valid("threatexchange-csv", "simple.HASH_SHA256.te", signal(hex("sha256", "1")), [expected("line 1", pick("1", "sha256"), { recordId: "3058061737570001" })]);

// vics: digests under other keys
const media = (...values: object[]): string => JSON.stringify({ "@odata.context": "http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml/Default/$metadata#Media", value: values }, null, 1);
valid("vics", "2.0-other-spellings.json", media(
  { MediaID: 1, MD5: hex("md5", "1"), "SHA-1": hex("sha1", "1"), SHA_256: hex("sha256", "1"), PDQ: hex("pdq", "1"), Blake3: hex("blake3", "1"), SHA512: hex("sha512", "1") },
  { "Media ID": 2, "SHA-1": hex("sha1", "2"), "Media_Size": 5 },
  { MediaID: 3, MD5: hex("md5", "3"), V9Hash: hex("sha512", "3"), "Another Hash": hex("sha1", "3") },
  { MediaID: 4, AlternativeHashes: [{ "Hash-Name": "SHA-256 Hash", Hash_Value: hex("sha256", "4") }] },
), [
  expected("value[0]", pick("1", "md5", "sha1", "sha256", "pdq", "blake3"), { recordId: "1", unmatchable: ["sha512"] }),
  expected("value[1]", pick("2", "sha1"), { recordId: "2", sizeBytes: 5 }),
  expected("value[2]", pick("3", "md5"), { recordId: "3", unmatchable: ["other"] }),
  expected("value[3]", pick("4", "sha256"), { recordId: "4" }),
]);

// stix: a later version that names no file any more
const observed = (label: string, modified: string, rest: object): object => ({ type: "observed-data", id: `observed-data--00000000-0000-4000-8000-00000000000${label}`, modified, ...rest });
const files = (label: string): object => ({ objects: { 0: { type: "file", hashes: { MD5: hex("md5", label) } } } });
const recordId = (label: string): object => ({ recordId: `observed-data--00000000-0000-4000-8000-00000000000${label}` });
valid("stix", "revoked-without-references.json", JSON.stringify({ type: "bundle", objects: [
  observed("1", "2026-01-02T03:04:05Z", files("1")),
  observed("2", "2026-01-02T03:04:05Z", files("2")),
  observed("1", "2026-01-03T03:04:05Z", { revoked: true }),
] }, null, 1), [
  expected("objects[0]", {}, { ...recordId("1"), retracted: true }),
  expected("objects[1]", pick("2", "md5"), recordId("2")),
]);
