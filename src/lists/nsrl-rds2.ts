import type { AlgorithmName, Reference } from "../model.ts";
import { plainName } from "./columns.ts";
import { type CsvRecord, csvRecords, quotedFields } from "./csv.ts";
import { looksLikeDigest } from "./digest-like.ts";
import type { ListFormat } from "./format.ts";
import { type Place, refusal } from "./refusal.ts";
import { headText } from "./text.ts";
import { hexDigest, wholeNumber } from "./values.ts";

interface Header {
  readonly width: number;
  readonly digests: readonly { readonly at: number; readonly algorithm: AlgorithmName }[];
  /** Positions of the columns that are not known. */
  readonly unknown: readonly number[];
  /** Position of the size, -1 when there is none. */
  readonly size: number;
}

const notRead: ReadonlySet<string> = new Set(["crc32", "filename", "productcode", "opsystemcode", "specialcode"]);
const algorithms: Readonly<Record<string, AlgorithmName>> = { sha1: "sha1", md5: "md5", sha256: "sha256" };

/**
 * `NSRLFile.txt` of NSRL's RDS versions 1.5 and 2: known software.
 *
 * Shape:  `"SHA-1","MD5","CRC32","FileName","FileSize","ProductCode","OpSystemCode","SpecialCode"` in any order (1.5 has another), found by name; one
 *         reference a row, without id or category; file names and CRC32 are not kept. What looks like a digest in a further column is "other".
 * Errors: Failure("list-refused") for a row whose number of fields is not the header's, and a column that stands twice.
 * Source: NIST, "Data Formats of the NSRL Reference Data Set Distribution".
 */
export const nsrlRds2: ListFormat = {
  name: "nsrl-rds2",
  describes: "NSRL RDS 2 text (NSRLFile.txt): known software",
  onlyKind: "known",
  recognises: isRds2Head,
  async *read(file) {
    let header: Header | null = null;
    for await (const records of csvRecords(file, ",")) {
      const references: Reference[] = [];
      for (const record of records) {
        const place = { file: file.name, line: record.line };
        if (header === null) header = headerOf(record, place);
        else references.push(rowReference(record, header, place));
      }
      if (references.length > 0) yield references;
    }
    if (header === null) throw refusal({ file: file.name, line: 1 }, "no header to the end of the file", "the columns of NSRLFile.txt");
  },
};

/** True when the first line is the header of NSRLFile.txt; own-csv leaves those alone. */
export function isRds2Head(head: Uint8Array): boolean {
  const first = headText(head).split("\n").find((line) => line.trim() !== "");
  const fields = first === undefined ? "misquoted" : quotedFields(first.replace(/\r$/, ""), ",");
  return typeof fields === "object" && isHeader(fields.map(plainName));
}

function isHeader(names: readonly string[]): boolean {
  return ["productcode", "filename", "opsystemcode"].every((name) => names.includes(name)) && (names.includes("sha1") || names.includes("md5"));
}

function headerOf({ fields }: CsvRecord, place: Place): Header {
  const names = fields.map(plainName);
  if (!isHeader(names)) throw refusal(place, "another first line", "the columns of NSRLFile.txt");
  if (new Set(names).size !== names.length) throw refusal(place, "a column that stands twice", "each column once");
  const digests = names.flatMap((name, at) => (Object.hasOwn(algorithms, name) ? [{ at, algorithm: algorithms[name]! }] : []));
  return { width: names.length, digests, size: names.indexOf("filesize"), unknown: [...names.keys()].filter((at) => names[at] !== "filesize" && !notRead.has(names[at]!) && !Object.hasOwn(algorithms, names[at]!)) };
}

function rowReference({ fields }: CsvRecord, header: Header, place: Place): Reference {
  if (fields.length !== header.width) throw refusal(place, `${fields.length} fields`, `${header.width} as in the header`);
  const digests: Partial<Record<AlgorithmName, Uint8Array>> = {};
  for (const { at, algorithm } of header.digests) {
    const field = fields[at]!.trim();
    if (field !== "") digests[algorithm] = hexDigest(field, algorithm, place);
  }
  const sizeBytes = header.size === -1 ? null : wholeNumber(fields[header.size]!, "a size in bytes", Number.MAX_SAFE_INTEGER, place);
  return { where: `line ${place.line}`, recordId: null, category: null, digests, pdqQuality: null, sizeBytes, unmatchable: header.unknown.some((at) => looksLikeDigest(fields[at]!)) ? ["other"] : [] };
}
