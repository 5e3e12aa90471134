import type { MatchRow, RecordView, Totals } from "../record/view.ts";
import { checkMatchRows } from "./accounting.ts";
import type { ListedRow, Listing } from "./html-listing.ts";
import { html, type Markup, named, nothing } from "./html-markup.ts";
import { factsOf, fileCell } from "./html-match-facts.ts";
import type { Column, Page } from "./html-table.ts";
import { statementOf } from "./match-statement.ts";
import { algorithmText, categoryTerms, listAt, type MatchSort, matchSorts, needsAttention, noRows, rowsOfSort, sortOf } from "./match-terms.ts";
import { nearCompared } from "./not-searched.ts";
import { listText } from "./pass-terms.ts";
import { grouped, joined } from "./quantity.ts";

const columnsOf = (sort: MatchSort): readonly Column[] => [
  ...[{ heading: "File" }, { heading: "Type", choice: true }, { heading: "Size, bytes", number: true }, { heading: "Category", choice: true }] as const,
  sort === "exact" || sort === "contradicted" ? { heading: "Agrees in", choice: true } : { heading: "Bits of 256 that differ", number: true },
  { heading: "List", choice: true },
];

/** The exact, contradicted and near matches with notable lists, each sort in a section of its own. */
export function matchListings(record: RecordView, totals: Totals): readonly Listing[] {
  const rows = rowsOfSort(totals, (counts) => needsAttention(record, counts));
  return matchSorts.map((sort) => ({
    key: `${sort} match`,
    section: sort,
    opening: openingOf(sort, record),
    caption: captions[sort],
    rowName: "match",
    columns: columnsOf(sort),
    rows: rows[sort],
    empty: emptyText(sort, record),
    cells: (page) => (rows[sort] === 0 && sort !== "exact" ? [] : rowsOf(page, record, sort, countedRows(record, totals, sort))),
    numbers: () => numbersOf(countedRows(record, totals, sort)),
  }));
}

/** Rows of one sort. At their end those of every sort were seen to be as many as the totals count, so that a sort without any needs no pass of its own. */
function* countedRows(record: RecordView, totals: Totals, sort: MatchSort): Generator<MatchRow> {
  const seen = noRows();
  for (const match of record.matches()) {
    if (!needsAttention(record, match)) continue;
    seen[sortOf(match)] += 1;
    if (sortOf(match) === sort) yield match;
  }
  checkMatchRows(seen, totals, (counts) => needsAttention(record, counts));
}

function* numbersOf(rows: Iterable<MatchRow>): Generator<number> {
  for (const { number } of rows) yield number;
}

const captions: Readonly<Record<MatchSort, string>> = {
  exact: "Exact matches",
  contradicted: "Contradicted agreements",
  near: "Near matches: leads",
  doubtful: "Near matches of low confidence",
};

function openingOf(sort: MatchSort, record: RecordView): Markup {
  if (sort === "exact") {
    return html`<section id="exact"><h2>Exact matches</h2>
<p>The digests named with each match ("agrees in"), of the file or of the picture within it that is named, equal those of a record of a list. Where MD5 alone is named collisions exist, and the match says so. The content was not viewed.</p>
`;
  }
  if (sort === "contradicted") {
    return html`<section id="contradicted"><h2>Agreements contradicted by another digest (not identifications)</h2>
<p>One digest of these files agrees with a record, while another digest of the same record, or its size, does not. Either two different files share a digest, or the record is in error. These are not identifications.</p>
`;
  }
  if (sort === "doubtful") {
    return html`<section id="doubtful"><h2>Near matches of low confidence</h2>
<p>These pictures are within the threshold as well, but in a way that tells little; the reason stands with each. They are kept apart so that they do not hide the leads above.</p>
`;
  }
  return html`<section id="near"><h2>Near matches: leads, not identifications</h2>
<p>These pictures look alike to a perceptual hash (PDQ) within ${widestBits(record)} of 256 bits. The smaller the distance the closer the likeness, but different pictures can be near each other. A person must look into each of them by other means.</p>
`;
}

/** The widest threshold of any pass that compared pictures. */
function widestBits({ header, passes }: RecordView): number {
  const compared = passes.filter(({ near }) => near === "compared").map(({ options }) => options.nearDistanceBits);
  return compared.length === 0 ? header.options.nearDistanceBits : Math.max(...compared);
}

function emptyText(sort: MatchSort, record: RecordView): string {
  if ((sort === "near" || sort === "doubtful") && !nearCompared(record)) return "No near comparison was made: see what was not searched.";
  return record.complete ? "None." : "None so far.";
}

function* rowsOf(page: Page, record: RecordView, sort: MatchSort, rows: Iterable<MatchRow>): Generator<ListedRow> {
  for (const match of rows) {
    const { says, caution } = statementOf(record, match);
    const sentence = html`${says.map((phrase) => (typeof phrase === "string" ? html`${phrase}` : named(phrase.named)))}${caution === null ? nothing : html` <span class="notice">${caution}</span>`}`;
    const { entry } = match;
    const cells = [
      match.embedded === null ? fileCell(entry) : html`${fileCell(entry)}<br /><strong>//${match.embedded}</strong>: ${match.kind === "exact" ? "the bytes of a picture within this file match, those of the whole file do not." : "a picture within this file matches."}`,
      html`${entry.mediaType ?? "not told"}`,
      html`${grouped(entry.sizeBytes)}`,
      categoryCell(record, match),
      agreementCell(sort, match),
      html`<a href="${page.first}#list-${match.list + 1}">${listText(record, match.list)}</a>`,
    ];
    yield { number: match.number, cells, more: { sentence, facts: factsOf(record, match) } };
  }
}

function agreementCell(sort: MatchSort, { algorithms, contradictedBy, distanceBits }: MatchRow): Markup {
  const agreeing = joined(algorithms.map(algorithmText));
  if (sort === "exact") return html`${agreeing}`;
  return sort === "contradicted" ? html`${agreeing}, not ${joined(contradictedBy.map(algorithmText))}` : html`<strong>${distanceBits ?? "?"}</strong>`;
}

function categoryCell(record: RecordView, match: MatchRow): Markup {
  const { code, label } = categoryTerms(listAt(record, match.list), match.category);
  return code === null ? html`no category` : html`${named(code)}${label === null ? nothing : html`: ${named(label)}`}`;
}
