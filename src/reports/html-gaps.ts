import { picturesNotCompared, pictureStatuses, type UnreadReason, unreadReasons } from "../model.ts";
import type { EntryRow, RecordView, Totals } from "../record/view.ts";
import { same } from "./accounting.ts";
import { fileCell } from "./html-matches.ts";
import { html, type Markup } from "./html-markup.ts";
import { type Page, table } from "./html-table.ts";
import { nearCompared } from "./not-searched.ts";
import { counted, grouped } from "./quantity.ts";
import { uncompared } from "./summary.ts";

/** Entries that were not examined, reason by reason. Errors: Failure("record-damaged") when rows and totals disagree. */
export function* unreadSection(page: Page, record: RecordView, totals: Totals): Generator<Markup> {
  yield html`<section id="unread"><h2>Not examined</h2>
<p>${counted(totals.unread.entries, "entry", "entries")} (${counted(totals.unread.bytes, "byte", "bytes")}) could not be examined. Nothing is known of the content.</p>
`;
  for (const reason of Object.keys(unreadReasons) as UnreadReason[]) {
    const tally = totals.unreadByReason[reason];
    if (tally === undefined || tally.entries === 0) continue;
    let written = 0;
    const cells = function* (): Generator<readonly Markup[]> {
      for (const entry of record.unread()) {
        if (entry.reason !== reason) continue;
        written += 1;
        yield [html`${entry.no}`, fileCell(entry), html`${entry.kind}`, html`${entry.errorCode ?? "none"}`];
      }
    };
    const caption = `${reason}: ${unreadReasons[reason]}. ${counted(tally.entries, "entry", "entries")}, ${counted(tally.bytes, "byte", "bytes")}`;
    yield* table(page, caption, [{ heading: "Entry", number: true }, { heading: "File" }, { heading: "Kind" }, { heading: "System's code" }], cells(), "None.");
    same(`unread rows (${reason})`, written, tally.entries);
  }
  yield html`</section>
`;
}

/** Pictures that the near comparison could not take in. They were examined: their digests were compared. */
export function* picturesSection(page: Page, record: RecordView, totals: Totals): Generator<Markup> {
  yield html`<section id="pictures"><h2>Pictures not compared for resemblance</h2>
<p>These files were read and compared by their digests; only the near comparison was not possible.</p>
`;
  const statuses = Object.entries(pictureStatuses).flatMap(([status, sentence]) => {
    const count = totals.pictures[status as keyof typeof pictureStatuses] ?? 0;
    return count === 0 ? [] : [[html`${status}`, html`${sentence}`, html`${grouped(count)}`]];
  });
  yield* table(page, "All pictures by what became of them", [{ heading: "Status" }, { heading: "What it says" }, { heading: "Pictures", number: true }], statuses, "No picture was found.");
  if (nearCompared(record.header.options, record.lists)) yield* pictureRows(page, record, uncompared(totals, record.header.options, record.lists));
  yield html`</section>
`;
}

function* pictureRows(page: Page, record: RecordView, expected: number): Generator<Markup> {
  let written = 0;
  const cells = function* (entries: Iterable<EntryRow>): Generator<readonly Markup[]> {
    for (const entry of entries) {
      if (entry.picture === null || !picturesNotCompared.includes(entry.picture.status)) continue;
      written += 1;
      yield [html`${entry.no}`, fileCell(entry), html`${entry.picture.status}: ${pictureStatuses[entry.picture.status]}`];
    }
  };
  yield* table(page, "Pictures not compared", [{ heading: "Entry", number: true }, { heading: "File" }, { heading: "Why" }], cells(expected > 0 ? record.entries() : []), "Every picture that was due was compared.");
  same("picture rows", written, expected);
}
