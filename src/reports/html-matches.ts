import { cryptographicAlgorithms, type Digests, doubts, pictureStatuses } from "../model.ts";
import type { EntryRow, MatchRow, RecordView, Totals } from "../record/view.ts";
import { checkMatchRows } from "./accounting.ts";
import { type Listing, rowHeading } from "./html-listing.ts";
import { html, type Markup, named, nothing, pathMarkup } from "./html-markup.ts";
import type { Column, Page } from "./html-table.ts";
import { algorithmText, categoryTerms, isMd5Only, listAt, type MatchSort, matchSorts, needsAttention, noRows, rowsOfSort, sortOf } from "./match-terms.ts";
import { nearCompared } from "./not-searched.ts";
import { listText, thresholdOf } from "./pass-terms.ts";
import { hexText, recordIdText, withheldRecordId } from "./plain-text.ts";
import { comparisonOf } from "./picture-terms.ts";
import { counted, grouped, joined } from "./quantity.ts";
import { timeText } from "./time-text.ts";
import { transformWords } from "./transform-words.ts";

const columns: readonly Column[] = [{ heading: "Match", number: true }, { heading: "File" }, { heading: "Category" }, { heading: "Statement" }, { heading: "Digests of the file" }];

/** The exact, contradicted and near matches with notable lists, each sort in a section of its own. */
export function matchListings(record: RecordView, totals: Totals): readonly Listing[] {
  const rows = rowsOfSort(totals, (counts) => needsAttention(record, counts));
  return matchSorts.map((sort) => ({
    key: `${sort} match`,
    section: sort,
    opening: openingOf(sort, record),
    caption: captions[sort],
    columns,
    rows: rows[sort],
    empty: emptyText(sort, record),
    cells: (page) => (rows[sort] === 0 && sort !== "exact" ? [] : cellsOf(page, record, countedRows(record, totals, sort))),
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

const captions: Readonly<Record<MatchSort, string>> = {
  exact: "Exact matches, in the order of the entries",
  contradicted: "Contradicted agreements, in the order of the entries",
  near: "Near matches: leads, in the order of the entries",
  doubtful: "Near matches of low confidence, in the order of the entries",
};

function openingOf(sort: MatchSort, record: RecordView): Markup {
  if (sort === "exact") {
    return html`<section id="exact"><h2>Exact matches</h2>
<p>The digests of these files equal those of a record of a list. The content was not viewed.</p>
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

function* cellsOf(page: Page, record: RecordView, rows: Iterable<MatchRow>): Generator<readonly Markup[]> {
  for (const match of rows) yield [rowHeading(page, "match", match.number), matchedCell(record, match), categoryCell(record, match), statement(page, record, match), digestsCell(digestsOfMatched(match))];
}

/** The file, and the picture within it where it is that one which matches. */
function matchedCell(record: RecordView, match: MatchRow): Markup {
  if (match.embedded === null) return fileCell(match.entry);
  return html`${fileCell(match.entry)}<br /><strong>//${match.embedded}</strong>: ${match.kind === "exact" ? `the bytes of a picture within this file match, those of the whole file do not.` : `a picture within this file matches.`} ${ownPicture(record, match)}`;
}

/** What is known of the file's own picture where one within it matches: that it does not match only as far as it was compared. */
function ownPicture(record: RecordView, match: MatchRow): string {
  const status = match.entry.picture?.status ?? null;
  if (status === null) return "The file's own picture was not compared for resemblance.";
  const comparison = comparisonOf(status);
  const why = `${status}: ${pictureStatuses[status]}`;
  if (comparison === "none") return `The file's own picture was not compared for resemblance (${why}).`;
  if (status === "low-quality") return `The file's own picture is too plain for a comparison that tells much (${why}).`;
  if (match.kind === "exact") return `Whether the file's own picture resembles the same record can be told only where that has a perceptual code.`;
  if (comparison === "in-part") return `Of the file's own picture only a part was compared (${why}), and that part does not match.`;
  const { leastQuality: least } = thresholdOf(record, match.list);
  return least > leastOfHashed
    ? `The file's own picture does not match, or its PDQ quality is below the ${least} that this list asks for and it was not compared.`
    : `The file's own picture was compared and does not match: it may have been altered after its ${match.embedded ?? "picture"} was made.`;
}

/** A picture of a lower PDQ quality has the status `low-quality`. */
const leastOfHashed = 50;

/** The file of an entry: where it is and what the file system says of it. */
export function fileCell(entry: EntryRow): Markup {
  const name = entry.sameAs === null ? nothing : html`<br />the same file as entry ${entry.sameAs} under another name`;
  return html`${pathMarkup(entry.path)}<br /><span class="quiet">entry ${entry.no}, ${counted(entry.sizeBytes, "byte", "bytes")}, ${entry.mediaType ?? "type not told"}, inode ${entry.inode.toString()}, modified ${timeText(entry.modifiedNs)}${name}</span>${entry.extensionFits === false ? html`<br /><span class="notice">The extension is not one of this type.</span>` : nothing}`;
}

function categoryCell(record: RecordView, match: MatchRow): Markup {
  const terms = categoryTerms(listAt(record, match.list), match.category);
  const code = terms.code === null ? html`no category` : html`${named(terms.code)}`;
  return html`${code}${terms.label === null ? nothing : html`: ${named(terms.label)}`}<br /><span class="quiet">scale ${named(terms.scale)} ${named(terms.scaleVersion)}</span>`;
}

/** What one match says, no more: never that content was seen, and never that a near match identifies. */
function statement(page: Page, record: RecordView, match: MatchRow): Markup {
  const where = referenceMarkup(page, record, match);
  const matched = match.embedded === null ? "this file" : `the ${match.embedded} within this file`;
  const agreeing = joined(match.algorithms.map(algorithmText));
  switch (sortOf(match)) {
    case "exact":
      return html`The bytes of ${matched} have the same ${agreeing} as ${where}.${isMd5Only(match) ? html` <span class="notice">MD5 only: files of equal MD5 can be made on purpose; confirm by another digest.</span>` : nothing}`;
    case "contradicted":
      return html`The ${agreeing} of ${matched} ${match.algorithms.length === 1 ? "is" : "are"} that of ${where}, but ${joined(match.contradictedBy.map(algorithmText))} ${match.contradictedBy.length === 1 ? "differs" : "differ"}. Not an identification.`;
    case "near":
    case "doubtful":
      return html`<strong>${match.distanceBits ?? "?"} of 256 bits</strong> from ${where} (${match.embedded ?? "picture"} compared ${named(match.transform === null ? "in a way not told" : transformWords(match.transform))}; ${counted(match.nearReferences ?? 0, "reference", "references")} of the list as near). A lead, not an identification.${match.doubts.map((doubt) => html`<br /><span class="notice">Low confidence: ${doubts[doubt]}${doubt === "many-files" ? ` (${grouped(match.filesNear ?? 0)})` : ""}.</span>`)}`;
  }
}

function referenceMarkup(page: Page, record: RecordView, match: MatchRow): Markup {
  const list = listAt(record, match.list);
  const id = recordIdText(match.recordId, match.entry.digests);
  const row = `row ${grouped(match.reference + 1)} of those loaded`;
  const reference = id === null ? html`a record without an id` : id === withheldRecordId ? html`a record whose id is ${id}` : html`record ${named(id)}`;
  return html`${reference} (${row}) of <a href="${page.first}#list-${match.list + 1}">${listText(record, match.list)}</a>, ${named(list.name)} ${named(list.version)}`;
}

function digestsOfMatched({ entry, embedded }: MatchRow): Partial<Digests> {
  return embedded === null ? entry.digests : (entry.embedded.find(({ name }) => name === embedded)?.digests ?? {});
}

function digestsCell(digests: Partial<Digests>): Markup {
  return html`${cryptographicAlgorithms.flatMap((name) => {
    const digest = digests[name];
    return digest === undefined ? [] : [html`<span class="digest">${algorithmText(name)} ${hexText(digest)}</span><br />`];
  })}`;
}
