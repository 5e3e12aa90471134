import { type AlgorithmName, digestBytes, type Reference } from "../model.ts";
import { columnMeaning, plainName, unmatchableName } from "./columns.ts";
import { looksLikeDigest } from "./digest-like.ts";
import type { ListFormat } from "./format.ts";
import { lineRuns } from "./lines.ts";
import { type Place, quotable, refusal } from "./refusal.ts";
import { sensitiveTexts } from "./sensitive-fields.ts";
import { headText } from "./text.ts";
import { hexDigest, plainText } from "./values.ts";

type Column = AlgorithmName | "record id" | "baseline" | "series" | "unmatchable" | "unknown";

const yes: ReadonlySet<string> = new Set(["y", "yes", "t", "true"]);
const no: ReadonlySet<string> = new Set(["n", "no", "f", "false"]);

/**
 * Exports of INTERPOL's ICSE database: `MD5;SHA1;PhotoDNA;Image ID;...;Series name;...;Baseline`.
 *
 * Shape:  columns by name in any order, delimited by semicolons, a row to a line. Category "Y" or "N" as Baseline says, of the scale
 *         interpol-baseline; null when it says nothing. Fields may be quoted or not; a quote inside an unquoted field is text. Empty fields beyond
 *         the header's are passed over.
 * Errors: Failure("list-refused") for a row with fewer fields than the header or more that say something, for quotes that do not close
 *         before the next semicolon or the end of the line, and for a Baseline that is neither yes nor no.
 * Source: a public reader (IPED); the layout itself is not public.
 */
export const icseCsv: ListFormat = {
  name: "icse-csv",
  describes: "INTERPOL ICSE exports: MD5;SHA1;PhotoDNA;Image ID;...;Baseline",
  recognises: isIcseHead,
  usesKeepSensitive: true,
  async *read(file, { keepSensitive = false }) {
    let columns: readonly { readonly column: Column; readonly name: string }[] | null = null;
    for await (const run of lineRuns(file)) {
      const references: Reference[] = [];
      for (const [index, text] of run.texts.entries()) {
        if (text.trim() === "") continue;
        const place = { file: file.name, line: run.first + index };
        const fields = fieldsOf(text, place);
        if (columns === null) columns = columnsOf(fields, place);
        else references.push(rowReference(fields, columns, keepSensitive, place));
      }
      if (references.length > 0) yield references;
    }
    if (columns === null) throw refusal({ file: file.name, line: 1 }, "no header to the end of the file", "MD5;SHA1;PhotoDNA;Image ID;...;Baseline");
  },
};

/** True when the first line is the header of such an export; own-csv leaves those alone. */
export function isIcseHead(head: Uint8Array): boolean {
  const first = headText(head).split("\n").find((line) => line.trim() !== "");
  if (first === undefined) return false;
  const names = first.split(";").map((field) => plainName(field.trim().replace(/^"(.*)"$/, "$1")));
  return names.includes("baseline") && names.includes("imageid") && (names.includes("md5") || names.includes("sha1"));
}

function fieldsOf(text: string, place: Place): readonly string[] {
  const fields: string[] = [];
  for (let at = 0; ; at += 1) {
    const from = at;
    while (text[at] === " ") at += 1;
    if (text[at] === '"') {
      let end = text.indexOf('"', at + 1);
      while (end !== -1 && text[end + 1] === '"') end = text.indexOf('"', end + 2);
      const after = end === -1 ? -1 : /^ *(?:;|$)/.exec(text.slice(end + 1))?.[0].length ?? -1;
      if (after === -1) throw refusal(place, "a quoted field that does not close before the next semicolon or the end of the line", "its closing quote");
      fields.push(text.slice(at + 1, end).replaceAll('""', '"'));
      at = end + after;
      if (text[at] !== ";") return fields;
    } else {
      const end = text.indexOf(";", from);
      fields.push(text.slice(from, end === -1 ? text.length : end));
      if (end === -1) return fields;
      at = end;
    }
  }
}

function columnsOf(fields: readonly string[], place: Place): readonly { readonly column: Column; readonly name: string }[] {
  const columns = fields.map((field) => ({ column: columnOf(field), name: unmatchableName(field) }));
  const once: readonly Column[] = ["md5", "sha1", "sha256", "blake3", "pdq", "record id", "baseline", "series"];
  for (const column of once) if (columns.filter((found) => found.column === column).length > 1) throw refusal(place, `two columns of ${column}`, "each at most once");
  const missing = (["record id", "baseline"] as const).find((column) => !columns.some((found) => found.column === column));
  const digests = columns.some(({ column }) => column === "md5" || column === "sha1");
  if (missing !== undefined || !digests) throw refusal(place, `no column of ${missing ?? "md5 or sha1"}`, "MD5;SHA1;PhotoDNA;Image ID;...;Baseline");
  return columns;
}

function columnOf(field: string): Column {
  const plain = plainName(field);
  if (plain === "imageid") return "record id";
  if (plain === "baseline") return "baseline";
  if (plain === "seriesname" || plain === "series") return "series";
  const meaning = columnMeaning(field);
  if (meaning === "md5" || meaning === "sha1" || meaning === "sha256" || meaning === "blake3" || meaning === "pdq" || meaning === "unmatchable") return meaning;
  return "unknown";
}

function rowReference(fields: readonly string[], columns: readonly { readonly column: Column; readonly name: string }[], keepSensitive: boolean, place: Place): Reference {
  if (fields.length < columns.length || fields.slice(columns.length).some((field) => field.trim() !== "")) throw refusal(place, `${fields.length} fields`, `${columns.length} as in the header`);
  const digests: Partial<Record<AlgorithmName, Uint8Array>> = {};
  const unmatchable: string[] = [];
  let recordId: string | null = null;
  let category: string | null = null;
  let kept: Pick<Reference, "series"> = {};
  for (const [at, { column, name }] of columns.entries()) {
    const field = fields[at]!.trim();
    if (field === "") continue;
    if (column === "record id") recordId = plainText(field, "record id", place);
    else if (column === "baseline") category = flag(field, place);
    else if (column === "series") kept = keepSensitive ? { series: sensitiveTexts(field, "series", place) } : kept;
    else if (column === "unmatchable" || (column === "unknown" && looksLikeDigest(field))) note(unmatchable, column === "unknown" ? "other" : name);
    else if (column in digestBytes) digests[column as AlgorithmName] = hexDigest(field, column as AlgorithmName, place);
  }
  return { where: `line ${place.line}`, recordId, category, digests, pdqQuality: null, sizeBytes: null, unmatchable, ...kept };
}

function flag(field: string, place: Place): "Y" | "N" {
  const lower = field.toLowerCase();
  if (yes.has(lower)) return "Y";
  if (no.has(lower)) return "N";
  throw refusal(place, `${quotable(field)} as Baseline`, "y, yes, t, true, n, no, f or false");
}

function note(names: string[], name: string): void {
  if (!names.includes(name)) names.push(name);
}
