import type { Reference } from "../model.ts";
import { beginsWithDigest, looksLikeDigest } from "./digest-like.ts";
import type { ListFormat } from "./format.ts";
import { digestReference, lineReferences } from "./line-references.ts";
import { type Place, refusal } from "./refusal.ts";
import { headLines } from "./text.ts";
import { hexDigest, plainText, wholeNumber } from "./values.ts";

// One code, or the eight of a picture's rotations and flips, then the quality and a name.
const row = /^((?:[0-9a-f]{64},){1,8})([0-9]{1,3}),([^]*)$/i;
const detailed = /^hash=[0-9a-f]*,/i;
const details = /^hash=([0-9a-f]+)((?:,[a-z0-9]+=[^,]*)*?),filename=([^]*)$/i;
const turned: ReadonlySet<string> = new Set(["orig", "rot90", "rot180", "rot270", "flipx", "flipy", "flipp", "flipm"]);

/**
 * What pdq-photo-hasher writes, with any of its options, and `hash,quality,id` in the same manner. `--algorithm pdq` has to say so.
 *
 * Shape:  `hash,quality,name`, eight hashes in the place of one (`--pdqdih-across`), or `hash=...,quality=...,filename=...` (`--details`); each code is
 *         a reference. `recordId` is the name when it is an id: with a slash or an ending it is that of a file and not kept. A form without a
 *         quality has none. What looks like a digest under another key, or before a name, is "other".
 * Errors: Failure("list-refused") unless the operator states pdq; for a line of another form, and a quality above 100.
 * Source: ThreatExchange, pdq/cpp/bin/pdq-photo-hasher.
 */
export const pdqLines: ListFormat = {
  name: "pdq-lines",
  describes: "pdq-photo-hasher's output: hash,quality,name (with --algorithm pdq)",
  recognises(head) {
    const first = headLines(head)[0] ?? "";
    return row.test(first) || detailed.test(first);
  },
  usesAlgorithm: true,
  async *read(file, { algorithm }) {
    yield* lineReferences(file, (text, place) => {
      if (algorithm !== "pdq") throw refusal(place, "64 digits without a name", "--algorithm pdq: sha256 and blake3 are as long, and it is never guessed");
      return detailed.test(text) ? detailedReferences(text, place) : plainReferences(text, place);
    });
  },
};

function plainReferences(text: string, place: Place): readonly Reference[] {
  const [, codes, quality, name] = row.exec(text) ?? [];
  if (codes === undefined || quality === undefined || name === undefined) throw refusal(place, "a line of another form", '"hash,quality,name" with 64 hex digits');
  const all = codes.slice(0, -1).split(",");
  if (all.length !== 1 && all.length !== turned.size) throw refusal(place, `${all.length} codes`, `one or ${turned.size}`);
  return all.map((code, index) => codeReference(code, wholeNumber(quality, "a PDQ quality", 100, place), name, index > 0 ? [] : otherOf([], name), place));
}

function detailedReferences(text: string, place: Place): readonly Reference[] {
  const [, code, pairs, name] = details.exec(text) ?? [];
  if (code === undefined || pairs === undefined || name === undefined) throw refusal(place, "a line of another form", '"hash=...,quality=...,filename=..."');
  const all = pairs.split(",").slice(1).map((pair) => pair.toLowerCase().split("=", 2) as [string, string]);
  const stated = new Map(all);
  if (stated.size !== all.length || stated.has("hash")) throw refusal(place, "a key that stands twice", "each once");
  const quality = wholeNumber(stated.get("quality") ?? "", "a PDQ quality", 100, place);
  const codes = [code, ...[...stated].flatMap(([key, value]) => (turned.has(key) && value !== code.toLowerCase() ? [value] : []))];
  const others = all.flatMap(([key, value]) => (turned.has(key) || key === "quality" ? [] : [value]));
  return codes.map((each, index) => codeReference(each, quality, name, index > 0 ? [] : otherOf(others, name), place));
}

function codeReference(code: string, pdqQuality: number | null, name: string, unmatchable: readonly string[], place: Place): Reference {
  const recordId = /[\\/]|\.[a-z][a-z0-9]{1,4}$/i.test(name.trim()) ? null : plainText(name, "id", place);
  return digestReference(`line ${place.line}`, { pdq: hexDigest(code, "pdq", place) }, { recordId, pdqQuality, unmatchable });
}

/** A digest that is the whole name is kept as the id. */
function otherOf(values: readonly string[], name: string): readonly string[] {
  return values.some(looksLikeDigest) || (beginsWithDigest(name) && !looksLikeDigest(name)) ? ["other"] : [];
}
