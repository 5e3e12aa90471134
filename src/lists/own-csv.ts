import type { AlgorithmName, Reference } from "../model.ts";
import { type ColumnMeaning, columnMeaning, isDigestColumn, namesAlgorithm, plainName, unmatchableName } from "./columns.ts";
import { type CsvRecord, csvRecords, type Delimiter, quotedFields } from "./csv.ts";
import { looksLikeDigest } from "./digest-like.ts";
import type { ListFormat, ReadOptions } from "./format.ts";
import { isHashkeeperHead } from "./hashkeeper.ts";
import { isIcseHead } from "./icse-csv.ts";
import { isIlookHead } from "./ilook.ts";
import { isRds2Head } from "./nsrl-rds2.ts";
import { type Place, quotable, refusal } from "./refusal.ts";
import { headText } from "./text.ts";
import { bareAlgorithm, hexDigest, plainText, wholeNumber } from "./values.ts";

interface Header {
  readonly width: number;
  readonly columns: readonly { readonly at: number; readonly name: string; readonly meaning: ColumnMeaning }[];
  /** Positions of the columns whose names say nothing here. */
  readonly unknown: readonly { readonly at: number; readonly namesAlgorithm: boolean }[];
}

const longWord = /^\S{16,}$/;
const categoryLike: ReadonlySet<string> = new Set(["cat", "class", "classification", "grade", "level", "rating", "severity"]);
const delimiters: readonly Delimiter[] = [",", ";", "\t"];

/**
 * Delimited text with a header: the canonical list of this program, and what agencies export in the same manner.
 *
 * Shape:  `record_id,md5,sha1,sha256,blake3,pdq,pdq_quality,size_bytes,category,scale`: any of them in any order with at least one digest,
 *         known under aliases (`columns.ts`) in any case; `hash` is a digest whose length or the operator names the algorithm. At least two
 *         columns, delimited by comma, semicolon or tab; quotes as in RFC 4180. Columns of other names are passed over; where one holds a digest
 *         in any form, or has an algorithm in its name and a long word in it (`sha1_base32`), the row says so in `unmatchable` as "other", so that a column under an unforeseen name is not lost without a trace.
 * Errors: Failure("list-refused") for a row whose number of fields is not the header's, a column that stands twice, rows of another
 *         scale than the operator's, and a column that may hold categories under another name, unless there are others or the operator's.
 */
export const ownCsv: ListFormat = {
  name: "own-csv",
  describes: "delimited text with a header: record_id, md5, sha1, sha256, blake3, pdq, pdq_quality, size_bytes, category; or hash,category",
  recognises: (head) => delimiterOf(headText(head)) !== undefined && ![isIcseHead, isRds2Head, isHashkeeperHead, isIlookHead].some((claims) => claims(head)),
  usesAlgorithm: true,
  async *read(file, options) {
    const delimiter = delimiterOf(headText(file.head));
    if (delimiter === undefined) throw refusal({ file: file.name, line: 1 }, "no header with a column of digests", "names such as md5, sha1 or hash, and a delimiter");
    let header: Header | null = null;
    for await (const records of csvRecords(file, delimiter)) {
      const references: Reference[] = [];
      for (const record of records) {
        const place = { file: file.name, line: record.line };
        if (header === null) header = headerOf(record, options, place);
        else references.push(rowReference(record, header, options, place));
      }
      if (references.length > 0) yield references;
    }
  },
};

/** The delimiter under which the first line is a header of ours, undefined when there is none. */
function delimiterOf(text: string): Delimiter | undefined {
  const first = text.split("\n").find((line) => line.trim() !== "")?.replace(/\r$/, "");
  // A run of 32 hex digits is a row, and NUL is no text, whatever else the line says.
  if (first === undefined || first.includes("\0") || /[0-9a-f]{32}/i.test(first)) return undefined;
  return delimiters.find((delimiter) => {
    const fields = quotedFields(first, delimiter);
    return typeof fields === "object" && fields.length > 1 && fields.some((field) => isDigestColumn(columnMeaning(field)));
  });
}

function headerOf(record: CsvRecord, options: ReadOptions, place: Place): Header {
  const columns = record.fields.flatMap((field, at) => {
    const meaning = columnMeaning(field);
    return meaning === undefined ? [] : [{ at, meaning, name: meaning === "unmatchable" ? unmatchableName(field) : meaning }];
  });
  const twice = columns.find(({ name }, index) => columns.findIndex((other) => other.name === name) !== index);
  if (twice !== undefined) throw refusal(place, `two columns of ${twice.name}`, "each at most once");
  const unknown = [...record.fields.keys()].filter((at) => columnMeaning(record.fields[at]!) === undefined);
  const lost = unknown.find((at) => looksLikeCategory(record.fields[at]!));
  if (lost !== undefined && options.category === undefined && !columns.some(({ meaning }) => meaning === "category"))
    throw refusal(place, `${quotable(record.fields[lost]!.trim())} as a column, and no column category`, 'the name "category" for the column of codes, or --category for all rows');
  return { width: record.fields.length, columns, unknown: unknown.map((at) => ({ at, namesAlgorithm: namesAlgorithm(record.fields[at]!) })) };
}

function looksLikeCategory(field: string): boolean {
  const plain = plainName(field);
  return categoryLike.has(plain) || /[ck]at[eé]g/.test(plain);
}

function rowReference(record: CsvRecord, header: Header, options: ReadOptions, place: Place): Reference {
  if (record.fields.length !== header.width) throw refusal(place, `${record.fields.length} fields`, `${header.width} as in the header`);
  const digests: Partial<Record<AlgorithmName, Uint8Array>> = {};
  const unmatchable: string[] = [];
  let recordId: string | null = null;
  let category: string | null = null;
  let pdqQuality: number | null = null;
  let sizeBytes: number | null = null;
  for (const { at, name, meaning } of header.columns) {
    const field = record.fields[at]!.trim();
    if (field === "") continue;
    if (meaning === "record_id") recordId = plainText(field, "record id", place);
    else if (meaning === "category") category = plainText(field, "category", place);
    else if (meaning === "pdq_quality") pdqQuality = wholeNumber(field, "a PDQ quality", 100, place);
    else if (meaning === "size_bytes") sizeBytes = wholeNumber(field, "a size in bytes", Number.MAX_SAFE_INTEGER, place);
    else if (meaning === "unmatchable") unmatchable.push(name);
    else if (meaning === "scale") checkScale(field, options.scale, place);
    else addDigest(digests, meaning === "hash" ? bareAlgorithm(field.length, options.algorithm, place) : meaning, field, place);
  }
  for (const { at, namesAlgorithm: named } of header.unknown) {
    const field = record.fields[at]!.trim();
    if ((looksLikeDigest(field) || (named && longWord.test(field))) && !unmatchable.includes("other")) unmatchable.push("other");
  }
  return { where: `line ${place.line}`, recordId, category, digests, pdqQuality, sizeBytes, unmatchable };
}

function addDigest(digests: Partial<Record<AlgorithmName, Uint8Array>>, algorithm: AlgorithmName, text: string, place: Place): void {
  if (digests[algorithm] !== undefined) throw refusal(place, `two digests of ${algorithm}`, "one");
  digests[algorithm] = hexDigest(text, algorithm, place);
}

function checkScale(found: string, chosen: string | undefined, place: Place): void {
  if (chosen !== undefined && found !== chosen) throw refusal(place, `a row of the scale ${quotable(found)}`, `the scale "${chosen}" that was chosen for the list`);
}
