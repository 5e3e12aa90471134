import { type CryptographicAlgorithm, digestBytes } from "../model.ts";

/** A part of a JSON Schema. */
export type Schema = { readonly [keyword: string]: unknown };

export const text: Schema = { type: "string" };
export const count: Schema = { type: "integer", minimum: 0 };
/** A whole number that may pass 2^53, as decimal text. */
export const wholeText: Schema = { type: "string", pattern: "^-?[0-9]+$" };

/** Lower-case hex of its algorithm's length. */
export const digest: Readonly<Record<CryptographicAlgorithm, Schema>> = { md5: hex("md5"), sha1: hex("sha1"), sha256: hex("sha256"), blake3: hex("blake3") };

function hex(algorithm: CryptographicAlgorithm): Schema {
  return { type: "string", pattern: `^[0-9a-f]{${2 * digestBytes[algorithm]}}$` };
}

/** An object that has each of the keys, and no other. */
export function object(properties: Readonly<Record<string, Schema>>): Schema {
  return { ...openObject(properties), additionalProperties: false };
}

/** An object that has each of the keys, and perhaps others. */
export function openObject(properties: Readonly<Record<string, Schema>>): Schema {
  return { type: "object", required: Object.keys(properties), properties };
}

export function arrayOf(items: Schema): Schema {
  return { type: "array", items };
}

export function nullable(schema: Schema): Schema {
  const { type } = schema;
  return typeof type === "string" ? { ...schema, type: [type, "null"] } : { anyOf: [schema, { type: "null" }] };
}

/** A definition of the document, by its name. */
export function definition(name: string): Schema {
  return { $ref: `#/$defs/${name}` };
}

export function oneOf(words: readonly string[]): Schema {
  return { enum: [...words] };
}
