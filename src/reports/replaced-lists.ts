import type { ListDescription } from "../model.ts";
import type { RecordView } from "../record/view.ts";
import { needsAttention } from "./match-terms.ts";
import { passOfList } from "./pass-terms.ts";
import { counted, joined } from "./quantity.ts";

/** A notable list that no longer stands. Shape: `lists` and `others` are indexes over all passes: the list, once for each pass that had it, and those that would have to give its matches too. */
interface Replaced {
  readonly lists: readonly number[];
  readonly others: readonly number[];
  readonly what: string;
  readonly but: string;
}

/**
 * Notable lists of earlier passes that a later pass had another version of, or that had been dropped by then, and how many entries match because of them alone; none for lists of which
 * every match is given again. The answer counts these entries: the record does not know whether the agency stands by them.
 */
export function replacedListSentences(record: RecordView): readonly string[] {
  const groups = sameLists(record);
  const replaced = [...groups.flatMap((lists) => followed(record, groups, lists)), ...dropped(record, groups)];
  if (replaced.length === 0) return [];
  const entriesOf = matchedEntriesByList(record);
  return replaced.flatMap(({ lists, others, what, but }) => {
    const elsewhere = others.flatMap((other) => entriesOf.get(other) ?? []);
    const own = new Set(lists.flatMap((list) => [...(entriesOf.get(list) ?? [])]));
    const alone = [...own].filter((entry) => !elsewhere.some((entries) => entries.has(entry))).length;
    return alone === 0 ? [] : [`${what}: of the entries that are counted as matches, ${counted(alone, "matches", "match")} ${listsText(lists)} and not ${but}.`];
  });
}

/** Notable lists of the same bytes belong together. Shape: indexes, in the order of the first of each. */
function sameLists({ lists }: RecordView): readonly (readonly number[])[] {
  const groups = new Map<string, number[]>();
  for (const [index, { kind, sha256 }] of lists.entries()) if (kind === "notable") groups.set(sha256, [...(groups.get(sha256) ?? []), index]);
  return [...groups.values()];
}

function followed(record: RecordView, groups: readonly (readonly number[])[], lists: readonly number[]): readonly Replaced[] {
  const list = descriptionOf(record, lists);
  const newest = groups.filter((group) => isNamedAs(descriptionOf(record, group), list)).toSorted((one, other) => (other.at(-1) ?? 0) - (one.at(-1) ?? 0))[0];
  const last = newest?.at(-1);
  if (newest === undefined || last === undefined) return [];
  const pass = passOfList(record, last).number;
  // The list itself, or two versions that were chosen side by side.
  if (pass === passOfList(record, lists.at(-1) ?? 0).number) return [];
  return [{ lists, others: newest, what: `${begun(listsText(lists))} (${nameOf(list)}) ${lists.length === 1 ? "was" : "were"} followed by version ${descriptionOf(record, newest).version} of it (list ${last + 1}, pass ${pass})`, but: listsText(newest) }];
}

/** What a pass knew of lists that had been dropped, and that no later pass had. */
function dropped(record: RecordView, groups: readonly (readonly number[])[]): readonly Replaced[] {
  const reasons = new Map<readonly number[], { readonly pass: number; readonly reason: string }>();
  for (const row of record.log())
    for (const { agency, name, reason } of row.kind === "pass" ? (row.body.dropped ?? []) : [])
      for (const group of groups) if (row.kind === "pass" && isNamedAs(descriptionOf(record, group), { agency, name })) reasons.set(group, { pass: row.body.pass, reason });
  return [...reasons].flatMap(([lists, { pass, reason }]) => {
    const isThereAgain = groups.some((group) => isNamedAs(descriptionOf(record, group), descriptionOf(record, lists)) && passOfList(record, group.at(-1) ?? 0).number >= pass);
    const others = groups.filter((group) => group !== lists).flat();
    return isThereAgain ? [] : [{ lists, others, what: `${begun(listsText(lists))} (${nameOf(descriptionOf(record, lists))}) had been dropped when pass ${pass} was made (reason given: ${reason})`, but: "any other notable list" }];
  });
}

/** By the index of a notable list, the entries with a match that calls for attention. */
function matchedEntriesByList(record: RecordView): ReadonlyMap<number, ReadonlySet<number>> {
  const entries = new Map<number, Set<number>>();
  for (const match of record.matches()) {
    if (!needsAttention(record, match)) continue;
    const own = entries.get(match.list) ?? new Set();
    entries.set(match.list, own.add(match.entry.no));
  }
  return entries;
}

function descriptionOf({ lists }: RecordView, group: readonly number[]): ListDescription {
  const description = lists[group.at(-1) ?? -1];
  if (description === undefined) throw new RangeError(`lists: found ${lists.length}, expected one at ${group.join()}`);
  return description;
}

function isNamedAs(list: Pick<ListDescription, "agency" | "name">, other: Pick<ListDescription, "agency" | "name">): boolean {
  return list.agency === other.agency && list.name === other.name;
}

function nameOf({ agency, name, version }: ListDescription): string {
  return `${agency}/${name} ${version}`;
}

function begun(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}

function listsText(lists: readonly number[]): string {
  return `${lists.length === 1 ? "list" : "lists"} ${joined(lists.map((list) => `${list + 1}`))}`;
}
