import { InvalidArgumentError } from "commander";
import { Failure } from "../failure.ts";
import type { ListDescription, NearThreshold } from "../model.ts";
import { leastQuality, nearDistanceBits } from "../reference/reference-set.ts";

/** What one --near-threshold says. Shape: `selector` null for all lists. */
export interface StatedThreshold extends NearThreshold {
  readonly selector: string | null;
}

/** Parses `BITS`, `BITS/QUALITY`, `LIST=BITS` or `LIST=BITS/QUALITY`; the option may be given several times. */
export function nearThresholdArgument(text: string, earlier: readonly StatedThreshold[] = []): readonly StatedThreshold[] {
  const [, selector = null, bits = "", quality] = /^(?:(.+)=)?(\d{1,3})(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const stated = { selector, nearDistanceBits: Number(bits), leastQuality: quality === undefined ? leastQuality : Number(quality) };
  // A wider search would call pictures near that have nothing to do with each other.
  if (bits === "" || stated.nearDistanceBits > nearDistanceBits || stated.leastQuality > 100)
    throw new InvalidArgumentError(`expected LIST=BITS, or LIST=BITS/QUALITY, or the same without LIST= for all lists: at most ${nearDistanceBits} bits, quality 0 to 100`);
  return [...earlier, stated];
}

/**
 * The thresholds of a scan: the one for all lists, and those of single lists by their SHA-256.
 *
 * Shape:  `find` gives the list that a selector names.
 * Errors: Failure("usage") for a list that the scan does not use, or that is given two thresholds.
 */
export function nearThresholds(
  stated: readonly StatedThreshold[],
  lists: readonly ListDescription[],
  find: (selector: string) => ListDescription,
): { readonly all: NearThreshold; readonly byList: Readonly<Record<string, NearThreshold>> } {
  let all: NearThreshold | null = null;
  const byList: Record<string, NearThreshold> = {};
  for (const { selector, ...threshold } of stated) {
    if (selector === null) {
      if (all !== null) throw new Failure("usage", "--near-threshold: found two for all lists, expected one");
      all = threshold;
      continue;
    }
    const { sha256, agency, name } = find(selector);
    if (!lists.some((list) => list.sha256 === sha256)) throw new Failure("usage", `--near-threshold: found ${agency}/${name}, expected a list that the scan uses`);
    if (byList[sha256] !== undefined) throw new Failure("usage", `--near-threshold: found two for ${agency}/${name}, expected one`);
    byList[sha256] = threshold;
  }
  return { all: all ?? { nearDistanceBits, leastQuality }, byList };
}
