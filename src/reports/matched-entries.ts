import type { EntryRow, MatchRow, RecordView } from "../record/view.ts";
import { needsAttention } from "./match-terms.ts";

/** An entry with all of its matches, of every pass, in the order of the passes. */
export interface MatchedEntry {
  readonly entry: EntryRow;
  readonly matches: readonly MatchRow[];
}

/** Entries that match, each once. Shape: in the order of their numbers; no more than one row a pass is held beside those of the entry. */
export function* matchedEntries(record: RecordView): Generator<MatchedEntry> {
  const passes = record.passes.map(({ number }) => record.matches(number)[Symbol.iterator]());
  const heads = passes.map((rows) => nextOf(rows));
  for (;;) {
    const first = heads.reduce<MatchRow | null>((least, head) => (head !== null && (least === null || head.entry.no < least.entry.no) ? head : least), null);
    if (first === null) return;
    const matches: MatchRow[] = [];
    for (const [index, rows] of passes.entries()) {
      for (let head = heads[index] ?? null; head !== null && head.entry.no === first.entry.no; head = heads[index] = nextOf(rows)) matches.push(head);
    }
    yield { entry: first.entry, matches };
  }
}

/** Those among them that need a person's attention: with matches of notable lists, in categories that are not set aside. */
export function* notableEntries(record: RecordView): Generator<MatchedEntry> {
  for (const { entry, matches } of matchedEntries(record)) {
    const notable = matches.filter((match) => needsAttention(record, match));
    if (notable.length > 0) yield { entry, matches: notable };
  }
}

function nextOf(rows: Iterator<MatchRow>): MatchRow | null {
  const { done, value } = rows.next();
  return done === true ? null : value;
}
