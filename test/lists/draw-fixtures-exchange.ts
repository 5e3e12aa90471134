// Writes the fixtures of classic and exchange formats: md5deep, HashKeeper, EnCase, Autopsy, hfind, iLook, ThreatExchange, PDQ, vPDQ.
// Run by draw-fixtures.ts, or by itself with tsx. A name that ends in ".db.sql" is SQL of which a database is built when the fixture is read, one in
// ".bytes.json" the description of a binary file. All values are drawn from a seed.
import { type DrawnAlgorithm, drawnValues, expected, malformed, valid } from "./fixture-files.ts";

const { bytes, hex, upper, pick } = drawnValues("blindmatch exchange fixture");

const lines = (...texts: string[]): string => `${texts.join("\n")}\n`;

// sums: one blank
valid("sums", "one-blank.md5", lines(`${hex("md5", "r1")} f 0`, `${upper("md5", "r2")} ${"a".repeat(31)}`), [expected("line 1", pick("r1", "md5")), expected("line 2", pick("r2", "md5"))]);
malformed("sums", "one-blank-second-digest.txt", lines(`${hex("md5", "r1")} f0`, `${hex("md5", "r2")} ${hex("sha1", "r2")}`), ":2: found a line of another form");
malformed("sums", "one-blank-bare-64.txt", lines(`${hex("blake3", "r1")} f0`), ":1: found 64 digits without a name");

// md5deep
const sized = (size: number, digits: string, name: string): string => `${String(size).padStart(10)}  ${digits}  ${name}`;
valid("md5deep", "sizes.txt", lines(sized(23, hex("md5", "d1"), "/drawn/0"), sized(12345678901, upper("md5", "d2"), "/drawn/a  b"), sized(5, hex("sha1", "d3"), "f")), [
  expected("line 1", pick("d1", "md5"), { sizeBytes: 23 }),
  expected("line 2", pick("d2", "md5"), { sizeBytes: 12345678901 }),
  expected("line 3", pick("d3", "sha1"), { sizeBytes: 5 }),
]);
valid("md5deep", "sizes-commas.txt", `${String(7).padStart(10)}, ${hex("md5", "d1")},/drawn/a, b\r\n`, [expected("line 1", pick("d1", "md5"), { sizeBytes: 7 })]);
valid("md5deep", "commas.txt", lines(`${hex("sha256", "d4")},/drawn/0,1`, "# drawn", `${hex("sha256", "d5")},80 days`), [expected("line 1", pick("d4", "sha256")), expected("line 3", pick("d5", "sha256"))], { algorithm: "sha256" });
malformed("md5deep", "second-digest.txt", lines(`${hex("md5", "d1")},f`, `${hex("md5", "d2")},${hex("sha1", "d2")},f`), ":2: found a line of another form");
malformed("md5deep", "bare-64.txt", lines(sized(1, hex("sha256", "d1"), "f")), ":1: found 64 digits without a name");
malformed("md5deep", "short.txt", lines(sized(1, hex("md5", "d1"), "f"), sized(1, hex("md5", "d2").slice(1), "f")), ":2: found 31 characters, expected 32");
malformed("md5deep", "no-hex.txt", lines(sized(1, hex("md5", "d1"), "f"), sized(1, `${hex("md5", "d2").slice(1)}g`, "f")), ":2: found a line of another form");
malformed("md5deep", "nul.txt", lines(sized(1, hex("md5", "d1"), "f"), "\0".repeat(60)), ":2: found a NUL character");
malformed("md5deep", "truncated.txt", `${lines(sized(1, hex("md5", "d1"), "f"))}${sized(1, hex("md5", "d2"), "f").slice(0, 35)}`, ":2: found a line of another form");
malformed("md5deep", "size-missing.txt", lines(sized(1, hex("md5", "d1"), "f"), `${hex("md5", "d2")},f`), ":2: found a row without a size");
malformed("md5deep", "other-algorithm.txt", lines(sized(1, hex("md5", "d1"), "f")), ":1: found 32 characters as sha256", { algorithm: "sha256" });

