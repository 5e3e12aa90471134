import { same } from "./accounting.ts";
import { type FurtherPage, hrefOf, type ListedSection } from "./html-layout.ts";
import { html, type Markup, nothing } from "./html-markup.ts";
import { type Column, type Page, tableHead, tableRow } from "./html-table.ts";
import { grouped } from "./quantity.ts";

/**
 * One row of a listing.
 *
 * Shape: `number` stands in its first cell, and with the listing's `rowName` makes the place that a link can point at. `more`: a second line below the cells,
 *        of its sentence and, where `facts` says so, what opens below that.
 */
export interface ListedRow {
  readonly number: number;
  readonly cells: readonly Markup[];
  readonly more?: { readonly sentence: Markup; readonly facts: Markup };
}

/** A table whose rows may be more than one page holds. */
export interface Listing {
  readonly key: string;
  readonly section: ListedSection;
  /** The beginning of its section, on every page that holds rows of it: what the rows say, and what they do not. */
  readonly opening: Markup;
  readonly caption: string;
  /** Of one row: "match" makes the places match-1, match-2 ... */
  readonly rowName: "match" | "unread" | "picture";
  /** After that of the number. */
  readonly columns: readonly Column[];
  /** As the record's totals count them. */
  readonly rows: number;
  /** Stands in its place when there is no row. */
  readonly empty: string;
  cells(page: Page): Iterable<ListedRow>;
  /** Numbers of the same rows, in the same order: they rise. */
  numbers(): Iterable<number>;
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
  const numbers = numbersIn(listing, further);
  yield html`<p>The rows that follow stand in pages of their own:</p>
<ul>
${further.map(({ fileName, number, from, to }, index) => html`<li><a href="${hrefOf(fileName)}">Rows ${grouped(from + 1)} to ${grouped(to)}</a> (${numbers[index] ?? "none"}; page ${number}, file ${fileName})</li>
`)}</ul>
`;
}

/** Which numbers the rows of each page have, so that a number from another report is found without opening all of them. */
function numbersIn({ numbers, rowName }: Listing, further: readonly FurtherPage[]): readonly string[] {
  const firsts = new Map<number, number>();
  const lasts = new Map<number, number>();
  const [begins, ends] = [new Set(further.map(({ from }) => from)), new Set(further.map(({ to }) => to))];
  let row = 0;
  for (const number of numbers()) {
    if (begins.has(row)) firsts.set(row, number);
    row += 1;
    if (ends.has(row)) lasts.set(row, number);
  }
  const [one, several] = rowName === "match" ? ["match", "matches"] : ["entry", "entries"];
  return further.map(({ from, to }) => (to === from + 1 ? `${one} ${firsts.get(from)}` : `${several} ${firsts.get(from)} to ${lasts.get(to)}`));
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

function* counted(page: Page, listing: Listing, caption: string, rows: Iterable<ListedRow>, expected: number): Generator<Markup> {
  const columns = [{ heading: headings[listing.rowName], number: true } as const, ...listing.columns];
  let written = 0;
  for (const row of rows) {
    if (written === 0) yield html`<div class="scroll"><table class="listing">${tableHead(page, caption, columns)}
`;
    written += 1;
    yield rowGroup(listing.rowName, columns, row);
  }
  yield written === 0
    ? html`<p>${listing.empty}</p>
`
    : html`</table></div>
`;
  same(rowsOf(listing), written, expected);
}

const headings: Readonly<Record<Listing["rowName"], string>> = { match: "Match", unread: "Entry", picture: "Entry" };

/** A row and its second line keep together, whatever the rows are sorted by. */
function rowGroup(name: Listing["rowName"], columns: readonly Column[], { number, cells, more }: ListedRow): Markup {
  const place = `${name}-${number}`;
  const second = more === undefined ? nothing : html`
<tr class="more"><td colspan="${columns.length}"><details><summary>${more.sentence}</summary>${more.facts}</details></td></tr>`;
  return html`<tbody id="${place}">${tableRow(columns, [html`<a href="#${place}">${number}</a>`, ...cells])}${second}</tbody>
`;
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
