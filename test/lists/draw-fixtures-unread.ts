// Writes the fixtures of lists with rows or digests in places that are not read: further pages, other arrays, other members, columns more.
// Run by draw-fixtures.ts, or by itself with tsx. All values are drawn from a seed.
import { createHash } from "node:crypto";
import { expected, malformed, valid } from "./fixture-files.ts";

const lengths = { md5: 16, sha1: 20, sha256: 32, pdq: 32 } as const;
type Algorithm = keyof typeof lengths;

const hex = (algorithm: Algorithm, label: string): string => createHash("sha256").update(`blindmatch unread fixture ${algorithm} ${label}`).digest().subarray(0, lengths[algorithm]).toString("hex");
const pick = (label: string, ...algorithms: Algorithm[]): Record<string, string> => Object.fromEntries(algorithms.map((algorithm) => [algorithm, hex(algorithm, label)]));
const base64 = (label: string): string => Buffer.from(hex("sha1", label), "hex").toString("base64");
const base32 = (label: string): string =>
  Array.from({ length: 32 }, (_, at) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[Number((BigInt(`0x${hex("sha1", label)}`) >> BigInt(155 - 5 * at)) & 31n)]).join("");
const other = { unmatchable: ["other"] };

// vics
const media = (label: string, more: object = {}): object => ({ MediaID: `M-${label}`, Category: 1, MD5: hex("md5", label), ...more });
const found = (where: string, label: string, more: object = {}): object => expected(where, pick(label, "md5"), { recordId: `M-${label}`, category: "1", ...more });
const context = (shape: string): string => `http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml/US/$metadata#${shape}`;
const set = (more: string, ...value: object[]): string => `{"@odata.context":"${context("Media")}",\n"value":${JSON.stringify(value)}${more}}`;
const cases = (...value: object[]): string => `{"@odata.context":"${context("Cases")}",\n"value":${JSON.stringify(value)}}`;
const aCase = (more: object): object => ({ CaseID: "{1F59E0FB-0000-0000-0000-000000000001}", ...more });
const page = "found a further page that is named (nextLink)";
for (const [name, key] of Object.entries({ odata: "@odata.nextLink", "any-case": "ODATA.NEXTLINK", bare: "nextLink", "of-value": "value@odata.nextLink" })) malformed("vics", `next-page-${name}.json`, set(`,\n"${key}":"https://example.invalid/?skip=1"`, media("a")), `:3: ${page}`);
valid("vics", "2.0-next-page-partial.json", set(',\n"@odata.nextLink":"https://example.invalid/?skip=1","@odata.count":9', media("a")), [found("value[0]", "a")], { partial: true });
valid("vics", "2.0-last-page-with-count.json", set(',\n"@odata.nextLink":null,"odata.count":"2"', media("a"), media("b")), [found("value[0]", "a"), found("value[1]", "b")]);
malformed("vics", "next-page-of-a-case.json", cases(aCase({ Media: [media("a")], "Media@odata.nextLink": "https://example.invalid/" })), `:2: value[0]: ${page}`);
malformed("vics", "next-page-of-a-field.json", set("", media("a", { "AlternativeHashes@odata.nextLink": "https://example.invalid/" })), `:2: value[0]: ${page}`);
malformed("vics", "count-above.json", set(',\n"@odata.count":3', media("a"), media("b")), ":3: found 2 elements, expected 3 as odata.count says");
malformed("vics", "count-first.json", `{"@odata.count":1,\n${set("", media("a"), media("b")).slice(1)}`, ":1: found 2 elements, expected 1 as odata.count says");
malformed("vics", "count-no-number.json", set(',\n"@odata.count":"many"', media("a")), ":3: found something else as the number of elements");
malformed("vics", "count-of-a-case.json", cases(aCase({ "Media@odata.count": 2, Media: [media("a")] })), ":2: value[0]: found 1 elements, expected 2");
malformed("vics", "media-beside-value.json", set(`,\n"Media":${JSON.stringify([media("b")])}`, media("a")), ':3: found media or digests in "media", which nobody reads');
malformed("vics", "media-deep-beside-value.json", set(`,\n"Extra":{"x":[[${JSON.stringify({ sha1: hex("sha1", "b") })}]]}`, media("a")), ':3: found media or digests in "extra", which nobody reads');
malformed("vics", "digests-beside-value.json", set(`,\n"Hashes":${JSON.stringify([hex("md5", "b")])}`, media("a")), ':3: found media or digests in "hashes", which nobody reads');
malformed("vics", "key-twice-beside-value.json", set(`,\n"Extra":{"x":[${JSON.stringify(media("b"))}],"x":0}`, media("a")), ":3: found a key that stands twice");
malformed("vics", "media-items-of-a-case.json", cases(aCase({ MediaItems: [media("a")] })), ':2: value[0]: found media or digests in "mediaitems", which nobody reads');
malformed("vics", "media-items-beside-media.json", cases(aCase({ Media: [media("a")], MediaItems: [media("b")] })), ':2: value[0]: found media or digests in "mediaitems", which nobody reads');
malformed("vics", "media-items-of-no-case.json", set("", { MediaItems: [media("a"), media("b")] }), ":2: value[0]: found media within an object that nobody reads");
malformed("vics", "media-within-media.json", set("", media("a", { Frames: [media("b")] })), ":2: value[0]: found media within an object that nobody reads");
malformed("vics", "alternative-two-names.json", set("", media("a", { AlternativeHashes: [{ HashName: "SHA1", hashname: "SHA256", HashValue: hex("sha1", "a") }] })), ":2: value[0]: found two names or two values in one item of AlternativeHashes");
malformed("vics", "alternative-other-md5.json", set("", media("a", { AlternativeHashes: [{ MD5: hex("md5", "b"), HashName: "SHA1", HashValue: hex("sha1", "a") }] })), ":2: value[0]: found two different digests of md5");
malformed("vics", "unknown-key-twice.json", set("", media("a")).replace('"Category":1', `"Extra":"${hex("md5", "b")}","Extra":""`), ":2: value[0]: found a key of a digest, id, size or category that stands twice");
valid(
  "vics",
  "2.0-alternative-spellings.json",
  set(
    "",
    media("a", { AlternativeHashes: [{ MD5: hex("md5", "a"), Name: "SHA1", Value: hex("sha1", "a") }] }),
    media("b", { AlternativeHashes: [{ MD5: hex("md5", "b"), SHA256: hex("sha256", "b") }, { HashName: "SHA-1", HashValue: hex("sha1", "b") }] }),
    media("c", { AlternativeHashes: [{ Unforeseen: hex("sha1", "c") }, { PDNA: "x" }] }),
  ),
  [
    expected("value[0]", pick("a", "md5", "sha1"), { recordId: "M-a", category: "1" }),
    expected("value[1]", pick("b", "md5", "sha256", "sha1"), { recordId: "M-b", category: "1" }),
    found("value[2]", "c", { unmatchable: ["other", "photodna"] }),
  ],
);
valid(
  "vics",
  "2.0-other-digests.json",
  set(
    "",
    media("a", { Hashes: { second: [hex("sha1", "a")] } }),
    media("b", { Fingerprint: base64("b") }),
    media("c", { Sha1Base32: base32("c") }),
    media("d", { MediaFiles: [{ MD5: hex("md5", "x"), FileName: "f" }], Exifs: [{ MD5: hex("md5", "d"), PropertyName: "ImageUniqueID", PropertyValue: hex("md5", "y") }] }),
    media("e", { MediaMetadata: [{ MD5: hex("md5", "e").toUpperCase(), PropertyName: "SHA-1", PropertyValue: hex("sha1", "e") }] }),
    media("f", { Keywords: [{ MD5: hex("md5", "f"), Word: "w" }], Miniature: hex("md5", "z") }),
    { MediaID: 7, MediaFiles: [{ MD5: hex("md5", "g") }] },
  ),
  [..."abcde"].map((label, no) => found(`value[${no}]`, label, other)).concat([found("value[5]", "f"), expected("value[6]", {}, { recordId: "7", ...other })]),
);

