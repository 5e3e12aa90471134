import type { RecordView, Totals } from "../record/view.ts";
import { evidenceWrites } from "./evidence-writes.ts";
import type { ReportOptions } from "./format.ts";
import { firstMatchText } from "./first-match.ts";
import { elapsedSentence, type History } from "./history.ts";
import { html, type Markup, named, nothing } from "./html-markup.ts";
import { countsTable } from "./html-lists.ts";
import type { Page } from "./html-table.ts";
import { listNotices, operatorStatement } from "./list-terms.ts";
import { nearCompared, notSearched } from "./not-searched.ts";
import { annexNameOf, redactionSentence } from "./redacted-view.ts";
import { passSentence } from "./pass-terms.ts";
import { counted, joined } from "./quantity.ts";
import { stoppedSentence } from "./reading-order.ts";
import { answerSentence, completenessSentence, countsOnlySentence, exitMeaning, outcomeOfRecord } from "./summary.ts";
import { warningsOf } from "./warnings.ts";

/** The first page: the answer, and all that qualifies it. */
export function* summarySection(page: Page, record: RecordView, totals: Totals, history: History, options: ReportOptions): Generator<Markup> {
  yield html`<section class="summary" id="summary" aria-labelledby="summary-heading">
<h2 id="summary-heading">Summary</h2>
<p class="answer">${answerSentence(record, totals)}</p>
`;
  yield stoppedNotice(history);
  yield caseFacts(record, totals, history, options);
  yield* countsTable(page, record, totals);
  yield html`<p class="quiet">Exact: the digests that are named with the match are those of a record, and none contradicts them; where that is MD5 alone it is counted apart, for collisions exist. Contradicted: one digest agrees and another does not, which is no identification. Near: ${nearCompared(record) ? "the picture resembles a record, a lead and no identification; of low confidence, where the resemblance tells little" : "pictures were not compared"}. The content was not viewed.</p>
`;
  yield passes(record, totals);
  const writes = evidenceWrites(history);
  yield html`<h3>Completeness</h3>
<p>${completenessSentence(totals)} ${exitMeaning(outcomeOfRecord(record, totals))}</p>
<h3>Warnings and overrides</h3>
${warnings(record, history)}<h3>Was anything written to the evidence?</h3>
<p${writes.verdict === "none" ? nothing : html` class="notice"`}>${writes.sentence}</p>
<p>${[writes.mountSentence, ...writes.furtherSentences].join(" ")}</p>
<h3>Not searched</h3>
<ul>
${notSearched(record, totals).map(({ sentence }) => html`<li>${sentence}</li>
`)}</ul>
</section>
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
    ...(first === null ? [] : ([["First exact or near match that calls for attention", firstMatchText(first, totals, options)]] as const)),
    ["Report made", `${options.madeAt} by blindmatch ${options.version}`],
    ...(record.namesRedacted === true ? ([["Names", redactionSentence(annexNameOf(options.fileName ?? "report"))]] as const) : []),
    ...(options.countsOnly === true ? ([["Rows", countsOnlySentence]] as const) : []),
  ];
  return html`<dl class="case">
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

/** Notices of lists, those that say the same once: the summary is to stay short. */
function sharedNotices({ lists }: RecordView): readonly { readonly lists: readonly string[]; readonly sentence: string; readonly reason: string }[] {
  const shared = new Map<string, { readonly lists: string[]; readonly sentence: string; readonly reason: string }>();
  for (const { list, sentence, reason } of listNotices(lists)) {
    const key = JSON.stringify([sentence, reason]);
    const same = shared.get(key);
    if (same === undefined) shared.set(key, { lists: [`${list}`], sentence, reason });
    else same.lists.push(`${list}`);
  }
  return [...shared.values()];
}

function warnings(record: RecordView, history: History): Markup {
  const stated = record.lists.flatMap((list, index) => (operatorStatement(list) === null ? [] : [index + 1]));
  const items = [
    ...(record.complete ? [] : [html`<li class="notice">PARTIAL: the scan has not ended. What follows is what was known when this report was made.</li>`]),
    ...history.overrides.map(({ option, reason }) => html`<li class="notice">Overridden: ${named(option)}. Reason given: ${named(reason)}</li>`),
    ...sharedNotices(record).map(({ lists, sentence, reason }) => html`<li class="notice">${lists.length === 1 ? `List ${lists.join()}` : `Lists ${joined(lists)}: each`} ${sentence}. Reason given: ${named(reason)}</li>`),
    ...(stated.length === 0 ? [] : [html`<li class="notice">Of ${stated.length === 1 ? "list" : "lists"} ${joined(stated.map(String))} agency, name, version and kind are as the operator stated them: no signature says it.</li>`]),
    ...warningsOf(record, history).map((message) => html`<li class="notice">${named(message)}</li>`),
  ];
  return items.length === 0 ? html`<p>None.</p>
` : html`<ul>
${items.map((item) => html`${item}
`)}</ul>
`;
}
