import type { Reference } from "../model.ts";
import { plainName } from "./columns.ts";
import { csvRecords, quotedFields } from "./csv.ts";
import { looksLikeDigest } from "./digest-like.ts";
import type { ListFile } from "./format.ts";
import { type Place, refusal } from "./refusal.ts";
import { headText } from "./text.ts";

/**
 * One row under a header.
 *
 * Shape: `names` the columns, plain; `field` the trimmed text of one, "" when it is empty or the header does not have it; `holdsOther` true when a
 *        column that is none of `read` holds what looks like a digest.
 */
export interface HeadedRow {
  readonly place: Place;
  readonly names: readonly string[];
  field(name: string): string;
  holdsOther(read: ReadonlySet<string>): boolean;
}

/** Plain names (`plainName`) in the first line of a file that is delimited by commas; none when it is no header. */
export function headerNames(head: Uint8Array): readonly string[] {
  const first = headText(head).split("\n").find((line) => line.trim() !== "")?.replace(/\r$/, "");
  const fields = first === undefined ? "misquoted" : quotedFields(first, ",");
  return typeof fields === "object" ? fields.map(plainName) : [];
}

/**
 * What `row` makes of each row of a list with a header, columns found by their plain names.
 *
 * Shape:  `rowMark` what each row holds, as of `csvRecords`; `row` refuses one without it.
 * Errors: Failure("list-refused") for a header without one of `needed` or with a column that stands twice, and a row of another width.
 */
export async function* headedReferences(file: ListFile, needed: readonly string[], row: (row: HeadedRow) => readonly Reference[], rowMark?: RegExp): AsyncGenerator<readonly Reference[]> {
  let header: ReadonlyMap<string, number> | null = null;
  let names: readonly string[] = [];
  for await (const records of csvRecords(file, ",", rowMark)) {
    const references: Reference[] = [];
    for (const { line, fields } of records) {
      const place = { file: file.name, line };
      if (header === null) {
        header = headerOf(fields, needed, place);
        names = fields.map(plainName);
        continue;
      }
      if (fields.length !== names.length) throw refusal(place, `${fields.length} fields`, `${names.length} as in the header`);
      const [columns, columnNames] = [header, names];
      references.push(...row({
        place,
        names: columnNames,
        field: (name) => fields[columns.get(name) ?? -1]?.trim() ?? "",
        holdsOther: (read) => fields.some((field, at) => !read.has(columnNames[at]!) && looksLikeDigest(field)),
      }));
    }
    if (references.length > 0) yield references;
  }
  if (header === null) throw refusal({ file: file.name, line: 1 }, "no header to the end of the file", `columns ${needed.join(", ")}`);
}

function headerOf(fields: readonly string[], needed: readonly string[], place: Place): ReadonlyMap<string, number> {
  const names = fields.map(plainName);
  const missing = needed.find((name) => !names.includes(name));
  if (missing !== undefined) throw refusal(place, `no column ${missing}`, `columns ${needed.join(", ")}`);
  const header = new Map<string, number>();
  for (const [at, name] of names.entries()) {
    if (name !== "" && header.has(name)) throw refusal(place, "a column that stands twice", "each column once");
    header.set(name, at);
  }
  return header;
}
