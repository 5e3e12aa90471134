import { html, type Markup, nothing, styleText } from "../reports/html-markup.ts";
import type { Ended } from "./run-program.ts";
import type { Result } from "./validate.ts";

/** What a validation report says of the run itself. Times ISO 8601 with offset. */
export interface RunFacts {
  readonly seed: number;
  readonly corpusSha256: string;
  /** What was asked for, and which ways of reading and decoding the scans recorded. */
  readonly isolation: string;
  readonly reading: string;
  readonly decoding: string;
  /** By which code signatures were made and verified. */
  readonly signatures: string;
  readonly startedAt: string;
  readonly endedAt: string;
  readonly by: string;
  /** Everything whose version can alter a result, with its version or SHA-256. */
  readonly versions: Readonly<Record<string, string>>;
  readonly machine: Readonly<Record<string, string>>;
  /** Every run of the program, in order. What they printed is left out. */
  readonly runs: readonly Pick<Ended, "args" | "status">[];
}

/** How many requirements came to what. */
export function tallyOf(results: readonly Result[]): Readonly<Record<Result["outcome"], number>> {
  const of = (outcome: Result["outcome"]): number => results.filter((result) => result.outcome === outcome).length;
  return { pass: of("pass"), fail: of("fail"), "not-run": of("not-run") };
}

/** The one sentence of a validation. */
export function validationSentence(results: readonly Result[]): string {
  const { pass, fail, "not-run": notRun } = tallyOf(results);
  return `Of ${results.length} requirements ${pass} passed, ${fail} failed, and ${notRun} were not run here.`;
}

/**
 * JSON Lines: one object a line, told apart by `type`: one `validation`; a `run` per run of the program, in order; an `assertion` per thing that was looked at; a `requirement` per requirement, behind its
 * assertions; one `totals`, always the last line.
 */
export function validationJsonl({ runs, ...facts }: RunFacts, results: readonly Result[]): string {
  const lines: object[] = [{ type: "validation", form: "blindmatch-validation", formVersion: 1, ...facts }];
  for (const [index, { args, status }] of runs.entries()) lines.push({ type: "run", number: index + 1, args, status });
  for (const { id, requirement, outcome, assertions, instead } of results) {
    for (const { assertion, expected, actual } of assertions) lines.push({ type: "assertion", requirement: id, assertion, expected, actual, outcome: expected === actual ? "pass" : "fail" });
    const { shall, asserted, limits } = requirement;
    lines.push({ type: "requirement", requirement: id, shall, ...(outcome === "not-run" ? { wouldBeAsserted: asserted } : { asserted }), limits, outcome, instead });
  }
  lines.push({ type: "totals", sentence: validationSentence(results), requirements: results.length, ...tallyOf(results) });
  return lines.map((line) => `${JSON.stringify(line)}\n`).join("");
}

const words = { pass: "pass", fail: "FAIL", "not-run": "not run here" } as const;

/** The same for people: one document that loads nothing. */
export function validationHtml(facts: RunFacts, results: readonly Result[]): string {
  const list = (values: Readonly<Record<string, string>>): Markup => html`<dl>
${Object.entries(values).map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>
`)}</dl>
`;
  const { seed, corpusSha256, isolation, reading, decoding, signatures, startedAt, endedAt, by, versions, machine, runs } = facts;
  const document = html`<!DOCTYPE html>