// hashkeeper
const hsh = '"file_id","hashset_id","file_name","directory","hash","file_size","date_modified","time_modified","time_zone","comments","date_accessed","time_accessed"';
const hshRow = (no: number, digits: string, size: unknown = 1000 + no): string => `${4150000 + no},99999,"file,${no}.bin",,"${digits}",${size},,,,"a ""quoted"" comment",,`;
valid("hashkeeper", "set.hsh", lines(hsh, hshRow(0, upper("md5", "k0")), hshRow(1, upper("md5", "k1")), hshRow(2, "")), [
  expected("line 2", pick("k0", "md5"), { recordId: "4150000", sizeBytes: 1000 }),
  expected("line 3", pick("k1", "md5"), { recordId: "4150001", sizeBytes: 1001 }),
  expected("line 4", {}, { recordId: "4150002", sizeBytes: 1002 }),
]);
malformed("hashkeeper", "description.hke", lines('"hashset_id","name","vendor","package","version","authenicated_flag","notable_flag","initials","num_of_files","description","date_loaded"', '99999,"Z99999 SYNTHETIC","Synthetic","Synthetic","1",1,1,"syn",3,"Synthetic set",1/2/26 13:41:29'), ":1: found the .hke of a hash set");
malformed("hashkeeper", "short.hsh", lines(hsh, hshRow(0, upper("md5", "k0")), hshRow(1, upper("md5", "k1").slice(2))), ":3: found 30 characters as md5");
malformed("hashkeeper", "no-hex.hsh", lines(hsh, hshRow(0, `${upper("md5", "k0").slice(1)}O`)), ":2: found a character that is no hex digit");
malformed("hashkeeper", "few-fields.hsh", lines(hsh, hshRow(0, upper("md5", "k0")).slice(0, -1)), ":2: found 11 fields, expected 12");
malformed("hashkeeper", "truncated.hsh", `${hsh}\n${hshRow(0, upper("md5", "k0")).slice(0, 40)}`, ":2: found the end of the file inside a quoted field");
malformed("hashkeeper", "nul.hsh", lines(hsh, hshRow(0, upper("md5", "k0")).replace("comment", "com\0ment")), ":2: found a NUL character");
malformed("hashkeeper", "size.hsh", lines(hsh, hshRow(0, upper("md5", "k0"), "-5")), ':2: found "-5" as a size in bytes');

// encase-hash
const encase = (count: number, digests: string[], ...after: object[]): string =>
  `${JSON.stringify([{ ascii: "HASH\r\n" }, { hex: "ff00" }, { u32: 1 }, { u32: 0 }, { u32: count }, { zerosTo: 1032 }, { utf16: "SYNTHETIC SET" }, { zerosTo: 1152 }, ...digests.flatMap((digest) => [{ hex: digest }, { hex: "0000" }]), ...after], null, 1)}\n`;
const three = ["e1", "e2", "e3"].map((label) => hex("md5", label));
valid("encase-hash", "set.bytes.json", encase(3, three), three.map((md5, index) => expected(`record ${index + 1}`, { md5 })));
malformed("encase-hash", "truncated.bytes.json", encase(3, three.slice(0, 2)), ":3: found the end of the file after 2 records, expected 3");
malformed("encase-hash", "truncated-in-record.bytes.json", encase(3, three.slice(0, 2), { hex: three[2]!.slice(0, 20) }), ":1: found 10 bytes after the last whole record");
malformed("encase-hash", "too-many.bytes.json", encase(2, three), ":3: found more than 2 records");
malformed("encase-hash", "header-alone.bytes.json", JSON.stringify([{ ascii: "HASH\r\n" }, { hex: "ff00" }, { zerosTo: 1100 }]), ":1: header: found the end of the file, expected 1152 bytes");
malformed("encase-hash", "other-magic.bytes.json", encase(3, three).replace("ff00", "ff01"), ":1: header: found other first bytes");

