import type { AlgorithmName, Reference } from "../model.ts";
import { columnMeaning, plainName, unmatchableName } from "./columns.ts";
import { beginsWithDigest } from "./digest-like.ts";
import type { ListFormat } from "./format.ts";
import { lineRuns } from "./lines.ts";
import { type Place, quotable, refusal } from "./refusal.ts";
import { headLines } from "./text.ts";
import { hexDigest, wholeNumber } from "./values.ts";

type Column = { readonly is: "size" } | { readonly is: "digest"; readonly algorithm: AlgorithmName } | { readonly is: "unmatchable"; readonly name: string };

const magic = "%%%% HASHDEEP-1.0";

/**
 * Known-files lists of hashdeep 1.0.
 *
 * Shape:  `%%%% HASHDEEP-1.0`, then `%%%% size,<algorithms>,filename`, `#` comments, rows without quoting; the name comes last, may hold commas
 *         and is not kept. Columns of algorithms that nobody computes here (whirlpool, tiger) make their rows unmatchable in that part only,
 *         as does a name that begins with a digest: the header may lack its column.
 * Errors: Failure("list-refused") when either header line is missing or stands a second time.
 * Source: hashdeep's manual page, "output format".
 */
export const hashdeep: ListFormat = {
  name: "hashdeep",
  describes: "known-files lists of hashdeep 1.0",
  recognises: (head) => headLines(head)[0]?.startsWith("%%%% HASHDEEP-") === true,
  async *read(file) {
    let columns: readonly Column[] | null = null;
    let magicSeen = false;
    for await (const run of lineRuns(file)) {
      const references: Reference[] = [];
      for (const [index, text] of run.texts.entries()) {
        if (text === "" || text.startsWith("#")) continue;
        const place = { file: file.name, line: run.first + index };
        if (columns !== null) references.push(rowReference(text, columns, place));
        else if (magicSeen) columns = columnsOf(text, place);
        else if (text.trimEnd() === magic) magicSeen = true;
        else throw refusal(place, "another first line", `"${magic}"`);
      }
      if (references.length > 0) yield references;
    }
    if (columns === null) throw refusal({ file: file.name, line: 1 }, "no header to the end of the file", `"${magic}" and the line of its columns`);
  },
};

function columnsOf(text: string, place: Place): readonly Column[] {
  const names = /^%%%% (.+)$/.exec(text)?.[1]?.trim().split(",");
  if (names?.pop() !== "filename" || names.length === 0) throw refusal(place, "no line of columns", '"%%%% size,<algorithms>,filename"');
  if (new Set(names.map(plainName)).size !== names.length) throw refusal(place, "a column that stands twice", "each column once");
  return names.map((name) => {
    const meaning = columnMeaning(name);
    if (meaning === "size_bytes") return { is: "size" };
    if (meaning === "md5" || meaning === "sha1" || meaning === "sha256" || meaning === "blake3") return { is: "digest", algorithm: meaning };
    if (!/^[a-z][a-z0-9-]{0,15}$/i.test(name)) throw refusal(place, `${quotable(name)} as a column`, "the name of an algorithm");
    return { is: "unmatchable", name: unmatchableName(name) };
  });
}

function rowReference(text: string, columns: readonly Column[], place: Place): Reference {
  if (text.startsWith("%%%%")) throw refusal(place, "a second header", "one list in a file");
  const fields = text.split(",");
  if (fields.length <= columns.length) throw refusal(place, `${fields.length} fields`, `${columns.length + 1}`);
  const digests: Partial<Record<AlgorithmName, Uint8Array>> = {};
  const unmatchable: string[] = [];
  let sizeBytes: number | null = null;
  for (const [index, column] of columns.entries()) {
    const field = fields[index]!;
    if (column.is === "size") sizeBytes = wholeNumber(field, "a size in bytes", Number.MAX_SAFE_INTEGER, place);
    else if (column.is === "digest") digests[column.algorithm] = hexDigest(field, column.algorithm, place);
    else if (!unmatchable.includes(column.name)) unmatchable.push(column.name);
  }
  if (beginsWithDigest(fields.slice(columns.length).join(",")) && !unmatchable.includes("other")) unmatchable.push("other");
  return { where: `line ${place.line}`, recordId: null, category: null, digests, pdqQuality: null, sizeBytes, unmatchable };
}
