import type { AlgorithmName, Reference } from "../model.ts";
import type { ListFile } from "./format.ts";
import { lineRuns } from "./lines.ts";
import type { Place } from "./refusal.ts";

/** What `row` makes of each line of a list, in runs; empty lines and `#` comments are passed over. Errors: as `lineRuns`. */
export async function* lineReferences(file: ListFile, row: (text: string, place: Place) => readonly Reference[]): AsyncGenerator<readonly Reference[]> {
  for await (const run of lineRuns(file)) {
    const references: Reference[] = [];
    for (const [index, text] of run.texts.entries()) {
      if (text.startsWith("#") || text.trim() === "") continue;
      const place = { file: file.name, line: run.first + index };
      references.push(...row(text, place));
    }
    if (references.length > 0) yield references;
  }
}

/** A reference of which the list states next to nothing but digests. */
export function digestReference(where: string, digests: Readonly<Partial<Record<AlgorithmName, Uint8Array>>>, rest: Partial<Reference> = {}): Reference {
  return { where, recordId: null, category: null, digests, pdqQuality: null, sizeBytes: null, unmatchable: [], ...rest };
}