// misp-json
const uuid = (no: number): string => `00000000-0000-4000-8000-${String(no).padStart(12, "0")}`;
valid(
  "misp-json",
  "any-case-of-keys.json",
  JSON.stringify({ Event: { attribute: [{ UUID: uuid(1), Type: "md5", Value: hex("md5", "a") }], OBJECT: [{ Uuid: uuid(2), name: "file", attribute: [{ TYPE: "sha1", VALUE: hex("sha1", "b") }] }], Attribute2: [] } }).replace('"attribute"', '"Attribute"').replace('"OBJECT"', '"Object"'),
  [expected("event.attribute[0]", pick("a", "md5"), { recordId: uuid(1) }), expected("event.object[0]", pick("b", "sha1"), { recordId: uuid(2) })],
);
valid(
  "misp-json",
  "digests-elsewhere.json",
  JSON.stringify({
    Event: {
      Attribute: [
        { uuid: uuid(1), type: "md5", value: hex("md5", "a"), ShadowAttribute: [{ type: "sha1", value: `f|${hex("sha1", "a")}` }] },
        { uuid: uuid(2), type: "text", value: "drawn", extra: { deep: [base64("b")] } },
        { uuid: uuid(3), type: "ip-dst", value: "192.0.2.1" },
      ],
      RelatedEvent: [{ Event: { uuid: uuid(4), Attribute: [{ type: "filename|md5", value: `f|${hex("md5", "c")}` }] } }],
      Attributes: [{ type: "sha256", value: hex("sha256", "d") }],
      Object: [{ uuid: uuid(5), name: "file", Attributes: [{ type: "md5", value: hex("md5", "e") }] }],
    },
  }),
  [
    expected("event.attribute[0]", pick("a", "md5"), { recordId: uuid(1), ...other }),
    expected("event.attribute[1]", {}, { recordId: uuid(2), ...other }),
    expected("event.relatedevent[0].event.attribute[0].value", {}, other),
    expected("event.attributes[0].value", {}, other),
    expected("event.object[0]", {}, { recordId: uuid(5), ...other }),
  ],
);
malformed("misp-json", "two-spellings.json", JSON.stringify({ Event: { Attribute: [{ uuid: uuid(1), type: "md5", value: hex("md5", "a"), Value: hex("md5", "b") }] } }), ":1: event.attribute[0]: found a key that stands twice, in two spellings");

