// Writes the fixtures of official formats: VICS cases and CAID, ICSE, NCMEC, NSRL. Run by draw-fixtures.ts, or by itself with tsx.
// A name that ends in ".db.sql" is SQL of which a database is built when the fixture is read. All values are drawn from a seed.
import { drawnValues, expected, malformed, valid } from "./fixture-files.ts";

const { bytes, hex, upper, pick } = drawnValues("blindmatch official fixture");

const photoDna = (label: string): Buffer => bytes(`photodna ${label}`, 144);

// vics: cases
const context = (version: string, shape: string, region = "/Default"): Record<string, string> =>
  version === "2.0"
    ? { "@odata.context": `http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml${region}/$metadata#${shape}` }
    : { "odata.metadata": `http://github.com/ICMEC/ProjectVic/DataModels/${version}.xml#${shape}` };
const media = (label: string, category: unknown, more: object = {}): Record<string, unknown> => ({
  MediaID: `M-${label}`,
  Category: category,
  MD5: upper("md5", label),
  SHA1: upper("sha1", label),
  MediaSize: 700,
  Comments: "CANARY comment",
  RelativeFilePath: "VIC_Files\\CANARY.bin",
  Miniature: bytes(`miniature ${label}`, 60).toString("base64"),
  MediaFiles: [1, 2].map((no) => ({ MD5: upper("md5", label), FileName: `CANARY ${no}.bin`, FilePath: "EXH\\u", Unallocated: "false" })),
  Exifs: [{ MD5: upper("md5", label), PropertyName: "Lat/Lon", PropertyValue: "CANARY" }],
  ...more,
});
const caseOf = (no: number, more: object): object => ({
  CaseID: `{1F59E0FB-0000-0000-0000-00000000000${no}}`,
  CaseNumber: `SYN-${no}`,
  ContactName: "CANARY examiner",
  ContactEmail: "canary@example.invalid",
  TotalMediaFiles: 99,
  CaseMetadata: [{ CaseID: "", PropertyName: "ExhibitRef", PropertyValue: "CANARY {[" }],
  ...more,
});
const found = (where: string, label: string, category: string | null, more: object = {}): object => expected(where, pick(label, "md5", "sha1"), { recordId: `M-${label}`, category, sizeBytes: 700, ...more });
const alternative = { AlternativeHashes: [{ MD5: upper("md5", "c1"), HashName: "PhotoDNA", HashValue: photoDna("c1").toString("base64") }] };
for (const version of ["1.3", "2.0"])
  valid("vics", `${version}-cases.json`, JSON.stringify({ ...context(version, "Cases", "/US"), value: [caseOf(1, { Media: [media("c1", 1, alternative), media("c2", "2")] }), caseOf(2, {}), caseOf(3, { Media: [] }), caseOf(4, { Media: [media("c1", 2)] })] }, null, 1), [
    found("value[0].Media[0]", "c1", "1", { unmatchable: ["photodna"] }),
    found("value[0].Media[1]", "c2", "2"),
    expected("value[1]", {}, { emptyCase: true }),
    expected("value[2]", {}, { emptyCase: true }),
    found("value[3].Media[0]", "c1", "2"),
  ]);
