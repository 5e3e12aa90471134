import type { RecordView } from "../record/view.ts";
import { checkedTotals } from "./accounting.ts";
import { caseStatements } from "./case-statements.ts";
import { fileNodes, type Ids, nodeText, reference, resultNode, typed } from "./case-uco-nodes.ts";
import { scanNodes } from "./case-uco-scan.ts";
import { checkRows } from "./checked-rows.ts";
import type { ReportFormat, ReportOptions } from "./format.ts";
import { historyOf } from "./history.ts";
import { notableEntries } from "./matched-entries.ts";
import { uuidsOf } from "./record-uuid.ts";

const ontologies = {
  "case-investigation": "https://ontology.caseontology.org/case/investigation/",
  "uco-action": "https://ontology.unifiedcyberontology.org/uco/action/",
  "uco-analysis": "https://ontology.unifiedcyberontology.org/uco/analysis/",
  "uco-configuration": "https://ontology.unifiedcyberontology.org/uco/configuration/",
  "uco-core": "https://ontology.unifiedcyberontology.org/uco/core/",
  "uco-observable": "https://ontology.unifiedcyberontology.org/uco/observable/",
  "uco-tool": "https://ontology.unifiedcyberontology.org/uco/tool/",
  "uco-types": "https://ontology.unifiedcyberontology.org/uco/types/",
  xsd: "http://www.w3.org/2001/XMLSchema#",
};

/**
 * CASE/UCO 1.4 as JSON-LD: the investigation, the exhibit, the lists, the program, each file that matches a notable list, and a result for each match.
 *
 * Shape: one node of `@graph` a line. Ids are UUIDs that follow from the record, so that the same thing has the same id in each of its reports. An exact match
 *        that nothing contradicts classifies its file as `SCALE:CODE`, without a confidence, for the category is the list's statement; other matches classify
 *        nothing, and name the record's category in words. The scan's `description` holds the answer, whether it is complete, and what was not searched.
 * Errors: Failure("record-damaged") when the record's rows and totals disagree.
 * Source: the ontologies of CASE and UCO, 1.4.0.
 */
export const caseUco: ReportFormat = { name: "case-uco", extension: "jsonld", rowsPerEntry: false, forPrograms: true, render };

function* render(record: RecordView, options: ReportOptions): Generator<string> {
  const totals = checkedTotals(record);
  const uuid = uuidsOf(record);
  const ids: Ids = (kind, ...key) => `urn:uuid:${uuid(kind, ...key)}`;
  yield `{"@context":${JSON.stringify(ontologies)},"@graph":[\n`;
  for (const node of scanNodes(record, ids, options)) yield `${nodeText(node)},\n`;
  let results = 0;
  for (const { entry, matches } of notableEntries(record)) {
    results += matches.length;
    yield [...fileNodes(record, ids, entry, matches), ...matches.map((match) => resultNode(record, ids, match))].map((node) => `${nodeText(node)},\n`).join("");
  }
  yield* closing(record, ids, results, caseStatements(record, totals, options).map(({ subject, sentence }) => `${subject}: ${sentence}`));
  yield "]}\n";
  checkRows(record, totals);
}

/** The actions come last: their results may be many, and are written one after the other. */
function* closing(record: RecordView, ids: Ids, results: number, descriptions: readonly string[]): Generator<string> {
  const { startedAt, endedAt } = historyOf(record);
  const done = {
    ...(startedAt === null ? {} : { "uco-action:startTime": typed("xsd:dateTime", startedAt) }),
    ...(endedAt === null ? {} : { "uco-action:endTime": typed("xsd:dateTime", endedAt) }),
    "uco-action:performer": reference(ids("examiner")),
    "uco-action:instrument": [reference(ids("tool"))],
    "uco-action:object": [reference(ids("provenance", "exhibit")), ...record.lists.map((_, index) => reference(ids("list", index)))],
  };
  const analysis = { "@id": ids("analysis"), "@type": "uco-analysis:Analysis", "uco-core:name": "comparison with lists of known files", ...done };
  yield* withResults(analysis, "uco-action:result", resultsOf(record, ids));
  if (results > 0) {
    const { exhibit } = record.header;
    const found = { "@id": ids("provenance", "results"), "@type": "case-investigation:ProvenanceRecord", "uco-core:description": "What matched; no content was exported.", "case-investigation:exhibitNumber": `${exhibit} (blindmatch)`, "case-investigation:rootExhibitNumber": exhibit };
    yield* withResults(found, "uco-core:object", resultsOf(record, ids));
  }
  const result = results === 0 ? {} : { "uco-action:result": [reference(ids("provenance", "results"))] };
  yield `${nodeText({ "@id": ids("action"), "@type": "case-investigation:InvestigativeAction", "uco-core:name": "scan of an exhibit for known files", "uco-core:description": descriptions, ...done, "uco-action:subaction": [reference(ids("analysis"))], ...result })}\n`;
}

function* resultsOf(record: RecordView, ids: Ids): Generator<string> {
  for (const { matches } of notableEntries(record)) for (const { number } of matches) yield ids("result", number);
}

/** A node with a list of references that is not held in memory; without the list where there is none. */
function* withResults(node: Readonly<Record<string, unknown>>, property: string, results: Iterable<string>): Generator<string> {
  yield nodeText(node).slice(0, -1);
  let isFirst = true;
  for (const id of results) {
    yield `${isFirst ? `,${JSON.stringify(property)}:[` : ","}${nodeText(reference(id))}`;
    isFirst = false;
  }
  yield isFirst ? "},\n" : "]},\n";
}
