import type { RecordView, Totals } from "../record/view.ts";
import { evidenceWrites } from "./evidence-writes.ts";
import type { ReportOptions } from "./format.ts";
import { firstMatchText } from "./first-match.ts";
import { elapsedSentence, type History } from "./history.ts";
import { html, type Markup, named, nothing } from "./html-markup.ts";
import { type Page, table } from "./html-table.ts";
import { listNotices } from "./list-terms.ts";
import { needsAttention, rowsOfSort } from "./match-terms.ts";
import { nearCompared, notSearched } from "./not-searched.ts";
import { passSentence } from "./pass-terms.ts";
import { counted, grouped } from "./quantity.ts";
import { stoppedSentence } from "./reading-order.ts";
import { answerSentence, completenessSentence, exitMeaning, outcomeOfRecord } from "./summary.ts";

/** The first page: the answer, and all that qualifies it. */
export function* summarySection(page: Page, record: RecordView, totals: Totals, history: History, options: ReportOptions): Generator<Markup> {
  yield html`<section class="summary" id="summary" aria-labelledby="summary-heading">
<h2 id="summary-heading">Summary</h2>
<p class="answer">${answerSentence(record, totals)}</p>
`;
  yield stoppedNotice(history);
  yield caseFacts(record, totals, history, options);
  yield* countsTable(page, record, totals);
  yield passes(record, totals);
  const writes = evidenceWrites(history);
  yield html`<h3>Completeness</h3>
<p>${completenessSentence(totals)} ${exitMeaning(outcomeOfRecord(record, totals))}</p>
<h3>Was anything written to the evidence?</h3>
<p${writes.verdict === "none" ? nothing : html` class="notice"`}>${writes.sentence}</p>
<p>${[writes.mountSentence, ...writes.furtherSentences].join(" ")}</p>
<h3>Not searched</h3>
<ul>
${notSearched(record, totals).map(({ sentence }) => html`<li>${sentence}</li>
`)}</ul>
<h3>Warnings and overrides</h3>
${warnings(record, history)}</section>
`;
}

function stoppedNotice(history: History): Markup {
  const sentence = stoppedSentence(history);
  return sentence === null ? nothing : html`<p class="notice">${sentence}</p>
`;
}

function caseFacts(record: RecordView, totals: Totals, history: History, options: ReportOptions): Markup {
  const { header } = record;
  const first = record.firstMatch();
  const facts: readonly (readonly [string, string])[] = [
    ["Case", header.caseNumber],
    ["Exhibit", header.exhibit],
    ["Examiner", header.organisation === null ? header.examiner : `${header.examiner}, ${header.organisation}`],
    ["Evidence read from", header.evidence],
    ["Scan started", `${history.startedAt ?? "not recorded"} (${header.timeZone})`],
    ["Scan ended", history.endedAt === null ? "not ended" : `${history.endedAt} (${header.timeZone})`],
    ...(history.scanSessions.count > 1 && elapsedSentence(history) !== null ? ([["Scan took", elapsedSentence(history) ?? ""]] as const) : []),
    ...(first === null ? [] : ([["First match", firstMatchText(first, totals)]] as const)),
    ["Report made", `${options.madeAt} by blindmatch ${options.version}`],
  ];
  return html`<dl>
${facts.map(([term, text]) => html`<dt>${term}</dt><dd>${named(text)}</dd>
`)}</dl>
`;
}

/** Several comparisons with lists, each with when, by whom and what it came to; nothing is said of a scan's own where there was no other. */
function passes(record: RecordView, totals: Totals): Markup {
  if (record.passes.length === 1) return nothing;
  return html`<h3>Passes</h3>
<p>The case was compared with lists ${counted(record.passes.length, "time", "times")}. The figures above are over all of them; an entry that matches in several passes is counted once.</p>
<ul>
${record.passes.map((pass) => html`<li${pass.near === "no-codes-kept" ? html` class="notice"` : nothing}>${named(passSentence(totals, pass))}</li>
`)}</ul>
`;
}

function* countsTable(page: Page, record: RecordView, totals: Totals): Generator<Markup> {
  const rows = rowsOfSort(totals, (counts) => needsAttention(record, counts));
  const { exact, contradicted, near, doubtful, any } = totals.entriesMatched;
  const compared = nearCompared(record);
  const count = (number: number) => html`${grouped(number)}`;
  yield* table(
    page,
    "Matches with notable lists",
    [{ heading: "Sort of match" }, { heading: "What it says" }, { heading: "Entries", number: true }, { heading: "Matches", number: true }],
    [
      [html`Exact`, html`the digests of the bytes equal those of a record`, count(exact), count(rows.exact)],
      [html`Contradicted`, html`one digest agrees and another does not: not an identification`, count(contradicted), count(rows.contradicted)],
      [html`Near`, html`${compared ? "the picture resembles a record: a lead, not an identification" : "not compared"}`, count(near), count(rows.near)],
      [html`Near, low confidence`, html`${compared ? "a resemblance that tells little, for the reasons stated with each" : "not compared"}`, count(doubtful), count(rows.doubtful)],
      [html`Any of these`, html`an entry may have matches of several sorts and is counted once here`, count(any), count(rows.exact + rows.contradicted + rows.near + rows.doubtful)],
    ],
    "",
  );
}

function warnings(record: RecordView, history: History): Markup {
  const notices = listNotices(record.lists);
  if (history.overrides.length + notices.length + history.warnings.length === 0) return html`<p>None.</p>
`;
  return html`<ul>
${history.overrides.map(({ option, reason }) => html`<li class="notice">Overridden: ${named(option)}. Reason given: ${named(reason)}</li>
`)}${notices.map(({ list, sentence, reason }) => html`<li class="notice">List ${list} ${sentence}. Reason given: ${named(reason)}</li>
`)}${history.warnings.map((message) => html`<li class="notice">${named(message)}</li>
`)}</ul>
`;
}
