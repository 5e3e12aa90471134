import { InvalidArgumentError } from "commander";
import { Failure } from "../failure.ts";
import { type CryptographicAlgorithm, cryptographicAlgorithms, type ListDescription } from "../model.ts";

/** Contents are told apart by it: in the record, and where pictures of the same bytes are decoded once. */
const always: CryptographicAlgorithm = "sha256";

/** Parses the names of --digests, with commas between, or `all`; in the order of `cryptographicAlgorithms`. */
export function digestsArgument(text: string, earlier?: readonly CryptographicAlgorithm[]): readonly CryptographicAlgorithm[] {
  if (earlier !== undefined) throw new InvalidArgumentError("found the option twice, expected it once, with commas between the names");
  if (text === "all") return cryptographicAlgorithms;
  const names = text.split(",");
  const unknown = names.find((name) => !cryptographicAlgorithms.some((algorithm) => algorithm === name));
  if (unknown !== undefined) throw new InvalidArgumentError(`found ${JSON.stringify(unknown)}, expected ${cryptographicAlgorithms.join()} (one or more of them), or all`);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new InvalidArgumentError(`found ${twice} twice, expected it once`);
  if (!names.includes(always)) throw new InvalidArgumentError(`found no ${always}, expected it among them: the record tells contents apart by it`);
  return cryptographicAlgorithms.filter((algorithm) => names.includes(algorithm));
}

/**
 * What a scan computes of every file: what was stated, else SHA-256 and whatever a list carries.
 *
 * Errors: Failure("usage") when a list carries an algorithm that the stated ones leave out, for its references would be missed without a word.
 */
export function digestsOfScan(stated: readonly CryptographicAlgorithm[] | undefined, lists: readonly ListDescription[]): readonly CryptographicAlgorithm[] {
  if (stated === undefined) return cryptographicAlgorithms.filter((algorithm) => algorithm === always || lists.some((list) => carried(list).includes(algorithm)));
  const missing = leftOut(stated, lists);
  if (missing.length > 0) throw new Failure("usage", `--digests: found ${stated.join()}, expected also ${missing.join("; ")}; without the option each algorithm of the lists is computed`);
  return stated;
}

/**
 * Refuses lists that a case cannot be compared with any more.
 *
 * Errors: Failure("usage") when a list carries an algorithm that the case did not compute, for its references would be missed without a word.
 */
export function refuseUncomputed(computed: readonly CryptographicAlgorithm[], lists: readonly ListDescription[]): void {
  const missing = leftOut(computed, lists);
  if (missing.length > 0)
    throw new Failure("usage", `record: found ${computed.join()} computed of its files, expected also ${missing.join("; ")}; only the evidence can tell them: scan it again (scan --digests all prepares a case for any list)`);
}

/** What lists carry and nobody computed, in words. */
function leftOut(computed: readonly CryptographicAlgorithm[], lists: readonly ListDescription[]): readonly string[] {
  return lists.flatMap((list) => {
    const left = carried(list).filter((algorithm) => !computed.includes(algorithm));
    return left.length === 0 ? [] : [`${left.join(" and ")}, which ${list.agency}/${list.name} carries`];
  });
}

function carried(list: ListDescription): readonly CryptographicAlgorithm[] {
  return cryptographicAlgorithms.filter((algorithm) => (list.counts.digests[algorithm] ?? 0) > 0);
}