// misp-csv
valid("misp-csv", "other-columns.csv", `uuid,type,value,comment\n${uuid(1)},md5,${hex("md5", "a")},${hex("sha1", "a")}\n${uuid(2)},domain,example.org,${base64("b")}\n${uuid(3)},domain,example.org,none\n`, [
  expected("line 2", pick("a", "md5"), { recordId: uuid(1), ...other }),
  expected("line 3", {}, { recordId: uuid(2), ...other }),
]);

// stix
const bundle = (objects: object[], more: object = {}): string => JSON.stringify({ type: "bundle", id: `bundle--${uuid(1)}`, objects, ...more });
valid(
  "stix",
  "other-types.json",
  bundle([
    { type: "File", id: "file--1", Hashes: { MD5: hex("md5", "a") } },
    { type: "indicator ", id: "indicator--2", pattern: `[file:hashes.MD5 = '${hex("md5", "b")}']` },
    { type: "x-picture", id: "x-picture--3", hashes: { MD5: hex("md5", "c") } },
    { type: "x-rule", id: "x-rule--4", pattern: `[file:hashes.MD5 = '${hex("md5", "d")}']` },
    { type: "malware", id: "malware--5", name: "drawn", external_references: [{ source_name: "x", hashes: { MD5: hex("md5", "e") } }] },
    { type: "file", id: "file--6", hashes: { MD5: hex("md5", "f") }, name: hex("md5", "n"), extensions: { "windows-pebinary-ext": { sections: [{ hashes: { "SHA-1": hex("sha1", "f") } }] } } },
    { type: "observed-data", id: "observed-data--7", objects: { 0: { type: "FILE", hashes: { MD5: hex("md5", "g") } }, 1: { type: "x-part", digest: hex("sha1", "g") } } },
    { type: "observed-data", id: "observed-data--8", objects: [{ type: "file", hashes: { MD5: hex("md5", "h") } }] },
  ]),
  [
    expected("objects[0]", pick("a", "md5"), { recordId: "file--1" }),
    expected("objects[1]", pick("b", "md5"), { recordId: "indicator--2" }),
    expected("objects[2]", {}, { recordId: "x-picture--3", ...other }),
    expected("objects[3]", {}, { recordId: "x-rule--4", ...other }),
    expected("objects[5]", pick("f", "md5"), { recordId: "file--6", ...other }),
    expected("objects[6]", pick("g", "md5"), { recordId: "observed-data--7" }),
    expected("objects[6]", {}, { recordId: "observed-data--7", ...other }),
    expected("objects[7]", pick("h", "md5"), { recordId: "observed-data--8" }),
  ],
);
const aFile = { type: "file", id: "file--1", hashes: { MD5: hex("md5", "a") } };
malformed("stix", "object-list.json", bundle([aFile], { object_list: [{ type: "file", hashes: { MD5: hex("md5", "b") } }] }), ":1: found digests beside the objects of the bundle");
malformed("stix", "patterns-beside.json", bundle([aFile], { more: [{ pattern: `[file:hashes.MD5 = '${hex("md5", "b")}']` }] }), ":1: found digests beside the objects of the bundle");
malformed("stix", "revoked-text.json", bundle([{ ...aFile, revoked: "true" }]), ":1: objects[0]: found something else as revoked, expected true or false");

