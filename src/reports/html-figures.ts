import type { RecordView, Totals } from "../record/view.ts";
import type { ReportOptions } from "./format.ts";
import type { History } from "./history.ts";
import { html, type Markup, nothing } from "./html-markup.ts";
import { type Page, table } from "./html-table.ts";
import { matchSorts, needsAttention, noRows, sortNames, sortOf } from "./match-terms.ts";
import { counted, grouped } from "./quantity.ts";

/** The counts drawn: entries by outcome, matches over the plan, time per stage. Each drawing stands in a table, or has one, that says the same in figures. */
export function* figuresSection(page: Page, record: RecordView, totals: Totals, history: History, { countsOnly }: Pick<ReportOptions, "countsOnly">): Generator<Markup> {
  yield html`<section id="figures"><h2>Figures</h2>
`;
  yield* outcomes(page, totals);
  // Of a small case a part of the plan is a single entry.
  if (countsOnly !== true) yield* overThePlan(page, record, totals);
  yield* stages(page, history);
  yield html`</section>
`;
}

function* outcomes(page: Page, totals: Totals): Generator<Markup> {
  const { seen, examined, unread, pending } = totals;
  const rows = [["Examined", examined], ["Not examined", unread], ["Not yet reached", pending], ["Seen: the sum of these", seen]] as const;
  yield* table(
    page,
    "Entries by outcome",
    [{ heading: "Outcome" }, { heading: "Entries", number: true }, { heading: "Bytes", number: true }, { heading: "Share of the entries" }],
    rows.map(([name, { entries, bytes }]) => [html`${name}`, html`${grouped(entries)}`, html`${grouped(bytes)}`, bar(entries, seen.entries)]),
    "",
  );
}

/** Parts of the plan that are counted apart, from its first entry to its last. */
const parts = 20;

function* overThePlan(page: Page, record: RecordView, totals: Totals): Generator<Markup> {
  const entries = totals.seen.entries;
  const counts = new Array<null>(Math.min(parts, Math.max(entries, 1))).fill(null).map(noRows);
  const at = (entry: number): number => Math.min(Math.floor((entry * counts.length) / Math.max(entries, 1)), counts.length - 1);
  for (const match of record.matches()) {
    const part = counts[at(match.entry.no)];
    if (part !== undefined && needsAttention(record, match)) part[sortOf(match)] += 1;
  }
  const found = matchSorts.filter((sort) => counts.some((part) => part[sort] > 0));
  if (found.length === 0) return;
  yield* table(
    page,
    "Where in the plan the matches lie, from the first entry that was read to the last",
    [{ heading: "Sort of match" }, { heading: "Matches", number: true }, { heading: "At most in one part", number: true }, { heading: `Matches in each of ${counts.length} equal parts of the plan` }],
    found.map((sort) => [html`${sortNames[sort]}`, html`${grouped(counts.reduce((sum, part) => sum + part[sort], 0))}`, html`${grouped(Math.max(...counts.map((part) => part[sort])))}`, strip(counts.map((part) => part[sort]), sortNames[sort])]),
    "",
  );
  yield html`<details class="alternative"><summary>The same in figures</summary>
`;
  const firstOf = (part: number): number => Math.ceil((part * entries) / counts.length);
  yield* table(
    page,
    "Matches by part of the plan",
    [{ heading: "Entries" }, ...found.map((sort) => ({ heading: sortNames[sort], number: true }) as const)],
    counts.map((part, index) => [html`${grouped(firstOf(index))} to ${grouped(firstOf(index + 1) - 1)}`, ...found.map((sort) => html`${grouped(part[sort])}`)]),
    "",
  );
  yield html`</details>
`;
}

function* stages(page: Page, { stages, scanSessions }: History): Generator<Markup> {
  if (stages === null) return;
  const rows = Object.entries(stages.ms);
  const untold = scanSessions.count - stages.sessions;
  const most = Math.max(...rows.map(([, ms]) => ms), 1);
  yield* table(
    page,
    `How long each stage was at work in ${counted(stages.sessions, "session", "sessions")} of the scan${untold === 0 ? "" : ` (of ${grouped(untold)} more it is not known)`}; stages work at the same time, and in several processes`,
    [{ heading: "Stage" }, { heading: "Seconds", number: true }, { heading: "Compared with the longest" }],
    rows.map(([stage, ms]) => [html`${stage}`, html`${grouped(Math.round(ms / 1000))}`, bar(ms, most)]),
    "",
  );
}

/** What is not nothing is to be seen, however little it is. */
function bar(part: number, whole: number): Markup {
  return html`<svg class="bar" aria-hidden="true" focusable="false">${part === 0 ? nothing : html`<rect width="${percent(Math.max(part / whole, 0.004))}" height="100%" />`}</svg>`;
}

function strip(counts: readonly number[], name: string): Markup {
  const most = Math.max(...counts);
  const width = 1 / counts.length;
  const columns = counts.flatMap((count, index) => {
    const height = Math.max(count / most, 0.08);
    return count === 0 ? [] : [html`<rect x="${percent(index * width)}" y="${percent(1 - height)}" width="${percent(width * 0.85)}" height="${percent(height)}" />`];
  });
  return html`<svg class="strip" role="img" aria-label="${name}: at most ${grouped(most)} in one part; the table below has the figures">${columns}</svg>`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(2)}%`;
}
