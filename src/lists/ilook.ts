import type { AlgorithmName } from "../model.ts";
import { columnMeaning, unmatchableName } from "./columns.ts";
import type { ListFormat } from "./format.ts";
import { headedReferences, type HeadedRow, headerNames } from "./headed-csv.ts";
import { digestReference } from "./line-references.ts";
import { refusal } from "./refusal.ts";
import { hexDigest, wholeNumber } from "./values.ts";

const read: ReadonlySet<string> = new Set(["v1hash", "v3hash", "v4hash", "hashsha1", "hashsha256", "hashsha384", "hashsha512"]);
const firstColumns: readonly string[] = ["v1hash", "v3hash", "v4hash"];

/**
 * Hash sets of iLook, versions 1, 3 and 4 of the file.
 *
 * Shape:  `V1Hash,HashType,SetDescription,FileName,FilePath,FileSize`, or `V3Hash,HashSHA1,FileName,FilePath,FileSize,HashSHA256,HashSHA384,HashSHA512`
 *         with further columns of times in V4. The first column is MD5 unless HashType says another thing; what is no
 *         algorithm known here makes the row unmatchable, as does what looks like a digest in another column. Names and paths are not kept.
 * Errors: Failure("list-refused") for a row of another width than the header's: file names of these files are not known to be quoted, and a comma
 *         in one moves every column after it.
 * Source: the headers that md5deep recognises.
 */
export const ilook: ListFormat = {
  name: "ilook",
  describes: "iLook hash sets (V1Hash, V3Hash or V4Hash CSV)",
  recognises: isIlookHead,
  async *read(file) {
    const first = headerNames(file.head)[0];
    if (first === undefined || !firstColumns.includes(first)) throw refusal({ file: file.name, line: 1 }, "another first column", "V1Hash, V3Hash or V4Hash");
    yield* headedReferences(file, [first, "filesize"], (row) => {
      const { place, field } = row;
      const { digests, unmatchable } = fingerprints(row, first);
      const sizeBytes = wholeNumber(field("filesize"), "a size in bytes", Number.MAX_SAFE_INTEGER, place);
      return [digestReference(`line ${place.line}`, digests, { sizeBytes, unmatchable })];
    });
  },
};

/** True when the first line is the header of such a set; own-csv leaves those alone. */
export function isIlookHead(head: Uint8Array): boolean {
  const names = headerNames(head);
  return firstColumns.includes(names[0] ?? "") && names.includes("filesize");
}

function fingerprints({ place, field, holdsOther }: HeadedRow, first: string): { readonly digests: Readonly<Partial<Record<AlgorithmName, Uint8Array>>>; readonly unmatchable: readonly string[] } {
  const digests: Partial<Record<AlgorithmName, Uint8Array>> = {};
  const unmatchable: string[] = [];
  const stated = field("hashtype");
  // MD4 and RIPEMD-128 have as many digits as MD5.
  const type = stated === "" ? "md5" : columnMeaning(stated);
  const columns = [[first, type], ["hashsha1", "sha1"], ["hashsha256", "sha256"]] as const;
  for (const [column, algorithm] of columns) {
    const digits = field(column);
    if (digits === "") continue;
    if (algorithm === "md5" || algorithm === "sha1" || algorithm === "sha256") digests[algorithm] = hexDigest(digits, algorithm, place);
    else unmatchable.push(unmatchableName(stated));
  }
  for (const [column, name] of [["hashsha384", "sha384"], ["hashsha512", "sha512"]] as const) if (field(column) !== "") unmatchable.push(name);
  if (holdsOther(read) && !unmatchable.includes("other")) unmatchable.push("other");
  return { digests, unmatchable };
}
