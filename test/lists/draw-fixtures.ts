// Writes fixtures/lists: `npx tsx test/lists/draw-fixtures.ts`. All values are drawn from a seed, none is the digest of a file. What is expected
// is written from the drawn values, not by the readers.
import { rmSync } from "node:fs";
import { drawnValues, fixturesRoot, expected, malformed, valid } from "./fixture-files.ts";

const { bytes, hex, upper, pick } = drawnValues("blindmatch fixture");

const photoDna = (label: string): string => bytes(`photodna ${label}`, 144).toString("base64");

rmSync(fixturesRoot, { recursive: true, force: true });

// vics
const context = (version: string, shape = "Media", region = "/Default"): string =>
  version === "2.0" ? `http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml${region}/$metadata#${shape}` : `http://github.com/ICMEC/ProjectVic/DataModels/${version}.xml#${shape}`;
const preambleKey = (version: string): string => (version === "2.0" ? "@odata.context" : "odata.metadata");
const set = (version: string, value: unknown[], region?: string): object => ({ [preambleKey(version)]: context(version, "Media", region), value });
const flags = { VictimIdentified: "true", OffenderIdentified: "false", IsDistributed: "true", IsSuspected: "false", IsPrecategorized: "true", SelfGenerated: "false" };
const media = (no: number, category: unknown): Record<string, unknown> => ({
  MediaID: no,
  Category: category,
  MD5: upper("md5", `m${no}`),
  SHA1: upper("sha1", `m${no}`),
  MediaSize: 1000 + no,
  DateUpdated: "2026-01-02T03:04:05+01:00",
  PhotoDNA: photoDna(`m${no}`),
  MimeType: "image",
  ...flags,
  Series: "SYNTHETIC",
  Tags: "#synthetic, #drawn",
  Comments: "",
});
const mediaExpected = (index: number, no: number, category: string | null): object =>
  expected(`value[${index}]`, pick(`m${no}`, "md5", "sha1"), { recordId: String(no), category, sizeBytes: 1000 + no, unmatchable: ["photodna"] });

