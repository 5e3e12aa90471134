import { Failure } from "../failure.ts";
import type { RecordView, Totals } from "../record/view.ts";
import { checkedTotals } from "./accounting.ts";
import { checkRows } from "./checked-rows.ts";
import { countsOnlyView } from "./counts-only.ts";
import type { ReportFormat, ReportOptions, ReportPage } from "./format.ts";
import { historyOf } from "./history.ts";
import { closing, firstOpening, furtherOpening } from "./html-document.ts";
import { figuresSection } from "./html-figures.ts";
import { pictureCounts, pictureListings, picturesOpening, unreadCounts, unreadListings, unreadOpening } from "./html-gaps.ts";
import { hrefOf, layoutOf } from "./html-layout.ts";
import { furtherTables, listed, type Listing } from "./html-listing.ts";
import { knownSection, listsSection } from "./html-lists.ts";
import { html as markup, type Markup } from "./html-markup.ts";
import { matchListings } from "./html-matches.ts";
import { custodySection, methodSection } from "./html-method.ts";
import { summarySection } from "./html-summary.ts";
import type { Page } from "./html-table.ts";
import { matchSorts } from "./match-terms.ts";

/**
 * Documents for people, to be read on a screen or on paper: one, or for a report of more than `mostRows` rows several, of which the first holds
 * everything else, its share of the rows, and links to the others.
 *
 * Shape: HTML 5 that is also well-formed XML; no picture, nothing from outside, and a policy of its own that forbids both, and every script but its own.
 *        Matches with known lists, and in categories to be ignored, are counted and not listed. Lists and rows count from 1, entries from 0.
 * Errors: Failure("record-damaged") when the record's rows and totals disagree.
 */
export const html: ReportFormat = { name: "html", extension: "html", rowsPerEntry: false, restrictable: true, render, furtherPages };

function* render(given: RecordView, options: ReportOptions): Generator<string> {
  const record = options.countsOnly === true ? countsOnlyView(given) : given;
  yield* texts([firstPage(partsOf(record, options), record, options)]);
}

function* furtherPages(record: RecordView, options: ReportOptions): Generator<ReportPage> {
  const { page, matches, unread, pictures } = partsOf(record, options);
  const beside: Page = { ...page, first: hrefOf(options.fileName ?? "") };
  for (const listing of [...matches, ...unread, ...pictures])
    for (const { place, table } of furtherTables(beside, listing))
      yield { fileName: place.fileName, text: texts([[furtherOpening(beside, record, options, listing, place)], table, [markup`</section>
`, closing(beside)]]) };
}

interface Parts {
  readonly totals: Totals;
  readonly page: Page;
  readonly matches: readonly Listing[];
  readonly unread: readonly Listing[];
  readonly pictures: readonly Listing[];
}

function partsOf(record: RecordView, options: ReportOptions): Parts {
  const totals = checkedTotals(record);
  if (options.countsOnly === true) checkRows(record, totals);
  const [matches, unread, pictures] = options.countsOnly === true ? [[], [], []] : [matchListings(record, totals), unreadListings(record, totals), pictureListings(record, totals)];
  const layout = layoutOf([...matches, ...unread, ...pictures], options.fileName ?? "");
  if (layout.pages > 1 && options.fileName === undefined)
    throw new Failure("usage", `report: found ${layout.pages} pages for standard output, expected one: they link to each other by the names of their files; give --output FILE`);
  return { totals, page: { partial: !record.complete, layout, first: "" }, matches, unread, pictures };
}

function* firstPage({ totals, page, matches, unread, pictures }: Parts, record: RecordView, options: ReportOptions): Generator<Markup> {
  const history = historyOf(record);
  const end = markup`</section>
`;
  yield firstOpening(page, record, options, options.countsOnly === true ? matchSorts : []);
  yield* summarySection(page, record, totals, history, options);
  yield* figuresSection(page, record, totals, history, options);
  yield* listsSection(page, record);
  for (const listing of matches) {
    yield listing.opening;
    yield* listed(page, listing);
    yield end;
  }
  yield* knownSection(page, record, totals);
  yield unreadOpening(totals);
  if (options.countsOnly === true) yield* unreadCounts(page, totals);
  for (const listing of unread) yield* listed(page, listing);
  yield end;
  yield picturesOpening;
  yield* pictureCounts(page, totals);
  for (const listing of pictures) yield* listed(page, listing);
  yield end;
  yield methodSection(record, history);
  yield* custodySection(page, record, history, options);
  yield closing(page);
}

function* texts(parts: Iterable<Iterable<Markup>>): Generator<string> {
  for (const part of parts) for (const piece of part) yield piece.markup;
}
