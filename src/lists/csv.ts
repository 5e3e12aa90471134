import type { ListFile } from "./format.ts";
import { lineRuns, longestItemBytes } from "./lines.ts";
import { refusal } from "./refusal.ts";

export type Delimiter = "," | ";" | "\t";

/** One record of delimited text. Shape: `line` is the line on which it begins. */
export interface CsvRecord {
  readonly line: number;
  readonly fields: readonly string[];
}

const anything = /^/;

/**
 * Records of delimited text with quotes as RFC 4180 has them: a quoted field may hold delimiters, line ends (given as LF) and doubled quotes.
 * Empty lines are passed over.
 *
 * Errors: Failure("list-refused") for a quote inside an unquoted field, text after a closing quote, and a quoted field that does not end
 *         with the file or within 1 MiB; for quoted fields of several lines that hold 32 hex digits in a row and, together, as many delimiters as a row has:
 *         that is what two stray quotes make of rows, and with fewer no row of the first one's width can be hidden; nor, where each row is known to
 *         hold a `rowMark`, in fields without one.
 */
export async function* csvRecords(file: ListFile, delimiter: Delimiter, rowMark = anything): AsyncGenerator<readonly CsvRecord[]> {
  let open: { line: number; text: string } | null = null;
  let width: number | null = null;
  for await (const run of lineRuns(file)) {
    const records: CsvRecord[] = [];
    for (const [index, text] of run.texts.entries()) {
      if (open === null && text === "") continue;
      if (open === null && !text.includes('"')) {
        const fields = text.split(delimiter);
        width ??= fields.length;
        records.push({ line: run.first + index, fields });
        continue;
      }
      const begun: { line: number; text: string } = open === null ? { line: run.first + index, text } : { line: open.line, text: `${open.text}\n${text}` };
      const place = { file: file.name, line: begun.line };
      if (begun.text.length > longestItemBytes) throw refusal(place, "a row of more than 1 MiB", "a quoted field that ends");
      // Only a line with an odd number of quotes opens or closes a field; the others of a long field are not parsed again and again.
      if (open !== null && !oddQuotes(text)) {
        open = begun;
        continue;
      }
      const fields = quotedFields(begun.text, delimiter);
      if (typeof fields === "object") {
        width ??= fields.length;
        if (open !== null && mayHideRow(fields, delimiter, width, rowMark)) throw refusal(place, "a quoted field of several lines with a digest in it and the delimiters of a row", "a quote that closes in its own row");
        records.push({ line: begun.line, fields });
      }
      open = fields === "open" ? begun : null;
      if (fields === "misquoted") throw refusal(place, "a quote in the middle of a field", "quotes around whole fields, doubled inside (RFC 4180)");
    }
    if (records.length > 0) yield records;
  }
  if (open !== null) throw refusal({ file: file.name, line: open.line }, "the end of the file inside a quoted field", "its closing quote");
}

/** The fields of one record; "open" when a quoted field goes on in the next line, "misquoted" when the quotes do not fit RFC 4180. */
export function quotedFields(text: string, delimiter: Delimiter): readonly string[] | "open" | "misquoted" {
  const fields: string[] = [];
  for (let at = 0; ; at++) {
    if (text[at] === '"') {
      let end = text.indexOf('"', at + 1);
      while (end !== -1 && text[end + 1] === '"') end = text.indexOf('"', end + 2);
      if (end === -1) return "open";
      fields.push(text.slice(at + 1, end).replaceAll('""', '"'));
      at = end + 1;
      if (at < text.length && text[at] !== delimiter) return "misquoted";
    } else {
      const next = text.indexOf(delimiter, at);
      const end = next === -1 ? text.length : next;
      const field = text.slice(at, end);
      if (field.includes('"')) return "misquoted";
      fields.push(field);
      at = end;
    }
    if (at >= text.length) return fields;
  }
}

/** Whoever reads the records refuses those of another width: so a row that is hidden in quoted fields brought all its delimiters into them. */
function mayHideRow(fields: readonly string[], delimiter: Delimiter, width: number, rowMark: RegExp): boolean {
  if (!fields.some((field) => field.includes("\n") && /[0-9a-f]{32}/i.test(field) && rowMark.test(field))) return false;
  return fields.reduce((sum, field) => sum + field.split(delimiter).length - 1, 0) >= width - 1;
}

function oddQuotes(text: string): boolean {
  let odd = false;
  for (let at = text.indexOf('"'); at !== -1; at = text.indexOf('"', at + 1)) odd = !odd;
  return odd;
}
