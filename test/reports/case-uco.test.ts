import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { caseUco } from "../../src/reports/case-uco.ts";
import { examined, list, match, recordView } from "../support/record-view.ts";
import { type ShapeFinding, shaclValidator } from "../support/shacl.ts";

const folder = "fixtures/reports";
const reports = readdirSync(folder).filter((name) => name.endsWith(".jsonld"));
const validate = shaclValidator([readFileSync(join(folder, "case-uco.shapes.ttl"), "utf8")]);
const violations = (found: readonly ShapeFinding[]): readonly ShapeFinding[] => found.filter(({ severity }) => severity === "Violation");

type Node = { [property: string]: unknown };
const textOf = (name: string): string => readFileSync(join(folder, name), "utf8");
const mixed = textOf("mixed.jsonld");

/** The report with something altered in its nodes. */
function altered(alter: (graph: Node[]) => void): string {
  const document = JSON.parse(mixed) as { "@graph": Node[] };
  alter(document["@graph"]);
  return JSON.stringify(document);
}
const noted = (found: readonly ShapeFinding[]): readonly string[] => found.map(({ severity, path }) => `${severity} ${path}`);
const blake3Alone = (name: string): readonly string[] => Array<string>(textOf(name).split('"BLAKE3"').length - 1).fill("Info hashMethod");
const first = (graph: Node[], type: string): Node => everyNode(graph).find((node) => node["@type"] === type)!;

function everyNode(value: unknown): Node[] {
  if (Array.isArray(value)) return value.flatMap(everyNode);
  if (typeof value !== "object" || value === null) return [];
  return [value as Node, ...Object.values(value).flatMap(everyNode)];
}

/** A report of a file on such a file system. */
function reportOn(fileSystem: string): string {
  const evidenceIdentity = { kind: "directory", fileSystem, rootInode: "5", rootModifiedNs: "1767225600000000000" } as const;
  return [...caseUco.render(recordView({ header: { evidenceIdentity }, entries: [{ ...examined(0, "a.jpg"), inode: 41n }], lists: [list()], matches: [match(0)] }), { all: false, madeAt: "2026-04-17T12:00:00+02:00", version: "0.1.0" })].join("");
}

