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

/** Whether there is a list in which anything can be found. */
export function hasNotable(lists: readonly ListDescription[]): boolean {
  return lists.some(({ kind }) => kind === "notable");
}

/**
 * The lists that were asked for, each once, or all that are imported; and what is near in each.
 *
 * Errors: Failure("usage") when none is imported, or no notable one and nobody named lists, and as of `nearThresholds`; Failure("list-unknown") for a selector of none.
 */
export function chosenLists(catalog: Catalog, { list: selectors, nearThreshold }: ListChoice): { readonly lists: readonly ListDescription[]; readonly thresholds: NearThresholds } {
  const chosen = selectors === undefined ? catalog.lists : selectors.map((selector) => catalog.find(selector));
  if (chosen.length === 0) throw new Failure("usage", "lists: found none imported, expected at least one; see blindmatch list import --help");
  if (selectors === undefined && !hasNotable(chosen))
    throw new Failure("usage", `lists: found ${chosen.length} imported and none of kind notable, expected at least one: known lists alone find nothing; whoever wants to hash files and compare them with known ones names these lists with --list (the status is then 3)`);
  const lists = [...new Map(chosen.map((list) => [list.sha256, list])).values()];
  return { lists, thresholds: nearThresholds(nearThreshold ?? [], lists, (selector) => catalog.find(selector)) };
}
