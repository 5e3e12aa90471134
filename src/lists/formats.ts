import { Failure } from "../failure.ts";
import { autopsyKdb } from "./autopsy-kdb.ts";
import { encaseHash } from "./encase-hash.ts";
import type { ListFormat } from "./format.ts";
import { hashdeep } from "./hashdeep.ts";
import { hashkeeper } from "./hashkeeper.ts";
import { icseCsv } from "./icse-csv.ts";
import { ilook } from "./ilook.ts";
import { md5deep } from "./md5deep.ts";
import { mispCsv } from "./misp-csv.ts";
import { mispJson } from "./misp-json.ts";
import { ncmecXml } from "./ncmec-xml.ts";
import { nsrlRds2 } from "./nsrl-rds2.ts";
import { nsrlRds3 } from "./nsrl-rds3.ts";
import { ownCsv } from "./own-csv.ts";
import { pdqLines } from "./pdq-lines.ts";
import { plain } from "./plain.ts";
import { stix } from "./stix.ts";
import { stopncii } from "./stopncii.ts";
import { sums } from "./sums.ts";
import { threatExchangeCsv } from "./threatexchange-csv.ts";
import { threatExchangeLines } from "./threatexchange-lines.ts";
import { tskIndex } from "./tsk-index.ts";
import { vics } from "./vics.ts";
import { vpdq } from "./vpdq.ts";

/** Every list format this program reads. */
export const formats: readonly ListFormat[] = [
  vics, ownCsv, plain, sums, hashdeep, icseCsv, ncmecXml, nsrlRds2, nsrlRds3,
  md5deep, hashkeeper, encaseHash, autopsyKdb, tskIndex, ilook,
  threatExchangeCsv, threatExchangeLines, pdqLines, vpdq, mispCsv, mispJson, stix, stopncii,
];

const names = (some: readonly ListFormat[]): string => some.map(({ name }) => name).join(", ");

/** The one format that claims the first bytes of a file. Errors: Failure("list-refused") when none or several do. */
export function recognise(head: Uint8Array, file = "list"): ListFormat {
  const candidates = formats.filter((format) => format.recognises(head));
  const [only] = candidates;
  if (only !== undefined && candidates.length === 1) return only;
  const found = candidates.length === 0 ? "no known format" : `a beginning that fits ${names(candidates)}`;
  throw new Failure("list-refused", `${file}: found ${found}, expected one of ${names(formats)}; --format states which`);
}

/** The format of that name. Errors: Failure("usage") naming the known ones. */
export function formatNamed(name: string): ListFormat {
  const format = formats.find((known) => known.name === name);
  if (format === undefined) throw new Failure("usage", `--format: found "${name}", expected one of ${names(formats)}`);
  return format;
}