valid(
  "vics",
  "2.0-cases-preamble-last-any-case.json",
  `\ufeff{ "VALUE" : [ {"mEDIA":[${JSON.stringify(media("c3", 0)).replaceAll('"MD5"', '"Md5"')}],"caseid":"x","__proto__":{"Media":[]}},\r\n{"CASEID":"y"} ],\r\n${JSON.stringify(context("2.0", "Cases")).slice(1)}`,
  [found("value[0].Media[0]", "c3", "0"), expected("value[1]", {}, { emptyCase: true })],
);
const many = Array.from({ length: 60 }, (_, no) => media(`big${no}`, 1, { Exifs: [{ PropertyName: "Filler", PropertyValue: "f".repeat(22_000) }] }));
valid("vics", "2.0-cases-above-1-mib.json", JSON.stringify({ value: [caseOf(1, { Media: [media("c4", 1)] }), caseOf(2, { Media: many, ContactTitle: "CANARY" }), caseOf(3, { Media: [media("c5", 1)] })], ...context("2.0", "Cases") }, null, 1), [
  found("value[0].Media[0]", "c4", "1"),
  ...many.map((_, no) => found(`value[1].Media[${no}]`, `big${no}`, "1")),
  found("value[2].Media[0]", "c5", "1"),
]);
valid("vics", "2.0-caid-uk.json", JSON.stringify({ ...context("2.0", "Media", "/UK"), value: [media("u1", 1), media("u1", 2), media("u2", 3)] }, null, 1), [found("value[0]", "u1", "1"), found("value[1]", "u1", "2"), found("value[2]", "u2", "3")]);
const fileName = (region: string): string => region.toLowerCase().replace(/[^a-z]+/g, "-");
const ofRegion = (region: string): string => JSON.stringify({ ...context("2.0", "Media", `/${region}`), value: [media("u1", 1)] });
for (const [region, scale] of [["US", "vic-us"], ["uk", "uk-sentencing"], ["CUSTOM", "dhs-autopsy"], ["GB", "a-scale-of-our-own"], ["CA", "interpol-baseline"], ["UnitedStates", "vic-us"], ["united%20kingdom", "uk-sentencing"], ["Narnia", "vic-us"]] as const)
  valid("vics", `2.0-region-${fileName(region)}.json`, ofRegion(region), [found("value[0]", "u1", "1")], { scale });
for (const [region, scale, country] of [["UK", "vic-us", "US"], ["GB", "dhs-autopsy", "US"], ["CAID", "vic-us", "US"], ["CA", "vic-us", "US"], ["NZL", "vic-us", "US"], ["US", "uk-sentencing", "GB"], ["UnitedKingdom", "vic-us", "US"], ["Great Britain", "dhs-autopsy", "US"], ["New-Zealand", "vic-us", "US"], ["United States of America", "uk-sentencing", "GB"], ["SWEDEN", "uk-sentencing", "GB"]] as const)
  malformed("vics", `region-${fileName(region)}-${scale}.json`, ofRegion(region), `:1: found region "${region}" and scale ${scale}, which is of ${country}`, { scale });
