import type { Markup } from "./html-markup.ts";

/**
 * The one style sheet of the HTML report. Holds no `<` and no `&`, so that it stands in a well-formed document as it is.
 *
 * Shape: colours as `--name: #rrggbb`, a light set, a dark set, and the light one again for paper.
 */
export function styleSheet(partial: boolean): Markup {
  const text = `
:root { color-scheme: light dark; ${light} }
@media (prefers-color-scheme: dark) { :root { ${dark} } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 75rem; padding: 1.5rem; background: var(--paper); color: var(--ink); font: 1rem/1.5 system-ui, "Segoe UI", Arial, sans-serif; }
h1 { font-size: 1.75rem; line-height: 1.2; margin: 0 0 0.5rem; }
h2 { font-size: 1.3rem; margin: 2.5rem 0 0.5rem; padding-top: 0.5rem; border-top: 2px solid var(--rule); }
h3 { font-size: 1.05rem; margin: 1.25rem 0 0.25rem; }
p, li, dd { max-width: 60rem; overflow-wrap: anywhere; }
a { color: var(--link); }
.answer { font-size: 1.25rem; font-weight: 600; border: 2px solid var(--rule); border-left-width: 0.6rem; padding: 0.75rem 1rem; }
.partial { background: var(--alarm); color: var(--alarm-ink); font-weight: 700; padding: 0.6rem 1rem; }
.notice { color: var(--alert); font-weight: 600; }
.quiet { color: var(--quiet); }
.path { display: inline-block; min-width: min(14em, 100%); font-family: ui-monospace, "DejaVu Sans Mono", Consolas, monospace; white-space: pre-wrap; overflow-wrap: anywhere; }
.digest { display: inline-block; min-width: min(20em, 100%); font-family: ui-monospace, "DejaVu Sans Mono", Consolas, monospace; font-size: 0.8em; overflow-wrap: anywhere; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0.15rem 1rem; margin: 0.5rem 0; }
dt { color: var(--quiet); }
dd { margin: 0; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; margin: 0.75rem 0; }
caption { text-align: left; font-weight: 600; padding: 0.25rem 0; }
th, td { border: 1px solid var(--rule); padding: 0.3rem 0.5rem; text-align: left; vertical-align: top; overflow-wrap: break-word; }
th { background: var(--band); }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
thead tr.paper { display: none; }
@page {
  size: A4 landscape;
  margin: 18mm 12mm 16mm;
  @top-left { content: "blindmatch: match report"; font: 9pt sans-serif; }
  ${partial ? '@top-right { content: "PARTIAL: the scan has not ended"; font: bold 10pt sans-serif; }' : ""}
  @bottom-right { content: "page " counter(page) " of " counter(pages); font: 9pt sans-serif; }
}
@media print {
  :root { color-scheme: light; ${light} }
  body { max-width: none; padding: 0; font-size: 9.5pt; line-height: 1.35; }
  nav { display: none; }
  h2, h3, caption { break-after: avoid; }
  .summary { break-after: page; }
  .scroll { overflow: visible; }
  thead { display: table-header-group; }
  thead tr.paper { display: table-row; }
  tr, li, dt, dd, .answer, .partial { break-inside: avoid; }
  th, .partial { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`;
  return { markup: text };
}

const light =
  "--paper: #ffffff; --ink: #1a1a1a; --quiet: #545454; --rule: #8a8a8a; --band: #eef0f3; --link: #0b4f9e; --alert: #8f1d14; --alarm: #8f1d14; --alarm-ink: #ffffff;";
const dark =
  "--paper: #14161a; --ink: #ececec; --quiet: #b4b8bf; --rule: #767b84; --band: #22262d; --link: #8ec1ff; --alert: #ffb0a6; --alarm: #ffb0a6; --alarm-ink: #14161a;";
