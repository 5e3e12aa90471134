import type { Markup } from "./html-markup.ts";

/**
 * The one style sheet of the HTML report. Holds no `<` and no `&`, so that it stands in a well-formed document as it is. `pageHead`: what every printed page says that it belongs to,
 * as `styleText` gives it.
 *
 * Shape: colours as `--name: #rrggbb`, a light set, a dark set, and the light one again for paper.
 */
export function styleSheet(partial: boolean, pageHead: string): Markup {
  const text = `
:root { color-scheme: light dark; ${light} }
@media (prefers-color-scheme: dark) { :root { ${dark} } }
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; }
body { margin: 0 auto; max-width: 80rem; padding: 1.5rem; background: var(--paper); color: var(--ink); font: 1rem/1.5 system-ui, "Segoe UI", Arial, sans-serif; }
h1 { font-size: 1.75rem; line-height: 1.2; margin: 0 0 0.5rem; }
h2 { font-size: 1.3rem; margin: 2.5rem 0 0.5rem; padding-top: 0.5rem; border-top: 2px solid var(--rule); }
h3 { font-size: 1.05rem; margin: 1.25rem 0 0.25rem; }
p, li, dd { max-width: 60rem; overflow-wrap: anywhere; }
a { color: var(--link); }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
:target { outline: 3px solid var(--link); outline-offset: -3px; }
.skip { position: absolute; left: -100vw; }
.skip:focus { left: 1rem; top: 0.5rem; padding: 0.5rem 1rem; background: var(--paper); }
nav ul { display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; list-style: none; margin: 0.75rem 0; padding: 0; }
.answer { font-size: 1.25rem; font-weight: 600; border: 2px solid var(--rule); border-left-width: 0.6rem; padding: 0.75rem 1rem; margin: 0.75rem 0; }
.partial { background: var(--alarm); color: var(--alarm-ink); font-weight: 700; padding: 0.6rem 1rem; }
.notice { color: var(--alert); font-weight: 600; }
.quiet { color: var(--quiet); }
.path { display: inline-block; min-width: min(14em, 100%); font-family: ui-monospace, "DejaVu Sans Mono", Consolas, monospace; font-size: 0.95em; white-space: pre-wrap; overflow-wrap: anywhere; }
.digest { display: inline-block; min-width: min(20em, 100%); font-family: ui-monospace, "DejaVu Sans Mono", Consolas, monospace; font-size: 0.85em; overflow-wrap: anywhere; margin-right: 1em; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0.15rem 1rem; margin: 0.5rem 0; }
dt { color: var(--quiet); }
dd { margin: 0; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; margin: 0.75rem 0; }
caption { text-align: left; font-weight: 600; padding: 0.25rem 0; }
th, td { border: 1px solid var(--rule); padding: 0.3rem 0.5rem; text-align: left; vertical-align: top; overflow-wrap: break-word; }
th { background: var(--band); }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
thead th.number { white-space: normal; }
tfoot th, tfoot td { border-top: 3px double var(--rule); font-weight: 600; }
thead tr.paper { display: none; }
.listing { font-size: 0.94rem; }
tr.more td { border-top: 0; padding-top: 0; }
tr:has(+ tr.more) th, tr:has(+ tr.more) td { border-bottom: 0; }
tbody[hidden] { display: none; }
summary { cursor: pointer; overflow-wrap: anywhere; }
.facts { font-size: 0.9em; margin: 0.4rem 0 0.4rem 1.1rem; }
.tools { display: flex; flex-wrap: wrap; align-items: center; gap: 0.5rem 1.25rem; margin: 0.75rem 0 0; }
.tools input, .tools select { font: inherit; max-width: 16rem; padding: 0.2rem 0.4rem; color: var(--ink); background: var(--paper); border: 1px solid var(--rule); }
th button { font: inherit; font-weight: 700; text-align: inherit; color: inherit; background: none; border: 0; padding: 0; cursor: pointer; text-decoration: underline dotted; }
th[aria-sort="ascending"] button::after { content: " \\25B2"; }
th[aria-sort="descending"] button::after { content: " \\25BC"; }
.bar, .strip { display: block; width: 100%; min-width: 6rem; height: 1.2em; }
.strip { height: 2.5em; border-bottom: 1px solid var(--rule); }
.bar rect, .strip rect { fill: var(--bar); }
@media screen {
  #lists table { min-width: 60rem; }
  .listing { min-width: 48rem; }
}
@media (max-width: 40rem) {
  body { padding: 0.75rem; }
  dl { grid-template-columns: 1fr; gap: 0; }
  dd { margin-bottom: 0.4rem; }
}
@page {
  size: A4 landscape;
  margin: 15mm 12mm 13mm;
  @top-left { content: ${pageHead}; font: 9pt sans-serif; }
  ${partial ? '@top-right { content: "PARTIAL: the scan has not ended"; font: bold 10pt sans-serif; white-space: nowrap; }' : ""}
  @bottom-right { content: "page " counter(page) " of " counter(pages); font: 9pt sans-serif; }
}
@media print {
  :root { color-scheme: light; ${light} }
  body { max-width: none; padding: 0; font-size: 9.5pt; line-height: 1.35; }
  nav, .tools, .skip, .alternative { display: none; }
  th button { display: contents; }
  section:has(.listing) { break-before: page; }
  p, li, dd { max-width: none; }
  h1 { font-size: 14pt; margin: 0; }
  h2 { font-size: 12pt; margin: 5mm 0 1mm; padding-top: 1mm; }
  h3 { font-size: 10pt; }
  th, td { padding: 0.8mm 1.5mm; }
  table { margin: 1.5mm 0; }
  h2, h3, caption { break-after: avoid; }
  .listing { font-size: 8.5pt; line-height: 1.25; }
  thead tr.paper { display: table-row; }
  .summary { break-after: page; font-size: 8pt; line-height: 1.2; }
  .summary h2 { margin-top: 1mm; }
  .summary h3 { margin: 1.5mm 0 0; font-size: 9pt; }
  .summary p, .summary ul, .summary dl, .summary table { margin-top: 0.5mm; margin-bottom: 0.5mm; }
  .summary th, .summary td { padding: 0.3mm 1.5mm; }
  .summary .case { grid-template-columns: max-content 1fr max-content 1fr; }
  .summary ul { columns: 2; column-gap: 8mm; padding-left: 4mm; }
  .summary .answer { font-size: 10pt; padding: 1.5mm 3mm; }
  .summary tr.paper { display: none; }
  .facts { display: block; margin: 0.5mm 0; }
  .facts dt, .facts dd { display: inline; }
  .facts dt::after { content: ": "; }
  .facts dd::after { content: ". "; }
  .facts .digest { min-width: 0; }
  .partial { padding: 1mm 3mm; margin: 0 0 1.5mm; }
  .scroll { overflow: visible; }
  thead { display: table-header-group; }
  tfoot { display: table-row-group; }
  tbody[hidden] { display: table-row-group; }
  details::details-content { content-visibility: visible; display: block; height: auto; }
  summary { list-style: none; }
  tr, li, dt, dd, .answer, .partial, .listing tbody { break-inside: avoid; }
  #lists tr { break-inside: auto; }
  th, .partial, .bar, .strip { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`;
  return { markup: text };
}

const light =
  "--paper: #ffffff; --ink: #1a1a1a; --quiet: #545454; --rule: #8a8a8a; --band: #eef0f3; --link: #0b4f9e; --alert: #8f1d14; --alarm: #8f1d14; --alarm-ink: #ffffff; --bar: #3f6ea5;";
const dark =
  "--paper: #14161a; --ink: #ececec; --quiet: #b4b8bf; --rule: #767b84; --band: #22262d; --link: #8ec1ff; --alert: #ffb0a6; --alarm: #ffb0a6; --alarm-ink: #14161a; --bar: #6ba3e0;";
