import type { Reference } from "../model.ts";
import type { ListFormat, ListRow } from "./format.ts";
import { type ElementSplitter, elementSplitter, type JsonElement } from "./json-elements.ts";
import { digestReference } from "./line-references.ts";
import { type Place, refusal } from "./refusal.ts";
import { headText, utf8Chunks } from "./text.ts";
import { mediaReference } from "./vics-media.ts";
import { memberNotes } from "./vics-members.ts";
import { refuseOtherCountry } from "./vics-region.ts";

const preambleKeys: ReadonlySet<string> = new Set(["odata.metadata", "@odata.context"]);
const preamble = /\/DataModels\/(\d+\.\d+)\.xml(?:\/([^/#$]+))?\/?(?:\$metadata)?#(Media|Cases)$/i;
const versions: readonly string[] = ["1.1", "1.2", "1.3", "2.0"];

/** What a document says that it holds, and what each of its elements is. */
type Shape = "media" | "cases";
const shapeNames: Readonly<Record<Shape, string>> = { media: "a hash set (#Media)", cases: "a case document (#Cases)" };

/**
 * VICS-shaped documents of data models 1.1, 1.2, 1.3 and 2.0, of any region, CAID among them: hash sets (`#Media`) and cases (`#Cases`).
 *
 * Shape:  references in the order of `value`, and of `Media` within each case; of a case nothing but its Media is used, and one without any is a row that is counted as such. The preamble may stand
 *         anywhere in the document, so that the last run may come before it is judged. A region that is no country
 *         (Default, CUSTOM) says nothing of the scale.
 * Errors: Failure("list-refused") for a document that is not whole or, unless `partial`, names a further page or states another number of elements, holds media where they are not read, has no preamble or another version, or holds the elements of the other shape, and
 *         for the region of one country under a built-in scale of another: the same code means something else there.
 * Source: public readers and writers of the format; the specification itself is not public.
 */
export const vics: ListFormat = {
  name: "vics",
  describes: "VICS-shaped JSON hash sets (#Media) and cases (#Cases), data models 1.1, 1.2, 1.3 and 2.0; CAID",
  recognises(head) {
    const text = headText(head);
    return /^\s*\{/.test(text) && (/"@?odata\.(?:context|metadata)"\s*:\s*"[^"]*#(?:Media|Cases)"/i.test(text) || holdsMedia(text));
  },
  usesPartial: true,
  usesKeepSensitive: true,
  async *read(file, options) {
    const { partial = false, scale } = options;
    const notes = memberNotes(file.name, partial);
    let declared: Shape | null = null;
    // Where an element of each shape stands first: the preamble that says which is wrong may come last.
    const first: Partial<Record<Shape, Place>> = {};
    const note = (shape: Shape, place: Place): void => {
      first[shape] ??= place;
    };
    const splitter = elementSplitter(
      file.name,
      "value",
      (key, value, line) => {
        if (!preambleKeys.has(key)) {
          notes.note(key, value, line);
          return;
        }
        const shape = declaredShape(value, file.name, line, scale);
        if (declared !== null && declared !== shape) throw refusal({ file: file.name, line }, "a second preamble that contradicts the first", "one");
        declared = shape;
      },
      {
        onLong({ where, line }) {
          const place = { file: file.name, line, part: where };
          if (declared === "media") throw refusal(place, "an item of more than 1 MiB", "at most 1 MiB, ended by its bracket or quote");
          note("cases", place);
          return caseSplitter(place, where, { long: true, partial });
        },
      },
    );
    const referencesOf = (element: JsonElement): readonly ListRow[] => {
      const place = { file: file.name, line: element.line, part: element.where };
      const reference = mediaReference(element, file.name, options);
      if (element.inner) return [noCase(reference, place)];
      note(reference === "case" ? "cases" : "media", place);
      if (reference !== "case") return [reference];
      const inner = caseSplitter(place, element.where, { long: false, partial });
      const elements = inner.push(Buffer.from(element.text, "utf8"));
      return inner.end() === 0 ? [{ ...digestReference(element.where, {}), emptyCase: true }] : elements.flatMap(referencesOf);
    };
    for await (const chunk of utf8Chunks(file)) {
      const references = splitter.push(chunk).flatMap(referencesOf);
      if (references.length > 0) yield references;
    }
    notes.settle(splitter.end());
    if (declared === null) throw refusal({ file: file.name, line: 1 }, 'no "@odata.context" or "odata.metadata" to the end of the file', "the preamble of a VICS document");
    refuseOtherShape(declared, first);
  },
};

// In two steps: one expression for both would start again at every "value".
function holdsMedia(text: string): boolean {
  const at = text.search(/"value"\s*:\s*\[\s*\{/i);
  return at !== -1 && /"(?:MediaID|MD5)"/i.test(text.slice(at));
}

/** Splits a case into the elements of its `Media`; everything else in it is parsed to see that it is whole and holds no media, and let go. */
function caseSplitter(place: Place, where: string, { long, partial }: { readonly long: boolean; readonly partial: boolean }): ElementSplitter {
  const notes = memberNotes(place.file, partial, where);
  const splitter = elementSplitter(place.file, "media", notes.note, { within: `${where}.`, line: place.line, optional: !long });
  return {
    push: splitter.push,
    end() {
      const elements = splitter.end();
      notes.settle(elements);
      if (long && elements === 0) throw refusal(place, "a case of more than 1 MiB without any media", "its Media");
      return elements;
    },
  };
}

function refuseOtherShape(declared: Shape, first: Partial<Record<Shape, Place>>): void {
  const place = first[declared === "cases" ? "media" : "cases"];
  if (place !== undefined) throw refusal(place, declared === "cases" ? "an object that is no case" : "a case", `what ${shapeNames[declared]} holds`);
}

function noCase(reference: Reference | "case", place: Place): Reference {
  if (reference === "case") throw refusal(place, "a case within a case", "Media");
  return reference;
}

function declaredShape(value: unknown, file: string, line: number, scale: string | undefined): Shape {
  const [, version, region = "", shape] = (typeof value === "string" ? preamble.exec(value) : null) ?? [];
  if (version === undefined || shape === undefined) throw refusal({ file, line }, "another preamble", 'one that ends in "<version>.xml...#Media" or "#Cases"');
  if (!versions.includes(version)) throw refusal({ file, line }, `data model ${version}`, `one of ${versions.join(", ")}`);
  refuseOtherCountry(region, scale, { file, line });
  return shape.toLowerCase() === "cases" ? "cases" : "media";
}
