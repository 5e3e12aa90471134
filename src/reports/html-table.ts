import type { Layout } from "./html-layout.ts";
import { html, type Markup, nothing } from "./html-markup.ts";

export interface Column {
  readonly heading: string;
  /** Figures stand to the right. */
  readonly number?: true;
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
 * Shape: each row has as many cells as there are columns; its first cell heads the row. Without a row there is no table but `empty`.
 */
export function* table(page: Page, caption: string, columns: readonly Column[], rows: Iterable<readonly Markup[]>, empty: string): Generator<Markup> {
  let begun = false;
  for (const cells of rows) {
    if (!begun) yield html`<div class="scroll"><table><caption>${caption}</caption><thead>${paperRow(page, columns.length)}<tr>${columns.map(heading)}</tr></thead><tbody>
`;
    begun = true;
    yield html`<tr>${cells.map((cell, index) => bodyCell(cell, index, columns[index]?.number === true))}</tr>
`;
  }
  yield begun
    ? html`</tbody></table></div>
`
    : html`<p>${empty}</p>
`;
}

/** Repeated with the headings at the top of every printed page, where the browser knows no page headers. */
function paperRow(page: Page, columns: number): Markup {
  return page.partial ? html`<tr class="paper"><th colspan="${columns}" scope="colgroup">PARTIAL: the scan has not ended</th></tr>` : nothing;
}

function heading(column: Column): Markup {
  return html`<th scope="col"${column.number === true ? html` class="number"` : nothing}>${column.heading}</th>`;
}

function bodyCell(cell: Markup, index: number, number: boolean): Markup {
  const aligned = number ? html` class="number"` : nothing;
  return index === 0 ? html`<th scope="row"${aligned}>${cell}</th>` : html`<td${aligned}>${cell}</td>`;
}