// autopsy-kdb
const kdb = (rows: string, table = "CREATE TABLE hashes (id INTEGER PRIMARY KEY AUTOINCREMENT, md5 BINARY(16) UNIQUE, sha1 BINARY(20), sha2_256 BINARY(32));"): string =>
  lines("CREATE TABLE db_properties (name TEXT NOT NULL, value TEXT);", "INSERT INTO db_properties VALUES('Schema Version','1');", table, "CREATE TABLE comments (comment TEXT NOT NULL, hash_id INTEGER NOT NULL, PRIMARY KEY(comment, hash_id));", rows);
const blob = (digits: string): string => `X'${digits}'`;
valid("autopsy-kdb", "set.db.sql", kdb(`INSERT INTO hashes VALUES(1,${blob(hex("md5", "a1"))},NULL,NULL),(2,${blob(hex("md5", "a2"))},${blob(hex("sha1", "a2"))},${blob(hex("sha256", "a2"))}),(7,NULL,NULL,NULL); INSERT INTO comments VALUES('drawn',1);`), [
  expected("row 1", pick("a1", "md5"), { recordId: "1" }),
  expected("row 2", pick("a2", "md5", "sha1", "sha256"), { recordId: "2" }),
  expected("row 3", {}, { recordId: "7" }),
]);
valid("autopsy-kdb", "columns-elsewhere.db.sql", kdb(`INSERT INTO hashes VALUES(${blob(hex("sha256", "a3"))},NULL,'drawn',${blob(hex("md5", "a3"))},4);`, "CREATE TABLE hashes (sha2_256 BLOB, sha1 BLOB, extra TEXT, md5 BLOB, id INTEGER PRIMARY KEY);"), [expected("row 1", pick("a3", "md5", "sha256"), { recordId: "4" })]);
malformed("autopsy-kdb", "short.db.sql", kdb(`INSERT INTO hashes VALUES(1,${blob(hex("md5", "a1"))},NULL,NULL),(2,${blob(hex("md5", "a2").slice(2))},NULL,NULL);`), ":2: row 2: found 15 bytes as md5, expected 16");
malformed("autopsy-kdb", "text.db.sql", kdb(`INSERT INTO hashes VALUES(1,'${hex("md5", "a1")}',NULL,NULL);`), ":1: row 1: found something that is no blob as md5");
malformed("autopsy-kdb", "foreign.db.sql", lines("CREATE TABLE drawn (id INTEGER PRIMARY KEY, md5 BLOB);", `INSERT INTO drawn VALUES(1,${blob(hex("md5", "a1"))});`), ":1: found a database without id, md5, sha1, sha2_256 in a table hashes");
malformed("autopsy-kdb", "view.db.sql", kdb("", "CREATE TABLE other (id INTEGER PRIMARY KEY, md5 BLOB, sha1 BLOB, sha2_256 BLOB); CREATE VIEW hashes AS SELECT * FROM other;"), ":1: found a database without id");
malformed("autopsy-kdb", "column-missing.db.sql", kdb("", "CREATE TABLE hashes (id INTEGER PRIMARY KEY, md5 BLOB, sha1 BLOB); -- sha2_256"), ":1: found a database without sha2_256");

// tsk-index
const sorted = (algorithm: DrawnAlgorithm, ...labels: string[]): string[] => labels.map((label) => upper(algorithm, label)).sort();
const offset = (no: number): string => String(no * 40).padStart(16, "0");
const index = (...texts: string[]): string => lines(`${"0".repeat(41)}|md5sum`, `${"0".repeat(40)}1|known.md5`, ...texts);
const entries = sorted("md5", "i1", "i2", "i3");
valid("tsk-index", "md5.idx", index(...entries.map((digits, no) => `${digits}|${offset(no)}`)), entries.map((digits, no) => expected(`line ${no + 3}`, { md5: digits.toLowerCase() })));
const sha1Entries = sorted("sha1", "i1", "i2");
valid("tsk-index", "sha1-no-name.idx", lines(`${"0".repeat(41)}|nsrl`, ...sha1Entries.map((digits) => `${digits}|${offset(1)}`)), sha1Entries.map((digits, no) => expected(`line ${no + 2}`, { sha1: digits.toLowerCase() })));
malformed("tsk-index", "not-sorted.idx", index(`${entries[1]}|${offset(0)}`, `${entries[0]}|${offset(1)}`), ":4: found an entry below the one before it");
malformed("tsk-index", "two-lengths.idx", index(`${entries[0]}|${offset(0)}`, `${"F".repeat(40)}|${offset(1)}`), ":4: found 40 characters, expected 32");
malformed("tsk-index", "truncated.idx", index(`${entries[0]}|${offset(0)}`, `${entries[1]}|00`).trimEnd(), ":4: found a line of another form");
malformed("tsk-index", "short.idx", index(`${entries[0]!.slice(1)}|${offset(0)}`), ":3: found 31 characters as md5");
malformed("tsk-index", "no-hex.idx", index(`${entries[0]!.slice(1)}X|${offset(0)}`), ":3: found a line of another form");
malformed("tsk-index", "nul.idx", index(`${entries[0]}|${offset(0)}`, "\0\0\0\0"), ":4: found a NUL character");

