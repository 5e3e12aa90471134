import type { ListFormat } from "./format.ts";
import { headedReferences, headerNames } from "./headed-csv.ts";
import { digestReference } from "./line-references.ts";
import { refusal } from "./refusal.ts";
import { hexDigest, plainText, wholeNumber } from "./values.ts";

/**
 * The `.hsh` of a HashKeeper hash set: MD5 with sizes.
 *
 * Shape:  `"file_id","hashset_id","file_name","directory","hash","file_size",...`, columns by name; `recordId` is file_id. Names, paths, times and
 *         comments are not kept. Whether the set is notable stands in the `.hke` beside it, and is the importer's to state.
 * Errors: Failure("list-refused") for a `.hke`, which describes a set and holds no digests.
 * Source: HashKeeper's file layout as hfind of The Sleuth Kit reads it.
 */
export const hashkeeper: ListFormat = {
  name: "hashkeeper",
  describes: "HashKeeper hash sets (.hsh)",
  recognises: (head) => isHashkeeperHead(head) || isDescription(headerNames(head)),
  async *read(file) {
    if (isDescription(headerNames(file.head))) throw refusal({ file: file.name, line: 1 }, "the .hke of a hash set, which only describes it", "its .hsh");
    yield* headedReferences(file, ["fileid", "hash"], ({ place, field }) => {
      const digits = field("hash");
      const digests = digits === "" ? {} : { md5: hexDigest(digits, "md5", place) };
      const sizeBytes = wholeNumber(field("filesize"), "a size in bytes", Number.MAX_SAFE_INTEGER, place);
      return [digestReference(`line ${place.line}`, digests, { recordId: plainText(field("fileid"), "record id", place), sizeBytes })];
    });
  },
};

/** True when the first line is the header of a `.hsh`; own-csv leaves those alone. */
export function isHashkeeperHead(head: Uint8Array): boolean {
  const names = headerNames(head);
  return names[0] === "fileid" && names.includes("hashsetid") && names.includes("hash");
}

function isDescription(names: readonly string[]): boolean {
  return names[0] === "hashsetid" && names.includes("notableflag");
}
