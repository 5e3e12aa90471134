import type { Reference } from "../model.ts";
import { type CsvRecord, csvRecords } from "./csv.ts";
import type { ListFormat } from "./format.ts";
import { refuseNul } from "./line-references.ts";
import { bareReference } from "./plain.ts";
import { type Place, refusal } from "./refusal.ts";
import { headLines } from "./text.ts";
import { plainText } from "./values.ts";

const row = /^"?[0-9a-f]{8,}"?,"?[0-9]{1,20}"?,"?\d{4}-\d\d-\d\d[^,]*,/i;
const fieldsInRow = 4;

/**
 * State files of the ThreatExchange command line (`simple.<TYPE>.te`).
 *
 * Shape:  `indicator,first_descriptor_id,added_on,labels` without a header; `recordId` is the descriptor's id. The type of the indicators stands in
 *         the name of the file only: MD5 and SHA-1 are known by their length, 64 digits are never guessed. A row whose labels call it a false
 *         positive, and not a true one too, is context and not loaded.
 * Errors: Failure("list-refused") for indicators that are no digests, and rows without four fields.
 * Source: ThreatExchange, the command line's simple serialization.
 */
export const threatExchangeCsv: ListFormat = {
  name: "threatexchange-csv",
  describes: "ThreatExchange command-line state (simple.<TYPE>.te)",
  recognises: (head) => row.test(headLines(head)[0] ?? ""),
  async *read(file, options) {
    for await (const records of csvRecords(file, ",")) {
      const references: Reference[] = [];
      for (const record of records) {
        const place = { file: file.name, line: record.line };
        const [indicator, descriptor, labels] = fieldsOf(record, place);
        const reference = { ...bareReference(indicator, options.algorithm, place), recordId: plainText(descriptor, "descriptor id", place) };
        const disputed = labels.includes("false_positive") && !labels.includes("true_positive");
        references.push(disputed ? { ...reference, contextOnly: true } : reference);
      }
      if (references.length > 0) yield references;
    }
  },
};

function fieldsOf({ fields }: CsvRecord, place: Place): readonly [indicator: string, descriptor: string, labels: readonly string[]] {
  if (fields.length !== fieldsInRow) throw refusal(place, `${fields.length} fields`, `${fieldsInRow}: indicator, descriptor id, date and labels`);
  for (const field of fields) refuseNul(field, place);
  const [indicator, descriptor, , labels] = fields as readonly [string, string, string, string];
  if (!/^[0-9]{1,20}$/.test(descriptor.trim())) throw refusal(place, "something else as the descriptor's id", "a whole number");
  return [indicator.trim(), descriptor, labels.toLowerCase().split(/\s+/)];
}