// ilook
const v3 = "V3Hash,HashSHA1,FileName,FilePath,FileSize,HashSHA256,HashSHA384,HashSHA512";
valid("ilook", "v3.hsh", lines(v3, `${upper("md5", "l1")},${upper("sha1", "l1")},f0.bin,\\,100,,,`, `${upper("md5", "l2")},,f1.bin,\\,,${upper("sha256", "l2")},,${bytes("l2", 64).toString("hex")}`), [
  expected("line 2", pick("l1", "md5", "sha1"), { sizeBytes: 100 }),
  expected("line 3", pick("l2", "md5", "sha256"), { unmatchable: ["sha512"] }),
]);
valid("ilook", "v4.hsh", lines(`V4${v3.slice(2)},CreateTime,ModTime,LastAccessTime`, `${upper("md5", "l3")},${upper("sha1", "l3")},f0.bin,\\,100,,,,,,`), [expected("line 2", pick("l3", "md5", "sha1"), { sizeBytes: 100 })]);
valid("ilook", "v1.hsh", lines("V1Hash,HashType,SetDescription,FileName,FilePath,FileSize", `${upper("md5", "l4")},MD5,Synthetic,f0,\\,7`, `${upper("sha1", "l5")},SHA-1,Synthetic,f1,\\,8`, `${bytes("l6", 64).toString("hex")},SHA512,Synthetic,f2,\\,9`), [
  expected("line 2", pick("l4", "md5"), { sizeBytes: 7 }),
  expected("line 3", pick("l5", "sha1"), { sizeBytes: 8 }),
  expected("line 4", {}, { sizeBytes: 9, unmatchable: ["sha512"] }),
]);
malformed("ilook", "comma-in-name.hsh", lines(v3, `${upper("md5", "l1")},,a, b.bin,\\,100,,,`), ":2: found 9 fields, expected 8");
malformed("ilook", "short.hsh", lines(v3, `${upper("md5", "l1").slice(4)},,f,\\,100,,,`), ":2: found 28 characters as md5");
malformed("ilook", "no-hex.hsh", lines(v3, `${upper("md5", "l1")},${upper("sha1", "l1").slice(1)}Z,f,\\,100,,,`), ":2: found a character that is no hex digit in sha1");
malformed("ilook", "truncated.hsh", `${v3}\n${upper("md5", "l1")},,f`, ":2: found 3 fields, expected 8");
malformed("ilook", "nul.hsh", lines(v3, `${upper("md5", "l1")},,f\0,\\,100,,,`), ":2: found a NUL character");
malformed("ilook", "column-twice.hsh", lines(`${v3},V3Hash`, ""), ":1: found a column that stands twice");

