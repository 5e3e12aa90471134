import type { ListDescription } from "../model.ts";
import type { RecordView, Totals } from "../record/view.ts";
import { html, type Markup, named, nothing } from "./html-markup.ts";
import { type Page, table } from "./html-table.ts";
import { duplicatesSentence, operatorStatement, signatureSentence } from "./list-terms.ts";
import { algorithmText, categoryTerms, listAt, matchSorts, needsAttention, rowsOfSort, sortNames } from "./match-terms.ts";
import { passOfList } from "./pass-terms.ts";
import { grouped, joined } from "./quantity.ts";

/** Matches with notable lists, counted by list, category and sort, and the entries that have any. */
export function* countsTable(page: Page, record: RecordView, totals: Totals): Generator<Markup> {
  const rows = rowsOfSort(totals, (counts) => needsAttention(record, counts));
  const { any, md5Only, ...matched } = totals.entriesMatched;
  yield* table(
    page,
    "Matches with notable lists by list and category",
    countColumns,
    totals.matches.filter(({ kind }) => kind === "notable").map((counts) => countCells(record, counts)),
    "No match with a notable list.",
    [
      [html`All, without those to be ignored`, nothing, nothing, ...matchSorts.map((sort) => html`${grouped(rows[sort])}`)],
      [html`Entries with such a match (${grouped(any)} in all)`, nothing, nothing, ...matchSorts.map((sort) => html`${grouped(matched[sort])}`)],
      [html`Of these entries, in MD5 alone (collisions exist)`, nothing, nothing, html`${grouped(md5Only)}`, nothing, nothing, nothing],
    ],
  );
  const ignored = totals.matches.filter((counts) => counts.kind === "notable" && !needsAttention(record, counts));
  if (ignored.length > 0) yield html`<p>Matches in categories that the scale sets aside (disposition ignore) are counted in their rows above and not listed in this document; the JSON Lines report holds them.</p>
`;
}

const countColumns = [{ heading: "List" }, { heading: "Category" }, { heading: "Disposition" }, ...matchSorts.map((sort) => ({ heading: sortNames[sort], number: true }) as const)];

/** The lists that were used. */
export function* listsSection(page: Page, record: RecordView): Generator<Markup> {
  yield html`<section id="lists"><h2>Lists used</h2>
`;
  yield* table(
    page,
    record.passes.length > 1 ? "Lists, in the order of the passes" : "Lists, in the order of the scan",
    [{ heading: "List" }, { heading: "Supplier, name and version" }, { heading: "Kind" }, { heading: "Category scale" }, { heading: "Rows" }, { heading: "Digests that can match" }],
    record.lists.map((list, index) => listCells(list, index + 1, record.passes.length > 1 ? passOfList(record, index).number : null)),
    "No list was used.",
  );
  yield html`</section>
`;
}

/** Matches with lists of known, unremarkable files: counts alone. */
export function* knownSection(page: Page, record: RecordView, totals: Totals): Generator<Markup> {
  yield html`<section id="known"><h2>Matches with lists of known files</h2>
<p>Lists of kind known hold files without significance. Matches with them are counted, not listed, and play no part in the answer.</p>
`;
  yield* table(
    page,
    "Matches with known lists",
    countColumns,
    totals.matches.filter(({ kind }) => kind === "known").map((counts) => countCells(record, counts)),
    "None.",
  );
  yield html`</section>
`;
}

function listCells(list: ListDescription, number: number, pass: number | null): readonly Markup[] {
  const refused = Object.entries(list.counts.refused).map(([reason, rows]) => `${grouped(rows)} refused (${reason})`);
  const dropped = Object.entries(list.counts.dropped).map(([reason, digests]) => `${grouped(digests)} single digests dropped (${reason})`);
  const rows = [`${grouped(list.counts.rowsRead)} read`, `${grouped(list.counts.rowsLoaded)} loaded`, ...refused, ...dropped, `${grouped(list.counts.md5Only)} with an MD5 only`, duplicatesSentence(list) ?? "duplicates not counted"];
  const statement = operatorStatement(list);
  const digests = Object.entries(list.counts.digests).map(([name, count]) => `${algorithmText(name as keyof typeof list.counts.digests)} ${grouped(count)}`);
  return [
    html`<span id="list-${number}">List ${number}</span>${pass === null ? nothing : html`<br />pass ${pass}`}`,
    html`${named(list.agency)}<br />${named(list.name)}, ${named(list.version)}<br /><span class="quiet">format ${list.format}, imported ${list.importedAt}</span><br /><span class="digest">SHA-256 of the list file ${list.sha256}</span>${list.plaintextSha256 === null ? nothing : html`<br /><span class="digest">SHA-256 of what was encrypted in it ${list.plaintextSha256}</span>`}<br />${named(signatureSentence(list))}${statement === null ? nothing : html`<br /><strong>${statement}</strong>`}`,
    html`${list.kind}`,
    html`${named(list.scale.scale)} ${named(list.scale.version)}<br /><span class="quiet">source ${named(list.scale.source)}</span><br /><span class="digest">SHA-256 ${list.scaleSha256}</span>`,
    html`${rows.join("; ")}`,
    html`${digests.length === 0 ? "none" : joined(digests)}`,
  ];
}

function countCells(record: RecordView, counts: Totals["matches"][number]): readonly Markup[] {
  const list = listAt(record, counts.list);
  const terms = categoryTerms(list, counts.category);
  const category = terms.code === null ? html`no category` : html`${named(terms.code)}: ${named(terms.label ?? "not named by the scale")}`;
  return [
    html`List ${counts.list + 1}, ${named(list.name)}`,
    category,
    html`${terms.disposition ?? "none stated"}`,
    ...matchSorts.map((sort) => counts[sort]).map((count) => html`${grouped(count)}`),
  ];
}