valid(
  "vics",
  "1.2-caid-known-software.json",
  JSON.stringify({ ...context("1.2", "Media"), value: [1, 2].map((no) => ({ "odata.id": `Media(${no})`, MediaID: no, MD5: upper("md5", `k${no}`), SHA1: upper("sha1", `k${no}`), MediaSize: `67${no}`, MediaFiles: [{ MD5: upper("md5", `k${no}`), FileName: "lib.dll", FilePath: "" }] })) }, null, 1),
  [1, 2].map((no) => expected(`value[${no - 1}]`, pick(`k${no}`, "md5", "sha1"), { recordId: String(no), sizeBytes: 670 + no })),
);
valid("vics", "2.0-digests-with-blanks.json", JSON.stringify({ ...context("2.0", "Media"), value: [{ MediaID: 1, MD5: ` ${upper("md5", "s1").replace(/(.{8})/g, "$1 ")}`, SHA1: `\t${hex("sha1", "s1")}\r\n` }] }), [expected("value[0]", pick("s1", "md5", "sha1"), { recordId: "1" })]);
valid(
  "vics",
  "2.0-sensitive-kept.json",
  JSON.stringify({ ...context("2.0", "Media"), value: [media("t1", 1, { Series: "SYN one", Tags: "#a, b" }), media("t2", 1, { Series: { Name: "SYN two" }, Tags: ["x", " "] }), media("t3", 1, { Series: [{ name: "SYN three" }, "four"], Tags: null }), media("t4", 1)] }, null, 1),
  [
    found("value[0]", "t1", "1", { series: ["SYN one"], tags: ["#a, b"] }),
    found("value[1]", "t2", "1", { series: ["SYN two"], tags: ["x"] }),
    found("value[2]", "t3", "1", { series: ["SYN three", "four"] }),
    found("value[3]", "t4", "1"),
  ],
  { keepSensitive: true },
);
valid("vics", "2.0-sensitive-dropped.json", JSON.stringify({ ...context("2.0", "Media"), value: [media("t1", 1, { Series: "CANARY", Tags: 7 })] }), [found("value[0]", "t1", "1")]);
const cases = (...texts: string[]): string => `{${JSON.stringify(context("2.0", "Cases")).slice(1, -1)},\n"value": [\n${texts.join(",\n")}\n]}\n`;
const sets = (...texts: string[]): string => cases(...texts).replace("#Cases", "#Media");
const aMedia = JSON.stringify({ MediaID: 1, MD5: upper("md5", "e1") });
const aCase = `{"CaseID": "1", "Media": [${aMedia}]}`;
malformed("vics", "cases-truncated-in-media.json", cases(aCase, aCase).slice(0, -50), ":4: value[1]: found the end of the file inside a value");
malformed("vics", "cases-trailing-garbage.json", `${cases(aCase)}x`, ":5: found something else, expected the end of the file");
malformed("vics", "cases-media-twice.json", cases(aCase, `{"Media": [${aMedia}],\n"media": []}`), ":5: value[1]: found a key of the case that stands twice");
malformed("vics", "cases-media-twice-null.json", cases(aCase, `{"Media": [${aMedia}], "Media": null}`), ":4: value[1]: found a key of a digest");
malformed("vics", "cases-media-an-object.json", cases(`{"CaseID": "1", "Media": ${aMedia}}`), ':3: value[0]: found something else, expected an array as "media"');
malformed("vics", "cases-digest-of-the-case.json", cases(aCase, `{"Media": [${aMedia}], "MD5": "${upper("md5", "e2")}"}`), ":4: value[1]: found a digest or id of its own in a case");
malformed("vics", "cases-holds-media.json", cases(aCase, aMedia), ":4: value[1]: found an object that is no case");
malformed("vics", "cases-short-md5.json", cases(aCase, `{"Media": [${aMedia},\n{"MD5": "${upper("md5", "e2").slice(1)}"}]}`), ":5: value[1].Media[1]: found 31 characters as md5");
malformed("vics", "cases-case-in-a-case.json", cases(`{"Media": [${aCase}]}`), ":3: value[0].Media[0]: found a case within a case");
malformed("vics", "cases-as-a-hash-set.json", sets(aMedia, aCase), ":4: value[1]: found a case, expected what a hash set (#Media) holds");
malformed("vics", "cases-preamble-of-a-hash-set-last.json", `{"value": [${aCase}],\n${JSON.stringify(context("2.0", "Media")).slice(1)}`, ":1: value[0]: found a case, expected what a hash set (#Media) holds");
malformed("vics", "mark-in-the-middle.json", sets(aMedia, `\ufeff${aMedia}`), ":4: value[1]: found something else, expected an object");
malformed("vics", "mark-in-a-digest.json", sets(aMedia.replace('"MD5":"', '"MD5":"\ufeff')), ":3: value[0]: found 33 characters as md5");
malformed("vics", "nul-between.json", sets(aMedia, `\0${aMedia}`), ":4: value[1]: found something else, expected an object");
malformed("vics", "nul-in-a-text.json", sets(aMedia.replace('"MediaID":1', '"MediaID":"a\0"')), ":3: value[0]: found text that is not JSON");
malformed("vics", "proto-md5-short.json", sets(`{"__proto__": {"MD5": "${upper("md5", "e3")}"}, "MD5": "${upper("md5", "e3").slice(2)}"}`), ":3: value[0]: found 30 characters as md5");
malformed("vics", "series-a-number.json", sets(aMedia.replace("}", ', "Series": 7}')), ":3: value[0]: found something else as series", { keepSensitive: true });
malformed("vics", "series-twice.json", sets(aMedia.replace("}", ', "Series": "a", "Series": "b"}')), ":3: value[0]: found a key of a digest", { keepSensitive: true });

