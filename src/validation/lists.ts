import { blake3Vectors, type Corpus, type Item, roles } from "./corpus.ts";
import { withBitsTurned } from "./pictures.ts";
import { drawnBytes, seededRandom } from "./random.ts";

/** A list of the kit: its file, and what its import is told. */
export interface KitList {
  readonly name: string;
  readonly file: string;
  readonly text: string;
  readonly options: readonly string[];
  /** What the import must count. */
  readonly rows: { readonly read: number; readonly loaded: number };
  /** Name of its format; the kit leaves recognising it to the program. */
  readonly format: string;
}

/** Digests that lists hold and no file of the corpus has: they must be seen nowhere. Lower-case hex. */
export function decoys(seed: number): readonly string[] {
  return Array.from({ length: 20 }, (_, number) => drawnBytes(`decoy ${number} of ${seed}`, 32).toString("hex"));
}

/** Distances of planted codes from the picture `thresholds.png`, by record id. */
export const plantedBits = [0, 7, 20, 31, 32] as const;
/** How many references resemble the picture `crowd.png`, and how many of them are told. */
export const [crowdReferences, crowdTold] = [60, 50] as const;

const emptyMd5 = "d41d8cd98f00b204e9800998ecf8427e";
const zeroByteMd5 = "93b885adfe0da089cdf634904fd59f71";

/** The lists that the exhibits are scanned with. */
export function kitLists(corpus: Corpus): readonly KitList[] {
  const { items, seed } = corpus;
  const of = (number: number): Item => items[number]!;
  const files = [
    "record_id,md5,sha1,sha256,size_bytes,category",
    ...[...roles.plain, roles.linkedTo, roles.everywhere].map((number) => `REF-${number},${of(number).md5},${of(number).sha1},${of(number).sha256},${of(number).bytes.length},${1 + (number % 2)}`),
    `REF-${roles.contradicted},${of(roles.contradicted).md5},${"5a".repeat(20)},,,1`,
    `REF-EMPTY,${emptyMd5},,,,1`,
    `REF-ZERO,${zeroByteMd5},,,,1`,
    ...decoys(seed).map((sha256, number) => `DECOY-${number},,,${sha256},,2`),
  ];
  const blake3 = Object.entries(blake3Vectors).flatMap(([size, digest]) => (Number(size) > 1 ? [`B3-${size},${digest},1`] : []));
  const [a, b, c, d, e, f, g, h] = roles.formats.map(of) as [Item, Item, Item, Item, Item, Item, Item, Item];
  const one = { read: 1, loaded: 1 };
  const category = ["--category", "2"];
  return [
    { name: "files", file: "files.csv", text: lines(files), options: [], rows: { read: files.length - 1, loaded: files.length - 3 }, format: "own-csv" },
    { name: "blake3", file: "blake3.csv", text: lines(["record_id,blake3,category", ...blake3]), options: [], rows: { read: blake3.length, loaded: blake3.length }, format: "own-csv" },
    { name: "codes", file: "codes.csv", ...codes(corpus), options: [], format: "own-csv" },
    { name: "bare", file: "bare.txt", text: lines([of(roles.md5Only).md5]), options: category, rows: one, format: "plain" },
    { name: "sums", file: "sums.md5", text: lines([`${a.md5}  a.dat`]), options: category, rows: one, format: "sums" },
    { name: "hashdeep", file: "hashdeep.txt", text: lines(["%%%% HASHDEEP-1.0", "%%%% size,md5,sha256,filename", "## drawn", "## ", `${b.bytes.length},${b.md5},${b.sha256},/drawn/b`]), options: category, rows: one, format: "hashdeep" },
    { name: "md5deep", file: "md5deep.txt", text: lines([`${String(c.bytes.length).padStart(10)}  ${c.sha1}  /drawn/c`]), options: category, rows: one, format: "md5deep" },
    { name: "hashkeeper", file: "set.hsh", text: lines(['"file_id","hashset_id","file_name","directory","hash","file_size","date_modified","time_modified","time_zone","comments","date_accessed","time_accessed"', `1,2,"d.dat",,"${d.md5}",${d.bytes.length},,,,,,`]), options: category, rows: one, format: "hashkeeper" },
    { name: "vics", file: "vics.json", text: vics(e), options: [], rows: one, format: "vics" },
    { name: "misp", file: "misp.csv", text: lines(["uuid,event_id,category,type,value,comment,to_ids,date,object_relation,attribute_tag", `"d89d7dba-98ca-1416-61c8-4c698e3699ff",1,"Payload delivery","sha1","${f.sha1}","drawn",1,20260102,"",""`]), options: category, rows: one, format: "misp-csv" },
    { name: "stix", file: "stix.json", text: stix(g), options: category, rows: one, format: "stix" },
    { name: "software", file: "NSRLFile.txt", text: lines(['"SHA-1","MD5","CRC32","FileName","FileSize","ProductCode","OpSystemCode","SpecialCode"', ...[h, of(roles.known)].map(({ sha1, md5, bytes }) => `"${sha1.toUpperCase()}","${md5.toUpperCase()}","00000000","drawn.dll",${bytes.length},1,"WIN",""`)]), options: ["--kind", "known"], rows: { read: 2, loaded: 2 }, format: "nsrl-rds2" },
  ];
}

