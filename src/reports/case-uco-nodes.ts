import { cryptographicAlgorithms, type Digests } from "../model.ts";
import { pathText } from "../path-text.ts";
import type { EmbeddedRow, EntryRow, MatchRow, RecordView } from "../record/view.ts";
import { embeddedOf } from "./embedded-terms.ts";
import { statementText } from "./match-statement.ts";
import { categoryTerms, isMd5Only, listAt, sortOf } from "./match-terms.ts";
import { hexText, plainText, recordIdText, withheldRecordId } from "./plain-text.ts";
import { schemaTimeText } from "./time-text.ts";

/** A node of the graph, or a part of one. */
export type Node = Readonly<Record<string, unknown>>;

/** Gives the id of a thing by its kind and what tells it from others of its kind. */
export type Ids = (kind: string, ...key: readonly (string | number)[]) => string;

/** One line of JSON, every text printable. */
export function nodeText(node: Node): string {
  return JSON.stringify(node, (_, item: unknown) => (typeof item === "string" ? plainText(item) : item));
}

export function reference(id: string): Node {
  return { "@id": id };
}

export function typed(datatype: string, value: string): Node {
  return { "@type": datatype, "@value": value };
}

/** Whole numbers as text: JSON's own would be rounded above 2^53. */
function integer(value: number | bigint): Node {
  return typed("xsd:integer", value.toString());
}

/** A file that matches, that it lies in the exhibit, and the pictures within it that match. A facet is never shared, so its id is made of its object's key. */
export function* fileNodes(record: RecordView, ids: Ids, entry: EntryRow, matches: readonly MatchRow[]): Generator<Node> {
  const file = ids("file", entry.no);
  const isPicture = entry.picture !== null;
  yield { "@id": file, "@type": isPicture ? "uco-observable:RasterPicture" : "uco-observable:File", "uco-core:hasFacet": [fileFacet(ids, entry), ...inodeFacet(record, ids, entry), contentFacet(ids, ["file", entry.no], entry.sizeBytes, entry.mediaType, entry.digests)] };
  yield containedWithin(ids, ["file", entry.no], file, ids("evidence"));
  for (const name of new Set(matches.map(({ embedded }) => embedded))) {
    const part = name === null ? null : embeddedOf({ entry, embedded: name });
    if (part !== null) yield* embeddedNodes(ids, entry, part);
  }
}

function* embeddedNodes(ids: Ids, entry: EntryRow, part: EmbeddedRow): Generator<Node> {
  const key = ["embedded", entry.no, part.name] as const;
  const id = ids(...key);
  yield { "@id": id, "@type": "uco-observable:ContentData", "uco-core:name": part.name, "uco-core:hasFacet": [contentFacet(ids, key, part.sizeBytes, null, part.digests)] };
  const range = { "@id": ids("range", ...key), "@type": "uco-observable:DataRangeFacet", "uco-observable:rangeOffset": integer(part.offsetBytes), "uco-observable:rangeSize": integer(part.sizeBytes) };
  yield { ...containedWithin(ids, key, id, ids("file", entry.no)), "uco-core:hasFacet": [range] };
}

export function containedWithin(ids: Ids, key: readonly (string | number)[], source: string, target: string): Node {
  return { "@id": ids("relationship", ...key), "@type": "uco-observable:ObservableRelationship", "uco-core:source": reference(source), "uco-core:target": reference(target), "uco-core:kindOfRelationship": "Contained_Within", "uco-core:isDirectional": true };
}

function fileFacet(ids: Ids, entry: EntryRow): Node {
  const path = pathText(entry.path);
  const times = [["modifiedTime", entry.modifiedNs], ["accessedTime", entry.accessedNs], ["metadataChangeTime", entry.changedNs], ["observableCreatedTime", entry.createdNs]] as const;
  const stated = times.flatMap(([name, ns]) => {
    const text = schemaTimeText(ns);
    return text === null ? [] : [[`uco-observable:${name}`, typed("xsd:dateTime", text)] as const];
  });
  return {
    "@id": ids("filefacet", entry.no),
    "@type": "uco-observable:FileFacet",
    "uco-observable:fileName": path.slice(path.lastIndexOf("/") + 1),
    "uco-observable:filePath": path,
    "uco-observable:isDirectory": false,
    "uco-observable:sizeInBytes": integer(entry.sizeBytes),
    ...Object.fromEntries(stated),
    "uco-observable:allocationStatus": "Allocated",
  };
}