// stopncii
const record = (label: string, more: object = {}): object => ({ lastModtimestamp: 1, signalType: "ImagePDQ", hashValue: hex("pdq", label), hashStatus: "Active", caseNumbers: { a: hex("md5", "case") }, CSPFeedbacks: [], ...more });
const answer = (more: object, ...hashRecords: object[]): string => JSON.stringify({ count: hashRecords.length, nextPageToken: hex("md5", "token"), hashRecords, ...more });
malformed("stopncii", "more-records-text.json", answer({ hasMoreRecords: "true" }, record("a")), ":1: found something else as hasMoreRecords, expected true or false");
malformed("stopncii", "more-records-number.json", answer({ hasMoreRecords: 1 }, record("a")), ":1: found something else as hasMoreRecords, expected true or false", { partial: true });
malformed("stopncii", "records-beside.json", answer({ records: [record("b")] }, record("a")), ":1: found digests beside the records");
malformed("stopncii", "two-spellings.json", answer({}, record("a", { HashValue: hex("pdq", "b") })), ":1: hashrecords[0]: found a key that stands twice, in two spellings");
valid("stopncii", "other-digests.json", answer({ hasMoreRecords: false }, record("a", { md5: hex("md5", "a") })), [expected("hashrecords[0]", pick("a", "pdq"), other)]);

// ncmec-xml
const item = (no: number, rest: string): string => `<image><member id="4">m</member><id>i${no}</id>${rest}</image>\n`;
valid(
  "ncmec-xml",
  "other-places.xml",
  `<queryResult xmlns="https://hashsharing.ncmec.org/hashsharing/v2"><images count="7">\n${[
    `<fingerprints><md5>${hex("md5", "a")}</md5></fingerprints><md5>${hex("md5", "x")}</md5>`,
    `<hashes><set><sha1>${hex("sha1", "b")}</sha1></set></hashes>`,
    `<fingerprints><md5 value="${hex("md5", "c")}"/></fingerprints>`,
    `<fingerprints><md5>${hex("md5", "d")}</md5></fingerprints><feedback><note>${hex("md5", "y")}</note></feedback>`,
  ]
    .map((rest, index) => item(index + 1, rest))
    .join("")}</images></queryResult>\n`,
  [
    expected("line 2", pick("a", "md5"), { recordId: "4/i1", ...other }),
    expected("line 3", {}, { recordId: "4/i2", ...other }),
    expected("line 4", {}, { recordId: "4/i3", ...other }),
    expected("line 5", pick("d", "md5"), { recordId: "4/i4" }),
  ],
);

