// Writes the fixtures of classic and exchange formats: md5deep, HashKeeper, EnCase, Autopsy, hfind, iLook, ThreatExchange, PDQ, vPDQ, MISP, STIX, StopNCII.
// Run by draw-fixtures.ts, or by itself with tsx. A name that ends in ".db.sql" is SQL of which a database is built when the fixture is read, one in
// ".bytes.json" the description of a binary file. All values are drawn from a seed.
import { type DrawnAlgorithm, drawnValues, expected, malformed, valid } from "./fixture-files.ts";

const { bytes, hex, upper, pick } = drawnValues("blindmatch exchange fixture");

const uuid = (label: string): string => bytes(`uuid ${label}`, 16).toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");

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
