import type { CryptographicAlgorithm, Digests, ListDescription } from "../model.ts";
import type { CaseHeader, RecordView } from "../record/view.ts";
import { containedWithin, contentFacet, type Ids, type Node, reference } from "./case-uco-nodes.ts";
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
  yield* evidenceNodes(record, ids);
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

/** The exhibit is what was mounted, in whatever image: an image is told of only where one was hashed, for where the evidence was mounted is none. */
function* evidenceNodes(record: RecordView, ids: Ids): Generator<Node> {
  const { exhibit, evidence, evidenceIdentity } = record.header;
  const facet = { "@id": ids("filesystemfacet"), "@type": "uco-observable:FileSystemFacet", "uco-observable:fileSystemType": evidenceIdentity.fileSystem };
  yield { "@id": ids("evidence"), "@type": "uco-observable:FileSystem", "uco-core:name": evidence, "uco-core:hasFacet": [facet] };
  const [image] = historyOf(record).images;
  if (image !== undefined) {
    yield { "@id": ids("image"), "@type": "uco-observable:Image", "uco-core:name": image.image, "uco-core:hasFacet": [contentFacet(ids, ["image"], BigInt(image.sizeBytes), null, digestsOfImage(image.digests))] };
    yield containedWithin(ids, ["evidence"], ids("evidence"), ids("image"));
  }
  const objects = [ids("evidence"), ...(image === undefined ? [] : [ids("image")])];
  yield { "@id": ids("provenance", "exhibit"), "@type": "case-investigation:ProvenanceRecord", "case-investigation:exhibitNumber": exhibit, "uco-core:object": objects.map(reference) };
}

function digestsOfImage(hexadecimal: Partial<Record<CryptographicAlgorithm, string>>): Partial<Digests> {
  return Object.fromEntries((["md5", "sha1", "sha256"] as const).flatMap((name) => (hexadecimal[name] === undefined ? [] : [[name, Buffer.from(hexadecimal[name], "hex")]])));
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
