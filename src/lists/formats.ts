import { Failure } from "../failure.ts";
import type { ListFormat } from "./format.ts";
import { hashdeep } from "./hashdeep.ts";
import { ownCsv } from "./own-csv.ts";
import { plain } from "./plain.ts";
import { sums } from "./sums.ts";
import { vics } from "./vics.ts";

/** Every list format this program reads. */
export const formats: readonly ListFormat[] = [vics, ownCsv, plain, sums, hashdeep];

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