describe("the CASE/UCO report", () => {
  it("gives inode numbers in the facets of ext and NTFS, and none of other file systems", async () => {
    const facets = (text: string): unknown[] => everyNode(JSON.parse(text)).filter((node) => "uco-observable:extInodeID" in node || "uco-observable:entryID" in node).map((node) => [node["@type"], node["uco-observable:extInodeID"] ?? node["uco-observable:entryID"]]);
    const number = { "@type": "xsd:integer", "@value": "41" };
    expect(["ext4", "ntfs3", "vfat"].map((fileSystem) => facets(reportOn(fileSystem)))).toEqual([[["uco-observable:ExtInodeFacet", number]], [["uco-observable:NTFSFileFacet", number]], []]);
    expect(violations(await validate(reportOn("ntfs3")))).toEqual([]);
  });

  it.each(reports)("%s agrees with the shapes, and BLAKE3 alone is noted (REQ-66)", async (name) => {
    expect(noted(await validate(textOf(name)))).toEqual(blake3Alone(name));
  });

  it.each<[string, (graph: Node[]) => void, string]>([
    ["a hash has no value", (graph) => delete first(graph, "uco-types:Hash")["uco-types:hashValue"], "MinCountConstraintComponent"],
    ["a facet serves two objects", (graph) => void (everyNode(graph).filter((node) => node["@type"] === "uco-observable:File" && "uco-core:hasFacet" in node)[0]!["uco-core:hasFacet"] = first(graph, "uco-observable:RasterPicture")["uco-core:hasFacet"]), "MaxCountConstraintComponent"],
    ["a size is text", (graph) => void (first(graph, "uco-observable:FileFacet")["uco-observable:sizeInBytes"] = "1000"), "DatatypeConstraintComponent"],
    ["a time is none", (graph) => void (first(graph, "uco-observable:FileFacet")["uco-observable:modifiedTime"] = { "@type": "xsd:dateTime", "@value": "yesterday" }), "DatatypeConstraintComponent"],
    ["an id ends in no UUID", (graph) => void (first(graph, "uco-analysis:AnalyticResult")["@id"] = "urn:example:result-1"), "NodeConstraintComponent"],
    ["an id is a UUID of version 8", (graph) => void (first(graph, "uco-analysis:AnalyticResult")["@id"] = "urn:uuid:01234567-89ab-8def-8123-456789abcdef"), "NodeConstraintComponent"],
    ["a tool has two configurations", (graph) => void (graph.find((node) => "uco-tool:toolType" in node)!["uco-configuration:usesConfiguration"] = ["1", "2"].map((digit) => ({ "@id": `urn:uuid:01234567-89ab-5def-8123-456789abcde${digit}`, "@type": "uco-configuration:Configuration" }))), "MaxCountConstraintComponent"],
    ["a property is not the class's", (graph) => void (first(graph, "uco-observable:ContentDataFacet")["uco-observable:dataPayload"] = "bytes"), "ClosedConstraintComponent"],
    ["a class is another", (graph) => void (first(graph, "uco-observable:FileSystem")["@type"] = "uco-observable:Disk"), "InConstraintComponent"],
    ["an action has two performers", (graph) => void (first(graph, "uco-analysis:Analysis")["uco-action:performer"] = [{ "@id": first(graph, "case-investigation:Examiner")["@id"] }, { "@id": first(graph, "uco-observable:FileSystem")["@id"] }]), "MaxCountConstraintComponent"],
    ["provenance is of nothing", (graph) => delete first(graph, "case-investigation:ProvenanceRecord")["uco-core:object"], "MinCountConstraintComponent"],
    ["a result comes of what is no analysis", (graph) => void (first(graph, "uco-analysis:AnalyticResult")["uco-analysis:originatingAnalysis"] = { "@id": first(graph, "uco-observable:FileSystem")["@id"] }), "ClassConstraintComponent"],
  ])("does not agree where %s", async (_, alter, constraint) => {
    expect(violations(await validate(altered(alter))).map((finding) => finding.constraint)).toContain(constraint);
  });

  it("says of exact matches alone that they classify a file, and of none how sure that is", () => {
    for (const name of reports) {
      const graph = (JSON.parse(textOf(name)) as { "@graph": Node[] })["@graph"];
      for (const result of graph.filter((node) => node["@type"] === "uco-analysis:AnalyticResult")) if ("uco-core:hasFacet" in result) expect(result["uco-core:tag"]).toEqual(["exact"]);
      expect(textOf(name)).not.toContain("classificationConfidence");
    }
    expect(mixed).toContain('"uco-analysis:class":"example-scale:1"');
  });

  it("names an image where one was hashed, and else none: where the evidence was mounted is no image", () => {
    const graphOf = (name: string): Node[] => (JSON.parse(textOf(name)) as { "@graph": Node[] })["@graph"];
    const [mounted, hashed] = [graphOf("mixed.jsonld"), graphOf("overrides.jsonld")];
    expect([mounted, hashed].map((graph) => graph.filter((node) => node["@type"] === "uco-observable:Image").map((node) => node["uco-core:name"]))).toEqual([[], ["/images/exhibit-7.dd"]]);
    for (const graph of [mounted, hashed]) expect(first(graph, "uco-observable:FileSystem")["uco-core:name"]).toBe("/mnt/exhibit-7");
    expect(hashed.some((node) => node["@type"] === "uco-observable:ObservableRelationship" && (node["uco-core:target"] as Node)["@id"] === first(hashed, "uco-observable:Image")["@id"])).toBe(true);
  });

  it("tags a match by MD5 alone, which classifies nothing (REQ-29)", () => {
    const results = (JSON.parse(mixed) as { "@graph": Node[] })["@graph"].filter((node) => node["@type"] === "uco-analysis:AnalyticResult");
    const tagged = results.filter((result) => (result["uco-core:tag"] as string[]).includes("md5-only"));
    expect(tagged.map((result) => [result["uco-core:tag"], "uco-core:hasFacet" in result, result["uco-core:description"]])).toEqual([[["exact", "md5-only"], false, expect.stringContaining("the same MD5 as") as string]]);
  });

  it("gives each thing one id, and different things different ones", () => {
    const graph = (JSON.parse(mixed) as { "@graph": Node[] })["@graph"];
    const described = everyNode(graph).filter((node) => "@id" in node && "@type" in node).map((node) => node["@id"]);
    expect(new Set(described).size).toBe(described.length);
    const referred = everyNode(graph).filter((node) => "@id" in node && !("@type" in node)).map((node) => node["@id"]);
    for (const id of referred) expect(described).toContain(id);
  });
});

// The ontologies' own files are not ours to hand on: whoever has a folder of them (every .ttl of UCO 1.4.0 and CASE 1.4.0) names it.
const ontology = process.env["CASE_ONTOLOGY"];
if (ontology !== undefined) {
  describe("the ontologies' own shapes", async () => {
    const turtle = readdirSync(ontology, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ttl")).map((name) => readFileSync(join(ontology, name), "utf8"));
    const judge = shaclValidator(turtle, await import("shacl-engine/sparql.js"));

    it.each(reports)("have nothing against %s, and note BLAKE3 alone", async (name) => {
      expect(noted(await judge(textOf(name)))).toEqual(blake3Alone(name));
    }, 600_000);

    it("have nothing against a report of an NTFS", async () => {
      expect(violations(await judge(reportOn("ntfs3")))).toEqual([]);
    }, 600_000);

    it("have something against a hash without a value", async () => {
      expect(violations(await judge(altered((graph) => delete first(graph, "uco-types:Hash")["uco-types:hashValue"]))).length).toBeGreaterThan(0);
    }, 600_000);
  });
}