valid(
  "vics",
  "2.0-pretty.json",
  JSON.stringify(set("2.0", [{ ...media(1, 1), Exifs: [{ MD5: upper("md5", "m1"), PropertyName: "Make", PropertyValue: 'Drawn {camera} " ] } , \\' }] }, media(2, 2), media(3, 0)]), null, 1),
  [mediaExpected(0, 1, "1"), mediaExpected(1, 2, "2"), mediaExpected(2, 3, "0")],
);
valid("vics", "2.0-bom-one-line.json", `\ufeff${JSON.stringify(set("2.0", [media(4, 1), media(5, null)], "/UK"))}`, [mediaExpected(0, 4, "1"), mediaExpected(1, 5, null)]);
valid(
  "vics",
  "2.0-crlf-preamble-last.json",
  JSON.stringify({ "x.count": 2, "x.extra": { nested: [1, { value: "[" }] }, value: [media(6, 1), media(6, 2)], "@odata.context": context("2.0") }, null, 2).replaceAll("\n", "\r\n"),
  [mediaExpected(0, 6, "1"), mediaExpected(1, 6, "2")],
);
valid(
  "vics",
  "2.0-odd-types.json",
  `{"@odata.context":${JSON.stringify(context("2.0", "Media", "/US")).replaceAll("/", "\\/")},"value":[\n${[
    `{"mediaid":"A-7","CATEGORY":" 2 ","md5":"${hex("md5", "o1")}","Sha1":null,"MediaSize":"77","IsSuspected":false,"New2027":{"a":[1,2]}}`,
    `{"MediaID":9007199254740993,"Category":null,"SHA1":" ${upper("sha1", "o2")} ","MD5":""}`,
    `{"MediaID":3,"Category":5,"MD5Hash":"${upper("md5", "o3")}","SHA1Hash":"${upper("sha1", "o3")}","SHA256":"${hex("sha256", "o3")}","__proto__":{"MD5":"x"},"Tags":"a","Tags":"b"}`,
    `{"MediaID":4,"Category":1,"PDNA":"${photoDna("o4")}"}`,
    `{"MediaID":5,"Category":1,"MD5":"${upper("md5", "o5")}","md5":"${hex("md5", "o5")}","MediaFiles":[{"MD5":"${hex("md5", "o5")}","FileName":"größe \\ud83d\\ude00.bin"}],"Miniature":"AAAA"}`,
  ].join(",\n")}\n]}\n`,
  [
    expected("value[0]", pick("o1", "md5"), { recordId: "A-7", category: "2", sizeBytes: 77 }),
    expected("value[1]", pick("o2", "sha1"), { recordId: "9007199254740993" }),
    expected("value[2]", pick("o3", "md5", "sha1", "sha256"), { recordId: "3", category: "5" }),
    expected("value[3]", {}, { recordId: "4", category: "1", unmatchable: ["photodna"] }),
    expected("value[4]", pick("o5", "md5"), { recordId: "5", category: "1" }),
  ],
);
for (const version of ["1.1", "1.2", "1.3"]) {
  const label = `v${version}`;
  const value = {
    "odata.id": "Media(11)",
    MediaID: 11,
    Category: 3,
    MD5: upper("md5", label),
    SHA1: upper("sha1", label),
    MediaSize: "4321",
    ...flags,
    "AlternativeHashes@odata.navigationLinkUrl": "Media(11)/AlternativeHashes",
    AlternativeHashes: [
      { MD5: upper("md5", label), HashName: "PhotoDNA", HashValue: photoDna(label) },
      { MD5: upper("md5", label), HashName: "SHA256", HashValue: upper("sha256", label) },
      { MD5: upper("md5", label), HashName: "Drawn", HashValue: "1" },
    ],
    Exifs: [{ MD5: upper("md5", label), PropertyName: "Lat/Lon", PropertyValue: "10.0/20.0" }],
    Miniature: bytes("miniature", 90).toString("base64"),
    MediaFiles: [{ MD5: upper("md5", label), FileName: "IMG_0001.bin", FilePath: "EXH\\u\\IMG_0001.bin", Unallocated: "false" }],
  };
  valid("vics", `${version}.json`, JSON.stringify(set(version, [value]), null, 2), [
    expected("value[0]", pick(label, "md5", "sha1", "sha256"), { recordId: "11", category: "3", sizeBytes: 4321, unmatchable: ["photodna", "other"] }),
  ]);
}
const elements = (...texts: string[]): string => `{"@odata.context": ${JSON.stringify(context("2.0"))},\n"value": [\n${texts.join(",\n")}\n]}\n`;
const good = JSON.stringify(media(8, 1));
const whole = elements(good, good, good);
const md5 = upper("md5", "bad");
malformed("vics", "truncated-in-element.json", whole.slice(0, whole.length - 300), ":5: value[2]: found the end of the file inside a value");
malformed("vics", "truncated-after-element.json", whole.slice(0, whole.lastIndexOf("]")), ":6: value[3]: found the end of the file");
malformed("vics", "truncated-after-array.json", whole.slice(0, whole.lastIndexOf("}")), ":6: found the end of the file");
malformed("vics", "trailing-garbage.json", `${whole}{}`, ":7: found something else, expected the end of the file");
malformed("vics", "missing-comma.json", elements(good, `${good}\n${good}`), ":5: value[2]: found something else");
malformed("vics", "trailing-comma.json", elements(good, good, ""), ":6: value[2]: found something else, expected an object");
malformed("vics", "no-object.json", elements(good, '"text"'), ":4: value[1]: found something else, expected an object");
malformed("vics", "mispaired-brackets.json", elements(good, '{"MediaID":[1}}'), ":4: value[1]: found text that is not JSON");
malformed("vics", "nested-too-deep.json", elements(`{"x":${"[".repeat(200)}${"]".repeat(200)}}`), ":3: value[0]: found more than 100 levels of nesting");
malformed("vics", "no-preamble.json", JSON.stringify({ value: [media(9, 1)] }), ':1: found no "@odata.context"');
malformed("vics", "later-version.json", JSON.stringify({ "odata.metadata": context("1.9"), value: [media(9, 1)] }, null, 1), ":2: found data model 1.9, expected one of 1.1");
malformed("vics", "no-value.json", JSON.stringify({ "@odata.context": context("2.0") }, null, 1), ':3: found no "value"');
malformed("vics", "value-no-array.json", JSON.stringify({ "@odata.context": context("2.0"), value: {} }, null, 1), ':3: found something else, expected an array as "value"');
malformed("vics", "value-twice.json", `{"@odata.context": ${JSON.stringify(context("2.0"))},\n"value": [${good}],\n"Value": [${good}]}`, ":3: found a key of the document that stands twice");
malformed("vics", "short-md5.json", elements(good, JSON.stringify({ MediaID: 1, MD5: md5.slice(1) })), ":4: value[1]: found 31 characters as md5, expected 32 hex digits");
malformed("vics", "no-hex.json", elements(JSON.stringify({ MediaID: 1, MD5: `${md5.slice(1)}g` })), ":3: value[0]: found a character that is no hex digit in md5");
malformed("vics", "wide-digit.json", elements(JSON.stringify({ MediaID: 1, MD5: `${md5.slice(1)}\u0130` })), ":3: value[0]: found a character that is no hex digit in md5");
malformed("vics", "md5-a-number.json", elements('{"MediaID": 1, "MD5": 12345}'), ":3: value[0]: found something that is no text as md5");
malformed("vics", "md5-twice.json", elements(good, `{"MD5": "${md5}", "MediaID": 1,\n"MD5": "${upper("md5", "other")}"}`), ":4: value[1]: found a key of a digest, id, size or category that stands twice");
malformed("vics", "md5-twice-escaped.json", elements(good, `{"MD5": "${md5}", "MediaID": 1, "M\\u00445": "${md5}"}`), ":4: value[1]: found a key of a digest");
malformed("vics", "md5-two-spellings.json", elements(`{"MD5": "${md5}", "md5": "${upper("md5", "other")}"}`), ":3: value[0]: found two different digests of md5");
malformed("vics", "category-two-spellings.json", elements(`{"MD5": "${md5}", "Category": 1, "category": 2}`), ":3: value[0]: found two different values of Category");
malformed("vics", "alternative-name-twice.json", elements(`{"AlternativeHashes": [{"HashName": "PhotoDNA", "HashName": "SHA256", "HashValue": "${hex("sha256", "bad")}"}]}`), ":3: value[0]: found a key of a digest");
malformed("vics", "category-an-object.json", elements(`{"MD5": "${md5}", "Category": {"Code": 1}}`), ":3: value[0]: found something else as Category");
malformed("vics", "size-negative.json", elements(`{"MD5": "${md5}", "MediaSize": -1}`), ':3: value[0]: found "-1" as MediaSize');