// icse-csv
const icseHeader = "MD5;SHA1;PhotoDNA;Image ID;Is distributed;Victim identified;Offender identified;Series name;Number of submissions;File Available;Media Type;Baseline";
const icseRow = (no: number, baseline: string, series = `SYNTHETIC SERIES ${no}`): string =>
  [upper("md5", `i${no}`), upper("sha1", `i${no}`), photoDna(`i${no}`).toString("hex").toUpperCase(), 900000 + no, "N", "Y", "N", series, no, "Y", "Image", baseline].join(";");
const icseFound = (line: number, no: number, category: string | null, more: object = {}): object => expected(`line ${line}`, pick(`i${no}`, "md5", "sha1"), { recordId: String(900000 + no), category, unmatchable: ["photodna"], ...more });
valid("icse-csv", "export.csv", `${[icseHeader, ...["Y", "yes", "t", "TRUE", "N", "No", "f", "false", ""].map((flag, no) => icseRow(no, flag))].join("\r\n")}\r\n`, "YYYYNNNN ".split("").map((code, no) => icseFound(no + 2, no, code === " " ? null : code)));
valid(
  "icse-csv",
  "quoted-now-and-then.csv",
  [icseHeader.split(";").map((name) => `"${name}"`).join(";"), icseRow(1, "Y", '"a; ""b"""'), icseRow(2, '"N"', 'the 7" one'), "", `${icseRow(3, "Y").split(";").map((field) => `"${field}" `).join("; ")}`, `${icseRow(4, "Y")};;`].join("\n"),
  [icseFound(2, 1, "Y"), icseFound(3, 2, "N"), icseFound(5, 3, "Y"), icseFound(6, 4, "Y")],
);
valid("icse-csv", "other-order.csv", `Extra;Baseline;SHA1;Image ID;Checksum\nx;y;${hex("sha1", "i5")};7;${hex("md5", "i5")}\n`, [expected("line 2", pick("i5", "sha1"), { recordId: "7", category: "Y", unmatchable: ["other"] })]);
valid("icse-csv", "series-kept.csv", `${icseHeader}\n${icseRow(6, "Y")}\n${icseRow(7, "Y", "")}\n`, [icseFound(2, 6, "Y", { series: ["SYNTHETIC SERIES 6"] }), icseFound(3, 7, "Y")], { keepSensitive: true });
const icse = (...rows: string[]): string => `${[icseHeader, icseRow(1, "Y"), ...rows].join("\n")}\n`;
malformed("icse-csv", "baseline.csv", icse(icseRow(2, "perhaps")), ':3: found "perhaps" as Baseline, expected y, yes');
malformed("icse-csv", "few-fields.csv", icse(icseRow(2, "Y").slice(0, -2)), ":3: found 11 fields, expected 12");
malformed("icse-csv", "semicolon-unquoted.csv", icse(icseRow(2, "Y", "a; b")), ":3: found 13 fields, expected 12");
malformed("icse-csv", "quote-open.csv", icse(icseRow(2, "Y", '"a'), icseRow(3, "Y", 'b"')), ":3: found a quoted field that does not close");
malformed("icse-csv", "text-after-quote.csv", icse(icseRow(2, "Y", '"a" b')), ":3: found a quoted field that does not close");
malformed("icse-csv", "short-sha1.csv", icse(icseRow(2, "Y").replace(upper("sha1", "i2"), upper("sha1", "i2").slice(1))), ":3: found 39 characters as sha1");
malformed("icse-csv", "column-twice.csv", `${icseHeader};MD5\n`, ":1: found two columns of md5");
malformed("icse-csv", "cut.csv", icse(icseRow(2, "Y").slice(0, 50)), ":3: found 2 fields, expected 12");