<html lang="en" xmlns="http://www.w3.org/1999/xhtml">
<head>
<meta charset="utf-8" />
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src 'none'; base-uri 'none'; form-action 'none'" />
<meta name="viewport" content="width=device-width, initial-scale=1" />
<title>Validation of blindmatch ${versions["blindmatch"] ?? ""}</title>
<style>${styleOf(`Validation of blindmatch ${versions["blindmatch"] ?? ""}, seed ${seed}, begun ${startedAt}, by ${by}`)}</style>
</head>
<body>
<h1>Validation of blindmatch ${versions["blindmatch"] ?? ""}</h1>
<p class="answer">${validationSentence(results)}</p>
<p>The program was run on this machine as an examiner runs it, on exhibits and lists drawn from a seed. What was expected comes from Node's OpenSSL and published test vectors (digests), from how exhibits and lists
were made (matches), and from a second implementation of PDQ within the same project (perceptual codes). The kit draws pictures and escapes names by code that the program has, too. ${signatures} What was not run here counts neither as passed nor as failed.</p>
<h2>Run</h2>
${list({ "made by": by, started: startedAt, ended: endedAt, seed: `${seed}`, "SHA-256 of the corpus": corpusSha256, "isolation of the decoder, asked for": isolation, "isolation of the decoder, as the scans recorded it": decoding, "confinement of the readers, as the scans recorded it": reading, "runs of the program": `${runs.length}, each with its arguments and status in validation.jsonl` })}<h2>Program</h2>
${list(versions)}<h2>Machine</h2>
${list(machine)}<h2>Summary</h2>
<table>
<thead><tr><th scope="col">Requirement</th><th scope="col">The tool shall ...</th><th scope="col">Outcome</th></tr></thead>
<tbody>
${results.map(({ id, requirement: { shall }, outcome }) => html`<tr><td><a href="#${id}">${id}</a></td><td>${shall}</td><td class="${outcome}">${words[outcome]}</td></tr>
`)}</tbody>
</table>
${results.map(section)}</body>
</html>
`;
  return document.markup;
}

function section({ id, requirement: { shall, asserted, limits }, outcome, assertions, instead }: Result): Markup {
  const rows = assertions.map(({ assertion, expected, actual }) => {
    const came = expected === actual ? "pass" : "fail";
    return html`<tr><td>${assertion}</td><td>${expected}</td><td>${actual}</td><td class="${came}">${words[came]}</td></tr>
`;
  });
  const table = html`<table>
<thead><tr><th scope="col">Assertion</th><th scope="col">Expected</th><th scope="col">Actual</th><th scope="col">Outcome</th></tr></thead>
<tbody>
${rows}</tbody>
</table>
`;
  return html`<section id="${id}">
<h2>${id}: <span class="${outcome}">${words[outcome]}</span></h2>
<p>${shall}</p>
<dl><dt>${outcome === "not-run" ? "would be asserted" : "asserted"}</dt><dd>${asserted}</dd><dt>limits</dt><dd>${limits}</dd>${instead === null ? nothing : html`<dt>not run here</dt><dd>${instead}</dd>`}</dl>
${rows.length === 0 ? nothing : table}</section>
`;
}

/** `pageHead`: what every printed page says that it belongs to. */
const styleOf = (pageHead: string): Markup => ({
  markup: `
:root { color-scheme: light; }
body { margin: 0 auto; max-width: 75rem; padding: 1.5rem; background: #ffffff; color: #1a1a1a; font: 1rem/1.5 system-ui, "Segoe UI", Arial, sans-serif; }
h1 { font-size: 1.75rem; }
h2 { font-size: 1.2rem; margin: 2rem 0 0.5rem; padding-top: 0.5rem; border-top: 2px solid #8a8a8a; }
.answer { font-size: 1.25rem; font-weight: 600; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0.15rem 1rem; }
dt { color: #545454; }
dd { margin: 0; overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; }
th, td { border: 1px solid #8a8a8a; padding: 0.3rem 0.5rem; text-align: left; vertical-align: top; overflow-wrap: anywhere; }
th { background: #eef0f3; white-space: nowrap; }
.fail { color: #8f1d14; font-weight: 700; }
.not-run { color: #545454; white-space: nowrap; }
@page { size: A4 landscape; margin: 15mm; @top-left { content: ${styleText(pageHead)}; font: 9pt sans-serif; } @bottom-right { content: "page " counter(page) " of " counter(pages); font: 9pt sans-serif; } }
@media print { body { max-width: none; padding: 0; font-size: 9.5pt; } section, tr { break-inside: avoid; } thead { display: table-header-group; } }
`,
});