// own-csv
const canonical = "record_id,md5,sha1,sha256,blake3,pdq,pdq_quality,size_bytes,category,scale,media_kind,series,source,updated";
const all = ["md5", "sha1", "sha256", "blake3", "pdq"] as const;
const canonicalRow = (no: number): string => [`SYN-${no}`, ...all.map((algorithm) => hex(algorithm, `c${no}`)), 90 + no, 2000 + no, no, "vic-us", "image", "SYNTHETIC", "DRAWN", "2026-01-02T03:04:05Z"].join(",");
valid(
  "own-csv",
  "canonical.csv",
  [canonical, canonicalRow(1), canonicalRow(2), ""].join("\n"),
  [1, 2].map((no) => expected(`line ${no + 1}`, pick(`c${no}`, ...all), { recordId: `SYN-${no}`, category: String(no), pdqQuality: 90 + no, sizeBytes: 2000 + no })),
);
valid("own-csv", "hash-category.csv", `hash,category\n${hex("md5", "h1")},1\n\n${hex("sha1", "h2")},\n`, [
  expected("line 2", pick("h1", "md5"), { category: "1" }),
  expected("line 4", pick("h2", "sha1")),
]);
valid("own-csv", "semicolon-quoted.csv", `\ufeff"SHA-1 Hash";"PhotoDNA";Note;"Media ID";"Baseline;x"\r\n"${upper("sha1", "q1")}";"AAAA";"a ""quoted""; note\r\nin two lines";"ID ""1""";\r\n${hex("sha1", "q2")};;;2;x`, [
  expected("line 2", pick("q1", "sha1"), { recordId: 'ID "1"', unmatchable: ["photodna"] }),
  expected("line 4", pick("q2", "sha1"), { recordId: "2" }),
]);
valid("own-csv", "tab.txt", `SIZE\tMD5\tCategory Code\tSHA512\n12\t${upper("md5", "t1")}\tA\t${bytes("t1", 64).toString("hex")}\n\t \tB\t\n`, [
  expected("line 2", pick("t1", "md5"), { category: "A", sizeBytes: 12, unmatchable: ["sha512"] }),
  expected("line 3", {}, { category: "B" }),
]);
valid("own-csv", "unforeseen-name.csv", `V9Hash,HashSHA1,FileName\n${upper("md5", "u1")},${hex("sha1", "u1")},${"f".repeat(31)}\n,${hex("sha1", "u2")},name\n`, [
  expected("line 2", pick("u1", "sha1"), { unmatchable: ["other"] }),
  expected("line 3", pick("u2", "sha1")),
]);
valid("own-csv", "pdq-quality-id.csv", `hash,quality,id\n${hex("pdq", "p1")},80,SYN-0\n${hex("pdq", "p2")},,SYN-1\n`, [
  expected("line 2", pick("p1", "pdq"), { pdqQuality: 80, recordId: "SYN-0" }),
  expected("line 3", pick("p2", "pdq"), { recordId: "SYN-1" }),
], { algorithm: "pdq" });
const rows = (...texts: string[]): string => ["record_id,md5,category,size,pdq_quality", `1,${hex("md5", "r")},1,5,60`, ...texts, ""].join("\n");
malformed("own-csv", "short-digest.csv", rows(`2,${hex("md5", "s").slice(2)},1,5,`), ":3: found 30 characters as md5, expected 32 hex digits");
malformed("own-csv", "no-hex.csv", rows(`2,${hex("md5", "s").slice(1)}x,1,5,`), ":3: found a character that is no hex digit in md5");
malformed("own-csv", "few-fields.csv", rows(`2,${hex("md5", "s")}`), ":3: found 2 fields, expected 5");
malformed("own-csv", "many-fields.csv", rows(`2,${hex("md5", "s")},1,5,,`), ":3: found 6 fields, expected 5");
malformed("own-csv", "open-quote.csv", rows(`2,${hex("md5", "s")},"1,5,`, `3,${hex("md5", "t")},1,5,`), ":3: found the end of the file inside a quoted field");
malformed("own-csv", "quote-in-field.csv", rows(`2,${hex("md5", "s")},1"2",5,`), ":3: found a quote in the middle of a field");
malformed("own-csv", "text-after-quote.csv", rows(`2,"${hex("md5", "s")}"x,1,5,`), ":3: found a quote in the middle of a field");
malformed("own-csv", "quality.csv", rows(`2,${hex("md5", "s")},1,5,101`), ':3: found "101" as a PDQ quality');
malformed("own-csv", "size.csv", rows(`2,${hex("md5", "s")},1,5 KB,50`), ':3: found "5 KB" as a size in bytes');
malformed("own-csv", "no-utf8.csv", Buffer.concat([Buffer.from(rows()), Buffer.from([0x41, 0xe4]), Buffer.from(`,${hex("md5", "s")},1,5,\n`)]), ":3: found a record id with bytes that are no UTF-8");
malformed("own-csv", "column-twice.csv", `md5,MD5 Hash\n${hex("md5", "s")},${hex("md5", "t")}\n`, ":1: found two columns of md5");
malformed("own-csv", "hash-twice.csv", `md5,hash\n${hex("md5", "s")},${hex("md5", "t")}\n`, ":2: found two digests of md5");
malformed("own-csv", "bare-64.csv", `hash,category\n${hex("sha256", "s")},1\n`, ":2: found 64 digits without a name");
malformed("own-csv", "no-header.csv", `${hex("md5", "s")},1\n${hex("md5", "t")},2\n`, ":1: found no header with a column of digests");
malformed("own-csv", "other-scale.csv", `md5,category,scale\n${hex("md5", "s")},1,vic-us\n${hex("md5", "t")},1,dhs-autopsy\n`, ':3: found a row of the scale "dhs-autopsy"', { scale: "vic-us" });

