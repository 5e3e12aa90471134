import { beginsWithDigest } from "./digest-like.ts";
import type { ListFormat } from "./format.ts";
import { lineReferences } from "./line-references.ts";
import { bareReference } from "./plain.ts";
import { refusal } from "./refusal.ts";
import { headLines } from "./text.ts";
import { wholeNumber } from "./values.ts";

// `size  hex  name` (-z), with the comma form of -c; a name always follows.
const sized = /^ *([0-9]{1,16})(?: {2}([0-9a-f]+) ([^]+)|, ([0-9a-f]+),([^]+))$/i;
// `hex,name` (-c). A number, or a second digest, after the comma is another program's column, and would be lost.
const delimited = /^([0-9a-f]+),(?!(?:[0-9]+|[0-9a-f]{32,})(?:,|$))([^,][^]*)$/i;

/**
 * What md5deep, sha1deep and sha256deep write with `-z` (a column of sizes) or `-c` (commas), or both, with any of `-k` and `-t`.
 *
 * Shape:  `      size  hex  name`, `      size, hex,name` or `hex,name`; empty lines and `#` comments are passed over. 64 digits are never guessed.
 *         Names and times are not kept; where a name begins with a digest the row says so in `unmatchable` as "other". Without either option the lines are those of `sums`.
 * Errors: Failure("list-refused") for a line of another form, a digest of another length, and a row of another form than the first one's.
 * Source: md5deep's manual page; its output.
 */
export const md5deep: ListFormat = {
  name: "md5deep",
  describes: "lists of md5deep, sha1deep, sha256deep with sizes (-z) or commas (-c)",
  recognises(head) {
    const first = headLines(head)[0];
    const digits = first === undefined ? undefined : parts(first)?.digits.length;
    return digits === 32 || digits === 40 || digits === 64;
  },
  usesAlgorithm: true,
  async *read(file, options) {
    let withSize: boolean | null = null;
    yield* lineReferences(file, (text, place) => {
      const row = parts(text);
      if (row === null) throw refusal(place, "a line of another form", '"size  hex  name", "size, hex,name" or "hex,name"');
      withSize ??= row.size !== null;
      if (withSize !== (row.size !== null)) throw refusal(place, `a row ${withSize ? "without" : "with"} a size`, "rows of the form of the first one");
      const sizeBytes = row.size === null ? null : wholeNumber(row.size, "a size in bytes", Number.MAX_SAFE_INTEGER, place);
      return [{ ...bareReference(row.digits, options.algorithm, place, beginsWithDigest(row.name)), sizeBytes }];
    });
  },
};

function parts(text: string): { readonly size: string | null; readonly digits: string; readonly name: string } | null {
  const [, size, spaced, spacedName, comma, commaName] = sized.exec(text) ?? [];
  const digits = spaced ?? comma;
  if (size !== undefined && digits !== undefined) return { size, digits, name: spacedName ?? commaName ?? "" };
  const [, bare, name = ""] = delimited.exec(text) ?? [];
  return bare === undefined ? null : { size: null, digits: bare, name };
}
