import type { AlgorithmName, Reference } from "../model.ts";
import { columnMeaning, isDigestColumn } from "./columns.ts";
import type { ListFormat } from "./format.ts";
import { lineRuns } from "./lines.ts";
import { type Place, refusal } from "./refusal.ts";
import { headLines, headText } from "./text.ts";
import { bareAlgorithm, hexDigest } from "./values.ts";

/**
 * One bare hex digest a line.
 *
 * Shape:  the first line may name the type ("MD5", "SHA-256", "PDQ", or "hash" for none); empty lines and `#` comments are passed over.
 *         Without a type, 32 digits are MD5 and 40 SHA-1, line by line; 64 are never guessed.
 * Source: the text form that X-Ways Forensics imports and exports; PDQ text of the public reference.
 */
export const plain: ListFormat = {
  name: "plain",
  describes: "one bare hex digest a line, the first line may name the type (X-Ways text, PDQ text)",
  recognises(head) {
    const first = headLines(head)[0]?.trim();
    // The binary hash sets of EnCase begin with what looks like a line that says "hash".
    return first !== undefined && !headText(head).includes("\0") && (/^(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64})$/i.test(first) || isDigestColumn(columnMeaning(first)));
  },
  usesAlgorithm: true,
  async *read(file, options) {
    let stated: AlgorithmName | undefined = options.algorithm;
    let rowsBegun = false;
    for await (const run of lineRuns(file)) {
      const references: Reference[] = [];
      for (const [index, text] of run.texts.entries()) {
        const digits = text.trim();
        if (digits === "" || digits.startsWith("#")) continue;
        const place = { file: file.name, line: run.first + index };
        const type = rowsBegun ? undefined : columnMeaning(digits);
        rowsBegun = true;
        if (isDigestColumn(type)) stated = agreed(type, stated, place);
        else references.push(bareReference(digits, stated, place));
      }
      if (references.length > 0) yield references;
    }
  },
};

/** A row of one digest; `other` when another one may stand beside it. Errors: as `bareAlgorithm` and `hexDigest`. */
export function bareReference(digits: string, stated: AlgorithmName | undefined, place: Place, other = false): Reference {
  const algorithm = bareAlgorithm(digits.length, stated, place);
  return {
    where: `line ${place.line}`,
    recordId: null,
    category: null,
    digests: { [algorithm]: hexDigest(digits, algorithm, place) },
    pdqQuality: null,
    sizeBytes: null,
    unmatchable: other ? ["other"] : [],
  };
}

function agreed(type: AlgorithmName | "hash", stated: AlgorithmName | undefined, place: Place): AlgorithmName | undefined {
  if (type === "hash") return stated;
  if (stated !== undefined && stated !== type) throw refusal(place, `${type} as its type`, `${stated}, as stated with --algorithm`);
  return type;
}
