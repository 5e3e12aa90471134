import { fileURLToPath } from "node:url";
import type * as Counts from "../../src/lists/counts.ts";
import type * as Vics from "../../src/lists/vics.ts";
import type * as CatalogDatabase from "../../src/reference/catalog-database.ts";
import type * as CatalogRows from "../../src/reference/catalog-rows.ts";
import type * as Decoder from "../../src/perceptual/decoder.ts";
import type * as ProbeSandbox from "../../src/perceptual/probe-sandbox.ts";
import type * as Pdq from "../../src/perceptual/pdq.ts";
import type * as ImportList from "../../src/reference/import-list.ts";
import type * as OpenImportedList from "../../src/reference/open-imported-list.ts";

/** What is measured is what is shipped: the compiled modules, by their path in src without ending. */
async function built(path: string): Promise<unknown> {
  return import(new URL(`../../dist/${path}.js`, import.meta.url).href);
}

export const builtImportList = async () => (await built("reference/import-list")) as typeof ImportList;
export const builtOpenImportedList = async () => (await built("reference/open-imported-list")) as typeof OpenImportedList;
export const builtCatalogRows = async () => (await built("reference/catalog-rows")) as typeof CatalogRows;
export const builtCatalogDatabase = async () => (await built("reference/catalog-database")) as typeof CatalogDatabase;
export const builtVics = async () => (await built("lists/vics")) as typeof Vics;
export const builtPdq = async () => (await built("perceptual/pdq")) as typeof Pdq;
export const builtDecoder = async () => (await built("perceptual/decoder")) as typeof Decoder;
export const builtProbeSandbox = async () => (await built("perceptual/probe-sandbox")) as typeof ProbeSandbox;
export const builtCounts = async () => (await built("lists/counts")) as typeof Counts;

/** Path of a compiled entry file, by its path in src. */
export function builtFile(path: string): string {
  return fileURLToPath(new URL(`../../dist/${path.replace(/\.ts$/, ".js")}`, import.meta.url));
}

export const decoderProgram = builtFile("perceptual/decoder-process.ts");

/** Path of a file beside this one. */
export function beside(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}
