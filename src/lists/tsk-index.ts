import type { ListFormat } from "./format.ts";
import { digestReference, lineReferences } from "./line-references.ts";
import { refusal } from "./refusal.ts";
import { headText } from "./text.ts";
import { hexDigest } from "./values.ts";

const typeLine = /^0{41}\|[\w-]{1,40}\s*$/;
const nameLine = /^0{40}1\|/;
const entry = /^([0-9a-f]+)\|[0-9]{16}\s*$/i;

/**
 * Indexes that hfind of The Sleuth Kit writes beside a list (`.idx`), for MD5 or SHA-1.
 *
 * Shape:  41 zeros and the type of the indexed list; with newer versions a line with its name; then `HEX|offset` in ascending order. The offset
 *         leads into the indexed file and is not kept.
 * Errors: Failure("list-refused") for an entry below the one before it or of another length: a sorted file that is not sorted is damaged. That entries
 *         are missing at its end cannot be seen, since an index does not say how many it has.
 * Source: The Sleuth Kit, hfind; verified with files that version 4 wrote.
 */
export const tskIndex: ListFormat = {
  name: "tsk-index",
  describes: "indexes of The Sleuth Kit's hfind (.idx)",
  recognises: (head) => typeLine.test(headText(head).split("\n")[0] ?? ""),
  async *read(file) {
    let begun = false;
    let previous = "";
    yield* lineReferences(file, (text, place) => {
      if (!begun) {
        if (!typeLine.test(text)) throw refusal(place, "another first line", '41 zeros, "|" and the type of the indexed list');
        begun = true;
        return [];
      }
      if (place.line === 2 && nameLine.test(text)) return [];
      const digits = entry.exec(text)?.[1]?.toUpperCase();
      if (digits === undefined) throw refusal(place, "a line of another form", '"HEX|offset" with 16 digits of offset');
      if (previous !== "" && digits.length !== previous.length) throw refusal(place, `${digits.length} characters`, `${previous.length} as in the entries before`);
      if (digits < previous) throw refusal(place, "an entry below the one before it", "entries in ascending order");
      previous = digits;
      const algorithm = digits.length === 40 ? "sha1" : "md5";
      return [digestReference(`line ${place.line}`, { [algorithm]: hexDigest(digits, algorithm, place) })];
    });
    if (!begun) throw refusal({ file: file.name, line: 1 }, "no first line to the end of the file", '41 zeros, "|" and the type of the indexed list');
  },
};