// ncmec-xml
const namespace = "https://hashsharing.ncmec.org/hashsharing/v2";
const declaration = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const prints = (label: string): string =>
  `<md5>${hex("md5", label)}</md5><sha1>${upper("sha1", label)}</sha1><pdna>${photoDna(label).toString("base64")}</pdna><pdq>${hex("pdq", label)}</pdq><videntifier rel="self" href="/v2/x"/><newPrint>AAAA</newPrint>`;
const feedback = '<feedback><affirmativeFeedback type="Md5"><members><member id="43">CANARY</member></members></affirmativeFeedback></feedback>';
const item = (tag: string, member: number, id: string, code: string, label = id): string =>
  `<${tag}>\n<member id="${member}">CANARY Member</member><timestamp>2026-01-02T03:04:05Z</timestamp><id>${id}</id>${code === "" ? "" : `<classification>${code}</classification>`}<fingerprints>${prints(label)}</fingerprints>${feedback}</${tag}>\n`;
const tombstone = (tag: string, member: number, id: string): string => `<${tag}><member id="${member}">CANARY</member><id>${id}</id><timestamp>2026-01-02T03:04:06Z</timestamp></${tag}>\n`;
const page = (images: string, videos = "", next = ""): string =>
  `<queryResult xmlns="${namespace}">\n<images count="1" maxTimestamp="2026-01-02T03:04:05Z">\n${images}</images>\n<videos count="0">\n${videos}</videos>\n<paging>${next === "" ? "" : `<next>${next}</next>`}</paging></queryResult>\n`;