// plain
valid("plain", "bare.txt", `# drawn\r\n${upper("md5", "b1")}\r\n\r\n${hex("sha1", "b2")}  \r\n${upper("md5", "b1")}`, [
  expected("line 2", pick("b1", "md5")),
  expected("line 4", pick("b2", "sha1")),
  expected("line 5", pick("b1", "md5")),
]);
for (const [name, type, algorithm] of [["md5", "MD5", "md5"], ["sha1", "SHA-1", "sha1"], ["sha256", "SHA-256", "sha256"], ["blake3", "blake3", "blake3"], ["pdq", "PDQ", "pdq"]] as const)
  valid("plain", `typed-${name}.txt`, `${type}\r\n${upper(algorithm, "y1")}\r\n${hex(algorithm, "y2")}\r\n`, [expected("line 2", pick("y1", algorithm)), expected("line 3", pick("y2", algorithm))]);
valid("plain", "stated.txt", `${hex("blake3", "z1")}\n${hex("blake3", "z2")}\n`, [expected("line 1", pick("z1", "blake3")), expected("line 2", pick("z2", "blake3"))], { algorithm: "blake3" });
malformed("plain", "bare-64.txt", `${hex("md5", "b1")}\n${hex("sha256", "b2")}\n`, ":2: found 64 digits without a name, expected --algorithm");
malformed("plain", "hash-64.txt", `hash\n${hex("sha256", "b2")}\n`, ":2: found 64 digits without a name, expected --algorithm");
malformed("plain", "short.txt", `${hex("md5", "b1")}\n${hex("md5", "b2").slice(1)}\n`, ":2: found 31 characters, expected 32 (md5), 40 (sha1) or 64");
malformed("plain", "cut-at-end.txt", `MD5\n${hex("md5", "b1")}\n${hex("md5", "b2").slice(0, 20)}`, ":3: found 20 characters as md5");
malformed("plain", "no-hex.txt", `${hex("md5", "b1")}\n\n${hex("md5", "b2").slice(1)}o\n`, ":3: found a character that is no hex digit in md5");
malformed("plain", "two-on-a-line.txt", `MD5\n${hex("md5", "b1")} ${hex("md5", "b2")}\n`, ":2: found 65 characters as md5");
malformed("plain", "other-type.txt", `SHA-1\n${hex("sha1", "b1")}\n${hex("md5", "b2")}\n`, ":3: found 32 characters as sha1");
malformed("plain", "type-contradicts.txt", `SHA-256\n${hex("sha256", "b1")}\n`, ":1: found sha256 as its type, expected blake3", { algorithm: "blake3" });
malformed("plain", "type-in-the-middle.txt", `${hex("md5", "b1")}\nSHA-1\n${hex("sha1", "b1")}\n`, ":2: found 5 characters");

