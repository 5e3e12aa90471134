import type { Reference } from "../model.ts";
import { columnMeaning, unmatchableName } from "./columns.ts";
import { beginsWithDigest } from "./digest-like.ts";
import type { ListFormat, ReadOptions } from "./format.ts";
import { lineRuns } from "./lines.ts";
import { bareReference } from "./plain.ts";
import { type Place, refusal } from "./refusal.ts";
import { headLines } from "./text.ts";
import { hexDigest } from "./values.ts";

// A leading backslash says that the name is escaped; the name is passed over in either form. With one blank only (md5 -r), what follows may not be a
// second digest: such a row is not ours, and would lose it.
const gnu = /^\\?([0-9a-f]+) (?: ([^]+)|\*[^]+|(?![0-9a-f]{32,}(?:[\s,;|]|$))[^ *][^]*)$/i;
const tagged = /^\\?([A-Z][A-Z0-9/-]{1,15}) \([^]+\) = (\S*)$/i;

/**
 * What md5sum, sha1sum, sha256sum and b3sum write, with or without `--tag`, and `md5 -r`.
 *
 * Shape:  `hex  name`, `hex *name` or `hex name` (a backslash before the digits marks an escaped name), or `ALGORITHM (name) = hex`; empty lines and
 *         `#` comments are passed over. 64 digits without a tag are never guessed. A tag of another algorithm makes an unmatchable row.
 *         Names are not kept; where one begins with a digest and no "*" says that it is a name, which may be a column more, the row says so in `unmatchable` as "other".
 * Source: GNU coreutils manual, "md5 invocation".
 */
export const sums: ListFormat = {
  name: "sums",
  describes: "checksum files of md5sum, sha1sum, sha256sum, b3sum, plain or with --tag",
  recognises(head) {
    const first = headLines(head)[0];
    if (first === undefined) return false;
    const digits = gnu.exec(first)?.[1]?.length;
    return digits === 32 || digits === 40 || digits === 64 || tagged.test(first);
  },
  usesAlgorithm: true,
  async *read(file, options) {
    for await (const run of lineRuns(file)) {
      const references: Reference[] = [];
      for (const [index, text] of run.texts.entries()) {
        if (text.trim() === "" || text.startsWith("#")) continue;
        references.push(sumReference(text, options, { file: file.name, line: run.first + index }));
      }
      if (references.length > 0) yield references;
    }
  },
};

function sumReference(text: string, options: ReadOptions, place: Place): Reference {
  const [, digits, name = ""] = gnu.exec(text) ?? [];
  if (digits !== undefined) return bareReference(digits, options.algorithm, place, beginsWithDigest(name));
  const [, tag, value] = tagged.exec(text) ?? [];
  if (tag === undefined || value === undefined) throw refusal(place, "a line of another form", '"hex  name" or "ALGORITHM (name) = hex"');
  const meaning = columnMeaning(tag);
  const bare = { where: `line ${place.line}`, recordId: null, category: null, pdqQuality: null, sizeBytes: null };
  if (meaning === "md5" || meaning === "sha1" || meaning === "sha256" || meaning === "blake3")
    return { ...bare, digests: { [meaning]: hexDigest(value, meaning, place) }, unmatchable: [] };
  return { ...bare, digests: {}, unmatchable: [unmatchableName(tag)] };
}
