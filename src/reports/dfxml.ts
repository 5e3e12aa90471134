import type { EntryRow, MatchRow, RecordView, Totals } from "../record/view.ts";
import { checkedTotals, checkEntryRows, noEntryRows } from "./accounting.ts";
import { caseStatements } from "./case-statements.ts";
import { checkRows } from "./checked-rows.ts";
import { fileObject } from "./dfxml-object.ts";
import type { ReportFormat, ReportOptions } from "./format.ts";
import { historyOf } from "./history.ts";
import { html as xml } from "./html-markup.ts";
import { matchedEntries, type MatchedEntry, notableEntries } from "./matched-entries.ts";

/**
 * Digital Forensics XML, in the order of elements of its schema (2.0.0-beta.0).
 *
 * Shape: one line an object. `metadata` holds where the evidence was mounted and what the case comes to, in our own name space; `source` names an image only where one was hashed; one `volume` holds a `fileobject` for each entry that matches a notable list,
 *        then one for each that was not examined (`error`); with `all` one for each entry, in their order. What the schema has no place for (BLAKE3, media type,
 *        matches, pictures within a file) stands in our name space behind `hashdigest`. Names as path text. Times that a file system does not state are left out.
 * Errors: Failure("record-damaged") when the record's rows and totals disagree.
 * Source: the schema of the DFXML working group.
 */
export const dfxml: ReportFormat = { name: "dfxml", extension: "dfxml", rowsPerEntry: true, forPrograms: true, render };

function* render(record: RecordView, options: ReportOptions): Generator<string> {
  const totals = checkedTotals(record);
  yield* headOf(record, totals, options);
  yield* options.all ? everyEntry(record, totals) : matchedAndUnread(record);
  yield "</volume>\n</dfxml>\n";
  checkRows(record, totals);
}

function* headOf(record: RecordView, totals: Totals, options: ReportOptions): Generator<string> {
  const { header } = record;
  const history = historyOf(record);
  yield `<?xml version="1.0" encoding="UTF-8"?>\n<dfxml xmlns="http://www.forensicswiki.org/wiki/Category:Digital_Forensics_XML" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:bm="urn:blindmatch:dfxml:1" version="2.0.0-beta.0">\n`;
  yield xml`<metadata><dc:type>Hash Match Report</dc:type>
<bm:evidence>${header.evidence}</bm:evidence>
`.markup;
  for (const { subject, sentence } of caseStatements(record, totals, options)) yield xml`<bm:statement subject="${subject}">${sentence}</bm:statement>
`.markup;
  yield xml`</metadata>
<creator><program>blindmatch</program><version>${options.version}</version><execution_environment><host>${header.host}</host><command_line>${header.commandLine.join(" ")}</command_line><username>${header.user}</username>${history.startedAt === null ? [] : xml`<start_time>${history.startedAt}</start_time>`}</execution_environment>${Object.entries(header.versions).map(([name, version]) => xml`<library name="${name}" version="${version}"/>`)}</creator>
<source>${history.images[0] === undefined ? [] : xml`<image_filename>${history.images[0].image}</image_filename>`}</source>
<volume><ftype_str>${header.evidenceIdentity.fileSystem}</ftype_str><allocated_only>1</allocated_only>
`.markup;
}

function* matchedAndUnread(record: RecordView): Generator<string> {
  for (const { entry, matches } of notableEntries(record)) yield fileObject(record, entry, matches);
  for (const entry of record.unread()) yield fileObject(record, entry, []);
}

function* everyEntry(record: RecordView, totals: Totals): Generator<string> {
  const matched = matchedEntries(record);
  let next = nextOf(matched);
  const entries = noEntryRows();
  for (const entry of record.entries()) {
    entries[entry.outcome] += 1;
    const own = next?.entry.no === entry.no ? next.matches : none;
    if (own !== none) next = nextOf(matched);
    yield fileObject(record, entry, own);
  }
  checkEntryRows(entries, totals);
}

const none: readonly MatchRow[] = [];

function nextOf(matched: Iterator<MatchedEntry>): { readonly entry: EntryRow; readonly matches: readonly MatchRow[] } | null {
  const { done, value } = matched.next();
  return done === true ? null : value;
}
