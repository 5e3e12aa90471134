import type { AlgorithmName } from "../model.ts";
import { columnMeaning, isDigestColumn } from "./columns.ts";
import type { ListFormat } from "./format.ts";
import { headedReferences, type HeadedRow, headerNames } from "./headed-csv.ts";
import { digestReference } from "./line-references.ts";
import { refusal } from "./refusal.ts";
import { hexDigest, plainText, wholeNumber } from "./values.ts";

/**
 * The `.hsh` of a HashKeeper hash set: MD5 with sizes, and digests of further columns.
 *
 * Shape:  `"file_id","hashset_id","file_name","directory","hash","file_size",...`, columns by name; `recordId` is file_id. Columns that are
 *         named after other algorithms are read as well; what looks like a digest in any other is "other". Names, paths, times and comments are not kept. Whether the set is notable stands in the `.hke` beside it, and is the importer's to state.
 * Errors: Failure("list-refused") for a `.hke`, which describes a set and holds no digests.
 * Source: HashKeeper's file layout as hfind of The Sleuth Kit reads it.
 */
export const hashkeeper: ListFormat = {
  name: "hashkeeper",
  describes: "HashKeeper hash sets (.hsh)",
  recognises: (head) => isHashkeeperHead(head) || isDescription(headerNames(head)),
  async *read(file) {
    if (isDescription(headerNames(file.head))) throw refusal({ file: file.name, line: 1 }, "the .hke of a hash set, which only describes it", "its .hsh");
    yield* headedReferences(file, ["fileid", "hash"], (row) => {
      const { place, field } = row;
      const sizeBytes = wholeNumber(field("filesize"), "a size in bytes", Number.MAX_SAFE_INTEGER, place);
      const unmatchable = row.holdsOther(new Set(["hash", ...row.names.filter((name) => algorithmOf(name) !== null)])) ? ["other"] : [];
      return [digestReference(`line ${place.line}`, digestsOf(row), { unmatchable, recordId: plainText(field("fileid"), "record id", place), sizeBytes })];
    });
  },
};

function digestsOf({ place, names, field }: HeadedRow): Readonly<Partial<Record<AlgorithmName, Uint8Array>>> {
  const digests: Partial<Record<AlgorithmName, Uint8Array>> = {};
  for (const name of names) {
    const algorithm = algorithmOf(name);
    const digits = field(name);
    if (algorithm === null || digits === "") continue;
    const digest = hexDigest(digits, algorithm, place);
    const earlier = digests[algorithm];
    if (earlier !== undefined && Buffer.compare(earlier, digest) !== 0) throw refusal(place, `two different digests of ${algorithm}`, "one");
    digests[algorithm] = digest;
  }
  return digests;
}

function algorithmOf(name: string): AlgorithmName | null {
  if (name === "hash") return "md5";
  const meaning = columnMeaning(name);
  return meaning !== "hash" && isDigestColumn(meaning) ? meaning : null;
}

/** True when the first line is the header of a `.hsh`; own-csv leaves those alone. */
export function isHashkeeperHead(head: Uint8Array): boolean {
  const names = headerNames(head);
  return names[0] === "fileid" && names.includes("hashsetid") && names.includes("hash");
}

function isDescription(names: readonly string[]): boolean {
  return names[0] === "hashsetid" && names.includes("notableflag");
}