/** Lists that come after the scan, for `rematch`. */
export function laterLists(corpus: Corpus): readonly KitList[] {
  const { pictures, seed, items } = corpus;
  const random = seededRandom(seed + 2);
  const { sha1, sha256 } = items[roles.later]!;
  const codes = [0, 20, 31].map((bits) => `LATER-${bits},${hex(withBitsTurned(pictures[3]!.code, bits, random))},1`);
  return [
    { name: "later", file: "later.csv", text: lines(["record_id,sha1,sha256,category", `LATER-FILE,${sha1},${sha256},1`]), options: [], rows: { read: 1, loaded: 1 }, format: "own-csv" },
    { name: "later-codes", file: "later-codes.csv", text: lines(["record_id,pdq,category", ...codes]), options: [], rows: { read: 3, loaded: 3 }, format: "own-csv" },
  ];
}

function codes({ pictures, seed }: Corpus): Pick<KitList, "text" | "rows"> {
  const [original, thresholds, crowd] = pictures;
  const random = seededRandom(seed + 1);
  const rows = [
    `PDQ-ORIGINAL,${hex(original!.code)},100,1`,
    ...plantedBits.map((bits) => `PDQ-${bits},${hex(withBitsTurned(thresholds!.code, bits, random))},90,1`),
    ...Array.from({ length: crowdReferences }, (_, number) => `CROWD-${number},${hex(withBitsTurned(crowd!.code, 11 + (number % 20), random))},90,2`),
    ...decoys(seed + 1).map((code, number) => `PDQ-DECOY-${number},${code},90,2`),
  ];
  return { text: lines(["record_id,pdq,pdq_quality,category", ...rows]), rows: { read: rows.length, loaded: rows.length } };
}

function vics({ md5, sha1, bytes }: Item): string {
  const value = [{ MediaID: "VICS-1", Category: 1, MD5: md5.toUpperCase(), SHA1: sha1.toUpperCase(), MediaSize: bytes.length }];
  return JSON.stringify({ "@odata.context": "http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml/US/$metadata#Media", value });
}

function stix({ sha256 }: Item): string {
  const id = "503c9b16-af5e-e09a-4161-20d4ab0cef41";
  const indicator = { type: "indicator", spec_version: "2.1", id: `indicator--${id}`, created: "2026-01-02T03:04:05.000Z", modified: "2026-01-02T03:04:05.000Z", pattern: `[file:hashes.'SHA-256' = '${sha256}']`, pattern_type: "stix", valid_from: "2026-01-02T03:04:05Z" };
  return JSON.stringify({ type: "bundle", id: `bundle--${id}`, objects: [indicator] });
}

const lines = (texts: readonly string[]): string => `${texts.join("\n")}\n`;
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
