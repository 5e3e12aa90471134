import type { Layout } from "./html-layout.ts";
import { html, type Markup, nothing } from "./html-markup.ts";

export interface Column {
  readonly heading: string;
  /** Figures stand to the right. */
  readonly number?: true;
  /** Few different values: a reader may choose one of them. */
  readonly choice?: true;
}

/** What the parts of one document share. */
export interface Page {
  readonly partial: boolean;
  readonly layout: Layout;
  /** Reference to the page that holds the summary and the lists; empty within that page itself. */
  readonly first: string;
}

/**
 * A table as a stream, one piece per row, so that its length never stands in memory.
 *
 * Shape: each row has as many cells as there are columns; its first cell heads the row; `foot` are rows of sums. Without a row there is no table but `empty`.
 */
export function* table(page: Page, caption: string, columns: readonly Column[], rows: Iterable<readonly Markup[]>, empty: string, foot: readonly (readonly Markup[])[] = []): Generator<Markup> {
  let begun = false;
  for (const cells of rows) {
    // Nothing within can be reached by the keyboard: where the table is wider than the window, the box itself must be.
    if (!begun) yield html`<div class="scroll" tabindex="0" role="group" aria-label="${caption}"><table>${tableHead(page, caption, columns)}<tbody>
`;
    begun = true;
    yield html`${tableRow(columns, cells)}
`;
  }
  yield begun
    ? html`</tbody>${foot.length === 0 ? nothing : html`<tfoot>${foot.map((cells) => tableRow(columns, cells))}</tfoot>`}</table></div>
`
    : html`<p>${empty}</p>
`;
}

export function tableHead(page: Page, caption: string, columns: readonly Column[]): Markup {
  return html`<caption>${caption}</caption><thead>${paperRow(page, columns.length)}<tr class="headings">${columns.map(heading)}</tr></thead>`;
}

export function tableRow(columns: readonly Column[], cells: readonly Markup[]): Markup {
  return html`<tr>${cells.map((cell, index) => bodyCell(cell, index, columns[index]?.number === true))}</tr>`;
}

/** Repeated with the headings at the top of every printed page, where the browser knows no page headers. */
function paperRow(page: Page, columns: number): Markup {
  return page.partial ? html`<tr class="paper"><th colspan="${columns}" scope="colgroup">PARTIAL: the scan has not ended</th></tr>` : nothing;
}

function heading(column: Column): Markup {
  const kinds = [...(column.number === true ? ["number"] : []), ...(column.choice === true ? ["choice"] : [])];
  return html`<th scope="col"${kinds.length === 0 ? nothing : html` class="${kinds.join(" ")}"`}>${column.heading}</th>`;
}

function bodyCell(cell: Markup, index: number, number: boolean): Markup {
  const aligned = number ? html` class="number"` : nothing;
  return index === 0 ? html`<th scope="row"${aligned}>${cell}</th>` : html`<td${aligned}>${cell}</td>`;
}