// threatexchange-csv
const descriptor = (no: number): string => String(3058061737570000 + no);
const te = (digits: string, no: number, labels = "synthetic tag"): string => `${digits},${descriptor(no)},2026-01-02T03:04:05+0000,${labels}`;
valid("threatexchange-csv", "simple.HASH_PDQ.te", `${te(hex("pdq", "t1"), 1)}\r\n${te(hex("pdq", "t2"), 2, "")}\r\n`, [expected("line 1", pick("t1", "pdq"), { recordId: descriptor(1) }), expected("line 2", pick("t2", "pdq"), { recordId: descriptor(2) })], { algorithm: "pdq" });
valid("threatexchange-csv", "simple.HASH_MD5.te", lines(te(hex("md5", "t3"), 3, '"a, b"'), te(hex("md5", "t4"), 4, "false_positive x"), te(hex("md5", "t5"), 5, "false_positive true_positive")), [
  expected("line 1", pick("t3", "md5"), { recordId: descriptor(3) }),
  expected("line 2", pick("t4", "md5"), { recordId: descriptor(4), contextOnly: true }),
  expected("line 3", pick("t5", "md5"), { recordId: descriptor(5) }),
]);
malformed("threatexchange-csv", "bare-64.te", lines(te(hex("pdq", "t1"), 1)), ":1: found no type in the name of the file");
malformed("threatexchange-csv", "short.te", lines(te(hex("md5", "t1"), 1), te(hex("md5", "t2").slice(1), 2)), ":2: found 31 characters", { algorithm: "md5" });
malformed("threatexchange-csv", "no-hex.te", lines(te(hex("md5", "t1"), 1), te(`${hex("md5", "t2").slice(1)}x`, 2)), ":2: found a character that is no hex digit", { algorithm: "md5" });
malformed("threatexchange-csv", "truncated.te", `${lines(te(hex("md5", "t1"), 1))}${te(hex("md5", "t2"), 2).slice(0, 50)}`, ":2: found 3 fields, expected 4", { algorithm: "md5" });
malformed("threatexchange-csv", "descriptor.te", lines(te(hex("md5", "t1"), 1), te(hex("md5", "t2"), 2).replace(descriptor(2), "two")), ":2: found something else as the descriptor's id", { algorithm: "md5" });
malformed("threatexchange-csv", "nul.te", lines(te(hex("md5", "t1"), 1), te(hex("md5", "t2"), 2, "\0")), ":2: found a NUL character", { algorithm: "md5" });

// threatexchange-lines
valid("threatexchange-lines", "local.txt", lines(`pdq ${hex("pdq", "s1")}`, `HASH_PDQ ${upper("pdq", "s2")}`, `video_md5 ${hex("md5", "s3")}`, `HASH_VIDEO_MD5 ${hex("md5", "s4")}`, `HASH_SHA256\t${hex("sha256", "s5")}`, `url_md5 ${hex("md5", "s6")}`, "HASH_TMK drawn", "raw_text some words of text", `vpdq ["${hex("pdq", "s7")},90,0.000", "${hex("pdq", "s8")},10,1.000"]`), [
  expected("line 1", pick("s1", "pdq")),
  expected("line 2", pick("s2", "pdq")),
  expected("line 3", pick("s3", "md5")),
  expected("line 4", pick("s4", "md5")),
  expected("line 5", pick("s5", "sha256")),
  expected("line 6", {}, { unmatchable: ["other"] }),
  expected("line 7", {}, { unmatchable: ["tmk"] }),
  expected("line 8", {}, { unmatchable: ["other"] }),
  expected("line 9", pick("s7", "pdq"), { pdqQuality: 90 }),
  expected("line 9", pick("s8", "pdq"), { pdqQuality: 10 }),
]);
malformed("threatexchange-lines", "short.txt", lines(`pdq ${hex("pdq", "s1")}`, `pdq ${hex("pdq", "s2").slice(2)}`), ":2: found 62 characters as pdq");
malformed("threatexchange-lines", "no-hex.txt", lines(`md5 ${hex("md5", "s1").slice(1)}y`), ":1: found a character that is no hex digit in md5");
malformed("threatexchange-lines", "no-type.txt", lines(`pdq ${hex("pdq", "s1")}`, hex("md5", "s2").replace(/^./, "1")), ":2: found a line of another form");
malformed("threatexchange-lines", "truncated.txt", `${lines(`pdq ${hex("pdq", "s1")}`)}pdq`, ":2: found a line of another form");
malformed("threatexchange-lines", "nul.txt", lines(`pdq ${hex("pdq", "s1")}`, `pdq ${hex("pdq", "s1")}\0`), ":2: found a NUL character");
malformed("threatexchange-lines", "other-algorithm.txt", lines(`pdq ${hex("pdq", "s1")}`), ":1: found pdq as its type, expected sha256", { algorithm: "sha256" });
malformed("threatexchange-lines", "vpdq-frame.txt", lines(`vpdq ["${hex("pdq", "s1")},90"]`), ":1: found a frame of another form");

