// Writes the fixtures of formats in which agencies share: MISP, STIX, StopNCII. Run as draw-fixtures-exchange.ts is, with values drawn from the same seed.
import { type DrawnAlgorithm, drawnValues, expected, malformed, valid } from "./fixture-files.ts";

const { bytes, hex, upper, pick } = drawnValues("blindmatch exchange fixture");

const uuid = (label: string): string => bytes(`uuid ${label}`, 16).toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");

const lines = (...texts: string[]): string => `${texts.join("\n")}\n`;

// misp-csv
const mispHeader = "uuid,event_id,category,type,value,comment,to_ids,date,object_relation,attribute_tag";
const mispRow = (label: string, type: string, value: string, toIds = "1"): string => `"${uuid(label)}",1,"Payload delivery","${type}","${value}","drawn",${toIds},20260102,"",""`;
valid("misp-csv", "attributes.csv", lines(mispHeader, mispRow("c1", "md5", hex("md5", "c1")), mispRow("c2", "sha256", hex("sha256", "c2")), mispRow("c3", "filename|sha1", `a|b.bin|${hex("sha1", "c3")}`), mispRow("c4", "ip-dst", "192.0.2.1"), mispRow("c5", "md5", hex("md5", "c5"), "0"), mispRow("c6", "ssdeep", "3:drawn:drawn"), mispRow("c7", "malware-sample", `f|${hex("md5", "c7")}`), mispRow("c8", "x509-fingerprint-sha1", hex("sha1", "c8")), mispRow("c9", "sha512", bytes("c9", 64).toString("hex"))), [
  expected("line 2", pick("c1", "md5"), { recordId: uuid("c1") }),
  expected("line 3", pick("c2", "sha256"), { recordId: uuid("c2") }),
  expected("line 4", pick("c3", "sha1"), { recordId: uuid("c3") }),
  expected("line 6", pick("c5", "md5"), { recordId: uuid("c5"), contextOnly: true }),
  expected("line 7", {}, { recordId: uuid("c6"), unmatchable: ["ssdeep"] }),
  expected("line 8", pick("c7", "md5"), { recordId: uuid("c7") }),
  expected("line 9", {}, { recordId: uuid("c8"), unmatchable: ["other"] }),
  expected("line 10", {}, { recordId: uuid("c9"), unmatchable: ["sha512"] }),
]);
const rule = `rule drawn {\n  meta: a = 1, b = 2, c = 3, d = 4, e = 5, f = 6\n  hash = ""${hex("md5", "c3")}""\n\n}`;
valid(
  "misp-csv",
  "fields-of-several-lines.csv",
  lines(mispHeader, mispRow("c1", "md5", hex("md5", "c1")), mispRow("c2", "yara", rule), mispRow("c3", "sha1", hex("sha1", "c3")).replace("drawn", `see\r\n${hex("md5", "c4")}\n""too""`), mispRow("c5", "comment", `two\n${uuid("c6")}`), mispRow("c6", "md5", hex("md5", "c6"))),
  [expected("line 2", pick("c1", "md5"), { recordId: uuid("c1") }), expected("line 8", pick("c3", "sha1"), { recordId: uuid("c3") }), expected("line 13", pick("c6", "md5"), { recordId: uuid("c6") })],
);
malformed("misp-csv", "rows-in-quotes.csv", lines(mispHeader, mispRow("c1", "md5", hex("md5", "c1")), mispRow("c2", "md5", hex("md5", "c2")).replaceAll('"', "").replace("drawn", '"dra'), mispRow("c3", "md5", hex("md5", "c3")).replaceAll('"', ""), mispRow("c4", "md5", hex("md5", "c4")).replaceAll('"', "").replace("drawn", 'dra"')), ":3: found a quoted field of several lines with a digest in it and the delimiters of a row");
malformed("misp-csv", "no-uuid.csv", lines(mispHeader, mispRow("c1", "md5", hex("md5", "c1")), mispRow("c2", "md5", hex("md5", "c2")).replace(/^"[^"]*"/, '"2"')), ":3: found something else as uuid");
malformed("misp-csv", "short.csv", lines(mispHeader, mispRow("c1", "md5", hex("md5", "c1").slice(1))), ":2: found 31 characters as md5");
malformed("misp-csv", "no-hex.csv", lines(mispHeader, mispRow("c1", "sha1", `${hex("sha1", "c1").slice(1)}g`)), ":2: found a character that is no hex digit in sha1");
malformed("misp-csv", "no-bar.csv", lines(mispHeader, mispRow("c1", "filename|md5", hex("md5", "c1"))), ":2: found a value without a bar");
malformed("misp-csv", "truncated.csv", lines(mispHeader, mispRow("c1", "md5", hex("md5", "c1"))).slice(0, -20), ":2: found the end of the file inside a quoted field");
malformed("misp-csv", "to-ids.csv", lines(mispHeader, mispRow("c1", "md5", hex("md5", "c1"), "maybe")), ":2: found something else as to_ids");
malformed("misp-csv", "nul.csv", lines(mispHeader, mispRow("c1", "md5", `${hex("md5", "c1")}\0`)), ":2: found a NUL character");

// misp-json
const attribute = (label: string, type: string, value: string, more: object = {}): object => ({ uuid: uuid(label), type, category: "Payload delivery", value, to_ids: true, ...more });
const event = (attributes: object[], objects: object[]): object => ({ uuid: uuid("event"), info: "SYNTHETIC", date: "2026-01-02", Galaxy: [{ name: "drawn", meta: { refs: ["x"] } }], Attribute: attributes, Object: objects });
const fileObject = { name: "file", uuid: uuid("o1"), Attribute: [attribute("o1a", "md5", hex("md5", "o1")), attribute("o1b", "sha256", hex("sha256", "o1")), { type: "size-in-bytes", value: "123", to_ids: false }, { type: "filename", value: "drawn.bin" }] };
valid("misp-json", "event.json", JSON.stringify({ response: [{ Event: event([attribute("j1", "md5", hex("md5", "j1")), attribute("j2", "ip-dst", "192.0.2.1"), attribute("j3", "filename|sha256", `f|${hex("sha256", "j3")}`)], [fileObject, { name: "pe-section", uuid: uuid("o2"), Attribute: [attribute("o2a", "md5", hex("md5", "o2"))] }]) }, { Event: event([], []) }] }, null, 1), [
  expected("response[0].event.attribute[0]", pick("j1", "md5"), { recordId: uuid("j1") }),
  expected("response[0].event.attribute[2]", pick("j3", "sha256"), { recordId: uuid("j3") }),
  expected("response[0].event.object[0]", pick("o1", "md5", "sha256"), { recordId: uuid("o1"), sizeBytes: 123 }),
  expected("response[0].event.object[1]", {}, { recordId: uuid("o2"), unmatchable: ["other"] }),
]);
valid("misp-json", "one-event.json", JSON.stringify({ Event: event([attribute("j4", "sha1", hex("sha1", "j4"), { deleted: "1" }), attribute("j5", "sha1", hex("sha1", "j5"), { to_ids: false }), attribute("j6", "tlsh", "T1drawn")], [{ ...fileObject, deleted: true }, { name: "file", uuid: uuid("o3"), Attribute: [attribute("o3a", "md5", hex("md5", "o3"), { deleted: true }), attribute("o3b", "sha1", hex("sha1", "o3"), { deleted: false })] }]) }), [
  expected("event.attribute[0]", {}, { recordId: uuid("j4"), retracted: true }),
  expected("event.attribute[1]", pick("j5", "sha1"), { recordId: uuid("j5"), contextOnly: true }),
  expected("event.attribute[2]", {}, { recordId: uuid("j6"), unmatchable: ["tlsh"] }),
  expected("event.object[0]", {}, { recordId: uuid("o1"), retracted: true }),
  expected("event.object[1]", pick("o3", "sha1"), { recordId: uuid("o3") }),
]);
valid("misp-json", "attributes.json", JSON.stringify({ response: { Attribute: [attribute("j7", "md5", upper("md5", "j7"))] } }), [expected("response.attribute[0]", pick("j7", "md5"), { recordId: uuid("j7") })]);
valid("misp-json", "array.json", JSON.stringify([{ Event: event([attribute("j8", "md5", hex("md5", "j8"))], []) }]), [expected("[0].event.attribute[0]", pick("j8", "md5"), { recordId: uuid("j8") })]);
const oneEvent = (...texts: string[]): string => `{"Event": {\n"Attribute": [\n${texts.join(",\n")}\n]}}\n`;
const goodAttribute = JSON.stringify(attribute("m1", "md5", hex("md5", "m1")));
malformed("misp-json", "short.json", oneEvent(goodAttribute, JSON.stringify(attribute("m2", "md5", hex("md5", "m2").slice(1)))), ":4: event.attribute[1]: found 31 characters as md5");
malformed("misp-json", "no-hex.json", oneEvent(JSON.stringify(attribute("m2", "filename|md5", `f|${hex("md5", "m2").slice(1)}x`))), ":3: event.attribute[0]: found a character that is no hex digit in md5");
malformed("misp-json", "nul.json", oneEvent(goodAttribute, `{"type": "md5", "value": "${hex("md5", "m2")}\0"}`), ":4: event.attribute[1]: found text that is not JSON");
malformed("misp-json", "value-twice.json", oneEvent(`{"type": "md5", "value": "${hex("md5", "m2")}", "value": "${hex("md5", "m3")}"}`), ":3: event.attribute[0]: found a key that stands twice");
malformed("misp-json", "attribute-twice.json", `{"Event": {"Attribute": [${goodAttribute}],\n"attribute": []}}`, ":2: event: found a key that stands twice");
malformed("misp-json", "attribute-an-object.json", `{"Event": {"Object": [], "Attribute": {"0":\n${goodAttribute}}}}`, ":2: event.attribute.0.uuid: found something else as attribute, expected an array");
malformed("misp-json", "attribute-a-text.json", oneEvent(goodAttribute, '"text"'), ":4: event.attribute[1]: found something else, expected one object");
malformed("misp-json", "truncated.json", oneEvent(goodAttribute, goodAttribute).slice(0, -4), ":5: event.attribute[1]: found the end of the file");
malformed("misp-json", "truncated-in-attribute.json", oneEvent(goodAttribute, goodAttribute).slice(0, -30), ":4: event.attribute[1]: found the end of the file inside a value");
malformed("misp-json", "trailing-comma.json", oneEvent(goodAttribute, ""), ":5: event.attribute[1]: found something else");
malformed("misp-json", "missing-comma.json", oneEvent(`${goodAttribute}\n${goodAttribute}`), ":4: event.attribute[0]: found something else");
malformed("misp-json", "two-digests.json", `{"Event": {"Object": [\n${JSON.stringify({ name: "file", Attribute: [attribute("m1", "md5", hex("md5", "m1")), attribute("m2", "md5", hex("md5", "m2"))] })}]}}`, ":2: event.object[0]: found two different digests of md5");
malformed("misp-json", "nested-too-deep.json", `{"Event": {"Attribute": [${goodAttribute}],\n"x": ${"[".repeat(200)}${"]".repeat(200)}}}`, ":2: event.x[0][0]");

// stix
const bundle = (...objects: (object | string)[]): string => `{"type": "bundle", "id": "bundle--${uuid("bundle")}",\n"objects": [\n${objects.map((object) => (typeof object === "string" ? object : JSON.stringify(object))).join(",\n")}\n]}\n`;
const indicator = (label: string, pattern: string, more: object = {}): object => ({ type: "indicator", spec_version: "2.1", id: `indicator--${uuid(label)}`, created: "2026-01-02T03:04:05Z", modified: "2026-01-02T03:04:05.000Z", pattern, pattern_type: "stix", valid_from: "2026-01-02T03:04:05Z", ...more });
const idOf = (label: string): object => ({ recordId: `indicator--${uuid(label)}` });
const identity = { type: "identity", spec_version: "2.1", id: `identity--${uuid("identity")}`, name: "SYNTHETIC AGENCY" };
const h = (label: string, algorithm: DrawnAlgorithm, name: string): string => `file:hashes.${name} = '${hex(algorithm, label)}'`;
valid("stix", "patterns.json", bundle(identity,
  indicator("x1", `[${h("x1", "md5", "MD5")} OR ${h("x1", "sha256", "'SHA-256'")}]`),
  indicator("x2", `[${h("x2", "md5", "MD5")} AND file:hashes."SHA-1"='${upper("sha1", "x2")}' AND file:size = 55 AND file:name LIKE 'it\\'s%']`),
  indicator("x3", `([file:hashes.'SHA-256' IN ('${hex("sha256", "x3a")}', '${hex("sha256", "x3b")}')] FOLLOWEDBY [file:hashes.MD5 = '${hex("md5", "x3c")}']) WITHIN 600 SECONDS`),
  indicator("x4", `[(${h("x4a", "md5", "MD5")} OR ${h("x4b", "md5", "MD5")}) AND file:size = 9]`),
  indicator("x5", "[ipv4-addr:value = '192.0.2.1']"),
  indicator("x6", `[x509-certificate:hashes.'SHA-1' = '${hex("sha1", "x6")}']`),
  indicator("x7", `[file:hashes.'SHA-512' = '${bytes("x7", 64).toString("hex")}' AND file:hashes.SSDEEP = '3:a:b']`),
  indicator("x8", "rule drawn { condition: true }", { pattern_type: "yara" }),
  indicator("x9", `[${h("x9", "md5", "MD5")}]`, { indicator_types: ["benign"] }),
), [
  expected("objects[1]", pick("x1", "md5"), idOf("x1")),
  expected("objects[1]", pick("x1", "sha256"), idOf("x1")),
  expected("objects[2]", pick("x2", "md5", "sha1"), { ...idOf("x2"), sizeBytes: 55 }),
  expected("objects[3]", { sha256: hex("sha256", "x3a") }, idOf("x3")),
  expected("objects[3]", { sha256: hex("sha256", "x3b") }, idOf("x3")),
  expected("objects[3]", { md5: hex("md5", "x3c") }, idOf("x3")),
  expected("objects[4]", pick("x4a", "md5"), { ...idOf("x4"), sizeBytes: 9 }),
  expected("objects[4]", pick("x4b", "md5"), { ...idOf("x4"), sizeBytes: 9 }),
  expected("objects[5]", {}, idOf("x5")),
  expected("objects[6]", {}, { ...idOf("x6"), unmatchable: ["other"] }),
  expected("objects[7]", {}, { ...idOf("x7"), unmatchable: ["sha512", "ssdeep"] }),
  expected("objects[8]", {}, { ...idOf("x8"), unmatchable: ["other"] }),
  expected("objects[9]", pick("x9", "md5"), { ...idOf("x9"), contextOnly: true }),
]);
const stixFile = { type: "file", spec_version: "2.1", id: `file--${uuid("f1")}`, hashes: { MD5: upper("md5", "f1"), "SHA-256": hex("sha256", "f1"), TLSH: "T1drawn" }, size: 77, name: "drawn.bin" };
valid("stix", "objects.json", JSON.stringify({ objects: [stixFile, { type: "observed-data", id: `observed-data--${uuid("f2")}`, objects: { 0: { type: "file", hashes: { "SHA-1": hex("sha1", "f2") } }, 1: { type: "domain-name", value: "example.org" } } }], id: `bundle--${uuid("bundle")}`, type: "bundle" }, null, 1), [
  expected("objects[0]", pick("f1", "md5", "sha256"), { recordId: `file--${uuid("f1")}`, sizeBytes: 77, unmatchable: ["tlsh"] }),
  expected("objects[1]", pick("f2", "sha1"), { recordId: `observed-data--${uuid("f2")}` }),
]);
valid("stix", "versions.json", bundle(
  indicator("y1", `[${h("y1", "md5", "MD5")}]`),
  indicator("y2", `[${h("y2", "md5", "MD5")}]`, { modified: "2026-01-02T03:04:05.500Z" }),
  indicator("y2", `[${h("y2old", "md5", "MD5")}]`, { modified: "2026-01-02T03:04:05Z" }),
  indicator("y1", `[${h("y1", "md5", "MD5")}]`, { modified: "2026-02-02T03:04:05Z", revoked: true }),
  indicator("y3", `[${h("y3", "md5", "MD5")}]`),
  indicator("y3", `[${h("y3new", "md5", "MD5")}]`, { modified: "2026-01-03T00:00:00Z" }),
), [
  expected("objects[0]", {}, { ...idOf("y1"), retracted: true }),
  expected("objects[1]", pick("y2", "md5"), idOf("y2")),
  expected("objects[2]", {}, { ...idOf("y2"), retracted: true }),
  expected("objects[3]", {}, { ...idOf("y1"), retracted: true }),
  expected("objects[4]", {}, { ...idOf("y3"), retracted: true }),
  expected("objects[5]", pick("y3new", "md5"), idOf("y3")),
]);
const stixGood = JSON.stringify(indicator("z1", `[${h("z1", "md5", "MD5")}]`));
const stixBad = (pattern: string): string => bundle(stixGood, indicator("z2", pattern));
malformed("stix", "short.json", stixBad(`[file:hashes.MD5 = '${hex("md5", "z2").slice(1)}']`), ":4: objects[1]: found 31 characters as md5");
malformed("stix", "no-hex.json", stixBad(`[file:hashes.MD5 = '${hex("md5", "z2").slice(1)}h']`), ":4: objects[1]: found a character that is no hex digit in md5");
malformed("stix", "nul.json", bundle(stixGood, `{"type": "file", "id": "file--1", "name": "\0"}`), ":4: objects[1]: found text that is not JSON");
malformed("stix", "negated.json", stixBad(`[file:hashes.MD5 != '${hex("md5", "z2")}']`), ":4: objects[1]: found a hash that is compared otherwise");
malformed("stix", "not-in.json", stixBad(`[file:hashes.MD5 NOT IN ('${hex("md5", "z2")}')]`), ":4: objects[1]: found a hash that is compared otherwise");
malformed("stix", "open-bracket.json", stixBad(`[file:hashes.MD5 = '${hex("md5", "z2")}'`), ":4: objects[1]: found a pattern of another form");
malformed("stix", "open-quote.json", stixBad(`[file:hashes.MD5 = '${hex("md5", "z2")}]`), ":4: objects[1]: found a character that is no part of a pattern");
malformed("stix", "no-pattern.json", stixBad(""), ":4: objects[1]: found a pattern of another form");
malformed("stix", "two-md5.json", stixBad(`[file:hashes.MD5 = '${hex("md5", "z2")}' AND file:hashes.MD5 = '${hex("md5", "z3")}']`), ":4: objects[1]: found two different digests of md5");
malformed("stix", "too-many.json", stixBad(`[${Array.from({ length: 3 }, () => `file:hashes.MD5 IN (${Array.from({ length: 30 }, () => `'${hex("md5", "z2")}'`).join(",")})`).join(" AND ")}]`), ":4: objects[1]: found a pattern of more than 10000 files");
malformed("stix", "hashes-twice.json", bundle(stixGood, `{"type": "file", "id": "file--1", "hashes": {"MD5": "${hex("md5", "z2")}", "MD5": "${hex("md5", "z3")}"}}`), ":4: objects[1]: found a key that stands twice");
malformed("stix", "truncated.json", bundle(stixGood, stixGood).slice(0, -40), ":4: objects[1]: found the end of the file inside a value");
malformed("stix", "truncated-after-object.json", bundle(stixGood, stixGood).slice(0, -4), ":4: objects[2]: found the end of the file");
malformed("stix", "no-bundle.json", `{"spec_version": "2.1", "objects": [${stixGood}]}`, ':1: found no "type" of "bundle"');

// stopncii
const record = (no: number, signalType: string, hashValue: string, hashStatus = "Active"): object => ({ lastModtimestamp: 1767323000 + no, signalType, hashValue, hashStatus, caseNumbers: { [uuid(`case${no}`)]: hashStatus }, CSPFeedbacks: [{ feedbackValue: "NotBlocked", tags: [], source: "SYNTH-CSP" }] });
const answer = (records: (object | string)[], more: object = {}): string => {
  const head = JSON.stringify({ count: records.length, nextPageToken: null, nextSetTimestamp: 1767323045, hasMoreRecords: false, ...more }).slice(0, -1);
  return `${head},\n"hashRecords": [\n${records.map((each) => (typeof each === "string" ? each : JSON.stringify(each))).join(",\n")}\n]}\n`;
};
valid("stopncii", "records.json", answer([record(1, "ImagePDQ", hex("pdq", "n1")), record(2, "VideoMD5", hex("md5", "n2"), "Withdrawn"), record(3, "VideoTMK", "drawn"), record(4, "URL", "https://example.org/"), record(5, "VideoMD5", upper("md5", "n5"), "Received")]), [
  expected("hashrecords[0]", pick("n1", "pdq")),
  expected("hashrecords[1]", {}, { retracted: true }),
  expected("hashrecords[2]", {}, { unmatchable: ["tmk"] }),
  expected("hashrecords[3]", {}, { unmatchable: ["other"] }),
  expected("hashrecords[4]", pick("n5", "md5")),
]);
valid("stopncii", "withdrawn-later.json", answer([record(1, "VideoMD5", hex("md5", "n1")), record(2, "ImagePDQ", hex("pdq", "n1")), record(3, "VideoMD5", upper("md5", "n1"), "Withdrawn"), record(4, "ImagePDQ", hex("pdq", "n1"), "Deleted"), record(5, "ImagePDQ", hex("pdq", "n1"))]), [
  expected("hashrecords[0]", {}, { retracted: true }),
  expected("hashrecords[1]", {}, { retracted: true }),
  expected("hashrecords[2]", {}, { retracted: true }),
  expected("hashrecords[3]", {}, { retracted: true }),
  expected("hashrecords[4]", pick("n1", "pdq")),
]);
valid("stopncii", "partial.json", answer([record(1, "VideoMD5", hex("md5", "n1"))], { hasMoreRecords: true, count: 9 }), [expected("hashrecords[0]", pick("n1", "md5"))], { partial: true });
const goodRecord = JSON.stringify(record(1, "VideoMD5", hex("md5", "n1")));
malformed("stopncii", "more-records.json", answer([goodRecord], { hasMoreRecords: true }), ":1: found an answer that says that more records follow");
malformed("stopncii", "count.json", answer([goodRecord], { count: 2 }), ":1: found 1 records, expected as many as its count says");
malformed("stopncii", "short.json", answer([goodRecord, record(2, "ImagePDQ", hex("pdq", "n2").slice(1))]), ":4: hashrecords[1]: found 63 characters as pdq");
malformed("stopncii", "short-withdrawn.json", answer([goodRecord, record(2, "VideoMD5", hex("md5", "n2").slice(1), "Withdrawn")]), ":4: hashrecords[1]: found 31 characters as md5");
malformed("stopncii", "no-hex.json", answer([record(2, "VideoMD5", `${hex("md5", "n2").slice(1)}-`)]), ":3: hashrecords[0]: found a character that is no hex digit in md5");
malformed("stopncii", "status.json", answer([record(2, "VideoMD5", hex("md5", "n2"), "Revoked")]), ':3: hashrecords[0]: found "Revoked" as hashStatus');
malformed("stopncii", "type.json", answer([record(2, "ImageMD9", hex("md5", "n2"))]), ':3: hashrecords[0]: found "imagemd9" as signalType');
malformed("stopncii", "no-status.json", answer([`{"signalType": "VideoMD5", "hashValue": "${hex("md5", "n2")}"}`]), ":3: hashrecords[0]: found no text as hashStatus");
malformed("stopncii", "status-twice.json", answer([goodRecord.replace('"hashStatus"', '"hashStatus":"Withdrawn","hashStatus"')]), ":3: hashrecords[0]: found a key that stands twice");
malformed("stopncii", "nul.json", answer([goodRecord.replace("SYNTH-CSP", "SYNTH\0CSP")]), ":3: hashrecords[0]: found text that is not JSON");
malformed("stopncii", "truncated.json", answer([goodRecord, goodRecord]).slice(0, -30), ":4: hashrecords[1]: found the end of the file inside a value");
malformed("stopncii", "truncated-after-array.json", answer([goodRecord]).slice(0, -2), ":4: found the end of the file");