// Columns more than a format has.
valid("sums", "second-digest.md5", `${hex("md5", "a")}  ${hex("sha1", "a")}\n${hex("md5", "b")}  ${hex("sha1", "b")}  b.bin\n${hex("md5", "c")} *${hex("md5", "name")}\n${hex("md5", "d")}  ${hex("md5", "name")}.bin\n`, [
  expected("line 1", pick("a", "md5"), other),
  expected("line 2", pick("b", "md5"), other),
  expected("line 3", pick("c", "md5")),
  expected("line 4", pick("d", "md5")),
]);
malformed("sums", "one-blank-second-digest-and-name.txt", `${hex("md5", "a")}  a.bin\n${hex("md5", "b")} ${hex("sha1", "b")} b.bin\n`, ":2: found a line of another form");
valid("md5deep", "second-digest.txt", `${hex("md5", "a")},${hex("sha1", "a")} a.bin\n`, [expected("line 1", pick("a", "md5"), other)]);
valid("md5deep", "sized-second-digest.txt", `  12  ${hex("md5", "a")}  ${hex("sha1", "a")}  a.bin\n`, [expected("line 1", pick("a", "md5"), { sizeBytes: 12, ...other })]);
valid("hashdeep", "column-without-a-header.txt", `%%%% HASHDEEP-1.0\n%%%% size,md5,filename\n1,${hex("md5", "a")},${hex("sha256", "a")},/drawn/a, b\n2,${hex("md5", "b")},/drawn/b\n`, [
  expected("line 3", pick("a", "md5"), { sizeBytes: 1, ...other }),
  expected("line 4", pick("b", "md5"), { sizeBytes: 2 }),
]);
valid("hashkeeper", "further-columns.hsh", `"file_id","hashset_id","file_name","directory","hash","file_size","sha1","SHA-256","check"\n1,2,"f","d","${hex("md5", "a")}",7,"${hex("sha1", "a")}","${hex("sha256", "a")}",""\n2,2,"f","d","${hex("md5", "b")}",7,"","","${base64("b")}"\n`, [
  expected("line 2", pick("a", "md5", "sha1", "sha256"), { recordId: "1", sizeBytes: 7 }),
  expected("line 3", pick("b", "md5"), { recordId: "2", sizeBytes: 7, ...other }),
]);
malformed("hashkeeper", "two-md5.hsh", `"file_id","hashset_id","hash","md5"\n1,2,"${hex("md5", "a")}","${hex("md5", "b")}"\n`, ":2: found two different digests of md5");
valid("ilook", "further-column.csv", `V3Hash,HashSHA1,FileName,FilePath,FileSize,HashSHA256,HashSHA384,HashSHA512,Check\n${hex("md5", "a")},,f,p,7,,,,${hex("sha1", "x")}\n`, [expected("line 2", pick("a", "md5"), { sizeBytes: 7, ...other })]);
valid("nsrl-rds2", "further-column.txt", `"SHA-1","MD5","CRC32","FileName","FileSize","ProductCode","OpSystemCode","SpecialCode","BLAKE3"\n"${hex("sha1", "a")}","${hex("md5", "a")}","0","f",7,1,"1","","${hex("sha256", "x")}"\n`, [expected("line 2", pick("a", "sha1", "md5"), { sizeBytes: 7, ...other })]);
valid("icse-csv", "other-forms.csv", `MD5;SHA1;Image ID;Baseline;Check\n${hex("md5", "a")};;1;y;${base64("a")}\n${hex("md5", "b")};;2;n;sha1:${hex("sha1", "b")}\n${hex("md5", "c")};;3;n;-\n`, [
  expected("line 2", pick("a", "md5"), { recordId: "1", category: "Y", ...other }),
  expected("line 3", pick("b", "md5"), { recordId: "2", category: "N", ...other }),
  expected("line 4", pick("c", "md5"), { recordId: "3", category: "N" }),
]);
valid("own-csv", "other-forms.csv", `md5,sha1_base32,check,pdq_turned\n${hex("md5", "a")},${base32("a")},,\n${hex("md5", "b")},,${base64("b")},\n${hex("md5", "c")},,,zzzzzzzzzzzzzzzz\n${hex("md5", "d")},none,an ordinary note of some length,0\n${hex("md5", "e")},,0x${hex("sha1", "e")},\n${hex("md5", "f")},,${hex("md5", "x").replace(/(..)(?=.)/g, "$1:")},\n`, [
  ...[..."abc"].map((label, no) => expected(`line ${no + 2}`, pick(label, "md5"), other)),
  expected("line 5", pick("d", "md5")),
  expected("line 6", pick("e", "md5"), other),
  expected("line 7", pick("f", "md5"), other),
]);
const pdqOptions = { algorithm: "pdq" };
valid("pdq-lines", "unknown-keys.txt", `hash=${hex("pdq", "a")},orig=${hex("pdq", "a")},quality=90,rot45=${hex("pdq", "x")},filename=a.bin\nhash=${hex("pdq", "b")},quality=90,filename=b.bin\nhash=${hex("pdq", "c")},orig=${hex("pdq", "d")},filename=c.bin\n`, [
  expected("line 1", pick("a", "pdq"), { pdqQuality: 90, ...other }),
  expected("line 2", pick("b", "pdq"), { pdqQuality: 90 }),
  expected("line 3", pick("c", "pdq")),
  expected("line 3", pick("d", "pdq")),
], pdqOptions);
malformed("pdq-lines", "key-twice.txt", `hash=${hex("pdq", "a")},rot90=${hex("pdq", "b")},rot90=${hex("pdq", "c")},filename=a.bin\n`, ":1: found a key that stands twice", pdqOptions);
valid("pdq-lines", "second-digest.csv", `${hex("pdq", "a")},90,${hex("md5", "a")} a.bin\n`, [expected("line 1", pick("a", "pdq"), { pdqQuality: 90, ...other })], pdqOptions);
valid("vpdq", "further-members.json", JSON.stringify({ 0: { quality: 90, hash: hex("pdq", "a"), timestamp: 0, md5: hex("md5", "a") } }), [expected("0", pick("a", "pdq"), { pdqQuality: 90, recordId: "valid-further-members", ...other })]);