// pdq-lines
const turns = ["orig", "rot90", "rot180", "rot270", "flipx", "flipy", "flipp", "flipm"];
valid("pdq-lines", "hash-quality-id.csv", lines(`${hex("pdq", "p1")},80,SYN-0`, `${hex("pdq", "p2")},100,/drawn/a,b.bin`, `${hex("pdq", "p3")},0,`), [
  expected("line 1", pick("p1", "pdq"), { pdqQuality: 80, recordId: "SYN-0" }),
  expected("line 2", pick("p2", "pdq"), { pdqQuality: 100 }),
  expected("line 3", pick("p3", "pdq"), { pdqQuality: 0 }),
], { algorithm: "pdq" });
valid("pdq-lines", "details.txt", lines(`hash=${hex("pdq", "p1")},norm=128,delta=0,quality=90,filename=/drawn/a,b.bin`, `hash=${hex("pdq", "p2")},xform=rot90,filename=SYN-1`), [expected("line 1", pick("p1", "pdq"), { pdqQuality: 90 }), expected("line 2", pick("p2", "pdq"), { recordId: "SYN-1" })], { algorithm: "pdq" });
const across = turns.map((turn) => hex("pdq", turn));
valid("pdq-lines", "dihedral-across.txt", lines(`${across.join(",")},77,SYN-2`), across.map((pdq) => expected("line 1", { pdq }, { pdqQuality: 77, recordId: "SYN-2" })), { algorithm: "pdq" });
valid("pdq-lines", "dihedral-details-across.txt", lines(`hash=${across[0]},quality=77,${turns.map((turn, no) => `${turn}=${across[no]}`).join(",")},filename=SYN-3`), across.map((pdq) => expected("line 1", { pdq }, { pdqQuality: 77, recordId: "SYN-3" })), { algorithm: "pdq" });
malformed("pdq-lines", "not-stated.csv", lines(`${hex("pdq", "p1")},80,SYN-0`), ":1: found 64 digits without a name, expected --algorithm pdq");
malformed("pdq-lines", "stated-otherwise.csv", lines(`${hex("pdq", "p1")},80,SYN-0`), ":1: found 64 digits without a name", { algorithm: "sha256" });
malformed("pdq-lines", "quality.csv", lines(`${hex("pdq", "p1")},80,SYN-0`, `${hex("pdq", "p2")},101,SYN-1`), ':2: found "101" as a PDQ quality', { algorithm: "pdq" });
malformed("pdq-lines", "short.csv", lines(`${hex("pdq", "p1")},80,SYN-0`, `${hex("pdq", "p2").slice(1)},80,SYN-1`), ":2: found a line of another form", { algorithm: "pdq" });
malformed("pdq-lines", "short-details.txt", lines(`hash=${hex("pdq", "p1").slice(1)},quality=80,filename=f`), ":1: found 63 characters as pdq", { algorithm: "pdq" });
malformed("pdq-lines", "no-hex.csv", lines(`${hex("pdq", "p1")},80,SYN-0`, `${hex("pdq", "p2").slice(1)}x,80,SYN-1`), ":2: found a line of another form", { algorithm: "pdq" });
malformed("pdq-lines", "truncated.csv", `${lines(`${hex("pdq", "p1")},80,SYN-0`)}${hex("pdq", "p2")},8`, ":2: found a line of another form", { algorithm: "pdq" });
malformed("pdq-lines", "nul.csv", lines(`${hex("pdq", "p1")},80,SYN-0`, `${hex("pdq", "p2")},80,\0`), ":2: found a NUL character", { algorithm: "pdq" });
malformed("pdq-lines", "two-codes.csv", lines(`${across[0]},${across[1]},80,SYN-0`), ":1: found 2 codes, expected one or 8", { algorithm: "pdq" });