const ncmecFound = (line: number, member: number, id: string, category: string | null): object => expected(`line ${line}`, pick(id, "md5", "sha1", "pdq"), { recordId: `${member}/${id}`, category, unmatchable: ["photodna", "videntifier", "other"] });
const gone = (line: number, member: number, id: string, category: string | null): object => expected(`line ${line}`, {}, { recordId: `${member}/${id}`, category, retracted: true });
valid("ncmec-xml", "one-page.xml", declaration + page(item("image", 42, "i-1", "A1") + item("image", 42, "i-2", ""), item("video", 42, "v-1", "B2")), [ncmecFound(4, 42, "i-1", "A1"), ncmecFound(6, 42, "i-2", null), ncmecFound(10, 42, "v-1", "B2")]);
valid(
  "ncmec-xml",
  "taken-back.xml",
  declaration + page(item("image", 42, "i-1", "A1") + item("image", 43, "i-1", "A2") + tombstone("deletedImage", 42, "i-1") + tombstone("deletedImage", 42, "i-9") + item("image", 42, "i-1", "B1") + tombstone("deletedImage", 42, "i-2") + item("image", 42, "i-2", "A1")),
  [gone(4, 42, "i-1", "A1"), ncmecFound(6, 43, "i-1", "A2"), ncmecFound(10, 42, "i-1", "B1"), ncmecFound(13, 42, "i-2", "A1")],
);
valid(
  "ncmec-xml",
  "pages-taken-back.xml",
  declaration + page(item("image", 42, "i-1", "A1"), item("video", 42, "v-1", "B1"), "/v2/entries?start=2&amp;size=1") + declaration + page(tombstone("deletedImage", 42, "i-1") + item("image", 42, "i-3", "A2"), tombstone("deletedVideo", 42, "v-1")),
  [gone(4, 42, "i-1", "A1"), gone(8, 42, "v-1", "B1"), ncmecFound(16, 42, "i-3", "A2")],
);
valid("ncmec-xml", "prefixed-cdata.xml", `<n:queryResult xmlns:n="${namespace}"><!-- < deletedImage > --><n:videos><n:video><n:id><![CDATA[i]]>-&#x34;</n:id><n:member id="4&#50;"/><n:fingerprints><n:md5> ${upper("md5", "i-4")}\n</n:md5></n:fingerprints></n:video></n:videos></n:queryResult>`, [expected("line 1", pick("i-4", "md5"), { recordId: "42/i-4" })]);
valid("ncmec-xml", "part.xml", page(item("image", 42, "i-1", "A1"), "", "/v2/entries?start=2"), [ncmecFound(3, 42, "i-1", "A1")], { partial: true });
const first = item("image", 42, "i-1", "A1");
malformed("ncmec-xml", "part.xml", page(first, "", "/v2/entries?start=2"), ":8: found a further page named at the end");
malformed("ncmec-xml", "doctype.xml", `${declaration}<!DOCTYPE queryResult [<!ENTITY a "b">\n]>\n${page(first)}`, ":3: found a document type (DOCTYPE)");
malformed("ncmec-xml", "entity.xml", page(item("image", 42, "i-&a;", "A1", "i-1")), ":4: found an entity");
malformed("ncmec-xml", "truncated.xml", page(first).slice(0, -60), ":6: found the end of the document inside an element");
malformed("ncmec-xml", "truncated-page-two.xml", declaration + page(first) + declaration + page(first).slice(0, 300), ":14: found the end of the document inside an element");
malformed("ncmec-xml", "trailing-garbage.xml", `${page(first)}x`, ":9: found text that is not well-formed XML");
malformed("ncmec-xml", "mispaired.xml", page('<image><member id="1"/><id>x</video>'), ":3: found text that is not well-formed XML");
malformed("ncmec-xml", "other-namespace.xml", page(first).replace("/v2", "/v3"), ":1: found another document, expected queryResult");
malformed("ncmec-xml", "other-item.xml", page(first + item("audio", 42, "a-1", "A1")), ":5: found another element in images");
malformed("ncmec-xml", "other-part.xml", page(first).replaceAll("videos", "audios"), ":6: found another part of the query result");
malformed("ncmec-xml", "no-id.xml", page(first.replace("<id>i-1</id>", "")), ":4: found an item without id");
malformed("ncmec-xml", "no-member.xml", page(tombstone("deletedImage", 42, "i-1").replace(' id="42"', "")), ":3: found an item without its member's id");
malformed("ncmec-xml", "short-md5.xml", page(first.replace(hex("md5", "i-1"), hex("md5", "i-1").slice(1))), ":4: found 31 characters as md5");
malformed("ncmec-xml", "two-md5.xml", page(first.replace("<md5>", `<md5>${hex("md5", "i-2")}</md5><md5>`)), ":4: found two different digests of md5");
malformed("ncmec-xml", "two-ids.xml", page(first.replace("<id>", "<id>i-0</id><id>")), ":4: found two elements of id");
malformed("ncmec-xml", "latin.xml", declaration.replace("UTF-8", "ISO-8859-1") + page(first), ":1: found another encoding in the declaration");
malformed("ncmec-xml", "no-utf8.xml", Buffer.from(page(first).replace("<id>i", "<id>\u00e4"), "latin1"), ":4: found a id with bytes that are no UTF-8");
malformed("ncmec-xml", "nested.xml", page(first).replace("<feedback>", `<feedback>${"<x>".repeat(120)}${"</x>".repeat(120)}`), ":4: found more than 100 levels");
malformed("ncmec-xml", "mark-in-the-middle.xml", `${page(first)}\ufeff${declaration}${page(first)}`, ":9: found text that is not well-formed XML");