// threatexchange-csv
const state = `${hex("md5", "a")},12,2026-01-02T03:04:05+0000,drawn\n`;
malformed("threatexchange-csv", "simple.HASH_PDQ.te.simple.HASH_MD5.te", state, ":1: found two types in the name of the file");
malformed("threatexchange-csv", "HASH_PDQ-simple.HASH_MD5.te", state, ":1: found two types in the name of the file");
malformed("threatexchange-csv", "simple.HASH_MD5.te-notes", state, ":1: found no type in the name of the file");

// Other separators of lines, with a row behind them.
for (const [name, separator] of Object.entries({ "vertical-tab": "\v", "form-feed": "\f", nel: "\u0085", "line-separator": "\u2028", "paragraph-separator": "\u2029" })) {
  malformed("sums", `${name}.md5`, `${hex("md5", "a")}  a.bin\n${hex("md5", "b")}  b.bin${separator}${hex("md5", "c")}  c.bin\n`, ":2: found a separator");
  malformed("plain", `comment-${name}.txt`, `${hex("md5", "a")}\n# drawn${separator}${hex("md5", "c")}\n`, ":2: found a separator");
}
valid("sums", "separator-in-a-name.md5", `${hex("md5", "a")}  a\u2028b\fc\u0085.bin\n${hex("md5", "b")}  b\v.bin\n${hex("md5", "c")}  c.bin\n`, [..."abc"].map((label, no) => expected(`line ${no + 1}`, pick(label, "md5"))));
