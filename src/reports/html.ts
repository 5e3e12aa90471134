import type { RecordView, Totals } from "../record/view.ts";
import { checkedTotals } from "./accounting.ts";
import type { ReportFormat, ReportOptions } from "./format.ts";
import { type History, historyOf } from "./history.ts";
import { picturesSection, unreadSection } from "./html-gaps.ts";
import { knownSection, listsSection } from "./html-lists.ts";
import { html as markup, type Markup, named, nothing } from "./html-markup.ts";
import { matchSections } from "./html-matches.ts";
import { custodySection, methodSection } from "./html-method.ts";
import { styleSheet } from "./html-style.ts";
import { summarySection } from "./html-summary.ts";
import type { Page } from "./html-table.ts";

/**
 * One document for people, to be read on a screen or on paper.
 *
 * Shape: HTML 5 that is also well-formed XML; no script, no picture, nothing from outside, and a policy of its own that forbids all three.
 *        Matches with known lists, and in categories to be ignored, are counted and not listed. Lists and rows count from 1, entries from 0.
 * Errors: Failure("record-damaged") when the record's rows and totals disagree.
 */
export const html: ReportFormat = { name: "html", extension: "html", rowsPerEntry: false, render };

function* render(record: RecordView, options: ReportOptions): Generator<string> {
  const totals = checkedTotals(record);
  for (const piece of pieces(record, totals, historyOf(record), options)) yield piece.markup;
}

function* pieces(record: RecordView, totals: Totals, history: History, options: ReportOptions): Generator<Markup> {
  const page: Page = { partial: !record.complete };
  yield opening(record, page);
  yield* summarySection(page, record, totals, history, options);
  yield* listsSection(page, record, totals);
  yield* matchSections(page, record, totals);
  yield* knownSection(page, record, totals);
  yield* unreadSection(page, record, totals);
  yield* picturesSection(page, record, totals);
  yield methodSection(record, history);
  yield* custodySection(page, record, history);
  yield markup`</main>
${partialNotice(page)}</body>
</html>
`;
}

function opening(record: RecordView, page: Page): Markup {
  const { caseNumber, exhibit } = record.header;
  return markup`<!DOCTYPE html>
<html lang="en" xmlns="http://www.w3.org/1999/xhtml">
<head>
<meta charset="utf-8" />
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src 'none'; base-uri 'none'; form-action 'none'" />
<meta name="viewport" content="width=device-width, initial-scale=1" />
<meta name="robots" content="noindex" />
<title>${page.partial ? "PARTIAL " : ""}Match report: case ${caseNumber}, exhibit ${exhibit}</title>
<style>${styleSheet(page.partial)}</style>
</head>
<body>
${partialNotice(page)}<header><h1>Match report: case ${named(caseNumber)}, exhibit ${named(exhibit)}</h1></header>
<nav aria-label="Parts of this report"><ul>
${parts.map(([id, title]) => markup`<li><a href="#${id}">${title}</a></li>
`)}</ul></nav>
<main>
`;
}

function partialNotice(page: Page): Markup {
  return page.partial ? markup`<p class="partial">PARTIAL: the scan has not ended. What follows is what was known when this report was made.</p>
` : nothing;
}

const parts = [
  ["summary", "Summary"],
  ["lists", "Lists used"],
  ["exact", "Exact matches"],
  ["contradicted", "Contradicted agreements (not identifications)"],
  ["near", "Near matches (leads)"],
  ["doubtful", "Near matches of low confidence"],
  ["known", "Matches with lists of known files"],
  ["unread", "Not examined"],
  ["pictures", "Pictures not compared, or in part"],
  ["method", "Method and limits"],
  ["custody", "Custody"],
] as const;
