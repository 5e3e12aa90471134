import { unlessDamaged } from "./database.ts";

/** Rows that are in memory at a time. */
export const pageRows = 1000;

/**
 * Rows of a long query, drawn page by page, so that no statement stays open between two of them.
 *
 * Shape: `page` gives at most `pageRows` rows that lie behind the cursor, in order; `cursorOf` gives a row's place.
 */
export function* paged<Row, Cursor>(start: Cursor, page: (after: Cursor) => readonly Row[], cursorOf: (row: Row) => Cursor): Generator<Row> {
  for (let cursor = start; ; ) {
    const rows = unlessDamaged(() => page(cursor));
    yield* rows;
    const last = rows.at(-1);
    if (last === undefined || rows.length < pageRows) return;
    cursor = cursorOf(last);
  }
}
