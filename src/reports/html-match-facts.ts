import { cryptographicAlgorithms, type Digests, pictureStatuses } from "../model.ts";
import type { EntryRow, MatchRow, RecordView } from "../record/view.ts";
import { timesOf } from "./entry-times.ts";
import { html, type Markup, named, nothing, pathMarkup } from "./html-markup.ts";
import { algorithmText, categoryTerms, listAt } from "./match-terms.ts";
import { thresholdOf } from "./pass-terms.ts";
import { comparisonOf } from "./picture-terms.ts";
import { hexText } from "./plain-text.ts";
import { counted, grouped } from "./quantity.ts";

/** The file of an entry: where it is, and what of it a reader must not miss. */
export function fileCell(entry: EntryRow): Markup {
  return html`${pathMarkup(entry.path)}${entry.extensionFits === false ? html`<br /><span class="notice">The extension is not one of this type.</span>` : nothing}`;
}

/** All that the record holds of what matched, for whoever opens the row; on paper it is always open. */
export function factsOf(record: RecordView, match: MatchRow): Markup {
  const { entry } = match;
  const within = entry.embedded.find(({ name }) => name === match.embedded);
  const { scale, scaleVersion, disposition } = categoryTerms(listAt(record, match.list), match.category);
  const facts: readonly (readonly [string, Markup])[] = [
    ["Category", html`of scale ${named(scale)} ${named(scaleVersion)}, disposition ${disposition ?? "none stated"}`],
    ["File", html`entry ${entry.no}, ${counted(entry.sizeBytes, "byte", "bytes")}, inode ${entry.inode.toString()}, ${counted(entry.links, "link", "links")}${entry.sameAs === null ? "" : `, the same file as entry ${entry.sameAs} under another name`}`],
    ["Type", html`${typeText(entry)}`],
    ["Times", html`as the file system (${record.header.evidenceIdentity.fileSystem}) states them, UTC: ${timesText(entry)}`],
    ...(within === undefined ? [] : [["Within the file", html`${within.name} at byte ${grouped(within.offsetBytes)}, ${counted(within.sizeBytes, "byte", "bytes")}. ${ownPicture(record, match)}`] as const, [`Digests of the ${within.name}`, digestsMarkup(within.digests)] as const]),
    ["Digests of the file", digestsMarkup(entry.digests)],
  ];
  return html`<dl class="facts">${facts.map(([term, fact]) => html`<dt>${term}</dt><dd>${fact}</dd>`)}</dl>`;
}

function timesText(entry: EntryRow): string {
  return Object.entries(timesOf(entry)).map(([name, time]) => `${name} ${time ?? "none recorded"}`).join(", ");
}

function typeText({ mediaType, extensionFits, picture }: EntryRow): string {
  const extension = extensionFits === null ? "nothing to compare the extension with" : extensionFits ? "the extension is one of this type" : "the extension is not one of this type";
  const size = picture === null ? "" : `, picture of ${grouped(picture.widthPixels)} by ${grouped(picture.heightPixels)} pixels (${picture.status})`;
  return `${mediaType ?? "not told by its first bytes"}; ${extension}${size}`;
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

function digestsMarkup(digests: Partial<Digests>): Markup {
  return html`${cryptographicAlgorithms.flatMap((name) => {
    const digest = digests[name];
    return digest === undefined ? [] : [html`<span class="digest">${algorithmText(name)} ${hexText(digest)}</span> `];
  })}`;
}