/** Inode numbers have a place for the file systems that the ontology knows. */
function inodeFacet({ header }: RecordView, ids: Ids, entry: EntryRow): readonly Node[] {
  const { fileSystem } = header.evidenceIdentity;
  const id = ids("inodefacet", entry.no);
  if (/^ext[234]$/.test(fileSystem)) return [{ "@id": id, "@type": "uco-observable:ExtInodeFacet", "uco-observable:extInodeID": integer(entry.inode), "uco-observable:extHardLinkCount": integer(entry.links) }];
  return /^ntfs3?$/.test(fileSystem) ? [{ "@id": id, "@type": "uco-observable:NTFSFileFacet", "uco-observable:entryID": integer(entry.inode) }] : [];
}

/** Names of the ontology's vocabulary; BLAKE3 is not in it, which is allowed and noted by validators as information. */
const hashMethods = { md5: "MD5", sha1: "SHA1", sha256: "SHA256", blake3: "BLAKE3" } as const;

/** Size, type and digests of bytes. */
export function contentFacet(ids: Ids, key: readonly (string | number)[], sizeBytes: number | bigint, mediaType: string | null, digests: Partial<Digests>): Node {
  const hashes = cryptographicAlgorithms.flatMap((name) => {
    const digest = digests[name];
    return digest === undefined ? [] : [{ "@id": ids("hash", ...key, name), "@type": "uco-types:Hash", "uco-types:hashMethod": hashMethods[name], "uco-types:hashValue": typed("xsd:hexBinary", hexText(digest)) }];
  });
  return {
    "@id": ids("contentfacet", ...key),
    "@type": "uco-observable:ContentDataFacet",
    "uco-observable:sizeInBytes": integer(sizeBytes),
    ...(mediaType === null ? {} : { "uco-observable:mimeType": mediaType }),
    "uco-observable:hash": hashes,
  };
}

/** What one match says of what matches. An agreement in MD5 alone classifies nothing: files of equal MD5 can be made on purpose. */
export function resultNode(record: RecordView, ids: Ids, match: MatchRow): Node {
  const list = listAt(record, match.list);
  const { code, scale, scaleVersion, label } = categoryTerms(list, match.category);
  const sort = sortOf(match);
  const md5Only = isMd5Only(match);
  const recordId = recordIdText(match.recordId, match.entry.digests);
  const category = `The list's category of that record is ${code ?? "none"}${label === null ? "" : ` (${label})`}, scale ${scale} ${scaleVersion}.`;
  const classification = { "@id": ids("classification", match.number), "@type": "uco-analysis:ArtifactClassification", "uco-analysis:class": `${scale}:${code ?? ""}` };
  const facet = { "@id": ids("classificationfacet", match.number), "@type": "uco-analysis:ArtifactClassificationResultFacet", "uco-analysis:classification": [classification] };
  return {
    "@id": ids("result", match.number),
    "@type": "uco-analysis:AnalyticResult",
    "uco-core:name": `match ${match.number}`,
    "uco-core:tag": md5Only ? [sort, "md5-only"] : [sort],
    "uco-core:description": `${statementText(record, match)} ${category}`,
    "uco-core:externalReference": [{ "@id": ids("reference", match.number), "@type": "uco-core:ExternalReference", "uco-core:definingContext": `${list.agency}/${list.name} ${list.version}, loaded row ${match.reference + 1}`, ...(recordId === null || recordId === withheldRecordId ? {} : { "uco-core:externalIdentifier": recordId }) }],
    "uco-analysis:originatingAnalysis": reference(ids("analysis")),
    "uco-analysis:resultContent": [reference(match.embedded === null ? ids("file", match.entry.no) : ids("embedded", match.entry.no, match.embedded))],
    ...(sort === "exact" && !md5Only && code !== null ? { "uco-core:hasFacet": [facet] } : {}),
  };
}
