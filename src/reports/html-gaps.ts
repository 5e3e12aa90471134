import { pictureStatuses, type UnreadReason, unreadReasons } from "../model.ts";
import type { RecordView, Totals } from "../record/view.ts";
import { same } from "./accounting.ts";
import { fileCell } from "./html-matches.ts";
import { html, type Markup } from "./html-markup.ts";
import { type Page, table } from "./html-table.ts";
import { nearCompared } from "./not-searched.ts";
import { countedGaps, type ListedComparison, pictureGaps } from "./picture-terms.ts";
import { counted, grouped } from "./quantity.ts";

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
        yield [html`${entry.no}`, fileCell(entry), html`${entry.kind}`, html`${entry.errorCode ?? "none"}${entry.failedAtBytes === null ? "" : `, from byte ${grouped(entry.failedAtBytes)} on`}`];
      }
    };
    const caption = `${reason}: ${unreadReasons[reason]}. ${counted(tally.entries, "entry", "entries")}, ${counted(tally.bytes, "byte", "bytes")}`;
    yield* table(page, caption, [{ heading: "Entry", number: true }, { heading: "File" }, { heading: "Kind" }, { heading: "System's code" }], cells(), "None.");
    same(`unread rows (${reason})`, written, tally.entries);
  }
  yield html`</section>
`;
}

/** Pictures that the near comparison could not take in, or not as a whole. They were examined: their digests were compared. */
export function* picturesSection(page: Page, record: RecordView, totals: Totals): Generator<Markup> {
  yield html`<section id="pictures"><h2>Pictures not compared for resemblance, or in part</h2>
<p>These files were read whole and compared by their digests; only the near comparison was not possible, or not of all that they show.</p>
`;
  const statuses = Object.entries(pictureStatuses).flatMap(([status, sentence]) => {
    const count = totals.pictures[status as keyof typeof pictureStatuses] ?? 0;
    return count === 0 ? [] : [[html`${status}`, html`${sentence}`, html`${grouped(count)}`]];
  });
  yield* table(page, "All pictures by what became of them", [{ heading: "Status" }, { heading: "What it says" }, { heading: "Pictures", number: true }], statuses, "No picture was found.");
  if (nearCompared(record)) for (const comparison of ["none", "in-part"] as const) yield* pictureRows(page, record, totals, comparison);
  yield html`</section>
`;
}

const pictureCaptions: Readonly<Record<ListedComparison, readonly [caption: string, empty: string]>> = {
  none: ["Pictures not compared", "No picture that was due was left out of the near comparison."],
  "in-part": ["Pictures compared in part, or only with lists whose threshold admits them", "Every picture that was compared was compared as a whole."],
};

function* pictureRows(page: Page, record: RecordView, totals: Totals, comparison: ListedComparison): Generator<Markup> {
  let written = 0;
  const cells = function* (): Generator<readonly Markup[]> {
    for (const { entry, status, leavesIncomplete } of pictureGaps(record, totals, [comparison])) {
      written += 1;
      yield [html`${entry.no}`, fileCell(entry), html`${status}: ${pictureStatuses[status]}`, html`${leavesIncomplete ? "yes" : "no"}`];
    }
  };
  const [caption, empty] = pictureCaptions[comparison];
  yield* table(page, caption, [{ heading: "Entry", number: true }, { heading: "File" }, { heading: "Why" }, { heading: "Makes the answer incomplete" }], cells(), empty);
  same(`picture rows (${comparison})`, written, countedGaps(record, totals, comparison));
}
