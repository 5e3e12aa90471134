import type { AlgorithmName, Reference } from "../model.ts";
import { plainName } from "./columns.ts";
import { type CsvRecord, csvRecords } from "./csv.ts";
import type { ListFormat, ReadOptions } from "./format.ts";
import { bareReference } from "./plain.ts";
import { type Place, quotable, refusal } from "./refusal.ts";
import { headLines } from "./text.ts";
import { signalAlgorithm } from "./threatexchange-lines.ts";
import { plainText } from "./values.ts";

const row = /^"?[0-9a-f]{8,}"?,"?[0-9]{1,20}"?,"?\d{4}-\d\d-\d\d[^,]*,/i;
const fieldsInRow = 4;
const namedType = /(?:^|[^a-z0-9])simple\.([a-z][a-z0-9_-]{0,39})\.te$/i;
// Whatever may be a type in a name: of two that differ nobody knows which one holds.
const typesInName = /simple\.([a-z][a-z0-9_-]{0,39})(?=\.)|(?<![a-z0-9])(hash_[a-z0-9_]{1,39}|(?:video_)?(?:md5|sha1|sha256|pdq|blake3))(?![a-z0-9])/gi;

/**
 * State files of the ThreatExchange command line (`simple.<TYPE>.te`).
 *
 * Shape:  `indicator,first_descriptor_id,added_on,labels` without a header; `recordId` is the descriptor's id. The type of the indicators stands in
 *         the name of the file only, at its end, and is read from there, never from a folder's; under another name the operator states it, for MD5 of an address is as long. A row whose labels call it a false
 *         positive, and not a true one too, is context and not loaded.
 * Errors: Failure("list-refused") for a name of two types, a type that is no digest of a file, or that nobody states; for indicators that are no digests, and rows without four fields.
 * Source: ThreatExchange, the command line's simple serialization.
 */
export const threatExchangeCsv: ListFormat = {
  name: "threatexchange-csv",
  describes: "ThreatExchange command-line state (simple.<TYPE>.te)",
  recognises: (head) => row.test(headLines(head)[0] ?? ""),
  usesAlgorithm: true,
  async *read(file, options) {
    const algorithm = algorithmOf(file.name, options.algorithm);
    for await (const records of csvRecords(file, ",")) {
      const references: Reference[] = [];
      for (const record of records) {
        const place = { file: file.name, line: record.line };
        const [indicator, descriptor, labels] = fieldsOf(record, place);
        const reference = { ...bareReference(indicator, algorithm, place), recordId: plainText(descriptor, "descriptor id", place) };
        const disputed = labels.includes("false_positive") && !labels.includes("true_positive");
        references.push(disputed ? { ...reference, contextOnly: true } : reference);
      }
      if (references.length > 0) yield references;
    }
  },
};

function algorithmOf(name: string, stated: ReadOptions["algorithm"]): AlgorithmName {
  const place = { file: name, line: 1 };
  const base = name.slice(Math.max(name.lastIndexOf("/"), name.lastIndexOf("\\")) + 1);
  const types = new Set(Array.from(base.matchAll(typesInName), ([, state, word]) => signalAlgorithm((state ?? word)!) ?? plainName((state ?? word)!)));
  if (types.size > 1) throw refusal(place, "two types in the name of the file", "simple.<TYPE>.te");
  const type = namedType.exec(base)?.[1];
  if (type === undefined) {
    if (stated === undefined) throw refusal(place, "no type in the name of the file", "simple.<TYPE>.te, or --algorithm");
    return stated;
  }
  const algorithm = signalAlgorithm(type);
  if (algorithm === undefined) throw refusal(place, `${quotable(type)} as the type in the name of the file`, "a digest of a file's bytes: HASH_MD5, HASH_SHA1, HASH_SHA256 or HASH_PDQ");
  if (stated !== undefined && stated !== algorithm) throw refusal(place, `${algorithm} as the type in the name of the file`, `${stated}, as stated with --algorithm`);
  return algorithm;
}

function fieldsOf({ fields }: CsvRecord, place: Place): readonly [indicator: string, descriptor: string, labels: readonly string[]] {
  if (fields.length !== fieldsInRow) throw refusal(place, `${fields.length} fields`, `${fieldsInRow}: indicator, descriptor id, date and labels`);
  const [indicator, descriptor, , labels] = fields as readonly [string, string, string, string];
  if (!/^[0-9]{1,20}$/.test(descriptor.trim())) throw refusal(place, "something else as the descriptor's id", "a whole number");
  return [indicator.trim(), descriptor, labels.toLowerCase().split(/\s+/)];
}
