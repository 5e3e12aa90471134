import type { RecordView } from "../record/view.ts";
import type { ReportOptions } from "./format.ts";
import { type FurtherPage, hrefOf, type ListedSection } from "./html-layout.ts";
import type { Listing } from "./html-listing.ts";
import { html, type Markup, named, nothing, styleText } from "./html-markup.ts";
import { script, scriptSha256 } from "./html-script.ts";
import { styleSheet } from "./html-style.ts";
import type { Page } from "./html-table.ts";
import { plainText } from "./plain-text.ts";
import { grouped } from "./quantity.ts";

/** Everything before the sections of the first page. `leftOut`: sections that it does not have. */
export function firstOpening(page: Page, record: RecordView, options: ReportOptions, leftOut: readonly string[]): Markup {
  const { pages } = page.layout;
  const parts = pages === 1 ? nothing : html`<p>Page 1 of ${grouped(pages)}. The other pages are files beside this one, named where their rows go on; they belong to this report and are to be kept with it.</p>
`;
  return html`${head(page, record, options, "")}${parts}</header>
<nav aria-label="Parts of this report"><ul>
${sections.filter(([id]) => !leftOut.includes(id)).map(([id, title]) => html`<li><a href="#${id}">${title}</a></li>
`)}</ul></nav>
<main id="main">
`;
}

/** Everything before the table of another page: which page it is of which report, and the ways to the others. */
export function furtherOpening(page: Page, record: RecordView, options: ReportOptions, listing: Listing, place: FurtherPage): Markup {
  const number = `page ${grouped(place.number)} of ${grouped(page.layout.pages)}`;
  return html`${head(page, record, options, `, ${number}`)}<p>${titleOf(listing.section)}, ${number} of the report made ${named(options.madeAt)} by blindmatch ${named(options.version)}. The answer, and all that qualifies it, stand in its <a href="${page.first}#summary">summary</a>.</p>
</header>
${ways(page, listing, place)}<main id="main">
${listing.opening}`;
}

/** Everything after the last section. */
export function closing(page: Page): Markup {
  return html`</main>
${page.partial ? html`<footer>${partialNotice(page)}</footer>
` : nothing}<script>${script}</script>
</body>
</html>
`;
}

function head(page: Page, record: RecordView, options: ReportOptions, suffix: string): Markup {
  const { caseNumber, exhibit } = record.header;
  return html`<!DOCTYPE html>
<html lang="en" xmlns="http://www.w3.org/1999/xhtml">
<head>
<meta charset="utf-8" />
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${scriptSha256}'; img-src 'none'; base-uri 'none'; form-action 'none'" />
<meta name="viewport" content="width=device-width, initial-scale=1" />
<meta name="robots" content="noindex" />
<title>${page.partial ? "PARTIAL " : ""}Match report: case ${caseNumber}, exhibit ${exhibit}${suffix}</title>
<style>${styleSheet(page.partial, pageHead(record, options))}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the report</a>
<header>
${partialNotice(page)}<h1>Match report: case ${named(caseNumber)}, exhibit ${named(exhibit)}</h1>
`;
}

/** Of a name that is too long for the margin the beginning. */
function pageHead({ header: { caseNumber, exhibit } }: RecordView, { madeAt, version }: ReportOptions): string {
  const cut = (text: string): string => {
    const characters = [...plainText(text)];
    return characters.length > 48 ? `${characters.slice(0, 48).join("")}...` : characters.join("");
  };
  return styleText(`Match report: case ${cut(caseNumber)}, exhibit ${cut(exhibit)}; made ${madeAt} by blindmatch ${version}`);
}

function partialNotice(page: Page): Markup {
  return page.partial ? html`<p class="partial">PARTIAL: the scan has not ended. What follows is what was known when this report was made.</p>
` : nothing;
}

/** Links from a page to the summary, to where the rows of its listing begin, and to its neighbours. */
function ways(page: Page, listing: Listing, place: FurtherPage): Markup {
  const further = page.layout.further.get(listing.key) ?? [];
  const at = further.indexOf(place);
  const begin = `${page.first}#${listing.section}`;
  const [before, after] = [further[at - 1], further[at + 1]];
  const links = [
    ["Summary", `${page.first}#summary`],
    ["First page of these rows", begin],
    ["Previous page", before === undefined ? begin : hrefOf(before.fileName)],
    ...(after === undefined ? [] : [["Next page", hrefOf(after.fileName)] as const]),
  ] as const;
  return html`<nav aria-label="Other pages"><ul>
${links.map(([title, href]) => html`<li><a href="${href}">${title}</a></li>
`)}</ul></nav>
`;
}

function titleOf(section: ListedSection): string {
  return sections.find(([id]) => id === section)?.[1] ?? section;
}

const sections = [
  ["summary", "Summary"],
  ["figures", "Figures"],
  ["lists", "Lists used"],
  ["exact", "Exact matches"],
  ["contradicted", "Contradicted agreements (not identifications)"],
  ["near", "Near matches (leads)"],
  ["doubtful", "Near matches of low confidence"],
  ["known", "Matches with lists of known files"],
  ["unread", "Not examined"],
  ["pictures", "Pictures not compared, or in part"],
  ["method", "Method and limits"],
  ["custody", "Custody"],
] as const;
