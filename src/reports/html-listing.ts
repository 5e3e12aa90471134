import { same } from "./accounting.ts";
import { type FurtherPage, hrefOf, type ListedSection } from "./html-layout.ts";
import { html, type Markup } from "./html-markup.ts";
import { type Column, type Page, table } from "./html-table.ts";
import { grouped } from "./quantity.ts";

/** A table whose rows may be more than one page holds. */
export interface Listing {
  readonly key: string;
  readonly section: ListedSection;
  /** The beginning of its section, on every page that holds rows of it: what the rows say, and what they do not. */
  readonly opening: Markup;
  readonly caption: string;
  readonly columns: readonly Column[];
  /** As the record's totals count them. */
  readonly rows: number;
  /** Stands in its place when there is no row. */
  readonly empty: string;
  cells(page: Page): Iterable<readonly Markup[]>;
}

/** The rows of the first page, and links to those that follow. Errors: Failure("record-damaged") when the rows are not as many as the totals count. */
export function* listed(page: Page, listing: Listing): Generator<Markup> {
  const further = page.layout.further.get(listing.key) ?? [];
  const [next] = further;
  if (next === undefined) {
    yield* counted(page, listing, listing.caption, listing.cells(page), listing.rows);
    return;
  }
  const rows = listing.cells(page)[Symbol.iterator]();
  yield* counted(page, listing, captionOf(listing, 0, next.from), taken(rows, next.from), next.from);
  yield html`<p>The rows that follow stand in pages of their own:</p>
<ul>
${further.map(({ fileName, number, from, to }) => html`<li><a href="${hrefOf(fileName)}">Rows ${grouped(from + 1)} to ${grouped(to)}</a> (page ${number}, file ${fileName})</li>
`)}</ul>
`;
}

/**
 * The tables of the further pages of a listing, in their order, drawn from one pass over its rows.
 *
 * Errors: Failure("record-damaged") as for `listed`; Error when a table was not drawn to its end before the next one was asked for.
 */
export function* furtherTables(page: Page, listing: Listing): Generator<{ readonly place: FurtherPage; readonly table: Iterable<Markup> }> {
  const further = page.layout.further.get(listing.key) ?? [];
  const [first] = further;
  if (first === undefined) return;
  const rows = listing.cells(page)[Symbol.iterator]();
  let passed = 0;
  while (passed < first.from && rows.next().done !== true) passed += 1;
  same(rowsOf(listing), passed, first.from);
  for (const place of further) {
    let drawn = false;
    const drawing = function* (): Generator<Markup> {
      yield* counted(page, listing, captionOf(listing, place.from, place.to), taken(rows, place.to - place.from), place.to - place.from);
      drawn = true;
    };
    yield { place, table: drawing() };
    if (!drawn) throw new Error(`${place.fileName}: found it drawn in part, expected whole before the next page`);
  }
  if (rows.next().done !== true) same(rowsOf(listing), listing.rows + 1, listing.rows);
}

/** The first cell of a row. Shape: where a report has several pages it can be pointed at. */
export function rowHeading(page: Page, name: "match" | "unread" | "picture", number: number): Markup {
  return page.layout.pages === 1 ? html`${number}` : html`<span id="${name}-${number}">${number}</span>`;
}

function* counted(page: Page, listing: Listing, caption: string, rows: Iterable<readonly Markup[]>, expected: number): Generator<Markup> {
  let written = 0;
  const counting = function* (): Generator<readonly Markup[]> {
    for (const cells of rows) {
      written += 1;
      yield cells;
    }
  };
  yield* table(page, caption, listing.columns, counting(), listing.empty);
  same(rowsOf(listing), written, expected);
}

function* taken<Row>(rows: Iterator<Row>, count: number): Generator<Row> {
  for (let nth = 0; nth < count; nth++) {
    const next = rows.next();
    if (next.done === true) return;
    yield next.value;
  }
}

function captionOf({ caption, rows }: Listing, from: number, to: number): string {
  return `${caption}: rows ${grouped(from + 1)} to ${grouped(to)} of ${grouped(rows)}`;
}

function rowsOf({ key }: Listing): string {
  return `${key} rows`;
}
