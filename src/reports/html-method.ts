import type { ClockState, RecordView } from "../record/view.ts";
import type { ReportOptions } from "./format.ts";
import { confinementSentence, type CustodyRow, elapsedSentence, type History, isolationSentence } from "./history.ts";
import { html, type Markup, named, nothing } from "./html-markup.ts";
import { type Page, table } from "./html-table.ts";
import { limitsOf } from "./limits.ts";
import { digestsSentence } from "./match-terms.ts";
import { clockText } from "./pass-terms.ts";
import { counted, grouped } from "./quantity.ts";
import { readingOrderSentence } from "./reading-order.ts";

/** What a match means and what the method cannot find. */
export function methodSection(record: RecordView, history: History): Markup {
  const { header } = record;
  const versions = Object.entries(header.versions).sort(([one], [other]) => (one < other ? -1 : 1));
  return html`<section id="method"><h2>Method and limits</h2>
<p>Every file that the mounted file system lists was read once, from its first byte to its last, and digests of its bytes were computed and looked up in the lists named above. ${digestsSentence(header)} No content was shown to anybody, and none is in this report.</p>
${limitsOf(record).map(({ heading, sentences }) => html`<h3>${heading}</h3>
${sentences.map((sentence) => html`<p>${sentence}</p>
`)}`)}<h3>Versions and identity</h3>
<dl>
${versions.map(([component, version]) => html`<dt>${named(component)}</dt><dd>${named(version)}</dd>
`)}<dt>Command</dt><dd class="path">${header.commandLine.join(" ")}</dd>
<dt>Run on</dt><dd>${named(header.host)} as ${named(header.user)}</dd>
<dt>File system</dt><dd>${named(header.evidenceIdentity.fileSystem)} (${named(header.evidenceIdentity.kind)}), root inode ${header.evidenceIdentity.rootInode}</dd>
<dt>Reading</dt><dd>${history.confinements.length === 0 ? "confinement not recorded" : named(history.confinements.map(confinementSentence).join(" "))}</dd>
<dt>Order</dt><dd>${named(readingOrderSentence(history))}</dd>
<dt>Decoding</dt><dd>${history.isolations.length === 0 ? "not recorded, or no picture was decoded" : named(history.isolations.map(isolationSentence).join(" "))}</dd>
<dt>Self-tests</dt><dd>${history.selftests.length === 0 ? "none recorded" : named(history.selftests.join("; "))}</dd>
</dl>
</section>
`;
}

/** Who did what when, from the record's log, and the head of its chain. */
export function* custodySection(page: Page, record: RecordView, history: History, options: Pick<ReportOptions, "countsOnly">): Generator<Markup> {
  yield html`<section id="custody"><h2>Custody</h2>
`;
  const rows = history.custody.map((row) => [html`${row.seq}`, html`${row.at}`, html`${row.kind}`, detail(row, history, options)]);
  yield* table(page, "From the log of the record", [{ heading: "Row", number: true }, { heading: "Time" }, { heading: "What" }, { heading: "Details" }], rows, "None.");
  yield html`<p>The log has ${grouped(record.chain.rows)} rows, each sealing the one before it. Head of the chain: <span class="digest">${record.chain.head}</span></p>
<p>Digest over all results, in the order in which they were read: <span class="digest">${history.resultsHead ?? "none, for the scan has not ended"}</span></p>
</section>
`;
}

function detail(row: CustodyRow, history: History, { countsOnly }: Pick<ReportOptions, "countsOnly">): Markup {
  const placed = (preposition: string, entry: number): string => (countsOnly === true ? "" : `${preposition} entry ${entry}`);
  switch (row.kind) {
    case "opened":
      return html`by ${named(row.body.header.user)} on ${named(row.body.header.host)}, ${grouped(row.body.lists.length)} lists${clockOf(row.body.header.clock)}`;
    case "resumed":
      return html`by ${named(row.body.user)} on ${named(row.body.host)}${placed(", at", row.body.nextEntry)}${clockOf(row.body.clock)}`;
    case "confinement":
      return row.body.confinement === "plain" ? html`evidence read by processes that were not confined` : html`evidence read by confined processes (${row.body.confinement})`;
    case "isolation":
      return row.body.isolation === "process" ? html`pictures decoded without a sandbox` : html`pictures decoded in a sandbox (${row.body.isolation}); ${grouped(row.body.probes.length)} attempts to leave it failed`;
    case "interrupted":
      return html`${placed("before", row.body.nextEntry)}`;
    case "stopped":
      return html`as was asked for, after ${counted(row.body.matched, "entry", "entries")} with a match${placed(", before", row.body.nextEntry)}`;
    case "closed":
      return html`after ${elapsedSentence(history) ?? ""}`;
    case "report":
      return html`${row.body.format}${row.body.all ? " with all entries" : ""}${row.body.countsOnly === true ? " of counts only" : ""}${row.body.redaction === undefined ? "" : " with names redacted"}${row.body.unredacted === true ? ", unredacted" : ""}: ${named(row.body.fileName)}${row.body.pages === undefined ? "" : ` and ${counted(row.body.pages.length, "further page", "further pages")}`}${row.body.by === undefined ? nothing : html`, by ${named(row.body.by)} on ${named(row.body.host ?? "unknown")}`}`;
    case "clock":
      return row.body.monotonicMs === null
        ? html`the wall clock was ${grouped(-row.body.wallMs)} ms behind the row before: it was set back between the two sessions`
        : html`the wall clock moved by ${grouped(row.body.wallMs)} ms while ${grouped(row.body.monotonicMs)} ms went by: it was set, or the machine slept; durations do not go by it`;
    case "migrated":
      return html`the record's schema was brought from version ${row.body.from} to ${row.body.to} by blindmatch ${named(row.body.version)}; nothing that was recorded was altered`;
    case "pass":
      return html`pass ${row.body.pass}, by ${named(row.body.examiner)} (${named(row.body.user)} on ${named(row.body.host)}), ${counted(row.body.lists.length, "list", "lists")}, ${counted(row.body.entries, "entry", "entries")} compared, ${counted(row.body.matches, "match row", "match rows")}${clockOf(row.body.clock)}; digest over them <span class="digest">${row.body.matchesHead}</span>; command <span class="path">${row.body.commandLine.join(" ")}</span>; versions ${named(Object.entries(row.body.versions).map(([name, version]) => `${name} ${version}`).join(", "))}`;
    case "sealed":
      return html`as ${named(row.body.manifest)}, by ${named(row.body.by)} on ${named(row.body.host)}, key ${row.body.keyId}`;
  }
}

function clockOf(clock: ClockState | undefined): Markup {
  return clock === undefined ? nothing : html`; ${named(clockText(clock))}`;
}
