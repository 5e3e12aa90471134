import { pictureStatuses, type UnreadReason, unreadReasons } from "../model.ts";
import type { EntryRow, RecordView, Totals } from "../record/view.ts";
import type { ListedRow, Listing } from "./html-listing.ts";
import { fileCell } from "./html-match-facts.ts";
import { html, type Markup } from "./html-markup.ts";
import { type Page, table } from "./html-table.ts";
import { nearCompared } from "./not-searched.ts";
import { countedGaps, type ListedComparison, pictureGaps } from "./picture-terms.ts";
import { counted, grouped } from "./quantity.ts";

/** The beginning of the section of entries that were not examined. */
export function unreadOpening(totals: Totals): Markup {
  return html`<section id="unread"><h2>Not examined</h2>
<p>${counted(totals.unread.entries, "entry", "entries")} (${counted(totals.unread.bytes, "byte", "bytes")}) could not be examined. Nothing is known of the content.</p>
`;
}

/** Entries that were not examined by reason: counts alone. */
export function unreadCounts(page: Page, totals: Totals): Iterable<Markup> {
  const rows = Object.entries(totals.unreadByReason).map(([reason, { entries, bytes }]) => [html`${reason}`, html`${unreadReasons[reason as UnreadReason]}`, html`${grouped(entries)}`, html`${grouped(bytes)}`]);
  return table(page, "Entries not examined by reason", [{ heading: "Reason" }, { heading: "What it says" }, { heading: "Entries", number: true }, { heading: "Bytes", number: true }], rows, "Every entry was examined.");
}

/** Entries that were not examined, reason by reason; none for a reason that no entry has. */
export function unreadListings(record: RecordView, totals: Totals): readonly Listing[] {
  return (Object.keys(unreadReasons) as UnreadReason[]).flatMap((reason) => {
    const tally = totals.unreadByReason[reason];
    if (tally === undefined || tally.entries === 0) return [];
    return [
      {
        key: `unread (${reason})`,
        section: "unread" as const,
        opening: unreadOpening(totals),
        caption: `${reason}: ${unreadReasons[reason]}. ${counted(tally.entries, "entry", "entries")}, ${counted(tally.bytes, "byte", "bytes")}`,
        rowName: "unread" as const,
        columns: [{ heading: "File" }, { heading: "Size, bytes", number: true }, { heading: "Kind", choice: true }, { heading: "System's code", choice: true }],
        rows: tally.entries,
        empty: "None.",
        cells: () => unreadCells(record, reason),
        numbers: () => numbersOf(unreadWith(record, reason)),
      },
    ];
  });
}

function* unreadCells(record: RecordView, reason: UnreadReason): Generator<ListedRow> {
  for (const entry of unreadWith(record, reason)) {
    const code = html`${entry.errorCode ?? "none"}${entry.failedAtBytes === null ? "" : `, from byte ${grouped(entry.failedAtBytes)} on`}`;
    yield { number: entry.no, cells: [fileCell(entry), html`${grouped(entry.sizeBytes)}`, html`${entry.kind}`, code] };
  }
}

function* unreadWith(record: RecordView, reason: UnreadReason): Generator<EntryRow> {
  for (const entry of record.unread()) if (entry.reason === reason) yield entry;
}

function* numbersOf(entries: Iterable<EntryRow>): Generator<number> {
  for (const { no } of entries) yield no;
}

/** The beginning of the section of pictures that the near comparison could not take in, or not as a whole. */
export const picturesOpening: Markup = html`<section id="pictures"><h2>Pictures not compared for resemblance, or in part</h2>
<p>These files were read whole and compared by their digests; only the near comparison was not possible, or not of all that they show.</p>
`;

/** All pictures by what became of them: counts alone. */
export function pictureCounts(page: Page, totals: Totals): Iterable<Markup> {
  const statuses = Object.entries(pictureStatuses).flatMap(([status, sentence]) => {
    const count = totals.pictures[status as keyof typeof pictureStatuses] ?? 0;
    return count === 0 ? [] : [[html`${status}`, html`${sentence}`, html`${grouped(count)}`]];
  });
  return table(page, "All pictures by what became of them", [{ heading: "Status" }, { heading: "What it says" }, { heading: "Pictures", number: true }], statuses, "No picture was found.");
}

const pictureCaptions: Readonly<Record<ListedComparison, readonly [caption: string, empty: string]>> = {
  none: ["Pictures not compared", "No picture that was due was left out of the near comparison."],
  "in-part": ["Pictures compared in part, or only with lists whose threshold admits them", "Every picture that was compared was compared as a whole."],
};

/** Pictures that were examined, for their digests were compared, and are none or only part of the near comparison; no listing where that was not due. */
export function pictureListings(record: RecordView, totals: Totals): readonly Listing[] {
  if (!nearCompared(record)) return [];
  return (["none", "in-part"] as const).map((comparison) => {
    const [caption, empty] = pictureCaptions[comparison];
    return {
      key: `picture (${comparison})`,
      section: "pictures",
      opening: picturesOpening,
      caption,
      rowName: "picture",
      columns: [{ heading: "File" }, { heading: "Type", choice: true }, { heading: "Why", choice: true }, { heading: "Makes the answer incomplete", choice: true }],
      rows: countedGaps(record, totals, comparison),
      empty,
      cells: () => pictureCells(record, totals, comparison),
      numbers: () => numbersOf(picturesIn(record, totals, comparison)),
    };
  });
}

function* pictureCells(record: RecordView, totals: Totals, comparison: ListedComparison): Generator<ListedRow> {
  for (const { entry, status, leavesIncomplete } of pictureGaps(record, totals, [comparison]))
    yield { number: entry.no, cells: [fileCell(entry), html`${entry.mediaType ?? "not told"}`, html`<span class="key">${status}</span>: ${pictureStatuses[status]}`, html`${leavesIncomplete ? "yes" : "no"}`] };
}

function* picturesIn(record: RecordView, totals: Totals, comparison: ListedComparison): Generator<EntryRow> {
  for (const { entry } of pictureGaps(record, totals, [comparison])) yield entry;
}