// nsrl-rds2
const rds2Header = '"SHA-1","MD5","CRC32","FileName","FileSize","ProductCode","OpSystemCode","SpecialCode"';
const rds2Row = (no: number, name: string): string => `"${upper("sha1", `n${no}`)}","${upper("md5", `n${no}`)}","D916B59${no}","${name}",${1000 + no},${no},"WIN",""`;
const rds2Found = (no: number): object => expected(`line ${no + 1}`, pick(`n${no}`, "md5", "sha1"), { sizeBytes: 1000 + no });
valid("nsrl-rds2", "NSRLFile.txt", `${[rds2Header, rds2Row(1, "synthetic,0.dll"), rds2Row(2, 'a ""b"", c'), rds2Row(3, "")].join("\n")}\n`, [1, 2, 3].map(rds2Found));
valid("nsrl-rds2", "version-1.5.txt", `"SHA-1","FileName","FileSize","ProductCode","OpSystemCode","MD4","MD5","CRC32","SpecialCode"\r\n"${upper("sha1", "n4")}","x, y",,4,"WIN","","${upper("md5", "n4")}","00000000",""\r\n`, [expected("line 2", pick("n4", "md5", "sha1"))]);
const rds2 = (...rows: string[]): string => [rds2Header, rds2Row(1, "a"), ...rows, ""].join("\n");
malformed("nsrl-rds2", "comma-unquoted.txt", rds2(rds2Row(2, "a,b").replace('"a,b"', "a,b")), ":3: found 9 fields, expected 8");
malformed("nsrl-rds2", "truncated.txt", rds2(rds2Row(2, "name")).slice(0, -40), ":3: found ");
malformed("nsrl-rds2", "short-md5.txt", rds2(rds2Row(2, "a").replace(upper("md5", "n2"), upper("md5", "n2").slice(2))), ":3: found 30 characters as md5");
malformed("nsrl-rds2", "size.txt", rds2(rds2Row(2, "a").replace("1002", "-1")), ':3: found "-1" as a size in bytes');
malformed("nsrl-rds2", "column-twice.txt", `${rds2Header},"MD5"\n`, ":1: found a column that stands twice");

// nsrl-rds3
const quoted = (text: string | null): string => (text === null ? "NULL" : `'${text}'`);
const fileTable = (crc = true): string =>
  `CREATE TABLE FILE (sha256 VARCHAR NOT NULL, sha1 VARCHAR NOT NULL, md5 VARCHAR NOT NULL, ${crc ? "crc32 VARCHAR NOT NULL, " : ""}file_name VARCHAR NOT NULL, file_size INTEGER NOT NULL, package_id INTEGER NOT NULL,\n CONSTRAINT PK_FILE__FILE PRIMARY KEY (sha256, sha1, md5, ${crc ? "crc32, " : ""}file_name, file_size, package_id));\nCREATE TABLE PKG (package_id INTEGER NOT NULL, name VARCHAR NOT NULL);\nCREATE VIEW DISTINCT_HASH AS SELECT DISTINCT sha256, sha1, md5 FROM FILE;\n`;
const insert = (label: string, size: unknown, name = "f.dll", crc = true): string =>
  `INSERT INTO FILE (md5, sha1, sha256, ${crc ? "crc32, " : ""}file_name, file_size, package_id) VALUES (${quoted(upper("md5", label))}, ${quoted(upper("sha1", label))}, ${quoted(upper("sha256", label))}, ${crc ? "'FCEFEA51', " : ""}'${name}', ${String(size)}, 1);\n`;
