/** What the tests use of packages that bring no types. */
interface Term {
  readonly value: string;
}
interface Quads extends Iterable<unknown> {
  readonly size: number;
}

declare module "n3" {
  export class Parser {
    constructor(options?: { readonly format?: string });
    parse(text: string): unknown[];
  }
  export class Store implements Quads {
    constructor(quads?: Iterable<unknown>);
    readonly size: number;
    addQuads(quads: unknown[]): void;
    getQuads(subject: string | null, predicate: string | null, object: string | null, graph: string | null): unknown[];
    [Symbol.iterator](): Iterator<unknown>;
  }
  export const DataFactory: object;
}

declare module "jsonld" {
  export function toRDF(document: unknown, options: { readonly format: "application/n-quads" }): Promise<string>;
}

declare module "shacl-engine" {
  export interface ValidationResult {
    readonly severity: Term;
    readonly focusNode: { readonly term: Term };
    readonly constraintComponent: Term;
    readonly path?: readonly { readonly predicates?: readonly Term[] }[];
  }
  export class Validator {
    constructor(shapes: Quads, options: object);
    validate(data: { readonly dataset: Quads }): Promise<{ readonly conforms: boolean; readonly results: readonly ValidationResult[] }>;
  }
}

declare module "shacl-engine/sparql.js" {
  export const validations: unknown;
  export const targetResolvers: unknown;
}
