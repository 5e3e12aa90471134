import type { ListFormat } from "./format.ts";
import { elementSplitter } from "./json-elements.ts";
import { refusal } from "./refusal.ts";
import { headText, utf8Chunks } from "./text.ts";
import { mediaReference } from "./vics-media.ts";

const preambleKeys: ReadonlySet<string> = new Set(["odata.metadata", "@odata.context"]);
const preamble = /\/DataModels\/(\d+\.\d+)\.xml(?:\/\w+)?\/?(?:\$metadata)?#(Media|Cases)$/i;
const versions: readonly string[] = ["1.1", "1.2", "1.3", "2.0"];

/**
 * VICS-shaped hash sets: the `#Media` documents of data models 1.1, 1.2, 1.3 and 2.0, of any region.
 *
 * Shape:  references in the order of `value`; the preamble may stand anywhere in the document, so that the last run may come before it is judged.
 *         The region is no more than a hint of the scale and is not used.
 * Errors: Failure("list-refused") for a document that is not whole, has no preamble or another version, and for case documents (`#Cases`).
 * Source: public readers and writers of the format; the specification itself is not public.
 */
export const vics: ListFormat = {
  name: "vics",
  describes: "VICS-shaped JSON hash sets (#Media), data models 1.1, 1.2, 1.3 and 2.0",
  recognises(head) {
    const text = headText(head);
    return /^\s*\{/.test(text) && (/"@?odata\.(?:context|metadata)"\s*:\s*"[^"]*#(?:Media|Cases)"/i.test(text) || /"value"\s*:\s*\[\s*\{[^]*"(?:MediaID|MD5)"/i.test(text));
  },
  async *read(file) {
    let preambleSeen = false;
    const splitter = elementSplitter(file.name, "value", (key, value, line) => {
      if (!preambleKeys.has(key)) return;
      checkPreamble(value, file.name, line);
      preambleSeen = true;
    });
    for await (const chunk of utf8Chunks(file)) {
      const elements = splitter.push(chunk);
      if (elements.length > 0) yield elements.map((element) => mediaReference(element, file.name));
    }
    splitter.end();
    if (!preambleSeen) throw refusal({ file: file.name, line: 1 }, 'no "@odata.context" or "odata.metadata" to the end of the file', "the preamble of a VICS hash set");
  },
};

function checkPreamble(value: unknown, file: string, line: number): void {
  const [, version, shape] = (typeof value === "string" ? preamble.exec(value) : null) ?? [];
  if (version === undefined || shape === undefined) throw refusal({ file, line }, "another preamble", 'one that ends in "<version>.xml...#Media"');
  if (shape.toLowerCase() === "cases") throw refusal({ file, line }, "a case document (#Cases), which states what was found in one case", "a hash set (#Media)");
  if (!versions.includes(version)) throw refusal({ file, line }, `data model ${version}`, `one of ${versions.join(", ")}`);
}
