/** Parts of the report whose rows may go on in pages of their own. */
export type ListedSection = "exact" | "contradicted" | "near" | "doubtful" | "unread" | "pictures";

/** A page beside the first one, with a run of the rows of one listing. Shape: rows count from 0, `from` included, `to` not; the first page is number 1. */
export interface FurtherPage {
  readonly number: number;
  readonly fileName: string;
  readonly from: number;
  readonly to: number;
}

/** Which rows stand where. Shape: `pages` counts the first one; a listing without a key in `further` stands whole in the first page. */
export interface Layout {
  readonly pages: number;
  readonly further: ReadonlyMap<string, readonly FurtherPage[]>;
}

/** Rows that a page lists at most: a browser lays out this many in a second or two. */
export const mostRows = 2000;

/**
 * Divides listings into pages, by nothing but their numbers of rows.
 *
 * Shape: where all rows together are more than a page lists, each listing has an equal share of the first page, and goes on in pages of its own. These are
 *        named STEM.SECTION-NUMBER.html, so that none has the name of a whole report (STEM-NUMBER.html).
 */
export function layoutOf(listings: readonly { readonly key: string; readonly section: ListedSection; readonly rows: number }[], fileName: string): Layout {
  const further = new Map<string, readonly FurtherPage[]>();
  const stem = fileName.replace(/\.html$/, "");
  const filled = listings.filter(({ rows }) => rows > 0);
  let pages = 1;
  if (filled.reduce((sum, { rows }) => sum + rows, 0) <= mostRows) return { pages, further };
  const share = Math.floor(mostRows / filled.length);
  for (const { key, section, rows } of filled) {
    const own: FurtherPage[] = [];
    for (let from = share; from < rows; from += mostRows) {
      pages += 1;
      own.push({ number: pages, fileName: `${stem}.${section}-${pages}.html`, from, to: Math.min(from + mostRows, rows) });
    }
    if (own.length > 0) further.set(key, own);
  }
  return { pages, further };
}

/** A page's file, or a place in it, as a reference that another page of the same folder follows. */
export function hrefOf(fileName: string, id = ""): string {
  return `${encodeURIComponent(fileName)}${id === "" ? "" : `#${id}`}`;
}