// sums
valid("sums", "gnu.md5", Buffer.concat([Buffer.from(`${hex("md5", "g1")}  file 0.bin\n\\${hex("md5", "g2")}  name\\nwith newline\n${upper("md5", "g3")} *${hex("md5", "name")}  f\n# drawn\n${hex("sha1", "g4")}  `), Buffer.from([0xe4, 0x0a])]), [
  expected("line 1", pick("g1", "md5")),
  expected("line 2", pick("g2", "md5")),
  expected("line 3", pick("g3", "md5")),
  expected("line 5", pick("g4", "sha1")),
]);
valid("sums", "tagged.txt", `SHA256 (f0) = ${hex("sha256", "g1")}\r\nMD5 (a) = b) = ${hex("md5", "g2")}\r\n\\BLAKE3 (a\\nb) = ${hex("blake3", "g3")}\r\nSHA512 (f) = ${bytes("g4", 64).toString("hex")}\r\nSHA1 (f) = ${hex("sha1", "g5")}`, [
  expected("line 1", pick("g1", "sha256")),
  expected("line 2", pick("g2", "md5")),
  expected("line 3", pick("g3", "blake3")),
  expected("line 4", {}, { unmatchable: ["sha512"] }),
  expected("line 5", pick("g5", "sha1")),
]);
valid("sums", "b3sum.txt", `${hex("blake3", "g1")}  f0\n${hex("blake3", "g2")}  f1\n`, [expected("line 1", pick("g1", "blake3")), expected("line 2", pick("g2", "blake3"))], { algorithm: "blake3" });
valid("sums", "sha256sum.txt", `${hex("sha256", "g1")} *f0\n`, [expected("line 1", pick("g1", "sha256"))], { algorithm: "sha256" });
malformed("sums", "bare-64.txt", `${hex("sha256", "g1")}  f0\n`, ":1: found 64 digits without a name");
malformed("sums", "short.txt", `${hex("md5", "g1")}  f0\n${hex("md5", "g2").slice(1)}  f1\n`, ":2: found 31 characters, expected 32");
malformed("sums", "sha512.txt", `${hex("md5", "g1")}  f0\n${bytes("g4", 64).toString("hex")}  f1\n`, ":2: found 128 characters, expected 32");
malformed("sums", "no-hex.txt", `${hex("md5", "g1")}  f0\n${hex("md5", "g2").slice(1)}z  f1\n`, ":2: found a line of another form");
malformed("sums", "no-name.txt", `${hex("md5", "g1")}  f0\n${hex("md5", "g2")}\n`, ":2: found a line of another form");
malformed("sums", "tag-of-other-length.txt", `MD5 (f0) = ${hex("md5", "g1")}\nSHA1 (f1) = ${hex("md5", "g2")}\n`, ":2: found 32 characters as sha1");
malformed("sums", "tag-no-hex.txt", `MD5 (f0) = ${hex("md5", "g1").slice(1)}y\n`, ":1: found a character that is no hex digit in md5");
malformed("sums", "stated-other-length.txt", `${hex("blake3", "g1")}  f0\n${hex("md5", "g2")}  f1\n`, ":2: found 32 characters as blake3", { algorithm: "blake3" });

