import { toRDF } from "jsonld";
import { DataFactory, Parser, Store } from "n3";
import { Validator } from "shacl-engine";

/** What a shape has against a node. Shape: `severity` and `constraint` are the last parts of SHACL's names ("Violation", "MinCountConstraintComponent"). */
export interface ShapeFinding {
  readonly severity: string;
  readonly constraint: string;
  readonly focus: string;
  readonly path: string;
}

// The engine's pattern of xsd:string (rdf-validation 0.1.0) takes each half of a surrogate pair for a character of its own, and refuses it.
const beyondThePattern = /[\u{10000}-\u{10ffff}]/gu;

const subClassOf = "http://www.w3.org/2000/01/rdf-schema#subClassOf";

/** Shapes in Turtle, and what is to be told of classes besides, ready to judge documents. `plugins`: the engine's own for SPARQL, where shapes need them. */
export function shaclValidator(turtle: readonly string[], plugins: object = {}): (jsonLd: string) => Promise<ShapeFinding[]> {
  const shapes = new Store();
  for (const text of turtle) shapes.addQuads(new Parser().parse(text));
  const validator = new Validator(shapes, { factory: DataFactory, ...plugins });
  const classes = shapes.getQuads(null, subClassOf, null, null);
  return async (jsonLd) => {
    const data = new Store(new Parser({ format: "N-Quads" }).parse(await toRDF(JSON.parse(jsonLd.replace(beyondThePattern, "\u25a1")), { format: "application/n-quads" })));
    data.addQuads(classes);
    const { results } = await validator.validate({ dataset: data });
    return results.map(({ severity, constraintComponent, focusNode, path }) => ({ severity: last(severity.value), constraint: last(constraintComponent.value), focus: focusNode.term.value, path: (path ?? []).flatMap(({ predicates = [] }) => predicates.map(({ value }) => last(value))).join("/") }));
  };
}

function last(iri: string): string {
  return iri.slice(Math.max(iri.lastIndexOf("#"), iri.lastIndexOf("/")) + 1);
}