// vpdq
const frame = (label: string, quality: number, at: string): string => `${hex("pdq", label)},${quality},${at}`;
valid("vpdq", "features.json", JSON.stringify([frame("v1", 90, "0.000"), frame("v2", 49, "1.000"), frame("v3", 100, "2.5")]), ["v1", "v2", "v3"].map((label, no) => expected(`[${no}]`, pick(label, "pdq"), { recordId: "valid-features", pdqQuality: [90, 49, 100][no] })));
valid("vpdq", "old-form.json", JSON.stringify({ 0: { quality: 100, hash: hex("pdq", "v1"), timestamp: 0.0 }, 1: { quality: 50, hash: hex("pdq", "v2"), timestamp: 0.033 } }, null, 1), ["v1", "v2"].map((label, no) => expected(String(no), pick(label, "pdq"), { recordId: "valid-old-form", pdqQuality: [100, 50][no] })));
valid("vpdq", "frames.txt", lines(`0,100,${hex("pdq", "v1")},0.000`, `1,70,${hex("pdq", "v2")},0.033`), ["v1", "v2"].map((label, no) => expected(`line ${no + 1}`, pick(label, "pdq"), { recordId: "valid-frames", pdqQuality: [100, 70][no] })), { algorithm: "pdq" });
malformed("vpdq", "short.json", JSON.stringify([frame("v1", 90, "0.000"), frame("v2", 90, "1.000").slice(2)], null, 1), ":3: [1]: found 62 characters as pdq");
malformed("vpdq", "quality.json", JSON.stringify([frame("v1", 90, "0.000"), frame("v2", 101, "1.000")]), ':1: [1]: found "101" as a PDQ quality');
malformed("vpdq", "truncated.json", JSON.stringify([frame("v1", 90, "0.000"), frame("v2", 90, "1.000")]).slice(0, -1), ":1: [1]: found the end of the file");
malformed("vpdq", "truncated-in-frame.json", JSON.stringify([frame("v1", 90, "0.000"), frame("v2", 90, "1.000")]).slice(0, -20), ":1: [1]: found the end of the file inside a value");
malformed("vpdq", "trailing-comma.json", `["${frame("v1", 90, "0.000")}",\n]`, ":2: [1]: found something else");
malformed("vpdq", "trailing-garbage.json", `["${frame("v1", 90, "0.000")}"]\n[]`, ":2: found something else, expected the end of the file");
malformed("vpdq", "nul.json", `["${frame("v1", 90, "0.000")}",\n"${frame("v2", 90, "0.0\0")}"]`, ":2: [1]: found text that is not JSON");
malformed("vpdq", "frame-twice.json", `{"0": {"quality": 90, "hash": "${hex("pdq", "v1")}", "timestamp": 0},\n"0": {"quality": 90, "hash": "${hex("pdq", "v2")}", "timestamp": 1}}`, ":2: found a key that stands twice");
malformed("vpdq", "hash-twice.json", `{"0": {"quality": 90, "hash": "${hex("pdq", "v1")}", "hash": "${hex("pdq", "v2")}"}}`, ":1: 0: found a key that stands twice");
malformed("vpdq", "no-quality.json", `{"0": {"timestamp": 0, "hash": "${hex("pdq", "v1")}"}}`, ":1: 0: found a frame without hash or quality");
malformed("vpdq", "no-hex.txt", lines(`0,100,${hex("pdq", "v1")},0.000`, `1,70,${hex("pdq", "v2").slice(1)}x,0.033`), ":2: found a line of another form");
malformed("vpdq", "other-algorithm.txt", lines(`0,100,${hex("pdq", "v1")},0.000`), ":1: found PDQ codes of frames, expected sha256", { algorithm: "sha256" });