// hashdeep
const deep = (columns: string, ...texts: string[]): string => ["%%%% HASHDEEP-1.0", `%%%% ${columns}`, "## Invoked from: /drawn", "## ", ...texts, ""].join("\n");
valid("hashdeep", "known.txt", deep("size,md5,sha1,sha256,filename", ...[1, 2].map((no) => `${500 + no},${hex("md5", `d${no}`)},${hex("sha1", `d${no}`)},${hex("sha256", `d${no}`)},/drawn/a, b,${no}.bin`)), [
  expected("line 5", pick("d1", "md5", "sha1", "sha256"), { sizeBytes: 501 }),
  expected("line 6", pick("d2", "md5", "sha1", "sha256"), { sizeBytes: 502 }),
]);
valid("hashdeep", "tiger-whirlpool.txt", deep("size,md5,tiger,whirlpool,filename", `7,${hex("md5", "d3")},${bytes("tiger", 24).toString("hex")},${bytes("whirlpool", 64).toString("hex")},f`).replaceAll("\n", "\r\n"), [
  expected("line 5", pick("d3", "md5"), { sizeBytes: 7, unmatchable: ["tiger", "whirlpool"] }),
]);
const deepRow = `1,${hex("md5", "d1")},f`;
malformed("hashdeep", "other-version.txt", `%%%% HASHDEEP-2.0\n%%%% size,md5,filename\n${deepRow}\n`, ":1: found another first line");
malformed("hashdeep", "no-columns.txt", `%%%% HASHDEEP-1.0\n${deepRow}\n`, ":2: found no line of columns");
malformed("hashdeep", "header-alone.txt", "%%%% HASHDEEP-1.0\n", ":1: found no header to the end of the file");
malformed("hashdeep", "name-not-last.txt", deep("filename,size,md5", `f,${deepRow}`), ":2: found no line of columns");
malformed("hashdeep", "column-twice.txt", deep("md5,MD5,filename", deepRow), ":2: found a column that stands twice");
malformed("hashdeep", "few-fields.txt", deep("size,md5,filename", deepRow, `1,${hex("md5", "d2")}`), ":6: found 2 fields, expected 3");
malformed("hashdeep", "short.txt", deep("size,md5,filename", `1,${hex("md5", "d2").slice(1)},f`), ":5: found 31 characters as md5");
malformed("hashdeep", "no-hex.txt", deep("size,md5,filename", `1,${hex("md5", "d2").slice(1)}q,f`), ":5: found a character that is no hex digit");
malformed("hashdeep", "size.txt", deep("size,md5,filename", `x,${hex("md5", "d2")},f`), ':5: found "x" as a size in bytes');
malformed("hashdeep", "second-header.txt", deep("size,md5,filename", deepRow, "%%%% HASHDEEP-1.0"), ":6: found a second header");

await import("./draw-fixtures-official.ts");
await import("./draw-fixtures-exchange.ts");
await import("./draw-fixtures-sharing.ts");
await import("./draw-fixtures-damaged.ts");
await import("./draw-fixtures-unread.ts");