const rds3 = (labels: readonly string[]): readonly string[] => [...labels].sort((a, b) => (hex("sha256", a) < hex("sha256", b) ? -1 : 1));
const rds3Found = (no: number, label: string, sizeBytes: number | null): object => expected(`row ${no}`, pick(label, "md5", "sha1", "sha256"), { sizeBytes });
const sorted = rds3(["r1", "r2", "r3"]);
valid("nsrl-rds3", "minimal.db.sql", fileTable() + insert("r1", 10) + insert("r2", 20) + insert("r2", 20, "it''s.dll") + insert("r3", 30) + insert("r3", 31), sorted.map((label, at) => rds3Found(at + 1, label, { r1: 10, r2: 20, r3: null }[label]!)));
valid("nsrl-rds3", "without-crc32.db.sql", fileTable(false) + insert("r1", 10, "f", false), [rds3Found(1, "r1", 10)]);
valid(
  "nsrl-rds3",
  "full.db.sql",
  `CREATE TABLE METADATA (object_id INTEGER, md5 VARCHAR, bytes INTEGER, crc32 VARCHAR, sha256 VARCHAR, sha1 VARCHAR, package_id INTEGER);\nCREATE VIEW FILE AS SELECT sha256, sha1, md5, crc32, 'x' AS file_name, bytes AS file_size, package_id FROM METADATA;\n${["r2", "r1"].map((label, at) => `INSERT INTO METADATA VALUES (${at}, '${upper("md5", label)}', ${at + 7}, '', '${upper("sha256", label)}', '${upper("sha1", label)}', 1);\n`).join("")}INSERT INTO METADATA VALUES (3, '${upper("md5", "r3")}', NULL, '', NULL, '', 1);\n`,
  [rds3Found(1, "r2", 7), rds3Found(2, "r1", 8), expected("row 3", pick("r3", "md5"))],
);
const inOther = `CREATE TABLE HASHES_OF_IT (a VARCHAR, b VARCHAR, size INTEGER);\nINSERT INTO HASHES_OF_IT VALUES ('${upper("sha256", "r1")}', '${upper("md5", "r1")}', 5);\n`;
malformed("nsrl-rds3", "view.db.sql", `${inOther}CREATE VIEW FILE AS SELECT 1 AS package_id, a AS sha256, b AS md5, size AS file_size FROM HASHES_OF_IT;\n`, ":1: found a database of another schema");
const endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT NULL AS sha256, NULL AS md5, 1 AS package_id FROM n WHERE i < 0";
malformed("nsrl-rds3", "view-endless.db.sql", `CREATE VIEW FILE AS ${endless};\n`, ":1: found a database of another schema");
malformed("nsrl-rds3", "virtual.db.sql", "CREATE VIRTUAL TABLE FILE USING fts5(sha256, md5, package_id);\nINSERT INTO FILE VALUES ('', '', '1');\n", ":1: found a database of another schema");
malformed("nsrl-rds3", "generated.db.sql", "CREATE TABLE FILE (package_id INTEGER, sha256 VARCHAR AS (printf('%.*c', 64, 'A')), md5 VARCHAR AS (printf('%.*c', 32, 'A')) STORED);\nINSERT INTO FILE VALUES (1);\n", ":1: found a database of another schema");
malformed("nsrl-rds3", "delta.sql", `BEGIN TRANSACTION;\n${insert("r1", 10)}COMMIT;\n`, ":1: found SQL text (an RDS delta), expected the whole RDS as a database");
malformed("nsrl-rds3", "other-schema.db.sql", "CREATE TABLE THINGS (id INTEGER, name VARCHAR);\n", ":1: found a database of another schema");
malformed("nsrl-rds3", "file-without-digests.db.sql", "CREATE TABLE FILE (package_id INTEGER, crc32 VARCHAR);\n", ":1: found a database of another schema");
malformed("nsrl-rds3", "short-md5.db.sql", fileTable() + insert("r1", 10).replace(upper("md5", "r1"), upper("md5", "r1").slice(1)), ":1: row 1: found 31 characters as md5");
malformed("nsrl-rds3", "blob.db.sql", `CREATE TABLE FILE (md5, sha256, package_id);\nINSERT INTO FILE VALUES ('${hex("md5", "r1")}', NULL, 1), (x'00', NULL, 1);\n`, ":2: row 2: found something that is no text as md5");
malformed("nsrl-rds3", "size.db.sql", fileTable() + insert("r1", "'big'"), ":1: row 1: found something else as a size");
