import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { ReadOptions } from "../../src/lists/format.ts";
import { bytesOf } from "../support/bytes.ts";
import { databaseOf } from "../support/database.ts";

/** The folder of all fixtures of lists. */
export const sampleRoot = new URL("../../fixtures/lists/", import.meta.url).pathname;

/** Names of a format's fixtures of one kind, in order. */
export function sampleNames(format: string, kind: "valid" | "malformed"): readonly string[] {
  return readdirSync(join(sampleRoot, format))
    .filter((name) => name.startsWith(`${kind}-`) && !/\.(?:expected\.json|expected\.txt|options\.json)$/.test(name))
    .sort();
}

/** A fixture as a reader gets it: ".bytes.json" describes a binary file, ".db.sql" is the SQL of a database. */
export function sampleContent(format: string, name: string): Buffer {
  const content = readFileSync(join(sampleRoot, format, name));
  if (name.endsWith(".bytes.json")) return bytesOf(content.toString());
  return name.endsWith(".db.sql") ? databaseOf(content.toString()) : content;
}

export function sampleOptions(format: string, name: string): ReadOptions {
  const present = readdirSync(join(sampleRoot, format)).includes(`${name}.options.json`);
  return present ? (JSON.parse(readFileSync(join(sampleRoot, format, `${name}.options.json`), "utf8")) as ReadOptions) : {};
}
