import type { CryptographicAlgorithm, ListDescription } from "../model.ts";
import type { CaseHeader, RecordView } from "../record/view.ts";
import { contentFacet, type Ids, type Node, reference } from "./case-uco-nodes.ts";
import type { ReportOptions } from "./format.ts";
import { historyOf } from "./history.ts";

/** What a scan is made of, before anything was found: the investigation, who examined what with which program, and which lists. */
export function* scanNodes(record: RecordView, ids: Ids, { version }: ReportOptions): Generator<Node> {
  const { header } = record;
  yield { "@id": ids("investigation"), "@type": "case-investigation:Investigation", "uco-core:name": header.caseNumber, "case-investigation:investigationForm": "case", "uco-core:object": [reference(ids("action"))] };
  yield { "@id": ids("examiner"), "@type": "case-investigation:Examiner", "uco-core:name": header.examiner, ...(header.organisation === null ? {} : { "uco-core:description": header.organisation }) };
  yield {
    "@id": ids("tool"),
    "@type": ["uco-tool:AnalyticTool", "uco-tool:ConfiguredTool"],
    "uco-core:name": "blindmatch",
    "uco-tool:version": header.versions["blindmatch"] ?? version,
    "uco-tool:toolType": "comparison of files with lists of known files",
    "uco-configuration:usesConfiguration": [{ "@id": ids("configuration"), "@type": "uco-configuration:Configuration", "uco-configuration:configurationEntry": settings(header).map(([name, value]) => ({ "@id": ids("setting", name), "@type": "uco-configuration:ConfigurationEntry", "uco-configuration:itemName": name, "uco-configuration:itemValue": value })) }],
  };
  yield { "@id": ids("image"), "@type": "uco-observable:Image", "uco-core:name": header.evidence, ...imageFacet(record, ids) };
  yield { "@id": ids("provenance", "exhibit"), "@type": "case-investigation:ProvenanceRecord", "case-investigation:exhibitNumber": header.exhibit, "uco-core:object": [reference(ids("image"))] };
  for (const [index, list] of record.lists.entries()) yield listNode(ids, list, index);
}

function settings({ options, commandLine }: CaseHeader): readonly (readonly [name: string, value: string])[] {
  return [
    ["command_line", commandLine.join(" ")],
    ["digests", options.digests.join(" ")],
    ["near_matching", options.perceptual ? "on" : "off"],
    ["near_distance_bits", `${options.nearDistanceBits}`],
    ["least_quality", `${options.leastQuality}`],
    ["largest_file_bytes", options.largestFileBytes === null ? "none" : `${options.largestFileBytes}`],
  ];
}

/** Digests of the whole image stand in the record only where they were asked for. */
function imageFacet(record: RecordView, ids: Ids): Node {
  const [image] = historyOf(record).images;
  if (image === undefined) return {};
  const digests = Object.fromEntries((["md5", "sha1", "sha256"] satisfies CryptographicAlgorithm[]).flatMap((name) => (image.digests[name] === undefined ? [] : [[name, Buffer.from(image.digests[name], "hex")]])));
  return { "uco-core:hasFacet": [contentFacet(ids, ["image"], BigInt(image.sizeBytes), null, digests)] };
}

function listNode(ids: Ids, list: ListDescription, index: number): Node {
  return {
    "@id": ids("list", index),
    "@type": "uco-observable:File",
    "uco-core:name": `${list.agency}/${list.name} ${list.version}`,
    "uco-core:description": `list ${index + 1}, ${list.kind}`,
    "uco-core:hasFacet": [contentFacet(ids, ["list", index], list.sizeBytes, null, { sha256: Buffer.from(list.sha256, "hex") })],
  };
}
