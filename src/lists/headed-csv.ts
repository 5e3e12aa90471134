import type { Reference } from "../model.ts";
import { plainName } from "./columns.ts";
import { csvRecords, quotedFields } from "./csv.ts";
import type { ListFile } from "./format.ts";
import { type Place, refusal } from "./refusal.ts";
import { headText } from "./text.ts";

/** One row under a header. `field`: the trimmed text of a column, "" when it is empty or the header does not have it. */
export interface HeadedRow {
  readonly place: Place;
  field(name: string): string;
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
  let width = 0;
  for await (const records of csvRecords(file, ",", rowMark)) {
    const references: Reference[] = [];
    for (const { line, fields } of records) {
      const place = { file: file.name, line };
      if (header === null) {
        header = headerOf(fields, needed, place);
        width = fields.length;
        continue;
      }
      if (fields.length !== width) throw refusal(place, `${fields.length} fields`, `${width} as in the header`);
      const columns = header;
      references.push(...row({ place, field: (name) => fields[columns.get(name) ?? -1]?.trim() ?? "" }));
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
