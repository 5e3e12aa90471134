import { Failure } from "../failure.ts";
import type { ListDescription } from "../model.ts";
import type { Catalog } from "../reference/catalog.ts";
import type { NearThresholds } from "../reference/open-reference-set.ts";
import { nearThresholds, type StatedThreshold } from "./near-thresholds.ts";

/** What the operator says about the lists to compare with. */
export interface ListChoice {
  readonly list?: readonly string[];
  readonly nearThreshold?: readonly StatedThreshold[];
}

/**
 * The lists that were asked for, each once, or all that are imported; and what is near in each.
 *
 * Errors: Failure("usage") when none is imported, and as of `nearThresholds`; Failure("list-unknown") for a selector of none.
 */
export function chosenLists(catalog: Catalog, { list: selectors, nearThreshold }: ListChoice): { readonly lists: readonly ListDescription[]; readonly thresholds: NearThresholds } {
  const chosen = selectors === undefined ? catalog.lists : selectors.map((selector) => catalog.find(selector));
  if (chosen.length === 0) throw new Failure("usage", "lists: found none imported, expected at least one; see blindmatch list import --help");
  const lists = [...new Map(chosen.map((list) => [list.sha256, list])).values()];
  return { lists, thresholds: nearThresholds(nearThreshold ?? [], lists, (selector) => catalog.find(selector)) };
}
